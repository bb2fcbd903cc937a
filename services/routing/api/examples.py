"""What each act's description shows as its body; the tests send every one of them."""

from collections.abc import Mapping
from typing import Any

# An id and a number that differ from case to case.
FOLLOW_UP = "019de2a0-0000-7000-8000-000000000007"
NUMBER = "202604012"

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "accept": {},
    "return": {"words": "门禁归物业管"},
    "transfer": {"unit": "chunhe-property", "words": "门禁归物业管"},
    "categorise": {"category": "facilities"},
    "note": {"words": "到场查看，东门外停着三辆车"},
    "remind": {"words": "今天务必到场"},
    "resolve": {"words": "车主已挪车，消防通道畅通"},
    "verify-pass": {"words": "现场看过，通道畅通"},
    "verify-fail": {"words": "又停了一辆车"},
    "close": {},
    "split": {"words": "东门的路灯也不亮", "category": "facilities"},
    "merge": {"into": NUMBER},
    "whistle": {
        "words": "请派人到东门，联系车主挪车",
        "units": ["xinhe-police"],
        "calls": [{"unit": "xinhe-traffic-police", "task": "请到东门外疏导交通"}],
    },
    "report-in": {},
    "task-done": {"words": "已联系车主挪车并教育"},
    "task-decline": {"words": "小区里的道路不归我们管"},
    "task-release": {"unit": "xinhe-traffic-police"},
    "task-insist": {"unit": "xinhe-traffic-police", "words": "车停在小区外的路上"},
    "task-take-over": {"unit": "xinhe-traffic-police"},
    "confer": {"words": "派出所联系车主挪车", "units": ["xinhe-grid", "xinhe-police"]},
    "entrust": {"unit": "xinhe-police", "words": "车主由派出所联系", "release": True},
    "extend": {"working_days": 2, "words": "配件后天到货"},
    "extend-grant": {},
    "extend-withdraw": {},
    "extend-refuse": {"words": "今天就能办好"},
    "suspend": {"working_days": 3, "words": "等业主大会表决"},
    "suspend-grant": {},
    "suspend-refuse": {"words": "不用等表决"},
    "suspend-withdraw": {},
    "suspend-end": {},
    "follow-up": {
        "unit": "chunhe-property",
        "words": "看看禁停牌还在不在",
        "after_days": 1,
        "every_days": 7,
        "times": 4,
        "in_working_days": True,
    },
    "follow-up-done": {"follow_up": FOLLOW_UP, "words": "禁停牌还在，没有车停"},
    "follow-up-recurred": {"follow_up": FOLLOW_UP, "words": "又有车停进来"},
    "follow-up-cancel": {"follow_up": FOLLOW_UP, "words": "业委会自己看"},
}

# The acts that photos may come with, and the names of their files in the example.
PHOTOGRAPHED: Mapping[str, tuple[str, ...]] = {
    "note": ("east-gate.jpg",),
    "resolve": ("lane-before.jpg", "lane-after.jpg"),
    "task-done": ("lane-after.jpg",),
    "confer": ("minutes.jpg",),
    "follow-up-done": ("sign.jpg",),
    "follow-up-recurred": ("cars.jpg",),
}
