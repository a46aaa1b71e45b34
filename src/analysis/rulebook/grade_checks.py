"""What can be wrong with a grade rule as a whole, found in the file as written, so that every fault has its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

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


def check_grades(
    document: Document,
    items: list[str],
    known: Callable[[str], bool] | None,
    names: list[str],
    units: int | None,
) -> Iterator[Fault]:
    """Yield what is wrong with the grade rule beyond its model.

    Args:
        document: the rule set as written.
        items: codes of everything that has points.
        known: whether a measure is computed or stated; without it the measures are not checked.
        names: names to suggest for a measure nobody computes.
        units: how many units are assessed; without it places are not checked.
    """
    yield from _facts(document)
    yield from _parts(document, items)
    yield from _lines(document, units)
    yield from _vetoes(document)
    if known is not None:
        yield from _measures(document, known, names)


def conditions(document: Document) -> Iterator[Entry]:
    """Yield the conditions of the grade rule with their locations."""
    grades = part_of(document.data, "grades")
    yield from entries(part_of(grades, "A"), ("grades", "A"), "all_of")
    clauses = part_of(grades, "C").get("any_of")
    for place, clause in enumerate(clauses if isinstance(clauses, list) else []):
        yield from entries({place: clause}, ("grades", "C", "any_of"), place)


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


def _lines(document: Document, units: int | None) -> Iterator[Fault]:
    """Find places, gates and scores that nobody can reach, and scores that hardly anybody can miss."""
    whole = _most(document)
    for at, condition in conditions(document):
        places = condition.get("places")
        if units is not None and isinstance(places, int) and places > units:
            yield document.fault("rulebook_places_exceed_units", *at, "places", units=str(units))
        share = is_share(str(condition.get("measure", "")))
        least = quantity_of(condition.get("at_least")) if share else None
        if least is not None and least > 1:
            yield document.fault("rulebook_gate_never", *at, "at_least")
        points, kind = points_of(condition.get("points")), condition.get("kind")
        if points is None or whole is None:
            continue
        if points > whole if kind == "score_at_least" else kind == "score_above" and points >= whole:
            yield document.fault("rulebook_score_never", *at, "points", most=f"{whole.normalize():f}")
        elif Decimal(0) < points <= whole * _HARDLY_ANY:
            # 80 of 1,000: a line on another scale, which everybody is above
            most = f"{whole.normalize():f}"
            yield document.fault("rulebook_score_low", *at, "points", severity="warns", most=most)


def _most(document: Document) -> Decimal | None:
    """Return the highest total there can be."""
    whole = points_of(document.data.get("scale", document.data.get("base_points")))
    if whole is None or document.data.get("bonus_may_pass") is not True:
        return whole
    bonuses = [points_of(bonus.get("points")) for _, bonus in entries(document.data, (), "bonuses")]
    return whole + sum((points for points in bonuses if points is not None), Decimal(0))


def _vetoes(document: Document) -> Iterator[Fault]:
    """Find vetoes that settle nothing, because no clause of C asks for them, and clauses without any veto."""
    lowest = [
        at
        for key, word, default in (("vetoes", "effect", _LOWEST), ("falsification", "grade", "none"))
        for at, part in entries(document.data, (), key)
        if part.get(word, default) == _LOWEST
    ]
    asked = [at for at, condition in conditions(document) if condition.get("kind") == "veto" and "C" in at]
    if not lowest:
        for at in asked:
            yield document.fault("rulebook_veto_nothing", *at, "kind")
    if not asked and part_of(document.data, "grades"):
        for at in lowest:
            yield document.fault("rulebook_veto_unused", *at, "code")


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
