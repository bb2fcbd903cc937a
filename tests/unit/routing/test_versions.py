"""Which version of a case a program says that it looked at."""

import pytest
from fastapi import Request

from services.routing.api.versions import VersionNeededError, VersionNotValidError, version_in


def request(*if_match: str) -> Request:
    return Request({"type": "http", "headers": [(b"if-match", each.encode()) for each in if_match]})


@pytest.mark.parametrize(
    ("written", "version"),
    [('"7"', 7), ("7", 7), (' "7" ', 7), ('W/"7"', 7), ('"999999999"', 999_999_999), ("*", None)],
)
def test_a_version_is_the_etag_also_as_a_proxy_marks_it_or_whatever_it_is(written: str, version: int | None) -> None:
    assert version_in(request(written), "accept") == version


@pytest.mark.parametrize("written", ["", '""', '"seven"', '"-1"', '"7", "8"', "**", '"1234567890"', '"٧"'])
@pytest.mark.parametrize("act", ["accept", "note"])
def test_what_is_no_version_is_said_to_be_none(written: str, act: str) -> None:
    with pytest.raises(VersionNotValidError):
        version_in(request(written), act)


@pytest.mark.parametrize("act", ["accept", "return", "remind", "resolve", "merge"])
def test_an_act_that_depends_on_what_was_seen_asks_what_that_was(act: str) -> None:
    with pytest.raises(VersionNeededError):
        version_in(request(), act)


@pytest.mark.parametrize("act", ["note", "report-in", "confer"])
def test_an_act_that_is_right_whatever_happened_does_not(act: str) -> None:
    assert version_in(request(), act) is None
