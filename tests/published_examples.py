"""Rule sets written after published texts, with made-up units whose points and grades were worked by hand.

Each folder of `published_rules` holds `rulebook.yaml`, `units.yaml` and `expected.yaml`. `read` are the values of the
round's period, `earlier` those of other periods, `parts` of `98/100` numerator and denominator.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML
from rule_examples import CITY, ZH, round_2020, table
from shape_examples import STATUSES, reading_of

from analysis import rulebook as rulebooks
from analysis.indicators import catalogue
from analysis.rounds.faults import Fault
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Reading, Rulebook
from analysis.scoring import grading, scoring

FOLDER = Path(__file__).parent / "published_rules"
CASES = sorted(path.name for path in FOLDER.iterdir() if (path / "rulebook.yaml").is_file())


@dataclasses.dataclass(frozen=True)
class Case:
    """A rule set with its units and what they should come to."""

    name: str
    rules: Rulebook | None
    faults: list[Fault]
    units: list[dict[str, Any]]
    expected: dict[str, Any]

    @property
    def roll(self) -> UnitRoll:
        """The units."""
        return roll_of(self.units)

    def scores(self) -> pd.DataFrame:
        """Return the official scores."""
        assert self.rules is not None, self.faults
        return scoring.official(
            scoring.score(self.values(), self.rules, self.roll, self.round.settings, catalogue=ZH)
        )

    def grades(self) -> dict[str, dict[str, Any]]:
        """Return the grade rows by unit."""
        given = grading.grade(
            self.scores(), self.values(), self.rules, self.roll, self.round.settings, catalogue=ZH
        )
        return {str(row["unit"]): row for row in given.to_dict("records")}

    @property
    def round(self) -> Any:
        """The round."""
        return round_2020(core_ledgers=[])

    def values(self) -> pd.DataFrame:
        """Return the value table."""
        return table(row for unit in self.units for row in _rows(unit))


def case_of(name: str) -> Case:
    """Return a case by the name of its folder."""
    folder = FOLDER / name
    units = _written(folder / "units.yaml")["units"]
    rules, faults = rulebooks.load(
        folder / "rulebook.yaml",
        known=catalogue.is_known,
        measures=catalogue.known_measures(),
        roll=roll_of(units),
    )
    return Case(name, rules, faults, units, _written(folder / "expected.yaml"))


def roll_of(units: list[dict[str, Any]]) -> UnitRoll:
    """Return the units of a case in their order."""
    listed = [
        Unit(unit["code"], unit["name"], unit["name"], order=place, kind=unit.get("kind", ""))
        for place, unit in enumerate(units, 1)
    ]
    return UnitRoll(listed, CITY, "全市")


def _written(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def _rows(unit: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    by_period = {"2020": unit["read"], **unit.get("earlier", {})}
    for period, values in by_period.items():
        for measure, written in values.items():
            yield from _row(unit["code"], measure, period, written)


def _row(unit: str, measure: str, period: str, written: Any) -> Iterator[dict[str, Any]]:
    compared = measure.startswith(("change_", "difference_"))
    read = reading_of(measure, written)
    row = {
        "unit": unit,
        "measure": measure,
        "period": period,
        "base_period": "2019" if compared else "",
        "status": read.status,
        "method": "exact" if compared else "count",
        "unit_of_measure": read.counted or "ratio",
    }
    yield row | {
        key: float(number)
        for key, number in (
            ("value", read.value),
            ("numerator", read.numerator),
            ("denominator", read.denominator),
        )
        if number is not None and str(written) not in STATUSES
    }
    if compared and measure.startswith("difference_rate_"):
        yield from _ends(row, measure.removeprefix("difference_"), read)


def _ends(row: Mapping[str, Any], rate: str, read: Reading) -> Iterator[dict[str, Any]]:
    """Yield the two rates of a difference, from whose counts it is read exactly."""
    for period, share in (("2020", read.numerator), ("2019", read.denominator)):
        parts = Fraction(share or 0)
        yield {
            **row,
            "measure": rate,
            "period": period,
            "base_period": "",
            "unit_of_measure": "ratio",
            "value": float(parts),
            "numerator": float(parts.numerator),
            "denominator": float(parts.denominator),
        }
