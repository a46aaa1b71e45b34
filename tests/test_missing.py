"""An empty cell is never good news: every way in which one once was, with the right value worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from blanks import good_news, made_up
from claim_examples import evidence
from ledger_examples import EAST, WEST, Ledgers, arrived, clue, nil, settings
from office_examples import Office
from rule_examples import indicator, roll, round_2020, rules, rules_2020, table, value, whole_unit

from analysis import intake
from analysis.indicators import measures
from analysis.indicators.unanswered import unanswered
from analysis.indicators.values import ValueIndex
from analysis.indicators.verdicts import verdict
from analysis.intake.checks import CHECKS
from analysis.report.claims.judgements import trend_word
from analysis.results.store import Store
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import load_round
from analysis.rulebook import Reading
from analysis.rulebook.derivation import Derivation, derive, is_taken_out
from analysis.run import checking, computing
from analysis.scoring import grading, scoring
from analysis.trends import trends
from analysis.words import words

Rows = list[dict[str, Any]]
EVENTS = frozenset({"events"})
#: where the first clue of `Office` stands, behind four rows of heads
FIRST = 4


def clues(*many: tuple[int, Mapping[str, Any]]) -> Rows:
    """Return so many clues of EAST of each kind; a kind says its day and what differs from a resolved case."""
    usual = {"resolved_on": "2020-08-01", "closed_on": "2020-08-01", "amount": 100_00, "amount_paid": 100_00}
    return [clue(EAST, **{**usual, **said}) for number, said in many for _ in range(number)]


def emptied(rows: Rows, field: str, number: int) -> Rows:
    """Return rows with a field left empty in the last so many."""
    return [*rows[: len(rows) - number], *({**row, field: pd.NA} for row in rows[len(rows) - number :])]


def values_of(ledgers: Ledgers, **changed: Any) -> ValueIndex:
    return ValueIndex(measures.compute(ledgers, settings(**changed)).values)


def judged(ledgers: Ledgers, quantity: str) -> str:
    """Return the verdict on a change of EAST."""
    index, measure = values_of(ledgers), f"change_{quantity}"
    rows = (index.get(EAST, "2020", code, "2019") for code in (measure, f"q_{measure}"))
    change, chance = rows
    assert change is not None
    return verdict(change, chance)


def points(ledgers: Ledgers, item: str, unit: str = EAST, **changed: Any) -> float:
    """Return the points of a unit for an item of the example's rules."""
    values = measures.compute(ledgers, settings(**changed)).values
    scores = scoring.score(
        values, rules_2020(), ledgers.roll, round_2020().settings, sentences=False, catalogue=words("zh")
    )
    return float(scores.set_index("id").loc[f"score.{unit}.{item}", "points"])


# ── the ways in which it once was ────────────────────────────────────────────────────────────────────────────────────


def test_where_no_case_says_whether_it_is_one_there_are_not_none() -> None:
    """由 48 件降至 0 件 stood there: two clues not looked into owe no answer, and say nothing of the others."""
    before = [clue(EAST, "2019-05-01") for _ in range(48)]
    unasked = clues((2, {"checked": False, "confirmed": pd.NA}))
    silent = [*before, *unasked, *clues((38, {"confirmed": pd.NA}))]
    index = values_of(arrived(clues=silent))
    for quantity in ("cases", "workers", "amount", "clues_confirmed", "amount_paid"):
        assert index.row(EAST, "2020", quantity)["status"] == "not_reported", quantity
    for quantity in ("cases", "workers", "amount"):
        assert index.row(EAST, "2020", f"change_{quantity}", "2019")["status"] == "not_reported", quantity
    # one of them that was found untrue says so: as stated there is no case, and that is incomplete
    one = [*silent, *clues((1, {"confirmed": False}))]
    row = values_of(arrived(clues=one)).row(EAST, "2020", "cases")
    assert (row["value"], row["status"]) == (0.0, "partial")
    # and no clue looked into is no case, which leaves nothing open
    row = values_of(arrived(clues=[*before, *unasked])).row(EAST, "2020", "cases")
    assert (row["value"], row["status"]) == (0.0, "reported")


def test_cases_that_state_they_are_unresolved_are_an_answer() -> None:
    """Five unresolved cases and one clue that may be a resolved one: none is resolved as stated."""
    rows = [*clues((5, {"resolved_on": None})), *clues((1, {"confirmed": pd.NA}))]
    row = values_of(arrived(clues=rows)).row(EAST, "2020", "clues_resolved")
    assert (row["value"], row["status"]) == (0.0, "partial")


def test_what_nobody_says_was_due_is_not_nothing_to_assess() -> None:
    """Filed in 2 of 4 cases: (50 − 35) ÷ (95 − 35) of 6 points are 1.50; nothing said of any is 未报: none."""
    rows = clues((2, {"file_due": True, "filed": True}), (2, {"file_due": True, "filed": False}))
    rows += clues((3, {"file_due": False, "filed": False}))
    assert points(arrived(clues=rows), "6.1") == 1.50
    silent = arrived(clues=emptied(rows, "file_due", len(rows)))
    assert values_of(silent).row(EAST, "2020", "rate_filed")["status"] == "not_reported"
    assert points(silent, "6.1") == 0.00
    # of one case that was not filed nobody says whether it had to be: 2 of 3 as stated, 2 of 4 as scored
    one = [rows[0], rows[1], rows[2], {**rows[3], "file_due": pd.NA}, *rows[4:]]
    assert values_of(arrived(clues=one)).row(EAST, "2020", "rate_filed")["value"] == pytest.approx(2 / 3)
    assert points(arrived(clues=one), "6.1") == 1.50


@pytest.mark.parametrize("item", ["4.1", "4.2", "6.1"])
def test_a_file_without_the_columns_reports_nothing(item: str) -> None:
    rows = clues((4, {"file_due": True, "filed": True, "list_due": True, "listed": True}))
    rows = [{**row, "publish_due": True, "published": True} for row in rows]
    full = {"4.1": 4.0, "4.2": 4.0, "6.1": 6.0}[item]
    assert points(arrived(clues=rows), item) == full
    ledgers = arrived(clues=rows)
    lacking = ["file_due", "list_due", "publish_due"]
    ledgers.ledgers["clues"] = ledgers.ledgers["clues"].assign(**dict.fromkeys(lacking, pd.NA))
    ledgers.columns = ledgers.columns[~ledgers.columns["field"].isin(lacking)]
    assert points(ledgers, item) == 0.0


def test_a_case_nobody_says_was_found_true_stays_in_the_resolution_rate() -> None:
    """8 of 10 resolved: 80 %, 18 points short of 98 %, 0.3 off for each: 7 − 5.40 = 1.60, whatever is emptied."""
    rows = clues((8, {}), (2, {"resolved_on": pd.NaT}))
    assert points(arrived(clues=rows), "5.2") == 1.60
    open_ones = arrived(clues=emptied(rows, "confirmed", 2))
    row = values_of(open_ones).row(EAST, "2020", "rate_resolved")
    assert (row["numerator"], row["denominator"], row["status"]) == (8, 8, "partial")
    assert points(open_ones, "5.2") == 1.60
    assert points(arrived(clues=emptied(rows, "confirmed", 10)), "5.2") == 0.00


def test_a_resolved_case_nobody_says_was_found_true_is_left_out_where_that_is_worse() -> None:
    """9 of 10 resolved; one resolved case open: in it 9/10, out of it 8/9 = 88.89 %: 7 − 9.11 × 0.3 = 4.27."""
    rows = clues((1, {"resolved_on": pd.NaT}), (9, {}))
    assert points(arrived(clues=emptied(rows, "confirmed", 1)), "5.2") == 4.27


def test_what_nobody_says_was_paid_is_not_paid() -> None:
    """900 of 1,000 yuan: 90 %, 5 short of 95 %, 0.2 off each: 3.00. Without the two of 50: 800 of 1,000: 1.00."""
    rows = clues((8, {}), (2, {"amount_paid": 50_00}))
    assert points(arrived(clues=rows), "5.4") == 3.00
    silent = arrived(clues=emptied(rows, "amount_paid", 2))
    assert values_of(silent).row(EAST, "2020", "rate_paid")["value"] == 0.8
    assert points(silent, "5.4") == 1.00


def test_half_of_the_headcounts_is_no_fall() -> None:
    """100 people in both years. Half of this year's unstated: 50 are printed, 50 + 5 × 10 are scored: no fall."""
    rows = clues((10, {"received_on": "2019-05-01"}), (10, {}))
    silent = arrived(clues=emptied(rows, "workers", 5))
    row = values_of(silent).row(EAST, "2020", "change_workers", "2019")
    assert (row["value"], row["status"], judged(silent, "workers")) == (-0.5, "partial", "incomplete")
    assert np.isnan(row["lower"])
    assert np.isnan(row["upper"])
    assert points(silent, "5.6") == 0.00


def test_a_petition_nobody_says_was_verified_counts() -> None:
    """Two petitions cost 2 × 0.5 of 3 points; one of them unverified is printed as one and scored as two."""
    petition = {"unit": EAST, "occurred_on": "2020-05-01", "kind": "beijing", "people": 3, "verified": True}
    both, one = ([petition, petition], [petition, {**petition, "verified": pd.NA}])
    assert points(arrived(events=both), "5.8") == 2.00
    assert values_of(arrived(events=one)).row(EAST, "2020", "petitions")["value"] == 1
    assert points(arrived(events=one), "5.8") == 2.00
    assert points(arrived(events=emptied(both, "verified", 2)), "5.8") == 0.00


def test_a_base_made_small_by_empty_cells_does_not_earn_the_citys_decline() -> None:
    """EAST has 12 cases in both years: no decline. The city fell from 112 to 12; only 9 base cases are left stated."""
    rows = clues((12, {}), (12, {"received_on": "2019-05-01"}))
    others = [clue(WEST, "2019-05-01") for _ in range(100)] + [clue(WEST, confirmed=False)]
    assert points(arrived(clues=[*rows, *others]), "5.5") == 0.00
    silent = arrived(clues=[*emptied(rows, "confirmed", 3), *others])
    # nor is it said to have too few cases: 9 to 12 of them are no small base for certain
    assert values_of(silent).row(EAST, "2020", "change_cases", "2019")["status"] == "partial"
    assert judged(silent, "cases") == "incomplete"
    assert points(silent, "5.5") == 0.00


@pytest.mark.parametrize(
    ("before", "found_untrue", "emptied_ones", "said"),
    [
        # 9 stated and none open: too few. With one open cell there are 9 or 10, however many others are stated
        (9, 20, 0, "too_few"),
        (9, 20, 1, "incomplete"),
        # 8 and one open are 9 at most: too few, whatever it says
        (8, 2, 1, "too_few"),
        # none stated: no base where all are said to be untrue, and any number where they say nothing
        (0, 12, 0, "zero_base"),
        (0, 12, 1, "incomplete"),
        (0, 12, 11, "incomplete"),
    ],
)
def test_a_base_is_small_or_zero_only_where_every_filling_makes_it_so(
    before: int, found_untrue: int, emptied_ones: int, said: str
) -> None:
    """Nine cases this year; those of last year were found true, found untrue, or nobody says what they were."""
    last = {"received_on": "2019-05-01"}
    untrue = clues((found_untrue, {**last, "confirmed": False}))
    rows = clues((9, {}), (before, last))
    silent = arrived(clues=[*rows, *emptied(untrue, "confirmed", emptied_ones)])
    assert {judged(silent, quantity) for quantity in ("cases", "workers", "amount")} == {said}


@pytest.mark.parametrize(("open_ones", "said"), [(0, "small_base"), (1, "incomplete")])
def test_a_series_begins_with_too_few_only_where_every_filling_says_so(open_ones: int, said: str) -> None:
    """Nine cases in the first of five years, thirty in the others, and in the first perhaps a tenth."""
    first = {"received_on": "2016-05-01"}
    rows = [
        *clues((9, first), (20, {**first, "confirmed": False}), (open_ones, {**first, "confirmed": pd.NA}))
    ]
    rows += clues(*((30, {"received_on": f"{year}-05-01"}) for year in (2017, 2018, 2019, 2020)))
    ledgers, history = arrived((EAST,), clues=rows), [str(year) for year in range(2016, 2021)]
    of = settings(history=history)
    values = measures.compute(ledgers, of).values
    found = trends.compute(values, ledgers.roll, of)
    e = evidence(rows_of(pd.concat([values, found])), EAST, history=history)
    assert trend_word(e, EAST, "cases") == said


def test_a_step_of_which_half_is_left_empty_has_no_direction() -> None:
    """Twenty cases in both years; of this year's the half says nothing: 20 to 10 is no fall."""
    rows = [*clues((20, {"received_on": "2019-05-01"})), *emptied(clues((20, {})), "confirmed", 10)]
    ledgers, of = arrived((EAST,), clues=rows), settings(history=["2019", "2020"])
    found = ValueIndex(trends.compute(measures.compute(ledgers, of).values, ledgers.roll, of))
    step = found.row(EAST, "2020", "direction_cases", "2019")
    assert (step["numerator"], step["denominator"], step["status"]) == (10, 20, "partial")
    assert np.isnan(step["value"])


def test_ten_cases_stated_are_no_small_base_whatever_else_is_open() -> None:
    """9 this year, 10 or 11 last year: 30 of 31 rows say which, enough to call nothing clear."""
    last = {"received_on": "2019-05-01"}
    untrue = emptied(clues((21, {**last, "confirmed": False})), "confirmed", 1)
    assert judged(arrived(clues=[*clues((9, {}), (10, last)), *untrue]), "cases") == "not_clear"


def test_an_emptied_unit_is_not_told_to_have_too_few_cases() -> None:
    """What was untrue is still said to be; all that was true is emptied, in both years, in one unit of two."""
    last = {"received_on": "2019-05-01"}
    true_ones = clues((20, {}), (20, last))
    rows = [
        *clues((2, {"confirmed": False}), (2, {**last, "confirmed": False})),
        *emptied(true_ones, "confirmed", 40),
    ]
    others = [clue(WEST, day) for day in ("2019-05-01", "2020-05-01") for _ in range(40)]
    ledgers = arrived(clues=[*rows, *others])
    assert {judged(ledgers, quantity) for quantity in ("cases", "workers", "amount")} <= {
        "incomplete",
        "not_reported",
    }
    assert points(ledgers, "5.5") == 0.00


def test_a_unit_on_a_small_base_does_not_move_the_citys_decline_by_its_own_empty_cells() -> None:
    """The city fell from 140 people to 130: 7.1 % of 15 % are 1.43 of 3 points; three empty cells make it no −29 %."""
    rows = clues((4, {"workers": 10, "received_on": "2019-05-01"}), (4, {"workers": 10}))
    others = [clue(WEST, "2019-05-01", workers=10) for _ in range(10)]
    others += [clue(WEST, workers=10) for _ in range(9)]
    assert points(arrived(clues=[*rows, *others]), "5.6") == 1.43
    assert points(arrived(clues=[*emptied(rows, "workers", 3), *others]), "5.6") <= 1.43


# ── a whole value that is not reported ───────────────────────────────────────────────────────────────────────────────


def unreported(rule: Mapping[str, Any], floor: int, partial: str = "worst") -> float:
    """Return the points of an item of 4 for a value nobody reported, under `missing: no_points`."""
    item = indicator(rule, "change_cases", "4", read="decline", direction="down", floor=floor)
    declared = rules_2020().declared(item).model_copy(update={"partial": partial})
    return float(derive(EAST, item, declared, Reading("change_cases", "not_reported")).points)


FALL = {"shape": "shortfall", "full_at": "10%", "each": "1%", "off": 1}
FALL_PART = {"name": "降幅", "points": 2, "read": "decline", "direction": "down", "rule": FALL}
LISTED = {
    "shape": "items",
    "items": [
        {"name": "两项都降", "when": {"measure": measure, "at_least": "5%"}, "points": 2}
        for measure in ("rate_filed", "rate_listed")
    ],
}


@pytest.mark.parametrize(
    ("rule", "floor", "partial", "given"),
    [
        (FALL, 0, "worst", 0),
        # a rise costs three points: so does silence (docs/decisions/silence-below-zero.md)
        (FALL, -3, "worst", -3),
        (FALL, -3, "as_stated", 0),
        # what is there or not takes nothing away
        (LISTED, -3, "worst", 0),
    ],
)
def test_silence_is_worth_nothing_and_no_more_than_the_worst_answer(
    rule: Mapping[str, Any], floor: int, partial: str, given: float
) -> None:
    assert unreported(rule, floor, partial) == given


def on(rule: Mapping[str, Any], asked: Reading, partial: str = "worst", **more: Any) -> Derivation:
    """Return the derivation of an item of 10 points, all cases filed, of which another measure is asked first."""
    item = indicator(rule, "rate_filed", **more)
    declared = item.declared_over(rules_2020().declared(item)).model_copy(update={"partial": partial})
    filed = Reading("rate_filed", "reported", Fraction(1), Fraction(5), Fraction(5))
    return derive(EAST, item, declared, filed, others={asked.measure: asked})


PROPORTIONAL = {"shape": "proportional"}
LISTING = {"measure": "rate_listed", "at_least": "50%"}
SILENT = Reading("rate_listed", "not_reported")
#: as of a year of which a month is missing: one petition is stated, and nothing says how many there are
ENDLESS = Reading("petitions", "partial", Fraction(1), counted="event", fillings=None)
FEW = {"measure": "petitions", "at_most": 2}


@pytest.mark.parametrize(
    ("asked", "given", "out"),
    [
        (Reading("rate_listed", "reported", Fraction(2, 5), Fraction(2), Fraction(5)), 0, True),
        (Reading("rate_listed", "reported", Fraction(3, 5), Fraction(3), Fraction(5)), 10, False),
        # no case had to be listed: that is an answer, and no reason to leave the item out
        (Reading("rate_listed", "not_applicable", None, Fraction(0), Fraction(0)), 10, False),
        (SILENT, 0, False),
    ],
)
def test_whether_an_item_applies_is_not_decided_by_saying_nothing(
    asked: Reading, given: float, out: bool
) -> None:
    """An item that did not apply was taken out of the total; with the column emptied it gave its ten points."""
    found = on(PROPORTIONAL, asked, applies_when=LISTING)
    assert (float(found.points), is_taken_out(found)) == (given, out)


def test_whether_there_is_something_to_assess_is_not_decided_by_saying_nothing() -> None:
    """Taken out where less than half is listed: where nobody says, the points are lost, not made good elsewhere."""
    nothing = {"nothing_when": {"measure": "rate_listed", "below": "50%"}}
    found = on(PROPORTIONAL, SILENT, **nothing, exceptions={"nothing_to_assess": "taken_out"})
    assert (float(found.points), is_taken_out(found)) == (0, False)
    # full points are no less than what the rule gives
    assert float(on(PROPORTIONAL, SILENT, **nothing).points) == 10


@pytest.mark.parametrize(("partial", "points"), [("worst", 0), ("as_stated", 10)])
def test_a_condition_on_what_may_be_any_number_is_not_met(partial: str, points: float) -> None:
    """One petition is stated and a month is missing: not known to be two at most."""
    assert float(on({"shape": "all_or_nothing", "when": FEW}, ENDLESS, partial).points) == points
    items = {"shape": "items", "items": [{"name": "少", "when": FEW, "points": 10}]}
    assert float(on(items, ENDLESS, partial).points) == points
    short = {"shape": "shortfall", "full_at": "110%", "each": "1%", "off": 1}
    assert float(on(short, ENDLESS, partial, waived_when=FEW).points) == points
    assert float(on(PROPORTIONAL, ENDLESS, partial, applies_when=FEW).points) == points


def test_a_case_that_hangs_on_silence_costs_what_the_worst_case_costs() -> None:
    """Down to −3 where more than two went up: silence is worth that, as everywhere (silence-below-zero.md)."""
    dear = {"shape": "shortfall", "full_at": "120%", "each": "1%", "off": 1}
    rule = {
        "shape": "first",
        "cases": [{"when": {"measure": "petitions", "above": 2}, "rule": dear}],
        "otherwise": PROPORTIONAL,
    }
    asked = Reading("petitions", "not_reported")
    assert float(on(rule, asked, floor=-3).points) == -3
    assert float(on(rule, asked).points) == 0


def test_of_a_sum_only_the_part_is_lost_that_nobody_reported() -> None:
    """2 of 4 points for the part that is reported; the other, down to −1 by its own floor, costs its one point."""
    parts = [
        {**FALL_PART, "code": "a", "measure": "change_cases", "floor": 0},
        {**FALL_PART, "code": "b", "measure": "change_workers", "floor": 0},
        {**FALL_PART, "code": "b", "measure": "change_workers", "floor": -1},
    ]
    fell = Reading(
        "change_cases", "reported", Fraction(-1, 5), Fraction(8), Fraction(10), base_cases=Fraction(10)
    )
    silent = {"change_workers": Reading("change_workers", "not_reported")}
    for second, given in ((1, 2), (2, 1)):
        rule = {"shape": "sum", "parts": [parts[0], parts[second]]}
        item = indicator(rule, "change_cases", "4", read="decline", direction="down")
        found = derive(EAST, item, rules_2020().declared(item), fell, others=silent)
        assert float(found.points) == given


# ── what counts as open, and how far ─────────────────────────────────────────────────────────────────────────────────


def bounds(ledgers: Ledgers, measure: str) -> list[tuple[float, float]]:
    """Return numerator and denominator of the lowest and the highest filling."""
    index = values_of(ledgers)
    rows = (index.row(EAST, "2020", f"{bound}_{measure}") for bound in ("lowest", "highest"))
    return [(row["numerator"], row["denominator"]) for row in rows]


def test_a_row_is_filled_in_only_as_far_as_what_it_says_allows() -> None:
    said = [
        {},  # resolved
        {"resolved_on": pd.NaT},  # not resolved
        {"confirmed": pd.NA},  # resolved if it was found true: in with a yes, or out
        {"confirmed": pd.NA, "resolved_on": pd.NaT},  # in with a no, or out
        {"confirmed": False, "resolved_on": pd.NaT},  # out
        {"confirmed": pd.NA, "checked": False, "resolved_on": pd.NaT},  # not looked into: owes no answer
    ]
    ledgers = arrived(clues=clues(*((1, row) for row in said)))
    assert bounds(ledgers, "rate_resolved") == [(1, 3), (2, 3)]


def test_a_headcount_lies_between_nothing_and_the_largest_of_the_two_periods() -> None:
    rows = clues(
        (1, {"received_on": "2019-05-01", "workers": 30}), (2, {"workers": 10}), (1, {"workers": pd.NA})
    )
    index = values_of(arrived(clues=rows))
    found = [index.row(EAST, "2020", f"{bound}_workers")["value"] for bound in ("lowest", "highest")]
    assert found == [20, 50]


def test_an_amount_owed_but_not_stated_is_the_largest_and_unpaid() -> None:
    rows = clues((1, {"amount": 300_00, "amount_paid": 300_00}), (1, {"amount": pd.NA, "amount_paid": pd.NA}))
    assert bounds(arrived(clues=rows), "rate_paid") == [(300.0, 600.0), (300.0, 300.0)]


def test_what_may_be_outside_a_rate_comes_in_only_to_lower_it() -> None:
    """A case that may not be true pays 50 of 100: in it the rate is 350/500, out of it 300/400; the lower counts."""
    rows = clues((4, {"amount": 100_00, "amount_paid": 75_00}), (1, {"amount": 100_00, "amount_paid": 50_00}))
    assert bounds(arrived(clues=emptied(rows, "confirmed", 1)), "rate_paid") == [
        (350.0, 500.0),
        (300.0, 400.0),
    ]


def test_a_few_empty_cells_leave_a_verdict_that_holds_for_every_filling() -> None:
    """Of 100 cases each year 20 % fewer are no clear fall; emptying 4 of this year's must not make it one."""
    rows = clues((100, {"received_on": "2019-05-01"}), (76, {}))
    whole, some = arrived(clues=rows), arrived(clues=emptied(rows, "confirmed", 3))
    stated, silent = (values_of(each).row(EAST, "2020", "change_cases", "2019") for each in (whole, some))
    assert silent["value"] < stated["value"]
    assert (judged(whole, "cases"), judged(some, "cases")) == ("not_clear", "not_clear")
    assert silent["upper"] == stated["upper"]


@pytest.mark.parametrize(
    ("before", "now", "enough"),
    [
        ((0, 100), (0, 100), True),
        ((4, 96), (0, 100), True),
        ((6, 94), (0, 100), False),
        ((11, 89), (11, 89), False),
    ],
)
def test_no_verdict_where_coverage_is_low_or_differs(
    before: tuple[int, int], now: tuple[int, int], enough: bool
) -> None:
    rows = [
        row
        for year, (blank, stated) in (("2019", before), ("2020", now))
        for number, workers in ((blank, pd.NA), (stated, 3))
        for row in clues((number, {"received_on": f"{year}-05-01", "workers": workers}))
    ]
    assert (judged(arrived(clues=rows), "workers") != "incomplete") == enough


# ── vetoes, grades ───────────────────────────────────────────────────────────────────────────────────────────────────


def graded(measure: str, **said: float | str) -> tuple[str, str]:
    """Return grade and clause of a unit that does well, were it not for what is said of one measure."""
    rows = [row for row in whole_unit(EAST) if row["measure"] != measure]
    rows.append(value(EAST, measure, value=said["value"], status=said["status"], unit_of_measure="event"))
    bounds = (f"{bound}_{measure}" for bound in ("lowest", "highest"))
    rows += [value(EAST, bound, value=said[bound.split("_")[0]], status="partial") for bound in bounds]
    values, units = table(rows), roll(EAST)
    scores = scoring.official(
        scoring.score(
            values, rules_2020(), units, round_2020().settings, sentences=False, catalogue=words("zh")
        )
    )
    row = grading.grade(
        scores, values, rules_2020(), units, round_2020().settings, catalogue=words("zh")
    ).iloc[0]
    return row["grade"], row["clause"]


@pytest.mark.parametrize(
    ("measure", "said", "grade"),
    [
        ("events_mass", {"status": "reported", "value": 2, "lowest": 2, "highest": 2}, "C"),
        # one stated, and one more that nobody says was verified
        ("events_mass", {"status": "partial", "value": 1, "lowest": 1, "highest": 2}, ""),
        # however it is answered, there are not two
        ("events_mass", {"status": "partial", "value": 0, "lowest": 0, "highest": 1}, "A"),
        # two are taken, whatever a third one was
        ("events_mass", {"status": "partial", "value": 2, "lowest": 2, "highest": 3}, "C"),
        # a stated fact among the conditions of A
        ("emergency_fund", {"status": "not_reported", "value": float("nan"), "lowest": 0, "highest": 1}, ""),
    ],
)
def test_a_fact_that_hangs_on_an_empty_cell_is_neither_taken_nor_cleared(
    measure: str, said: dict[str, Any], grade: str
) -> None:
    given, clause = graded(measure, **said)
    assert given == grade
    assert clause.startswith("待定：") == (not grade)


def test_a_gate_is_passed_only_if_it_is_for_every_filling() -> None:
    """60 % of accounts are asked for: 7 of 10 stated pass, 7 of 12 with the blanks counted as no do not."""
    stated = {"status": "partial", "value": 0.7, "lowest": 7 / 12, "highest": 9 / 12}
    given, clause = graded("coverage_account", **stated)
    assert given == "B"
    assert "58.33%" in clause


def test_the_mass_incident_nobody_says_was_verified_leaves_a_veto_open() -> None:
    mass = {
        "unit": WEST,
        "occurred_on": "2020-05-01",
        "kind": "mass",
        "people": 80,
        "government_funded": "yes",
    }
    for said in ({"verified": pd.NA}, {"verified": True, "people": pd.NA}):
        index = values_of(arrived(events=[{**mass, **said}]))
        for measure in ("events_mass", "events_mass_government"):
            bounds = [
                index.row(WEST, "2020", f"{bound}_{measure}")["value"] for bound in ("lowest", "highest")
            ]
            assert bounds == [0, 1]


@pytest.mark.parametrize(
    ("fills", "grade"), [(frozenset[str](), ""), (EVENTS, "A")], ids=["the unit fills it", "the city does"]
)
def test_a_ledger_without_a_row_clears_no_veto_where_the_unit_fills_it(
    fills: frozenset[str], grade: str
) -> None:
    """EAST lists no incident and hands in no nil return; WEST lists one petition. Nothing else lacks for an A."""
    petition = {"unit": WEST, "occurred_on": "2020-05-01", "kind": "beijing", "people": 3, "verified": True}
    ledgers = replace(arrived(clues=clues((12, {})), events=[petition]), by_city=fills)
    counted = measures.compute(ledgers, settings()).values
    incidents = counted["measure"].str.contains("events_")
    own = counted[incidents & (counted["unit"] == EAST) & (counted["period"] == "2020")]
    assert set(own.loc[~own["measure"].str.startswith("lowest_"), "status"]) == {"not_reported"}
    rows = [row for row in whole_unit(EAST) if not row["measure"].startswith("events_")]
    values = pd.concat([table(rows), own], ignore_index=True)
    scores = scoring.official(
        scoring.score(
            values, rules_2020(), roll(EAST), round_2020().settings, sentences=False, catalogue=words("zh")
        )
    )
    row = grading.grade(
        scores, values, rules_2020(), roll(EAST), round_2020().settings, catalogue=words("zh")
    ).iloc[0]
    assert row["grade"] == grade


def test_a_nil_return_clears_the_veto() -> None:
    ledgers = replace(arrived(clues=clues((12, {}))), by_city=frozenset())
    index = values_of(ledgers, nil_returns=nil("events", EAST, 2020))
    assert index.row(EAST, "2020", "events_mass")["value"] == 0
    assert index.get(EAST, "2020", "lowest_events_mass") is None


# ── told with its address ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_unanswered_cell_is_told_with_its_address() -> None:
    rows = clues((1, {}), (1, {"workers": pd.NA}), (1, {"confirmed": pd.NA, "checked": True}))
    rows += clues((1, {"confirmed": False, "workers": pd.NA}))
    events = [{"unit": WEST, "occurred_on": "2020-05-01", "kind": "province", "verified": pd.NA}]
    ledgers = arrived(clues=rows, events=events)
    told = [
        (fault.check, fault.unit, fault.file, fault.cell, fault.severity)
        for fault in unanswered(ledgers, settings(), EVENTS)
        if fault.details["field"] in ("workers", "confirmed", "verified")
    ]
    assert told == [
        ("unanswered", EAST, "clues.xlsx", "F8", "warns"),
        ("unanswered", EAST, "clues.xlsx", "I7", "warns"),
        ("unanswered_by_city", WEST, "events.xlsx", "I6", "blocks"),
    ]


def test_a_column_that_only_some_sheets_have_is_told_once() -> None:
    ledgers = arrived(clues=[*clues((3, {})), *(clue(WEST) for _ in range(2))])
    frame = ledgers.ledgers["clues"]
    ledgers.ledgers["clues"] = frame.assign(file=np.where(frame["unit"] == WEST, "west.xlsx", "clues.xlsx"))
    ledgers.ledgers["clues"]["file_due"] = frame["file_due"].mask(frame["unit"] == EAST, True)
    of_west = ledgers.columns[
        (ledgers.columns["ledger"] == "clues") & (ledgers.columns["field"] != "file_due")
    ]
    ledgers.columns = pd.concat([ledgers.columns, of_west.assign(file="west.xlsx")])
    told = [
        (fault.check, fault.unit, fault.file, fault.details["field"])
        for fault in unanswered(ledgers, settings(), frozenset())
        if fault.check == "column_unanswered"
    ]
    assert told == [("column_unanswered", WEST, "west.xlsx", "file_due")]


def test_a_column_the_maps_leave_unread_is_asked_of_nobody() -> None:
    """The unit handed it in; the office put it under `ignored`."""
    ledgers = arrived(clues=[*clues((3, {})), *(clue(WEST) for _ in range(2))])
    frame = ledgers.ledgers["clues"]
    ledgers.ledgers["clues"] = frame.assign(file=np.where(frame["unit"] == WEST, "west.xlsx", "clues.xlsx"))
    of_west = ledgers.columns[
        (ledgers.columns["ledger"] == "clues") & (ledgers.columns["field"] != "file_due")
    ]
    ledgers.columns = pd.concat([ledgers.columns, of_west.assign(file="west.xlsx")])
    sheet = ledgers.ledgers["clues"]["sheet"].iloc[0]

    def told(*aside: tuple[str, str, str, str]) -> list[str]:
        faults = unanswered(ledgers, settings(), frozenset(), aside)
        return [fault.details["field"] for fault in faults if fault.check == "column_unanswered"]

    assert told() == ["file_due"]
    assert told(("clues", "west.xlsx", sheet, "file_due")) == []
    assert told(("clues", "clues.xlsx", sheet, "file_due")) == ["file_due"]


def test_what_the_city_fills_in_in_a_ledger_of_units_is_asked_of_the_city() -> None:
    projects = [{"unit": EAST, "account": "yes", "sampled": sampled} for sampled in (True, pd.NA)]
    told = [
        (fault.check, fault.unit, CHECKS[fault.check].mended_by)
        for fault in unanswered(arrived(projects=projects), settings(), EVENTS)
        if fault.details["field"] == "sampled"
    ]
    assert told == [("unanswered_of_city", EAST, "office")]


def test_rows_that_were_there_at_the_last_run_are_missed(tmp_path: Path) -> None:
    office = Office(tmp_path)
    # the total of the ledger is no matter here
    del office.clues[-1], office.maps["ledgers"]["clues"]["footer"]
    office.write()
    whole = checking.check(tmp_path, "2020")
    assert whole.declared is not None
    assert whole.arrived is not None
    of = whole.declared.round
    kept = Store(of.processed_in("zh"))
    for name, frame in computing.of_intake(whole.arrived, of.settings.money).items():
        kept.write(name, frame)

    def missed() -> list[tuple[str, str, dict[str, str]]]:
        found = checking.check(tmp_path, "2020").faults
        return [
            (fault.sheet, fault.unit, dict(fault.details)) for fault in found if fault.check == "rows_lost"
        ]

    assert missed() == []
    gone = whole.arrived.ledgers["clues"].iloc[0]
    office.clues[FIRST][0] = "A-9"
    office.write()
    assert missed() == [(gone["sheet"], gone["unit"], {"numbers": gone["no"], "rows": "1"})]


def test_the_maps_say_who_fills_a_ledger_for_every_stage(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert "clues" not in office.read().by_city
    office.maps["ledgers"]["clues"]["filled_by"] = "city"
    assert office.read().by_city == intake.filled_by_city(load_round(tmp_path, "2020")) >= {"clues", "events"}


# ── the property ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(8))
def test_emptying_cells_is_never_good_news_for_the_unit(seed: int) -> None:
    """Eight made-up rounds, twenty random cases each: one cell, half of a column, or all of it (more: `make fuzz`)."""
    trial, generator = made_up(seed), np.random.default_rng(seed)
    for case, _ in zip(trial.cases(generator), range(20), strict=False):
        assert trial.excused(case) or good_news(case.unit, trial.before, trial.after(case)) == [], case


#: A asks for few cases left undone and few incidents, C takes who has many
MORE_IS_WORSE = {
    "slots": {"vetoed": "freed", "barred": "freed"},
    "A": {
        "all_of": [
            {"kind": "top", "places": 1},
            {"kind": "below", "measure": "backlog", "below": 3},
            {"kind": "count_at_most", "measures": ["events_mass", "petitions"], "number": 1, "name": "事件"},
        ]
    },
    "C": {
        "any_of": [
            [{"kind": "veto"}],
            [{"kind": "gate", "measure": "backlog", "at_least": 4}],
        ]
    },
    "otherwise": "B",
}


@pytest.mark.parametrize("seed", [1104, 1107, 1109, 1111])
def test_it_is_none_where_more_is_worse_either(seed: int) -> None:
    """As above, with conditions that ask for little; at these seeds taking the lowest filling is noticed."""
    trial, generator = made_up(seed, rules(grades=MORE_IS_WORSE)), np.random.default_rng(seed)
    asked = (case for case in trial.cases(generator) if case.field in {"confirmed", "verified"})
    for case, _ in zip(asked, range(10), strict=False):
        assert trial.excused(case) or good_news(case.unit, trial.before, trial.after(case)) == [], case
