"""The rectification ledger and the province's feedback: problems that count, and decoys that must not.

One letter is one row. In the ledger: `o` open, `d` open and past its deadline, `l` closed only after the cut-off,
`c` closed before it, `r` the first problem of that unit and group written down again. In the feedback: `n` a problem
the ledger does not have, `r` the first one of the ledger again. What counts per unit and group is thus
o + d + l + n, whatever the number of rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.example.plan import AS_OF, HANDED_IN, MARK, generator
from analysis.example.unit_roll import BY_CODE, spelling
from analysis.example.workbooks import Cell, Column, Sheet

GROUPS: Final = {"resolution": "排查化解", "institutions": "制度落实", "enforcement": "执法惩戒"}

# fmt: off
#: unit → per group (resolution, institutions, enforcement) the rows of the ledger and of the feedback
PROBLEMS: Final[dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]]] = {
    "130302": (("occr", "r"), ("ooccc", ""), ("odo", "r")),
    "130303": (("oodl", "nr"), ("oodo", ""), ("or", "")),
    "130304": (("oc", ""), ("ool", ""), ("cc", "")),
    "130306": (("ooddr", "nr"), ("oorr", ""), ("ood", "")),
    "130321": (("odo", "n"), ("ooddo", "r"), ("od", "nr")),
    "130322": (("od", "nr"), ("odo", "nr"), ("oc", "")),
    "130324": (("orc", "r"), ("odc", "n"), ("o", "r")),
    "130371": (("oo", "rr"), ("oo", "r"), ("o", "nr")),
    "130372": (("c", ""), ("oc", ""), ("c", "r")),
}
_WORDINGS: Final = {
    "resolution": (
        ("部分线索超过规定时限才反馈核查结果", "逐条列出超时线索，明确核查时限", "劳动监察大队负责岗"),
        ("往年未化解案件没有明确包案岗位", "逐件确定包案岗位和化解时限", "根治欠薪办公室负责岗"),
        ("同一项目多次反映，未并案处置", "建立同一项目线索并案清单", "劳动监察大队案件岗"),
        ("线索退回后未重新核查", "对退回线索重新核查并留存记录", "劳动监察大队负责岗"),
        ("化解后未回访反映人", "补做回访并登记结果", "信访接待岗"),
    ),
    "institutions": (
        ("抽查项目没有工程款支付担保凭证", "督促建设单位补办担保", "住建部门建管岗"),
        ("施工合同没有写明人工费拨付周期", "补签合同条款", "住建部门造价岗"),
        ("实名制平台登记人数少于现场人数", "按日核对进出场记录", "项目劳资专管岗"),
        ("专用账户入账晚于约定日期", "约谈建设单位并按月核对入账", "人社部门监察岗"),
        ("劳动合同没有填写工资标准", "补填并抽查", "项目劳资专管岗"),
    ),
    "enforcement": (
        ("查实案件补发工资后未立案", "对应立案未立案的案件补办手续", "劳动监察大队案件岗"),
        ("符合条件的用人单位未列入失信名单", "逐案对照条件，应列尽列", "信用管理岗"),
        ("重大违法行为未按期向社会公布", "制定公布计划并按季公布", "劳动监察大队负责岗"),
    ),
}
# fmt: on
_SOURCES = ("实地核查", "线索抽查", "成员单位反馈")
_SELF_CHECK, _FIELD_CHECK = dt.date(2021, 5, 20), dt.date(2021, 10, 11)
_PASSED = (dt.date(2021, 12, 31), dt.date(2022, 1, 31))
_AHEAD = (dt.date(2022, 4, 30), dt.date(2022, 6, 30))


@dataclass(frozen=True)
class _Problem:
    """One row of the ledger; `first` is the number of the problem it repeats."""

    no: str
    unit: str
    group: str
    state: str
    wording: int
    first: str


def _ledger() -> Iterator[_Problem]:
    number = 0
    for unit, groups in PROBLEMS.items():
        for group, (rows, _) in zip(GROUPS, groups, strict=True):
            start = number
            for place, state in enumerate(rows):
                number += 1
                first = f"WT-{start + 1:03d}" if state == "r" else ""
                yield _Problem(f"WT-{number:03d}", unit, group, state, 0 if first else place, first)


def _dates(state: str, found: dt.date, random: np.random.Generator) -> tuple[dt.date, dt.date | None]:
    """Return deadline and day of closing of a problem in a state."""
    passed, ahead = (days[int(random.integers(2))] for days in (_PASSED, _AHEAD))
    if state == "c":
        # some are closed on the very day of the cut-off: still in time
        wait = int(random.integers(30, (AS_OF - found).days + 1))
        return passed, AS_OF if random.random() < 0.2 else found + dt.timedelta(days=wait)
    if state == "l":
        return AS_OF, AS_OF + dt.timedelta(days=int(random.integers(5, (HANDED_IN - AS_OF).days)))
    return (passed if state == "d" else ahead), None


def _row(problem: _Problem) -> tuple[Cell, ...]:
    random = generator("problems", problem.no)
    wording, measure, post = _WORDINGS[problem.group][problem.wording]
    found = (_SELF_CHECK if random.random() < 0.2 else _FIELD_CHECK) + dt.timedelta(
        days=int(random.integers(10))
    )
    deadline, closed = _dates(problem.state, found, random)
    unit_code, unit_name = spelling(problem.unit, random, found.year)
    return (
        problem.no,
        GROUPS[problem.group],
        _SOURCES[int(random.integers(len(_SOURCES)))],
        unit_code,
        unit_name,
        wording,
        measure,
        post,
        f"示例人{int(random.integers(1, 9999)):04d}",
        found,
        deadline,
        "已完成" if closed else "整改中",
        "整改报告及佐证照片" if closed else None,
        "办公室复核岗" if closed else None,
        closed,
        problem.first or None,
    )


def problem_sheet() -> Sheet:
    """Return the rectification ledger."""
    columns = (
        Column("问题编号", 10, group="问题"), Column("问题类别", 12, group="问题"), Column("来源", 12, group="问题"),
        Column("单位代码", 14, group="问题"), Column("单位名称", 24, group="问题"),
        Column("问题表述", 36, group="问题"), Column("整改措施", 32, group="整改"),
        Column("责任岗位", 20, group="整改"), Column("联系人", 12, group="整改"),
        Column("发现日期", 12, "yyyy-m-d", "整改"), Column("整改期限", 12, "yyyy-m-d", "整改"),
        Column("整改进展", 10, group="整改"), Column("佐证材料", 20, group="整改"),
        Column("复核岗位", 14, group="销号"), Column("销号日期", 12, "yyyy-m-d", "销号"),
        Column("与何问题重复", 12, group="销号"),
    )  # fmt: skip
    return Sheet(
        "问题整改", (f"问题整改台账（{MARK}）", "单位：个"), columns, tuple(_row(row) for row in _ledger())
    )


def feedback_sheet() -> Sheet:
    """Return the province's feedback; where it repeats a problem of the ledger it gives that number."""
    firsts: dict[tuple[str, str], _Problem] = {}
    for problem in _ledger():
        firsts.setdefault((problem.unit, problem.group), problem)
    rows: list[tuple[Cell, ...]] = []
    for unit, groups in PROBLEMS.items():
        for group, (_, states) in zip(GROUPS, groups, strict=True):
            for state in states:
                # a new problem is worded after the last of its group, which the ledgers of these units do not use
                wording = _WORDINGS[group][-1 if state == "n" else 0][0]
                repeats = firsts[unit, group].no if state == "r" else None
                name = BY_CODE[unit].short
                rows.append(
                    (f"SF-{len(rows) + 1:02d}", unit, name, GROUPS[group], f"省级抽查：{wording}", repeats)
                )
    columns = (
        Column("编号", 10), Column("单位代码", 10), Column("单位", 16), Column("问题类别", 12), Column("反馈内容", 40),
        Column("对应台账编号", 14),
    )  # fmt: skip
    return Sheet("省级反馈", (f"省级反馈问题清单（{MARK}）",), columns, tuple(rows))
