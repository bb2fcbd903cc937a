"""The table of permissions written out for a district's admin: a table a role, act by relation, and read again."""

from collections.abc import Iterator, Mapping

from services.routing.domain.permissions import (
    ADMIN_TABLE,
    DUTY_TABLE,
    TAKES_CALLS,
    Action,
    AdminAction,
    Relation,
    Whose,
    is_allowed,
)
from shared.contracts.directory import Role

MAY, MAY_NOT = "✓", "–"

ROLES: Mapping[Role, tuple[str, str]] = {
    Role.LEAD: (
        "值班员（负责人） · duty officer",
        "一个单位的负责人或值班员，也看得到升级路线上本单位以下各单位的办件。"
        " Answers for a unit; also sees the cases of the units below it on the ladder.",
    ),
    Role.HANDLER: (
        "一线处置人员 · line worker",
        "办理本单位的办件，到场报到。 Works on the unit's own cases and reports in where it is called.",
    ),
    Role.PROPERTY_POST: (
        "物业岗 · property post",
        "小区门岗和维修人员：接单、处置、报到；吹哨、转派、推辞和核查由负责人做。"
        " The post at the gate and the repairman; calling, passing on, declining and verifying are their lead's.",
    ),
    Role.DISPATCHER: (
        "网格调度员 · grid dispatcher",
        "统筹网格内所有办件：转派、吹哨、裁定不属、批延期和挂账。"
        " Coordinates every case of the grid: passes on, calls, settles what is declined, grants time.",
    ),
    Role.LIAISON: (
        "部门联络员 · department liaison",
        "代表被吹哨的部门：报到、办理、说明不属本单位。"
        " Speaks for a department that is called: reports in, does its task or declines it.",
    ),
    Role.VERIFIER: (
        "核查员 · verifier",
        "看得到辖区内的办件，只核查和备注；被吹哨单位的核查员不核查这个办件。"
        " Sees the area's cases, passes or fails what is resolved, writes notes; not where the own unit was called.",
    ),
    Role.SUPERVISOR: ("督导 · supervisor", "看得到辖区内的办件，不改动。 Reads the area's cases, changes nothing."),
    Role.ADMIN: (
        "区级管理员 · district admin",
        "看得到全区的办件，管人员和辖区文件，不办件。"
        " Reads the whole district's cases; looks after staff and the district file, and acts on no case.",
    ),
    Role.AUDITOR: (
        "审计员 · auditor",
        "看得到辖区内的办件，什么都不改，联系方式始终遮住。"
        " Reads the area's cases, changes nothing, and never sees a contact.",
    ),
}
RELATIONS: Mapping[Relation, str] = {
    Relation.OWN: "本单位在办 · has it",
    Relation.CALLED: "被吹哨 · called",
    Relation.REPORTED_IN: "已报到 · reported in",
    Relation.TOLD: "升级或退单到本单位 · told",
    Relation.ASKED: "请本单位定 · asked",
    Relation.FOLLOWS: "负责回头看 · follows it up",
    Relation.LEFT: "本单位退出的 · gave it up",
    Relation.OVERSEEN: "辖区或下级单位的 · in the area, or of a unit below",
    Relation.OTHER: "其他 · any other",
}
ACTIONS: Mapping[Action, str] = {
    Action.READ: "查看 · read",
    Action.CONTACT: "显示联系方式 · show the contact",
    Action.ACCEPT: "接单 · accept",
    Action.RETURN: "退单 · return",
    Action.TRANSFER: "转派 · transfer",
    Action.NOTE: "备注 · note",
    Action.REMIND: "催办 · remind",
    Action.CATEGORISE: "改类别 · correct the category",
    Action.MERGE: "并案 · merge",
    Action.SPLIT: "拆分 · split",
    Action.WHISTLE: "吹哨 · call units",
    Action.REPORT_IN: "报到 · report in",
    Action.TASK_DONE: "联合处置完成 · task done",
    Action.TASK_DECLINE: "不属本单位 · decline the task",
    Action.TASK_RELEASE: "同意不办 · let a unit go",
    Action.TASK_INSIST: "不同意 · insist",
    Action.TASK_TAKE_OVER: "代办 · take a task over",
    Action.ENTRUST: "交办 · give a called unit the job",
    Action.CONFER: "会商 · write a conference's minutes",
    Action.EXTEND: "申请延期 · ask for more time",
    Action.EXTEND_GRANT: "同意延期 · grant more time",
    Action.EXTEND_REFUSE: "不同意延期 · refuse more time",
    Action.EXTEND_WITHDRAW: "撤回延期申请 · withdraw the request for time",
    Action.SUSPEND: "申请挂账 · ask to suspend",
    Action.SUSPEND_GRANT: "同意挂账 · grant a suspension",
    Action.SUSPEND_REFUSE: "不同意挂账 · refuse a suspension",
    Action.SUSPEND_WITHDRAW: "撤回挂账申请 · withdraw the request to suspend",
    Action.SUSPEND_END: "恢复计时 · end a suspension",
    Action.RESOLVE: "处置 · resolve",
    Action.VERIFY_PASS: "核查通过 · pass",
    Action.VERIFY_FAIL: "核查不通过 · fail",
    Action.CLOSE: "结单 · close",
    Action.FOLLOW_UP: "安排回头看 · plan a follow-up",
    Action.FOLLOW_UP_DONE: "回头看完成 · follow-up done",
    Action.FOLLOW_UP_RECURRED: "问题又出现 · follow-up found it back",
    Action.FOLLOW_UP_CANCEL: "取消回头看 · cancel a follow-up",
}

WHOSE: Mapping[Whose, str] = {
    Whose.OWN: "自己的班 · their own",
    Whose.UNIT: "本单位所有人的班，不用对方同意 · everybody's of the unit, without asking",
}
DUTY_HEAD = """## 值班 · duty

值班页谁都可以看：本单位和看得到的单位。交班、换班、答复和撤回换班只在本单位内，按岗位：
Everybody reads the duty of their own unit and of those that they see. Who hands over a turn, asks for a swap, answers
or withdraws one, always within the unit:

| 岗位 · role | 谁的班 · whose turns |
|---|---|
"""

PHONE_HEAD = """
## 接电话 · the phone desk

在 `/desk/phone` 记下来电人反映的问题：哪个点位都可以，按规则派单；之后办件看不看得到，仍按上面的表。
At `/desk/phone`, taking down what a caller reports: at any place, and the rules say whose it is; whether they then see
the case is for the tables above to say.

| 岗位 · role | 可以 · may |
|---|---|
"""
ADMIN_HEAD = """
## 管理 · administration

管理页和 `/api/v1/admin`：版本和差异、规则和命中、人员和登录、联系方式导出。
The admin's pages and `/api/v1/admin`: editions and their differences, rules with their hits, people and their
sessions, contacts taken out.

| 岗位 · role | 可以 · may |
|---|---|
"""
ADMIN_ACTIONS: Mapping[AdminAction, str] = {
    AdminAction.READ: "查看 · read",
    AdminAction.END_SESSIONS: "让人退出所有设备 · sign somebody out everywhere",
}

Cell = tuple[Role, Action, Relation]


def cells() -> Iterator[Cell]:
    """Every cell, role by role as it is written."""
    for role in ROLES:
        for action in ACTIONS:
            for relation in RELATIONS:
                yield role, action, relation


def document(head: str) -> str:
    """The text of `docs/permissions.md`."""
    counted = f"{len(ROLES)} × {len(ACTIONS)} × {len(RELATIONS)} = {len(list(cells()))}"
    counts = f"岗位 × 操作 × 关系 · roles × acts × relations: {counted}\n"
    more = [DUTY_HEAD, *map(_duty_row, ROLES), PHONE_HEAD, *map(_phone_row, ROLES), ADMIN_HEAD, *map(_admin_row, ROLES)]
    return "\n".join([head, counts, *(_section(role) for role in ROLES), "".join(more)])


def read(document: str) -> dict[Cell, bool]:
    """What a written document says of each cell."""
    said: dict[Cell, bool] = {}
    role = Role.LEAD
    for line in document.splitlines():
        if line.startswith("## ") and line.endswith("`"):
            role = Role(line.rpartition("`")[0].rpartition("`")[2])
        elif line.startswith("| `"):
            name, *marks = (cell.strip() for cell in line.strip("|").split("|"))
            action = Action(name.split("`")[1])
            said |= {(role, action, each): mark == MAY for each, mark in zip(RELATIONS, marks, strict=True)}
    return said


def _section(role: Role) -> str:
    name, what = ROLES[role]
    head = f"| {' | '.join(['', *RELATIONS.values()])} |\n|---|{':-:|' * len(RELATIONS)}"
    rows = "".join(f"{_row(role, action)}\n" for action in ACTIONS)
    return f"## {name} `{role}`\n\n{what}\n\n{head}\n{rows}"


def _duty_row(role: Role) -> str:
    name, _ = ROLES[role]
    whose = DUTY_TABLE.get(role)
    return f"| {name} | {WHOSE[whose] if whose else MAY_NOT} |\n"


def _phone_row(role: Role) -> str:
    name, _ = ROLES[role]
    return f"| {name} | {MAY if role in TAKES_CALLS else MAY_NOT} |\n"


def _admin_row(role: Role) -> str:
    allowed = ADMIN_TABLE.get(role, frozenset())
    name, _ = ROLES[role]
    may = "; ".join(ADMIN_ACTIONS[action] for action in ADMIN_ACTIONS if action in allowed)
    return f"| {name} | {may or MAY_NOT} |\n"


def _row(role: Role, action: Action) -> str:
    marks = (MAY if is_allowed(role, action, frozenset({each})) else MAY_NOT for each in RELATIONS)
    return f"| {' | '.join([f'`{action}` {ACTIONS[action]}', *marks])} |"
