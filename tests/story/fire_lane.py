"""Story 1, the fire lane: the grid convenes three departments, the police have the cars moved, and it stays clear."""

from datetime import datetime

from tests.scenarios.town import EAST_GATE
from tests.story.drawn import lane
from tests.story.steps import RESIDENT, Acts, By, Opens, Passes, Rates, Reports, Story, Waits

LEAD, LEAD_NEXT_DAY = "committee-lead-2", "committee-lead-1"
DISPATCHER, OTHER_DISPATCHER = "grid-dispatcher-2", "grid-dispatcher-1"
EMERGENCY, TRAFFIC, POLICE = "emergency-duty-1", "traffic-police-duty-1", "police-duty-2"
PROPERTY_DUTY, PROPERTY_POST = "property-duty-1", "property-post-1"
DEPARTMENTS = ("xinhe-emergency", "xinhe-traffic-police", "xinhe-police")
AGREE = "今晚同物业商定怎么守住东门外的消防通道"
SIGN = "立好禁停牌，看看消防通道有没有再停车"
POST = "在居民群里提醒不要占用消防通道"

STORY = Story(
    name="fire-lane",
    title="故事一 消防通道 · the fire lane",
    told_to=OTHER_DISPATCHER,
    steps=(
        Waits(told="网格调度员晚上值班，工作台开着", person=DISPATCHER),
        Waits(told="城运中心应急办值班员的工作台开着", person=EMERGENCY),
        Waits(told="交警四中队值班员的工作台开着", person=TRAFFIC),
        Waits(told="派出所社区民警的工作台开着", person=POLICE),
        Reports(
            told="四月底的一个晚上，居民在东门扫码反映，附一张照片",
            place=EAST_GATE,
            words="东门外消防通道被几辆车堵住了，救护车都进不来",
            category="公共秩序维护服务",
            phone="10000001028",
            photo=lane(4),
            ticket=["TicketOpened"],
            brings=["CaseOpened", "CaseAssigned"],
            messages=[("ticket_received", RESIDENT), ("case_assigned", LEAD)],
        ),
        Opens(told="居委会负责人的手机收到短信，点开链接", person=LEAD, by=By.MESSAGE),
        Acts(told="她马上接单", person=LEAD, act="accept", brings=["CaseAccepted"]),
        Acts(
            told="她向网格吹哨",
            person=LEAD,
            act="whistle",
            units=["xinhe-grid"],
            words="车主联系不上，请召集有关部门",
            brings=["WhistleBlown"],
            messages=[("whistle_blown", DISPATCHER)],
        ),
        Opens(told="调度员开着的工作台上出现新办件，点开", person=DISPATCHER, by=By.INBOX),
        Acts(told="调度员报到", person=DISPATCHER, act="report-in", brings=["UnitReportedIn"]),
        Acts(
            told="调度员打电话向居民了解详情：看联系方式，查看有记录",
            person=DISPATCHER,
            act="contact",
            brings=["ContactRevealed"],
        ),
        Acts(
            told="调度员吹哨召集三个部门，各有各的任务",
            person=DISPATCHER,
            act="whistle",
            units=DEPARTMENTS,
            words="东门外消防通道堵塞，请到场会商",
            own_tasks={
                "xinhe-emergency": "请确认救护车和消防车能否绕行",
                "xinhe-traffic-police": "请查车主电话",
            },
            brings=["WhistleBlown", "WhistleBlown", "WhistleBlown"],
            messages=[("whistle_blown", EMERGENCY), ("whistle_blown", TRAFFIC), ("whistle_blown", POLICE)],
        ),
        Passes(told="八分钟后", until=datetime.fromisoformat("2026-04-28T21:14+08:00")),
        Opens(told="应急办的工作台上出现新办件", person=EMERGENCY, by=By.INBOX),
        Acts(told="应急办报到", person=EMERGENCY, act="report-in", brings=["UnitReportedIn"]),
        Opens(told="交警四中队的工作台上出现新办件", person=TRAFFIC, by=By.INBOX),
        Acts(told="交警四中队报到", person=TRAFFIC, act="report-in", brings=["UnitReportedIn"]),
        Opens(told="派出所的工作台上出现新办件", person=POLICE, by=By.INBOX),
        Acts(told="派出所报到", person=POLICE, act="report-in", brings=["UnitReportedIn"]),
        Acts(
            told="三个部门同网格会商，调度员记下纪要",
            person=DISPATCHER,
            act="confer",
            units=[*DEPARTMENTS, "xinhe-grid"],
            words="由派出所今晚联系车主挪车并教育；交警提供车主电话；应急办确认北侧可以绕行。",
            photo=lane(4),
            brings=["ConferenceHeld"],
        ),
        Acts(
            told="应急办办完自己的任务",
            person=EMERGENCY,
            act="task-done",
            words="北侧消防门已打开，救护车可以绕行",
            brings=["JointTaskDone"],
            messages=[("joint_task_done", LEAD)],
        ),
        Acts(
            told="交警四中队办完自己的任务",
            person=TRAFFIC,
            act="task-done",
            words="四辆车的车主电话已交派出所",
            brings=["JointTaskDone"],
            messages=[("joint_task_done", LEAD)],
        ),
        Acts(
            told="调度员把办件交办给派出所：从此由派出所牵头",
            person=DISPATCHER,
            act="entrust",
            unit="xinhe-police",
            words="会商决定由派出所办理",
            brings=["JointTaskEntrusted", "CaseTransferred", "CaseAssigned", "CaseAccepted"],
            messages=[("case_entrusted", POLICE)],
        ),
        Acts(
            told="网格的任务是召集，也办完了",
            person=DISPATCHER,
            act="task-done",
            words="三部门已会商，派出所牵头办理",
            brings=["JointTaskDone"],
            messages=[("joint_task_done", POLICE)],
        ),
        Passes(told="不到一小时后", until=datetime.fromisoformat("2026-04-28T22:05+08:00")),
        Acts(
            told="民警请车主把车挪走并教育，附照片",
            person=POLICE,
            act="resolve",
            words="四名车主已挪车并接受教育，通道畅通",
            photo=lane(0),
            brings=["CaseResolved"],
        ),
        Opens(told="另一位调度员去现场核查：没有参与处置的人才能核查", person=OTHER_DISPATCHER, by=By.INBOX),
        Acts(
            told="核查通过",
            person=OTHER_DISPATCHER,
            act="verify-pass",
            words="现场看过，通道畅通",
            brings=["VerificationPassed"],
        ),
        Acts(
            told="结单；按规则，物业和居委会各有一项回头看",
            person=OTHER_DISPATCHER,
            act="close",
            brings=["CaseClosed", "FollowUpPlanned", "FollowUpPlanned"],
            messages=[("case_closed", RESIDENT)],
        ),
        Acts(
            told="调度员再安排居委会今晚同物业商定措施",
            person=DISPATCHER,
            act="follow-up",
            unit="chunhe-committee",
            words=AGREE,
            after_days=1,
            brings=["FollowUpPlanned"],
        ),
        Acts(
            told="当晚居委会同物业商定了",
            person=LEAD,
            act="follow-up-done",
            follow_up=AGREE,
            words="同物业商定：明早立禁停牌，物业东门岗晚上巡两次，居委会在群里提醒",
            brings=["FollowUpDone"],
        ),
        Rates(
            told="居民点短信里的链接评价：满意",
            rating="满意",
            words="一个晚上就通了，谢谢",
            ticket=["TicketRated"],
        ),
        Passes(
            told="第二天早上，物业和居委会的回头看到期，值班员收到短信",
            until=datetime.fromisoformat("2026-04-29T08:35+08:00"),
            brings=["FollowUpReminded", "FollowUpReminded"],
            messages=[("follow_up_due", PROPERTY_DUTY), ("follow_up_due", LEAD_NEXT_DAY)],
        ),
        Opens(told="物业东门岗打开工作台", person=PROPERTY_POST, by=By.INBOX),
        Acts(
            told="物业立好禁停牌，附照片；三十天后再看一次",
            person=PROPERTY_POST,
            act="follow-up-done",
            follow_up=SIGN,
            words="禁停牌已立好，通道上没有车",
            photo=lane(0, sign=True),
            brings=["FollowUpDone", "FollowUpPlanned"],
        ),
        Opens(told="今天值班的居委会负责人点开短信", person=LEAD_NEXT_DAY, by=By.MESSAGE),
        Acts(
            told="居委会在居民群里发了提醒，附截图",
            person=LEAD_NEXT_DAY,
            act="follow-up-done",
            follow_up=POST,
            words="已在居民群里发提醒，请大家不要占用消防通道",
            photo=lane(0, sign=True),
            brings=["FollowUpDone"],
        ),
    ),
)
