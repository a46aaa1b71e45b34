"""Other choices somebody could defend: another base year, other weights, another rule for declines from few cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.changes import is_broken
from analysis.indicators.values import USABLE, ValueIndex, value_rows
from analysis.rounds.periods import Period
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.indicator import ZeroBase
from analysis.scoring import scoring
from analysis.scoring.firmness.standing import Standing

Kind = Literal["base_year", "weights", "few_cases"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
#: by how much the weight of a dimension is changed
SHIFT: Final = 0.2
_SMALL: Final = ("city", "unit", "full_if_no_more")
_ZERO: Final[tuple[ZeroBase, ...]] = ("full_if_none_now", "full_points", "no_points")


@dataclass(frozen=True)
class Choice:
    """One other choice: its kind, and the totals it gives, shape (units,), in the last printed place."""

    kind: Kind
    totals: np.ndarray


@dataclass(frozen=True)
class Setting:
    """What is chosen differently.

    Attributes:
        values: the value table.
        index: its rows by key.
        standing: the official result.
        rulebook: the rule set.
        roll: the units.
        of: the round, for its periods and the breaks in its series.
    """

    values: pd.DataFrame
    index: ValueIndex
    standing: Standing
    rulebook: Rulebook
    roll: UnitRoll
    of: Round

    def totals(
        self, *, values: pd.DataFrame | None = None, rulebook: Rulebook | None = None, base: str = ""
    ) -> np.ndarray:
        """Return totals by the official way of scoring, with some of it replaced, of the units of the standing."""
        scored = scoring.score_units(
            self.index if values is None else ValueIndex(values),
            rulebook or self.rulebook,
            self.roll,
            period=self.of.period.text,
            base_period=base or self.of.base,
        )
        by_unit = {unit.unit: unit.whole.points for unit in scored}
        scale = 10**self.rulebook.rounding.places
        return np.array([int(by_unit[unit] * scale) for unit in self.standing.units], dtype=np.int64)


def choices(setting: Setting) -> Iterator[Choice]:
    """Yield every other choice with its totals; one choice is changed at a time."""
    declines = sorted(
        {
            measure
            for indicator in setting.rulebook.indicators()
            for measure in indicator.measures
            if catalogue.of(measure).compared
        }
    )
    if declines:
        yield from _base_years(setting, declines)
    yield from _weights(setting.standing, setting.rulebook)
    if declines:
        yield from _few_cases(setting)


def _base_years(setting: Setting, declines: list[str]) -> Iterator[Choice]:
    index, of = setting.index, setting.of
    for base in of.history:
        earlier = base.start < of.period.start and of.period.is_like(base)
        if not earlier or base.text == of.base:
            continue
        rows = [row for measure in declines for row in _against(index, measure, base, setting.roll, of)]
        if not any(row["status"] in USABLE for row in rows):
            continue
        made = value_rows(rows, of.id)
        # a comparison the round makes itself comes first
        values = pd.concat([setting.values, made], ignore_index=True)
        yield Choice("base_year", setting.totals(values=values, base=base.text))


def _against(
    index: ValueIndex, measure: str, base: Period, roll: UnitRoll, of: Round
) -> Iterator[dict[str, Any]]:
    """Yield what a change or difference is against another base, for every unit and for all who reported both."""
    code = catalogue.of(measure)
    plain = code.measure
    broken = is_broken(plain, of.period, base, of.settings)
    pairs: list[tuple[str, float | None, float | None]] = []
    for unit in roll.codes:
        found = [index.get(unit, period, plain) for period in (of.period.text, base.text)]
        now, before = (
            None if row is None or row["status"] not in USABLE else float(row["value"]) for row in found
        )
        pairs.append((unit, now, before))
    both = [(now, before) for _, now, before in pairs if now is not None and before is not None]
    if both and code.compared == "change":
        pairs.append((roll.city_code, sum(now for now, _ in both), sum(before for _, before in both)))
    for unit, now, before in pairs:
        row: dict[str, Any] = {
            "unit": unit,
            "period": of.period.text,
            "base_period": base.text,
            "measure": measure,
            "unit_of_measure": "ratio",
            "method": "no_interval",
            "status": "not_reported",
        }
        if now is not None and before is not None:
            row |= {"numerator": now, "denominator": before, "status": "reported"}
            if broken:
                row["status"] = "not_comparable"
            elif code.compared == "difference":
                row["value"] = now - before
            elif before:
                row["value"] = (now - before) / before
            else:
                row["status"] = "zero_base"
        yield row


def _weights(standing: Standing, rulebook: Rulebook) -> Iterator[Choice]:
    full = {dimension.code: float(dimension.points) for dimension in rulebook.dimensions}
    if len(full) < 2:
        return
    mean = sum(full.values()) / len(full)
    sets: list[Mapping[str, float]] = [{code: factor} for code in full for factor in (1 - SHIFT, 1 + SHIFT)]
    sets.append({code: mean / points for code, points in full.items()})
    factors = np.array([standing.of_dimensions(one) for one in sets])
    for totals in standing.totals(standing.weighed(factors), rulebook):
        yield Choice("weights", totals)


def _few_cases(setting: Setting) -> Iterator[Choice]:
    book = setting.rulebook
    others: list[Rulebook] = [
        book.model_copy(update={"small_base": book.small_base.model_copy(update={"use": use})})
        for use in _SMALL
        if use != book.small_base.use
    ]
    others += [book.model_copy(update={"zero_base": given}) for given in _ZERO if given != book.zero_base]
    for other in others:
        yield Choice("few_cases", setting.totals(rulebook=other))
