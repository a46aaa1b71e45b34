"""Money in ledgers: minor units within, the currency for whoever reads a ledger, exact there and back."""

from __future__ import annotations

import csv

import pandas as pd
import pytest
import round_examples as example
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake import LEDGERS, as_written, empty_ledger, in_currency, in_minor_units
from analysis.quantities import CURRENCIES
from analysis.results.assessment import Assessment

YUAN, YEN = CURRENCIES["CNY"], CURRENCIES["JPY"]


def clues(*amounts: int | None) -> pd.DataFrame:
    """Return clues of which only the amounts matter, in minor units."""
    empty = empty_ledger("clues").reindex(range(len(amounts)))
    return empty.assign(
        amount=pd.Series(amounts, dtype="Int64"), amount_paid=pd.Series(amounts, dtype="Int64")
    )


def test_fen_become_yuan_and_what_is_not_stated_stays_so() -> None:
    ledger = in_currency("clues", clues(8_400_000, 29, 0, None), YUAN)
    assert ledger["amount"].tolist()[:3] == [84_000.0, 0.29, 0.0]
    assert pd.isna(ledger["amount"][3])
    assert as_written("clues", ledger, YUAN)["amount"].tolist() == ["84000.00", "0.29", "0.00", ""]


def test_yen_have_no_minor_unit() -> None:
    ledger = in_currency("clues", clues(15_000), YEN)
    assert ledger["amount"].tolist() == [15_000.0]
    assert as_written("clues", ledger, YEN)["amount"].tolist() == ["15000"]


def test_a_summary_states_money_in_some_rows_only() -> None:
    stated = {"measure": ["workers", "amount_paid"], "value": pd.Series([150, 150], dtype="Int64")}
    summary = empty_ledger("summary").reindex(range(2)).assign(**stated)
    ledger = in_currency("summary", summary, YUAN)
    assert ledger["value"].tolist() == [150, 1.5]
    assert as_written("summary", ledger, YUAN)["value"].tolist() == ["150", "1.50"]
    assert in_minor_units("summary", ledger, YUAN)["value"].tolist() == [150, 150]


@given(st.lists(st.none() | st.integers(0, 10**15), min_size=1))
def test_what_comes_back_from_the_file_is_what_went_to_the_fen(amounts: list[int | None]) -> None:
    ledger = in_currency("clues", clues(*amounts), YUAN)
    written = as_written("clues", ledger, YUAN)["amount"]
    read = ledger.assign(amount=[float(text or "nan") for text in written])
    back = in_minor_units("clues", read, YUAN)["amount"]
    assert [None if pd.isna(fen) else fen for fen in back] == amounts


@pytest.mark.parametrize("name", LEDGERS)
def test_every_ledger_comes_back_in_its_types(name: str) -> None:
    ledger = empty_ledger(name)
    there = in_currency(name, ledger, YUAN)
    pd.testing.assert_frame_equal(in_minor_units(name, there, YUAN), ledger)


def test_the_clues_of_the_example_add_up_to_the_footer_of_its_ledger(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The footer says 444,594,710 yuan; of two identical rows of 95,080 yuan one counts."""
    a: Assessment = example.compute(example.computed(tmp_path_factory, "ledgers"))
    assert a.ledger("clues")["amount"].sum() == 444_594_710 - 95_080 == 444_499_630
    with (a.store.folder / "ledgers" / "clues.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert next(csv.DictReader(stream))["amount"] == "84000.00"
    # a ledger the round does not keep has the same types
    assert a.ledger("summary")["value"].dtype == "float64"
