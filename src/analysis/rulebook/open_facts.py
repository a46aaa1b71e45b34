"""What facts that rest on empty cells may come to: every combination of answers that could make another grade.

One fact may help a unit (a fund that is there) while another harms it (an incident that is one), so it is not enough
to clear them all and to take them all. Of each fact those numbers are tried between which nothing turns, and all of
them with all of those of the others. Where these are more than `MOST`, only the best and the worst answer are tried of
facts that can do nothing but help, or nothing but harm; where that leaves too many as well, the grade is pending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import prod
from typing import Final

from analysis.rulebook.bench import Bench, Offence, facts_of
from analysis.rulebook.derivation import Reading
from analysis.rulebook.grade_conditions import LastPlaces
from analysis.rulebook.model import Rulebook
from analysis.rulebook.predicates import STATED

#: so many combinations are tried for one unit
MOST: Final = 128

#: numbers of the open facts of a unit, by measure
Answers = dict[str, Reading]


def open_facts(readings: Mapping[tuple[str, str], Reading], rulebook: Rulebook) -> dict[str, Answers]:
    """Return the facts that rest on empty cells, as they were read, by unit.

    So does any other measure of which more would be worse, where nothing says how much of it there could be. What the
    office states itself does not hold unless it says so.

    Args:
        readings: what was read, by unit and measure.
        rulebook: the rule set.
    """
    facts, grades = facts_of(rulebook), rulebook.grades
    harmful = {
        measure
        for place, level in enumerate(grades.levels)
        for clause in level.clauses
        for condition in clause
        if condition.more_harms(place, grades.rest)
        for measure in condition.reads()
        if not measure.startswith(STATED)
    }
    found: dict[str, Answers] = {}
    for (unit, measure), reading in readings.items():
        unknown = reading.fillings is None or reading.status == "not_reported"
        if measure in facts and reading.fillings != ():
            found.setdefault(unit, {})[measure] = reading
        elif measure in harmful - facts and unknown:
            found.setdefault(unit, {})[measure] = replace(reading, fillings=None)
    return found


@dataclass(frozen=True)
class Fillings:
    """The combinations of answers to try for one unit; the first clears every fact, or has the least of it.

    Attributes:
        tried: the combinations; empty where there are too many of them.
        all_of_them: whether nothing that depends on the answers can be otherwise than with one of these. Without it
            that holds for the grade alone, not for how far away another one is.
    """

    tried: tuple[Answers, ...]
    all_of_them: bool

    @classmethod
    def of(cls, unit: str, bench: Bench) -> Fillings:
        """Return the combinations for the open facts of a unit; of one without any there is one, of no answers.

        Args:
            unit: code of the unit.
            bench: the units, judged with the facts cleared.
        """
        facts = bench.evidence.open_facts.get(unit, {})
        tried = {measure: _tried(reading, bench.rulebook) for measure, reading in facts.items()}
        if prod(map(len, tried.values())) <= MOST:
            return cls(tuple(_combined(tried)), True)
        sides = {measure: _sides(measure, bench) for measure in facts}
        both = {measure: tried[measure] for measure, side in sides.items() if len(side) > 1}
        if 2 * prod(map(len, both.values())) > MOST:
            return cls((), False)
        ends = [
            {
                measure: reading.at("lowest" if (sides[measure] == {"harms"}) == best else "highest")
                for measure, reading in facts.items()
                if measure not in both
            }
            for best in (True, False)
        ]
        return cls(tuple({**end, **answers} for end in ends for answers in _combined(both)), False)

    def benches(self, unit: str, bench: Bench) -> Iterator[Bench]:
        """Yield the bench with every combination of answers of a unit."""
        for answers in self.tried:
            if not answers:
                yield bench
                continue
            readings = {**bench.evidence.readings, **{(unit, name): read for name, read in answers.items()}}
            yield Bench(replace(bench.evidence, readings=readings), bench.rulebook)


def _combined(tried: Mapping[str, tuple[Reading, ...]]) -> Iterator[Answers]:
    for answers in product(*tried.values()):
        yield dict(zip(tried, answers, strict=True))


def _tried(reading: Reading, rulebook: Rulebook) -> tuple[Reading, ...]:
    """Return the answers to try of one fact: the ends, and what lies on either side of where something turns.

    Of a fact that is added to others, or that tells equal scores apart, every whole number may matter.
    """
    low, high = reading.at("lowest"), reading.at("highest")
    least, most = low.value or Fraction(0), high.value or Fraction(0)
    turns = _turns(reading.measure, rulebook)
    if turns is None:
        # one more than may be tried is enough to know that there are too many
        last = min(int(most), int(least) + MOST + 1)
        between = [Fraction(number) for number in range(int(least) + 1, last)]
    else:
        between = sorted({side for turn in turns for side in (turn - 1, turn) if least < side < most})
    inner = (replace(reading, status="reported", value=number, fillings=()) for number in between)
    return tuple(dict.fromkeys((low, *inner, high)))


def _turns(measure: str, rulebook: Rulebook) -> frozenset[Fraction] | None:
    """Return the numbers of a fact from which on something is otherwise; None where that may be any number."""
    if any(breaker.measure == measure for breaker in rulebook.ties.tie_break):
        return None
    offences: tuple[Offence, ...] = (*rulebook.vetoes, *rulebook.falsification)
    found = {Fraction(offence.at_least) for offence in offences if offence.measure == measure}
    for condition in rulebook.grades.conditions():
        if measure in condition.reads():
            turn = condition.turns_at()
            if turn is None:
                return None
            found.add(turn)
    return frozenset(found)


def _sides(measure: str, bench: Bench) -> set[str]:
    """Return whether more of a fact helps a unit or harms it; both where that cannot be told."""
    book = bench.rulebook
    levels = book.grades.levels
    # who is in one of several lowest grades may be spared the places of another, and a grade that few units leave open
    # is neither better nor worse
    spared = len(levels) - book.grades.rest > 2 and any(
        isinstance(condition, LastPlaces) and condition.among == "unvetoed"
        for condition in book.grades.conditions()
    )
    if spared or bench.few != "places" or any(each.measure == measure for each in book.ties.tie_break):
        return {"helps", "harms"}
    found = {
        "harms" if condition.more_harms(place, book.grades.rest) else "helps"
        for place, level in enumerate(levels)
        for clause in level.clauses
        for condition in clause
        if measure in condition.reads()
    }
    offences: tuple[Offence, ...] = (*book.vetoes, *book.falsification)
    if any(offence.measure == measure for offence in offences):
        found.add("harms")
    return found or {"harms"}
