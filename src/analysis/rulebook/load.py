"""Reading `rulebook.yaml`: held against its model, then as a whole set; every fault at once, with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from analysis.faults import Fault
from analysis.rulebook.model import Rulebook
from analysis.rulebook.numbers import Points, Quantity, Share
from analysis.rulebook.sentences import is_share
from analysis.settings import Document, read_document, suggestion, validate

Location = tuple[str | int, ...]
Entry = tuple[Location, Mapping[str, Any]]

#: code of the whole score in `scores.csv`, so no item of a rulebook may have it
TOTAL: Final = "total"
_POINTS: Final = TypeAdapter(Points)
_SHARE: Final = TypeAdapter(Share)
_QUANTITY: Final = TypeAdapter(Quantity)
_MEASURE_OF_READ: Final = {"decline": "change_", "mark": "mark_"}
_FALLING_SHAPES: Final = frozenset({"each"})


def load(
    path: Path,
    known: Callable[[str], bool] | None = None,
    units: int | None = None,
    measures: Iterable[str] = (),
) -> tuple[Rulebook | None, list[Fault]]:
    """Read the rule set of a round.

    Args:
        path: the file `rulebook.yaml`.
        known: whether a measure is computed; without it measures are not checked.
        units: how many units are assessed; without it the places of the grades are not checked.
        measures: names to suggest for a measure nobody computes.

    Returns:
        The rulebook, or None if anything is wrong; and every fault in the order of the file: those of
        `settings.read_settings`, and of the set as a whole `rulebook_points_of_set`,
        `rulebook_points_of_dimension`, `rulebook_code_twice`, `rulebook_code_reserved`, `rulebook_measure_unknown`,
        `rulebook_reading`, `rulebook_direction`, `rulebook_ends`, `rulebook_gate_never`,
        `rulebook_places_exceed_units`, `rulebook_threshold_below_one`.
    """
    document, faults = read_document(path, path.name)
    if document is None:
        return None, faults
    rulebook, wrong = validate(document, Rulebook)
    # the checks of the whole set look at the file as written, so that they also run where the model does not fit
    faults += wrong
    faults += _points(document)
    faults += _codes(document)
    faults += _readings(document)
    faults += _grades(document, units)
    if known is not None:
        faults += _measures(document, known, list(measures))
    return (None if faults else rulebook), sorted(faults, key=lambda fault: fault.line)


def _entries(above: Mapping[str, Any], at: Location, key: str) -> Iterator[Entry]:
    """Yield the mappings of the list `key` with their locations; what is no list of mappings is the model's fault."""
    items = above.get(key)
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, Mapping):
            yield (*at, key, place), item


def _dimensions(document: Document) -> Iterator[Entry]:
    yield from _entries(document.data, (), "dimensions")


def _indicators(document: Document) -> Iterator[Entry]:
    for at, dimension in _dimensions(document):
        yield from _entries(dimension, at, "indicators")


def _conditions(document: Document) -> Iterator[Entry]:
    grades = document.data.get("grades")
    if not isinstance(grades, Mapping):
        return
    best, lowest = grades.get("A"), grades.get("C")
    if isinstance(best, Mapping):
        yield from _entries(best, ("grades", "A"), "all_of")
    clauses = lowest.get("any_of") if isinstance(lowest, Mapping) else None
    for place, clause in enumerate(clauses if isinstance(clauses, list) else []):
        for inner, condition in enumerate(clause if isinstance(clause, list) else []):
            if isinstance(condition, Mapping):
                yield ("grades", "C", "any_of", place, inner), condition


def _number(adapter: TypeAdapter[Decimal], value: object) -> Decimal | None:
    """Return a number of the file, or None where the model already objects to it."""
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _points(document: Document) -> Iterator[Fault]:
    stated = [
        (at, dimension, _number(_POINTS, dimension.get("points"))) for at, dimension in _dimensions(document)
    ]
    for at, dimension, declared in stated:
        parts = [_number(_POINTS, item.get("points")) for _, item in _entries(dimension, at, "indicators")]
        total = _sum(parts)
        if declared is not None and total is not None and total != declared:
            yield document.fault(
                "rulebook_points_of_dimension",
                *at,
                "points",
                name=str(dimension.get("name", "")),
                sum=f"{total.normalize():f}",
            )
    base = _number(_POINTS, document.data.get("base_points"))
    total = _sum([declared for _, _, declared in stated])
    if base is not None and total is not None and total != base:
        yield document.fault("rulebook_points_of_set", "base_points", sum=f"{total.normalize():f}")


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    numbers = [part for part in parts if part is not None]
    return sum(numbers, Decimal(0)) if parts and len(numbers) == len(parts) else None


def _codes(document: Document) -> Iterator[Fault]:
    scored = [
        *_dimensions(document),
        *_indicators(document),
        *_entries(document.data, (), "bonuses"),
        *_entries(document.data, (), "vetoes"),
    ]
    scored.sort(key=lambda entry: document.line(*entry[0], "code"))
    for entries in (scored, list(_entries(document.data, (), "problem_groups"))):
        first: dict[str, int] = {}
        for at, entry in entries:
            code = document.written(*at, "code") if "code" in entry else ""
            if code == TOTAL:
                yield document.fault("rulebook_code_reserved", *at, "code")
            elif code and code in first:
                yield document.fault("rulebook_code_twice", *at, "code", first=str(first[code]))
            first.setdefault(code, document.line(*at, "code"))


def _readings(document: Document) -> Iterator[Fault]:
    for at, indicator in _indicators(document):
        measure, read = str(indicator.get("measure", "")), str(indicator.get("read", "value"))
        wanted = next((r for r, start in _MEASURE_OF_READ.items() if measure.startswith(start)), "value")
        if measure and read != wanted:
            yield document.fault("rulebook_reading", *at, "measure", read=read, wanted=wanted)
        rule = indicator.get("rule")
        if not isinstance(rule, Mapping):
            continue
        shape, direction = str(rule.get("shape", "")), str(indicator.get("direction", ""))
        falling = shape in _FALLING_SHAPES or read == "decline"
        if direction in ("up", "down") and (direction == "down") != falling:
            wanted = "down" if falling else "up"
            yield document.fault("rulebook_direction", *at, "direction", direction=wanted, wanted=wanted)
        full, zero = _number(_SHARE, rule.get("full_at")), _number(_SHARE, rule.get("zero_at"))
        if full is not None and zero is not None and zero >= full:
            full_at = document.written(*at, "rule", "full_at")
            yield document.fault("rulebook_ends", *at, "rule", "zero_at", full_at=full_at)


def _grades(document: Document, units: int | None) -> Iterator[Fault]:
    for at, condition in _conditions(document):
        places = condition.get("places")
        if units is not None and isinstance(places, int) and places > units:
            yield document.fault("rulebook_places_exceed_units", *at, "places", units=str(units))
        share = is_share(str(condition.get("measure", "")))
        least = _number(_QUANTITY, condition.get("at_least")) if share else None
        if least is not None and least > 1:
            yield document.fault("rulebook_gate_never", *at, "at_least")
    for at, group in _entries(document.data, (), "problem_groups"):
        threshold = group.get("threshold")
        if isinstance(threshold, int) and not isinstance(threshold, bool) and threshold < 1:
            yield document.fault("rulebook_threshold_below_one", *at, "threshold")


def _measures(document: Document, known: Callable[[str], bool], names: list[str]) -> Iterator[Fault]:
    holders = [*_indicators(document), *_entries(document.data, (), "vetoes"), *_conditions(document)]
    for at, bonus in _entries(document.data, (), "bonuses"):
        holders += _entries(bonus, at, "levels")
    for at, holder in holders:
        measure = holder.get("measure")
        if isinstance(measure, str) and not known(measure):
            yield document.fault(
                "rulebook_measure_unknown", *at, "measure", suggestion=suggestion(measure, names)
            )
