"""Made-up views of the figures' pages: an April of two communities, and the month before as it was published."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.reporting.domain.behind import Corrected, Fact
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Side
from services.reporting.domain.duration import Duration, duration
from services.reporting.domain.figures import Figures, figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.publication import Group, Publication, Unpublished
from services.reporting.domain.question import Question
from services.reporting.domain.tally import Tally
from services.reporting.domain.values import value_of
from services.reporting.pages.asking import query_of
from services.reporting.pages.figures import PARTS
from services.reporting.pages.groups import Words, apart_of, chart_of, groups_of, shown_of
from services.reporting.pages.views import (
    Choice,
    CorrectedFigure,
    Correction,
    FigurePage,
    FiguresPage,
    Filters,
    Fresh,
    Staff,
    TicketShown,
    TicketsPage,
)
from services.reporting.queries.answers import Answer
from shared.contracts.directory import Name
from shared.contracts.intake import Channel
from shared.web.catalogues import load_catalogues, raise_missing
from shared.web.language import Language
from tests.unit.web.samples import CASE_ID, COMMITTEE, ESTATE, GATE, NOW, ORDER, POLICE, PROPERTY, STAIRWELL, minutes

CATALOGUES = load_catalogues("reporting", on_missing=raise_missing)
APRIL, MARCH = Period.of_month(2026, 4), Period.of_month(2026, 3)
STAFF = Staff(name="wanggezhang-1", unit_name=Name(zh="东城综合网格", en="Dongcheng grid"), admin=True)
PUBLISHED_AT = NOW - minutes(40_000)
FRESH = Fresh(as_of=NOW, newest_event_at=NOW - minutes(2))
DOCTORS = Name(zh="社区卫生服务中心家庭医生团队", en="Family doctors of the community health centre")
# A whole month; a unit that had much to do, one that had little, and one that nothing was due from.
TALLY = Tally(
    received=1034,
    handled=958,
    overdue_unhandled=31,
    closed=911,
    closed_in_time=737,
    closed_without_sla=17,
    overdue_open=61,
    open=122,
    reworked=25,
    reopened=13,
    rated=402,
    satisfied=371,
    asked=880,
    answered_when_asked=396,
    escalations=74,
    merged=38,
    split_off=9,
    suspended=12,
    extended=41,
    called_in=57,
    reported_in=49,
    follow_up_due=120,
    follow_up_kept=113,
    repeat_reports=86,
    messages_sent=5210,
    messages_delivered=5187,
)
FEW = Tally(received=6, handled=4, closed=3, closed_in_time=3, overdue_open=1)
# Of each stage, how long it took; of one so many that they are told by classes.
TOOK = {
    "stage_accept": duration([3.0, 7.5, 14.0, 42.0]),
    "stage_resolve": Duration(
        count=48_211, median_minutes=260.0, p90_minutes=1440.0, total_minutes=19_284_400.0, within_percent=2.0
    ),
    "stage_verify": duration([30.0, 61.0]),
    "stage_close": duration([12.0]),
}


ANSWERED = FirstResponse(count=931, median_minutes=8.0, p90_minutes=37)
NOBODY = FirstResponse(count=0)


def told(tally: Tally = TALLY, first: FirstResponse = ANSWERED) -> Figures:
    """What these counts come to."""
    return figures(tally, first, TOOK if tally == TALLY else {})


def filters(question: Question, trouble: str | None = None) -> Filters:
    """The form above a page."""
    months = [APRIL, MARCH, Period.of_month(2026, 2)]
    return Filters(
        question=question,
        trouble=trouble,
        days_max=366,
        areas=[Choice(id="town", name=Name(zh="东城街道", en="Dongcheng")), Choice(id="chunhe", name=ESTATE, depth=3)],
        categories=[Choice(id="order", name=ORDER)],
        units=[Choice(id="committee", name=COMMITTEE), Choice(id="property", name=PROPERTY)],
        months=[(f"{each.first_day:%Y-%m}", query_of(replace(question, period=each))) for each in months],
    )


def figures_page() -> FiguresPage:
    """March, which was published; two figures of it are not what they were."""
    question = Question(period=MARCH)
    return FiguresPage(
        staff=STAFF,
        filters=filters(question),
        fresh=FRESH,
        parts={
            part: [shown_of(FIGURES[each], told(), question) for each in figures_of_part]
            for part, figures_of_part in PARTS.items()
        },
        published_at=PUBLISHED_AT,
        unpublished=None,
        corrections=[
            CorrectedFigure(
                now=shown_of(FIGURES[each], told(), question),
                was=value_of(told(replace(TALLY, closed=910, open=121), NOBODY), each),
            )
            for each in ("closing_rate", "open", "first_response")
        ],
    )


def figures_of_nothing() -> FiguresPage:
    """An address whose period cannot be: this month instead, in which nothing has happened."""
    question = Question(period=APRIL, unit="property")
    parts = {
        part: [shown_of(FIGURES[each], told(Tally(), NOBODY), question) for each in of] for part, of in PARTS.items()
    }
    return replace(
        figures_page(),
        filters=filters(question, "period-too-long"),
        fresh=replace(FRESH, newest_event_at=None),
        parts=parts,
        published_at=None,
        unpublished=Unpublished.CUT,
        corrections=[],
    )


def figure_by(
    figure: str,
    by: By,
    groups: Sequence[Group],
    published: Sequence[Group] | None = None,
    unpublished: Unpublished | None = Unpublished.MONTH,
) -> Callable[[Language], FigurePage]:
    """One figure by its groups, which are named in the reader's language; in March beside what was published."""

    def page(language: Language) -> FigurePage:
        question, words = Question(period=APRIL, by=by), Words(language, CATALOGUES[language].say)
        answered = Answer(question=question, as_of=NOW, total=told(), groups=groups)
        if published is not None:
            question = replace(question, period=MARCH)
            then = Publication(month=MARCH.first_day, published_at=PUBLISHED_AT, total=told(), groups={by: published})
            answered = replace(answered, question=question, published=then)
        shown = groups_of(FIGURES[figure], answered, words=words, now=NOW)
        return FigurePage(
            staff=STAFF,
            filters=filters(question),
            fresh=FRESH,
            shown=shown_of(FIGURES[figure], answered.total, question),
            beside=[shown_of(FIGURES[each], answered.total, question) for each in FIGURES[figure].beside],
            back="/desk/figures",
            apart=apart_of(FIGURES[figure], question),
            groups=shown,
            chart=chart_of(shown, question, words, NOW),
            correction=None,
            unpublished=None if published is not None else unpublished,
        )

    return page


def rate_by_unit() -> Callable[[Language], FigurePage]:
    """A rate with its intervals: large units in order, then those that are not ranked."""
    groups = [
        Group(key="committee", name=COMMITTEE, ranked=True, figures=told()),
        Group(key="property", name=PROPERTY, ranked=True, figures=told(replace(TALLY, closed=800, overdue_open=172))),
        Group(key="police", name=POLICE, ranked=False, figures=told(FEW, NOBODY)),
        Group(key="doctors", name=DOCTORS, ranked=False, figures=told(Tally(), NOBODY)),
        Group(key=None, name=None, ranked=False, figures=told(FEW, NOBODY)),
    ]
    return figure_by("on_time_closing_rate", By.UNIT, groups)


def time_by_day() -> Callable[[Language], FigurePage]:
    """Waiting times, a column a day; on one of them nobody waited."""
    days = [date(2026, 4, day) for day in range(1, 29)]
    groups = [
        Group(
            key=day.isoformat(),
            name=None,
            ranked=day.day % 7 > 1,
            figures=told(FEW, FirstResponse(count=day.day, median_minutes=3.0 * day.day, p90_minutes=9 * day.day))
            if day.day != 5
            else told(Tally(), NOBODY),
        )
        for day in days
    ]
    return figure_by("first_response", By.DAY, groups)


def count_by_channel() -> Callable[[Language], FigurePage]:
    """A count, whose groups have no name but the catalogue's."""
    groups = [
        Group(key=channel, name=None, ranked=True, figures=told(replace(TALLY, received=received)))
        for channel, received in zip(Channel, (802, 190, 30, 12), strict=True)
    ]
    return figure_by("received", By.CHANNEL, groups, unpublished=Unpublished.CUT)


def figure_without_groups() -> Callable[[Language], FigurePage]:
    """A period in which no group has anything."""
    return figure_by("satisfaction", By.CATEGORY, [])


def figure_corrected() -> Callable[[Language], FigurePage]:
    """March's closing rate and its units' as published, with the tickets by which it is another now."""
    later = Corrected(ticket=CASE_ID, change="added", number="204815736")
    gone = Corrected(ticket=UUID(int=9), change="removed", number=None)
    published = Correction(
        published_at=PUBLISHED_AT,
        was=value_of(told(replace(TALLY, closed=910)), "closing_rate"),
        changed=True,
        groups=2,
        tickets={Side.NUMERATOR: [later, gone], Side.DENOMINATOR: [gone], Side.REST: [later]},
        whole=None,
    )
    committee = Group(key="committee", name=COMMITTEE, ranked=True, figures=told())
    property_then = Group(key="property", name=PROPERTY, ranked=True, figures=told(replace(TALLY, closed=800)))
    property_now = replace(property_then, figures=told(replace(TALLY, closed=801)))
    came = Group(key="doctors", name=DOCTORS, ranked=False, figures=told(FEW, NOBODY))

    def page(language: Language) -> FigurePage:
        shown = figure_by("closing_rate", By.UNIT, [committee, property_now, came], [committee, property_then])
        return replace(shown(language), correction=published)

    return page


def figure_of_a_unit() -> Callable[[Language], FigurePage]:
    """A unit's on-time rate as it was published: the tickets by which it changed are listed for the whole."""
    question = Question(period=MARCH, unit="property")
    published = Correction(
        published_at=PUBLISHED_AT,
        was=value_of(told(replace(TALLY, closed=910)), "on_time_closing_rate"),
        changed=True,
        groups=0,
        tickets={},
        whole="/desk/figures/on_time_closing_rate?from=2026-03-01&to=2026-04-01",
    )

    def page(language: Language) -> FigurePage:
        shown = figure_by("on_time_closing_rate", By.UNIT, [])(language)
        return replace(shown, filters=filters(question), correction=published, unpublished=None)

    return page


def tickets_page() -> TicketsPage:
    """Behind a rate: one ticket with all that is known of it, one of which hardly anything is; some are not seen."""
    question = Question(period=APRIL)
    known = TicketShown(
        ticket=CASE_ID,
        number="204815736",
        fact=Fact.CLOSED,
        at=NOW - minutes(25),
        minutes=None,
        unit=COMMITTEE,
        place=GATE,
        area=ESTATE,
        category=ORDER,
    )
    unknown = TicketShown(
        ticket=UUID(int=CASE_ID.int + 1),
        number=None,
        fact=Fact.OVERDUE,
        at=NOW - minutes(400_000),
        minutes=None,
        unit=None,
        place=STAIRWELL,
        area=None,
        category=None,
    )
    return TicketsPage(
        staff=STAFF,
        filters=filters(question),
        shown=shown_of(FIGURES["closing_rate"], told(), question),
        side=Side.NUMERATOR,
        total=911,
        seen=909,
        as_of=NOW,
        rows=[known, unknown],
        next="/desk/figures/closing_rate/tickets?after=more",
        is_first=False,
    )


def tickets_that_took_time() -> TicketsPage:
    """Behind a length: how long each took."""
    shown = shown_of(FIGURES["first_response"], told(), Question(period=APRIL))
    rows = [replace(each, minutes=length) for each, length in zip(tickets_page().rows, (95.0, 5_265.0), strict=True)]
    return replace(tickets_page(), shown=shown, rows=rows)


def no_tickets() -> TicketsPage:
    """Behind a count: nothing."""
    shown = shown_of(FIGURES["received"], told(Tally(), NOBODY), Question(period=APRIL))
    return replace(tickets_page(), shown=shown, total=0, seen=0, rows=[], next=None, is_first=True)
