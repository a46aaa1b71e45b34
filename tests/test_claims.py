"""Claims: what the rows have to carry before a sentence says it, and that one product never says the opposite too."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pandas as pd
import pytest
from claim_examples import CITY, changed, evidence, graded, value
from ledger_examples import EAST, SOUTH, WEST

from analysis.indicators.catalogue import QUANTITIES
from analysis.report import claims, plotted
from analysis.report.claims import assertions
from analysis.report.claims.bulletin_claims import (
    bulletin_grades,
    bulletin_named,
    bulletin_nobody,
    bulletin_units,
)
from analysis.report.claims.claim import Claim, ContradictionError, Told, UnsupportedClaimError
from analysis.report.claims.claim_checks import CHECKS, say, supported
from analysis.words import words

#: words, in Chinese, by which a sentence says more than its figures
ASSERTING = re.compile(
    "最|连续|[降升]到|好于|差于|集中|抵消|同时下降|明确|趋势|稳固|[高低]于|偏低|一半|无变化|难以分清|来自"
)


def falling(unit: str, q: float | None, before: int = 60, now: int = 40) -> list[dict]:
    """Rows of a unit whose three quantities fell from 2018 to 2019 and from there to 2020, the last time with `q`."""
    rows = []
    for quantity in QUANTITIES:
        rows += changed(unit, quantity, before, now, q)
        rows.append(value(unit, quantity, before + 10, period="2018"))
        rows.append(value(unit, f"difference_{quantity}", -10, period="2019", base_period="2018"))
    rows.append(value(unit, "years_falling_all", 2, unit_of_measure="year"))
    return rows


# ------------------------------------------------------------------------------------------- falls running


def test_falls_running_are_told_where_the_last_is_clear_in_all_three() -> None:
    e = evidence([*falling(EAST, 0.01), *falling(WEST, 0.3), *falling(SOUTH, None, 9, 4)], EAST, WEST, SOUTH)
    assert claims.card_falls(e, EAST).plain == "案件数、人数、金额已连续两年同时下降。"
    assert claims.consecutive_falls(e).plain == "欠薪案件数、涉及人数、涉及金额同时下降：甲1县连续两年。"


@pytest.mark.parametrize(
    ("q", "before", "said"),
    [
        # three times 变化不明确, and then 已连续三年同时下降
        (0.3, 60, "变化不明确"),
        # 件数过少，不作判断, and then 已连续两年同时下降
        (None, 9, "件数过少，不作判断"),
    ],
)
def test_a_card_that_gives_no_verdict_tells_no_falls_running(q: float | None, before: int, said: str) -> None:
    e = evidence(falling(EAST, q, before, 4), EAST)
    assert said in claims.card_declines(e, EAST).plain
    assert not claims.card_falls(e, EAST)


def test_a_run_one_step_of_which_nobody_can_judge_is_no_run() -> None:
    """The step before the last fell by what was left empty in 2019 alone."""
    blank = [
        value(EAST, f"change_{quantity}", -0.14, period="2019", base_period="2018", status="partial")
        for quantity in QUANTITIES
    ]
    run = Claim("run", "clear_fall", (EAST,), tuple(QUANTITIES), ("2018", "2019", "2020"))
    assert supported(evidence(falling(EAST, 0.01), EAST), run)
    assert not supported(evidence([*falling(EAST, 0.01), *blank], EAST), run)


def test_a_run_that_is_not_clear_is_refused_wherever_it_is_said() -> None:
    e = evidence(falling(EAST, 0.3), EAST)
    run = Claim("run", "clear_fall", (EAST,), tuple(QUANTITIES), ("2018", "2019", "2020"))
    assert not supported(e, run)
    with pytest.raises(UnsupportedClaimError, match=r"message\.years\.card"):
        say(e, [run], "message.years.card", run="两年")
    # and one year is no run
    clear = evidence(falling(EAST, 0.01), EAST)
    assert supported(clear, run)
    assert not supported(clear, Claim("run", "clear_fall", (EAST,), tuple(QUANTITIES), ("2019", "2020")))


def test_a_rate_within_the_window_moved_only_as_far_as_its_interval_says() -> None:
    code = "rate_resolved_in_window"

    def moved(lower: float | None, upper: float | None, q: float = 0.01) -> claims.Evidence:
        ends = {} if lower is None else {"lower": lower, "upper": upper}
        rows = [
            value(CITY, code, 0.9, period="2019"),
            value(CITY, code, 0.8),
            value(CITY, f"difference_{code}", -0.1, base_period="2019", **ends),
            value(CITY, f"q_difference_{code}", q, base_period="2019"),
            value(CITY, "window_days", 90),
        ]
        return evidence(rows, EAST)

    clear = Claim("moved", "clear_fall", (CITY,), (code,), ("2019", "2020"))
    assert supported(moved(-0.15, -0.05), clear)
    assert claims.window_sentence(moved(-0.15, -0.05)).plain.endswith("全市由90.0%变为80.0%，明确下降")
    # clear by itself, and not among all rates that are judged
    assert not supported(moved(-0.15, -0.05, q=0.06), clear)
    # an interval that holds no change, and none because too much was left empty
    assert not supported(moved(-0.25, 0.05), clear)
    assert not supported(moved(None, None), clear)
    with pytest.raises(UnsupportedClaimError, match=r"message\.rates\.in_window"):
        say(moved(-0.25, 0.05), [clear], "message.rates.in_window")


# ------------------------------------------------------------------------------------------- over the years


def series(unit: str, *cases: int, q: float | None) -> list[dict]:
    """Rows of a unit's cases in 2018, 2019 and 2020."""
    first, before, now = cases
    rows = [value(unit, "cases", first, period="2018")]
    rows.append(value(unit, "difference_cases", before - first, period="2019", base_period="2018"))
    return [*rows, *changed(unit, "cases", before, now, q)]


def test_the_title_of_a_card_gives_a_direction_only_where_the_change_is_clear() -> None:
    """由80件降到76件 stood on the card of a unit that the report had rising two years running."""
    e = evidence([*series(EAST, 80, 72, 76, q=0.6), *series(WEST, 80, 76, 40, q=0.01)], EAST, WEST)
    titles = {
        unit: claims.card_past_title(e, [e.value(unit, "cases", p) for p in ("2018", "2019", "2020")]).plain
        for unit in (EAST, WEST)
    }
    assert titles[EAST] == "案件数2018年80件，2020年76件"
    assert titles[WEST] == "案件数由2019年的76件降到40件，下降明确"


def test_a_rise_running_is_told_where_its_last_step_is_clear() -> None:
    e = evidence([*series(EAST, 70, 72, 76, q=0.6), *series(WEST, 50, 55, 90, q=0.02)], EAST, WEST)
    assert claims.past_title(e).plain == "甲2县连续两年上升，最近一年上升明确"


def test_half_is_told_only_where_every_filling_is_half() -> None:
    """Of 80 cases 38 are stated, and up to 45 there may be; up to 40 there may be elsewhere, and any number."""
    fell = {EAST: 45, WEST: 40, SOUTH: None}
    rows = []
    for unit, most in fell.items():
        of_unit = [{**row, "status": "partial"} if row["measure"] == "cases" and row["period"] == "2020" else row
                   for row in series(unit, 80, 60, 38, q=None)]  # fmt: skip
        rows += [
            *of_unit,
            value(unit, "lowest_cases", 38),
            *([value(unit, "highest_cases", most)] if most else []),
        ]
    assert claims.past_title(evidence(rows, *fell)).plain == "甲2县案件数比2018年少一半以上"


def test_half_of_a_few_is_not_told() -> None:
    e = evidence([*series(EAST, 9, 6, 4, q=None), *series(WEST, 10, 9, 5, q=None)], EAST, WEST)
    assert claims.past_title(e).plain == "甲2县案件数比2018年少一半以上"


def test_half_is_not_told_of_a_unit_whose_years_show_no_trend() -> None:
    """各单位单独都看不出趋势 stood beside 少一半以上: the table must not say of a unit what the title gainsays."""
    few, many = series(EAST, 40, 60, 20, q=0.2), series(WEST, 90, 60, 30, q=0.2)
    e = evidence([*few, *of_years(EAST, -0.2, 0.3), *many, *of_years(WEST, -0.4, 0.001)], EAST, WEST)
    assert claims.past_title(e).plain == "甲2县案件数比2018年少一半以上"
    assert [claims.trend_word(e, unit, "cases") for unit in (EAST, WEST)] == ["none", "falling"]


def of_years(unit: str, growth: float, q: float) -> list[dict]:
    return [value(unit, "growth_cases", growth), value(unit, "q_growth_cases", q)]


@pytest.mark.parametrize(
    ("units_q", "title"),
    [
        ((0.017, 0.08, 0.5), "全市欠薪案件数呈下降趋势"),
        ((0.08, 0.017, 0.5), "甲1县呈下降趋势"),
        # 各单位单独都看不出趋势 is no finding, and stood beside 少一半以上
        ((0.08, 0.08, 0.5), "欠薪案件数历年变动"),
    ],
)
def test_absence_of_a_trend_is_never_a_title(units_q: tuple[float, ...], title: str) -> None:
    rows = [
        row for unit, q in zip((CITY, EAST, WEST), units_q, strict=True) for row in of_years(unit, -0.2, q)
    ]
    assert claims.trend_title(evidence(rows, EAST, WEST)).plain == title


# ------------------------------------------------------------------------------------------- beside the city


def rated(unit: str, resolved: int, cases: int, lower: float, upper: float) -> list[dict]:
    """Rows of a resolution rate with the limits of the funnel at its number of cases."""
    rate = resolved / cases
    sides = {"numerator": resolved, "denominator": cases}
    rows = [value(unit, "rate_resolved", rate, **sides)]
    return [*rows, value(unit, "funnel_rate_resolved", rate, lower=lower, upper=upper, method="exact_95")]


@pytest.mark.parametrize(
    ("resolved", "cases", "limits", "title"),
    [
        # 73/80 beside 92.0 %: inside the limits, where it was called worse
        (73, 80, (0.85, 0.975), "本单位与全市、其他单位对照"),
        # 5/5, where it was called better
        (5, 5, (0.6, 1.0), "本单位与全市、其他单位对照"),
        (35, 46, (0.804, 0.98), "核处化解率明确差于全市"),
        (205, 208, (0.88, 0.96), "核处化解率明确好于全市"),
    ],
)
def test_a_side_of_the_city_is_taken_only_beyond_the_limits_of_the_funnel(
    resolved: int, cases: int, limits: tuple[float, float], title: str
) -> None:
    rows = [*rated(EAST, resolved, cases, *limits), value(CITY, "rate_resolved", 0.92)]
    said = claims.card_place_title(evidence(rows, EAST), EAST, [("rate_resolved", "", "percent", "high")])
    assert said.plain == title


@pytest.mark.parametrize(
    ("lower", "upper", "q", "title"),
    [
        (-0.6, -0.3, 0.01, "欠薪案件数变化明确好于全市"),
        (0.1, 0.9, 0.01, "欠薪案件数变化明确差于全市"),
        # clear, but no other than the city's
        (-0.6, -0.1, 0.01, "本单位与全市、其他单位对照"),
        # 变化不明确 among all that are judged
        (0.1, 0.9, 0.2, "本单位与全市、其他单位对照"),
    ],
)
def test_a_change_is_better_than_the_citys_where_it_is_clear_and_its_interval_holds_that_no_more(
    lower: float, upper: float, q: float, title: str
) -> None:
    limits = {"lower": lower, "upper": upper, "base_period": "2019"}
    rows = [
        value(EAST, "change_cases", -0.1, **limits),
        value(EAST, "q_change_cases", q, base_period="2019"),
        value(CITY, "change_cases", -0.2, base_period="2019"),
    ]
    placed = [("change_cases", "2019", "signed_percent", "low")]
    assert claims.card_place_title(evidence(rows, EAST), EAST, placed).plain == title


# ------------------------------------------------------------------------------------------- points


def score(unit: str, code: str, kind: str, possible: str, points: str) -> dict[str, str]:
    names = {
        "id": f"score.{unit}.{code}",
        "unit": unit,
        "indicator": code,
        "kind": kind,
        "source": "reviewed",
    }
    return {**names, "points_possible": possible, "points": points, "status": "reported", "derivation": ""}


NAMES = {"2": "制度落实", "3": "案件处置", "4": "源头治理"}


@pytest.mark.parametrize(
    ("points", "title"),
    [
        # 14.5, 16.1 and 8.5 lost: 源头治理 has the lowest rate, and cost least
        (("35.5", "23.9", "11.5"), "甲1县失分最多，集中在案件处置、制度落实"),
        # one holds more than half
        (("49", "20", "19"), "甲1县失分最多，集中在案件处置"),
    ],
)
def test_where_points_were_lost_is_told_by_points_not_by_rate(points: tuple[str, ...], title: str) -> None:
    possible = ("50", "40", "20")
    scores = [
        score(EAST, code, "total", *of)
        for code, of in zip(NAMES, zip(possible, points, strict=True), strict=True)
    ]
    e = evidence([value(EAST, "points_lost", 39.1)], EAST, scores=scores)
    assert claims.heat_title(e, NAMES).plain == title


def test_points_lost_all_over_are_concentrated_nowhere() -> None:
    """Of five equal losses two hold two fifths, which is not 集中在."""
    names = {str(code): f"第{code}项" for code in range(5)}
    scores = [score(EAST, code, "total", "10", "5") for code in names]
    e = evidence([value(EAST, "points_lost", 25.0)], EAST, scores=scores)
    assert claims.heat_title(e, names).plain == "基础分失分最多的是甲1县，共失25.00分"
    assert not supported(e, Claim("concentrated", "", (EAST,), ("0", "1"), ("2020",)))


@pytest.mark.parametrize(
    ("lost", "title"),
    [
        ((5.0, 7.0, None), "基础分失分最多的是甲2县，共失7.00分"),
        ((7.0, 7.0, 1.0), "基础分失分最多的是甲1县、甲2县，各失7.00分"),
        ((0.0, 0.0, 0.0), "各单位基础分失分"),
    ],
)
def test_who_lost_as_much_is_named_too(lost: tuple[float | None, ...], title: str) -> None:
    units = (EAST, WEST, SOUTH)
    rows = [value(unit, "points_lost", points) for unit, points in zip(units, lost, strict=True)]
    assert claims.losses_title(evidence(rows, *units)).plain == title


@pytest.mark.parametrize(
    ("bonus", "said"),
    [
        # 91.44 points beside 失10.56分: the bonus of 2.00 has to be told
        ("2.00", "基础分共失10.56分，失分最多的是实名制管理（10.56分）；另有加分2.00分。"),
        ("0.00", "基础分共失10.56分，失分最多的是实名制管理（10.56分）。"),
    ],
)
def test_points_lost_and_points_added_make_the_score(bonus: str, said: str) -> None:
    rows = [value(EAST, "points_lost", 10.56), value(EAST, "points_lost_2_1", 10.56)]
    e = evidence(rows, EAST, scores=[score(EAST, "b1", "bonus", "", bonus)])
    assert claims.card_losses(e, EAST, {"2.1": "实名制管理"}).plain == said


def test_of_items_that_cost_alike_all_are_named_or_none() -> None:
    rows = [value(EAST, f"points_lost_2_{place}", points) for place, points in enumerate((3, 2, 1, 1))]
    e = evidence([*rows, value(EAST, "points_lost", 7)], EAST)
    names = {f"2.{place}": f"第{place}项" for place in range(4)}
    assert (
        claims.card_losses(e, EAST, names).plain
        == "基础分共失7.00分，失分最多的是第0项（3.00分）、第1项（2.00分）。"
    )


# ------------------------------------------------------------------------------------------- the city's changes


def of_the_city(*pairs: tuple[int, int], q: float | None = 0.01) -> list[dict]:
    return [
        row
        for quantity, pair in zip(QUANTITIES, pairs, strict=True)
        for row in changed(CITY, quantity, *pair, q)
    ]


def test_no_change_is_called_no_change() -> None:
    """同比分别变化0.0%、0.0%、0.0% was said of it."""
    e = evidence(of_the_city((50, 50), (400, 400), (900000, 900000), q=0.9), EAST)
    sentence, _ = claims.city_declines(e)
    assert sentence.plain == "全市欠薪案件数、涉及人数、涉及金额同比均无变化，仍为50件、400人、90.0万元。"


def test_each_quantity_has_its_own_reason_where_it_is_not_judged() -> None:
    """填报不全，不作判断 was said of all three where the cases were judged, and called a clear fall in the table."""
    rows = of_the_city((50, 30), (400, 300), (900000, 800000))
    rows = [
        {**row, "status": "partial", "lower": None, "upper": None}
        if row["measure"] == "change_workers"
        else row
        for row in rows
    ]
    sentence, _ = claims.city_declines(evidence(rows, EAST))
    assert sentence.plain.endswith("，欠薪案件数、涉及金额变化明确，涉及人数填报不全，不作判断。")


def test_an_interval_without_zero_says_why_the_change_is_not_clear_all_the_same() -> None:
    """变化都不明确 stood beside −55.2%～−3.0%."""
    rows = of_the_city((60, 40), (400, 300), (900000, 800000), q=0.09)
    e = evidence(rows, EAST)
    sentence, _ = claims.city_declines(e)
    assert sentence.plain.endswith("变化都不明确。")
    said = claims.intervals(e).plain
    assert said.endswith("欠薪案件数、涉及人数、涉及金额的区间虽不含零，三项一并校正后仍不明确。")
    assert claims.verdict_word(e, CITY, "cases", why=True).plain == "变化不明确（一并校正后）"
    assert claims.verdict_word(e, CITY, "cases").plain == "变化不明确"
    clear = evidence(of_the_city((60, 40), (400, 300), (900000, 800000)), EAST)
    assert "校正" not in claims.intervals(clear).plain


def test_a_change_that_prints_as_nothing_is_told_by_its_counts() -> None:
    e = evidence(of_the_city((5000, 4999), (40000, 39000), (900000, 800000), q=0.9), EAST)
    sentence, _ = claims.city_declines(e)
    assert "5,000→4,999件" in sentence.plain
    assert "0.0%" not in sentence.plain


def test_why_the_city_is_not_compared_is_told_by_the_rows() -> None:
    """未填人数 and 基期为零 were the reasons where a file had no such column."""
    absent = {"status": "not_reported", "value": None, "base_period": "2019"}
    rows = [row for row in of_the_city((50, 40), (400, 300), (9, 8)) if "amount" not in row["measure"]]
    rows += [value(CITY, "amount", None, period=period) for period in ("2019", "2020")]
    e = evidence([*rows, value(CITY, "change_amount", **{"number": None, **absent})], EAST)
    sentence, _ = claims.city_declines(e)
    assert sentence.plain.endswith("涉及金额未报，不作比较。")


def test_a_unit_without_a_column_is_told_apart_from_cases_that_leave_it_open() -> None:
    rows = of_the_city((50, 40), (400, 300), (900000, 800000))
    rows = [{**row, "status": "partial"} if row["measure"] == "change_workers" else row for row in rows]
    for unit, status in ((EAST, "reported"), (WEST, "not_reported")):
        for period in ("2019", "2020"):
            rows += [value(unit, quantity, 20, period=period) for quantity in ("cases", "amount")]
            rows.append(value(unit, "workers", None if status == "not_reported" else 150, period=period))
    _, detail = claims.city_declines(evidence(rows, EAST, WEST))
    assert detail.plain.endswith("甲2县没有报人数，不计在内。")
    rows = [
        {**row, "status": "partial", "value": 150} if row["status"] == "not_reported" else row for row in rows
    ]
    _, detail = claims.city_declines(evidence(rows, EAST, WEST))
    assert detail.plain.endswith("个别案件未填人数，按已填的合计。")


# ------------------------------------------------------------------------------------------- names


def test_two_figures_of_one_unit_have_two_names() -> None:
    """95.80 and 93.80 were both its score, 80.8 and 80.1 both 全市平均, and a sum of converted marks the 自评分."""
    zh = evidence([], EAST).words
    of_a_unit = (
        "report.board.score",
        "report.gaps.self",
        "report.gaps.checked",
        "report.verified.self",
        "report.verified.found",
    )
    assert len({zh.label(key) for key in of_a_unit}) == len(of_a_unit)
    assert zh.label("charts.units_mean") not in zh.label("charts.ramp_mean")


# ------------------------------------------------------------------------------------------- kind by kind


@pytest.mark.parametrize(("q", "which"), [(0.01, "clear_fall"), (0.3, "not_clear")])
def test_a_change_is_called_what_its_verdict_is(q: float, which: str) -> None:
    e = evidence(falling(EAST, q), EAST)
    said = {
        word: supported(e, Claim("change", word, (EAST,), ("cases",), ("2019", "2020")))
        for word in ("clear_fall", "not_clear", "clear_rise", "too_few")
    }
    assert [word for word, holds in said.items() if holds] == [which]


def test_a_place_in_the_funnel_is_the_one_its_limits_give() -> None:
    e = evidence(rated(EAST, 35, 46, 0.804, 0.98), EAST)
    low, inside = (
        Claim("funnel", flag, (EAST,), ("rate_resolved",), ("2020",)) for flag in ("low_95", "inside")
    )
    assert supported(e, low)
    assert not supported(e, inside)


@pytest.mark.parametrize(
    ("days", "status", "title"),
    [
        (49.0, "reported", "全市案件化解等待天数的中位数为49天"),
        # half still wait, or cells are empty that may move the day
        (math.nan, "not_applicable", "各单位案件从受理到化解的等待天数"),
        (49.0, "partial", "各单位案件从受理到化解的等待天数"),
    ],
)
def test_a_wait_of_which_half_is_not_over_is_no_title(days: float, status: str, title: str) -> None:
    said = {"status": status, "numerator": 3, "denominator": 8, "unit_of_measure": "day"}
    rows = [value(CITY, "waiting_resolved", days, **said), value(EAST, "waiting_resolved", days, **said)]
    e = evidence(rows, EAST)
    claim = Claim("waited", "reached", (CITY,), ("waiting_resolved",), ("2020",))
    assert supported(e, claim) == (status == "reported")
    assert claims.waits_title(e).plain == title
    assert ("甲1县未达到" in claims.waits_alt(e).plain) == (status == "not_applicable")


def test_that_nobody_stands_out_is_no_title() -> None:
    """没有单位明确偏离 stands in the text, where the rate is told; the chart's title gives the rate."""
    city = value(CITY, "rate_resolved", 0.92, numerator=92, denominator=100)
    inside = evidence([*rated(EAST, 73, 80, 0.85, 0.975), city], EAST)
    assert claims.funnel_title(inside).plain == "全市核处化解率92.0%（92/100）"
    low = evidence([*rated(EAST, 35, 46, 0.804, 0.98), city], EAST)
    assert claims.funnel_title(low).plain == "核处化解率全市92.0%（92/100），甲1县76.1%（35/46）低于95%界限"


def test_who_lies_beyond_other_limits_is_told_only_if_inside_the_first() -> None:
    """若以其余单位为基准，低于: of a unit below both it is said once, without the others as the baseline."""
    rows = [*rated(EAST, 35, 46, 0.7, 0.98), *rated(WEST, 35, 46, 0.804, 0.98)]
    for unit in (EAST, WEST):
        limits = {"lower": 0.81, "upper": 0.98, "method": "exact_95_loo"}
        rows.append(value(unit, "funnel_rate_resolved", 35 / 46, **limits))
    said = claims.left_out_flags(evidence(rows, EAST, WEST)).plain
    assert said == "若以其余单位为基准，甲1县低于95%界限。"


def test_the_least_are_all_who_have_as_little() -> None:
    gaps = {EAST: -0.1, WEST: -0.2, SOUTH: -0.2}
    rows = [value(unit, "gap_to_best_rate_resolved", gap) for unit, gap in gaps.items()]
    said = claims.gap_title(evidence(rows, *gaps)).plain
    assert said == "核处化解率：甲2县、甲3县与最优单位相差最大，为20.0个百分点"


@pytest.mark.parametrize(
    ("highest", "said"),
    [
        (0.85, "核处化解率：甲2县与最优单位相差最大，为20.0个百分点"),
        (0.95, "核处化解率：各单位与最优单位的差距"),
        (None, "核处化解率：各单位与最优单位的差距"),
    ],
)
def test_nobody_is_last_whom_empty_cells_could_lift_above_another(highest: float | None, said: str) -> None:
    """EAST has 90 %; WEST has 80 % as far as it states, and at most so much."""
    rows = [value(EAST, "rate_resolved", 0.9), value(WEST, "rate_resolved", 0.8, status="partial")]
    rows += [value(WEST, "lowest_rate_resolved", 0.7), value(WEST, "highest_rate_resolved", highest)]
    rows += [value(EAST, "gap_to_best_rate_resolved", -0.1)]
    rows += [value(WEST, "gap_to_best_rate_resolved", -0.2, status="partial")]
    assert claims.gap_title(evidence(rows, EAST, WEST)).plain == said


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ({"lower": -0.8, "upper": -0.2}, "全市案件数变化−30.0%，甲1县贡献最大，为−25.0个百分点"),
        # too much left empty to judge what EAST's change was
        ({}, "各单位对全市案件数变化的贡献"),
    ],
)
def test_nobody_contributed_most_by_what_was_left_empty(interval: dict[str, float], said: str) -> None:
    base = {"base_period": "2019", "unit_of_measure": "ratio"}
    rows = [
        value(CITY, "change_cases", -0.3, **base),
        value(EAST, "change_cases", -0.5, **base, status="partial", **interval),
        value(WEST, "change_cases", -0.1, **base, lower=-0.5, upper=0.6),
        value(EAST, "contribution_cases", -0.25, **base, status="partial"),
        value(WEST, "contribution_cases", -0.05, **base),
    ]
    assert claims.contributions_title(evidence(rows, EAST, WEST)).plain == said


@pytest.mark.parametrize(
    ("share", "title"),
    [
        (0.8, "涉及金额减少100.0万元，其中80.0%来自案件变少"),
        # the others worked against it: more than the whole is no part of it
        (1.2, "涉及金额变化−100.0万元"),
    ],
)
def test_a_factor_is_named_that_holds_no_more_than_the_whole(share: float, title: str) -> None:
    whole = -1_000_000.0
    rows = [value(CITY, "difference_amount_stated", whole, base_period="2019")]
    for factor, part in zip(claims.FACTORS, (share, 1 - share, 0.0), strict=True):
        rows.append(value(CITY, f"effect_{factor}", whole * part, base_period="2019"))
        rows.append(value(CITY, f"share_{factor}", part, base_period="2019"))
    assert claims.decomposition_title(evidence(rows, EAST)).plain == title


def test_of_months_as_far_beyond_all_are_named() -> None:
    rows = [value(CITY, "xmr_centre_cases", 14.8, period="2020", base_period="2020-01")]
    for month, cases in (("2020-03", 30), ("2020-05", 30), ("2020-07", 28), ("2020-08", 12)):
        rows.append(value(CITY, "cases", cases, period=month))
        if cases > 12:
            rows.append(value(CITY, "xmr_signal_cases", cases, period=month, method="xmr_above"))
    e = evidence(rows, EAST)
    said = claims.months_title(e, claims.months(e)).plain
    assert said == "月均欠薪案件14.8件，高于上限的月份中2020年3月、2020年5月最多，为30件"
    assert not supported(e, Claim("limits", "above", (CITY,), ("cases",), ("2020-07",)))


# ------------------------------------------------------------------------------------------- grades


NORTH = "990004"
GRADES = [
    graded(EAST, "92.00", 1, "A"),
    graded(WEST, "85.00", 2, "B"),
    graded(SOUTH, "85.00", 2, "B"),
    graded(NORTH, "70.00", 4, ""),
]


def test_a_list_of_a_grade_names_all_of_it_and_nobody_else() -> None:
    e = evidence([], EAST, WEST, SOUTH, NORTH, grades=GRADES)
    lists = [sentence.plain for sentence in claims.grade_lists(e)]
    assert lists == ["考核评价为A级的是：甲1县。", "考核评价为B级的是：甲2县、甲3县。"]
    assert bulletin_grades(e).plain.endswith("甲4县未评定等次。")
    for units in ((WEST,), (WEST, SOUTH, NORTH)):
        assert not supported(e, Claim("grade", "B", units, ("grade",), ("2020",)))


def test_a_unit_has_one_grade_in_one_product() -> None:
    told = Told()
    told.add(Claim("grade", "A", (EAST, WEST), ("grade",), ("2020",)), "message.grades.list")
    with pytest.raises(ContradictionError, match="says A, bulletin"):
        told.add(Claim("grade", "B", (WEST,), ("grade",), ("2020",)), "bulletin.results.list")


def test_who_triggered_a_veto_is_named_and_nobody_else() -> None:
    e = evidence([], EAST, WEST, SOUTH, NORTH, grades=GRADES, vetoed=(WEST,))
    assert claims.veto_sentence(e).plain == "甲2县触发否决事项。"
    assert "其中，甲2县触发否决事项。" in bulletin_grades(e).plain
    assert not supported(e, Claim("veto", "", (), ("veto",), ("2020",)))


def test_nobody_is_said_to_be_without_a_veto_that_empty_cells_leave_open() -> None:
    e = evidence([], EAST, WEST, SOUTH, grades=GRADES, vetoed=(WEST,), veto_open=(SOUTH, WEST))
    said = claims.veto_sentence(e).plain
    assert said.startswith("甲2县触发否决事项。")
    assert said.endswith("是否触发否决事项取决于没有填写的内容，既不认定也不排除。")
    e = evidence([], EAST, WEST, SOUTH, grades=GRADES, veto_open=(SOUTH,))
    assert "没有单位" not in claims.veto_sentence(e).plain
    assert not supported(e, Claim("veto", "", (), ("veto_open",), ("2020",)))


@pytest.mark.parametrize(
    ("chances", "title"),
    [
        ((0.99, 0.98, 0.97), "各单位的等次都稳固"),
        # the third has no grade, and nobody may call it firm
        ((0.99, 0.98, None), "已评定的等次都稳固"),
        ((0.99, 0.60, None), "甲2县的等次不稳固，其余已评定的等次稳固"),
        ((0.99, 0.60, 0.97), "甲2县的等次不稳固，其余单位稳固"),
    ],
)
def test_a_grade_that_is_pending_is_not_called_firm(chances: tuple[float | None, ...], title: str) -> None:
    units = (EAST, WEST, SOUTH)
    letters = ["" if chance is None else "A" for chance in chances]
    rows = [
        value(unit, "probability_grade_A", chance, method=method)
        for unit, chance in zip(units, chances, strict=True)
        for method in claims.DRAWN
    ]
    grades = [graded(unit, "80.00", 1, letter) for unit, letter in zip(units, letters, strict=True)]
    e = evidence(rows, *units, grades=grades)
    assert claims.firmness_title(e).plain == title
    assert not supported(e, Claim("firm", "loose", (EAST,), ("grade",), ("2020",)))


def test_all_who_are_as_near_to_a_grade_are_named() -> None:
    """C is as near to a unit of grade A as its points are, not only to those of grade B."""
    gaps = {EAST: (2.0, 12.0), WEST: (-5.0, 30.0), SOUTH: (-5.0, 25.0)}
    rows = [
        value(unit, f"score_gap_to_{line}", gap, method="difference")
        for unit, of in gaps.items()
        for line, gap in zip(("cut", "lowest"), of, strict=True)
    ]
    e = evidence(rows, *gaps, grades=GRADES[:3])
    said = claims.distance_title(e).plain
    assert said == "甲2县、甲3县离A级最近，差5.00分；甲1县离C级最近，再失超过12.00分即为C级"
    assert not supported(e, Claim("nearest", "best", (WEST,), ("grade",), ("2020",)))


# ------------------------------------------------------------------------------------------- problems and files


def finding(unit: str, group: str, found: int, named: bool) -> dict[str, object]:
    return {
        "id": f"finding.{unit}.{group}",
        "unit": unit,
        "group": group,
        "findings": found,
        "named": named,
    }


def test_a_group_names_all_who_reach_its_threshold() -> None:
    found = [finding(EAST, "resolution", 3, True), finding(WEST, "resolution", 1, False)]
    found.append(finding(SOUTH, "resolution", 2, True))
    e = evidence([], EAST, WEST, SOUTH, findings=found)
    said = claims.group_sentence(e, "resolution", "排查化解", 2).plain
    assert said == "排查化解：甲1县3项、甲3县2项（合并后未销号2项及以上）。"
    units = bulletin_units(e, "resolution")
    assert units is not None
    assert bulletin_named(e, units).plain == "甲1县以及甲3县等此类问题比较突出。"
    assert bulletin_nobody(e, ["enforcement"]).plain == "各单位均未达到点名标准。"
    with pytest.raises(UnsupportedClaimError):
        bulletin_nobody(e, ["resolution", "enforcement"])


def test_where_no_group_has_a_threshold_nobody_is_said_to_have_missed_it() -> None:
    assert bulletin_nobody(evidence([], EAST), []).plain == "本轮没有点名标准，不点名。"


def test_who_did_not_report_a_ledger_is_named_and_nobody_else() -> None:
    rows = [value(EAST, "rows_events", None), value(WEST, "rows_events", 0), value(SOUTH, "rows_events", 3)]
    e = evidence(rows, EAST, WEST, SOUTH)
    assert claims.missing_arrivals(e, ["events"]).plain == "未报的材料：甲1县事件台账。"
    assert not supported(e, Claim("silent", "", (), ("events",), ("2020",)))


# ------------------------------------------------------------------------------------------- figures of all units


def test_a_figure_of_all_units_is_counted_again() -> None:
    e = evidence([value(CITY, "units_grade_B", 2)], EAST, WEST, SOUTH, NORTH, grades=GRADES)
    counted = Claim("count", "", (CITY,), ("units_grade_B",), ("2020",))
    assert supported(e, counted)
    wrong = evidence([value(CITY, "units_grade_B", 3)], EAST, WEST, SOUTH, NORTH, grades=GRADES)
    assert not supported(wrong, counted)


def test_the_part_of_the_two_largest_is_counted_again_where_all_units_are_known() -> None:
    cases = [value(unit, "cases", number) for unit, number in ((EAST, 50), (WEST, 30), (SOUTH, 20))]
    claim = Claim("count", "", (CITY,), ("spread_top2_cases",), ("2020",))
    for part, so in ((0.8, True), (0.7, False)):
        e = evidence([*cases, value(CITY, "spread_top2_cases", part)], EAST, WEST, SOUTH)
        assert supported(e, claim) is so
    # where small cells are withheld the figure of the city stands by itself
    e = evidence([*cases[:2], value(CITY, "spread_top2_cases", 0.7)], EAST, WEST, SOUTH)
    assert supported(e, claim)


# ------------------------------------------------------------------------------------------- the list


def test_every_sentence_that_says_more_than_its_figures_is_listed() -> None:
    """A new sentence with 最, 连续, 好于 … has to say what it claims."""
    zh = words("zh")
    loose = [
        key
        for key in assertions.sentences(zh)
        if ASSERTING.search(zh.label(key))
        and not assertions.kinds_of(key)
        and not key.endswith(("alt", "alt_seasonal", "sub", "plain"))
    ]
    assert loose == []
    for language in ("zh", "en"):
        known = assertions.sentences(words(language))
        assert all(any(key.startswith(each) for key in known) for each in assertions.CLAIMS)


def test_no_sentence_of_more_than_its_figures_stands_outside_the_list() -> None:
    """Of what the list does not hold sentence by sentence it says what it is told from, but for captions."""
    zh = words("zh")
    listed = {*assertions.sentences(zh)}
    loose = [
        key
        for key in zh
        if ASSERTING.search(zh.label(key)) and "{" in zh.label(key) and key not in listed
        if not key.startswith(tuple(assertions.OTHERS))
        and not key.endswith((".sub", "_sub", "figure_chosen"))
    ]
    assert loose == []


def test_every_kind_has_a_rule_and_a_test_that_refuses_it() -> None:
    kinds = {kind for of in assertions.CLAIMS.values() for kind in of}
    assert kinds == set(CHECKS) == set(assertions.REFUSED_BY)
    for place in (*assertions.REFUSED_BY.values(), *(test for _, test in assertions.OTHERS.values())):
        file, _, test = place.partition("::")
        assert f"def {test}(" in (Path(__file__).parent / file).read_text("utf-8"), place


def test_the_page_of_claims_is_printed_from_the_code() -> None:
    written = (Path(__file__).parents[1] / "docs" / "claims.md").read_text("utf-8")
    assert written == "\n".join(assertions.page()) + "\n"


# ------------------------------------------------------------------------------------------- the gate


def test_a_fall_and_a_rise_of_one_quantity_are_no_two_sentences_of_one_product() -> None:
    clear = Claim("change", "clear_fall", (EAST,), ("cases",), ("2019", "2020"))
    run = Claim("run", "clear_fall", (EAST,), ("cases",), ("2018", "2019", "2020"))
    half = Claim("halved", "fall", (EAST,), ("cases",), ("2019", "2020"))
    for claim in (clear, run, half):
        told = Told()
        told.add(claim, "message.units.fall")
        with pytest.raises(ContradictionError, match="says fall, message"):
            told.add(Claim("sign", "rise", (EAST,), ("cases",), ("2019", "2020")), "message.declines.rise")


CHANGE = Claim("change", "not_clear", (EAST,), ("cases",), ("2019", "2020"))


@pytest.mark.parametrize(
    ("later", "refused"),
    [
        (Claim("run", "clear_fall", (EAST, WEST), ("cases", "workers"), ("2018", "2019", "2020")), True),
        (Claim("change", "clear_fall", (EAST,), ("cases",), ("2019", "2020")), True),
        # the same again, another unit, another measure, other periods
        (CHANGE, False),
        (Claim("change", "clear_fall", (WEST,), ("cases",), ("2019", "2020")), False),
        (Claim("change", "clear_fall", (EAST,), ("workers",), ("2019", "2020")), False),
        (Claim("change", "clear_fall", (EAST,), ("cases",), ("2018", "2019")), False),
    ],
)
def test_a_product_answers_a_question_once(later: Claim, refused: bool) -> None:
    told = Told()
    told.add(CHANGE, "message.card.declines")
    if not refused:
        told.add(later, "message.years.card")
        assert told.claims[-1] == (later, "message.years.card")
        return
    with pytest.raises(ContradictionError, match=r"message\.card\.declines says not_clear, message\.years"):
        told.add(later, "message.years.card")
    assert len(told.claims) == 1


def test_two_units_cannot_both_have_the_most() -> None:
    told = Told()
    told.add(Claim("most", "", (EAST,), ("points_lost",), ("2020",)), "message.losses.title")
    with pytest.raises(ContradictionError):
        told.add(Claim("most", "", (WEST,), ("points_lost",), ("2020",)), "message.heat.title_low")


def test_every_kind_of_claim_says_what_it_checks() -> None:
    assert all(check.__doc__ for check in CHECKS.values())


def test_what_falls_on_each_case_is_not_known_where_there_are_none() -> None:
    """Every case of 2019 is gone in 2020: the waterfall ends at nothing, and nothing divides by it."""
    rows = [
        value(CITY, f"{quantity}_stated", number, period=period)
        for period, numbers in (("2019", (3.0, 12.0, 988_235.0)), ("2020", (0.0, 0.0, 0.0)))
        for quantity, number in zip(("cases", "workers", "amount"), numbers, strict=True)
    ]
    effects = {"cases": -988_235.0, "workers_per_case": 0.0, "amount_per_worker": 0.0}
    rows += [value(CITY, f"effect_{name}", size, base_period="2019") for name, size in effects.items()]
    frame = plotted.effects_by_factor(evidence(rows, EAST)).set_index("factor")
    assert frame.loc["workers_per_case", "previous"] == 4.0
    assert pd.isna(frame.loc["workers_per_case", "current"])
    assert frame.loc["current", "value"] == 0.0
