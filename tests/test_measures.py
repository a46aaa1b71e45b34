"""Hand-worked examples of every definition, and what must not change a value."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ledger_examples import CITY, EAST, SOUTH, WEST, Ledgers, arrived, clue, nil, settings

from analysis.indicators import extra_variance, measures
from analysis.indicators.catalogue import (
    IN_WINDOW,
    MEASURES,
    QUANTITIES,
    is_known,
    known_measures,
    of,
    rises_are_good,
)
from analysis.indicators.values import STATUSES, USABLE, ValueIndex
from analysis.rounds.rounds import Break
from analysis.statistics import change_in_counts

NIL_ELSEWHERE = [*nil("clues", WEST, 2018, 2019, 2020), *nil("clues", SOUTH, 2018, 2019, 2020)]
EVENTS_NIL = [*nil("events", WEST, 2020), *nil("events", SOUTH, 2020)]


def measured(ledgers: Ledgers, **changed: Any) -> ValueIndex:
    return ValueIndex(measures.compute(ledgers, settings(**changed)).values)


def value(index: ValueIndex, unit: str, measure: str, period: str = "2020", base: str = "") -> Any:
    """Return value and status; the status alone where there is no value."""
    row = index.row(unit, period, measure, base)
    return (row["value"], row["status"]) if row["status"] in USABLE else row["status"]


def parts(
    index: ValueIndex, unit: str, measure: str, period: str = "2020", base: str = ""
) -> tuple[float, float]:
    row = index.row(unit, period, measure, base)
    return row["numerator"], row["denominator"]


# --------------------------------------------------------------------------------------------- clues


def test_clues_that_state_their_year_only_count_in_the_year_and_in_no_part_of_it() -> None:
    of_year = [clue(EAST, None, year=2019), clue(EAST, None, year=2020), clue(EAST, None, year=2020)]
    index = measured(arrived(clues=[*of_year, clue(WEST, "2020-03-01")]), history=["2019", "2020", "2020H1"])
    assert value(index, EAST, "cases", "2019") == (1, "reported")
    assert value(index, EAST, "cases") == (2, "reported")
    # a part of the year is unknown, and not zero
    assert value(index, EAST, "cases", "2020H1") == "not_reported"
    assert value(index, WEST, "cases", "2020H1") == (1, "reported")
    # with a row of a known day beside them a part of it is known
    index = measured(arrived(clues=[*of_year, clue(EAST, "2020-03-01")]), history=["2019", "2020", "2020H1"])
    assert value(index, EAST, "cases") == (3, "reported")
    assert value(index, EAST, "cases", "2020H1") == (1, "partial")


def test_a_clue_counts_in_the_period_it_was_received_in_as_a_nested_cohort() -> None:
    index = measured(
        arrived(
            clues=[
                clue(EAST, "2020-01-01", checked=False, confirmed=False),
                clue(EAST, "2020-06-30", confirmed=False, closed_on="2020-07-30"),
                clue(EAST, "2020-12-31", resolved_on="2021-01-15"),
                clue(EAST, "2021-01-01"),
                clue(EAST, "2019-12-31"),
            ]
        )
    )
    counts = [
        value(index, EAST, f"clues_{stage}")[0]
        for stage in ("received", "checked", "confirmed", "resolved", "closed")
    ]
    assert counts == [3, 2, 1, 1, 1]
    assert value(index, EAST, "cases", "2019") == (1, "reported")


def test_a_confirmed_clue_was_checked_whatever_the_cell_says() -> None:
    index = measured(arrived(clues=[clue(EAST, checked=pd.NA), clue(EAST, checked=False, confirmed=False)]))
    assert parts(index, EAST, "rate_checked") == (1, 2)


def test_a_resolved_clue_that_was_not_confirmed_is_no_resolved_case() -> None:
    index = measured(arrived(clues=[clue(EAST), clue(EAST, confirmed=False, resolved_on="2020-06-01")]))
    assert parts(index, EAST, "rate_resolved") == (0, 1)


def test_what_happens_after_the_cut_off_has_not_happened() -> None:
    late = [clue(EAST, resolved_on=day, closed_on=day) for day in ("2021-12-31", "2022-01-01")]
    index = measured(arrived(clues=late))
    assert parts(index, EAST, "rate_resolved") == (1, 2)
    assert parts(index, EAST, "rate_closed") == (1, 2)
    received = measured(arrived(clues=[clue(EAST), clue(EAST, "2020-09-01")]), as_of=dt.date(2020, 8, 31))
    assert value(received, EAST, "clues_received") == (1, "partial")


def test_a_duplicate_is_merged_into_the_row_it_names() -> None:
    index = measured(arrived(clues=[clue(EAST, no="1"), clue(EAST, no="2", duplicate_of="1")]))
    assert value(index, EAST, "cases") == (1, "reported")
    assert value(index, EAST, "workers") == (10, "reported")
    assert value(index, EAST, "rows_clues") == (2, "reported")


def test_money_is_added_up_in_fen_and_told_in_yuan() -> None:
    index = measured(arrived(clues=[clue(EAST, amount=amount) for amount in (10, 20, 10**14 + 1)]))
    assert value(index, EAST, "amount") == (1_000_000_000_000.31, "reported")


def test_a_sum_over_rows_of_which_some_are_empty_is_partial() -> None:
    index = measured(arrived(clues=[clue(EAST, workers=7), clue(EAST, workers=pd.NA), clue(EAST, workers=0)]))
    assert value(index, EAST, "workers") == (7, "partial")
    assert parts(index, EAST, "workers") == (2, 3)


def test_a_sum_nobody_stated_is_not_zero() -> None:
    index = measured(arrived(clues=[clue(EAST, amount=pd.NA)]))
    assert value(index, EAST, "amount") == "not_reported"
    assert value(index, EAST, "cases") == (1, "reported")


def test_the_paid_rate_is_of_all_that_is_known_to_be_owed() -> None:
    """80 of 100 yuan and nobody says what of 300: 80 of 400; what is paid of an unknown sum is no part of it."""
    index = measured(
        arrived(
            clues=[
                clue(EAST, amount=100_00, amount_paid=80_00),
                clue(EAST, amount=300_00, amount_paid=pd.NA),
                clue(EAST, amount=pd.NA, amount_paid=50_00),
                clue(EAST, amount=100_00, amount_paid=100_00, confirmed=False),
            ]
        )
    )
    assert value(index, EAST, "amount_owed") == (400.0, "partial")
    assert value(index, EAST, "amount_paid") == (130.0, "partial")
    assert value(index, EAST, "rate_paid") == (0.2, "partial")
    row = index.row(EAST, "2020", "rate_paid")
    assert (row["numerator"], row["denominator"], row["method"]) == (80.0, 400.0, "no_interval")
    assert np.isnan(row["lower"])


def test_a_rate_travels_with_its_wilson_interval() -> None:
    clues = [clue(EAST, resolved_on="2020-08-01") for _ in range(8)] + [clue(EAST)]
    row = measured(arrived(clues=clues)).row(EAST, "2020", "rate_resolved")
    assert (row["numerator"], row["denominator"], row["method"], row["confidence"]) == (8, 9, "wilson", 0.95)
    assert (round(row["lower"], 3), round(row["upper"], 3)) == (0.565, 0.980)


def test_nothing_to_resolve_is_not_applicable() -> None:
    index = measured(arrived(clues=[clue(EAST, confirmed=False)]))
    assert value(index, EAST, "rate_resolved") == "not_applicable"
    assert parts(index, EAST, "rate_resolved") == (0, 0)
    assert value(index, EAST, "workers") == (0, "reported")


@pytest.mark.parametrize(
    ("rate", "due", "done"),
    [
        ("filed", "file_due", "filed"),
        ("listed", "list_due", "listed"),
        ("published", "publish_due", "published"),
    ],
)
def test_enforcement_counts_what_was_done_of_what_was_due(rate: str, due: str, done: str) -> None:
    index = measured(
        arrived(
            clues=[
                clue(EAST, **{due: True, done: True}),
                clue(EAST, **{due: True, done: False}),
                clue(EAST, **{due: False, done: True}),
                clue(WEST, **{due: True}),
                clue(WEST, **{due: True, done: True}),
                clue(SOUTH, **{due: False}),
            ]
        )
    )
    assert value(index, EAST, f"rate_{rate}") == (0.5, "reported")
    assert value(index, WEST, f"rate_{rate}") == (0.5, "partial")
    assert value(index, SOUTH, f"rate_{rate}") == "not_applicable"
    assert parts(index, CITY, f"rate_{rate}") == (2, 4)


def test_a_ledger_that_never_says_what_was_due_reports_no_rate_of_it() -> None:
    assert value(measured(arrived(clues=[clue(EAST)])), EAST, "rate_filed") == "not_reported"


def test_a_checked_clue_without_a_finding_leaves_the_cases_partial() -> None:
    index = measured(arrived(clues=[clue(EAST), clue(EAST, confirmed=pd.NA)]))
    assert value(index, EAST, "cases") == (1, "partial")
    unchecked = measured(arrived(clues=[clue(EAST), clue(EAST, checked=False, confirmed=pd.NA)]))
    assert value(unchecked, EAST, "cases") == (1, "reported")


# --------------------------------------------------------------------------------------------- missing is not zero


def test_a_unit_without_a_row_is_not_reported_and_leaves_the_city_partial() -> None:
    index = measured(arrived(clues=[clue(EAST), clue(WEST)]))
    for code in ("clues_received", "cases", "workers", "amount", "rate_resolved", "rate_paid"):
        assert value(index, SOUTH, code) == "not_reported"
    assert value(index, CITY, "cases") == (2, "partial")


def test_a_nil_return_is_zero() -> None:
    index = measured(arrived(clues=[clue(EAST), clue(WEST)]), nil_returns=nil("clues", SOUTH, 2020))
    assert value(index, SOUTH, "cases") == (0, "reported")
    assert value(index, SOUTH, "rate_resolved") == "not_applicable"
    assert value(index, CITY, "cases") == (2, "reported")


def test_a_half_year_inside_a_reported_year_counts_zero() -> None:
    halves = {"periods": ["2020H1"], "base_period": "2019H1", "history": ["2019H1", "2019H2", "2020H1"]}
    index = measured(arrived(clues=[clue(EAST, "2019-03-01"), clue(EAST, "2020-09-01")]), **halves)
    assert value(index, EAST, "cases", "2019H2") == (0, "reported")
    assert value(index, EAST, "cases", "2020H1") == (0, "reported")
    assert value(index, WEST, "cases", "2020H1") == "not_reported"


def test_a_round_of_two_years_of_which_one_arrived_is_partial() -> None:
    two = {"periods": ["2020", "2021"], "base_period": None, "history": ["2019", "2020", "2021"]}
    index = measured(arrived(clues=[clue(EAST, "2020-03-01"), clue(WEST), clue(WEST, "2021-03-01")]), **two)
    assert value(index, EAST, "cases", "2020-2021") == (1, "partial")
    assert value(index, WEST, "cases", "2020-2021") == (2, "reported")


def test_no_ledger_at_all_still_gives_every_row() -> None:
    empty = arrived()
    empty.ledgers.clear()
    values = measures.compute(empty, settings()).values
    assert set(values["unit"]) == {EAST, WEST, SOUTH, CITY}
    # a window is sought among days, of which there are none
    windows = {code for code in MEASURES if code.endswith(IN_WINDOW)}
    assert set(MEASURES) - windows <= set(values["measure"])
    # what might have been is known to be no less than nothing
    stated = ~values["measure"].str.startswith("lowest_")
    assert set(values.loc[stated & values["unit"].ne(CITY), "status"]) == {"not_reported"}


def test_removing_a_units_clues_reports_nothing_and_never_a_better_value() -> None:
    with_all = [
        clue(unit, day) for unit in (EAST, WEST, SOUTH) for day in ("2018-02-01", "2019-02-01", "2020-02-01")
    ]
    without = [row for row in with_all if row["unit"] != EAST or not row["received_on"].startswith("2020")]
    index = measured(arrived(clues=without))
    of_clues = [code for code, m in MEASURES.items() if m.source.startswith("clues")]
    assert {value(index, EAST, code) for code in of_clues} == {"not_reported"}
    for code in (
        "change_cases",
        "change_workers",
        "change_amount",
        "difference_cases",
        "difference_rate_resolved",
    ):
        assert value(index, EAST, code, base="2019") == "not_reported"


# --------------------------------------------------------------------------------------------- backlog, events


def test_backlog_is_what_earlier_periods_left_unresolved() -> None:
    clues = [
        clue(EAST, "2018-05-01"),
        clue(EAST, "2018-06-01", resolved_on="2019-01-01"),
        clue(EAST, "2019-05-01", resolved_on="2022-01-01"),
        clue(EAST, "2019-06-01", confirmed=False),
        clue(EAST, "2019-07-01", duplicate_of="1"),
        clue(EAST, "2020-05-01"),
        clue(WEST, "2018-05-01"),
        clue(WEST, "2020-05-01"),
    ]
    index = measured(arrived(clues=clues))
    assert value(index, EAST, "backlog") == (2, "reported")
    assert value(index, WEST, "backlog") == "not_reported"
    assert value(index, EAST, "backlog", "2019") == (1, "reported")
    assert value(index, EAST, "backlog", "2018") == "not_reported"


def test_events_need_kind_size_and_verification() -> None:
    def event(kind: str, **said: Any) -> dict[str, Any]:
        return {"unit": EAST, "occurred_on": "2020-03-01", "kind": kind, "verified": True, **said}

    events = [
        event("beijing"),
        event("province", verified=False),
        event("city"),
        event("mass", people=49, government_funded="yes"),
        event("mass", people=50, government_funded="no"),
        event("mass", people=80, government_funded="yes"),
        event("mass", people=80, government_funded="yes", occurred_on="2019-03-01"),
        event("extreme", serious=True),
        event("extreme", serious=False),
    ]
    index = measured(arrived(events=events), nil_returns=EVENTS_NIL)
    found = {code: value(index, EAST, code) for code in ("petitions", "events_mass", "events_extreme")}
    assert found == {
        "petitions": (1, "reported"), "events_mass": (2, "reported"), "events_extreme": (1, "reported"),
    }  # fmt: skip
    assert value(index, EAST, "events_mass_government") == (1, "reported")
    assert value(index, CITY, "events_mass") == (2, "reported")


def test_an_event_that_leaves_open_what_matters_makes_the_count_partial() -> None:
    events = [
        {"unit": EAST, "occurred_on": "2020-03-01", "kind": "mass", "people": pd.NA, "verified": True},
        {"unit": EAST, "occurred_on": "2020-03-01", "kind": "city", "people": 3, "verified": True},
        {"unit": EAST, "occurred_on": "2020-03-01", "kind": "mass", "people": 12, "verified": True},
    ]
    index = measured(arrived(events=events), nil_returns=EVENTS_NIL)
    assert value(index, EAST, "events_mass") == (0, "partial")
    assert value(index, EAST, "petitions") == (0, "reported")
    # a petition of three says nothing of how many came to the one gathering there was
    alone = measured(arrived(events=events[:2]), nil_returns=EVENTS_NIL)
    assert value(alone, EAST, "events_mass") == "not_reported"


# --------------------------------------------------------------------------------------------- the round's own period


def test_coverage_leaves_exempt_projects_out_of_its_base() -> None:
    said = [
        ("yes", EAST),
        ("yes", EAST),
        ("no", EAST),
        ("exempt", EAST),
        ("yes", WEST),
        ("", WEST),
        ("exempt", SOUTH),
    ]
    index = measured(arrived(projects=[{"unit": unit, "deposit": word} for word, unit in said]))
    assert parts(index, EAST, "coverage_deposit") == (2, 3)
    assert value(index, EAST, "coverage_deposit") == (pytest.approx(2 / 3), "reported")
    assert value(index, WEST, "coverage_deposit") == (1.0, "partial")
    assert value(index, SOUTH, "coverage_deposit") == "not_applicable"
    assert value(index, SOUTH, "coverage_contract") == "not_reported"
    assert parts(index, CITY, "coverage_deposit") == (3, 4)


def test_funds_and_innovations() -> None:
    index = measured(
        arrived(
            funds=[
                {"unit": EAST, "established": True},
                {"unit": WEST, "established": False},
                {"unit": SOUTH},
            ],
            innovation=[{"unit": EAST, "level": "province"}, {"unit": EAST, "level": "province"}],
        )
    )
    assert [value(index, unit, "emergency_fund") for unit in (EAST, WEST, SOUTH)] == [
        (1, "reported"), (0, "reported"), "not_reported",
    ]  # fmt: skip
    assert value(index, CITY, "emergency_fund") == (1, "partial")
    assert value(index, EAST, "innovation_province") == (2, "reported")
    assert value(index, EAST, "innovation_state") == (0, "reported")
    assert value(index, WEST, "innovation_province") == "not_reported"


def test_marks_of_the_sheets() -> None:
    index = measured(
        arrived(
            self_marks=[{"unit": EAST, "item": "1.1", "mark": 3.5, "full": 4}],
            field_marks=[
                {"unit": EAST, "item": "1.1", "mark": 2.1, "full": 4},
                {"unit": EAST, "item": "1.2", "full": 5},
            ],
            department_marks=[
                {"unit": EAST, "department": "甲局", "mark": 90.1},
                {"unit": EAST, "department": "乙局", "mark": 80.2},
                {"unit": WEST, "department": "甲局", "mark": 70},
                {"unit": WEST, "department": "乙局"},
            ],
        )
    )
    assert value(index, EAST, "mark_self_1_1") == (3.5, "reported")
    assert parts(index, EAST, "mark_field_1_1") == (2.1, 4.0)
    assert value(index, EAST, "mark_field_1_2") == "not_reported"
    assert value(index, WEST, "mark_field_1_1") == "not_reported"
    assert value(index, EAST, "mark_departments") == (85.15, "reported")
    assert parts(index, EAST, "mark_departments") == (170.3, 2)
    assert value(index, WEST, "mark_departments") == (70.0, "partial")
    assert value(index, CITY, "mark_departments") == "not_applicable"


def test_a_ledger_the_office_keeps_has_no_unreported_unit() -> None:
    index = measured(arrived(findings=[{"unit": EAST, "no": "1"}]))
    assert [value(index, unit, "rows_findings") for unit in (EAST, WEST)] == [
        (1, "reported"),
        (0, "reported"),
    ]
    assert value(index, WEST, "rows_clues") == "not_reported"


# --------------------------------------------------------------------------------------------- changes


def cases(unit: str, **by_year: int) -> list[dict[str, Any]]:
    """Return confirmed clues by year: `y2019=83`."""
    return [clue(unit, f"{year[1:]}-05-01") for year, count in by_year.items() for _ in range(count)]


def test_the_change_of_cases_has_an_exact_interval() -> None:
    row = measured(arrived(clues=cases(EAST, y2019=83, y2020=70))).row(EAST, "2020", "change_cases", "2019")
    assert (row["numerator"], row["denominator"], row["method"], row["status"]) == (
        70,
        83,
        "exact",
        "reported",
    )
    rounded = [round(row[part], 3) for part in ("value", "lower", "upper")]
    assert rounded == [-0.157, -0.395, 0.173]


def test_workers_and_amounts_are_judged_by_effective_counts() -> None:
    sizes = [(2019, 2)] * 30 + [(2019, 40)] * 3 + [(2020, 2)] * 30
    clues = [clue(EAST, f"{year}-05-01", workers=size, amount=size * 1_000_00) for year, size in sizes]
    index = measured(arrived(clues=clues))
    # d = (60·2² + 3·40²) / (60·2 + 3·40) = 5040/240 = 21; 180/21 = 8.57 → 8 and 60/21 = 2.86 → 2
    by_hand = change_in_counts(2, 8).iloc[0]
    for quantity in ("workers", "amount"):
        row = index.row(EAST, "2020", f"change_{quantity}", "2019")
        assert (row["method"], row["status"]) == ("clustered", "reported")
        assert row["value"] == pytest.approx(60 / 180 - 1)
        assert (row["lower"], row["upper"]) == (by_hand["lower"], by_hand["upper"])


def test_fewer_than_ten_cases_before_are_too_few_for_all_three() -> None:
    index = measured(arrived(clues=cases(EAST, y2019=9, y2020=5) + cases(WEST, y2019=10, y2020=5)))
    for quantity in ("cases", "workers", "amount"):
        assert value(index, EAST, f"change_{quantity}", base="2019") == (pytest.approx(-4 / 9), "small_base")
        assert value(index, WEST, f"change_{quantity}", base="2019") == (-0.5, "reported")
    assert value(index, EAST, "difference_cases", base="2019") == (-4, "reported")
    assert value(index, EAST, "difference_amount", base="2019") == (-400_000, "reported")


def test_nothing_before_has_no_change_in_per_cent() -> None:
    index = measured(arrived(clues=cases(EAST, y2020=3)), nil_returns=nil("clues", EAST, 2019))
    assert value(index, EAST, "change_cases", base="2019") == "zero_base"
    assert parts(index, EAST, "change_cases", base="2019") == (3, 0)
    assert value(index, EAST, "difference_cases", base="2019") == (3, "reported")


def test_every_year_is_compared_with_the_one_before() -> None:
    index = measured(arrived(clues=cases(EAST, y2018=20, y2019=10, y2020=15)))
    assert value(index, EAST, "change_cases", "2019", "2018") == (-0.5, "reported")
    assert value(index, EAST, "change_cases", "2020", "2019") == (0.5, "reported")
    assert index.get(EAST, "2020", "change_cases", "2018") is None


def test_rates_move_in_points_with_newcombes_interval() -> None:
    clues = [clue(EAST, "2019-05-01", resolved_on="2019-06-01") for _ in range(48)]
    clues += [clue(EAST, "2019-05-01") for _ in range(32)]
    clues += [clue(EAST, "2020-05-01", resolved_on="2020-06-01") for _ in range(56)]
    clues += [clue(EAST, "2020-05-01") for _ in range(14)]
    row = measured(arrived(clues=clues)).row(EAST, "2020", "difference_rate_resolved", "2019")
    rounded = [round(row[part], 4) for part in ("value", "lower", "upper")]
    assert (rounded, row["method"]) == ([0.2, 0.0524, 0.3339], "newcombe")


def test_the_city_compares_the_units_that_reported_both_years() -> None:
    """A ledger that did not arrive must not look like a fall."""
    clues = cases(EAST, y2019=20, y2020=20) + cases(WEST, y2019=30) + cases(SOUTH, y2019=0, y2020=10)
    index = measured(arrived(clues=clues))
    assert value(index, CITY, "cases", "2019") == (50, "partial")
    assert value(index, CITY, "change_cases", base="2019") == (0.0, "partial")
    assert parts(index, CITY, "change_cases", base="2019") == (20, 20)


def test_a_break_in_the_series_forbids_the_comparison() -> None:
    broken = [Break(period="2020", measures=["cases"], reason="平台开通")]
    index = measured(arrived(clues=cases(EAST, y2018=20, y2019=20, y2020=10)), breaks=broken)
    assert value(index, EAST, "change_cases", base="2019") == "not_comparable"
    assert value(index, EAST, "difference_cases", base="2019") == "not_comparable"
    assert value(index, EAST, "change_cases", "2019", "2018") == (0.0, "reported")
    assert value(index, EAST, "change_workers", base="2019") == (-0.5, "reported")
    assert value(index, WEST, "change_cases", base="2019") == "not_reported"


# --------------------------------------------------------------------------------------------- properties


def mixed_rows() -> list[dict[str, Any]]:
    rng = np.random.default_rng(7)
    rows = []
    for number in range(150):
        unit = (EAST, WEST, SOUTH)[rng.integers(3)]
        day = dt.date(2018, 1, 1) + dt.timedelta(days=int(rng.integers(1096)))
        rows.append(
            clue(
                unit,
                day.isoformat(),
                no=str(number),
                confirmed=bool(rng.random() < 0.7),
                workers=int(rng.integers(1, 30)),
                amount=int(rng.integers(1, 10**7)),
                amount_paid=int(rng.integers(1, 10**7)) if rng.random() < 0.8 else pd.NA,
                resolved_on=(day + dt.timedelta(days=60)).isoformat() if rng.random() < 0.8 else None,
            )
        )
    return rows


def without_places(values: pd.DataFrame) -> pd.DataFrame:
    return values.sort_values("id").reset_index(drop=True)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = mixed_rows()
    one, other = (measures.compute(arrived(clues=part), settings()).values for part in (rows, rows[::-1]))
    pd.testing.assert_frame_equal(one, other)


def test_exchanging_two_units_exchanges_their_values_and_leaves_the_city() -> None:
    rows = mixed_rows()
    other = {EAST: WEST, WEST: EAST, SOUTH: SOUTH, CITY: CITY}
    one = measures.compute(arrived(clues=rows), settings()).values
    two = measures.compute(
        arrived(clues=[{**row, "unit": other[row["unit"]]} for row in rows]), settings()
    ).values
    columns = [column for column in one.columns if column not in ("id", "source", "unit")]
    for unit in other:
        left = one[one["unit"] == unit][columns].reset_index(drop=True)
        right = two[two["unit"] == other[unit]][columns].reset_index(drop=True)
        pd.testing.assert_frame_equal(left, right)


def test_an_empty_unit_changes_only_the_completeness_of_the_city() -> None:
    rows = mixed_rows()
    few = measures.compute(arrived(clues=rows), settings()).values
    more = measures.compute(arrived((EAST, WEST, SOUTH, "990004"), clues=rows), settings()).values
    more = more[more["unit"] != "990004"].reset_index(drop=True)
    changed = few["status"] != more["status"]
    assert set(few.loc[changed, "unit"]) == {CITY}
    assert set(more.loc[changed, "status"]) == {"partial"}
    # an unreported unit is one more that could have changed, so what is corrected for many is corrected for more
    of_many = few["measure"].str.startswith("q_")
    assert (more.loc[of_many, "value"].dropna() >= few.loc[of_many, "value"].dropna()).all()
    few, more = (frame[~of_many].drop(columns="status") for frame in (few, more))
    pd.testing.assert_frame_equal(few, more)


def test_every_row_keeps_the_contract() -> None:
    values = measures.compute(arrived(clues=mixed_rows()), settings()).values
    assert values["id"].is_unique
    assert set(values["status"]) <= STATUSES
    rates = values[values["measure"].str.startswith("rate_") & values["value"].notna()]
    assert ((rates["lower"] <= rates["value"]) & (rates["value"] <= rates["upper"])).sum() == rates[
        "lower"
    ].notna().sum()
    assert not np.isinf(values.select_dtypes("number")).any(axis=None)
    units = values[values["unit"] != CITY].groupby(["measure", "period"])["value"].sum()
    city = values[values["unit"] == CITY].set_index(["measure", "period"])["value"]
    for measure in ("cases", "workers", "clues_received", "backlog"):
        assert units[measure].to_dict() == city[measure].fillna(0).to_dict()


# --------------------------------------------------------------------------------------------- rows due, rows stated


def rows(ledgers: Ledgers, **changed: Any) -> dict[str, tuple[int, int]]:
    """Return (rows due, rows stated) by the id of a value."""
    stated = measures.compute(ledgers, settings(**changed)).stated
    return {row["id"]: (row["due"], row["stated"]) for row in stated.to_dict("records")}


def test_every_value_knows_the_rows_that_ought_to_state_it_and_those_that_do() -> None:
    clues = [
        clue(EAST, workers=7, amount_paid=1),
        clue(EAST, workers=pd.NA),
        clue(EAST, confirmed=pd.NA, workers=3),
        clue(EAST, confirmed=False, workers=pd.NA),
        clue(EAST, duplicate_of="1"),
        clue(WEST, "2019-05-01"),
    ]
    found = rows(arrived(clues=clues))
    of_east = {
        code: found[f"{EAST}.2020.{code}"] for code in ("cases.count", "workers.sum", "rate_paid.no_interval")
    }
    # of four clues three say whether they were found true; two were, and perhaps a third
    assert of_east == {"cases.count": (4, 3), "workers.sum": (3, 1), "rate_paid.no_interval": (3, 1)}
    assert found[f"{CITY}.2020.workers.sum"] == (3, 1)
    assert found[f"{SOUTH}.2020.workers.sum"] == (0, 0)


def test_a_coverage_is_due_from_every_project_that_is_not_exempt() -> None:
    said = ("yes", "no", "", "exempt")
    found = rows(arrived(projects=[{"unit": EAST, "deposit": word} for word in said]))
    assert found[f"{EAST}.2020.coverage_deposit.wilson"] == (3, 2)


def test_the_rows_of_a_change_are_those_of_both_periods() -> None:
    clues = [*cases(EAST, y2019=2, y2020=3), clue(EAST, workers=pd.NA), *cases(WEST, y2020=5)]
    found = rows(arrived(clues=clues))
    assert found[f"{EAST}.2020.2019.change_workers.clustered"] == (6, 5)
    # the city's change compares the units that reported both years
    assert found[f"{CITY}.2020.2019.change_cases.exact"] == (6, 6)
    assert all(map(pd.isna, found[f"{WEST}.2020.2019.change_cases.exact"]))


def test_a_value_is_reported_only_if_every_row_that_ought_to_has_stated_it() -> None:
    mixed = mixed_rows()
    mixed += [{**row, "confirmed": pd.NA, "workers": pd.NA, "no": f"{row['no']}x"} for row in mixed[:9]]
    projects = [
        {"unit": EAST, "deposit": word, "sampled": sampled}
        for word in ("yes", "no", "")
        for sampled in (True, pd.NA)
    ]
    found = measures.compute(arrived(clues=mixed, projects=projects), settings())
    together = found.values.merge(found.stated, on="id")
    assert len(together) == len(found.values) == len(found.stated)
    known = together.dropna(subset="due")
    assert (known["stated"] <= known["due"]).all()
    assert (known["stated"] == known["due"])[known["status"] == "reported"].all()
    # where half of the cases still wait, there is no day within which more than half were resolved
    waiting = known["measure"].eq("waiting_resolved") & known["status"].eq("not_applicable")
    assert set(known.loc[(known["stated"] < known["due"]) & ~waiting, "status"]) == {
        "partial", "not_reported", "small_base",
    }  # fmt: skip


# --------------------------------------------------------------------------------------------- the table of measures


def test_the_table_knows_its_measures() -> None:
    for code in ("cases", "change_amount", "difference_rate_resolved", "difference_petitions", "rows_clues"):
        assert code in known_measures()
    for code in ("mark_field_1_1", "mark_self_3_2", "mark_departments"):
        assert is_known(code)
    for code in ("change_rate_resolved", "mark_field_", "marks", "change_clues_received", "Cases"):
        assert not is_known(code)


def test_what_is_known_is_what_is_computed() -> None:
    computed = set(measures.compute(arrived(), settings()).values["measure"])
    computed = {measure for measure in computed if not of(measure).filling}
    # what judges the changes is no measure that a rule may ask for
    judging = {f"{letter}_change_{quantity}" for letter in "pq" for quantity in QUANTITIES}
    # without a day there is no window
    windows = {code for code in known_measures() if code.endswith(IN_WINDOW)}
    assert computed == known_measures() - windows | judging | {extra_variance.MEASURE, "window_days"}


def test_the_table_knows_which_way_is_good() -> None:
    assert rises_are_good("change_cases") is False
    assert rises_are_good("difference_rate_paid") is True
    assert rises_are_good("mark_field_1_1") is True
    assert rises_are_good("clues_received") is None
