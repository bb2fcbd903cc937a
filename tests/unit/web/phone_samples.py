"""Made-up views of the phone desk; all people are roles."""

from datetime import timedelta
from uuid import UUID

from services.intake.pages.phone_views import (
    OpenTicketShown,
    PhoneReportPage,
    PhoneSearchPage,
    PlaceShown,
    Staff,
    TakenDownPage,
)
from services.intake.pages.views import CategoryChoice, Step
from shared.contracts.directory import Name
from shared.web.forms import EMPTY_FORM, Fault, FieldFault, Form
from tests.unit.web import samples

STAFF = Staff(name="juweihui-1", unit_name=samples.COMMITTEE)
TOWN = Name(zh="新河镇", en="Xinhe town")
GRID = Name(zh="东城综合网格", en="Dongcheng grid")
GATE = PlaceShown(code="XSVH65NM", name=samples.GATE, areas=[samples.ESTATE, GRID, TOWN])
STAIRWELL = PlaceShown(code="K7MQ2XRT", name=samples.STAIRWELL, areas=[samples.ESTATE, GRID, TOWN])


def found_page() -> PhoneSearchPage:
    """Places that fit, and more of them."""
    return PhoneSearchPage(staff=STAFF, asked="春和苑", asked_max=60, places=[GATE, STAIRWELL], more=True)


def nothing_found() -> PhoneSearchPage:
    """No place fits."""
    return PhoneSearchPage(staff=STAFF, asked="西区门球场", asked_max=60)


def report_page(form: Form = EMPTY_FORM) -> PhoneReportPage:
    """A place that two reports are open of."""
    return PhoneReportPage(
        staff=STAFF,
        place=GATE,
        address="/desk/phone/XSVH65NM",
        form_token="sample-form-token",
        categories=[
            CategoryChoice(id="greening", name=samples.GREENING),
            CategoryChoice(id="order", name=samples.ORDER),
            CategoryChoice(id="upkeep", name=samples.UPKEEP),
        ],
        already=[
            OpenTicketShown(
                id=samples.CASE_ID,
                number="204815736",
                opened_at=samples.NOW - timedelta(minutes=20),
                step=Step.ACCEPTED,
                unit_name=samples.COMMITTEE,
                category_name=samples.ORDER,
            ),
            OpenTicketShown(
                id=UUID(int=samples.CASE_ID.int + 1),
                number="731964820",
                opened_at=samples.NOW - timedelta(days=3),
                step=Step.REPORTED,
            ),
        ],
        form=form,
    )


def refused_report() -> PhoneReportPage:
    """Nothing was written, and the phone is none; what was typed is still there."""
    return report_page(
        Form(
            {"phone": "1380000", "name": "张阿姨", "category": "order", "stated_urgency": "urgent"},
            {"text": FieldFault(Fault.REQUIRED), "phone": FieldFault(Fault.NOT_A_PHONE)},
        )
    )


def taken_page() -> TakenDownPage:
    """The number to read out."""
    return TakenDownPage(staff=STAFF, id=samples.CASE_ID, number="204815736", place_name=samples.GATE, has_phone=True)
