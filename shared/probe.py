"""Asks this container's service how it is and prints its answer: `python3 -m shared.probe readyz|healthz|metrics`.

It imports nothing else of ours: a check that loads the platform every few seconds would cost more than the service. Its
exit code is 0 where the service answers 200, as health checks read it.
"""

import http.client
import os
import sys
from typing import NamedTuple

ANSWER_WITHIN_S = 5.0


class Answer(NamedTuple):
    """What the service said; a status that none gives where nothing answers, and why."""

    status: int
    body: str


def asked(path: str, port: int) -> Answer:
    """The service's answer at this path."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, f"nothing answers at 127.0.0.1:{port}: {type(error).__name__}")
    finally:
        connection.close()


if __name__ == "__main__":
    status, body = asked(sys.argv[1], int(os.environ.get("YIMA_PORT", "8000")))
    sys.stdout.write(f"{body.rstrip()}\n")
    sys.exit(0 if status == http.client.OK else 1)
