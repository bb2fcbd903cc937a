"""Records of the directory on `yima.directory.v1` (compacted): the district file, one record an entity.

Each event is the whole state, the latest wins. Stream and key: `<kind>-<id>`. A retired entity stays, so that old cases
keep their names. All records of one publication carry its `edition`.
"""

from enum import StrEnum
from typing import ClassVar, get_args

from pydantic import Field

from shared.contracts.envelope import Event, Instant, Sealed, Value
from shared.contracts.intake import StatedUrgency
from shared.contracts.messages import Message
from shared.contracts.routing import FollowUpTerm, Term, Urgency, Verification

TOPIC = "yima.directory.v1"


class AreaLevel(StrEnum):
    """The tree of areas: 区 镇/街道 综合网格 居民区 小区."""

    DISTRICT = "district"
    TOWN = "town"
    GRID = "grid"
    COMMUNITY = "community"
    ESTATE = "estate"


class Role(StrEnum):
    """What a staff member may do (`docs/permissions.md`); where, follows from the unit and its area.

    值班员 一线处置人员 物业岗 网格调度员 部门联络员 核查员 督导 区级管理员 审计员.
    """

    LEAD = "lead"
    HANDLER = "handler"
    PROPERTY_POST = "property-post"
    DISPATCHER = "dispatcher"
    LIAISON = "liaison"
    VERIFIER = "verifier"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Reach(StrEnum):
    """How far beyond the cases of their own unit a role sees: the units below it too, its unit's area, or all."""

    UNIT = "unit"
    LADDER = "ladder"
    AREA = "area"
    DISTRICT = "district"


class Name(Value):
    """A name as people read it."""

    zh: str
    en: str


class DirectoryRecord(Event):
    """What all records of the directory carry."""

    publisher: ClassVar[str] = "routing"
    kind: ClassVar[str]

    id: str
    edition: int = Field(ge=1, description="Number of the publication that this state comes from.")
    retired: bool = False

    @property
    def stream(self) -> str:
        """The record's stream: kind and id."""
        return f"{self.kind}-{self.id}"


class AreaDefined(DirectoryRecord):
    """A part of the district."""

    kind: ClassVar[str] = "area"

    name: Name
    level: AreaLevel
    parent: str | None
    path: tuple[str, ...] = Field(description="Ids from the district down to this area, itself last.")


class PlaceDefined(DirectoryRecord):
    """What one QR code stands for; its id is the printed code."""

    kind: ClassVar[str] = "place"

    name: Name
    area: str
    path: tuple[str, ...] = Field(description="Ids of the areas it lies in, the district first.")
    groups: tuple[str, ...] = Field(
        default=(), description="Whom its code was given to, such as `elderly`; rules name it. Nobody in particular."
    )


class UnitDefined(DirectoryRecord):
    """An organisation that handles cases."""

    kind: ClassVar[str] = "unit"

    name: Name
    area: str
    relation: str | None = Field(
        default=None, description="What it is to the places of its area, such as `committee`; rules name it so."
    )
    calendar: str
    escalates_to: str | None = Field(default=None, description="The next level's unit; none for the last.")


class PersonDefined(DirectoryRecord):
    """A staff member; name and phone sealed under a key of theirs."""

    kind: ClassVar[str] = "person"

    unit: str
    role: Role
    name: Sealed
    phone: Sealed


class Shift(Value):
    """Who answers for a unit, and when. Weekdays are ISO (1 = Monday); minutes count from midnight in Shanghai."""

    person: str
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    from_minute: int = Field(default=0, ge=0, le=1439)
    to_minute: int = Field(default=1440, ge=1, le=1440)


class DutyDefined(DirectoryRecord):
    """A unit's rota; the first shift that covers the moment answers. Its id is the unit's."""

    kind: ClassVar[str] = "duty"

    shifts: tuple[Shift, ...]


class Cover(Value):
    """Somebody answers in the place of whom the rota names (代班)."""

    person: str
    start: Instant
    until: Instant


class CoverDefined(DirectoryRecord):
    """Who answers for a unit in others' place, as its people agreed; of covers that overlap the last counts.

    Its id is the unit's. It comes from no publication: `edition` is the one that held when it was agreed.
    """

    kind: ClassVar[str] = "cover"

    covers: tuple[Cover, ...]


class CategoryDefined(DirectoryRecord):
    """A kind of trouble that a reporter can choose."""

    kind: ClassVar[str] = "category"

    name: Name
    parent: str | None = None
    order: int = 0
    words: tuple[str, ...] = Field(
        default=(), description="A report without a category that has one of these is guessed to be of this one."
    )


class RepeatsOf(StrEnum):
    """What a report repeats: anything at its place, its category there, or its category in the place's own area."""

    PLACE = "place"
    CATEGORY_AT_PLACE = "category_at_place"
    CATEGORY_IN_AREA = "category_in_area"


class Repeats(Value):
    """At least so many earlier reports in so many days before this one."""

    count: int = Field(ge=1)
    days: int = Field(ge=1)
    of: RepeatsOf


class Conditions(Value):
    """When a rule matches; every condition named must hold, one left out always holds."""

    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    urgency: StatedUrgency | None = Field(default=None, description="As it was stated with the report.")
    words_any: tuple[str, ...] = ()
    words_all: tuple[str, ...] = ()
    words_none: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    repeats: Repeats | None = None
    working_time: bool | None = None


class RuleExample(Value):
    """A case that must fall to this rule, checked whenever the file is loaded."""

    text: str
    category: str | None = None
    place: str
    earlier: int = Field(default=0, ge=0, description="How many such reports came before it, within any window.")
    urgency: StatedUrgency | None = Field(default=None, description="As it is stated with the report.")


class RuleCall(Value):
    """A unit that the rule itself calls (吹哨) as soon as the case has its lead, and what it is asked to do."""

    unit: str = Field(description="Like a rule's unit; where the place has none, or it leads, nobody is called.")
    task: Name


class Rule(Value):
    """One grid escalation rule (网格升级规则)."""

    id: str
    name: Name
    when: Conditions = Conditions()
    unit: str = Field(description="A unit's id, or a relation such as `committee of the place`, resolved by area.")
    urgency: Urgency = Urgency.NORMAL
    terms: tuple[Term, ...] = ()
    whistle: tuple[RuleCall, ...] = ()
    verification: Verification | None = Field(default=None, description="Its unit is named like the rule's own.")
    follow_ups: tuple[FollowUpTerm, ...] = ()
    templates: dict[Message, str] = Field(
        default_factory=dict, description="Ids of the templates that word its messages; the others have our own words."
    )
    examples: tuple[RuleExample, ...] = ()


class RulesDefined(DirectoryRecord):
    """The ordered rules; the first that matches decides."""

    kind: ClassVar[str] = "rules"

    rules: tuple[Rule, ...]


class TemplateDefined(DirectoryRecord):
    """The district's own wording of a message (短信模板), which rules ask for."""

    kind: ClassVar[str] = "template"

    message: Message
    zh: str = Field(description="With placeholders such as `{place}`, of those that the message offers.")
    en: str | None = Field(default=None, description="None where English readers get our own words.")


class CalendarDefined(DirectoryRecord):
    """Working hours by ISO weekday in Shanghai's minutes, days off and make-up workdays (调休) by ISO date."""

    kind: ClassVar[str] = "calendar"

    hours: dict[int, tuple[tuple[int, int], ...]]
    days_off: tuple[str, ...] = ()
    make_up_workdays: dict[str, int] = Field(
        default_factory=dict, description="ISO date to the weekday whose hours it takes."
    )
    years: tuple[int, ...] = Field(description="Years whose official list is known.")


DirectoryEvent = (
    AreaDefined
    | PlaceDefined
    | UnitDefined
    | PersonDefined
    | DutyDefined
    | CoverDefined
    | CategoryDefined
    | RulesDefined
    | TemplateDefined
    | CalendarDefined
)
EVENTS: tuple[type[Event], ...] = get_args(DirectoryEvent)
