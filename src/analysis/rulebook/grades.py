"""The grade rule of a rule set: its grades from the best to the lowest, what each asks for, and the official sentences.

A grade asks for all its conditions and, where it has clauses, for one of these; one asks for nothing and takes the
rest. Grades above it are tried from the best down; grades below it from the lowest up, and they beat those above.
Whether a condition holds stands with the condition (`analysis.rulebook.grade_conditions`); grades are given in
`analysis.scoring.grading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from analysis.render.palette import Tier
from analysis.rounds.settings_files import Settings, bad_value
from analysis.rulebook.basis import Founded
from analysis.rulebook.grade_conditions import (
    Clause,
    Condition,
    GradeName,
    LastPlaces,
    TopPlaces,
    breaks,
    grades_said,
)
from analysis.words import Text, Words
from analysis.words.text import join

if TYPE_CHECKING:
    from analysis.rulebook.model import Rulebook

#: what is done with equal scores across a cut
Policy = Literal["all_in", "all_out", "tie_break"]
#: what places do where there are too few units for them
FewUnits = Literal["no_grade", "no_places", "places"]


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
    at_top: Policy
    at_last: Policy
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
        vetoed: for a unit with a veto, or in a grade below the rest by a clause that does not ask for its place.
        barred: for a unit that fails another condition of the grade than its place.
        lowered: for a unit that is lowered by one grade.
    """

    vetoed: Literal["freed", "kept"]
    barred: Literal["freed", "kept"]
    lowered: Literal["freed", "kept"] = "kept"


class Level(Founded):
    """One grade.

    Attributes:
        name: what it is called, such as 优秀 or A.
        name_en: the same in English.
        all_of: conditions that all have to hold.
        any_of: clauses of which one has to hold; a clause is a conjunction of conditions.
    """

    name: GradeName
    name_en: str = ""
    all_of: Clause = ()
    any_of: tuple[Annotated[Clause, Field(min_length=1)], ...] = ()

    @property
    def is_rest(self) -> bool:
        """Whether it asks for nothing and takes who is in no other grade."""
        return not self.all_of and not self.any_of

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The conjunctions of which one has to hold; none of the grade that takes the rest."""
        if self.any_of:
            return tuple((*self.all_of, *clause) for clause in self.any_of)
        return (self.all_of,) if self.all_of else ()


class GradeA(Founded):
    """The best grade of three: every condition holds (conjunction)."""

    all_of: Annotated[Clause, Field(min_length=1)]


class GradeC(Founded):
    """The lowest grade of three: any clause holds (disjunction); a clause is a conjunction of conditions."""

    any_of: Annotated[tuple[Annotated[Clause, Field(min_length=1)], ...], Field(min_length=1)]


class Consequence(Founded):
    """What follows from a grade, told with it.

    Attributes:
        grade: the grade.
        previous: grades of the previous round with which it follows; empty: always.
        text: what follows, as it reads at the end of a sentence.
    """

    grade: GradeName
    previous: tuple[GradeName, ...] = ()
    text: str
    text_en: str = ""


class Grades(Settings):
    """The grade rule.

    It is written as `levels`, or, where there are the grades A, B and C, as what A and C ask for, B being the rest.

    Attributes:
        slots: whether units out of the question leave their places.
        levels: the grades, the best first.
        A: what the best of three grades asks for.
        C: what the lowest of three grades asks for.
        otherwise: the rest of three grades.
        alone: what places do for the only unit of its class: it gets no grade by them, they hold for nobody, or they
            are given as elsewhere.
        few_units: the same where there are fewer units than places.
        consequences: what follows from a grade.
    """

    slots: Slots
    levels: tuple[Level, ...] = ()
    A: GradeA | None = None
    C: GradeC | None = None
    otherwise: Literal["B"] | None = None
    alone: FewUnits | None = None
    few_units: FewUnits | None = None
    consequences: tuple[Consequence, ...] = ()

    @model_validator(mode="after")
    def _one_way_of_writing(self) -> Self:
        three = (self.A, self.C, self.otherwise)
        if self.A and self.C and self.otherwise and not self.levels:
            levels = (
                Level(name="A", all_of=self.A.all_of),
                Level(name=self.otherwise),
                Level(name="C", any_of=self.C.any_of),
            )
            # the model is frozen for its users; this is still its making
            self.__dict__["levels"] = levels
        elif any(three) and tuple(level.name for level in self.levels) != ("A", "B", "C"):
            raise bad_value("grades_twofold")
        if len(self.levels) < 2 or sum(level.is_rest for level in self.levels) != 1:
            raise bad_value("grades_without_rest")
        twice = [name for place, name in enumerate(self.names) if name in self.names[:place]]
        if twice:
            raise bad_value("grade_twice", found=twice[0])
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the grades, the best first."""
        return tuple(level.name for level in self.levels)

    def said(self, place: int, words: Words) -> str:
        """Return the name of a grade as it stands in a sentence, the best one having place 0."""
        level = self.levels[place]
        return words.grade(level.name, level.name_en, spaced=True)

    @property
    def best(self) -> Level:
        """The best grade."""
        return self.levels[0]

    @property
    def rest(self) -> int:
        """The place of the grade that takes who is in no other."""
        return next(place for place, level in enumerate(self.levels) if level.is_rest)

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition, those of the best grade first."""
        for level in self.levels:
            yield from level.all_of
            for clause in level.any_of:
                yield from clause

    def measures(self) -> tuple[str, ...]:
        """Return the measures the conditions read, in order, each once."""
        found = [measure for condition in self.conditions() for measure in condition.reads()]
        return tuple(dict.fromkeys(found))

    def with_places(self, places: dict[str, int]) -> Grades:
        """Return the rule with other numbers of first and last places, by name of the grade."""
        if not places:
            return self

        def changed(clause: Clause, number: int) -> Clause:
            return tuple(
                each.model_copy(update={"places": number})
                if isinstance(each, TopPlaces | LastPlaces)
                else each
                for each in clause
            )

        levels = tuple(
            level.model_copy(
                update={
                    "all_of": changed(level.all_of, places[level.name]),
                    "any_of": tuple(changed(clause, places[level.name]) for clause in level.any_of),
                }
            )
            if level.name in places
            else level
            for level in self.levels
        )
        return self.model_copy(update={"levels": levels})

    def places_asked(self) -> int:
        """Return how many units there have to be for all first and all last places."""
        first = [each.places for each in self.conditions() if isinstance(each, TopPlaces)]
        last = [each.places for each in self.conditions() if isinstance(each, LastPlaces)]
        return max(first, default=0) + max(last, default=0)

    def with_few(self, units: int) -> FewUnits:
        """Return what places do among so many units."""
        if units == 1 and self.alone is not None:
            return self.alone
        if self.few_units is not None and units < self.places_asked():
            return self.few_units
        return "places"


@dataclass(frozen=True)
class GradeNames:
    """The grades of a rule set as pages know them.

    Attributes:
        names: their names, the best first.
        best: the best ones: of classes with their own grades each has one.
        lowest: the lowest ones.
        english: their names in English, where they have any.
        by_class: whether units are ranked and graded by class, so that no order goes through all of them.
    """

    names: tuple[str, ...] = ("A", "B", "C")
    best: frozenset[str] = frozenset({"A"})
    lowest: frozenset[str] = frozenset({"C"})
    english: Mapping[str, str] = field(default_factory=dict)
    by_class: bool = False

    def said(self, name: str, words: Words) -> str:
        """Return a grade as it stands in a sentence."""
        return words.grade(name, self.english.get(name, ""))

    def listed(self, names: Iterable[str], words: Words) -> str:
        """Return several grades as they stand in a sentence, in their order."""
        asked = frozenset(names)
        return words.list([self.said(name, words) for name in self.names if name in asked]).plain

    def tier(self, name: str) -> Tier:
        """Return whether a grade is a best one, a lowest one, or neither."""
        return "best" if name in self.best else "lowest" if name in self.lowest else ""


def level_sentence(grades: Grades, place: int, rulebook: Rulebook, words: Words) -> Text:
    """Return the official sentence of one grade, the best one having place 0."""

    def clause(conditions: Clause) -> Text:
        phrases = [condition.phrase(rulebook, words) for condition in conditions]
        return join(phrases, words.label("condition.and"))

    level, grade = grades.levels[place], grades.said(place, words)
    if level.any_of:
        clauses = words.series([clause(each) for each in level.clauses])
        return words("grade.rule.any_of", grade=grade, clauses=clauses)
    if level.all_of:
        conditions = words.series([condition.phrase(rulebook, words) for condition in level.all_of])
        return words("grade.rule.all_of", grade=grade, conditions=conditions)
    return words("grade.rule.otherwise", grade=grade)


def grade_sentences(grades: Grades, rulebook: Rulebook, words: Words) -> tuple[Text, ...]:
    """Return the official sentences of the grade rule: every grade, the rest last, and what follows from one."""
    asked = [place for place, level in enumerate(grades.levels) if not level.is_rest]
    few = [
        words(f"grade.rule.{key}.{what}")
        for key, what in (("alone", grades.alone), ("few_units", grades.few_units))
        if what is not None
    ]
    return (
        *(level_sentence(grades, place, rulebook, words) for place in (*asked, grades.rest)),
        *few,
        *(
            words(
                f"grade.rule.consequence{'_after' if follows.previous else ''}",
                grade=words.grade(follows.grade, spaced=True),
                previous=grades_said(follows.previous, words),
                text=words.written(follows.text, follows.text_en),
            )
            for follows in grades.consequences
        ),
    )


def slots_sentence(grades: Grades, rulebook: Rulebook, words: Words) -> Text:
    """Return the sentence on who frees a slot, if the rule has first places at all."""
    placed = [
        level
        for level in grades.levels
        if any(isinstance(condition, TopPlaces) for clause in level.clauses for condition in clause)
    ]
    if not placed:
        return Text()
    told = ["vetoed", "barred"]
    offences = [veto.effect for veto in rulebook.vetoes] + [false.grade for false in rulebook.falsification]
    told += ["lowered"] if "one_lower" in offences else []
    names = grades_said([level.name for level in placed], words)
    return words.paragraph(
        [words(f"grade.rule.slots.{who}_{getattr(grades.slots, who)}", grade=names) for who in told]
    )


def ties_sentence(ties: Ties, rulebook: Rulebook, words: Words) -> Text:
    """Return the sentence on equal scores at the cuts."""
    breaking = words.list(breaks(rulebook, words))
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
