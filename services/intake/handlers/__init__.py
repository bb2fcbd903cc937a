"""Load, decide, append: one function a command, and what they all stand on."""

from services.intake.handlers.access import Access, Partner, Scope
from services.intake.handlers.answering import (
    TicketSeen,
    dispute_fix,
    rate,
    ticket_seen_by_holder,
    ticket_seen_by_link,
    ticket_seen_by_partner,
    withdraw,
)
from services.intake.handlers.erasing import Erasure, erase_reporter
from services.intake.handlers.ground import Intake
from services.intake.handlers.importing import BadLine, ImportOrder, ImportProgress, check_import, import_tickets
from services.intake.handlers.opening import (
    Given,
    Opened,
    Report,
    checked_report,
    count_partner_report,
    count_report,
    count_taken_down,
    open_ticket,
)

__all__ = [
    "Access",
    "BadLine",
    "Erasure",
    "Given",
    "ImportOrder",
    "ImportProgress",
    "Intake",
    "Opened",
    "Partner",
    "Report",
    "Scope",
    "TicketSeen",
    "check_import",
    "checked_report",
    "count_partner_report",
    "count_report",
    "count_taken_down",
    "dispute_fix",
    "erase_reporter",
    "import_tickets",
    "open_ticket",
    "rate",
    "ticket_seen_by_holder",
    "ticket_seen_by_link",
    "ticket_seen_by_partner",
    "withdraw",
]
