"""A bucket is addressed as its provider wants it, and nothing shows who we are to it."""

from dataclasses import replace

from shared.kernel.bucket import Bucket

PLACE = Bucket(name="yima-photos", prefix="pilot", region="cn-1", access_key_id="AK1", secret_access_key="hidden")


def test_bucket_stands_in_the_path_or_in_the_name_of_the_host() -> None:
    endpoint = "https://s3.example:9000"
    in_path = replace(PLACE, endpoint=endpoint)

    assert in_path.store("photos").config["endpoint"] == endpoint
    assert (
        replace(in_path, path_style=False).store("photos").config["endpoint"] == "https://yima-photos.s3.example:9000"
    )
    assert "endpoint" not in PLACE.store("photos").config


def test_prefix_is_the_districts_own_and_then_the_folders() -> None:
    assert PLACE.store("photos").prefix == "pilot/photos"
    assert replace(PLACE, prefix="").store("evidence").prefix == "evidence"


def test_nobody_waits_as_long_as_the_library_would() -> None:
    retries = PLACE.store("photos").retry_config or {}

    assert (retries["max_retries"], retries["retry_timeout"].total_seconds()) == (2, 3)


def test_without_tls_only_where_the_address_says_so() -> None:
    options = PLACE.store("photos").client_options or {}
    plain = replace(PLACE, endpoint="http://127.0.0.1:9000").store("photos").client_options or {}

    assert (options["allow_http"], plain["allow_http"]) in ((False, True), ("false", "true"))


def test_account_is_shown_nowhere() -> None:
    assert "hidden" not in f"{PLACE!r} {PLACE.store('photos')!r}"
