"""Conditions on what was measured: 清欠率不低于 95%, and their conjunctions and disjunctions.

A condition on something that was not reported is neither met nor unmet; the rule that asks decides what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from analysis.rounds.settings_files import Settings, bad_value
from analysis.rulebook.exact_numbers import Quantity

#: how the measure of a stated fact begins: the fact `falsified` is the measure `stated_falsified`
STATED: Final = "stated_"
#: the bounds a condition may state, and whether the bound itself is inside
BOUNDS = {"at_least": True, "above": False, "at_most": True, "below": False}


class Predicate(Settings):
    """A condition: bounds on one measure, or several conditions joined.

    Attributes:
        measure: what is asked about; left out, what the indicator itself reads.
        name: how the measure is called in the sentence, where the catalogue has no name for it; a fact the office
            states has that of the fact.
        name_en: the same in English.
        above_mean_of: what is asked is how far the measure lies above the mean of all units, or of the others: of a
            share in percentage points, of anything else in per cent of the mean.
        at_least: lower bound, itself inside (以上、不低于).
        above: lower bound, itself outside (超过、高于).
        at_most: upper bound, itself inside (以下、不高于).
        below: upper bound, itself outside (不足、低于).
        all_of: every one of these holds.
        any_of: one of these holds.
    """

    measure: str = ""
    name: str = ""
    name_en: str = ""
    above_mean_of: Literal["all", "others"] | None = None
    at_least: Quantity | None = None
    above: Quantity | None = None
    at_most: Quantity | None = None
    below: Quantity | None = None
    all_of: Annotated[tuple[Predicate, ...], Field(min_length=1)] | None = None
    any_of: Annotated[tuple[Predicate, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Predicate:
        """Hold the condition to one form: bounds, `all_of` or `any_of`."""
        bounds = any(getattr(self, bound) is not None for bound in BOUNDS)
        forms = bounds + (self.all_of is not None) + (self.any_of is not None)
        if forms != 1 or ((self.measure or self.name) and not bounds):
            raise bad_value("not_a_condition")
        # between two bounds the worst filling of an empty cell could lie anywhere
        stated = sum(getattr(self, bound) is not None for bound in BOUNDS)
        if self.above_mean_of is not None and (not self.measure or stated != 1):
            raise bad_value("mean_without_bound")
        return self

    def leaves(self) -> Iterator[Predicate]:
        """Yield the conditions on single measures."""
        joined = self.all_of or self.any_of
        if joined is None:
            yield self
            return
        for part in joined:
            yield from part.leaves()

    def holds(self, value_of: Callable[..., Fraction | None]) -> bool | None:
        """Return whether the condition is met, or None where that hangs on something not reported.

        Args:
            value_of: the value of a measure (`""` for what the indicator itself reads), None if there is none; with a
                second argument, all or others, how far it lies above their mean.
        """
        if self.all_of is not None:
            found = [part.holds(value_of) for part in self.all_of]
            return False if False in found else None if None in found else True
        if self.any_of is not None:
            found = [part.holds(value_of) for part in self.any_of]
            return True if True in found else None if None in found else False
        mean_of = self.above_mean_of
        x = value_of(self.measure) if mean_of is None else value_of(self.measure, mean_of)
        return None if x is None else self.contains(x)

    def contains(self, x: Fraction) -> bool:
        """Return whether a number lies inside the bounds."""
        return (
            (self.at_least is None or x >= Fraction(self.at_least))
            and (self.above is None or x > Fraction(self.above))
            and (self.at_most is None or x <= Fraction(self.at_most))
            and (self.below is None or x < Fraction(self.below))
        )

    def lower(self) -> tuple[Fraction, bool] | None:
        """Return the lower bound and whether it is inside, None without one."""
        return _bound(self.at_least, self.above)

    def upper(self) -> tuple[Fraction, bool] | None:
        """Return the upper bound and whether it is inside, None without one."""
        return _bound(self.at_most, self.below)


def _bound(inside: Quantity | None, outside: Quantity | None) -> tuple[Fraction, bool] | None:
    if inside is not None:
        return Fraction(inside), True
    return None if outside is None else (Fraction(outside), False)
