"""Everything that the command line can say is in the catalogue, in both languages."""

import re
import string
from pathlib import Path

from services.cli import errors as command_errors
from services.cli.wording import catalogue, worded
from shared.embedded import errors as embedded_errors
from shared.embedded.progress import Step

CODE = Path(command_errors.__file__).parent


def test_every_text_has_chinese_and_english() -> None:
    incomplete = [key for key, text in catalogue().items() if set(text) != {"zh", "en"} or not all(text.values())]

    assert incomplete == []


def test_english_asks_for_nothing_that_chinese_does_not_show() -> None:
    unmatched = [key for key, text in catalogue().items() if not _fields(text["en"]) <= _fields(text["zh"])]

    assert unmatched == ["example"]


def test_every_step_and_every_refusal_has_its_text() -> None:
    refusals = [*_subclasses(command_errors.CommandError), *_subclasses(embedded_errors.EmbeddedError)]

    wanted = {step.value for step in Step} | {f"error_{refusal}" for refusal in refusals}

    assert wanted - catalogue().keys() == set()


def test_every_text_is_said_somewhere() -> None:
    code = "".join(path.read_text() for path in CODE.glob("*.py")).replace("'", '"')
    told_by_name = {step.value for step in Step} | {key for key in catalogue() if key.startswith("error_")}

    unsaid = {key for key in catalogue() if f'"{key}"' not in code} - told_by_name

    assert unsaid == set()


def test_what_a_chinese_text_names_is_set_apart_from_its_words() -> None:
    joined = [key for key, text in catalogue().items() if re.search(r"[\u4e00-\u9fff]\{", text["zh"])]

    assert joined == []


def test_chinese_comes_first() -> None:
    assert worded("stopped") == "已停止，数据已保留 · stopped, the data are kept"


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _subclasses(base: type[Exception]) -> list[str]:
    return [subclass.__name__ for subclass in base.__subclasses__()]
