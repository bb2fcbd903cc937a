"""The interface for partners as a page: each operation with its fields, and nothing from elsewhere."""

import re
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel

from services.api_reference import reference_page


class Step(BaseModel):
    """One of several."""

    name: str
    before: "Step | None" = None


class Report(BaseModel):
    """What is reported."""

    place: str
    text: str
    steps: list[Step] = []


def page() -> str:
    app = FastAPI(title="Yima <test>")

    shown = {"requestBody": {"content": {"application/json": {"example": {"place": "东门"}}}}}

    @app.post("/api/v1/tickets", status_code=201, openapi_extra=shown)
    async def report(body: Report, dry: str = "", show: Literal["mine", "unit"] = "mine") -> Report:
        """Report a <trouble>."""
        return Report(place=body.place, text=body.text + dry + show)

    return reference_page(app.openapi(), stylesheets=["/static/1/tokens.css"])


def test_each_operation_stands_with_its_parameters_and_schemas() -> None:
    shown = page()

    assert "POST /api/v1/tickets" in shown
    assert "Report a &lt;trouble&gt;." in shown
    assert "<code>dry</code> (query)" in shown
    assert shown.count("&#34;place&#34;") >= 2


def test_nothing_is_left_to_look_up_elsewhere_but_what_contains_itself() -> None:
    assert set(re.findall(r"#/components/schemas/(\w+)", page())) == {"Step"}


def test_an_example_stands_before_its_schema_and_nothing_where_there_is_none() -> None:
    assert page().count("示例 · example") == 1
    assert re.search(r"示例 · example</p>\s*<pre>{\n  &#34;place&#34;: &#34;东门&#34;\n}</pre>\s*<pre>{", page())


def test_what_a_parameter_can_be_is_listed() -> None:
    assert "<code>show</code> (query) = <code>mine</code> | <code>unit</code>" in page()


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r"""(?:src|href)=["'](?!/|#)""", page()) == []
    assert "<script" not in page()
