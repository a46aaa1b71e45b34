"""One record per measure: what a record says, and what is asked of a code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ledger_examples import CITY, EAST, WEST, arrived, clue, letter, settings

from analysis.indicators import catalogue, measures
from analysis.indicators.catalogue import (
    MEASURES,
    QUANTITIES,
    RATES,
    Measure,
    codes_of,
    names_of,
    of,
    wholes_of,
)
from analysis.indicators.conditions import CLOSED, CONFIRMED
from analysis.indicators.values import ValueIndex
from analysis.intake.declared.ledgers import SUMMARY_AMOUNTS, SUMMARY_COUNTS
from analysis.publish import withholding


@pytest.mark.parametrize(
    ("code", "measure", "compared"),
    [
        ("cases", "cases", None),
        ("change_cases", "cases", "change"),
        ("difference_rate_resolved", "rate_resolved", "difference"),
        ("mark_field_1_1", "mark_field_1_1", None),
        ("stated_organisation", "stated_organisation", None),
    ],
)
def test_a_code_says_what_it_measures_and_whether_it_compares(
    code: str, measure: str, compared: str | None
) -> None:
    said = of(code)
    assert (said.measure, said.compared) == (measure, compared)
    assert said.record == (MEASURES.get(measure) or said.record)


def test_what_is_told_in_per_cent_follows_from_the_record() -> None:
    shares = {code for measure in MEASURES for code in codes_of(measure) if of(code).is_share}
    rates = {code for code in MEASURES if code.startswith(("rate_", "coverage_"))}
    assert shares == rates | {f"difference_{code}" for code in rates} | {
        f"change_{code}" for code in MEASURES
    }
    assert {code for code in MEASURES if of(code).is_rate} == rates


def test_marks_and_a_yes_or_no_are_known_by_their_kind() -> None:
    assert of("mark_departments").is_mark
    assert of("mark_self_3_2").is_mark
    assert not of("rows_self_marks").is_mark
    assert [code for code in MEASURES if of(code).is_stated] == ["emergency_fund"]


def test_a_code_nobody_defined_is_none_of_all_that() -> None:
    said = of("marks")
    assert (said.record, said.is_share, said.is_mark, said.is_stated, said.computed) == (None, *[False] * 4)


def test_the_three_declines_and_the_rates_stand_in_their_order() -> None:
    assert QUANTITIES == ("cases", "workers", "amount")
    assert RATES == ("rate_checked", "rate_resolved", "rate_closed", "rate_paid")


def test_counts_of_clues_nest_under_both_names_of_the_cases() -> None:
    assert wholes_of("clues_received") == ()
    assert set(wholes_of("clues_closed")) == {"clues_received"}
    assert set(wholes_of("cases")) == {"clues_confirmed", "clues_checked", "clues_received"}
    assert set(wholes_of("clues_resolved")) == {"cases", *wholes_of("cases")}
    assert wholes_of("amount") == wholes_of("rate_resolved") == ()
    assert names_of("cases") == ("cases", "clues_confirmed")
    assert names_of("clues_confirmed") == ("clues_confirmed", "cases")


def test_records_name_measures_that_exist() -> None:
    ends = {f"{code}.{end}" for code in MEASURES for end in ("numerator", "denominator")}
    for measure in MEASURES.values():
        named = {*measure.parts, measure.within, measure.same_as} - {""}
        assert named <= set(MEASURES), measure.code
        assert set(measure.cells) <= {*MEASURES, *ends}, measure.code


def test_a_summary_states_measures_in_their_units() -> None:
    counts = {MEASURES[code].unit_of_measure for code in SUMMARY_COUNTS}
    assert counts == {"clue", "case", "person", "event"}
    assert {MEASURES[code].unit_of_measure for code in SUMMARY_AMOUNTS} == {"yuan"}


def test_a_rate_of_measures_is_made_of_a_part_and_its_whole() -> None:
    for measure in MEASURES.values():
        if measure.parts and measure.kind == "rate":
            part, whole = measure.parts
            assert whole in wholes_of(part), measure.code


def test_what_is_compared_is_compared_by_what_the_record_says() -> None:
    known = catalogue.known_measures()
    assert {"change_cases", "difference_cases", "difference_petitions"} <= known
    assert not {"change_petitions", "change_backlog", "difference_backlog"} & known


# --------------------------------------------------------------------------------------------- a measure more


@pytest.fixture
def cases_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Measure]:
    """Add one record to the catalogue: confirmed cases that were closed. Nothing else is told of it."""
    record = Measure(
        "cases_closed", "clues", "rate", "ratio", CONFIRMED & CLOSED, "closed_on", CONFIRMED, "confirmed",
        rises_are_good=True, compared="difference",
    )  # fmt: skip
    monkeypatch.setitem(MEASURES, record.code, record)
    of.cache_clear()
    yield record
    of.cache_clear()


def test_a_record_is_all_it_takes_to_count_compare_and_cite_a_measure(cases_closed: Measure) -> None:
    clues = [
        clue(EAST, closed_on="2020-08-01"),
        clue(EAST),
        clue(EAST, confirmed=False, closed_on="2020-08-01"),
        clue(EAST, "2019-05-01", closed_on="2019-08-01"),
        clue(WEST, closed_on="2020-08-01"),
        clue(WEST, "2019-05-01"),
    ]
    measured = measures.compute(arrived(clues=clues), settings())
    index = ValueIndex(measured.values)
    row = index.row(EAST, "2020", "cases_closed")
    assert (row["numerator"], row["denominator"], row["method"]) == (1, 2, "wilson")
    city = index.row(CITY, "2020", "difference_cases_closed", "2019")
    assert (city["value"], city["method"]) == (pytest.approx(2 / 3 - 1 / 2), "newcombe")
    cited = measured.lineage[measured.lineage["source"] == row["source"]]
    assert set(cited["cells"]) == {f"{letter('clues', 'closed_on')}6", f"{letter('clues', 'confirmed')}6:"
                                   f"{letter('clues', 'confirmed')}7"}  # fmt: skip
    stated = measured.stated.set_index("id").loc[row["id"]]
    assert (stated["due"], stated["stated"]) == (2, 2)


def test_a_rule_set_may_read_it_and_tells_it_in_per_cent(cases_closed: Measure) -> None:
    assert {"cases_closed", "difference_cases_closed"} <= catalogue.known_measures()
    assert not catalogue.is_known("change_cases_closed")
    assert of("cases_closed").is_share
    assert of("difference_cases_closed").is_rate_difference
    assert catalogue.rises_are_good("difference_cases_closed")


def test_without_cells_an_outer_edition_never_tells_it(cases_closed: Measure) -> None:
    assert cases_closed.cells == ()
    assert withholding.rests_on("cases_closed", "2020", "", {}) is None
    assert withholding.rests_on("rate_closed", "2020", "", {}) == {
        ("clues_closed", "2020"), ("clues_received", "2020"),
    }  # fmt: skip
