"""Asks this container's service how it is: `python -m shared.probe readyz`.

It imports nothing else of ours: a check that loads the platform every few seconds would cost more than the service.
"""

import http.client
import os
import sys

ANSWER_WITHIN_S = 5.0


def asked(path: str, port: int) -> int:
    """Its answer's status; none that a service gives where nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if asked(sys.argv[1], int(os.environ.get("YIMA_PORT", "8000"))) == http.client.OK else 1)
