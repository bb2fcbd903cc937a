"""Which language a reader is shown: what they chose, else what they chose last, else what their phone speaks."""

from typing import Literal, get_args

from babel import negotiate_locale
from starlette.requests import HTTPConnection

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "zh"
LANGUAGE_COOKIE = "yima_lang"
HTML_LANG: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}


def known_language(tag: str | None) -> Language | None:
    """The language of a tag such as `zh-CN` or `en`, if we speak it."""
    primary = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return next((language for language in LANGUAGES if language == primary), None)


def language_of(connection: HTTPConnection) -> Language:
    """The reader's language, Chinese where nothing says otherwise."""
    return (
        known_language(connection.query_params.get("lang"))
        or known_language(connection.cookies.get(LANGUAGE_COOKIE))
        or _accepted_language(connection.headers.get("accept-language", ""))
        or DEFAULT_LANGUAGE
    )


def _accepted_language(header: str) -> Language | None:
    wanted = sorted((_weighed(part) for part in header.split(",")), key=lambda pair: -pair[1])
    spoken = [tag for tag, weight in wanted if weight > 0]
    return known_language(negotiate_locale(spoken, LANGUAGES, sep="-"))


def _weighed(part: str) -> tuple[str, float]:
    tag, _, parameters = part.partition(";")
    try:
        return tag.strip(), float(parameters.strip().removeprefix("q=") or "1")
    except ValueError:
        return tag.strip(), 0.0
