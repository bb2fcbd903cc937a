"""A panel's SQL, made from a figure's own query: narrowed by the dashboard's variables, told apart, or by time.

The counting itself stands in `services/reporting` alone: here only its source of rows gets a narrower one, and its one
row of numbers is made a share, a line over time or a row for each group.
"""

from pathlib import Path

from services.reporting.domain.classes import GROWTH, INSTANT, SORTED_MAX
from services.reporting.domain.definition import FIRST_RESPONSE, Definition, DurationDefinition, RateDefinition
from services.reporting.domain.rate import Z_95
from services.reporting.queries import SQL, sql_of
from shared.kernel.queries import Queries

TEMPLATES = Queries.load(Path(__file__).parent / "sql")
STARTS, ENDS = "$__timeFrom()::timestamptz", "$__timeTo()::timestamptz"
SOURCE = "reporting_figures.behind($1, $2)"
# A viewer may ask for the days of a century: no line has more points, and it keeps the newest.
POINTS_MAX = 400
# No whistle is given longer to report in.
DAYS_AHEAD = 30
NARROWING = ("area", "category", "unit")
SHARE = "round(100.0 * numerator / nullif(denominator, 0), 2)::float8"
MINUTES = "round({column}::numeric, 2)::float8"
# Which facts carry each part, where the fact has another name: a panel reads no more than those that its figure counts.
FACTS = {
    "split_off": ("received",),
    "overdue_open": ("overdue",),
    "overdue_unhandled": ("overdue",),
    "reworked": ("overdue", "closed"),
    "extended": ("overdue", "closed"),
    "closed_in_time": ("closed",),
    "closed_without_sla": ("closed",),
    "asked": ("closed",),
    "answered_when_asked": ("answered",),
    "satisfied": ("rated",),
    "escalations": ("escalated",),
    "stage_accept": ("stage",),
    "stage_resolve": ("stage",),
    "stage_verify": ("stage",),
    "stage_close": ("stage",),
    "returned": ("stage",),
    "called_in": ("call",),
    "reported_in": ("call",),
    "follow_up_due": ("follow_up",),
    "follow_up_kept": ("follow_up",),
    "repeat_reports": ("repeat_report",),
    "messages_sent": ("message",),
    "messages_delivered": ("message", "message_delivered"),
}
MESSAGE_EVENTS = {
    "NotificationQueued": "待发",
    "NotificationSuppressed": "不发",
    "SendAccepted": "运营商已接收",
    "SendRejected": "运营商拒收",
    "SendUnknown": "结果不明",
    "DeliveryReported": "有回执",
}


class NotCountedSoError(Exception):
    """The figure's query does not count rows of `reporting_figures.behind`, so that it cannot be narrowed here."""


def template(name: str, /, **given: str) -> str:
    """A query of `sql/`, without its line of purpose, with what belongs into it."""
    text = TEMPLATES[name].partition("\n")[2].strip()
    for key, value in given.items():
        text = text.replace("{{" + key + "}}", value)
    return text


CHOSEN = template("chosen")
LENGTH = template("length", instant=str(INSTANT), growth=repr(GROWTH))
RESPONSE_VALUES = 'median_minutes AS "中位", p90_minutes AS "p90", count AS "件数"'


def counting(
    figure: Definition, *, starts: str = STARTS, ends: str = ENDS, only: str = CHOSEN, by: str | None = None
) -> str:
    """The figure's own query over fewer rows, with a row for each group where it is to be told apart.

    Raises:
        NotCountedSoError: it reads from elsewhere.
    """
    sql = sql_of(figure)
    if sql.count(SOURCE) != 1 or sql.count("SELECT") != 1:
        raise NotCountedSoError
    sql = sql.replace(SOURCE, template("rows", source=_source(figure, by), only=f"{_read(figure)}\n    AND {only}"))
    if by is not None:
        sql = sql.replace("SELECT ", f"SELECT behind.{by} AS key, ", 1) + f"\nGROUP BY behind.{by}"
    return _over(sql, starts, ends)


def _source(figure: Definition, by: str | None) -> str:
    if by == "level_area":
        return template("at_level")
    if isinstance(figure, DurationDefinition):
        [part] = figure.numerator.names
        return template("stages", part=part)
    return f"{SOURCE} AS every"


def told(
    figure: Definition, *, starts: str = STARTS, ends: str = ENDS, by: str | None = None, urgency: str | None = None
) -> str:
    """The same from the sums where they tell it; how long something took, of many by classes."""
    only = CHOSEN if urgency is None else f"{CHOSEN}\n    AND urgency = '{urgency}'"
    facts = counting(figure, starts=starts, ends=ends, only=only, by=by)
    summed = _summed(by, urgency)
    if isinstance(figure, DurationDefinition):
        [part] = figure.numerator.names
        return _timed(part, facts, starts=starts, ends=ends, by=by)
    sums = _summing(figure, by, urgency)
    return template("by_sums", sums=_over(sums, starts, ends), facts=facts, summed=summed)


def _summed(by: str | None, urgency: str | None = None) -> str:
    """Whether sums tell it."""
    asks = "area" if by == "level_area" else by
    others = [f"(${{{name}:sqlstring}} <> '')::int" for name in NARROWING if name != asks]
    return template(
        "summed",
        starts=STARTS,
        chosen=f"({' + '.join(others)})",
        chosen_max="1" if by is None and urgency is None else "0",
        whole="${area:sqlstring} = ''" if by != "level_area" else "false",
    )


def _timed(part: str, facts: str, *, starts: str, ends: str, by: str | None, length: str = LENGTH) -> str:
    """How long something took by classes where so many are asked about, else with every length sorted."""
    told_by, dimension, placed = _told_by(by)
    chosen = template("chosen_key")
    key, grouped = ("", "") if by is None else ("key, ", "\nGROUP BY key")
    classes = template(
        "by_classes",
        key=key,
        told_by=told_by,
        placed=placed,
        part=part,
        only=chosen,
        dimension=dimension,
        length=length,
    )
    classed = template(
        "classed",
        summed=_summed(by),
        starts=STARTS,
        ends=ENDS,
        dimension=dimension,
        only=chosen,
        sorted_max=str(SORTED_MAX),
    )
    every = template("one_by_one", key=key, facts=facts)
    return template("by_sums", sums=_over(f"{classes}{grouped}", starts, ends), facts=every, summed=classed)


def _told_by(by: str | None) -> tuple[str, str, str]:
    """What the sums' rows are told apart by, of which dimension they are, and what they are joined with for it."""
    if by is None:
        return "NULL", template("dimension"), ""
    if by == "level_area":
        return "found.area", "'area'", f"\n{template('placed')}"
    return "counts.key", f"'{by}'", ""


def _summing(figure: Definition, by: str | None, urgency: str | None) -> str:
    sides = {"count": figure.numerator}
    if isinstance(figure, RateDefinition):
        sides = {"numerator": figure.numerator, "denominator": figure.denominator}
    sums = ", ".join(
        f"coalesce(sum({' + '.join(f'counts.{part}' for part in side.names)}), 0)::bigint AS {name}"
        for name, side in sides.items()
    )
    if urgency is not None:
        return template("sums", told=sums, dimension="'urgency'", placed="", only=f"counts.key = '{urgency}'")
    chosen = template("chosen_key")
    key, dimension, placed = _told_by(by)
    if by is None:
        return template("sums", told=sums, dimension=dimension, placed="", only=chosen)
    grouped = template("sums", told=f"{key} AS key, {sums}", dimension=dimension, placed=placed, only=chosen)
    return f"{grouped}\nGROUP BY {key}"


def values(figure: Definition) -> str:
    """The columns that a panel shows of a figure's numbers, named as people read them."""
    match figure:
        case RateDefinition():
            return f'{SHARE} AS "{figure.name.zh}", numerator AS "分子", denominator AS "分母"'
        case DurationDefinition():
            columns = (("中位", "median_minutes"), ("p90", "p90_minutes"))
            told = ", ".join(f'{MINUTES.format(column=column)} AS "{name}"' for name, column in columns)
            return f'{told}, count AS "件数"'
        case _:
            return f'count AS "{figure.name.zh}"'


def number(figure: Definition, *, urgency: str | None = None) -> str:
    """The figure of the dashboard's time, of one urgency where one is meant, with what a link asks for."""
    asked = asked_for() if urgency is None else f"{asked_for()} || '&urgency={urgency}'"
    return template("number", values=values(figure), asked=asked, figure=told(figure, urgency=urgency))


def still_due(figure: RateDefinition) -> str:
    """How many of what is due in the days to come are not done yet: calls out, by their deadlines."""
    inner = counting(figure, starts=ENDS, ends=f"({ENDS} + interval '{DAYS_AHEAD} days')")
    return template("left_undone", name="还没到", figure=inner)


def message_ends() -> str:
    """What became of the messages of the dashboard's time, as the interface's own query tells it."""
    words = " ".join(f"WHEN '{event}' THEN '{zh}'" for event, zh in MESSAGE_EVENTS.items())
    inner = _over(SQL["message_counts"], STARTS, ENDS)
    return template("message_ends", words=words, figure=inner)


def first_response() -> str:
    """How long reporters waited until somebody took their case, in the working time of who did."""
    rows = template("rows", source="reporting_figures.first_acceptances AS every", only=CHOSEN)
    facts = _over(template("first_response", rows=rows), STARTS, ENDS)
    told = _timed(FIRST_RESPONSE, facts, starts=STARTS, ends=ENDS, by=None, length=f"round({LENGTH})")
    return template("number", values=RESPONSE_VALUES, asked=asked_for(), figure=told)


def trend(figure: Definition) -> str:
    """The figure of each day, week or month of the dashboard's time, as `period` says."""
    starts, ends = "step.starts", "step.ends"
    return template(
        "trend",
        values=values(figure),
        asked=asked_for(starts, ends),
        figure=told(figure, starts=starts, ends=ends),
        starts=STARTS,
        ends=ENDS,
        steps=_steps(),
        points_max=str(POINTS_MAX),
    )


def steps_drawn() -> str:
    """How many points the dashboard's lines have, of how many steps its time has."""
    return template("steps_drawn", steps=_steps(), points_max=str(POINTS_MAX))


def _steps() -> str:
    return template("steps", starts=STARTS, ends=ENDS)


def by_group(figure: Definition, column: str, *, names: str) -> str:
    """The figure of each unit, category or area, by their names; a share with its Wilson interval."""
    # What narrows the whole to one of them names the same thing as the row does.
    asks = "area" if column == "level_area" else column
    shown, size = values(figure), "count"
    if isinstance(figure, RateDefinition):
        shown, size = f"{shown},\n    {template('interval', zz=repr(Z_95**2))}", "denominator"
    return template(
        "by_group",
        values=shown,
        asked=asked_for(leaving_out=asks),
        asks=asks,
        figure=told(figure, by=column),
        names=names,
        size=size,
    )


def listed(name: str) -> str:
    """A list of `sql/`, of the dashboard's time and narrowed as its numbers are."""
    return _over(template(name, only=CHOSEN), STARTS, ENDS)


def listed_cases(name: str, *, since: str) -> str:
    """A list of `sql/` as cases with their numbers and names."""
    standing = template("standing", only=CHOSEN).removesuffix(";")
    rows = template(name, standing=standing, only=CHOSEN, days=str(DAYS_AHEAD)).removesuffix(";")
    return template("listed_cases", since=since, listed=_over(rows, STARTS, ENDS))


def asked_for(starts: str = STARTS, ends: str = ENDS, *, leaving_out: str = "") -> str:
    """What a link asks the interface for: the panel's period, and what the dashboard is narrowed to."""
    narrowed = [template("narrowed_asked", name=name) for name in NARROWING if name != leaving_out]
    return "\n        ".join([template("period_asked", starts=starts, ends=ends), *narrowed])


def _read(figure: Definition) -> str:
    parts = {*figure.numerator.names, *(figure.denominator.names if isinstance(figure, RateDefinition) else ())}
    facts = {fact for part in parts for fact in FACTS.get(part, (part,))}
    return f"fact IN ({', '.join(repr(fact) for fact in sorted(facts))})"


def _over(sql: str, starts: str, ends: str) -> str:
    return sql.replace("$1", starts).replace("$2", ends)
