"""The sheets on which people give marks: self-check, field check, member departments; and the innovations reported."""

from __future__ import annotations

from typing import Final

from analysis.example.plan import ASSESSED, FIELD_ITEMS, FIELD_MARKS, ITEMS, MARK, generator
from analysis.example.unit_roll import BY_CODE, UNITS
from analysis.example.workbooks import Cell, Column, Sheet

_DEPARTMENTS: Final = ("人社局", "住建局", "交通局", "水务局", "公安局", "司法局", "信访局", "总工会")
_LEVELS: Final = {"state": "国家级", "province": "省级", "city": "市级", "county": "县区级"}
#: what was reported: unit, title, level, evidence
_INNOVATIONS: Final = (
    ("130302", "欠薪纠纷一站式调处示例做法", "province", "示例省简报第3期"),
    ("130302", "法律服务窗口前移示例做法", "county", "区级会议材料"),
    ("130303", "工地微信群回访示例做法", "county", "区级会议材料"),
    ("130304", "旅游淡季用工预警示例做法", "city", "示例市简报第15期"),
    ("130306", "乡镇协理员包片示例做法", "county", "区级会议材料"),
    ("130321", "返乡工人线索登记示例做法", "county", "县级会议材料"),
    ("130322", "农产品加工企业工资公示示例做法", "county", "县级会议材料"),
    ("130324", "劳动监察与调解联动示例做法", "city", "示例市简报第9期"),
    ("130371", "园区工资支付监测示例做法", "county", "园区会议材料"),
    ("130372", "工程用工规范化示例做法", "province", "示例省简报第7期"),
    ("130372", "新开工项目首月辅导示例做法", "county", "新区会议材料"),
)


def _score_sheet(name: str, title: str, items: tuple[str, ...], marks: dict[str, tuple[Cell, ...]]) -> Sheet:
    """Return a wide score sheet: one row per unit, one column per item with its full mark in the header."""
    full = {number: f"{number} {label}（{points}分）" for number, label, points in ITEMS}
    columns = (Column("单位代码", 10), Column("单位名称", 24), *(Column(full[item], 11) for item in items))
    rows = tuple((unit.code, unit.name, *marks[unit.code]) for unit in UNITS)
    return Sheet(name, (f"{ASSESSED}年度{title}（{MARK}）", "单位：分"), columns, rows)


def self_sheet() -> Sheet:
    """Return the units' claims about themselves: near the full mark, in half points."""
    claims: dict[str, tuple[Cell, ...]] = {}
    for unit in UNITS:
        random = generator("self", unit.code)
        claims[unit.code] = tuple(
            round(2 * points * (0.9 + 0.1 * random.random())) / 2 for _, _, points in ITEMS
        )
    return _score_sheet("自查评分", "考核自查评分表", tuple(number for number, _, _ in ITEMS), claims)


def field_sheet() -> Sheet:
    """Return the marks of the field check, given for the four items only people can judge."""
    marks: dict[str, tuple[Cell, ...]] = {code: given for code, (given, _) in FIELD_MARKS.items()}
    return _score_sheet("实地核查评分", "实地核查评分表", FIELD_ITEMS, marks)


def department_sheet() -> Sheet:
    """Return the member departments' marks from 0 to 100, spread round each unit's level."""
    rows = []
    for code, (_, level) in FIELD_MARKS.items():
        random = generator("departments", code)
        for department in _DEPARTMENTS:
            mark = min(level - 4 + int(random.integers(9)), 100)
            rows.append((code, BY_CODE[code].name, f"示例市{department}", mark))
    columns = (Column("单位代码"), Column("单位"), Column("成员单位"), Column("评分"))
    return Sheet(
        "成员单位评价", (f"{ASSESSED}年度成员单位评价（{MARK}）", "单位：分（百分制）"), columns, tuple(rows)
    )


def innovation_sheet() -> Sheet:
    """Return the innovations reported, with the level at which each was taken up."""
    rows = tuple(
        (f"CX-{number:02d}", code, BY_CODE[code].short, title, _LEVELS[level], evidence)
        for number, (code, title, level, evidence) in enumerate(_INNOVATIONS, start=1)
    )
    columns = (
        Column("编号", 10), Column("单位代码", 10), Column("单位", 16), Column("做法名称", 36), Column("推广层级", 10),
        Column("佐证材料", 20),
    )  # fmt: skip
    return Sheet("创新", (f"制度机制创新申报表（{MARK}）",), columns, rows)
