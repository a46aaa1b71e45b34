"""Small rule sets and value tables made by hand, for the tests of rulebook, scoring and grading."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import rulebook as rulebooks
from analysis.indicators.values import value_rows
from analysis.rounds.rounds import City, Round, RoundSettings
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Indicator, Reading, Rulebook
from analysis.rulebook.derivation import derive, rounded
from analysis.rulebook.telling import indicator_sentence
from analysis.words import words

RULEBOOK_2020 = Path(__file__).parents[1] / "data" / "raw" / "2020" / "rulebook.yaml"
CITY = "990000"
ZH = words("zh")


@functools.cache
def rules_2020() -> Rulebook:
    """Return the committed rule set of 2020."""
    rules, faults = rulebooks.load(RULEBOOK_2020)
    assert rules is not None, faults
    return rules


def rules(**changes: Any) -> Rulebook:
    """Return the rule set of 2020 with some of its parts replaced, each given as written in YAML."""
    written = {name: getattr(rules_2020(), name) for name in Rulebook.model_fields}
    return Rulebook.model_validate({**written, **changes})


def indicator(
    rule: Mapping[str, Any], measure: str = "rate_resolved", points: str = "10", **more: Any
) -> Indicator:
    """Return an indicator with a rule, as written in YAML."""
    usual: dict[str, Any] = {
        "code": "9.1",
        "name": "某项",
        "name_en": "Item",
        "direction": "up",
        "department": "某部门",
        "data_source": "某台账",
        "definition": "某口径",
    }
    return Indicator.model_validate({**usual, "points": points, "measure": measure, "rule": rule, **more})


def share(above: int, below: int, status: str = "reported", measure: str = "rate_resolved") -> Reading:
    """Return a rate as read: above ÷ below."""
    value = Fraction(above, below) if below else None
    return Reading(measure, status, value, Fraction(above), Fraction(below))


def change(
    now: int,
    before: int,
    status: str = "reported",
    *,
    cases: int = 100,
    measure: str = "change_cases",
    counted: str = "case",
) -> Reading:
    """Return a change as read, from `before` to `now`; `cases` are those of the base period."""
    value = Fraction(now - before, before) if before and status != "not_reported" else None
    return Reading(
        measure, status, value, Fraction(now), Fraction(before), counted, base_cases=Fraction(cases)
    )


def told(
    item: Indicator, own: Reading, city: Reading | None = None, book: Rulebook | None = None
) -> tuple[str, str]:
    """Return points and sentence of one reading under the declarations of the rule set of 2020."""
    book = book or rules_2020()
    result = rounded(derive("990001", item, book.declared(item), own, city), 2, "half_even")
    return f"{float(result.points):.2f}", indicator_sentence(result, item, ZH, 2).plain


def roll(*codes: str) -> UnitRoll:
    """Return invented units in the order given."""
    return UnitRoll(
        [Unit(code, f"甲{code}县", f"甲{code}", order=place) for place, code in enumerate(codes, 1)],
        CITY,
        "全市",
    )


def round_2020(**changed: Any) -> Round:
    """Return a round for 2020 against 2019 with a cut-off at the end of February 2022."""
    usual: dict[str, Any] = {
        "round": "2020",
        "title": "考核",
        "city": City(code=CITY, name="某市", short="全市"),
        "issuer": "办公室",
        "periods": ["2020"],
        "base_period": "2019",
        # the tables of the examples hold the measures in question and no others
        "core_ledgers": [],
        "history": ["2019", "2020"],
        "as_of": dt.date(2022, 2, 28),
        "synthetic": True,
    }
    return Round(RoundSettings.model_validate({**usual, **changed}), Path("raw"), Path("project"))


def value(unit: str, measure: str, **columns: Any) -> dict[str, Any]:
    """Return a value row of the round's period; a change is against 2019."""
    compared = measure.startswith(("change_", "difference_"))
    usual: dict[str, Any] = {
        "unit": unit,
        "measure": measure,
        "period": "2020",
        "base_period": "2019" if compared else "",
        "status": "reported",
        "method": "exact" if compared else "count",
        "unit_of_measure": "ratio",
    }
    return {**usual, **columns}


def table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return value rows as the value table."""
    return value_rows(rows, "2020")


def whole_unit(unit: str, strength: int = 9) -> list[dict[str, Any]]:
    """Return every value the rule set of 2020 reads of a unit; `strength` of 10 is how well it does."""
    book = rules_2020()
    rows: list[dict[str, Any]] = []
    for item in book.indicators():
        if item.read == "decline":
            rows.append(change_row(unit, item.measure, 100 - 2 * strength, 100))
        elif item.measure == "mark_departments":
            rows.append(
                value(unit, item.measure, value=strength * 10.0, numerator=strength * 20, denominator=2)
            )
        elif item.read == "mark":
            full = float(item.points)
            rows.append(value(unit, item.measure, value=full * strength / 10, denominator=full))
        elif item.direction == "down":
            rows.append(value(unit, item.measure, value=10 - strength, unit_of_measure="event"))
        elif item.measure == "emergency_fund":
            rows.append(value(unit, item.measure, value=1.0, unit_of_measure="unit"))
        else:
            rows.append(value(unit, item.measure, value=strength / 10, numerator=strength, denominator=10))
    counts = [level.measure for bonus in book.bonuses for level in bonus.levels]
    counts += [veto.measure for veto in book.vetoes]
    rows += [value(unit, measure, value=0.0, unit_of_measure="event") for measure in counts]
    rows.append(value(unit, "cases", period="2019", value=100.0, unit_of_measure="case"))
    return rows


def change_row(unit: str, measure: str, now: int, before: int, **columns: Any) -> dict[str, Any]:
    """Return the value row of a change from `before` to `now`."""
    return value(unit, measure, value=(now - before) / before, numerator=now, denominator=before, **columns)
