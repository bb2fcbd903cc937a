"""Story 2, the boxed-in car: somebody goes to look, something is changed, and it is closed when it has proved right."""

from datetime import datetime

from tests.scenarios.town import WEST_GATE
from tests.story.drawn import lane
from tests.story.steps import RESIDENT, Acts, By, Looks, Opens, Passes, Rates, Reports, Story

LEAD, MEMBER, GRID = "committee-lead-1", "committee-member-1", "grid-dispatcher-1"

STORY = Story(
    name="boxed-in-car",
    title="故事二 出不来的车 · the boxed-in car",
    told_to=LEAD,
    steps=(
        Passes(told="同一天上午", until=datetime.fromisoformat("2026-04-29T10:00+08:00")),
        Reports(
            told="另一位居民在西门扫码：车位总被堵住，想换一个",
            place=WEST_GATE,
            words="我的车位在路边第一个，经常被堵住出不来，想换一个车位",
            category="公共秩序维护服务",
            phone="10000001021",
            photo=lane(2),
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
            photo=lane(2),
            brings=["CaseNoted"],
        ),
        Acts(
            told="商定转角划为禁停区；做好后提交，先看效果，再由网格核查",
            person=LEAD,
            act="resolve",
            words="转角划为禁停区，已画线并放置隔离墩",
            photo=lane(0, sign=True),
            brings=["CaseResolved"],
            messages=[("case_to_observe", GRID)],
        ),
        Opens(told="网格调度员收到短信：先看效果，再核查", person=GRID, by=By.MESSAGE),
        Looks(
            told="看效果的时间没到，还不能核查（试点规则写的是 30 分钟，故事里仍看到第二天）",
            person=GRID,
            sees="观察至",
            not_yet="verify-pass",
        ),
        Passes(
            told="第二天，看车辆到底出不出得来；核查时限快到，网格值班的调度员收到催办短信",
            until=datetime.fromisoformat("2026-04-30T10:15+08:00"),
            brings=["DeadlineWarned"],
            messages=[("deadline_warned", GRID)],
        ),
        Opens(told="居委会值班员看了一个早上，打开工作台", person=MEMBER, by=By.INBOX),
        Acts(
            told="她把看到的记下来",
            person=MEMBER,
            act="note",
            words="早高峰转角没有停车，第一个车位的车进出了两次",
            brings=["CaseNoted"],
        ),
        Acts(
            told="调度员到现场看过，车辆进出顺畅，核查通过",
            person=GRID,
            act="verify-pass",
            words="观察了一天，车辆进出顺畅",
            brings=["VerificationPassed"],
        ),
        Acts(
            told="结单；按规则，物业一周后回头看",
            person=GRID,
            act="close",
            brings=["CaseClosed", "FollowUpPlanned"],
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
