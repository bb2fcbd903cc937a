"""What the image passes on may be passed on, and the list names all of it."""

import re
from pathlib import Path

from deploy import licences

ROOT = Path(__file__).parents[3]
APP = ROOT / "requirements" / "app.lock.txt"
EXTRAS = (APP.with_name("trace.lock.txt"), APP.with_name("parquet.lock.txt"))


def test_every_locked_package_has_a_licence_that_was_looked_at() -> None:
    rows, refused = licences.table(APP, *EXTRAS)

    assert refused == []
    assert len(rows) > 60
    assert all(re.fullmatch(r"\| [\w.-]+ \| \S+ \| [^|]{3,60} \|", row) for row in rows)


def test_licence_that_forbids_passing_on_is_not_allowed() -> None:
    assert not licences.ALLOWED.search("Proprietary")
    assert not licences.ALLOWED.search("AGPL-3.0-only")
    assert not licences.ALLOWED.search("")
