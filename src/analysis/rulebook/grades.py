"""The grade rule of a rule set: how A, C and the rest are built of conditions, and the official sentences.

A is a conjunction of conditions, C a disjunction of clauses, each a conjunction; B is the rest. Whether a condition
holds stands with the condition (`analysis.rulebook.grade_conditions`); grades are given in `analysis.scoring.grading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from analysis.rounds.settings_files import Settings, bad_value
from analysis.rulebook.basis import Founded
from analysis.rulebook.grade_conditions import AnyCondition, Condition, Letter, TopPlaces, condition_name
from analysis.words import Text, Words
from analysis.words.text import join

if TYPE_CHECKING:
    from analysis.rulebook.model import Rulebook


class TieBreak(Founded):
    """A measure that decides between equal scores at a cut; an unreported one loses."""

    measure: str
    better: Literal["high", "low"] = "high"


class Ties(Founded):
    """What happens to equal scores.

    Attributes:
        rank: equal scores share the better rank (1-2-2-4).
        at_top: units tied across the cut of "first n" are all in, all out, or told apart by `tie_break`.
        at_last: the same for "last n".
        tie_break: measures that tell them apart, one after the other.
        unresolved: units that these do not tell apart are all in or all out.
    """

    rank: Literal["better"]
    at_top: Literal["all_in", "all_out", "tie_break"]
    at_last: Literal["all_in", "all_out", "tie_break"]
    tie_break: tuple[TieBreak, ...] = ()
    unresolved: Literal["all_in", "all_out"] = "all_in"

    @model_validator(mode="after")
    def _something_breaks_them(self) -> Self:
        if "tie_break" in (self.at_top, self.at_last) and not self.tie_break:
            raise bad_value("tie_break_missing")
        return self


class Slots(Founded):
    """Whether a unit that cannot be in the first places leaves its place to the next one.

    Attributes:
        vetoed: for a unit with a veto, or in C by a clause that does not ask for its place.
        barred: for a unit that fails another condition of grade A than its place.
    """

    vetoed: Literal["freed", "kept"]
    barred: Literal["freed", "kept"]


class GradeA(Founded):
    """The best grade: every condition holds (conjunction)."""

    all_of: Annotated[tuple[AnyCondition, ...], Field(min_length=1)]


class GradeC(Founded):
    """The lowest grade: any clause holds (disjunction); a clause is a conjunction of conditions."""

    any_of: Annotated[
        tuple[Annotated[tuple[AnyCondition, ...], Field(min_length=1)], ...], Field(min_length=1)
    ]


class Consequence(Founded):
    """What follows from a grade, told with it.

    Attributes:
        grade: the grade.
        previous: grades of the previous round with which it follows; empty: always.
        text: what follows, as it reads at the end of a sentence.
    """

    grade: Letter
    previous: tuple[Letter, ...] = ()
    text: str
    text_en: str = ""


class Grades(Settings):
    """The grade rule: C beats A, B is the rest."""

    slots: Slots
    A: GradeA
    C: GradeC
    otherwise: Literal["B"]
    consequences: tuple[Consequence, ...] = ()

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition, those of A first."""
        yield from self.A.all_of
        for clause in self.C.any_of:
            yield from clause

    def measures(self) -> tuple[str, ...]:
        """Return the measures the conditions read, in order, each once."""
        found = [measure for condition in self.conditions() for measure in condition.reads()]
        return tuple(dict.fromkeys(found))


def grade_sentences(grades: Grades, rulebook: Rulebook, words: Words) -> tuple[Text, ...]:
    """Return the official sentences of the grade rule: A, C, the rest, and what follows from a grade."""
    best = [condition.phrase(rulebook, words) for condition in grades.A.all_of]
    clauses = [
        join(
            [condition.phrase(rulebook, words) for condition in clause],
            words.label("condition.and"),
        )
        for clause in grades.C.any_of
    ]
    return (
        words("grade.rule.A", conditions=words.series(best)),
        words("grade.rule.C", clauses=words.series(clauses)),
        words("grade.rule.otherwise"),
        *(
            words(
                f"grade.rule.consequence{'_after' if follows.previous else ''}",
                grade=follows.grade,
                previous=words.list(follows.previous),
                text=words.written(follows.text, follows.text_en),
            )
            for follows in grades.consequences
        ),
    )


def slots_sentence(grades: Grades, words: Words) -> Text:
    """Return the sentence on whether vetoed and barred units free their slots, if the rule has places of A at all."""
    if not any(isinstance(condition, TopPlaces) for condition in grades.A.all_of):
        return Text()
    return words.paragraph(
        [
            words(f"grade.rule.slots.vetoed_{grades.slots.vetoed}"),
            words(f"grade.rule.slots.barred_{grades.slots.barred}"),
        ]
    )


def ties_sentence(ties: Ties, rulebook: Rulebook, words: Words) -> Text:
    """Return the sentence on equal scores at the cuts."""
    breaking = words.list(
        [
            words(f"grade.rule.ties.{breaker.better}", name=condition_name(breaker.measure, rulebook, words))
            for breaker in ties.tie_break
        ]
    )
    return words.paragraph(
        [
            words(
                f"grade.rule.ties.{where}_{policy}",
                measures=breaking,
                unresolved=words.label(f"grade.rule.ties.{ties.unresolved}"),
            )
            for where, policy in (("at_top", ties.at_top), ("at_last", ties.at_last))
        ]
    )
