"""The grade rule of a rule set: conditions, and how A, C and the rest are built of them.

A is a conjunction of conditions, C a disjunction of clauses, each a conjunction; B is the rest. A condition is data:
whether it holds for a unit, and how far it is from the opposite, is for `analysis.scoring.grading` to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from analysis.rounds.settings_files import Settings, bad_value
from analysis.rulebook.basis import Founded
from analysis.rulebook.exact_numbers import Points, Quantity, Share

Letter = Literal["A", "B", "C"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(_[A-Za-z0-9]+)*$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$")]

#: how the measure of a stated fact begins: the fact `falsified` is the measure `stated_falsified`
STATED: Final = "stated_"


class Fact(Founded):
    """Something the office states of a unit itself, because no ledger says it (poor work, falsified data).

    Attributes:
        code: its code; in the value table it is the measure `stated_<code>`.
        name: the fact, as it reads after 认定.
        otherwise: how it reads where the office states that it does not hold; empty: 未认定 and the name.
    """

    code: Name
    name: str
    name_en: str = ""
    otherwise: str = ""
    otherwise_en: str = ""
    definition: str = ""

    @property
    def measure(self) -> str:
        """Its name in the value table."""
        return STATED + self.code


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


class TopPlaces(Founded):
    """Among the first `places` of the units that hold a slot."""

    kind: Literal["top"]
    places: Annotated[int, Field(ge=1)]


class LastPlaces(Founded):
    """Among the last `places`.

    Attributes:
        places: how many.
        among: of whom they are counted: of the units with a score (`graded`), of `all` (a unit without a score takes
            one of the last places), or of those no other clause of C takes (`unvetoed`).
    """

    kind: Literal["last"]
    places: Annotated[int, Field(ge=1)]
    among: Literal["graded", "all", "unvetoed"] = "graded"


class ScoreAtLeast(Founded):
    """The score reaches `points` (closed end), or passes them (`score_above`, open end)."""

    kind: Literal["score_at_least", "score_above"]
    points: Points


class ScoreBelow(Founded):
    """The score is below `points` (open end), or does not pass them (`score_at_most`, closed end)."""

    kind: Literal["score_below", "score_at_most"]
    points: Points


class Measured(Founded):
    """A condition on one measure.

    Attributes:
        measure: which measure.
        read: the value itself, or a mark as a share of its full mark.
        full: full mark of `read: mark`; left out, the full mark stands with the mark.
    """

    measure: str
    read: Literal["value", "mark"] = "value"
    full: Annotated[Points, Field(gt=0)] | None = None


class Gate(Measured):
    """A measure reaches `at_least` (closed); an unreported one does not."""

    kind: Literal["gate"]
    at_least: Quantity


class Below(Measured):
    """A measure is below a line (open): a sign of poor work.

    Attributes:
        below: the line.
        missing: whether an unreported value counts as below it.
    """

    kind: Literal["below"]
    below: Quantity
    missing: Literal["met", "unmet"] = "unmet"


class Part(Founded):
    """The points of some items together, as a share of their full points.

    Attributes:
        items: codes of indicators, dimensions or bonuses.
        share: the line.
        name: what they are together.
    """

    kind: Literal["part_at_least", "part_below"]
    items: Annotated[tuple[Code, ...], Field(min_length=1)]
    share: Annotated[Share, Field(gt=0, le=1)]
    name: str
    name_en: str = ""


class Count(Founded):
    """Some counts together reach a number (`count`), or do not pass it (`count_at_most`); both ends closed.

    Attributes:
        measures: what is counted; several are added up.
        number: the number.
        counted: in what it is told, a key of `counted` in the words.
        name: what they are together.
    """

    kind: Literal["count", "count_at_most"]
    measures: Annotated[tuple[str, ...], Field(min_length=1)]
    number: Annotated[int, Field(ge=0)]
    counted: Literal["event", "case", "project", "clue", "unit"] = "event"
    name: str
    name_en: str = ""


class Stated(Founded):
    """The office stated a fact of the unit, or (`holds: false`) stated that it does not hold."""

    kind: Literal["stated"]
    fact: Name
    holds: bool = True


class Previous(Founded):
    """The unit had one of `grades` in the previous round, or (`holds: false`) had none of them.

    Where the previous grade is not known the condition is not applied: it is left out of A, and its clause out of C.
    """

    kind: Literal["previous"]
    grades: Annotated[tuple[Letter, ...], Field(min_length=1)]
    holds: bool = True


class Vetoed(Founded):
    """Any veto of the rulebook is triggered."""

    kind: Literal["veto"]


Condition = Annotated[
    TopPlaces
    | LastPlaces
    | ScoreAtLeast
    | ScoreBelow
    | Gate
    | Below
    | Part
    | Count
    | Stated
    | Previous
    | Vetoed,
    Field(discriminator="kind"),
]


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

    all_of: Annotated[tuple[Condition, ...], Field(min_length=1)]


class GradeC(Founded):
    """The lowest grade: any clause holds (disjunction); a clause is a conjunction of conditions."""

    any_of: Annotated[tuple[Annotated[tuple[Condition, ...], Field(min_length=1)], ...], Field(min_length=1)]


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
        found: list[str] = []
        for condition in self.conditions():
            match condition:
                case Gate() | Below():
                    found.append(condition.measure)
                case Count():
                    found += condition.measures
                case Stated():
                    found.append(STATED + condition.fact)
                case _:
                    continue
        return tuple(dict.fromkeys(found))
