"""The ledger of building projects under way in 2020, and the emergency funds: two sheets of one workbook."""

from __future__ import annotations

from typing import Final

from analysis.example.plan import ASSESSED, FUNDS, INSTITUTIONS, MARK, PROJECTS, generator
from analysis.example.unit_roll import BY_CODE, spelling
from analysis.example.workbooks import Cell, Column, Sheet

_HEADERS: Final = {
    "account": "工资专用账户",
    "realname": "实名制管理",
    "bankpay": "银行代发",
    "deposit": "工资保证金",
    "guarantee": "工程款支付担保",
    "labour_cost": "人工费拨付周期",
    "settlement": "施工过程结算",
    "notice": "维权信息公示",
    "contract": "劳动合同规范",
    "attendance": "考勤记录",
}
_GROUPS: Final = dict.fromkeys(("guarantee", "labour_cost", "settlement"), "源头治理")
_KINDS = ("住宅", "厂房", "道路", "学校", "水利", "商业")
_SAMPLED = 0.2
_LETTER_SHARE = 0.3
#: what nobody filled in: unit, which of its projects, institution
_UNSTATED: Final = {("130306", 4, "contract"): "不详", ("130302", 11, "attendance"): None}


def _draw(code: str) -> list[tuple[Cell, ...]]:
    """Return one unit's projects without numbers, the planned number of them without each institution."""
    random = generator("projects", code)
    count, exempt, without = PROJECTS[code]
    answers: dict[str, list[Cell]] = {}
    for name, lacking in zip(INSTITUTIONS, without, strict=True):
        column: list[Cell] = ["否"] * lacking
        if name == "deposit":
            column += ["免缴"] * exempt
            paid = count - len(column)
            letters = round(_LETTER_SHARE * paid)
            column += ["保函"] * letters + ["是"] * (paid - letters)
        else:
            column += ["是"] * (count - lacking)
        answers[name] = [column[int(place)] for place in random.permutation(count)]
    for (unit, number, name), written in _UNSTATED.items():
        if unit == code:
            answers[name][number] = written
    rows = []
    for number in range(count):
        unit_code, unit_name = spelling(code, random, ASSESSED)
        kind = _KINDS[int(random.integers(len(_KINDS)))]
        sampled = "是" if random.random() < _SAMPLED else "否"
        held = tuple(answers[name][number] for name in INSTITUTIONS)
        rows.append((unit_code, unit_name, kind, *held, sampled))
    return rows


def project_sheets() -> tuple[Sheet, Sheet]:
    """Return the sheet of projects and the sheet of emergency funds."""
    drawn = [row for code in PROJECTS for row in _draw(code)]
    rows = tuple(
        (f"XM-{number:03d}", f"示例工程{number:03d}", *row) for number, row in enumerate(drawn, start=1)
    )
    columns = (
        Column("编号", 10, group="项目概况"),
        Column("项目名称", 14, group="项目概况"),
        Column("单位代码", 14, group="项目概况"),
        Column("单位名称", 24, group="项目概况"),
        Column("工程类别", 9, group="项目概况"),
        *(Column(_HEADERS[name], 9, group=_GROUPS.get(name, "制度落实")) for name in INSTITUTIONS),
        Column("是否抽查", 9, group="核查"),
    )
    projects = Sheet("在建项目", (f"在建工程项目台账（{MARK}）", "单位：个"), columns, rows)
    funds = Sheet(
        "应急周转金",
        (f"欠薪应急周转金建立情况（{MARK}）", "单位：元"),
        (
            Column("单位代码", 10),
            Column("单位名称", 24),
            Column("是否建立", 10),
            Column("金额", 16, "#,##0.00"),
        ),
        tuple((code, BY_CODE[code].name, *fund) for code, fund in FUNDS.items()),
    )
    return projects, funds
