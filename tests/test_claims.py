"""Claims: what the rows have to carry before a sentence says it, and that one product never says the opposite too."""

from __future__ import annotations

import pytest
from claim_examples import CITY, changed, evidence, value
from ledger_examples import EAST, SOUTH, WEST

from analysis.indicators.catalogue import QUANTITIES
from analysis.report import claims
from analysis.report.claims.checks import CHECKS, say, supported
from analysis.report.claims.claim import Claim, ContradictionError, Told, UnsupportedClaimError


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
    ("lower", "upper", "title"),
    [
        (-0.6, -0.3, "欠薪案件数变化明确好于全市"),
        (0.1, 0.9, "欠薪案件数变化明确差于全市"),
        (-0.4, 0.3, "本单位与全市、其他单位对照"),
    ],
)
def test_a_change_is_better_than_the_citys_where_its_interval_holds_that_no_more(
    lower: float, upper: float, title: str
) -> None:
    limits = {"lower": lower, "upper": upper, "base_period": "2019"}
    rows = [
        value(EAST, "change_cases", -0.1, **limits),
        value(CITY, "change_cases", -0.2, base_period="2019"),
    ]
    placed = [("change_cases", "2019", "signed_percent", "low")]
    assert claims.card_place_title(evidence(rows, EAST), EAST, placed).plain == title


# ------------------------------------------------------------------------------------------- the gate


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
