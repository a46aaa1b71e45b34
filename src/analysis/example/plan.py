"""What the example wants to show, per unit: the one place to change before drawing the ledgers again.

The rows of every ledger are drawn from these tables by exact quotas, so what stands here is what the measures
come to. Years run from 2016 to 2020; "handled" figures are those of the clues received in 2020, state at the
cut-off. Everything is invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np

SEED: Final = 20220331
YEARS: Final = (2016, 2017, 2018, 2019, 2020)
ASSESSED: Final = 2020
AS_OF: Final = dt.date(2022, 2, 28)
#: the ledgers were handed in after the cut-off: what happened in between must not count
HANDED_IN: Final = dt.date(2022, 3, 25)
MARK: Final = "示例数据（合成）"

Yearly = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class UnitPlan:
    """One unit's part of the plan.

    Attributes:
        clues: clues received per year, repeats not counted.
        cases: of these confirmed.
        unresolved: of these not resolved at the cut-off; the first four years add up to the backlog.
        workers: workers per case in the last two years.
        wages: yuan owed per worker in the last two years.
        unchecked: clues of 2020 not checked.
        unclosed: clues of 2020 not closed at the cut-off, the unresolved ones among them.
        paid: share of the amount owed that was paid, cases of 2020, per cent.
        filing, listing, publishing: cases of 2020 that had to be filed, listed, published, and that were.
        petitions: verified visits to the province and to Beijing per year.
    """

    clues: Yearly
    cases: Yearly
    unresolved: Yearly
    workers: tuple[float, float]
    wages: tuple[int, int]
    unchecked: int
    unclosed: int
    paid: float
    filing: tuple[int, int]
    listing: tuple[int, int]
    publishing: tuple[int, int]
    petitions: Yearly


# fmt: off
PLAN: Final[dict[str, UnitPlan]] = {
    # 海港区: the most cases, a clear fall; enforcement the weak side
    "130302": UnitPlan(
        clues=(265, 267, 232, 198, 139), cases=(171, 178, 149, 130, 84), unresolved=(0, 0, 1, 1, 2),
        workers=(10.2, 9.6), wages=(11800, 11200), unchecked=2, unclosed=4, paid=98.0,
        filing=(20, 16), listing=(8, 5), publishing=(8, 6), petitions=(6, 5, 4, 3, 1)),
    # 山海关区: about as many cases as before, clearly fewer resolved than elsewhere
    "130303": UnitPlan(
        clues=(81, 92, 76, 76, 74), cases=(52, 61, 49, 48, 46), unresolved=(0, 1, 2, 3, 11),
        workers=(9.1, 9.2), wages=(10900, 11100), unchecked=3, unclosed=14, paid=87.0,
        filing=(12, 11), listing=(5, 5), publishing=(5, 4), petitions=(4, 3, 3, 3, 4)),
    # 北戴河区: a clear fall, everything resolved; institutions the weak side
    "130304": UnitPlan(
        clues=(93, 74, 84, 69, 36), cases=(60, 49, 54, 45, 22), unresolved=(0, 0, 0, 1, 0),
        workers=(8.4, 7.6), wages=(12300, 11600), unchecked=0, unclosed=1, paid=100.0,
        filing=(6, 6), listing=(3, 3), publishing=(3, 3), petitions=(3, 2, 2, 1, 0)),
    # 抚宁区: slightly up, few resolved, enforcement weak
    "130306": UnitPlan(
        clues=(124, 129, 109, 112, 118), cases=(80, 86, 70, 72, 76), unresolved=(0, 1, 2, 4, 9),
        workers=(9.8, 10.1), wages=(11200, 11500), unchecked=4, unclosed=14, paid=92.5,
        filing=(20, 15), listing=(8, 6), publishing=(8, 6), petitions=(5, 5, 4, 4, 3)),
    # 青龙县: a clear rise
    "130321": UnitPlan(
        clues=(85, 66, 81, 78, 124), cases=(55, 44, 52, 50, 80), unresolved=(0, 0, 1, 2, 7),
        workers=(8.9, 9.0), wages=(9800, 9900), unchecked=3, unclosed=10, paid=93.0,
        filing=(18, 15), listing=(8, 6), publishing=(8, 7), petitions=(3, 3, 2, 2, 3)),
    # 昌黎县: a small fall that may be chance
    "130322": UnitPlan(
        clues=(115, 117, 101, 102, 93), cases=(74, 78, 65, 66, 60), unresolved=(0, 1, 1, 2, 4),
        workers=(9.4, 9.2), wages=(10600, 10500), unchecked=2, unclosed=6, paid=94.5,
        filing=(14, 13), listing=(6, 6), publishing=(6, 6), petitions=(4, 3, 3, 2, 2)),
    # 卢龙县: a clear fall; institutions the weak side
    "130324": UnitPlan(
        clues=(118, 122, 103, 96, 57), cases=(76, 81, 66, 62, 36), unresolved=(0, 0, 0, 1, 1),
        workers=(9.0, 8.5), wages=(10200, 9700), unchecked=1, unclosed=2, paid=97.0,
        filing=(9, 9), listing=(4, 4), publishing=(4, 4), petitions=(3, 3, 2, 2, 1)),
    # 秦皇岛开发区: a fall that just misses being clear; enforcement the weak side
    "130371": UnitPlan(
        clues=(124, 99, 111, 92, 64), cases=(80, 66, 71, 60, 42), unresolved=(0, 0, 1, 1, 2),
        workers=(11.2, 10.8), wages=(12600, 12200), unchecked=1, unclosed=3, paid=96.0,
        filing=(10, 7), listing=(5, 3), publishing=(5, 3), petitions=(3, 3, 2, 2, 1)),
    # 北戴河新区: too few cases to judge a change
    "130372": UnitPlan(
        clues=(20, 14, 17, 13, 9), cases=(13, 9, 11, 8, 5), unresolved=(0, 0, 0, 0, 0),
        workers=(7.8, 7.0), wages=(12000, 11500), unchecked=0, unclosed=0, paid=100.0,
        filing=(2, 2), listing=(1, 1), publishing=(1, 1), petitions=(1, 0, 1, 0, 0)),
}

INSTITUTIONS: Final = ("account", "realname", "bankpay", "deposit", "guarantee",
                       "labour_cost", "settlement", "notice", "contract", "attendance")
#: projects in all, of these exempt from the deposit; then how many go without each institution, in its order
PROJECTS: Final[dict[str, tuple[int, int, tuple[int, ...]]]] = {
    "130302": (58, 6, (4, 6, 4, 3, 9, 10, 9, 2, 7, 8)),
    "130303": (24, 2, (3, 4, 3, 2, 7, 8, 7, 2, 5, 5)),
    "130304": (26, 3, (3, 4, 2, 1, 10, 11, 10, 2, 7, 5)),
    "130306": (38, 3, (4, 5, 4, 3, 8, 9, 8, 3, 6, 7)),
    "130321": (30, 2, (3, 4, 3, 2, 9, 10, 9, 2, 7, 6)),
    "130322": (34, 3, (3, 5, 3, 2, 10, 11, 10, 3, 8, 7)),
    "130324": (28, 3, (2, 4, 3, 2, 8, 9, 8, 2, 6, 5)),
    "130371": (44, 5, (3, 5, 3, 2, 8, 9, 8, 2, 5, 6)),
    "130372": (16, 2, (1, 1, 1, 0, 4, 5, 4, 0, 3, 2)),
}

#: emergency fund: set up, and its amount in yuan
FUNDS: Final[dict[str, tuple[str, int | str]]] = {
    "130302": ("是", 5_000_000), "130303": ("否", "—"), "130304": ("是", 3_000_000),
    "130306": ("是", 2_000_000), "130321": ("是", 2_000_000), "130322": ("是", 2_000_000),
    "130324": ("是", 2_500_000), "130371": ("是", 5_000_000), "130372": ("是", 3_000_000),
}

#: items of the score sheets: number, name, full marks; the marks of the field check are given for four of them
ITEMS: Final = (
    ("1.1", "部署调度", 4), ("1.2", "督导考核", 3), ("1.3", "成员单位评价", 3),
    ("2.1", "工程款支付担保", 5), ("2.2", "施工过程结算", 4), ("2.3", "人工费拨付周期", 3), ("2.4", "开工条件审查", 2),
    ("3.1", "工资专用账户", 6), ("3.2", "实名制管理", 5), ("3.3", "银行代发", 4), ("3.4", "工资保证金", 4),
    ("3.5", "劳动合同", 4), ("3.6", "维权信息公示", 3), ("3.7", "欠薪应急周转金", 2),
    ("4.1", "失信名单应列尽列", 4), ("4.2", "重大违法社会公布", 4),
    ("5.1", "核查率", 2), ("5.2", "核处化解率", 7), ("5.3", "办结率", 2), ("5.4", "清欠率", 4),
    ("5.5", "案件数下降", 4), ("5.6", "涉及人数下降", 3), ("5.7", "涉及金额下降", 3), ("5.8", "进京赴省访", 3),
    ("5.9", "陈案积案", 2),
    ("6.1", "应立案件立案率", 6), ("6.2", "执法队伍与联合执法", 4),
)
FIELD_ITEMS: Final = ("1.1", "1.2", "2.4", "6.2")
#: marks of the field check, in the order of `FIELD_ITEMS`, and the level of the departments' marks (0–100)
FIELD_MARKS: Final[dict[str, tuple[tuple[float, ...], int]]] = {
    "130302": ((4.0, 3.0, 2.0, 3.5), 92), "130303": ((3.0, 2.5, 1.0, 3.0), 82),
    "130304": ((3.5, 3.0, 1.5, 3.5), 91), "130306": ((3.0, 2.5, 1.5, 2.5), 83),
    "130321": ((3.5, 2.5, 1.5, 3.0), 84), "130322": ((3.5, 2.5, 1.5, 3.5), 87),
    "130324": ((3.5, 3.0, 2.0, 3.5), 91), "130371": ((3.5, 3.0, 1.5, 3.0), 89),
    "130372": ((4.0, 3.0, 2.0, 4.0), 95),
}
# fmt: on


def generator(theme: str, unit: str = "") -> np.random.Generator:
    """Return the random numbers of one theme and unit, so that changing one unit leaves the others as they are."""
    return np.random.default_rng([SEED, *theme.encode(), *unit.encode()])


def spread(total: int, weights: np.ndarray) -> list[int]:
    """Return whole numbers of at least 1 that add up to `total`, in proportion to `weights`.

    Args:
        total: the sum to reach; at least one per weight.
        weights: positive numbers, shape (n,).

    Raises:
        ValueError: the total is too small to give one to each.
    """
    free = total - len(weights)
    if free < 0:
        raise ValueError(f"{total} cannot be spread over {len(weights)}")
    exact = weights / weights.sum() * free if len(weights) else weights
    parts = np.floor(exact).astype(int)
    for place in np.argsort(parts - exact, kind="stable")[: free - int(parts.sum())]:
        parts[place] += 1
    return [int(part) + 1 for part in parts]
