"""The ledger of events: visits, gatherings, extreme acts. Every unit has some every year, few of them count."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np

from analysis.example.plan import MARK, PLAN, YEARS, generator
from analysis.example.unit_roll import spelling
from analysis.example.workbooks import Cell, Column, Sheet

_PROVINCE, _BEIJING, _CITY, _MASS = "赴省访", "进京访", "到市访", "群体性事件"
_COLUMNS: Final = (
    Column("编号", 12), Column("发生日期", 12, "yyyy-m-d"), Column("单位代码", 14), Column("单位名称", 24),
    Column("事件类型", 12), Column("参与人数", 9), Column("政府投资项目", 12), Column("是否造成严重后果", 16),
    Column("是否核实", 9), Column("关联线索编号", 14),
)  # fmt: skip
#: gatherings that look like a veto and are none: unit, day, people, verified
_GATHERINGS: Final = (
    ("130303", dt.date(2020, 1, 8), 56, False),
    ("130306", dt.date(2018, 1, 23), 62, True),
    ("130322", dt.date(2020, 11, 19), 32, True),
    ("130321", dt.date(2020, 12, 2), 49, True),
)

_Event = tuple[dt.date, str, str, int, bool]


def _day(year: int, random: np.random.Generator) -> dt.date:
    return dt.date(year, 1, 1) + dt.timedelta(days=int(random.integers(365)))


def _draw(code: str, year: int) -> list[_Event]:
    """Return one unit's events of one year as (day, unit, kind, people, verified)."""
    random = generator(f"events {year}", code)
    events: list[_Event] = []
    for _ in range(PLAN[code].petitions[YEARS.index(year)]):
        kind = _BEIJING if random.random() < 0.25 else _PROVINCE
        events.append((_day(year, random), code, kind, 1 + int(random.integers(5)), True))
    # visits to the city do not count as petitions, nor do reports nobody could verify
    for _ in range(1 + int(random.integers(3))):
        events.append((_day(year, random), code, _CITY, 2 + int(random.integers(12)), True))
    if random.random() < 0.4:
        events.append((_day(year, random), code, _PROVINCE, 1 + int(random.integers(3)), False))
    events.extend(
        (day, unit, _MASS, people, verified)
        for unit, day, people, verified in _GATHERINGS
        if (unit, day.year) == (code, year)
    )
    return events


def event_sheet() -> Sheet:
    """Return the ledger of events of all years, in order of the day."""
    events = sorted(event for year in YEARS for code in PLAN for event in _draw(code, year))
    random = generator("event details")
    rows: list[tuple[Cell, ...]] = []
    for number, (day, code, kind, people, verified) in enumerate(events, start=1):
        unit_code, unit_name = spelling(code, random, day.year)
        funded = ("是", "否", "不详")[int(random.choice(3, p=(0.2, 0.7, 0.1)))]
        row = (
            f"SJ-{number:03d}",
            day,
            unit_code,
            unit_name,
            kind,
            people,
            funded,
            "否",
            "是" if verified else "否",
            None,
        )
        rows.append(row)
    lines = (f"欠薪引发事件台账（{MARK}）", "单位：人")
    return Sheet("事件", lines, _COLUMNS, tuple(rows))
