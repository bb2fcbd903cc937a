"""Made-up views of every page, for tests and for looking at them; all people are roles."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.intake.pages.views import (
    CategoryChoice,
    OtherShown,
    ReportedPage,
    ReportPage,
    StatusPage,
    Step,
    StepShown,
)
from services.notify.pages.views import SandboxMessage, SandboxPage, SendState
from services.routing.domain.case.follow_up import FollowUpState
from services.routing.domain.case.state import DONE, Status
from services.routing.domain.deadlines import CountedIn
from services.routing.domain.editions import Difference, FieldChange, What
from services.routing.domain.hours import DaysApart, HoursAhead, Weekdays
from services.routing.domain.inbox import Due, Narrowing, Show, Wanted
from services.routing.domain.permissions import Action
from services.routing.handlers.admin import ContactExport, SignedOut
from services.routing.handlers.bulk import CASES_MAX, IN_BULK
from services.routing.pages.admin_views import (
    ConditionShown,
    ContactExportShown,
    ContactExportsPage,
    DifferencesPage,
    EditionsPage,
    RuleShown,
    RulesPage,
    TemplateShown,
    UnitAsked,
    UserShown,
    UsersPage,
)
from services.routing.pages.bulk_views import BulkPage, BulkRow, Refused
from services.routing.pages.door_views import FirstPasswordPage, SignedOutPage, SignInPage, Trouble
from services.routing.pages.duty_views import (
    DutyPage,
    HandedOverShown,
    PersonShown,
    SwapShown,
    TurnShown,
    UnitOnDuty,
)
from services.routing.pages.follow_ups import FollowUpShown
from services.routing.pages.lists import chips_of, query_of, quick_of
from services.routing.pages.refused import NOTHING_REFUSED, ActRefused
from services.routing.pages.views import (
    OF_A_FOLLOW_UP,
    OF_A_UNIT,
    CaseList,
    CasePage,
    Choice,
    ContactShown,
    Happening,
    InboxPage,
    InboxRow,
    Judged,
    MergedShown,
    PassedOverShown,
    Photo,
    Staff,
    UnitChoice,
    WhyHere,
)
from services.routing.queries import Edition
from shared.contracts.directory import Name, Role
from shared.contracts.intake import Channel, Link, Rating, StatedUrgency
from shared.contracts.messages import Message
from shared.contracts.notify import Audience
from shared.contracts.routing import About, Clock, Term
from shared.web.forms import EMPTY_FORM, Fault, FieldFault, Form

WITHOUT_A_REASON = Form(faults={"reason": FieldFault(Fault.REQUIRED)})
NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
GATE = Name(zh="东门外消防通道", en="Fire lane outside the east gate")
STAIRWELL = Name(zh="3 号楼 2 单元楼道", en="Building 3, stairwell 2")
ESTATE = Name(zh="春和苑", en="Chunhe Court")
COMMITTEE = Name(zh="春和居委会", en="Chunhe committee")
PROPERTY = Name(zh="春和苑物业", en="Chunhe Court property company")
POLICE = Name(zh="派出所", en="Police station")
GREENING = Name(zh="物业绿化养护管理", en="Greening upkeep")
ORDER = Name(zh="公共秩序维护服务", en="Public order")
UPKEEP = Name(zh="房屋及设施设备维修养护服务", en="Upkeep of houses and facilities")
LEAD = Staff(name="居委会值班员甲", unit_name=COMMITTEE)
CASE_ID = UUID("0195f0c2-0000-7000-8000-000000000001")
FIRE_LANE = "东门外消防通道又停了三辆车，救护车、消防车都进不来，请赶快来人看看。"


def minutes(count: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def report_page(form: Form = EMPTY_FORM) -> ReportPage:
    """The report page of one stairwell."""
    return ReportPage(
        place_name=STAIRWELL,
        area_name=ESTATE,
        address="/r/K7MQ2X",
        form_token="sample-form-token",
        categories=[
            CategoryChoice(id="greening", name=GREENING),
            CategoryChoice(id="order", name=ORDER),
            CategoryChoice(id="upkeep", name=UPKEEP),
        ],
        photos_max=6,
        photo_megabytes_max=10,
        form=form,
    )


def refused_report() -> ReportPage:
    """The report page after a refusal: two faults, what was typed and ticked still there."""
    form = Form(
        values={"phone": "12", "category": "order", "name": "三号楼居民", "stated_urgency": "urgent"},
        faults={"text": FieldFault(Fault.REQUIRED), "phone": FieldFault(Fault.NOT_A_PHONE)},
    )
    return replace(report_page(form), asks_whether_urgent=True)


def reported_page() -> ReportedPage:
    """The receipt."""
    return ReportedPage(number="204815736", place_name=STAIRWELL, status_address="/t/sample", has_phone=True)


def status_in_hand() -> StatusPage:
    """A ticket that its unit is working on."""
    return StatusPage(
        address="/t/sample",
        number="204815736",
        place_name=GATE,
        category_name=ORDER,
        text=FIRE_LANE,
        photo_count=2,
        steps=[
            StepShown(step=Step.REPORTED, at=NOW - minutes(25)),
            StepShown(step=Step.ASSIGNED, at=NOW - minutes(25), unit_name=COMMITTEE),
            StepShown(step=Step.ACCEPTED, at=NOW - minutes(20), unit_name=COMMITTEE),
            StepShown(step=Step.RESOLVED),
            StepShown(step=Step.VERIFIED),
            StepShown(step=Step.CLOSED),
        ],
        deadline=NOW + minutes(120),
        form_token="sample-form-token",
        others=[
            OtherShown(number="100000025", address="/t/other"),
            OtherShown(number="100000058", address="/t/again", link=Link.CAME_BACK),
        ],
        may_withdraw=True,
    )


def status_closed() -> StatusPage:
    """A closed ticket that may be rated, or disputed."""
    return StatusPage(
        address="/t/sample",
        number="204815736",
        place_name=GATE,
        category_name=ORDER,
        text=FIRE_LANE,
        photo_count=2,
        steps=[
            StepShown(step=Step.REPORTED, at=NOW - minutes(900)),
            StepShown(step=Step.ASSIGNED, at=NOW - minutes(900), unit_name=COMMITTEE),
            StepShown(step=Step.ACCEPTED, at=NOW - minutes(895), unit_name=COMMITTEE),
            StepShown(step=Step.RESOLVED, at=NOW - minutes(60), unit_name=POLICE),
            StepShown(step=Step.VERIFIED, at=NOW - minutes(20)),
            StepShown(step=Step.CLOSED, at=NOW - minutes(15)),
        ],
        deadline=None,
        follow_up_at=NOW + minutes(1440),
        form_token="sample-form-token",
        may_rate=True,
        may_dispute=True,
    )


def status_rated() -> StatusPage:
    """A closed ticket with its rating."""
    closed = status_closed()
    return StatusPage(
        address=closed.address,
        number=closed.number,
        place_name=closed.place_name,
        category_name=None,
        text=None,
        photo_count=0,
        steps=closed.steps,
        deadline=None,
        form_token=closed.form_token,
        rating=Rating.SATISFIED,
    )


_TROUBLES = (
    (FIRE_LANE, GATE, ORDER, Status.ASSIGNED, Clock.ACCEPT, -15),
    ("楼道灯坏了，晚上看不见台阶，老人差点摔跤。", STAIRWELL, UPKEEP, Status.ACCEPTED, Clock.RESOLVE, -2900),
    ("车位在路口第一个，经常被堵住出不来，能不能换一个车位？", GATE, ORDER, Status.ACCEPTED, Clock.RESOLVE, 42),
    ("楼前香樟树枝挡住了三楼的窗户，请修剪。", STAIRWELL, GREENING, Status.ASSIGNED, Clock.ACCEPT, 130),
    ("单元门禁读卡没反应，每次都要等人开门。", STAIRWELL, UPKEEP, Status.RESOLVED, None, 0),
    ("垃圾厢房旁边堆了旧沙发，三天没人收。", GATE, None, Status.UNASSIGNED, Clock.ACCEPT, 600),
    ("草坪被踩出一条路，下雨全是泥。", STAIRWELL, GREENING, Status.VERIFIED, None, 0),
    ("水泵房半夜有异响，影响休息。", STAIRWELL, UPKEEP, Status.ACCEPTED, Clock.RESOLVE, 7300),
)


def inbox_page(repeats: int = 1) -> InboxPage:
    """The committee's open cases."""
    rows = [
        InboxRow(
            case_id=UUID(int=CASE_ID.int + index),
            version=3,
            number=f"{204815736 + 37 * index:09}",
            words=words,
            place_name=place,
            category_name=category,
            unit_name=None if status == Status.UNASSIGNED else COMMITTEE if category == ORDER else PROPERTY,
            status=status,
            urgent=index == 0,
            again=index == 1,
            asked=tuple(About) if index == 2 else (),
            opened_at=NOW - minutes(25 + 210 * index),
            clock=clock,
            deadline=NOW + minutes(left) if clock else None,
        )
        for index, (words, place, category, status, clock, left) in enumerate(_TROUBLES * repeats)
    ]
    rows.sort(key=lambda row: row.deadline or row.opened_at + timedelta(days=365))
    totals = {Show.MINE: 12, Show.UNIT: 41, Show.UNASSIGNED: 3, Show.WAITING: 2, Show.CLOSED: 218}
    narrowing = Narrowing(status=Status.ASSIGNED, unit="property", urgent=True, due=Due.TODAY)
    return inbox_of(Wanted(narrowing=narrowing), totals, rows)


def inbox_of(wanted: Wanted, totals: dict[Show, int], rows: list[InboxRow]) -> InboxPage:
    """The committee's inbox with these rows."""
    query = query_of(wanted)
    return InboxPage(
        staff=LEAD,
        list=CaseList(
            wanted=wanted,
            totals=totals,
            addresses=dict.fromkeys(totals, f"/desk?{query}"),
            rows=rows,
            first=26,
            query=query,
            next=f"/desk?{query}&at=next",
            previous=f"/desk?{query}&at=previous",
            chips=chips_of(wanted),
            quick=quick_of(wanted),
        ),
        statuses=[Status.ASSIGNED, Status.ACCEPTED],
        units=[Choice(id="committee", name=COMMITTEE), Choice(id="property", name=PROPERTY)],
        categories=[Choice(id="order", name=ORDER)],
        names={"unit": PROPERTY},
        may_pick=True,
    )


def bulk_page() -> BulkPage:
    """Three cases were to be reminded of: one was, one has moved on, one is not seen any more."""
    rows = [
        BulkRow(
            case_id=row.case_id,
            version=row.version,
            number=row.number,
            words=row.words,
            place_name=row.place_name,
            unit_name=row.unit_name,
            status=row.status,
            urgent=row.urgent,
        )
        for row in inbox_page().list.rows[:2]
    ]
    return BulkPage(
        staff=LEAD,
        acts=IN_BULK,
        rows=rows[1:],
        units=[UnitChoice(id="property", name=PROPERTY)],
        cases_max=CASES_MAX,
        form_token="token",
        query="show=unit",
        back="/desk?show=unit",
        action=Action.REMIND,
        form=Form({"words": "今天务必到场。"}),
        done=rows[:1],
        refused=[Refused(row=rows[1], why="changed-meanwhile"), Refused(row=None, why="case-unknown")],
    )


def empty_inbox() -> InboxPage:
    """An inbox with nothing in it."""
    return inbox_of(Wanted(show=Show.MINE), {Show.MINE: 0, Show.UNIT: 0}, [])


def overseers_inbox() -> InboxPage:
    """Nothing lies with the unit itself, and three cases in the area that it oversees."""
    return inbox_of(Wanted(), {Show.MINE: 0, Show.UNIT: 0, Show.AREA: 3}, [])


def case_beside() -> CasePage:
    """The fire lane, with the list that one came from."""
    listed = inbox_page().list
    return replace(case_page(Action.ACCEPT, Action.NOTE), case_id=listed.rows[0].case_id, beside=listed)


FOLLOW_UPS = (
    FollowUpShown(
        id=UUID(int=1),
        unit_name=PROPERTY,
        task="",
        by_rule=Name(zh="立好禁停牌", en="Put up the no-parking sign"),
        state=FollowUpState.PLANNED,
        due=NOW + minutes(1440),
        deadline=NOW + minutes(2000),
        occurrence=2,
        times=3,
        missed=1,
    ),
    FollowUpShown(
        id=UUID(int=2),
        unit_name=COMMITTEE,
        task="在居民群里提醒",
        by_rule=None,
        state=FollowUpState.DONE,
        due=NOW - minutes(1440),
        deadline=NOW - minutes(800),
        occurrence=1,
        times=1,
        missed=0,
    ),
)


def case_followed() -> CasePage:
    """The fire lane, which its own reporter withdrew: it goes on for another, and was split before."""
    told = MergedShown(case_id=UUID(int=8), number="100000033", opened_at=NOW - minutes(12), words="车把通道堵了")
    other = MergedShown(case_id=UUID(int=9), number="100000041", opened_at=NOW - minutes(9), words="楼道灯不亮")
    again = MergedShown(case_id=UUID(int=10), number="100000058", opened_at=NOW - minutes(900), words="车又堵在门口")
    page = case_page(Action.RESOLVE, Action.SPLIT, Action.MERGE, status=Status.ACCEPTED)
    happened = [
        Happening(what="joined", at=NOW - minutes(10), number="100000033", by="网格长"),
        Happening(what="split", at=NOW - minutes(9), by="网格长", words="楼道灯不亮"),
        Happening(what="reporter_withdrew", at=NOW - minutes(3), words="我搬走了"),
    ]
    happenings = [*page.happenings, *happened]
    return replace(
        page,
        happenings=happenings,
        duplicates=[told],
        split=[other],
        again=[again],
        nearby=[other],
        reporter_withdrew=True,
        urgent=False,
        stated_urgency=StatedUrgency.URGENT,
        channel=Channel.PHONE_DESK,
        taken_by="居委会值班员甲",
    )


def case_page(*actions: Action, status: Status = Status.ASSIGNED, refused: Action | None = None) -> CasePage:
    """The fire lane, as the committee's lead sees it."""
    is_done = status in DONE
    return CasePage(
        staff=LEAD,
        case_id=CASE_ID,
        version=2,
        form_token="sample-form-token",
        number="204815736",
        status=status,
        urgent=True,
        place_name=GATE,
        area_name=ESTATE,
        category_name=ORDER,
        unit_name=COMMITTEE,
        channel=Channel.QR,
        opened_at=NOW - minutes(25),
        words=FIRE_LANE,
        photos=[Photo(address="/desk/cases/1/photos/1"), Photo(address="/desk/cases/1/photos/2")],
        contact=ContactShown(name="三**", phone="100****1234", may_reveal=True),
        clock=None if is_done else Clock.ACCEPT,
        deadline=None if is_done else NOW + minutes(5),
        judged=Judged(due_at=NOW - minutes(1500), done_at=NOW - minutes(15)) if is_done else None,
        counted_in=CountedIn.ROUND_THE_CLOCK,
        happenings=[
            Happening(what="opened", at=NOW - minutes(25)),
            Happening(what="assigned", at=NOW - minutes(25), unit_name=PROPERTY),
            Happening(
                what="returned",
                at=NOW - minutes(18),
                unit_name=PROPERTY,
                by="物业值班员乙",
                words="车主不在小区登记，物业没有权力挪车，需要居委会和交警出面。",
            ),
            Happening(what="assigned", at=NOW - minutes(15), unit_name=COMMITTEE, by="网格长"),
        ],
        why_here=WhyHere(
            rule_name=Name(zh="消防通道堵塞，全天候", en="Blocked fire lane, round the clock"),
            passed_over=[
                PassedOverShown(rule_name=Name(zh="绿化找物业", en="Greening to property"), condition="categories"),
                PassedOverShown(rule_name=Name(zh="电梯困人", en="Trapped in a lift"), condition="words_any"),
                PassedOverShown(rule_name=Name(zh="说是急事", en="Said to be urgent"), condition="urgency_stated"),
            ],
            directory_version=7,
        ),
        actions=actions or (Action.ACCEPT, Action.RETURN, Action.TRANSFER, Action.NOTE),
        units={
            each: (UnitChoice(id="property", name=PROPERTY), UnitChoice(id="police", name=POLICE)) for each in OF_A_UNIT
        },
        follow_ups=FOLLOW_UPS,
        of_action=dict.fromkeys(OF_A_FOLLOW_UP, FOLLOW_UPS[:1]),
        asked_until=NOW + minutes(1440) if Action.EXTEND_GRANT in actions or refused else None,
        refused=ActRefused(refused, Form(faults={"reason": FieldFault(Fault.REQUIRED)}))
        if refused
        else NOTHING_REFUSED,
        writer="committee-lead-1",
    )


def sign_in_page() -> SignInPage:
    """The door, after a wrong password."""
    return SignInPage(form=Form({"account": "juwei-1"}, {"password": FieldFault(Fault.WRONG_CREDENTIALS)}))


def provider_sign_in_page() -> SignInPage:
    """The door of a district with an identity provider, after somebody came who is not on its list."""
    return SignInPage(local=False, provider="东城统一身份", trouble=Trouble.STRANGER, account="zhang.san")


def signed_out_page() -> SignedOutPage:
    """On the way to be signed out at the identity provider."""
    return SignedOutPage(address="https://id.example/logout?client_id=yima", provider="")


def first_password_page() -> FirstPasswordPage:
    """The change of the first-use password."""
    return FirstPasswordPage(account="juwei-1", length_min=10)


def sandbox_page() -> SandboxPage:
    """Four messages in four states."""
    texts = (
        (
            Audience.DUTY,
            SendState.ACCEPTED,
            "【一号一码】紧急：东门外消防通道，工单 204 815 736，请在 21:20 前接单。http://127.0.0.1:8000/desk",
        ),
        (
            Audience.REPORTER,
            SendState.DELIVERED,
            "【一号一码】已收到您反映的问题，工单号 204 815 736。查看进展：http://127.0.0.1:8000/t/sample",
        ),
        (
            Audience.REPORTER,
            SendState.UNKNOWN,
            "【一号一码】工单 204 815 736 已办结，请您评价：http://127.0.0.1:8000/t/sample",
        ),
        (Audience.DUTY, SendState.QUEUED, "【一号一码】工单 204 815 773 已超时 15 分钟，请尽快处理。"),
    )
    messages = [
        SandboxMessage(
            to=f"+86 100 0000 {1234 + index}",
            at=NOW - minutes(3 * index),
            audience=audience,
            text=text,
            state=state,
            segments=1 + index % 2,
        )
        for index, (audience, state, text) in enumerate(texts)
    ]
    return SandboxPage(messages=messages, total=4, page=1, page_count=1)


def duty_page() -> DutyPage:
    """The property company's people answer by turns, the committee's lead always, the police by nobody just now."""
    evening = TurnShown(name="物业值班员甲", start=NOW, until=NOW + minutes(115), mine=True)
    night = TurnShown(name="物业值班员乙", start=NOW + minutes(115), until=NOW + minutes(835))
    again = TurnShown(name="物业值班员甲", start=NOW + minutes(835), until=NOW + minutes(1555), mine=True)
    beat = TurnShown(name="社区民警乙", start=NOW + minutes(655), until=NOW + minutes(1375))
    always = TurnShown(name="居委会负责人甲", start=NOW, until=None)
    office = ((510, 690), (780, 1050))
    return DutyPage(
        staff=Staff(name="物业值班员甲", unit_name=PROPERTY),
        form_token="a-token",
        own=UnitOnDuty(unit_name=PROPERTY, now=evening, later=[night, again]),
        people=[
            PersonShown(
                id="property-duty-1", name="物业值班员甲", role=Role.HANDLER, on_duty=True, may_be_on_duty=True
            ),
            PersonShown(id="property-manager", name="物业经理", role=Role.LEAD, on_duty=False, may_be_on_duty=True),
            PersonShown(
                id="property-post-1", name="物业东门岗", role=Role.PROPERTY_POST, on_duty=False, may_be_on_duty=True
            ),
        ],
        hours=HoursAhead(
            weekdays=[Weekdays(1, 5, office), Weekdays(6, 6, office[:1]), Weekdays(7, 7, ())],
            apart=[
                DaysApart(date(2026, 5, 1), date(2026, 5, 5)),
                DaysApart(date(2026, 5, 9), date(2026, 5, 9), office),
                DaysApart(date(2026, 6, 19), date(2026, 6, 21)),
            ],
            unknown_year=2027,
        ),
        handed_over=[
            HandedOverShown(
                at=NOW - minutes(30),
                from_name="物业经理",
                turn=evening,
                words="东门消防通道刚清空，九点半请再看一次；3 号楼门禁等配件，明早到。",
            )
        ],
        swaps=[
            SwapShown(id=CASE_ID, given=night, taken=again, words="明天要带孩子看病。", may_answer=True),
            SwapShown(
                id=UUID(int=CASE_ID.int + 1), given=again, taken=night, words="周五晚上家里有事。", may_withdraw=True
            ),
        ],
        lapsed=[SwapShown(id=UUID(int=CASE_ID.int + 2), given=evening, taken=night, words="老人要去医院。")],
        may_hand_over=True,
        may_give=[again],
        may_take=[night],
        others=[
            UnitOnDuty(unit_name=COMMITTEE, now=always),
            UnitOnDuty(unit_name=POLICE, now=None, later=[beat]),
        ],
    )


def duty_page_refused() -> DutyPage:
    """A lead's hand-over that said neither to whom nor why."""
    form = Form({"hours": "4", "note": ""}, {"to": FieldFault(Fault.REQUIRED), "note": FieldFault(Fault.REQUIRED)})
    return replace(duty_page(), moves_at_once=True, swaps=[], form=form, refused="hand-over")


ADMIN = Staff(name="区级管理员甲", unit_name=Name(zh="区城运中心", en="District operations centre"), admin=True)
EDITIONS = [
    Edition(
        edition=2,
        published_at=NOW - minutes(90),
        file_sha256="0" * 64,
        changed=4,
        retired=1,
        published_by="district-admin-1",
    ),
    Edition(edition=1, published_at=NOW - minutes(40_000), file_sha256="1" * 64, changed=61, retired=0),
]


def editions_page() -> EditionsPage:
    """Two editions, of which the first does not say who published it."""
    return EditionsPage(staff=ADMIN, editions=EDITIONS)


def differences_page() -> DifferencesPage:
    """Each thing that can become of an entry."""
    return DifferencesPage(
        staff=ADMIN,
        editions=EDITIONS,
        earlier=1,
        later=2,
        differences=[
            Difference(
                kind="person",
                id="committee-lead-1",
                what=What.CHANGED,
                fields=(FieldChange("role", "handler", "lead"), FieldChange("phone", None, None)),
            ),
            Difference(kind="place", id="K7MQ2XA9", what=What.ADDED, name=STAIRWELL),
            Difference(
                kind="rule",
                id="fire-lane",
                what=What.CHANGED,
                name=Name(zh="占用消防通道", en="Blocked fire lane"),
                fields=(
                    FieldChange(
                        "terms", '[{"clock": "accept", "minutes": 30}]', '[{"clock": "accept", "minutes": 15}]'
                    ),
                ),
            ),
            Difference(kind="rule", id="noise", what=What.MOVED, name=Name(zh="噪音扰民", en="Noise")),
            Difference(kind="unit", id="chunhe-police", what=What.RETIRED, name=POLICE),
        ],
    )


def no_differences_page() -> DifferencesPage:
    """Nothing differs."""
    return replace(differences_page(), differences=[])


def rules_page() -> RulesPage:
    """A rule with all that one can say, and the last one."""
    return RulesPage(
        staff=ADMIN,
        edition=2,
        days=30,
        rules=[
            RuleShown(
                place=1,
                id="fire-lane",
                name=Name(zh="占用消防通道", en="Blocked fire lane"),
                urgent=True,
                conditions=[
                    ConditionShown(field="categories", values=[ORDER]),
                    ConditionShown(
                        field="words_any",
                        values=[Name(zh=word, en=word) for word in ("消防通道", "生命通道", "fire lane")],
                    ),
                    ConditionShown(field="stated_urgent", values=[]),
                    ConditionShown(field="working_time", values=[]),
                ],
                unit=UnitAsked(units=[COMMITTEE]),
                terms=[
                    Term(clock=Clock.ACCEPT, minutes=15, working_time=False),
                    Term(clock=Clock.RESOLVE, working_days=1),
                    Term(clock=Clock.VERIFY, minutes=60),
                    Term(clock=Clock.ANSWER, minutes=30, on_duty=True),
                ],
                whistle=[UnitAsked(units=[POLICE]), UnitAsked(relation="property", units=[PROPERTY])],
                verified=True,
                follow_ups=2,
                templates=[
                    TemplateShown(
                        id="lane",
                        message=Message.CASE_ASSIGNED,
                        says=Name(
                            zh="{place}消防通道被占，{accept_by} 前接单：{link}", en="Fire lane at {place}: {link}"
                        ),
                    )
                ],
                hits=17,
                last_at=NOW - minutes(75),
            ),
            RuleShown(
                place=2,
                id="rest",
                name=Name(zh="其余", en="The rest"),
                urgent=False,
                conditions=[],
                unit=UnitAsked(relation="committee", units=[COMMITTEE]),
                terms=[],
                whistle=[],
                verified=False,
                follow_ups=0,
                hits=0,
                last_at=None,
            ),
        ],
    )


def contact_exports_page() -> ContactExportsPage:
    """One export of a month by a dispatcher."""
    export = ContactExport(
        id=UUID(int=7),
        at=NOW - minutes(90),
        person="grid-dispatcher-1",
        role=Role.DISPATCHER,
        unit="grid-3",
        first_day=date(2026, 4, 1),
        last_day=date(2026, 4, 30),
        tickets=412,
        reason="回访四月停车反映人",
    )
    shown = ContactExportShown(export=export, unit_name=Name(zh="第三网格", en="Grid 3"))
    return ContactExportsPage(staff=ADMIN, days=366, exports=[shown])


def no_contact_exports() -> ContactExportsPage:
    """Nobody took any out."""
    return replace(contact_exports_page(), exports=[])


def users_page() -> UsersPage:
    """One who is signed in, one who never was, one without an account."""
    return UsersPage(
        staff=ADMIN,
        may_end=True,
        users=[
            UserShown(
                id="committee-lead-1",
                name="居委会负责人甲",
                role=Role.LEAD,
                unit_name=COMMITTEE,
                first_password=False,
                signed_in_at=NOW - minutes(12),
                by_provider=False,
                sessions=2,
            ),
            UserShown(
                id="property-duty-1",
                name="物业值班员甲",
                role=Role.HANDLER,
                unit_name=PROPERTY,
                first_password=True,
                signed_in_at=None,
                by_provider=False,
                sessions=0,
            ),
            UserShown(
                id="police-duty-1",
                name="社区民警甲",
                role=Role.HANDLER,
                unit_name=POLICE,
                first_password=None,
                signed_in_at=NOW - minutes(3000),
                by_provider=True,
                sessions=1,
                signed_out=SignedOut(at=NOW - minutes(3010), by="district-admin-1"),
            ),
        ],
    )
