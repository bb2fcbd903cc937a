"""What `yima district check` looks for, written out for who writes a district file: each check, and each message."""

from collections.abc import Iterator

from services.routing.domain.checks import OF_ENTRIES, OF_THE_WHOLE, missing_years
from shared.web.catalogues import LOCALES, read_texts

FAMILY, REMEDY = "district.", ".remedy"


def document(head: str) -> str:
    """The whole page."""
    parts = [
        head,
        "## Each entry by itself\n",
        *(_line(check.__doc__) for check in OF_ENTRIES),
        _line(missing_years.__doc__),
        "\n## How entries work together\n",
        "Looked at once no entry is wrong by itself.\n",
        *(_line(check.__doc__) for check in OF_THE_WHOLE),
        "\n## Every message\n",
        "| `kind` | 说什么 · says | 怎么办 · what to do |\n|---|---|---|",
        *_messages(),
    ]
    return "\n".join(parts) + "\n"


def _line(docstring: str | None) -> str:
    return f"- {' '.join((docstring or '').split())}"


def _messages() -> Iterator[str]:
    chinese, english = (read_texts(LOCALES / language / "LC_MESSAGES" / "district.po")[0] for language in ("zh", "en"))
    for key in sorted(key for key in english if not key.endswith(REMEDY)):
        says, does = f"{chinese[key]}<br>{english[key]}", f"{chinese[key + REMEDY]}<br>{english[key + REMEDY]}"
        yield f"| `{key.removeprefix(FAMILY)}` | {says} | {does} |"
