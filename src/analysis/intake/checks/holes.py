"""Holes in the coverage: years or a quarter with so few rows that it looks like a miracle and is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.rounds.faults import Fault
from analysis.rounds.periods import year_of
from analysis.statistics.coverage import UNLIKELY, at_most, thin_years

Quarter = tuple[int, int]


def empty_quarters(
    counts: Mapping[Quarter, int], quarters: Sequence[Quarter]
) -> Iterator[tuple[Quarter, int]]:
    """Yield the quarters without a row between quarters with so many that it cannot be chance, and the number expected.

    Expected is the smallest of the quarters beside it (the next that have rows) and the mean of the rest of its year.

    Args:
        counts: rows by quarter.
        quarters: the quarters looked at, in order.
    """
    filled = [quarter for quarter in quarters if counts.get(quarter, 0)]
    for quarter in quarters:
        if counts.get(quarter, 0):
            continue
        before = [each for each in filled if each < quarter][-1:]
        after = [each for each in filled if each > quarter][:1]
        rest = [counts.get(each, 0) for each in quarters if each[0] == quarter[0] and each != quarter]
        beside = [counts[each] for each in before + after]
        expected = min([*beside, sum(rest) / len(rest) if rest else 0], default=0)
        if at_most(0, expected) < UNLIKELY:
            yield quarter, round(expected)


def _holes(context: Context) -> Iterator[Fault]:
    """Yield thin years, and empty quarters of the others, of each unit's clues."""
    reading = context.readings.get("clues")
    if reading is None or context.roll is None:
        return
    share = context.threshold("coverage_hole")
    nil = {
        (entry.unit, entry.year) for entry in context.round.settings.nil_returns if entry.ledger == "clues"
    }
    years = sorted({year for period in context.round.history for year in period.years()})
    as_of, starts = context.round.as_of, context.round.settings.year_starts
    ends = year_of(as_of, starts), (as_of.month - starts) % 12
    quarters = [(year, quarter) for year in years for quarter in range(1, 5) if (year, 3 * quarter) <= ends]
    rows: dict[str, Counter[Quarter]] = {}
    for unit, day in zip(reading.entries.units, reading.entries.of(context.date_field("clues")), strict=True):
        if day is not None:
            rows.setdefault(unit, Counter())[year_of(day, starts), (day.month - starts) % 12 // 3 + 1] += 1
    for unit in context.roll.codes:
        own = rows.get(unit, Counter())
        of_year = Counter[int]()
        for (year, _quarter), count in own.items():
            of_year[year] += count
        thin = dict.fromkeys(year for year, _count, _expected in thin_years(of_year, years, share))
        name = context.roll.name(unit)
        for year, count, expected in thin_years(of_year, years, share):
            if (unit, year) not in nil:
                yield reading.fault_of_all(
                    "coverage_hole", unit=unit, found=str(year), unit_name=name, rows=str(count),
                    expected_rows=str(expected), when="year",
                )  # fmt: skip
        for (year, quarter), expected in empty_quarters(own, quarters):
            if year not in thin and of_year[year] and (unit, year) not in nil:
                yield reading.fault_of_all(
                    "coverage_hole", unit=unit, found=f"{year}Q{quarter}", unit_name=name, rows="0",
                    expected_rows=str(expected), when="quarter",
                )  # fmt: skip


CHECKS: Final = (Check("coverage_hole", "warns", threshold=0.25, run=_holes),)
