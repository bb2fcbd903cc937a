"""Every refusal that an HTTP answer can name, explained under the address that the answer gives for it.

What it means is the error's docstring; what to do about it, in Chinese first, is in `shared/web/remedies.toml`.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services import intake, notify, reporting, routing
from services.intake.domain.errors import IntakeError
from services.notify.domain.errors import NotifyError
from services.reporting.domain.errors import ReportingError
from services.routing.domain.errors import RoutingError
from shared.kernel import problems
from shared.kernel.event_store import ConcurrentAppendError, IdempotencyConflictError
from shared.kernel.problems import TYPE_BASE, ProblemError, meaning, problem_name
from shared.web.remedies import remedies

# What only an extra can import (docs/exports.md) is not there everywhere; it raises nothing of its own.
OF_EXTRAS = frozenset({"services.reporting.adapters.parquet"})
BASES = (ProblemError, IntakeError, RoutingError, NotifyError, ReportingError)

DOCUMENT_HEAD = """# Problems

Every refusal is an `application/problem+json` of RFC 9457: `type` is the address of a section below (a running platform
serves it there), `title` says what is wrong, `remedy` what to do about it, `errors` names each field with its reason
and remedy. What is personal is never repeated in it. With an `Idempotency-Key` any request may be sent again: it takes
effect once. Written by `python -m services.documents` from the error classes and `shared/web/remedies.toml`.
"""


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One problem type: its name in the address, its status, and what it means to whom."""

    name: str
    status: int
    meanings: Sequence[str]
    owners: Sequence[str]


def problem_kinds() -> list[ProblemKind]:
    """Every problem type of the platform by name."""
    by_name: dict[str, list[ProblemKind]] = {}
    for kind in (*_platform_kinds(), *map(_kind_of, _raised())):
        by_name.setdefault(kind.name, []).append(kind)
    return [_joined(kinds) for _, kinds in sorted(by_name.items())]


def problem_text(kind: ProblemKind, remedy: Mapping[str, str]) -> str:
    """One problem as its own page shows it."""
    status = f"{kind.status} {HTTPStatus(kind.status).phrase}"
    return "\n\n".join((f"{kind.name} · {status}", remedy["zh"], *kind.meanings, remedy["en"])) + "\n"


def problems_document(kinds: Sequence[ProblemKind]) -> str:
    """The text of `docs/problems.md`."""
    return "\n".join([DOCUMENT_HEAD, *(_section(kind, remedies()[kind.name]) for kind in kinds)])


def route() -> Route:
    """The route under which each problem's type is found."""
    texts = {kind.name: problem_text(kind, remedies()[kind.name]) for kind in problem_kinds()}

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        return PlainTextResponse(texts.get(name, "404"), 200 if name in texts else 404)

    return Route(f"{TYPE_BASE}{{name}}", page, methods=["GET"], name="problem")


def _raised() -> Iterator[type[Exception]]:
    """Every error of the services. Modules are imported first, since a class that is not yet made has no base."""
    for service in (intake, routing, notify, reporting):
        for module in pkgutil.walk_packages(service.__path__, f"{service.__name__}."):
            if module.name not in OF_EXTRAS:
                importlib.import_module(module.name)
    yield from (error for base in BASES for error in _below(base) if error.__module__.startswith("services."))


def _below(base: type[Exception]) -> Iterator[type[Exception]]:
    for error in base.__subclasses__():
        yield error
        yield from _below(error)


def _kind_of(error: Any) -> ProblemKind:
    owner = error.__module__.split(".")[1]
    return ProblemKind(problem_name(error), error.status, (meaning(error),), (owner,))


def _platform_kinds() -> Iterator[ProblemKind]:
    """What the kernel answers with by itself."""
    for answer in problems.OWN:
        yield ProblemKind(answer.type.removeprefix(TYPE_BASE), answer.status, (answer.title,), ("kernel",))
    for error, status in ((IdempotencyConflictError, 422), (ConcurrentAppendError, 409)):
        yield ProblemKind(problem_name(error), status, (meaning(error),), ("kernel",))


def _joined(kinds: Sequence[ProblemKind]) -> ProblemKind:
    """Two services may refuse by the same name, but then with the same status."""
    meanings = list(dict.fromkeys(meaning for kind in kinds for meaning in kind.meanings))
    owners = sorted({owner for kind in kinds for owner in kind.owners})
    return ProblemKind(kinds[0].name, kinds[0].status, meanings, owners)


def _section(kind: ProblemKind, remedy: Mapping[str, str]) -> str:
    meanings = " ".join(kind.meanings)
    return (
        f"## {kind.name}\n\n`{kind.status}` from {', '.join(kind.owners)}. {meanings}\n\n"
        f"- 怎么办：{remedy['zh']}\n- What to do: {remedy['en']}\n"
    )
