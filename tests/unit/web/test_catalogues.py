"""Every word is in the catalogues, in both languages, once, and used."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.pages.views import Said, Step
from services.notify.pages.views import SendState
from services.reporting.domain.behind import Fact
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Side
from services.reporting.domain.grouping import By
from services.reporting.pages.figures import PARTS
from services.routing.domain.case.follow_up import FollowUpState
from services.routing.domain.case.joint import PartState
from services.routing.domain.case.state import Status
from services.routing.domain.deadlines import CountedIn
from services.routing.domain.editions import What
from services.routing.domain.inbox import Due, Show
from services.routing.handlers.acts import ACTS
from services.routing.handlers.bulk import IN_BULK
from services.routing.pages.bulk import SAID
from services.routing.pages.door_views import Trouble
from services.routing.pages.happened import lines
from shared.contracts.directory import AreaLevel, Conditions, Role
from shared.contracts.intake import Channel, Rating, StatedUrgency
from shared.contracts.messages import Message
from shared.contracts.notify import Audience
from shared.contracts.routing import About, Clock, Urgency
from shared.web.catalogues import (
    LOCALES,
    DuplicateMessageError,
    MissingMessageError,
    Text,
    load_catalogues,
    raise_missing,
    read_texts,
)
from shared.web.language import LANGUAGES, Language
from shared.web.problems import PageProblem

ROOT = Path(__file__).parents[3]
DOMAINS = sorted(path.stem for path in (LOCALES / "zh" / "LC_MESSAGES").glob("*.po"))

PERIOD_TROUBLES = ("empty", "too-early", "not-begun", "too-long")
HINTED = (
    "accept",
    "close",
    "report-in",
    "task-release",
    "task-take-over",
    "extend-grant",
    "suspend-grant",
    "suspend-end",
    "categorise",
    "extend-withdraw",
    "suspend-withdraw",
    "entrust",
)
REASONED = (
    *("return", "verify-fail", "task-decline", "task-insist"),
    *("extend", "extend-refuse", "suspend", "suspend-refuse", "follow-up-cancel"),
)
EVIDENCED = ("resolve", "task-done", "follow-up-done", "follow-up-recurred")
# Keys that templates put together: what stands before the joint, and all that may follow.
FAMILIES: dict[str, list[str]] = {
    "action.": [
        *ACTS,
        *(f"{action}.send" for action in ACTS),
        *(f"{action}.hint" for action in HINTED),
        *(f"{action}.reason" for action in REASONED),
        *("remind.words", "remind.hint"),
        "merge.into",
        "merge.hint",
        *("split.other", "split.hint", "split.by_words"),
        *(f"{action}.days" for action in ("extend", "suspend")),
        *(f"{action}.{part}" for action in EVIDENCED for part in ("words", "hint")),
        *(f"{action}.{part}" for action in EVIDENCED for part in ("photos", "photos.hint")),
    ],
    "case.status.": [*Status],
    "case.part.": [*PartState],
    "case.follow_up.": [*FollowUpState],
    "case.clock.": [*Clock],
    "case.counted_in.": [*CountedIn],
    "case.asked.": [*About],
    "case.channel.": [*Channel],
    "case.stated_by.": [*Channel],
    "case.stated_urgency.": [*StatedUrgency, "not_followed"],
    "case.happened.": [*lines()],
    "case.condition.": [*Conditions.model_fields, "urgency_stated", "unit"],
    "inbox.show.": [*Show],
    "inbox.empty.": [*Show],
    "inbox.due.": [*Due],
    "keys.": ["next", "previous", "open", "pick", "pick_all", "act", "search", "help"],
    "bulk.done.": [*IN_BULK],
    "bulk.send.": [*IN_BULK],
    "bulk.why.": [*SAID],
    "inbox.column.": ["deadline", "matter", "place", "unit", "status", "opened"],
    "role.": [*Role],
    "admin.": ["editions", "differences", "rules", "users"],
    "admin.what.": [*What],
    "admin.kind.": ["area", "place", "unit", "person", "duty", "category", "rule", "template", "calendar"],
    "rule.message.": [*Message],
    "rule.condition.": [
        *(Conditions.model_fields.keys() - {"urgency"}),
        *("not_working_time", "stated_urgent", "stated_normal"),
    ],
    "weekday.": [*"1234567"],
    "status.done.": [*Step],
    "phone.step.": [*({*Step} - {Step.CLOSED, Step.RECOUNTED, Step.WITHDRAWN})],
    "status.to_come.": ["assigned", "accepted", "resolved", "verified", "closed"],
    "status.said.": [*Said],
    "rating.": [*Rating],
    "sign_in.trouble.": [f"{trouble}.{part}" for trouble in Trouble for part in ("text", "remedy")],
    "problem.": [f"{problem}.{part}" for problem in PageProblem for part in ("heading", "text", "remedy")],
    "figures.part.": [*PARTS],
    "figures.said.": [*FIGURES],
    "figures.at.": [*Fact, "open_unassigned"],
    "figures.by.": ["none", *By],
    "figures.level.": [*AreaLevel],
    "figures.channel.": [*Channel],
    "figures.urgency.": [*Urgency],
    "figures.chart.": ["rows", "columns"],
    "figures.corrected_by.": [*Side],
    "figures.change.": ["added", "removed"],
    "figures.trouble.": ["not-a-day", "not-a-choice", "unknown-area", *(f"period-{each}" for each in PERIOD_TROUBLES)],
    "sandbox.audience.": [*Audience],
    "sandbox.state.": [*SendState],
}


def texts(language: Language, domain: str) -> dict[str, Text]:
    return read_texts(LOCALES / language / "LC_MESSAGES" / f"{domain}.po")[0]


def all_texts(language: Language) -> dict[str, Text]:
    return {key: text for domain in DOMAINS for key, text in texts(language, domain).items()}


def template_sources() -> Iterator[str]:
    for folder in ("services", "shared"):
        for path in (ROOT / folder).rglob("templates/*.html"):
            yield path.read_text(encoding="utf-8")


def called_in_templates() -> tuple[set[str], set[str]]:
    """Whole keys, and beginnings of keys."""
    whole: set[str] = set()
    begun: set[str] = set()
    for source in template_sources():
        for key, joint in re.findall(r"""_\(\s*["']([^"']+)["']\s*(~?)""", source):
            (begun if joint else whole).add(key)
    return whole, begun


def strings_in_code() -> set[str]:
    sources = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in nodes if isinstance(node.value, str)}


def placeholders(text: Text) -> set[str]:
    forms = (text,) if isinstance(text, str) else text
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name is not None}


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_say_the_same_things(domain: str) -> None:
    assert texts("zh", domain).keys() == texts("en", domain).keys()


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_fill_in_the_same_values(domain: str) -> None:
    chinese, english = texts("zh", domain), texts("en", domain)

    assert {key: placeholders(text) for key, text in chinese.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


def test_every_key_has_one_home() -> None:
    counted = sum(len(texts("zh", domain)) for domain in DOMAINS)

    assert counted == len(all_texts("zh"))


def test_every_key_that_a_template_names_exists() -> None:
    whole, _ = called_in_templates()

    assert sorted(whole - all_texts("zh").keys()) == []


def test_every_key_that_a_template_puts_together_exists() -> None:
    _, begun = called_in_templates()
    wanted = {prefix + rest for prefix in begun for rest in FAMILIES[prefix]}

    assert sorted(wanted - all_texts("zh").keys()) == []


def test_no_key_is_unused() -> None:
    whole, begun = called_in_templates()
    code = strings_in_code()
    in_families = {prefix + rest for prefix in begun for rest in FAMILIES[prefix]}
    code_prefixes = tuple(text for text in code if re.fullmatch(r"[a-z_]+\.(?:[a-z_]+\.)*", text))

    unused = [key for key in all_texts("zh").keys() - whole - in_families - code if not key.startswith(code_prefixes)]

    assert sorted(unused) == []


def test_a_missing_message_fails_in_tests() -> None:
    catalogue = load_catalogues("web", on_missing=raise_missing)["zh"]

    with pytest.raises(MissingMessageError):
        catalogue.say("no.such.key")


def test_a_missing_message_shows_its_key_to_readers() -> None:
    assert load_catalogues("web")["zh"].say("no.such.key") == "no.such.key"


@pytest.mark.parametrize(("count", "expected"), [(1, "1 minute"), (2, "2 minutes"), (0, "0 minutes")])
def test_english_picks_the_form_by_the_count(count: int, expected: str) -> None:
    assert load_catalogues("web")["en"].say("duration.minutes", count=count) == expected


def test_chinese_has_one_form_for_all_counts() -> None:
    assert [load_catalogues("web")["zh"].say("duration.minutes", count=n) for n in (1, 2)] == ["1 分钟", "2 分钟"]


def test_a_key_in_two_catalogues_of_one_service_is_refused(tmp_path: Path) -> None:
    for language in LANGUAGES:
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        for domain in ("web", "intake"):
            (folder / f"{domain}.po").write_text('msgid "a.key"\nmsgstr "words"\n', encoding="utf-8")

    with pytest.raises(DuplicateMessageError):
        load_catalogues("intake", locales=tmp_path)
