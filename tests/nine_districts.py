"""Nine districts' clue files in nine shapes, events, projects, marks, feedback, last year's ledger, and their truth.

The truth comes first: what happened, clue by clue, as plain records. Each writer below puts the clues of its district
into a file as an office would; `SOURCES` is what the city declares of the files. Nothing else knows both.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from file_examples import Table, write
from office_examples import Office

NAMES: Final = ("甲区", "乙区", "丙区", "丁县", "戊县", "己县", "庚县", "辛县", "壬区")
CODES: Final = {name: f"99000{place}" for place, name in enumerate(NAMES, 1)}
#: the marks of the self-check, full marks by item
ITEMS: Final = {"1.1": 6.0, "1.2": 4.0}
INSTITUTIONS: Final = {"account": "专用账户", "realname": "实名制", "bankpay": "银行代发"}


@dataclass(frozen=True)
class Clue:
    """What happened: one clue. Money in yuan, in hundreds, so that ten thousands of it have two decimals."""

    unit: str
    no: str
    received_on: dt.date
    workers: int
    amount: int
    paid: int
    confirmed: bool
    resolved_on: dt.date | None


@dataclass(frozen=True)
class Truth:
    """All that happened."""

    clues: tuple[Clue, ...]
    events: tuple[tuple[str, str, dt.date, int], ...]
    projects: tuple[tuple[str, str, tuple[bool, ...]], ...]
    marks: dict[tuple[str, str], float]
    feedback: tuple[tuple[str, str, str], ...]

    def of(self, unit: str, year: int) -> list[Clue]:
        """Return the clues of a unit and year, in the order of their numbers."""
        return [clue for clue in self.clues if clue.unit == unit and clue.received_on.year == year]


def truth(seed: int = 13) -> Truth:
    """Return what happened in 2019 and 2020."""
    rng = random.Random(seed)
    clues = []
    for unit in NAMES:
        for year, most in ((2019, 14), (2020, 11)):
            for number in range(1, rng.randint(6, most) + 1):
                day = dt.date(year, 1, 1) + dt.timedelta(days=rng.randrange(365))
                confirmed = rng.random() < 0.8
                amount = rng.randint(20, 4000) * 100
                resolved = confirmed and rng.random() < 0.9
                resolved_on = day + dt.timedelta(days=rng.randint(3, 60)) if resolved else None
                paid = amount if resolved else amount // 200 * 100
                no = f"{unit[0]}{year % 100}-{number:03}"
                clues.append(Clue(unit, no, day, rng.randint(1, 30), amount, paid, confirmed, resolved_on))
    events = tuple(
        (f"E{place}", unit, dt.date(2020, place + 1, 9), 5 + place)
        for place, unit in enumerate(NAMES)
        if place % 3
    )
    projects = tuple(
        (f"P{place}-{number}", unit, tuple(rng.random() < 0.8 for _ in INSTITUTIONS))
        for place, unit in enumerate(NAMES)
        for number in range(3)
    )
    marks = {(unit, item): float(rng.randint(1, int(full))) for unit in NAMES for item, full in ITEMS.items()}
    feedback = tuple(
        (f"F{place}", unit, "化解" if place % 2 else "制度") for place, unit in enumerate(NAMES[:5])
    )
    return Truth(tuple(clues), events, projects, marks, feedback)


# ------------------------------------------------------------------------------- nine shapes, one per district


def wan(yuan: int) -> float:
    """Return yuan in ten thousands."""
    return yuan / 10_000


def yes(said: bool, signs: str = "是否") -> str:
    """Return an answer as the office writes it."""
    return signs[0] if said else signs[1]


def titled(clues: list[Clue]) -> list[Table]:
    """One sheet with a title, the unit of measure above, a total of records and sums below, a line for signatures."""
    rows: list[list[Any]] = [["甲区欠薪线索台账（2020年）"], ["填报单位：甲区", None, None, "单位：万元"]]
    rows.append(["编号", "受理日期", "涉及人数", "欠薪金额", "已付金额", "是否查实", "化解日期"])
    rows += [
        [c.no, c.received_on, c.workers, wan(c.amount), wan(c.paid), yes(c.confirmed), c.resolved_on]
        for c in clues
    ]
    people, amount, paid = (sum(getattr(c, name) for c in clues) for name in ("workers", "amount", "paid"))
    rows.append([f"合计{len(clues)}件", None, people, wan(amount), wan(paid)])
    rows.append(["填表人：岗位一", None, None, "审核：岗位二"])
    return [Table("线索", rows)]


def two_rows_of_headers(clues: list[Clue]) -> list[Table]:
    """Two rows of headers with sub-headers that repeat: 受理/日期 and 化解/日期."""
    rows: list[list[Any]] = [
        ["案件编号", "受理", None, "金额（元）", None, "查实", "化解"],
        [None, "日期", "人数", "拖欠", "已付", "情况", "日期"],
    ]
    rows += [
        [c.no, c.received_on, c.workers, c.amount, c.paid, yes(c.confirmed), c.resolved_on] for c in clues
    ]
    return [Table("Sheet1", rows, ("A1:A2", "B1:C1", "D1:E1"))]


def ticks(clues: list[Clue]) -> list[list[Any]]:
    """Rows of a sheet named after its district: ticks for yes, days as texts without zeros, amounts with separators."""
    rows: list[list[Any]] = [
        ["线索号", "收到时间", "人数（人）", "金额（元）", "付清（元）", "属实", "化解时间"]
    ]
    for c in clues:
        done = written(c.resolved_on) if c.resolved_on else "/"
        rows.append(
            [
                c.no,
                written(c.received_on),
                c.workers,
                f"{c.amount:,}",
                f"{c.paid:,}",
                yes(c.confirmed, "√×"),
                done,
            ]
        )
    return rows


def written(day: dt.date) -> str:
    """Return a day as people write it: 2020年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def by_month(clues: list[Clue]) -> list[Table]:
    """A sheet per month, the day in three columns."""
    heads = ["编号", "年", "月", "日", "人数", "欠薪（元）", "已付（元）", "是否查实", "化解日期"]
    sheets: dict[int, list[list[Any]]] = {}
    for c in clues:
        day = c.received_on
        cells = [
            c.no,
            day.year,
            day.month,
            day.day,
            c.workers,
            c.amount,
            c.paid,
            yes(c.confirmed),
            c.resolved_on,
        ]
        sheets.setdefault(day.month, [heads]).append(cells)
    return [Table(f"{month}月", rows) for month, rows in sorted(sheets.items())]


def american_days(clues: list[Clue]) -> list[list[Any]]:
    """Rows of a CSV file as a foreign system exports it: month/day/year."""

    def day(said: dt.date | None) -> str:
        return f"{said.month}/{said.day}/{said.year}" if said else ""

    heads = ["编号", "受理日期", "人数", "欠薪金额（元）", "已付金额（元）", "是否查实", "化解日期"]
    return [heads] + [
        [c.no, day(c.received_on), c.workers, c.amount, c.paid, yes(c.confirmed), day(c.resolved_on)]
        for c in clues
    ]


def without_serial_numbers(clues: list[Clue]) -> list[list[Any]]:
    """Rows whose serial numbers are blank and that are told by the firm; days as numbers of eight digits."""
    heads = [
        "序号",
        "企业",
        "受理日期",
        "人数",
        "欠薪金额（万元）",
        "已付金额（万元）",
        "是否查实",
        "化解日期",
    ]

    def day(said: dt.date | None) -> str:
        return f"{said:%Y%m%d}" if said else ""

    return [heads] + [
        [
            None,
            c.no,
            day(c.received_on),
            c.workers,
            wan(c.amount),
            wan(c.paid),
            yes(c.confirmed),
            day(c.resolved_on),
        ]
        for c in clues
    ]


def half(clues: Iterable[Clue], name: str) -> list[Table]:
    """A file of a half-year with its title; the unit of every row stands in a column."""
    rows: list[list[Any]] = [
        [f"辛县{name}欠薪线索"],
        ["县区", "编号", "受理日期", "人数", "金额(元)", "已付(元)", "查实", "化解日期"],
    ]
    rows += [
        [c.unit, c.no, c.received_on, c.workers, c.amount, c.paid, yes(c.confirmed), c.resolved_on]
        for c in clues
    ]
    return [Table(name, rows)]


def last_year(clues: Iterable[Clue]) -> list[Table]:
    """Last year's ledger of the whole city in another layout; under every district its subtotal."""
    rows: list[list[Any]] = [["2019年全市欠薪线索案件台账"], ["单位：元"]]
    rows.append(["所属县区", "案号", "接收日", "欠薪数额", "支付数额", "农民工数", "查证属实", "化解日"])
    for unit in NAMES:
        own = [c for c in clues if c.unit == unit]
        rows += [
            # the district stands in the first of its rows only
            [
                None if c is not own[0] else unit,
                c.no,
                c.received_on,
                c.amount,
                c.paid,
                c.workers,
                yes(c.confirmed),
                c.resolved_on,
            ]
            for c in own
        ]
        rows.append(
            [
                "小计",
                None,
                None,
                sum(c.amount for c in own),
                sum(c.paid for c in own),
                sum(c.workers for c in own),
            ]
        )
    return [Table("2019", rows)]


# ------------------------------------------------------------------------------------------ what is declared


def fields(headers: str) -> dict[str, list[str]]:
    """Return the headers of the fields of a clue, said in one text; a field without a header is left out."""
    names = ("no", "received_on", "workers", "amount", "amount_paid", "confirmed", "resolved_on")
    said = zip(names, headers.split("、"), strict=True)
    return {name: [header] for name, header in said if header}


_USUAL: Final = "受理日期、人数、欠薪金额、已付金额、是否查实、化解日期"
SOURCES: Final[list[dict[str, Any]]] = [
    {
        "name": "甲区", "file": "甲区台账.xlsx", "unit": "甲区", "header_rows": [3], "footer": "合计",
        "fields": fields("编号、受理日期、涉及人数、欠薪金额、已付金额、是否查实、化解日期"),
    },
    {
        "name": "乙区", "file": "乙区.xlsx", "unit": "乙区", "header_rows": [1, 2],
        "unit_of_measure": {"amount": "元", "amount_paid": "元"},
        "fields": fields("案件编号、受理/日期、受理/人数、金额（元）/拖欠、金额（元）/已付、查实/情况、化解/日期"),
    },
    {
        "name": "丙区、丁县", "file": "两县区.xlsx", "sheet": "*", "unit_from": "sheet", "header_rows": [1],
        "codes": {"yes_no": {"√": True, "×": False}},
        "fields": fields("线索号、收到时间、人数、金额、付清、属实、化解时间"),
    },
    {
        "name": "戊县", "file": "戊县分月.xlsx", "sheet": "*月", "unit": "戊县", "header_rows": [1],
        "days": {"received_on": ["年", "月", "日"]},
        "fields": fields("编号、、人数、欠薪、已付、是否查实、化解日期"),
    },
    {
        "name": "己县", "file": "己县导出.csv", "unit": "己县", "header_rows": [1], "values": {"day_order": "MDY"},
        "fields": fields(f"编号、{_USUAL}"),
    },
    {
        "name": "庚县", "file": "庚县.xls", "unit": "庚县", "header_rows": [1],
        "number_from": ["企业"], "ignored": ["序号"],
        "fields": fields(f"、{_USUAL}"),
    },
    {
        "name": "辛县", "file": "辛县*半年.xlsx", "header_rows": [2],
        "fields": {"unit_name": ["县区"], **fields("编号、受理日期、人数、金额、已付、查实、化解日期")},
    },
    {
        "name": "2019年", "file": "2019年全市台账.ods", "header_rows": [3], "fill_down": ["unit_name"], "history": True,
        "fields": {"unit_name": ["所属县区"]} | fields("案号、接收日、农民工数、欠薪数额、支付数额、查证属实、化解日"),
    },
]  # fmt: skip


def deliver(office: Office, told: Truth) -> None:
    """Put everything into the folder of an office as it was received, and what the city declares of it.

    The ninth district hands in a whole year in the shape in which another one hands in half-years.
    """
    office.settings["city"] = {"code": "990000", "name": "示例市", "short": "全市"}
    names = [[place, CODES[name], f"示例{name}", name] for place, name in enumerate(NAMES, 1)]
    of = {name: told.of(name, 2020) for name in NAMES}
    first = [c for c in of["辛县"] if c.received_on.month <= 6]
    books: dict[str, list[Table]] = {
        "名册.xlsx": [Table("名册", [["序号", "代码", "名称", "简称"], *names])],
        "甲区台账.xlsx": titled(of["甲区"]),
        "乙区.xlsx": two_rows_of_headers(of["乙区"]),
        "两县区.xlsx": [Table(name, ticks(of[name])) for name in ("丙区", "丁县")],
        "戊县分月.xlsx": by_month(of["戊县"]),
        "己县导出.csv": [Table("", american_days(of["己县"]))],
        "庚县.xls": [Table("台账", without_serial_numbers(of["庚县"]))],
        "辛县上半年.xlsx": half(first, "上半年"),
        "辛县下半年.xlsx": half([c for c in of["辛县"] if c not in first], "下半年"),
        "壬区.xlsx": half(of["壬区"], "全年"),
        "2019年全市台账.ods": last_year([c for c in told.clues if c.received_on.year == 2019]),
        "事件.xlsx": [
            Table(
                "事件",
                [["编号", "县区", "日期", "人数", "类型"], *([*event, "群体"] for event in told.events)],
            )
        ],
        "项目.xlsx": [
            Table(
                "在建项目",
                [
                    ["编号", "县区", *INSTITUTIONS.values()],
                    *(
                        [no, unit, *("有" if said else "无" for said in has)]
                        for no, unit, has in told.projects
                    ),
                ],
            )
        ],
        "2020年自查评分.xlsx": [
            Table(
                "2020年",
                [
                    ["县区", *(f"{item} 项（{full:.0f}分）" for item, full in ITEMS.items())],
                    *([unit, *(told.marks[unit, item] for item in ITEMS)] for unit in NAMES),
                ],
            )
        ],
        "反馈.xlsx": [Table("反馈", [["编号", "县区", "类别"], *map(list, told.feedback)])],
    }
    ninth = {**SOURCES[6], "name": "壬区", "file": "壬区.xlsx"}
    office.books = books
    named = {"no": ["编号"], "unit_name": ["县区"]}
    office.maps["ledgers"] = {
        "units": {
            "file": "名册.xlsx", "header_rows": [1],
            "fields": {"order": ["序号"], "code": ["代码"], "name": ["名称"], "short": ["简称"]},
        },
        "clues": [*SOURCES, ninth],
        "events": {
            "file": "事件.xlsx", "header_rows": [1],
            "fields": {**named, "occurred_on": ["日期"], "people": ["人数"], "kind": ["类型"]},
        },
        "projects": {
            "file": "项目.xlsx", "header_rows": [1],
            "fields": {**named, **{field: [head] for field, head in INSTITUTIONS.items()}},
        },
        "self_marks": {
            "file": "2020年自查评分.xlsx", "header_rows": [1], "fields": {"unit_name": ["县区"]},
            "wide": {"item": r"^(\d+\.\d+)", "full": "（(.+)分）"},
        },
        "feedback": {
            "file": "反馈.xlsx", "header_rows": [1], "fields": {**named, "group": ["类别"]},
        },
    }  # fmt: skip
    office.write()
    # what the foreign system exports is not Unicode
    write(office.folder / "己县导出.csv", books["己县导出.csv"], encoding="gb18030")


#: what may be asked of the truth, by the measure that states it
TOTALS: Final[dict[str, Callable[[list[Clue]], int]]] = {
    "clues_received": len,
    "cases": lambda clues: sum(c.confirmed for c in clues),
    "clues_resolved": lambda clues: sum(c.resolved_on is not None for c in clues),
    "workers": lambda clues: sum(c.workers for c in clues if c.confirmed),
    "amount": lambda clues: sum(c.amount for c in clues if c.confirmed),
    "amount_paid": lambda clues: sum(c.paid for c in clues if c.confirmed),
}
