"""The ledger of clues and cases: drawn per unit and year by exact quotas, then spoiled a little as ledgers are."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from analysis.example.plan import AS_OF, ASSESSED, HANDED_IN, MARK, PLAN, YEARS, UnitPlan, generator, spread
from analysis.example.unit_roll import spelling
from analysis.example.workbooks import Cell, Column, Sheet
from analysis.quantities import is_not_reported, parse_number

_DATE, _MONEY = "yyyy-m-d", "#,##0.00"
# fmt: off
_COLUMNS: Final[dict[str, Column]] = {
    "no": Column("编号", 11, group="线索登记"),
    "source": Column("线索来源", 18, group="线索登记"),
    "received_on": Column("受理日期", 12, _DATE, "线索登记"),
    "unit_code": Column("单位代码", 14, group="线索登记"),
    "unit_name": Column("单位名称", 24, group="线索登记"),
    "sector": Column("行业", 10, group="线索登记"),
    "project": Column("项目名称", 14, group="线索登记"),
    "government_funded": Column("政府投资项目", 9, group="线索登记"),
    "contact": Column("联系人", 13, group="线索登记"),
    "telephone": Column("联系电话", 13, group="线索登记"),
    "workers": Column("涉及人数", 9, group="涉及情况"),
    "amount": Column("欠薪金额", 14, _MONEY, "涉及情况"),
    "duplicate_of": Column("重复线索编号", 11, group="涉及情况"),
    "checked": Column("是否核查", 7, group="核查情况"),
    "confirmed": Column("是否查实", 7, group="核查情况"),
    "conclusion": Column("核查结论", 16, group="核查情况"),
    "resolved_on": Column("化解日期", 12, _DATE, "处置情况"),
    "closed_on": Column("办结日期", 12, _DATE, "处置情况"),
    "workers_paid": Column("已付人数", 9, group="处置情况"),
    "amount_paid": Column("已付金额", 14, _MONEY, "处置情况"),
    "file_due": Column("应否立案", 7, group="立案惩戒"),
    "filed": Column("是否立案", 7, group="立案惩戒"),
    "moved": Column("是否移送公安", 7, group="立案惩戒"),
    "list_due": Column("应否列入名单", 7, group="立案惩戒"),
    "listed": Column("是否列入名单", 7, group="立案惩戒"),
    "publish_due": Column("应否公布", 7, group="立案惩戒"),
    "published": Column("是否公布", 7, group="立案惩戒"),
}
# fmt: on
_SOURCES = ("全国欠薪反映平台", "省级转办", "12345热线", "来信来访", "自查发现")
_SECTORS = ("房屋市政", "交通", "水利", "制造", "餐饮服务", "其他")
_SECTOR_SHARES = (0.52, 0.1, 0.06, 0.16, 0.1, 0.06)
_UPHELD, _PARTLY_UPHELD, _PENDING, _AGAIN = "属实", "部分属实", "核查中", "重复反映"
_REFUTED = ("不属实", "工程款纠纷", "劳务纠纷", "已自行支付", "无法联系反映人", "非本辖区管辖")
#: clues come in before the Spring Festival
_MONTHS: Final = np.array([1.9, 0.7, 0.6, 0.7, 0.8, 0.9, 0.8, 0.9, 1.0, 1.0, 1.2, 1.5])
#: how much cases differ in size (standard deviations of the logarithm)
_SIZE_SPREAD, _WAGE_SPREAD = 0.5, 0.3
#: share of clues reported a second time
_REPEATED = 0.04
#: shares of the cases of earlier years that had to be filed, listed, published; and that were
_EARLIER_FILE, _EARLIER_LIST, _EARLIER_PUBLISH, _EARLIER_DONE = 0.18, 0.08, 0.08, 0.85

#: cells of cases that leave people or money open: unit, year, which of its cases, field, what stands there instead
_GAPS: Final[tuple[tuple[str, int, int, str, str | None], ...]] = (
    ("130302", 2018, 3, "workers", "不详"),
    ("130302", 2020, 5, "amount_paid", "—"),
    ("130306", 2018, 7, "amount", "无"),
    ("130306", 2020, 11, "workers", None),
    ("130322", 2020, 2, "amount_paid", "不详"),
    ("130371", 2017, 4, "amount", None),
)
#: amounts typed as text: unit, year, which of its cases, with commas or with full-width digits
_TYPED: Final = (("130302", 2020, 9, "commas"), ("130321", 2019, 6, "full width"))
#: slips that the check of the files must notice: resolved before it was received, more paid than owed
_RESOLVED_EARLY: Final = ("130324", 2017, 8)
_PAID_TOO_MUCH: Final = ("130321", 2018, 12)
#: a row that stands twice, equal in every cell: year and number of the clue in that year
_TWICE: Final = (2019, 400)
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass
class Clue:
    """A clue of the ledger while it is drawn; `written` replaces what stands in a cell at the very end."""

    received_on: dt.date
    unit_code: str
    unit_name: str
    source: str
    sector: str
    project: str
    government_funded: str
    workers: int | None
    amount: int | None
    conclusion: str
    closed_on: dt.date | None
    no: str = ""
    contact: str = ""
    telephone: str = ""
    repeats: Clue | None = None
    checked: bool = True
    confirmed: bool = False
    resolved_on: dt.date | None = None
    workers_paid: int | None = None
    amount_paid: int | None = None
    file_due: bool = False
    filed: bool = False
    moved: bool = False
    list_due: bool = False
    listed: bool = False
    publish_due: bool = False
    published: bool = False
    written: dict[str, Cell] = field(default_factory=dict)

    def cells(self) -> tuple[Cell, ...]:
        """Return the row of the ledger."""
        row: dict[str, Cell] = {}
        for name in _COLUMNS:
            if name == "duplicate_of":
                row[name] = self.repeats.no if self.repeats else None
            else:
                value: Cell = getattr(self, name)
                row[name] = ("是" if value else "否") if isinstance(value, bool) else value
        return tuple((row | self.written).values())


def _days(year: int, number: int, random: np.random.Generator) -> list[dt.date]:
    """Return `number` days of a year in order, more of them in the months when clues come in."""
    months = random.choice(np.arange(1, 13), size=number, p=_MONTHS / _MONTHS.sum())
    return sorted(
        dt.date(year, int(month), 1 + int(random.integers(calendar.monthrange(year, int(month))[1])))
        for month in months
    )


def _later(day: dt.date, median: float, random: np.random.Generator, limit: dt.date = AS_OF) -> dt.date:
    """Return a day after `day`, half of them within `median` days, none after `limit`."""
    wait = 1 + round(median * float(np.exp(0.6 * random.standard_normal())))
    return min(day + dt.timedelta(days=wait), limit)


def _after_cut_off(random: np.random.Generator) -> dt.date | None:
    """Return a day between the cut-off and the hand-in, or nothing: both count as not done."""
    if random.random() < 0.6:
        return None
    return AS_OF + dt.timedelta(days=1 + int(random.integers((HANDED_IN - AS_OF).days)))


def _one_of(choices: Sequence[str], random: np.random.Generator) -> str:
    return choices[int(random.integers(len(choices)))]


def _some(rows: Sequence[Clue], number: int, random: np.random.Generator) -> list[Clue]:
    """Return `number` rows chosen at random, in a random order."""
    return [rows[int(place)] for place in random.permutation(len(rows))[:number]]


def _registered(day: dt.date, code: str, random: np.random.Generator) -> Clue:
    """Return a clue received on `day` and found not to be a case."""
    unit_code, unit_name = spelling(code, random, day.year)
    workers = 1 + int(random.integers(20))
    amount = workers * 1000 * (6 + int(random.integers(12)))
    stated = random.random() < 0.6
    return Clue(
        received_on=day,
        unit_code=unit_code,
        unit_name=unit_name,
        source=_one_of(_SOURCES, random),
        sector=_SECTORS[int(random.choice(len(_SECTORS), p=_SECTOR_SHARES))],
        project=f"示例项目{1 + int(random.integers(60)):02d}",
        government_funded=("是", "否", "不详")[int(random.choice(3, p=(0.25, 0.65, 0.1)))],
        workers=workers if stated else None,
        amount=amount if stated else None,
        conclusion=_one_of(_REFUTED, random),
        closed_on=_later(day, 20, random),
    )


def _per_year(plan: UnitPlan, year: int) -> tuple[float, float]:
    """Return workers per case and yuan per worker; before the plan's two years cases were larger, wages lower."""
    before = max(YEARS[-2] - year, 0)
    last = int(year == YEARS[-1])
    return plan.workers[last] * (1 + 0.03 * before), plan.wages[last] * (1 - 0.03 * before)


def _confirm(cases: Sequence[Clue], plan: UnitPlan, year: int, random: np.random.Generator) -> int:
    """Make clues confirmed cases, resolved, closed and paid in full; return what they owe in all, in yuan."""
    per_case, per_worker = _per_year(plan, year)
    workers = spread(round(per_case * len(cases)), np.exp(_SIZE_SPREAD * random.standard_normal(len(cases))))
    wages = np.array(workers) * np.exp(_WAGE_SPREAD * random.standard_normal(len(cases)))
    tens = spread(round(sum(workers) * per_worker / 10), wages)
    for case, people, ten in zip(cases, workers, tens, strict=True):
        case.workers = case.workers_paid = people
        case.amount = case.amount_paid = ten * 10
        case.confirmed = True
        case.conclusion = _PARTLY_UPHELD if random.random() < 0.2 else _UPHELD
        case.resolved_on = _later(case.received_on, 45, random, AS_OF - dt.timedelta(days=10))
        case.closed_on = _later(case.resolved_on, 8, random)
    return sum(tens) * 10


def _leave_open(unresolved: Sequence[Clue], unpaid: float, random: np.random.Generator) -> None:
    """Take back the resolution of cases so that together they still owe `unpaid` yuan (to a few yuan).

    Raises:
        ValueError: they do not owe that much; the plan's share paid is too low for its number of unresolved cases.
    """
    owed = sum(case.amount or 0 for case in unresolved)
    if unpaid > owed:
        raise ValueError(f"{unpaid:.0f} yuan cannot be left unpaid in cases of {owed}")
    paid = 1 - unpaid / owed if owed else 1.0
    for case in unresolved:
        case.resolved_on = _after_cut_off(random)
        case.closed_on = _later(case.resolved_on, 3, random, HANDED_IN) if case.resolved_on else None
        case.workers_paid = int((case.workers or 0) * paid)
        case.amount_paid = round((case.amount or 0) * paid)


def _penalise(cases: Sequence[Clue], plan: UnitPlan, year: int, random: np.random.Generator) -> None:
    """Mark which cases had to be filed, listed and published, and which were."""

    def quota(planned: tuple[int, int], share: float) -> tuple[int, int]:
        due = round(share * len(cases))
        return planned if year == ASSESSED else (due, round(_EARLIER_DONE * due))

    due, done = quota(plan.filing, _EARLIER_FILE)
    for place, case in enumerate(_some(cases, due, random)):
        case.file_due, case.filed = True, place < done
        case.moved = case.filed and random.random() < 0.15
    due, done = quota(plan.listing, _EARLIER_LIST)
    for place, case in enumerate(_some(cases, due, random)):
        case.list_due, case.listed = True, place < done
    due, done = quota(plan.publishing, _EARLIER_PUBLISH)
    for place, case in enumerate(_some(cases, due, random)):
        case.publish_due, case.published = True, place < done


def _draw(code: str, year: int) -> list[Clue]:
    """Return the clues one unit received in one year, the repeats last, not yet numbered."""
    plan, place, random = PLAN[code], YEARS.index(year), generator(f"clues {year}", code)
    clues = [_registered(day, code, random) for day in _days(year, plan.clues[place], random)]
    shuffled = _some(clues, len(clues), random)
    cases = sorted(shuffled[: plan.cases[place]], key=lambda clue: clue.received_on)
    others = shuffled[plan.cases[place] :]
    owed = _confirm(cases, plan, year, random)
    unresolved = _some(cases, plan.unresolved[place], random)
    if year == ASSESSED:
        _leave_open(unresolved, (1 - plan.paid / 100) * owed, random)
        for clue in others[: plan.unchecked]:
            clue.checked, clue.conclusion, clue.closed_on = False, _PENDING, None
        for clue in others[plan.unchecked : plan.unclosed - len(unresolved)]:
            clue.closed_on = _after_cut_off(random)
    else:
        _leave_open(unresolved, sum(case.amount or 0 for case in unresolved), random)
    _penalise(cases, plan, year, random)
    _spoil(cases, code, year)
    return clues + _repeats(clues, code, year)


def _spoil(cases: Sequence[Clue], code: str, year: int) -> None:
    """Leave a cell open, type an amount as text or make a slip, where the tables above say so."""
    for unit, of, number, name, written in _GAPS:
        if (unit, of) == (code, year):
            cases[number].written[name] = written
    for unit, of, number, way in _TYPED:
        if (unit, of) == (code, year):
            amount = cases[number].amount or 0
            cases[number].written["amount"] = (
                f"{amount:,}" if way == "commas" else f"{amount}".translate(_WIDE)
            )
    if (code, year) == _RESOLVED_EARLY[:2]:
        case = cases[_RESOLVED_EARLY[2]]
        case.written["resolved_on"] = case.received_on - dt.timedelta(days=2)
    if (code, year) == _PAID_TOO_MUCH[:2]:
        case = cases[_PAID_TOO_MUCH[2]]
        case.written["amount_paid"] = (case.amount or 0) + 200


def _repeats(clues: Sequence[Clue], code: str, year: int) -> list[Clue]:
    """Return the same matters reported again: rows that look like clues and cases and must be counted once."""
    random = generator(f"repeats {year}", code)
    again = []
    for first in _some(clues, max(1, round(_REPEATED * len(clues))), random):
        wait = dt.timedelta(days=1 + int(random.integers(30)))
        received = min(first.received_on + wait, dt.date(year, 12, 31))
        unit_code, unit_name = spelling(code, random, year)
        repeat = replace(
            first,
            received_on=received,
            source="12345热线",
            unit_code=unit_code,
            unit_name=unit_name,
            conclusion=_AGAIN,
            repeats=first,
            written={},
        )
        repeat.resolved_on = max(first.resolved_on, received) if first.resolved_on else None
        repeat.closed_on = max(first.closed_on, received) if first.closed_on else None
        again.append(repeat)
    return again


def _year(year: int) -> list[Clue]:
    """Return the clues of all units in one year, numbered in order of the day, each with an invented contact."""
    random = generator(f"contacts {year}")
    clues = [clue for code in PLAN for clue in _draw(code, year)]
    clues.sort(key=lambda clue: clue.received_on)
    for number, clue in enumerate(clues, start=1):
        person = 1 + int(random.integers(9999))
        clue.no, clue.contact, clue.telephone = (
            f"{year}-{number:04d}",
            f"示例人{person:04d}",
            f"000-{person:07d}",
        )
    if year == _TWICE[0]:
        clues.insert(_TWICE[1], clues[_TWICE[1] - 1])
    return clues


def _total(cells: Iterable[Cell]) -> int:
    """Return the sum of what a column states, whichever way it is typed."""
    return int(sum(parse_number(cell) for cell in cells if not is_not_reported(cell)))


def clue_sheet() -> Sheet:
    """Return the ledger of clues and cases of all years, with the control totals of its footer."""
    rows = tuple(clue.cells() for year in YEARS for clue in _year(year))
    names = list(_COLUMNS)
    footer: list[Cell] = [None] * len(names)
    footer[0] = "合计"
    for name in ("workers", "amount"):
        footer[names.index(name)] = _total(row[names.index(name)] for row in rows)
    return Sheet(
        name="线索案件",
        lines=(
            f"拖欠农民工工资线索案件台账（{MARK}）",
            f"填报单位：示例办公室　　报送日期：{HANDED_IN.year}年{HANDED_IN.month}月{HANDED_IN.day}日",
            "单位：元（人数单位：人）",
        ),
        columns=tuple(_COLUMNS.values()),
        rows=rows,
        footer=tuple(footer),
    )
