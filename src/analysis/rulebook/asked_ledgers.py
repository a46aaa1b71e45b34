"""What a rule set asks of the office's files: ledgers its measures are counted in, items of its sheets of marks."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.indicators import catalogue
from analysis.indicators.cohorts import ledger_of
from analysis.indicators.conditions import slug
from analysis.rulebook.bench import grade_measures
from analysis.rulebook.indicator import Indicator
from analysis.rulebook.model import Rulebook

#: whose marks stand in which ledger
_OF_SOURCE = {
    "self": "self_marks",
    "field": "field_marks",
    "departments": "department_marks",
    "province": "feedback",
}
#: what problems are counted from
_PROBLEMS = ("findings", "feedback")


def asked_measures(rules: Rulebook) -> tuple[str, ...]:
    """Return every measure a rule set reads, each once."""
    found = [*grade_measures(rules), *(measure for item in rules.indicators() for measure in item.measures)]
    found += [level.measure for bonus in rules.bonuses for level in bonus.levels]
    found += [
        measure
        for deduction in rules.deductions
        for measure in (deduction.measure, *deduction.rule.measures())
    ]
    found += [part.measure for part in rules.composition.sources] if rules.composition else []
    return tuple(dict.fromkeys(measure for measure in found if measure))


def ledger_of_measure(measure: str) -> str:
    """Return the ledger a measure is counted in; empty if it is in none, or only a filling of what was not reported."""
    code = catalogue.of(measure)
    return "" if code.record is None or code.filling else ledger_of(code.record.source)


def asked_ledgers(rules: Rulebook) -> frozenset[str]:
    """Return the ledgers without which some part of a rule set says nothing."""
    asked = {ledger_of_measure(measure) for measure in asked_measures(rules)}
    if rules.composition:
        asked |= {_OF_SOURCE.get(part.source, "") for part in rules.composition.sources}
    if rules.problem_groups:
        asked |= set(_PROBLEMS)
    return frozenset(asked - {""})


def marked_items(rules: Rulebook, ledger: str) -> list[Indicator]:
    """Return the items of which a sheet of marks has a column.

    They are those the rule set reads from this sheet. A sheet of which it reads none, such as a self-check that is only
    held against the result, has all of them.
    """
    items = list(rules.indicators())
    read = set(_read(rules, items, ledger))
    return [item for item in items if item.code in read] or items


def _read(rules: Rulebook, items: list[Indicator], ledger: str) -> Iterator[str]:
    composition = rules.composition
    if composition and composition.at == "indicator":
        composed = ledger in {_OF_SOURCE.get(part.source) for part in composition.sources}
        within = {
            item.code
            for dimension in rules.dimensions
            for group in (None, *dimension.groups)
            for item in (dimension.indicators if group is None else group.indicators)
            if not composition.only
            or not {dimension.code, group.code if group else "", item.code}.isdisjoint(composition.only)
        }
        yield from within if composed else ()
    sheets = {sheet for sheet, of in catalogue.MARK_SHEETS.items() if of == ledger}
    for item in items:
        if any(f"{sheet}_{slug(item.code)}" in item.measures for sheet in sheets):
            yield item.code
