"""The shape that switches between curves: the first case that applies."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from analysis.rounds.settings_files import Location, Settings, bad_value
from analysis.rulebook.exact_numbers import Points, exact
from analysis.rulebook.predicates import Predicate
from analysis.rulebook.rule import (
    AnyCurve,
    Curve,
    Finding,
    OfOneNumber,
    Step,
    Threshold,
    scoring_shape,
)
from analysis.rulebook.sentences import clause, condition, plain, spaced
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.derivation import Deriving, Reading
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling


class Case(Settings):
    """One case of `first`: where its condition holds, the points or the rule that apply."""

    when: Predicate
    points: Points | None = None
    rule: AnyCurve | None = None

    @model_validator(mode="after")
    def _points_or_rule(self) -> Case:
        if (self.points is None) == (self.rule is None):
            raise bad_value("points_or_rule")
        if self.rule is not None:
            _hold_to_number(self.rule)
        return self


@scoring_shape
class First(OfOneNumber):
    """The first case that applies.

    Attributes:
        cases: in their order.
        otherwise: where none applies.
    """

    shape: Literal["first"]
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    otherwise: AnyCurve

    @model_validator(mode="after")
    def _line(self) -> First:
        _hold_to_number(self.otherwise)
        return self

    def conditions(self) -> Iterator[tuple[Location, Predicate]]:
        """Yield the conditions of the cases."""
        for number, case in enumerate(self.cases):
            yield ("cases", number, "when"), case.when

    def _curves(self) -> Iterator[tuple[Location, Curve]]:
        for number, case in enumerate(self.cases):
            if case.rule is not None:
                yield ("cases", number, "rule"), case.rule
        yield ("otherwise",), self.otherwise

    def thresholds(self) -> Iterator[Threshold]:
        """Yield those of the curves."""
        for place, curve in self._curves():
            for inner, number in curve.thresholds():
                yield (*place, *inner), number

    def scored(self, x: Fraction, compared: Step | None, reading: Reading, at: Deriving) -> list[Step]:
        """Return what the first case that applies gives; one that hangs on something not reported decides nothing."""
        full, terms = at.item.bounds[0], at.item.terms(at.declared)
        value_of = at.value_of(reading)
        chosen: list[Step] = []
        for number, case in enumerate(self.cases):
            holds, which = case.when.holds(value_of), {"case": Fraction(number)}
            if holds is None:
                return [*at.unknown("case_missing", at.declared.missing, which)]
            if holds:
                chosen = [Step("case", Fraction(0), which)]
                step = (
                    Step("case_points", exact(case.points))
                    if case.rule is None
                    else case.rule.award(x, full, terms)
                )
                break
        else:
            step = self.otherwise.award(x, full, terms)
        return at.bounded([*chosen, step], step.points, reading)

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield what is wrong with the curves; a case of several may well give less than full points."""
        for place, curve in self._curves():
            for inner, check, details in curve.faults(item):
                if check != "rulebook_full_never":
                    yield (*place, *inner), check, details

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the cases and what holds otherwise."""
        cases = [
            words(
                "rule.case",
                condition=spaced(condition(case.when, item, words, by_class=declared.by_class), words),
                gives=words("rule.case_points", points=plain(exact(case.points)))
                if case.rule is None
                else clause(case.rule.sentence(item, declared, words), words),
            )
            for case in self.cases
        ]
        otherwise = clause(self.otherwise.sentence(item, declared, words), words)
        return words("rule.first", cases=words.series(cases), otherwise=otherwise)

    def asked(self, step: Step) -> Predicate | None:
        """Return the condition of the case that could not be decided."""
        return self.cases[int(step.numbers["case"])].when

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return which case applied, and what its curve gave."""
        if step.how == "case":
            return telling.words("derivation.case", fact=telling.fact(self.asked(step)))
        if step.how == "case_points":
            return Text()
        chosen = next((each for each in telling.derivation.steps if each.how == "case"), None)
        rule = self.cases[int(chosen.numbers["case"])].rule if chosen else None
        return (rule or self.otherwise).tell(step, telling)


def _hold_to_number(curve: Curve) -> None:
    """Refuse a condition inside a case, which is a condition already."""
    if next(curve.conditions(), None) is not None:
        raise bad_value("line_or_condition")
