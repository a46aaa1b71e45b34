"""The checks of a rule set as a whole: that its points add up and that its parts refer to one another rightly.

They look at the file as written, so that they also run where single parts do not fit the model, and so that every
fault has the line of the very word that is wrong.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from analysis.indicators import catalogue
from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Document, Location, suggestion
from analysis.rounds.units import UnitRoll
from analysis.rulebook.grade_checks import ClassSize, check_grades, facts_of
from analysis.rulebook.indicator import is_share
from analysis.rulebook.written import Entry, entries, part_of, points_of, quantity_of, share_of, texts

#: code of the whole score in `scores.csv`, so no item of a rulebook may have it
TOTAL: Final = "total"
#: what is done to the total, each once
ORDER: Final = ("bonus", "deduction", "cap", "floor")
#: sources with a sheet that marks single items
_SHEETS: Final = frozenset(
    {"self", "field", "third_party", "unannounced", "satisfaction", "everyday", "reviewed"}
)
#: keys under which a measure is named; where several may stand, in a list
_MEASURE_KEYS: Final = ("measure", "measures")


@dataclass(frozen=True)
class Known:
    """What a rule set may refer to outside itself; None: not known here, so not checked.

    Attributes:
        measure: whether a measure is computed.
        measures: names to suggest.
        units: number of units assessed.
        roll: the units assessed.
    """

    measure: Callable[[str], bool] | None = None
    measures: tuple[str, ...] = ()
    units: int | None = None
    roll: UnitRoll | None = None


@dataclass(frozen=True)
class Item:
    """An indicator as written, with the codes it may be named by."""

    at: Location
    written: Mapping[str, Any]
    places: frozenset[str]
    points: Decimal | None

    @property
    def code(self) -> str:
        """Its code."""
        return str(self.written.get("code", ""))


@dataclass
class _Outline:
    """The tree of items of a file, found once."""

    document: Document
    dimensions: list[Entry] = field(default_factory=list)
    groups: list[Entry] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        for at, dimension in entries(self.document.data, (), "dimensions"):
            self.dimensions.append((at, dimension))
            above = {self.document.written(*at, "code")}
            for place, group in entries(dimension, at, "groups"):
                self.groups.append((place, group))
                self._add(place, group, above | {self.document.written(*place, "code")})
            self._add(at, dimension, above)

    def _add(self, at: Location, holder: Mapping[str, Any], above: set[str]) -> None:
        for place, written in entries(holder, at, "indicators"):
            places = frozenset({*above, self.document.written(*place, "code")}) - {""}
            self.items.append(Item(place, written, places, points_of(written.get("points"))))

    def codes(self) -> list[str]:
        """Return every code under which items can be named, in order."""
        found = [self.document.written(*at, "code") for at, _ in (*self.dimensions, *self.groups)]
        return [code for code in (*found, *(item.code for item in self.items)) if code]


def whole_set(document: Document, known: Known) -> Iterator[Fault]:
    """Yield everything wrong with a rule set as a whole, in no particular order."""
    outline = _Outline(document)
    yield from _points(document, outline)
    yield from _codes(document, outline)
    yield from _references(document, outline)
    yield from _lines(document, outline)
    yield from _classes(document, outline, known)
    yield from _weights(document)
    yield from _sources(document)
    yield from _order(document)
    yield from _vetoes(document)
    yield from _falsification(document)
    yield from _problem_groups(document)
    stated = facts_of(document)
    names = [*known.measures, *stated]
    is_known = known.measure

    def computed(measure: str) -> bool:
        return is_known is None or is_known(measure) or measure in stated

    bonuses = [document.written(*at, "code") for at, _ in entries(document.data, (), "bonuses")]
    items = [*outline.codes(), *bonuses]
    sizes = _sizes(document, known)
    yield from check_grades(document, items, computed if is_known else None, names, sizes)
    if is_known is not None:
        yield from _measures(document, computed, names)


def indicators(document: Document) -> Iterator[Entry]:
    """Yield the indicators of a file with their locations."""
    for item in _Outline(document).items:
        yield item.at, item.written


def _sum(parts: Iterable[Decimal | None]) -> Decimal | None:
    """Return a sum, or None where a part of it is unknown or there is none."""
    numbers = list(parts)
    stated = [part for part in numbers if part is not None]
    return sum(stated, Decimal(0)) if numbers and len(stated) == len(numbers) else None


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"


# ── points ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _points(document: Document, outline: _Outline) -> Iterator[Fault]:
    for check, holders in (
        ("rulebook_points_of_dimension", outline.dimensions),
        ("rulebook_points_of_group", outline.groups),
    ):
        for at, holder in holders:
            declared = points_of(holder.get("points"))
            parts = [*entries(holder, at, "groups")] or [*entries(holder, at, "indicators")]
            total = _sum(points_of(part.get("points")) for _, part in parts)
            if declared is not None and total is not None and total != declared:
                name = str(holder.get("name", ""))
                yield document.fault(check, *at, "points", name=name, sum=_shown(total))
    base_of_set = points_of(document.data.get("base_points"))
    classes = list(entries(document.data, (), "classes"))
    if base_of_set is None:
        return
    if not classes:
        total = _sum(points_of(dimension.get("points")) for _, dimension in outline.dimensions)
        if total is not None and total != base_of_set:
            yield document.fault("rulebook_points_of_set", "base_points", sum=_shown(total))
    for at, unit_class in classes:
        wanted = {code for _, code in texts(unit_class.get("items"))}
        instead = {str(code): points_of(value) for code, value in part_of(unit_class, "points").items()}
        picked = [item for item in outline.items if item.places & wanted]
        total = _sum(instead.get(item.code, item.points) for item in picked)
        base = points_of(unit_class.get("base_points")) or base_of_set
        if total is not None and total != base:
            yield document.fault(
                "rulebook_points_of_class",
                *at,
                "items",
                name=str(unit_class.get("name", "")),
                sum=_shown(total),
                base=_shown(base),
            )


def _lines(document: Document, outline: _Outline) -> Iterator[Fault]:
    """Find lines everybody reaches, steps as wide as the whole, and points for what is no good: they mean nothing."""
    items = [(item.at, item.written) for item in outline.items]
    for place, written in (*items, *entries(document.data, (), "deductions")):
        for at, part in ((place, written), *entries(part_of(written, "rule"), (*place, "rule"), "parts")):
            rule = part_of(part, "rule")
            measure, direction = str(part.get("measure", "")), str(part.get("direction", ""))
            good = catalogue.rises_are_good(measure) if measure else None
            if good is not None and direction == ("down" if good else "up"):
                wanted = "up" if good else "down"
                yield document.fault(
                    "rulebook_against_nature", *at, "direction", severity="warns", wanted=wanted
                )
            each, full_at = (str(rule.get(key, "")) for key in ("each", "full_at"))
            if each.endswith("%") and (share_of(each) or 0) >= 1:
                yield document.fault("rulebook_step_whole", *at, "rule", "each", severity="warns")
            full, off = points_of(part.get("points")), points_of(rule.get("off"))
            stops = part.get("floor") in (None, 0, "0")
            if rule.get("shape") == "each" and stops and full and off and off > full:
                details = {"off": _shown(off), "points": _shown(full)}
                yield document.fault(
                    "rulebook_step_takes_all", *at, "rule", "off", severity="warns", **details
                )
            # a change, a distance from a mean and what is paid above a line may well begin at none
            plain_read = (
                part.get("read", "value") == "value" and "compare" not in part and "above" not in rule
            )
            for_all = {"up": Decimal(0), "down": Decimal(1)}.get(direction)
            if plain_read and full_at.endswith("%") and share_of(full_at) == for_all:
                yield document.fault("rulebook_line_for_all", *at, "rule", "full_at", severity="warns")


# ── codes and references ─────────────────────────────────────────────────────────────────────────────────────────────


def _codes(document: Document, outline: _Outline) -> Iterator[Fault]:
    scored = [
        *outline.dimensions,
        *outline.groups,
        *((item.at, item.written) for item in outline.items),
        *(
            entry
            for key in ("bonuses", "deductions", "vetoes", "falsification")
            for entry in entries(document.data, (), key)
        ),
    ]
    scored.sort(key=lambda entry: document.line(*entry[0], "code"))
    others = [list(entries(document.data, (), key)) for key in ("problem_groups", "classes")]
    for group in (scored, *others):
        first: dict[str, int] = {}
        for at, entry in group:
            code = document.written(*at, "code") if "code" in entry else ""
            if code == TOTAL:
                yield document.fault("rulebook_code_reserved", *at, "code")
            elif code and code in first:
                yield document.fault("rulebook_code_twice", *at, "code", first=str(first[code]))
            first.setdefault(code, document.line(*at, "code"))


def _references(document: Document, outline: _Outline) -> Iterator[Fault]:
    """Find names of items that are nowhere."""
    codes = outline.codes()
    named: list[tuple[Location, str, list[str]]] = [
        (("composition", "only", place), code, codes)
        for place, code in texts(part_of(document.data, "composition").get("only"))
    ]
    for at, unit_class in entries(document.data, (), "classes"):
        named += [((*at, "items", place), code, codes) for place, code in texts(unit_class.get("items"))]
        single = [item.code for item in outline.items]
        named += [((*at, "points", str(code)), str(code), single) for code in part_of(unit_class, "points")]
    for at, part in entries(document.data, (), "falsification"):
        named += [((*at, "loses", place), code, codes) for place, code in texts(part.get("loses"))]
    for at, code, there in named:
        if code not in there:
            fault = document.fault("rulebook_reference_unknown", *at, suggestion=suggestion(code, there))
            # where the code is a key, what stands at its place is its value
            yield dataclasses.replace(fault, found=code)


# ── classes of units ─────────────────────────────────────────────────────────────────────────────────────────────────


def _classes(document: Document, outline: _Outline, known: Known) -> Iterator[Fault]:
    classes = list(entries(document.data, (), "classes"))
    for key in ("kinds", "units"):
        first: dict[str, str] = {}
        for at, unit_class in classes:
            for place, text in texts(unit_class.get(key)):
                if text in first:
                    yield document.fault("rulebook_class_overlap", *at, key, place, first=first[text])
                first.setdefault(text, str(unit_class.get("name", "")))
    for at, unit_class in classes:
        wanted = {code for _, code in texts(unit_class.get("items"))}
        if (
            wanted
            and wanted <= set(outline.codes())
            and not any(item.places & wanted for item in outline.items)
        ):
            yield document.fault("rulebook_class_empty", *at, "items", name=str(unit_class.get("name", "")))
        if not texts(unit_class.get("kinds")) and not texts(unit_class.get("units")):
            yield document.fault("rulebook_class_unitless", *at, name=str(unit_class.get("name", "")))
    if known.roll is not None:
        yield from _members(document, classes, known.roll)


def _members(document: Document, classes: list[Entry], roll: UnitRoll) -> Iterator[Fault]:
    kinds = sorted({unit.kind for unit in roll if unit.kind})
    known = {"kinds": kinds, "units": list(roll.codes)}
    belongs: set[str] = set()
    for at, unit_class in classes:
        for key, there in known.items():
            for place, text in texts(unit_class.get(key)):
                if text not in there:
                    yield document.fault(
                        f"rulebook_class_{key}_unknown", *at, key, place, suggestion=suggestion(text, there)
                    )
        listed = {text for _, text in texts(unit_class.get("units"))}
        of_kind = {text for _, text in texts(unit_class.get("kinds"))}
        belongs |= {unit.code for unit in roll if unit.code in listed or unit.kind in of_kind}
    for unit in roll:
        if classes and unit.code not in belongs:
            yield document.fault(
                "rulebook_unit_without_class", "classes", short=unit.short, of_kind=unit.kind
            )


def _sizes(document: Document, known: Known) -> list[ClassSize]:
    """Return the classes with the number of their units and the highest total these can have, bonuses left aside."""
    whole = points_of(document.data.get("scale", document.data.get("base_points")))
    classes = list(entries(document.data, (), "classes"))
    if not classes:
        units = len(known.roll) if known.roll is not None else known.units
        return [ClassSize((), "", units, whole)]
    listed = {text for _, unit_class in classes for _, text in texts(unit_class.get("units"))}
    sizes: list[ClassSize] = []
    for at, unit_class in classes:
        own = {text for _, text in texts(unit_class.get("units"))}
        kinds = {text for _, text in texts(unit_class.get("kinds"))}
        units = None
        if known.roll is not None:
            # a unit that is listed by its code belongs there whatever its kind
            units = sum(
                unit.code in own or (unit.kind in kinds and unit.code not in listed) for unit in known.roll
            )
        most = whole if "scale" in document.data else points_of(unit_class.get("base_points")) or whole
        sizes.append(ClassSize(at, str(unit_class.get("name", "")), units, most))
    return sizes


# ── sources and periods ──────────────────────────────────────────────────────────────────────────────────────────────


def _weights(document: Document) -> Iterator[Fault]:
    composition = part_of(document.data, "composition")
    periods = part_of(document.data, "periods")
    weighed = [(("periods", "parts"), periods)] if "parts" in periods else []
    if composition.get("combine") == "weighted":
        weighed.append((("composition", "sources"), composition))
        for at, part in entries(composition, ("composition",), "sources"):
            if "weight" not in part:
                yield document.fault("rulebook_weight_missing", *at, source=str(part.get("source", "")))
    elif composition.get("combine") == "replaced":
        for at, part in entries(composition, ("composition",), "sources"):
            if "weight" in part:
                yield document.fault("rulebook_weight_unused", *at, "weight")
    for at, holder in weighed:
        parts = [part for _, part in entries(holder, at[:1], at[1])]
        total = _sum(share_of(part["weight"]) for part in parts if "weight" in part)
        if total is not None and total != 1 and all("weight" in part for part in parts):
            yield document.fault("rulebook_weights", *at, sum=_shown(total * 100))


def _sources(document: Document) -> Iterator[Fault]:
    composition = part_of(document.data, "composition")
    at_total = composition.get("at") == "total"
    first: set[str] = set()
    for at, part in entries(composition, ("composition",), "sources"):
        source = str(part.get("source", ""))
        if source in first:
            yield document.fault("rulebook_source_twice", *at, "source")
        first.add(source)
        if not at_total and "measure" in part:
            yield document.fault("rulebook_source_measure_unused", *at, "measure")
        elif at_total and "measure" not in part and source not in {*_SHEETS, ""}:
            yield document.fault("rulebook_source_measure_missing", *at, "source")


def _order(document: Document) -> Iterator[Fault]:
    for key in ("order", "item_order"):
        steps = document.data.get(key)
        # unknown steps and wrong numbers of them are the model's fault
        known = isinstance(steps, list) and len(steps) == len(ORDER) and set(map(str, steps)) <= set(ORDER)
        if known and sorted(map(str, steps)) != sorted(ORDER):
            yield document.fault("rulebook_order", key)


# ── what settles a grade by itself ───────────────────────────────────────────────────────────────────────────────────


def _vetoes(document: Document) -> Iterator[Fault]:
    for at, veto in entries(document.data, (), "vetoes"):
        least, measure = quantity_of(veto.get("at_least")), str(veto.get("measure", ""))
        if least is not None and least > 1 and is_share(measure):
            yield document.fault("rulebook_veto_never", *at, "at_least")


def _falsification(document: Document) -> Iterator[Fault]:
    for at, part in entries(document.data, (), "falsification"):
        name = str(part.get("name", ""))
        if ("measure" in part) == ("difference" in part):
            yield document.fault("rulebook_falsification_sign", *at, name=name)
        effects = [
            part.get("grade", "none") != "none",
            bool(part.get("loses")),
            part.get("loses_differing") is True,
        ]
        if not any(effects) and not points_of(part.get("off", 0)):
            yield document.fault("rulebook_falsification_without_effect", *at, name=name)
        if part.get("loses_differing") is True and "difference" not in part:
            yield document.fault("rulebook_falsification_nothing_differs", *at, "loses_differing")


# ── problem groups ───────────────────────────────────────────────────────────────────────────────────────────────────


def _problem_groups(document: Document) -> Iterator[Fault]:
    for at, group in entries(document.data, (), "problem_groups"):
        threshold = group.get("threshold")
        if isinstance(threshold, int) and not isinstance(threshold, bool) and threshold < 1:
            yield document.fault("rulebook_threshold_below_one", *at, "threshold")


# ── measures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _measures(document: Document, known: Callable[[str], bool], names: list[str]) -> Iterator[Fault]:
    for key, part in document.data.items():
        # those of the grade rule are looked at with it
        if key not in ("grades", "ties"):
            for at, measure in _named_measures(part, (key,)):
                if not known(measure):
                    yield document.fault(
                        "rulebook_measure_unknown", *at, suggestion=suggestion(measure, names)
                    )


def _named_measures(part: object, at: Location) -> Iterator[tuple[Location, str]]:
    """Yield every measure a file names, however deep it stands."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            here = (*at, str(key))
            if key in _MEASURE_KEYS and isinstance(value, str):
                yield from [(here, value)] if value else []
            elif key in _MEASURE_KEYS and isinstance(value, list):
                yield from (
                    ((*here, place), text) for place, text in enumerate(value) if isinstance(text, str)
                )
            else:
                yield from _named_measures(value, here)
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from _named_measures(value, (*at, place))
