"""The interface for partners as a page: each operation with its fields, and nothing from elsewhere."""

import re

from fastapi import FastAPI
from pydantic import BaseModel

from services.api_reference import reference_page


class Report(BaseModel):
    """What is reported."""

    place: str
    text: str


def page() -> str:
    app = FastAPI(title="Yima <test>")

    @app.post("/api/v1/tickets", status_code=201)
    async def report(body: Report, dry: str = "") -> Report:
        """Report a <trouble>."""
        return Report(place=body.place, text=body.text + dry)

    return reference_page(app.openapi(), stylesheets=["/static/1/tokens.css"])


def test_each_operation_stands_with_its_parameters_and_schemas() -> None:
    shown = page()

    assert "POST /api/v1/tickets" in shown
    assert "Report a &lt;trouble&gt;." in shown
    assert "<code>dry</code> (query)" in shown
    assert shown.count("&#34;place&#34;") >= 2


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r"""(?:src|href)=["'](?!/|#)""", page()) == []
    assert "<script" not in page()
