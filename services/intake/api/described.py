"""How the operations on tickets are described to a partner's engineer, where the signatures alone do not say it."""

from typing import Any

from services.intake.api.schemas import TicketBody
from shared.kernel.description import header_described, schema_of, token_described

PARTNER_KEY = token_described("partner key", "A key made by `yima partner create`.")
TRACKING_TOKEN = token_described("tracking token", "What stands last in the ticket's `status_url`.")

# At a place of the pilot; a scenario sends it.
REPORTED_BY_HOTLINE: dict[str, Any] = {
    "place": "XSVH65NM",
    "text": "热线转：东门路面有坑，电动车容易摔",
    "category": "facilities",
    "phone": "10000001061",
    "reference": "HL-7",
    "stated_urgency": "urgent",
}

# A text field of a multipart report is as in JSON; photos come beside them.
REPORT: dict[str, Any] = {
    # Without a key it is a resident's report. Said here, since a dependency would be called for each report.
    "security": [{"partner key": []}, {}],
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": "Sent again with the same body, it opens no second ticket and gets the first answer. "
            "Without an API key at least 32 characters, such as a random UUID.",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": schema_of(TicketBody), "example": REPORTED_BY_HOTLINE},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["place", "text"],
                    "properties": {
                        **{name: {"type": "string"} for name in TicketBody.model_fields},
                        "photos": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    },
                }
            },
        },
    },
}
REPORTED: dict[int | str, dict[str, Any]] = {201: {"headers": header_described("Location", "The ticket's address.")}}

SEEN: dict[str, Any] = {
    "parameters": [
        {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "The ETag of the last answer: 304 if nothing has happened since.",
        }
    ]
}
SEEN_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"headers": header_described("ETag", "Changes with each step.")},
    304: {"description": "Nothing has happened since."},
}
