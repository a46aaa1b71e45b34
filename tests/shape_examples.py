"""The worked examples of docs/shapes.yaml as readings and items."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from rule_examples import ZH, indicator, roll, round_2020, rules, rules_2020, table, value

from analysis.rulebook import Indicator, Reading, Rulebook
from analysis.rulebook.derivation import Derivation, Peers, derive, rounded
from analysis.scoring import scoring
from analysis.words import Words

SHAPES = Path(__file__).parents[1] / "docs" / "shapes.yaml"
UNIT = "990001"
#: what stands for a value that is none
STATUSES = {
    "未报": "not_reported",
    "无应评": "not_applicable",
    "不可比": "not_comparable",
    "保密": "withheld",
}
#: in what the counts of the examples are
COUNTED = {
    "cases": "case",
    "change_cases": "case",
    "clues": "case",
    "workers": "person",
    "migrant": "person",
    "emergency": "unit",
}


@functools.cache
def shapes() -> dict[str, dict[str, Any]]:
    """Return the file as it stands."""
    return YAML(typ="safe").load(SHAPES.read_text(encoding="utf-8"))


def examples() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield the examples of single items: shape, entry and example."""
    for shape, entry in shapes().items():
        if "indicator" in entry:
            for case in entry["cases"]:
                yield shape, entry, case


def item_of(written: Mapping[str, Any], case: Mapping[str, Any] | None = None) -> Indicator:
    """Return the indicator of an entry, as changed by an example; what no example needs is filled in."""
    case = case or {}
    usual = {
        "code": "9.1",
        "name_en": "Item",
        "department": "某部门",
        "data_source": "某台账",
        "definition": "某口径",
    }
    changed = {**usual, **written, **case.get("change", {})}
    if "rule" in changed and changed["rule"]["shape"] == "sum":
        parts = [{"name_en": "Part", **part} for part in changed["rule"]["parts"]]
        changed["rule"] = {**changed["rule"], "parts": parts}
    exceptions = {**changed.get("exceptions", {}), **case.get("declared", {})}
    return Indicator.model_validate({**changed, "exceptions": exceptions})


def reading_of(measure: str, written: Any) -> Reading:
    """Return a reading as an example writes it."""
    counted = next((unit for start, unit in COUNTED.items() if measure.startswith(start)), "event")
    if isinstance(written, Mapping):
        return _of_mapping(measure, written, counted)
    text = str(written)
    if text in STATUSES:
        return Reading(measure, STATUSES[text])
    if "/" in text:
        above, below = map(Fraction, text.split("/"))
        return Reading(measure, "reported", above / below, above, below)
    return Reading(measure, "reported", Fraction(text), counted=counted)


def _of_mapping(measure: str, written: Mapping[str, Any], counted: str) -> Reading:
    if "partial" in written:
        fillings = tuple(
            reading_of(measure, written[bound]) for bound in ("lowest", "highest") if bound in written
        )
        stated = reading_of(measure, written["partial"])
        return dataclasses.replace(stated, status="partial", fillings=fillings or None)
    if "mark" in written:
        return Reading(measure, "reported", _number(written["mark"]), None, _number(written["of"]))
    if "value" in written:
        return Reading(measure, "reported", _number(written["value"]), counted=written["in"])
    now, before = _number(written["to"]), _number(written["from"])
    cases = Fraction(written.get("cases", 100))
    if measure.startswith("difference_"):
        return Reading(measure, "reported", now - before, now, before, counted, base_cases=cases)
    status = "reported" if before else "zero_base"
    value = (now - before) / before if before else None
    return Reading(measure, status, value, now, before, counted, base_cases=cases)


def _number(written: Any) -> Fraction:
    text = str(written)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def derived(item: Indicator, case: Mapping[str, Any]) -> Derivation:
    """Return the derivation of an example, rounded to two places."""
    readings = {
        measure: reading_of(measure, value)
        for measure, value in {**case["read"], **case.get("more", {})}.items()
    }
    city = {measure: reading_of(measure, value) for measure, value in case.get("city", {}).items()}
    others = {f"99{place:04}": value for place, value in enumerate(case.get("others", []), 2)}

    def of_all(measure: str) -> dict[str, Reading]:
        return {
            UNIT: readings[measure],
            **{unit: reading_of(measure, value) for unit, value in others.items()},
        }

    result = derive(
        UNIT,
        item,
        rules_2020().declared(item),
        readings[item.measure],
        city.get(item.measure),
        others={measure: readings[measure] for measure in item.others},
        city_others=city,
        peers=Peers(of_all) if "others" in case else None,
    )
    return rounded(result, 2, "half_even")


def set_examples() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield the examples of what belongs to the whole set: shape, entry and example."""
    for shape, entry in shapes().items():
        if "set" in entry:
            for case in entry["cases"]:
                yield shape, entry, case


def book_of(written: Mapping[str, Any], case: Mapping[str, Any]) -> Rulebook:
    """Return a rule set of two indicators with a passage of an entry, as changed by an example."""
    items = [
        indicator({"shape": "proportional"}, measure, points, code=code, name=name).model_dump()
        for code, name, measure, points in (
            ("1.1", "核处化解率", "rate_resolved", "6"),
            ("1.2", "办结率", "rate_closed", "4"),
        )
    ]
    dimension = {"code": "1", "name": "案件处置", "name_en": "Cases", "points": 10, "indicators": items}
    plain = {"base_points": 10, "dimensions": [dimension], "bonuses": [], "vetoes": []}
    return rules(**{**plain, **written, **case.get("change", {})})


def row_of(book: Rulebook, case: Mapping[str, Any], catalogue: Words = ZH) -> tuple[str, str]:
    """Return points and sentence of the row of the score table an example asks for."""
    rows = [_value_row(measure, value) for measure, value in case["read"].items()]
    for period, read in case.get("earlier", {}).items():
        rows += [{**_value_row(measure, value), "period": period} for measure, value in read.items()]
    scores = scoring.score(table(rows), book, roll(UNIT), round_2020().settings, catalogue=catalogue)
    row = scores.set_index("id").loc[f"score.{UNIT}.{case['row']}"]
    return str(row["points"]), str(row["derivation"])


def _value_row(measure: str, written: Any) -> dict[str, Any]:
    read = reading_of(measure, written)
    known = {"numerator": read.numerator, "denominator": read.denominator, "value": read.value}
    numbers = {name: float(number) for name, number in known.items() if number is not None}
    return value(UNIT, measure, status=read.status, unit_of_measure=read.counted or "ratio", **numbers)
