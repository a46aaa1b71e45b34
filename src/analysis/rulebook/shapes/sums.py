"""The shape that is a sum of parts, each read and scored by itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from analysis.rulebook.derivation import Derivation, is_taken_out, joint_status
from analysis.rulebook.indicator import Declared, Scoring
from analysis.rulebook.rule import Finding, Rule, Step, as_written, scoring_shape
from analysis.rulebook.sentences import (
    bounds_sentences,
    clause,
    conditions_sentences,
    name_of,
    plain,
    to_places,
)
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.derivation import Deriving, Reading
    from analysis.rulebook.telling import Telling

_NONE: Final = Fraction(0)


class Part(Scoring):
    """A part of a sum, scored like an indicator of its own.

    Attributes:
        adds: a `base` part makes up the full points; a `bonus` comes on top, a `deduction` is taken off. The order in
            which bonus, deduction, cap and floor are done is declared.
    """

    code: str = ""
    name_en: str = ""
    adds: Literal["base", "bonus", "deduction"] = "base"

    def sentence(self, declared: Declared, words: Words) -> Text:
        """Return what the part gives; its own exceptions hold over those of the whole."""
        own = self.declared_over(declared)
        texts = (
            self.rule.sentence(self, own, words),
            *bounds_sentences(self, words, part=True),
            *conditions_sentences(self, own, words),
        )
        told = words.clauses([clause(text, words) for text in texts])
        key, points = f"rule.part_{self.adds}", plain(self.points)
        return words(key, name=name_of(self, words), points=points, rule=told)


@scoring_shape
class Sum(Rule):
    """The sum of parts, each read and scored by itself."""

    has_parts = True

    shape: Literal["sum"]
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]

    @property
    def compares_units(self) -> bool:
        """Whether a part compares the units."""
        return any(part.relative for part in self.parts)

    def scored_parts(self) -> Iterator[Scoring]:
        """Yield the parts."""
        yield from self.parts

    def measures(self) -> Iterator[str]:
        """Yield the measures of the parts."""
        yield from (measure for part in self.parts for measure in part.measures)

    def derived(self, reading: Reading, at: Deriving) -> Derivation:
        """Return the sum of the parts; bonus, deduction, cap and floor in the declared order."""
        parts = at.parts(self.parts)
        full, floor, cap = at.item.bounds
        if all(is_taken_out(part) for part in parts):
            steps = [at.granted("parts", "taken_out")]
        else:
            steps = self._added(parts, "base")
            steps += self._made_good(parts, steps, full)
            for operation in at.declared.order:
                points = sum((step.points for step in steps), _NONE)
                if operation in ("bonus", "deduction"):
                    steps += self._added(parts, operation)
                elif operation == "floor" and floor is not None and points < floor:
                    steps.append(Step("floor", floor - points, {"floor": floor}))
                elif operation == "cap" and points > cap:
                    steps.append(Step("cap", cap - points, {"cap": cap}))
            points = sum((step.points for step in steps), _NONE)
            waiver = at.item.waived_when
            if waiver is not None and points < full and waiver.holds(at.value_of(at.own)):
                steps.append(Step("waived", full - points))
        statuses = {part.status for part in parts}
        status = statuses.pop() if len(statuses) == 1 else joint_status(statuses)
        return dataclasses.replace(at.ended(tuple(steps), status), parts=parts)

    def _made_good(self, parts: tuple[Derivation, ...], steps: list[Step], full: Fraction) -> list[Step]:
        """Return the step that lets the other parts make good for those taken out."""
        out = sum(
            (
                part.possible or _NONE
                for spec, part in zip(self.parts, parts, strict=True)
                if spec.adds == "base" and is_taken_out(part)
            ),
            _NONE,
        )
        if not out or out == full:
            return []
        points = sum((step.points for step in steps), _NONE)
        return [Step("scaled", points * full / (full - out) - points, {"assessed": full - out, "full": full})]

    def _added(self, parts: tuple[Derivation, ...], adds: str) -> list[Step]:
        return [
            Step("part", part.points, {"part": Fraction(number)})
            for number, (spec, part) in enumerate(zip(self.parts, parts, strict=True))
            if spec.adds == adds
        ]

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield parts that do not add up to the full points, and what is wrong with each part."""
        full = item.bounds[0]
        base = sum((Fraction(part.points) for part in self.parts if part.adds == "base"), _NONE)
        if base != full:
            details = {"sum": as_written(base), "points": as_written(full)}
            yield ("parts",), "rulebook_points_of_parts", details
        for number, part in enumerate(self.parts):
            for place, check, details in part.faults():
                yield ("parts", number, *place), check, details

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the parts."""
        parts = words.series([part.sentence(declared, words) for part in self.parts])
        return words("rule.sum", parts=parts, points=plain(item.points))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return one part with why it has its points."""
        if step.how != "part":
            return telling.plainly(step)
        number = int(step.numbers["part"])
        part = self.parts[number]
        points = to_places(abs(step.points), telling.places)
        sign = "minus" if step.points < 0 or part.adds == "deduction" else "plus"
        return telling.words(
            f"derivation.part_of_sum_{sign}",
            name=name_of(part, telling.words),
            told=telling.of_part(number, part),
            points=points,
        )
