"""The interface for partners as a page of our own: the usual viewers load their scripts from elsewhere."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.kernel.description import in_place

TEMPLATE = Path(__file__).with_suffix(".html")
NOBODY = "也可以不带 · or none"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What stands in an address or a header."""

    name: str
    where: str
    required: bool
    description: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent or comes back, with its schema as JSON, and an example where there is one."""

    what: str
    media_type: str
    schema: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    description: str
    proofs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    bodies: tuple[Body, ...]


def reference_page(description: Mapping[str, Any], *, stylesheets: Sequence[str], icon: str = "") -> str:
    """The page of an OpenAPI description."""
    environment = Environment(loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, undefined=StrictUndefined)
    title = description["info"]["title"]
    page = environment.get_template(TEMPLATE.name)
    return page.render(title=title, operations=list(operations(description)), stylesheets=stylesheets, icon=icon)


def operations(description: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation, by address."""
    for path, by_method in sorted(description.get("paths", {}).items()):
        for method in METHODS:
            if method in by_method:
                yield _operation(description, path, method, by_method[method])


def _operation(description: Mapping[str, Any], path: str, method: str, told: Mapping[str, Any]) -> Operation:
    return Operation(
        id=told.get("operationId", f"{method}{path}"),
        method=method.upper(),
        path=path,
        description=told.get("description") or told.get("summary", ""),
        proofs=tuple(_proofs(description, told)),
        parameters=tuple(
            Parameter(
                each["name"],
                each["in"],
                each.get("required", False),
                each.get("description", ""),
                _choices(description, each),
            )
            for each in told.get("parameters", ())
        ),
        bodies=tuple(_bodies(description, told)),
    )


def _proofs(description: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    """How one can prove who one is; an empty choice is nobody's."""
    schemes = description.get("components", {}).get("securitySchemes", {})
    for choice in told.get("security", ()):
        yield " + ".join(f"{name}: {schemes[name]['description']}" for name in choice) or NOBODY


def _bodies(description: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Body]:
    for media_type, content in told.get("requestBody", {}).get("content", {}).items():
        yield _body(description, "请求 · request", media_type, content)
    for status, answer in told.get("responses", {}).items():
        for media_type, content in answer.get("content", {}).items():
            yield _body(description, f"应答 · response {status}", media_type, content)


def _body(description: Mapping[str, Any], what: str, media_type: str, content: Mapping[str, Any]) -> Body:
    example = json.dumps(content["example"], ensure_ascii=False, indent=2) if content.get("example") else ""
    return Body(what, media_type, _schema(description, content), example)


def _schema(description: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """The schema with what it refers to in its place."""
    known = description.get("components", {}).get("schemas", {})
    return json.dumps(in_place(content.get("schema", {}), known), ensure_ascii=False, indent=2)


def _choices(description: Mapping[str, Any], parameter: Mapping[str, Any]) -> tuple[str, ...]:
    """What a parameter can be, where it is one of a few."""
    schema = in_place(parameter.get("schema", {}), description.get("components", {}).get("schemas", {}))
    kinds = schema.get("anyOf", [schema])
    return tuple(str(choice) for kind in kinds for choice in kind.get("enum", ()))
