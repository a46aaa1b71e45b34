"""The findings of the first screen: what weighs most is told first, and bad news is never left out for good."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import round_examples as example
from claim_examples import CITY, changed, evidence, value
from ledger_examples import EAST, SOUTH, WEST

from analysis import open_round
from analysis.render.blocks import Findings, leaves
from analysis.report.claims import Headline
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import supported
from analysis.report.claims.headlines import of_problems, of_the_city, of_units, spoken
from analysis.words import Text

CODE = "rate_resolved_in_window"


def finding(weight: float, name: str, *, bad: bool = False) -> Headline:
    return Headline(weight, bad, lambda: (Text(name), Text()))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        # by weight, alike ones in the order they come in
        ([finding(0.1, "a"), finding(0.3, "b", bad=True), finding(0.1, "c"), finding(0, "d")], "bac"),
        # three good ones weigh more, and one that is bad takes the last place all the same
        ([finding(0.4, "a"), finding(0.3, "b"), finding(0.2, "c"), finding(0.1, "d", bad=True)], "abd"),
        # there is no bad news, and there are fewer than three
        ([finding(0.4, "a"), finding(0, "b")], "ab"),
    ],
)
def test_the_weightiest_speak_and_one_bad_among_them(found: list[Headline], told: str) -> None:
    assert "".join(first.plain for first, _ in spoken(found, 3)) == told


def falls(*rates: float, q: float = 0.01, blank: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the city's resolution rate of 2018, 2019 and 2020, the last step with an interval below zero."""
    years = ("2018", "2019", "2020")
    for year, rate in zip(years, rates, strict=True):
        yield value(CITY, CODE, rate, period=year)
    for place, (before, year) in enumerate(pairwise(years)):
        step = rates[place + 1] - rates[place]
        status = {"status": "partial"} if blank and year == "2019" else {}
        between = {"period": year, "base_period": before, **status}
        yield value(CITY, f"difference_{CODE}", step, lower=step - 0.02, upper=step + 0.02, **between)
    yield value(CITY, f"q_difference_{CODE}", q, base_period="2019")
    yield value(CITY, f"years_falling_{CODE}", 2 if rates[0] > rates[1] else 1, unit_of_measure="year")
    yield value(CITY, "window_days", 90)
    yield value(CITY, "rate_resolved", rates[-1], numerator=rates[-1] * 100, denominator=100)
    for code, left in ((CITY, 20), (EAST, 9), (WEST, 8), (SOUTH, 3)):
        yield value(code, "cases_unresolved", left)


def test_years_of_falls_are_told_where_the_last_is_clear() -> None:
    said = [first.plain for first, _ in rates_of(falls(0.99, 0.95, 0.80))]
    assert said == [
        "核处化解率80.0%（80/100），按受理后90天以内计算同比下降15.0个百分点，连降两年，最近一次下降明确；"
        "尚有20件未化解，半数以上在甲1县（9件）、甲2县（8件）。"
    ]
    run = Claim("moved_run", "clear_fall", (CITY,), (CODE,), ("2018", "2019", "2020"))
    assert supported(evidence(falls(0.99, 0.95, 0.80), EAST, WEST, SOUTH), run)
    # a step by what was left empty is none, and what is not clear in the end is no run
    assert not supported(evidence(falls(0.99, 0.95, 0.80, blank=True), EAST, WEST, SOUTH), run)
    assert not supported(evidence(falls(0.99, 0.95, 0.80, q=0.06), EAST, WEST, SOUTH), run)
    assert not supported(evidence(falls(0.90, 0.95, 0.80), EAST, WEST, SOUTH), run)
    assert rates_of(falls(0.99, 0.95, 0.80, q=0.06)) == []


def rates_of(rows: Iterator[dict[str, Any]]) -> list[tuple[Text, Text]]:
    """Return the findings about rates of the city, its quantities left out."""
    rows_ = [*rows, *(row for q in ("cases", "workers", "amount") for row in changed(CITY, q, 100, 99, 0.9))]
    e = evidence([*rows_, *places(EAST, WEST, SOUTH)], EAST, WEST, SOUTH)
    return [found.tell() for found in [*of_the_city(e)][1:]]


def places(*units: str) -> Iterator[dict[str, Any]]:
    """Yield that no unit's rate is judged."""
    for code in units:
        yield value(code, "rate_resolved", None)


def test_a_rate_weighs_by_what_is_left_undone() -> None:
    """From 5 to 20 of 100 undone, 15 ÷ 25, is farther than from 100 to 60 cases, 40 ÷ 160."""
    rows = [*falls(0.99, 0.95, 0.80), *changed(CITY, "cases", 100, 60, 0.01)]
    rows += [row for q in ("workers", "amount") for row in changed(CITY, q, 100, 99, 0.9)]
    quantities, rate = of_the_city(evidence(rows, EAST, WEST, SOUTH))
    assert quantities.weight == pytest.approx(40 / 160)
    assert (rate.weight, rate.bad) == (pytest.approx(15 / 25), True)
    assert not quantities.bad


def test_units_weigh_by_their_part_of_workers_and_money() -> None:
    """甲1 has 60 of 100 workers and 200 of 400 yuan of both years, 55 % on average; its cases went from 30 to 10."""
    rows = [*changed(EAST, "cases", 30, 10, 0.01), *changed(WEST, "cases", 20, 40, 0.02)]
    for code, workers, money in ((EAST, 30, 100), (WEST, 20, 100)):
        for year in ("2019", "2020"):
            rows += [value(code, "workers", workers, period=year), value(code, "amount", money, period=year)]
    fall, rise, _ = of_units(
        evidence([*rows, value(CITY, "rate_resolved", None), *places(EAST, WEST)], EAST, WEST)
    )
    assert (fall.weight, fall.bad) == (pytest.approx(0.55 * 20 / 40), False)
    assert (rise.weight, rise.bad) == (pytest.approx(0.45 * 20 / 60), True)
    assert [each.tell()[0].plain for each in (fall, rise)] == ["甲1县案件明确下降。", "甲2县案件明确上升。"]


def test_those_who_have_half_are_named_and_nobody_who_has_as_many_is_left_out() -> None:
    def named(*left: int, status: str = "reported") -> bool:
        rows = [
            value(code, "cases_unresolved", count, status=status)
            for code, count in zip((EAST, WEST, SOUTH), left, strict=True)
        ]
        claim = Claim("holding_half", "", (EAST,), ("cases_unresolved",), ("2020",))
        return supported(evidence(rows, EAST, WEST, SOUTH), claim)

    assert named(5, 3, 2)
    # half is held by two, who has half has as many as another, and nobody knows what an empty cell would say
    assert not named(4, 3, 3)
    assert not named(5, 5, 0)
    assert not named(5, 3, 2, status="partial")


def test_what_is_overdue_is_told_with_those_who_have_most() -> None:
    rows = [value(CITY, f"findings_{state}", n) for state, n in (("all", 10), ("closed", 4), ("overdue", 3))]
    rows += [value(EAST, "findings_overdue", 2), value(WEST, "findings_overdue", 1)]
    rows += [value(EAST, "workers", 30), value(WEST, "workers", 10)]
    headline = of_problems(evidence(rows, EAST, WEST), "2022年2月28日")
    # 3 of 10, in both units
    assert (headline.weight, headline.bad) == (pytest.approx(0.3), True)
    assert headline.tell()[0].plain == "整改事项逾期3项，甲1县最多，为2项。"
    none = [row | {"value": 0} if row["measure"] == "findings_overdue" else row for row in rows]
    assert of_problems(evidence(none, EAST, WEST), "2022年2月28日").weight == 0


def test_the_example_tells_the_fall_of_its_resolution_rate(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """100, 99.5, 98.5, 97.2 and 92.0 %: the last fall is clear, and 36 of 451 cases wait."""
    monkeypatch.chdir(example.computed(tmp_path_factory, "headlines"))
    (shown,) = (
        each for each in leaves(open_round("2020").page("report").summary()) if isinstance(each, Findings)
    )
    said = [(first.plain.replace("‡", ""), beside.plain) for first, beside in shown.items]
    assert len(said) == 5
    told, beside = next(each for each in said if each[0].startswith("核处化解率"))
    assert told == (
        "核处化解率92.0%（415/451），按受理后365天以内计算同比下降5.2个百分点，连降四年，最近一次下降明确；"
        "尚有36件未化解，半数以上在山海关区（11件）、抚宁区（9件）。"
    )
    assert "山海关区76.1%（35/46）明确偏低" in beside
    assert any("三项下降都明确" in first for first, _ in said)
