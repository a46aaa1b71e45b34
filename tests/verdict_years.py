"""Simulated years: false clear verdicts, true falls found, true scores inside their intervals; kept block by block.

    python -m tests.verdict_years [BLOCKS]      # go on until every setting has so many blocks, and write the tally

A block has its own seed, so that it comes out the same whenever it is run; a test repeats one of each setting.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from analysis.indicators.verdicts import rows
from analysis.scoring.firmness.drawing import centred, shares
from analysis.statistics import change_in_sums, dispersion

TALLY: Final = Path(__file__).with_suffix(".json")
#: cases a year of the nine units of the example, in the middle of its history
UNITS: Final = (130, 48, 45, 72, 50, 66, 62, 60, 12)
CITY: Final = "city"
YEARS: Final = 5
MONTHS: Final = 36
BLOCK: Final = 50
#: a true fall of one unit
FALL: Final = 0.7
BASES: Final = (65, 130, 200, 400)
CASES: Final = (5, 20, 80, 200)
RATES: Final = (0.80, 0.95, 0.99)
#: points, full at this share, points off per point below it: as the rates of the example's rule set
RULE: Final = (8.0, 0.98, 0.3)
DRAWS: Final = 1000

Kind = Literal["year", "month"]


@dataclass(frozen=True)
class Setting:
    """Years to be simulated.

    Attributes:
        kind: whether counts vary more than Poisson counts from year to year, or from month to month.
        variance: of a count over its mean.
        base: cases a year of the unit that falls; 0 where nothing changes.
    """

    kind: Kind
    variance: int
    base: int = 0

    @property
    def name(self) -> str:
        """Its name in the tally."""
        return f"{self.kind} {self.variance}" + (f" base {self.base}" if self.base else "")


SETTINGS: Final = (
    Setting("year", 1),
    Setting("year", 2),
    Setting("month", 2),
    *(Setting("year", variance, base) for variance in (1, 2) for base in BASES),
)


def counts(rng: np.random.Generator, setting: Setting, means: np.ndarray) -> np.ndarray:
    """Return cases by unit, year and month, means of shape (units, years)."""
    extra = setting.variance - 1
    by_month = np.repeat(means[:, :, None] / 12, 12, axis=2)
    if extra and setting.kind == "year":
        by_month = by_month * (rng.gamma(means / extra, extra) / means)[:, :, None]
    elif extra:
        by_month = rng.gamma(by_month / extra, extra)
    return rng.poisson(by_month)


def judged(rng: np.random.Generator, setting: Setting) -> np.ndarray:
    """Return which of the verdicts of one simulated year are clear, shape (quantities, units)."""
    base = np.array([setting.base, *UNITS[1:]] if setting.base else UNITS, dtype=float)
    means = np.repeat(base[:, None], YEARS, axis=1)
    if setting.base:
        means[0, -1] *= FALL
    months = counts(rng, setting, means)
    years = months.sum(axis=2)
    spread = dispersion.largest(
        [
            dispersion.of_months(months.reshape(len(base), -1)[:, -MONTHS:].reshape(-1, 12)),
            dispersion.of_years(years[:, :-1], np.arange(YEARS - 1)),
        ]
    )
    changes: list[tuple[dict[str, Any], float]] = []
    for quantity in ("cases", "workers", "amount"):
        now, before, squares = _sums(rng, quantity, years[:, -1].tolist(), years[:, -2].tolist())
        found = change_in_sums(now, before, squares, dispersion=spread)
        for unit, p in enumerate(found["p_value"]):
            status = "small_base" if years[unit, -2] < 10 else "reported"
            row = {"unit": str(unit), "period": "2", "base_period": "1", "measure": quantity, "method": ""}
            changes.append((row | {"status": status}, p))
    q = [row.get("value", 1.0) for row in rows(changes, CITY) if row["measure"].startswith("q_")]
    return (np.array(q) <= 0.05).reshape(3, len(base))


def _sums(
    rng: np.random.Generator, quantity: str, now: list[int], before: list[int]
) -> tuple[list[int], list[int], list[int]]:
    """Return a quantity now and before by unit, and the squares of its parts."""
    if quantity == "cases":
        return now, before, [one + other for one, other in zip(now, before, strict=True)]
    sums: tuple[list[int], list[int], list[int]] = ([], [], [])
    for one, other in zip(now, before, strict=True):
        number = one + other
        sizes = (
            1 + rng.geometric(1 / 9, number)
            if quantity == "workers"
            else np.rint(rng.lognormal(11.5, 0.9, number))
        )
        parts = [int(size) for size in sizes]
        for kept, value in zip(
            sums, (sum(parts[:one]), sum(parts[one:]), sum(part * part for part in parts)), strict=True
        ):
            kept.append(value)
    return sums


def block(setting: Setting, number: int) -> int:
    """Return in how many years of a block any verdict is clear, or where one unit falls its cases are."""
    rng = np.random.default_rng([SETTINGS.index(setting), number])
    clear = [judged(rng, setting) for _ in range(BLOCK)]
    return sum(bool(each[0, 0]) if setting.base else bool(each.any()) for each in clear)


def points(share: np.ndarray | float) -> np.ndarray:
    """Return the points of a rate by the rule."""
    full, at, off = RULE
    return np.clip(full - off * np.maximum(0, at - np.asarray(share, dtype=float)) * 100, 0, full)


def covered(cases: int, rate: float, number: int) -> int:
    """Return how often the true score lies in the interval of a block of simulated units."""
    rng = np.random.default_rng([1000 + cases, round(100 * rate), number])
    found = 0
    for resolved in rng.binomial(cases, rate, BLOCK).tolist():
        drawn = points(shares(rng, resolved, cases, DRAWS))
        official = float(points(resolved / cases))
        lower, upper = np.quantile(
            centred(drawn, official, (0.0, RULE[0])), [0.025, 0.975], method="inverted_cdf"
        )
        found += bool(lower - 1e-9 <= points(rate) <= upper + 1e-9)
    return found


def tally() -> dict[str, list[int]]:
    """Return what has been simulated: by setting, how often in each of its blocks."""
    known: dict[str, list[int]] = json.loads(TALLY.read_text()) if TALLY.exists() else {}
    return known


def main(blocks: int) -> None:
    """Go on until every setting has so many blocks."""
    known = tally()
    for number in range(blocks):
        for setting in SETTINGS:
            done = known.setdefault(setting.name, [])
            if len(done) == number:
                done.append(block(setting, number))
        for cases in CASES:
            for rate in RATES:
                done = known.setdefault(f"score {cases} {rate}", [])
                if len(done) == number:
                    done.append(covered(cases, rate, number))
        TALLY.write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
