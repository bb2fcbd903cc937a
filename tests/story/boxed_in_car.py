"""Story 2, the boxed-in car: somebody goes to look, something is changed, and it is closed when it has proved right."""

from datetime import datetime

from tests.scenarios.town import WEST_GATE
from tests.story.steps import RESIDENT, Acts, By, Opens, Passes, Rates, Reports, Story

LEAD, LEAD_NEXT_DAY, MEMBER = "committee-lead-1", "committee-lead-2", "committee-member-1"

STORY = Story(
    name="boxed-in-car",
    title="故事二 出不来的车 · the boxed-in car",
    told_to=MEMBER,
    steps=(
        Passes(told="同一天上午", until=datetime.fromisoformat("2026-04-29T10:00+08:00")),
        Reports(
            told="另一位居民在西门扫码：车位总被堵住，想换一个",
            place=WEST_GATE,
            words="我的车位在路边第一个，经常被堵住出不来，想换一个车位",
            category="公共秩序维护服务",
            phone="10000001021",
            ticket=["TicketOpened"],
            brings=["CaseOpened", "CaseAssigned"],
            messages=[("ticket_received", RESIDENT), ("case_assigned", LEAD)],
        ),
        Opens(told="居委会负责人点开短信", person=LEAD, by=By.MESSAGE),
        Acts(told="她接单", person=LEAD, act="accept", brings=["CaseAccepted"]),
        Passes(told="半小时后，她同物业去现场看", until=datetime.fromisoformat("2026-04-29T10:35+08:00")),
        Acts(
            told="现场的情况记在办件上，附照片",
            person=LEAD,
            act="note",
            words="同物业现场查看：转角一停车，第一个车位的车就出不来",
            photo=True,
            brings=["CaseNoted"],
        ),
        Acts(
            told="商定转角划为禁停区；做好后提交，等待核查",
            person=LEAD,
            act="resolve",
            words="转角划为禁停区，已画线并放置隔离墩",
            photo=True,
            brings=["CaseResolved"],
        ),
        Passes(
            told="第二天，看车辆到底出不出得来；核查时限快到，今天值班的负责人收到催办短信",
            until=datetime.fromisoformat("2026-04-30T10:15+08:00"),
            brings=["DeadlineWarned"],
            messages=[("deadline_warned", LEAD_NEXT_DAY)],
        ),
        Opens(told="居委会值班员看了一天，打开工作台", person=MEMBER, by=By.INBOX),
        Acts(
            told="车辆进出顺畅，核查通过",
            person=MEMBER,
            act="verify-pass",
            words="观察了一天，车辆进出顺畅",
            brings=["VerificationPassed"],
        ),
        Acts(
            told="结单",
            person=MEMBER,
            act="close",
            brings=["CaseClosed"],
            messages=[("case_closed", RESIDENT)],
        ),
        Rates(
            told="居民非常满意，说以后也来帮忙",
            rating="满意",
            words="非常满意，以后我也来帮忙",
            ticket=["TicketRated"],
        ),
    ),
)
