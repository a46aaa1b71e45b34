"""From a value back to its cells, and the value again from the cells."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ledger_examples import EAST, SOUTH, WEST, Ledgers, arrived, clue, letter, nil, settings

from analysis.indicators import catalogue, measures
from analysis.indicators.catalogue import MEASURES
from analysis.indicators.filters import parse_filter
from analysis.indicators.lineage import ranges

_RANGE = re.compile(r"([A-Z]+)(\d+)(?::[A-Z]+(\d+))?")


@pytest.fixture(scope="module")
def ledgers() -> Ledgers:
    rng = np.random.default_rng(11)
    days = [f"{year}-{month:02}-15" for year in (2018, 2019, 2020) for month in range(1, 13)]
    clues: list[dict[str, Any]] = []
    for unit in (EAST, WEST):
        for day in days:
            resolved = day.replace("-15", "-28") if rng.random() < 0.7 else None
            clues.append(
                clue(
                    unit,
                    day,
                    confirmed=bool(rng.random() < 0.8),
                    workers=int(rng.integers(1, 20)),
                    amount=int(rng.integers(100, 10**6)),
                    amount_paid=int(rng.integers(0, 100)),
                    resolved_on=resolved,
                    closed_on=resolved,
                    duplicate_of="1" if rng.random() < 0.1 else "",
                )
            )
    return arrived(
        clues=clues,
        events=[{"unit": EAST, "occurred_on": "2020-03-01", "kind": "beijing", "verified": True}],
        projects=[{"unit": WEST, "deposit": word} for word in ("yes", "no", "exempt", "yes")],
        field_marks=[{"unit": EAST, "item": "1.1", "mark": 3, "full": 4}],
    )


def cited_cells(row: Any, ledgers: Ledgers) -> pd.Series:
    """Return what stands in the cells of a lineage row of the examples."""
    name = row.file.removesuffix(".xlsx")
    frame, fields = ledgers.ledgers[name].set_index("row"), ledgers.columns
    found = []
    for column, first, last in _RANGE.findall(row.cells):
        field = fields[(fields["ledger"] == name) & (fields["column"] == column)]["field"].iloc[0]
        found += [frame.loc[place, field] for place in range(int(first), int(last or first) + 1)]
    return pd.Series(found)


def test_rows_become_ranges() -> None:
    rows = np.array([6, 7, 8, 20, 22, 23])
    assert ranges("L", rows) == "L6:L8,L20,L22:L23"
    assert ranges("", rows) == "6:8,20:20,22:23"


def test_every_value_leads_to_cells(ledgers: Ledgers) -> None:
    measured = measures.compute(ledgers, settings(nil_returns=nil("clues", SOUTH, 2018, 2019, 2020)))
    valued = measured.values[measured.values["value"].notna()]
    led = set(measured.lineage["source"])
    # what is computed from another value leads to that one: chances of changes, the dispersion of the counts
    assert set(valued["id"][~valued["id"].isin(led) & ~valued["source"].isin(led)]) == set()
    assert set(measured.lineage["source"]) <= set(measured.values["id"])


def test_counts_sums_and_rates_follow_from_the_cells_cited(ledgers: Ledgers) -> None:
    measured = measures.compute(ledgers, settings())
    lineage = measured.lineage
    checked = 0
    for row in measured.values.itertuples():
        cited = lineage[lineage["source"] == row.id]
        # what a blank could have said stands in no cell, and some values are computed from other values
        if row.base_period or not row.value > 0 or catalogue.of(row.measure).filling or not len(cited):
            continue
        kind = MEASURES[row.measure].kind if row.measure in MEASURES else "mark"
        scale = 100 if row.measure == "rate_paid" or row.measure.startswith("amount") else 1
        totals = {}
        for line in cited.itertuples():
            cells = cited_cells(line, ledgers)
            assert len(cells) == line.rows
            added = kind in ("sum", "mark", "rate_of_sums")
            totals[parse_filter(line.filter).role] = cells.sum() / scale if added else len(cells)
        if kind in ("count", "sum"):
            assert list(totals.values()) == [row.value], row.id
        else:
            assert (totals["numerator"], totals["denominator"]) == (row.numerator, row.denominator), row.id
        checked += 1
    assert checked > 100


def test_a_change_cites_both_periods(ledgers: Ledgers) -> None:
    measured = measures.compute(ledgers, settings())
    row = measured.values.set_index("id").loc[f"{EAST}.2020.2019.change_cases.exact"]
    cited = measured.lineage[measured.lineage["source"] == row.source].set_index("filter")
    sides = {parse_filter(text).read_for: part for text, part in cited["rows"].items()}
    assert sides == {
        (("side", "current"),): row["numerator"],
        (("side", "previous"),): row["denominator"],
    }


def test_the_citys_change_cites_the_cells_of_its_units(ledgers: Ledgers) -> None:
    measured = measures.compute(ledgers, settings())
    row = measured.values.set_index("id").loc["990000.2020.2019.change_cases.exact"]
    cited = measured.lineage[measured.lineage["source"] == row.source]
    now = cited[cited["filter"].str.startswith("side=current;")]
    assert (len(now), now["rows"].sum()) == (2, row["numerator"])


def test_zero_points_to_the_cells_looked_at() -> None:
    ledgers = arrived(clues=[clue(EAST), clue(EAST)])
    lineage = measures.compute(ledgers, settings()).lineage.set_index("source")
    line = lineage.loc[f"{EAST}.2020.clues_resolved.count"]
    column = letter("clues", "resolved_on")
    assert (line["cells"], line["rows"]) == (f"{column}6:{column}7", 2)
    assert line["filter"] == "role=none;of=resolved;period=2020;as_of=2021-12-31"


def test_a_nil_return_points_to_the_settings() -> None:
    lineage = measures.compute(
        arrived(clues=[clue(EAST)]), settings(nil_returns=nil("clues", SOUTH, 2020))
    ).lineage
    line = lineage.set_index("source").loc[f"{SOUTH}.2020.cases.count"]
    assert (line["file"], line["cells"], line["rows"]) == ("round.yaml", "", 0)
    assert line["sha256"] == "hash of round.yaml"


def test_the_hash_is_that_of_the_file() -> None:
    lineage = measures.compute(arrived(clues=[clue(EAST)]), settings()).lineage
    of_clues = lineage[lineage["file"] == "clues.xlsx"]
    assert len(of_clues)
    assert set(of_clues["sha256"]) == {"hash of clues.xlsx"}
