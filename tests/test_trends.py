"""Verdicts on the declines, and what the change of the amount is made of."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from ledger_examples import CITY, EAST, SOUTH, WEST, arrived, clue, roll, settings

from analysis import measures, trends
from analysis.rounds import Break
from analysis.statistics.decomposition import lmdi
from analysis.trends import FACTORS, VERDICTS, verdict, verdicts
from analysis.values import USABLE, ValueIndex, check_values


def clues(unit: str, **by_year: tuple[int, int, int]) -> list[dict[str, Any]]:
    """Return cases by year: number, workers and yuan of each (`y2019=(20, 10, 5000)`)."""
    return [
        clue(unit, f"{year[1:]}-05-01", workers=workers, amount=yuan * 100)
        for year, (number, workers, yuan) in by_year.items()
        for _ in range(number)
    ]


def computed(
    rows: list[dict[str, Any]], units: tuple[str, ...] = (EAST, WEST, SOUTH), **changed: Any
) -> ValueIndex:
    values = measures.compute(arrived(units, clues=rows), settings(**changed)).values
    found = trends.compute(values, roll(*units), settings(**changed))
    check_values(found)
    return ValueIndex(pd.concat([values, found], ignore_index=True))


@pytest.mark.parametrize(
    ("status", "lower", "upper", "expected"),
    [
        ("reported", -0.5, -0.1, "clear_fall"),
        ("partial", 0.1, 2.0, "clear_rise"),
        ("reported", 0.1, math.nan, "clear_rise"),
        ("reported", -0.5, 0.1, "not_clear"),
        ("reported", -0.5, 0.0, "not_clear"),
        ("reported", math.nan, math.nan, "not_clear"),
        ("small_base", -0.9, -0.1, "too_few"),
        ("zero_base", math.nan, math.nan, "zero_base"),
        ("not_comparable", math.nan, math.nan, "not_comparable"),
        ("not_reported", math.nan, math.nan, "not_reported"),
        ("withheld", math.nan, math.nan, "not_reported"),
    ],
)
def test_verdict(status: str, lower: float, upper: float, expected: str) -> None:
    row = {"status": status, "lower": lower, "upper": upper}
    assert verdict(row) == expected
    assert expected in VERDICTS
    assert verdicts(pd.DataFrame([row], index=[5])).to_dict() == {5: expected}


def test_effects_are_those_of_the_units_summed() -> None:
    index = computed(
        clues(EAST, y2019=(20, 10, 5000), y2020=(10, 12, 6000))
        + clues(WEST, y2019=(15, 8, 9000), y2020=(18, 8, 8000)),
        (EAST, WEST),
    )
    east = lmdi([20, 200, 100_000], [10, 120, 60_000])[0]
    west = lmdi([15, 120, 135_000], [18, 144, 144_000])[0]
    for place, factor in enumerate(FACTORS):
        assert index.row(EAST, "2020", f"effect_{factor}", "2019")["value"] == pytest.approx(east[place])
        city = index.row(CITY, "2020", f"effect_{factor}", "2019")
        assert (city["status"], city["value"]) == ("reported", pytest.approx(east[place] + west[place]))
    effects = [index.row(CITY, "2020", f"effect_{factor}", "2019")["value"] for factor in FACTORS]
    assert sum(effects) == pytest.approx(index.row(CITY, "2020", "difference_amount", "2019")["value"])
    shares = [index.row(CITY, "2020", f"share_{factor}", "2019")["value"] for factor in FACTORS]
    assert sum(shares) == pytest.approx(1)


def test_effects_lead_to_the_cells_of_the_amounts() -> None:
    index = computed(clues(EAST, y2019=(20, 10, 5000), y2020=(10, 12, 6000)))
    row = index.row(EAST, "2020", "effect_cases", "2019")
    assert row["source"] == index.row(EAST, "2020", "difference_amount", "2019")["id"]


def test_a_missing_unit_leaves_the_citys_effects_partial() -> None:
    index = computed(clues(EAST, y2019=(20, 10, 5000), y2020=(10, 12, 6000)) + clues(WEST, y2019=(9, 9, 9)))
    assert index.row(WEST, "2020", "effect_cases", "2019")["status"] == "not_reported"
    city, east = (index.row(unit, "2020", "effect_cases", "2019") for unit in (CITY, EAST))
    assert (city["status"], city["value"]) == ("partial", east["value"])


def test_an_amount_without_workers_cannot_be_taken_apart() -> None:
    rows = [clue(EAST, "2019-05-01", workers=0), *clues(EAST, y2020=(10, 12, 6000))]
    assert computed(rows).row(EAST, "2020", "effect_cases", "2019")["status"] == "not_applicable"


def test_an_unchanged_amount_has_no_shares() -> None:
    index = computed(clues(EAST, y2019=(10, 5, 500), y2020=(10, 5, 500)), (EAST,))
    assert index.row(EAST, "2020", "effect_cases", "2019")["value"] == 0
    assert index.row(EAST, "2020", "share_cases", "2019")["status"] == "not_applicable"


def test_a_break_leaves_no_effects() -> None:
    broken = [Break(period="2020", measures=["amount"], reason="口径")]
    index = computed(clues(EAST, y2019=(10, 5, 500), y2020=(10, 5, 500)), (EAST,), breaks=broken)
    assert index.row(EAST, "2020", "effect_cases", "2019")["status"] == "not_comparable"
    assert index.row(CITY, "2020", "effect_cases", "2019")["status"] == "not_comparable"


def test_verdicts_are_counted_and_every_unit_has_one() -> None:
    index = computed(
        clues(EAST, y2019=(50, 1, 500), y2020=(10, 1, 500))
        + clues(WEST, y2019=(5, 1, 500), y2020=(1, 1, 500))
    )
    for quantity in ("cases", "workers", "amount"):
        rows = {which: index.row(CITY, "2020", f"units_{which}_{quantity}", "2019") for which in VERDICTS}
        assert {which: row["value"] for which, row in rows.items() if row["value"]} == {
            "clear_fall": 1, "too_few": 1, "not_reported": 1,
        }  # fmt: skip
        assert sum(row["value"] for row in rows.values()) == 3
        assert {row["unit_of_measure"] for row in rows.values()} == {"unit"}


def test_no_infinite_or_forbidden_value_for_nothing_at_all() -> None:
    index = computed([])
    assert index.row(CITY, "2020", "effect_cases", "2019")["status"] == "not_reported"
    assert index.row(CITY, "2020", "units_not_reported_cases", "2019")["value"] == 3
    assert "not_reported" not in USABLE
