"""What can be wrong with a grade rule as a whole, found in the file as written, so that every fault has its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Document, Location, suggestion
from analysis.rulebook.indicator import is_share
from analysis.rulebook.predicates import STATED
from analysis.rulebook.written import Entry, entries, part_of, points_of, quantity_of, share_of

_LOWEST: Final = "lowest_grade"
#: a line at or below this share of the highest total parts nobody from anybody
_HARDLY_ANY: Final = Decimal("0.2")


def facts_of(document: Document) -> dict[str, int]:
    """Return the measures of the facts a rule set declares (`stated_<code>`), with their lines."""
    lines: dict[str, int] = {}
    for at, _ in entries(document.data, (), "facts"):
        lines.setdefault(STATED + document.written(*at, "code"), document.line(*at, "code"))
    return lines


@dataclass(frozen=True)
class ClassSize:
    """A class of units as the grade rule sees it.

    Attributes:
        at: where it stands; empty for a set without classes.
        name: its name.
        units: how many units belong to it; None where that is not known.
        most: the highest total its units can have; None where that is not known.
    """

    at: Location
    name: str
    units: int | None
    most: Decimal | None


@dataclass(frozen=True)
class _Level:
    """A grade as written: its name, where it stands, its conditions, and whether it is below the rest."""

    at: Location
    name: str
    conditions: tuple[Entry, ...]
    below: bool
    is_rest: bool


def check_grades(
    document: Document,
    items: list[str],
    known: Callable[[str], bool] | None,
    names: list[str],
    classes: Sequence[ClassSize],
) -> Iterator[Fault]:
    """Yield what is wrong with the grade rule beyond its model.

    Args:
        document: the rule set as written.
        items: codes of everything that has points.
        known: whether a measure is computed or stated; without it the measures are not checked.
        names: names to suggest for a measure nobody computes.
        classes: the classes of units; of a set without any the one of all units.
    """
    yield from _facts(document)
    yield from _parts(document, items)
    yield from _lines(document, classes)
    yield from _order_of_lines(document)
    yield from _places(document, classes)
    yield from _names(document)
    yield from _vetoes(document)
    if known is not None:
        yield from _measures(document, known, names)


def conditions(document: Document) -> Iterator[Entry]:
    """Yield the conditions of the grade rules with their locations."""
    for at in _rules(document):
        for level in _levels(document, at):
            yield from level.conditions


def _rules(document: Document) -> Iterator[Location]:
    """Yield where grade rules stand: that of the set, and those of classes that have their own."""
    if part_of(document.data, "grades"):
        yield ("grades",)
    for at, unit_class in entries(document.data, (), "classes"):
        if part_of(unit_class, "grades"):
            yield (*at, "grades")


def _levels(document: Document, at: Location) -> list[_Level]:
    """Return the grades of a rule as written, the best first."""
    grades = _at(document, at)
    listed = [*entries(grades, at, "levels")]
    if not listed:
        best = tuple(entries(part_of(grades, "A"), (*at, "A"), "all_of"))
        lowest = tuple(_clauses(part_of(grades, "C"), (*at, "C")))
        return [
            _Level((*at, "A"), "A", best, below=False, is_rest=False),
            _Level((*at, "otherwise"), "B", (), below=False, is_rest=True),
            _Level((*at, "C"), "C", lowest, below=True, is_rest=False),
        ]
    found: list[_Level] = []
    for here, level in listed:
        asked = (*entries(level, here, "all_of"), *_clauses(level, here))
        is_rest = not level.get("all_of") and not level.get("any_of")
        below = any(each.is_rest for each in found)
        found.append(_Level(here, document.written(*here, "name"), asked, below=below, is_rest=is_rest))
    return found


def _clauses(level: Mapping[str, Any], at: Location) -> Iterator[Entry]:
    clauses = level.get("any_of")
    for place, clause in enumerate(clauses if isinstance(clauses, list) else []):
        yield from entries({place: clause}, (*at, "any_of"), place)


def _at(document: Document, at: Location) -> Mapping[str, Any]:
    found: Any = document.data
    for key in at:
        found = found[key]
    return found if isinstance(found, Mapping) else {}


def _facts(document: Document) -> Iterator[Fault]:
    first = facts_of(document)
    for at, _ in entries(document.data, (), "facts"):
        line = first[STATED + document.written(*at, "code")]
        if document.line(*at, "code") != line:
            yield document.fault("rulebook_fact_twice", *at, "code", first=str(line))
    codes = [measure.removeprefix(STATED) for measure in first]
    for at, condition in conditions(document):
        code = condition.get("fact")
        if isinstance(code, str) and code not in codes:
            yield document.fault("rulebook_fact_unknown", *at, "fact", suggestion=suggestion(code, codes))


def _parts(document: Document, items: list[str]) -> Iterator[Fault]:
    for at, condition in conditions(document):
        named = condition.get("items")
        for place in range(len(named) if isinstance(named, list) else 0):
            code = document.written(*at, "items", place)
            if code not in items:
                yield document.fault(
                    "rulebook_item_unknown", *at, "items", place, suggestion=suggestion(code, items)
                )
        share = share_of(condition.get("share"))
        if share is not None and share > 1:
            yield document.fault("rulebook_part_never", *at, "share")


def _lines(document: Document, classes: Sequence[ClassSize]) -> Iterator[Fault]:
    """Find gates and scores that nobody can reach, and scores that hardly anybody can miss."""
    bonuses = [points_of(bonus.get("points")) for _, bonus in entries(document.data, (), "bonuses")]
    above = sum((points for points in bonuses if points is not None), Decimal(0))
    for at, condition in conditions(document):
        share = is_share(str(condition.get("measure", "")))
        least = quantity_of(condition.get("at_least")) if share else None
        if least is not None and least > 1:
            yield document.fault("rulebook_gate_never", *at, "at_least")
        points, kind = points_of(condition.get("points")), condition.get("kind")
        mosts = [each.most for each in _graded_by(at, classes, document) if each.most is not None]
        if points is None or not mosts:
            continue
        most = max(mosts)
        if document.data.get("bonus_may_pass") is True:
            most += above
        if points > most if kind == "score_at_least" else kind == "score_above" and points >= most:
            yield document.fault("rulebook_score_never", *at, "points", most=f"{most.normalize():f}")
        elif Decimal(0) < points <= most * _HARDLY_ANY:
            # 80 of 1,000: a line on another scale, which everybody is above
            yield document.fault(
                "rulebook_score_low", *at, "points", severity="warns", most=f"{most.normalize():f}"
            )


def _graded_by(at: Location, classes: Sequence[ClassSize], document: Document) -> list[ClassSize]:
    """Return the classes that the grade rule at a place holds for."""
    if at[0] == "classes":
        return [each for each in classes if each.at == at[:2]]
    return [each for each in classes if not each.at or not part_of(_at(document, each.at), "grades")]


#: conditions on the score from below, and those from above
_FROM: Final = {"score_at_least": 1, "score_above": 1, "score_below": -1, "score_at_most": -1}


def _order_of_lines(document: Document) -> Iterator[Fault]:
    """Find lines of a lower grade that lie above those of a better one: 不合格低于 900 分，优秀不低于 800 分."""
    for rule in _rules(document):
        lines: list[tuple[Decimal, str]] = []
        for level in _levels(document, rule):
            own: list[Decimal] = []
            for at, condition in level.conditions:
                points, side = points_of(condition.get("points")), _FROM.get(str(condition.get("kind")))
                # below the rest a line is fallen short of, above it is reached
                if points is None or side != (-1 if level.below else 1):
                    continue
                lower = [better for better in lines if better[0] < points]
                if lower:
                    yield document.fault(
                        "rulebook_lines_crossed",
                        *at,
                        "points",
                        severity="warns",
                        grade=level.name,
                        better=lower[0][1],
                        line=f"{lower[0][0].normalize():f}",
                    )
                own.append(points)
            lines += [(points, level.name) for points in own]


def _places(document: Document, classes: Sequence[ClassSize]) -> Iterator[Fault]:
    """Find more places than units, in a class or in all, where the rule set does not say what holds there."""
    for rule in _rules(document):
        grades = _at(document, rule)
        for each in _graded_by(rule, classes, document):
            units = each.units
            if units is None or "few_units" in grades or (units == 1 and "alone" in grades):
                continue
            others = part_of(_at(document, each.at), "places") if each.at else {}
            asked: dict[str, list[tuple[int, Location]]] = {"top": [], "last": []}
            for level in _levels(document, rule):
                for at, condition in level.conditions:
                    number, where = others.get(level.name), (*each.at, "places", level.name)
                    if number is None:
                        number, where = condition.get("places"), (*at, "places")
                    kind = str(condition.get("kind"))
                    if kind in asked and isinstance(number, int):
                        asked[kind].append((number, where))
            first, last = (max(asked[kind], default=(0, ()), key=lambda one: one[0]) for kind in asked)
            key = "_of_class" if each.at else ""
            over = [one for one in (first, last) if one[0] > units]
            for _, where in over:
                yield document.fault(
                    f"rulebook_places_exceed_units{key}", *where, units=str(units), name=each.name
                )
            if not over and first[0] and last[0] and first[0] + last[0] > units:
                yield document.fault(
                    f"rulebook_places_together{key}",
                    *last[1],
                    units=str(units),
                    name=each.name,
                    first=str(first[0]),
                    last=str(last[0]),
                )


def _names(document: Document) -> Iterator[Fault]:
    """Find names of grades that no grade has."""
    for rule in _rules(document):
        names = [level.name for level in _levels(document, rule)]
        for at, _ in entries(_at(document, rule), rule, "consequences"):
            name = document.written(*at, "grade")
            if name not in names:
                yield document.fault(
                    "rulebook_grade_unknown", *at, "grade", suggestion=suggestion(name, names)
                )
    for at, unit_class in entries(document.data, (), "classes"):
        rule = (*at, "grades") if part_of(unit_class, "grades") else ("grades",)
        levels = _levels(document, rule)
        placed = [
            level.name
            for level in levels
            if any(condition.get("kind") in ("top", "last") for _, condition in level.conditions)
        ]
        for name in part_of(unit_class, "places"):
            if name not in placed:
                fault = document.fault(
                    "rulebook_grade_unplaced", *at, "places", name, suggestion=suggestion(str(name), placed)
                )
                # where the name is a key, what stands at its place is its value
                yield replace(fault, found=str(name))


def _vetoes(document: Document) -> Iterator[Fault]:
    """Find vetoes that settle nothing, because no clause asks for them, and clauses that ask for none there is."""
    lowest = [
        at
        for key, word, default in (("vetoes", "effect", _LOWEST), ("falsification", "grade", "none"))
        for at, part in entries(document.data, (), key)
        if part.get(word, default) == _LOWEST
    ]
    for rule in _rules(document):
        levels = _levels(document, rule)
        grade = levels[-1].name
        asked = [
            at
            for level in levels[-1:]
            for at, condition in level.conditions
            if condition.get("kind") == "veto"
        ]
        if not lowest:
            for at in asked:
                yield document.fault("rulebook_veto_nothing", *at, "kind", grade=grade)
        if not asked:
            for at in lowest:
                yield document.fault("rulebook_veto_unused", *at, "code", grade=grade)


def _measures(document: Document, known: Callable[[str], bool], names: list[str]) -> Iterator[Fault]:
    places: list[tuple[Location, object]] = []
    for at, breaker in entries(part_of(document.data, "ties"), ("ties",), "tie_break"):
        places.append(((*at, "measure"), breaker.get("measure")))
    for at, condition in conditions(document):
        places.append(((*at, "measure"), condition.get("measure")))
        counted = condition.get("measures")
        for place, measure in enumerate(counted if isinstance(counted, list) else []):
            places.append(((*at, "measures", place), measure))
    for where, measure in places:
        if isinstance(measure, str) and not known(measure):
            yield document.fault("rulebook_measure_unknown", *where, suggestion=suggestion(measure, names))
