"""Lines of a rule set that part nobody from anybody: every unit is beyond them, or none is.

Nothing is wrong with such a rule in itself. It looks the same, though, where a line was written in another unit than
the measure is in, or in the wrong direction; so it is noted with its place before anything is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from analysis.indicators import catalogue
from analysis.indicators.cohorts import Arrived
from analysis.indicators.measures import present_numbers
from analysis.rounds.faults import Fault
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.settings_files import Document, Location
from analysis.rulebook import Indicator, Rulebook
from analysis.rulebook.checks import indicators
from analysis.rulebook.grade_conditions import Gate
from analysis.rulebook.rule import Curve
from analysis.rulebook.sentences import plain

#: of fewer units nothing is said: that two or three are alike is nothing to look into
_FEWEST: Final = 4


def idle_lines(document: Document, rules: Rulebook, arrived: Arrived, of: RoundSettings) -> Iterator[Fault]:
    """Yield a note for every line of an item that gives all units the same, and for every gate nobody passes.

    Args:
        document: the file of the rule set.
        rules: what it says.
        arrived: roll, ledgers, columns and files as the intake hands them over.
        of: the settings of the round.
    """
    # where months or halves are scored by themselves, what the whole period has meets no line
    items = [item for item in rules.indicators() if rules.periods is None and _reads_plainly(item)]
    gates = [*_gates(document)]
    asked = {item.measure for item in items} | {gate.measure for _, gate in gates}
    values = _known(arrived, of, asked)
    places = {document.written(*at, "code"): at for at, _ in indicators(document)}
    assessed = _assessed(rules, arrived)
    for item in items:
        there = {
            unit: value
            for unit, value in values.get(item.measure, {}).items()
            if item.code in assessed.get(unit, frozenset())
        }
        if len(there) < _FEWEST:
            continue
        points = {_points(item, rules, value) for value in there.values()}
        if len(points) == 1:
            full, got = item.bounds[0], points.pop()
            kind = "full" if got == full else "none" if not got else "same"
            at, _line = next(iter(item.rule.thresholds()))
            told = {"item": item.code, "name": item.name, "count": str(len(there)), "points": plain(got)}
            place = (*places[item.code], "rule", *at)
            yield document.fault(f"rulebook_line_idle_{kind}", *place, severity="notes", **told)
    for place, gate in gates:
        known = values.get(gate.measure, {})
        if len(known) >= _FEWEST and all(value < gate.line for value in known.values()):
            told = {"measure": gate.measure, "count": str(len(known))}
            yield document.fault("rulebook_gate_idle", *place, "at_least", severity="notes", **told)


def _reads_plainly(item: Indicator) -> bool:
    """Return whether the points of an item follow from one number of the unit itself, by a line and nothing else."""
    otherwise = (
        item.compare,
        item.samples,
        item.waived_when,
        item.nothing_when,
        item.applies_when,
        item.against,
    )
    return (
        isinstance(item.rule, Curve)
        and item.read == "value"
        and not any(otherwise)
        and not item.not_for
        and catalogue.of(item.measure).compared is None
        and bool([*item.rule.thresholds()])
    )


def _points(item: Indicator, rules: Rulebook, value: Fraction) -> Fraction:
    assert isinstance(item.rule, Curve)
    full, floor, cap = item.bounds
    got = item.rule.award(value, full, item.terms(rules.declared(item))).points
    return min(got if floor is None else max(got, floor), cap)


def _known(arrived: Arrived, of: RoundSettings, asked: set[str]) -> dict[str, dict[str, Fraction]]:
    """Return the numbers of the round's period that are known in full, by measure and unit."""
    found: dict[str, dict[str, Fraction]] = {}
    for measure, unit, value in present_numbers(arrived, of, asked):
        found.setdefault(measure, {})[unit] = value
    return found


def _assessed(rules: Rulebook, arrived: Arrived) -> Mapping[str, frozenset[str]]:
    """Return the items every unit is assessed by."""
    classes = rules.classes_of(arrived.roll)
    by_class = {
        code: frozenset(item.code for item in narrowed.indicators())
        for code, narrowed in rules.by_class(arrived.roll).items()
    }
    return {unit: by_class.get(classes.get(unit, ""), frozenset()) for unit in arrived.roll.codes}


def _gates(document: Document) -> Iterator[tuple[Location, Gate]]:
    """Yield the gates of the grade rule that read a measure itself, with their places."""

    def within(part: object, at: Location) -> Iterator[tuple[Location, Gate]]:
        if isinstance(part, Mapping):
            if part.get("kind") == "gate" and part.get("read", "value") == "value":
                yield at, Gate.model_validate(part)
            for key, value in part.items():
                yield from within(value, (*at, str(key)))
        elif isinstance(part, list):
            for place, value in enumerate(part):
                yield from within(value, (*at, place))

    yield from within(document.data.get("grades"), ("grades",))
