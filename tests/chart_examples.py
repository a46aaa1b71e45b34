"""Frames the charts are tested with: nine made-up districts of a usual year, and hard cases around them."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
from matplotlib.figure import Figure

from analysis import charts
from analysis.words import Words, words

ZH = words("zh")

#: cases, workers and amount (万元) of the base period and the period, and resolved cases; everything is invented
UNITS: dict[str, tuple[float, ...]] = {
    "云杉区": (148, 89, 1612, 872, 1934.6, 958.2, 87),
    "白桦新区": (9, 5, 84, 41, 96.4, 44.0, 5),
    "红松县": (52, 31, 540, 288, 575.1, 296.7, 31),
    "银杏区": (22, 17, 190, 128, 214.3, 141.5, 17),
    "水杉开发区": (83, 54, 902, 560, 1240.5, 655.3, 52),
    "苦楝县": (73, 66, 811, 690, 858.0, 765.4, 60),
    "香樟县": (61, 88, 640, 871, 655.2, 905.6, 80),
    "梧桐区": (58, 61, 560, 604, 610.8, 702.1, 51),
    "乌桕关区": (31, 36, 288, 351, 302.4, 388.0, 27),
}
VERDICTS = (
    "clear_fall", "too_few", "clear_fall", "not_clear", "clear_fall", "not_clear", "clear_rise", "not_clear",
    "not_clear",
)  # fmt: skip
FLAGS = ("high_95", "inside", "inside", "inside", "inside", "inside", "inside", "low_95", "low_998")
GRADES = "AAAAABBBB"
SCORES = (95.1, 97.2, 93.8, 90.5, 88.2, 87.4, 75.7, 74.1, 69.4)
DIMENSIONS = {
    "1": ("组织领导", 8.0), "2": ("源头治理", 12.0), "3": ("制度落实", 30.0), "4": ("案件查处", 22.0),
    "5": ("执法惩戒", 10.0), "6": ("指标下降", 13.0), "7": ("制度创新", 5.0),
}  # fmt: skip
CHANGES = (("案件数变化", -0.168), ("涉及人数变化", -0.217), ("涉及金额变化", -0.251))
PERIODS = ("2016", "2017", "2018", "2019", "2020")
LONG_NAME = "梧桐山国际旅游度假与生态文明先行示范区"


def names(count: int, *, long: bool = False) -> list[str]:
    """Return `count` invented names; with `long` some have up to nineteen characters."""
    more = (
        "青冈县",
        "紫薇区",
        "木槿县",
        "海棠新区",
        "石榴区",
        "合欢县",
        "丁香县",
        "连翘区",
        "蜡梅县",
        "皂荚区",
        "榆树县",
    )
    usual = [*UNITS, *more][:count]
    if long:
        usual[0], usual[count // 2] = LONG_NAME, "青冈满族蒙古族自治县经济技术开发区"
    return usual


def figures(count: int, *, extreme: bool = False) -> list[tuple[float, ...]]:
    """Return the figures of `count` units; with `extreme` the first is a hundred times the others."""
    rows = [list(UNITS.values())[place % len(UNITS)] for place in range(count)]
    rows = [
        tuple(value * (1 + 0.07 * (place // len(UNITS))) // 1 for value in row)
        for place, row in enumerate(rows)
    ]
    if extreme:
        rows[0] = tuple(value * 137 for value in rows[0])
    return rows


def scores_by_unit_dimension(count: int = 9, *, long: bool = False) -> pd.DataFrame:
    """Return shares falling from unit to unit, with the mean of the units below."""
    rows = []
    units = names(count, long=long)
    for place, unit in enumerate(units):
        grade = "A" if place < count // 2 + 1 else "C" if place == count - 1 and count > 9 else "B"
        for step, (code, (name, possible)) in enumerate(DIMENSIONS.items()):
            share = max(1 - ((place * (step + 2) * 5) % 101) / 100 * (0.3 + 0.05 * step) - 0.02 * place, 0.0)
            rows.append([unit, grade, 97.2 - 3.1 * place, code, name, possible, share * possible, share])
    for code, (name, possible) in DIMENSIONS.items():
        share = sum(row[7] for row in rows if row[3] == code) / count
        rows.append([ZH.label("charts.units_mean"), "", 85.7, code, name, possible, share * possible, share])
    return pd.DataFrame(
        rows,
        columns=[
            "unit_name",
            "grade",
            "score",
            "dimension",
            "dimension_name",
            "points_possible",
            "points",
            "share",
        ],
    )


def changes_by_unit_measure(count: int = 9, *, long: bool = False, extreme: bool = False) -> pd.DataFrame:
    """Return the three measures of every unit in two periods."""
    rows = []
    for place, (unit, row) in enumerate(
        zip(names(count, long=long), figures(count, extreme=extreme), strict=True)
    ):
        for step, measure in enumerate(("cases", "workers", "amount")):
            scale = 10_000 if measure == "amount" else 1
            previous, current = row[2 * step] * scale, row[2 * step + 1] * scale
            verdict = VERDICTS[place % len(VERDICTS)]
            rows.append([unit, measure, previous, current, current / previous - 1, verdict, "2019", "2020"])
    return pd.DataFrame(
        rows,
        columns=[
            "unit_name", "measure", "previous", "current", "change", "verdict", "previous_period", "current_period",
        ],
    )  # fmt: skip


def with_silent_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the changes with a unit that did not report, one from zero and one whose rules changed."""
    frame = frame.copy()
    units = list(frame["unit_name"].unique())
    for unit, verdict in zip(units[:3], ("not_reported", "zero_base", "not_comparable"), strict=True):
        own = frame["unit_name"] == unit
        frame.loc[own, ["change", "verdict"]] = [math.nan, verdict]
        if verdict == "not_reported":
            frame.loc[own, "current"] = math.nan
        if verdict == "zero_base":
            frame.loc[own, "previous"] = 0.0
    return frame


def effects_by_factor(effects: tuple[float, float, float], previous: float = 64_873_000.0) -> pd.DataFrame:
    """Return the steps of a decomposition whose three effects (yuan) are given."""
    current = previous + sum(effects)
    rows = [
        ["previous", previous, math.nan, math.nan],
        ["cases", effects[0], 537.0, 447.0],
        ["workers_per_case", effects[1], 10.5, 9.9],
        ["amount_per_worker", effects[2], 11_500.0, 11_000.0],
        ["current", current, math.nan, math.nan],
    ]
    frame = pd.DataFrame(rows, columns=["factor", "value", "previous", "current"])
    return frame.assign(previous_period="2019", current_period="2020")


def contributions_by_unit_measure(
    count: int = 9, *, long: bool = False, extreme: bool = False
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return contributions, sorted by those of cases, and the city's changes they add up to."""
    units, rows = names(count, long=long), figures(count, extreme=extreme)
    measures = ("cases", "workers", "amount")
    totals = {measure: sum(row[2 * step] for row in rows) for step, measure in enumerate(measures)}
    cells = [
        [unit, measure, (row[2 * step + 1] - row[2 * step]) / totals[measure]]
        for unit, row in sorted(zip(units, rows, strict=True), key=lambda pair: pair[1][1] - pair[1][0])
        for step, measure in enumerate(measures)
    ]
    frame = pd.DataFrame(cells, columns=["unit_name", "measure", "contribution"])
    city = {str(name): float(value) for name, value in frame.groupby("measure")["contribution"].sum().items()}
    return frame, city


def cases_by_unit_period(count: int = 9, *, long: bool = False, extreme: bool = False) -> pd.DataFrame:
    """Return five years of cases; the fourth unit has a gap, and with fifteen units the last one is silent."""
    rows = []
    for place, (unit, row) in enumerate(
        zip(names(count, long=long), figures(count, extreme=extreme), strict=True)
    ):
        for step, period in enumerate(PERIODS):
            value = (
                row[1]
                if period == "2020"
                else row[0] * (1 + 0.12 * (3 - step) * (1 if place % 2 else -0.6)) // 1
            )
            silent = (place == 3 and period == "2017") or (place == 14 and period == "2020")
            verdict = VERDICTS[place % len(VERDICTS)] if not silent else "not_reported"
            grade = GRADES[place % len(GRADES)]
            status = "not_reported" if silent else "reported"
            rows.append([unit, grade, period, math.nan if silent else float(value), status, verdict])
    return pd.DataFrame(rows, columns=["unit_name", "grade", "period", "value", "status", "verdict"])


def rates_by_unit(count: int = 9, *, long: bool = False, extreme: bool = False) -> pd.DataFrame:
    """Return resolution rates with their flags; `extreme` crowds most units at 100 % of few cases."""
    rows = []
    for place, (unit, row) in enumerate(zip(names(count, long=long), figures(count), strict=True)):
        cases, resolved = row[1], min(row[6], row[1])
        if extreme and place:
            cases, resolved = 3.0 + place % 4, 3.0 + place % 4
        flag = FLAGS[place % len(FLAGS)] if not (extreme and place) else "inside"
        rows.append([unit, resolved, cases, resolved / cases, flag])
    return pd.DataFrame(rows, columns=["unit_name", "numerator", "denominator", "value", "flag"])


def one_unit_by_period() -> pd.DataFrame:
    """Return one unit's years, one of them not reported and one incomplete."""
    return pd.DataFrame(
        {
            "period": PERIODS,
            "value": [71.0, math.nan, 64.0, 58.0, 61.0],
            "status": ["reported", "not_reported", "partial", "reported", "reported"],
        }
    )


def cases_by_month(*, hard: bool = False) -> pd.DataFrame:
    """Return two years of months in the order of a ledger: a December above the limit, a run of low ones, a gap."""
    counts = [
        46.0,
        40,
        44,
        39,
        47,
        45,
        41,
        43,
        40,
        46,
        42,
        88,
        40,
        36,
        35,
        37,
        36,
        34,
        38,
        35,
        33,
        20,
        44,
        41,
    ]
    signals = [""] * 11 + ["above"] + [""] + ["low"] * 8 + ["below"] + [""] * 2
    months = [f"{year}-{month:02d}" for year in (2019, 2020) for month in range(1, 13)]
    frame = pd.DataFrame({"period": months, "value": counts, "signal": signals})
    limits = {"centre": 42.4, "lower": 23.1, "upper": 61.7}
    if hard:
        # the limits of a quiet series lie on each other
        limits = {"centre": 42.4, "lower": 42.0, "upper": 42.9}
        frame.loc[5, "value"] = math.nan
    return frame.assign(**limits)


def values_by_measure_unit(count: int = 9) -> pd.DataFrame:
    """Return five measures of all units, the eighth being the card's own."""
    rows = []
    data = figures(count)
    for place, row in enumerate(data):
        own = place == min(7, count - 1)
        rows.append(["得分", SCORES[place % 9] - place // 9, own, 85.7, "high", "points"])
        rows.append(["核处化解率", min(row[6] / row[1], 1.0), own, 0.917, "high", "percent"])
        for step, (name, city) in enumerate(CHANGES):
            rows.append([name, row[2 * step + 1] / row[2 * step] - 1, own, city, "low", "signed_percent"])
    frame = pd.DataFrame(rows, columns=["measure_name", "value", "is_own", "city", "better", "format"])
    return frame.sort_values(
        "measure_name", key=lambda names: names.map(list(dict.fromkeys(names)).index), kind="stable"
    )


ITEMS = ("核处化解率", "案件数下降", "涉及金额下降", "实名制管理", "欠薪应急周转金", "工程款支付担保")
LONG_ITEM = "在建工程项目农民工工资专用账户开设与人工费用按月足额拨付到账情况"


def grade_of(place: int, count: int) -> str:
    """Return A for the first half of the units by score, B for the rest, C for the last of many."""
    return "A" if place < (count + 1) // 2 else "C" if count > 9 and place == count - 1 else "B"


def lost_by_unit_indicator(count: int = 9, *, long: bool = False) -> pd.DataFrame:
    """Return what every unit lost on five indicators; with `long` the second lost nothing, the third has no score."""
    rows = []
    for place, unit in enumerate(names(count, long=long)):
        points = [round(1.31 + 0.37 * place * (5 - step) / 5, 2) for step in range(5)]
        lost = round(sum(points) + 2.5, 2)
        items = list(zip((LONG_ITEM if long and not place else ITEMS[0], *ITEMS[1:5]), points, strict=True))
        if long and place == 1:
            lost, items = 0.0, [("", math.nan)]
        if long and place == 2:
            lost, items = math.nan, [("", math.nan)]
        rows += [[unit, grade_of(place, count), lost, item, value] for item, value in items]
    return pd.DataFrame(rows, columns=["unit_name", "grade", "lost", "item", "points"])


def losses_by_indicator(count: int = 8, *, long: bool = False) -> pd.DataFrame:
    """Return what one unit lost on `count` indicators, the costliest first."""
    items = [f"{1 + place // 6}.{1 + place % 6} {ITEMS[place % 6]}" for place in range(count)]
    if long:
        items[0] = f"2.1 {LONG_ITEM}"
    points = [round(6.57 / (1 + 0.4 * place), 2) for place in range(count)]
    return pd.DataFrame(
        {"item": items, "points": points, "points_possible": [7.0 - 0.5 * (p % 2) for p in range(count)]}
    )


def distance_by_unit(count: int = 9, *, long: bool = False) -> pd.DataFrame:
    """Return the distances to the cut of grade A and the line of grade C; with `long` the last unit has no score."""
    rows = []
    for place, unit in enumerate(names(count, long=long)):
        gap = round(3.4 * ((count + 1) // 2 - place - (1 if place >= (count + 1) // 2 else 0)), 2)
        rows.append([unit, grade_of(place, count), gap, round(31.44 - 3.8 * place, 2)])
    frame = pd.DataFrame(rows, columns=["unit_name", "grade", "gap", "lowest"])
    if long:
        frame.loc[count - 1, ["gap", "lowest"]] = math.nan
    return frame


def waits_by_unit(count: int = 9, *, long: bool = False) -> pd.DataFrame:
    """Return median waits with intervals and the city's; with `long` half still wait in some, and one has no case."""
    rows = []
    for place, unit in enumerate(names(count, long=long)):
        days = 24.0 + 5 * place
        rows.append([unit, grade_of(place, count), days, days - 4 - place, days + 9 + 2 * place, 40.0])
    rows.append([ZH.label("charts.city"), "", 44.0, 40.0, 49.0, 40.0 * count])
    frame = pd.DataFrame(rows, columns=["unit_name", "grade", "value", "lower", "upper", "cases"])
    if long:
        frame.loc[0, "upper"] = math.nan
        frame.loc[count // 2, ["value", "upper"]] = math.nan
        frame.loc[count - 1, ["value", "lower", "upper", "cases"]] = math.nan
    return frame


def ranks_by_unit(count: int = 9, *, long: bool = False) -> pd.DataFrame:
    """Return official ranks with intervals; every third grade is not firm; with `long` the last unit has no rank."""
    rows = []
    for place, unit in enumerate(names(count, long=long)):
        rank = float(place + 1)
        lower, upper = max(1.0, rank - 1 - place % 3), min(float(count), rank + place % 4)
        rows.append(
            [
                unit,
                grade_of(place, count),
                rank,
                lower,
                upper,
                rank,
                rank,
                1 - 0.13 * (place % 3),
                place % 3 < 2,
            ]
        )
    frame = pd.DataFrame(
        rows,
        columns=[
            "unit_name",
            "grade",
            "rank",
            "lower",
            "upper",
            "weights_lower",
            "weights_upper",
            "kept",
            "firm",
        ],
    )
    if long:
        frame["firm"] = frame["firm"].astype(object)
        frame.loc[count - 1, ["rank", "lower", "upper", "weights_lower", "weights_upper", "kept"]] = math.nan
        frame.loc[count - 1, "firm"] = None
    return frame


def ranks_by_method(units: float = 9.0) -> pd.DataFrame:
    """Return one unit's ranks, tried in three ways; the last way has none."""
    ways = ["件数按偶然波动重抽", "维度权重上下浮动", "逐项剔除指标"]
    last = min(6.0, units)
    return pd.DataFrame(
        {
            "method_name": ways, "rank": [last] * 3, "lower": [max(last - 3, 1), last, math.nan],
            "upper": [last, last, math.nan], "units": [units] * 3,
        }
    )  # fmt: skip


def findings_by_unit_group(count: int = 9, *, long: bool = False) -> pd.DataFrame:
    """Return merged open findings per unit and group, named from three on; with `long` one cell is missing."""
    rows = [
        [
            unit,
            grade_of(place, count),
            group,
            name,
            float((place * (step + 1)) % 6),
            (place * (step + 1)) % 6 >= 3,
        ]
        for place, unit in enumerate(names(count, long=long))
        for step, (group, name) in enumerate(
            (("resolution", "排查化解"), ("institutions", "制度落实"), ("enforcement", "执法惩戒"))
        )
    ]
    frame = pd.DataFrame(rows, columns=["unit_name", "grade", "group", "group_name", "findings", "named"])
    if long:
        frame.loc[1, "findings"] = math.nan
    return frame


def problems_by_unit_state(count: int = 9, *, long: bool = False) -> pd.DataFrame:
    """Return the states of the problems per unit; with `long` the numbers are large and one unit did not report."""
    rows = []
    for place, unit in enumerate(names(count, long=long)):
        for step, state in enumerate(("overdue", "repeated", "open", "closed")):
            value = float((place * (step + 2) + step) % 7) * (137 if long else 1)
            rows.append([unit, grade_of(place, count), state, math.nan if long and place == 2 else value])
    return pd.DataFrame(rows, columns=["unit_name", "grade", "state", "count"])


def all_charts(
    width: charts.Width, count: int = 9, *, hard: bool = False, words: Words = ZH
) -> dict[str, Callable[[], Figure]]:
    """Return every chart on the example frames; `hard` has long names and extreme values."""
    kind = {"long": hard, "extreme": hard}
    shares, city_change = contributions_by_unit_measure(count, **kind)
    changes = changes_by_unit_measure(count, **kind)
    breaks = ["2018"] if hard else []
    effects = (3.1e9, -9.2e8, -2.2e9) if hard else (-10_333_000.0, -3_458_000.0, -2_514_000.0)
    scores = scores_by_unit_dimension(count, long=hard)
    scores["unit_name"] = scores["unit_name"].replace(
        ZH.label("charts.units_mean"), words.label("charts.units_mean")
    )
    silent = changes if not hard or count < 3 else with_silent_units(changes)
    return {
        "score_heatmap": lambda: charts.score_heatmap(scores, words, width),
        "declines": lambda: charts.declines(silent, words, width),
        "decomposition": lambda: charts.decomposition(effects_by_factor(effects), words, width),
        "contributions": lambda: charts.contributions(shares, words, width, city_change=city_change),
        "own_past": lambda: charts.own_past(cases_by_unit_period(count, **kind), words, width, breaks=breaks),
        "monthly_control": lambda: charts.monthly_control(cases_by_month(hard=hard), words, width),
        "resolution_funnel": lambda: charts.resolution_funnel(
            rates_by_unit(count, **kind), words, width, city_rate=0.917
        ),
        "unit_past": lambda: charts.unit_past(one_unit_by_period(), words, width, breaks=breaks),
        "unit_place": lambda: charts.unit_place(values_by_measure_unit(count), words, width),
        "rank_intervals": lambda: charts.rank_intervals(ranks_by_unit(count, long=hard), words, width),
        "lost_points": lambda: charts.lost_points(lost_by_unit_indicator(count, long=hard), words, width),
        "waits": lambda: charts.waits(waits_by_unit(count, long=hard), words, width),
        "grade_distances": lambda: charts.grade_distances(distance_by_unit(count, long=hard), words, width),
        "problem_matrix": lambda: charts.problem_matrix(
            findings_by_unit_group(count, long=hard), words, width
        ),
        "rectification": lambda: charts.rectification(problems_by_unit_state(count, long=hard), words, width),
        "unit_losses": lambda: charts.unit_losses(
            losses_by_indicator(18 if hard else 8, long=hard), words, width
        ),
        "unit_ranks": lambda: charts.unit_ranks(ranks_by_method(float(count)), words, width),
    }
