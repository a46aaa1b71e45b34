"""The nine units (facts: codes, names, former codes) and the ways the ledgers spell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.example.plan import MARK
from analysis.example.workbooks import Column, Sheet


@dataclass(frozen=True)
class ExampleUnit:
    """One assessed unit: code, full name, short name, aliases, kind, former codes."""

    code: str
    name: str
    short: str
    aliases: tuple[str, ...]
    kind: str
    former_codes: tuple[str, ...] = ()


UNITS: Final = (
    ExampleUnit("130302", "海港区", "海港区", ("秦皇岛市海港区", "海港"), "区"),
    ExampleUnit("130303", "山海关区", "山海关区", ("秦皇岛市山海关区", "山海关"), "区"),
    ExampleUnit("130304", "北戴河区", "北戴河区", ("秦皇岛市北戴河区", "北戴河"), "区"),
    ExampleUnit("130306", "抚宁区", "抚宁区", ("秦皇岛市抚宁区", "抚宁", "抚宁县"), "区", ("130323",)),
    ExampleUnit("130321", "青龙满族自治县", "青龙县", ("青龙", "青龙满族县"), "县"),
    ExampleUnit("130322", "昌黎县", "昌黎县", ("秦皇岛市昌黎县", "昌黎"), "县"),
    ExampleUnit("130324", "卢龙县", "卢龙县", ("秦皇岛市卢龙县", "卢龙"), "县"),
    ExampleUnit("130371", "秦皇岛经济技术开发区", "秦皇岛开发区", ("开发区", "经济技术开发区"), "开发区"),
    ExampleUnit("130372", "北戴河新区", "北戴河新区", ("秦皇岛北戴河新区", "北戴河新区管委会"), "开发区"),
)
BY_CODE: Final = {unit.code: unit for unit in UNITS}
_USUAL = 0.8
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_FULL_WIDTH_SHARE = 0.01


def spelling(code: str, random: np.random.Generator, year: int) -> tuple[str, str]:
    """Return code and name as somebody typed them: mostly the full name, sometimes an alias or a former code."""
    unit = BY_CODE[code]
    if unit.former_codes and year <= 2017 and random.random() < 0.3:
        return unit.former_codes[0], unit.aliases[-1]
    name = unit.name
    if random.random() > _USUAL:
        others = (unit.short, *unit.aliases)
        name = others[int(random.integers(len(others)))]
    return (code.translate(_FULL_WIDTH) if random.random() < _FULL_WIDTH_SHARE else code), name


def roll_sheet() -> Sheet:
    """Return the sheet of the assessed units."""
    rows = tuple(
        (
            order,
            unit.code,
            unit.name,
            unit.short,
            "；".join(unit.aliases),
            unit.kind,
            "；".join(unit.former_codes),
        )
        for order, unit in enumerate(UNITS, start=1)
    )
    columns = (
        Column("序号", 6), Column("单位代码", 10), Column("单位名称", 24), Column("简称", 16),
        Column("其他写法", 36), Column("类型", 10), Column("曾用代码", 12),
    )  # fmt: skip
    return Sheet("被考核单位", (f"被考核单位名册（{MARK}）",), columns, rows)
