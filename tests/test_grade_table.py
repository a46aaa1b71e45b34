"""Grade rules of places as published (the visible part), written as grades, with units graded by hand.

Places whose rule is a preset stand in `test_presets.py`; together they are every row of the table of grade rules.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from rule_examples import ZH, rules

from analysis.rulebook import Reading
from analysis.rulebook.bench import grade_measures
from analysis.rulebook.presets import PRESETS
from analysis.scoring.grading import clause, grade_units

TABLE: dict[str, dict[str, Any]] = YAML(typ="safe").load(
    (Path(__file__).parent / "grade_table.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("place", TABLE)
def test_units_are_graded_as_the_text_says(place: str) -> None:
    row = TABLE[place]
    book = rules(
        vetoes=(),
        falsification=(),
        facts=row["facts"],
        grades={
            "slots": {"vetoed": "freed", "barred": "kept"},
            "levels": row["levels"],
            "consequences": row.get("consequences", []),
        },
    )
    units = {f"{place}{number}": unit for number, unit in enumerate(row["units"])}
    readings = {
        (code, measure): Reading(measure, "reported", Fraction(unit["read"].get(measure, 0)), counted="event")
        for code, unit in units.items()
        for measure in grade_measures(book)
    }
    scores = {code: Decimal(str(unit["score"])) for code, unit in units.items()}
    previous = {code: unit.get("previous", "B") for code, unit in units.items()}
    for graded in grade_units(scores, readings, book, previous=previous):
        unit = units[graded.unit]
        assert graded.grade == unit["grade"], (place, unit)
        if "told" in unit:
            assert clause(graded, book, ZH).plain == unit["told"]


def test_every_place_of_the_table_is_here_or_a_preset() -> None:
    places = {
        "guangdong",
        "jiangsu",
        "gansu",
        "shangluo",
        "chongqing",
        "deyang",
        "changzhou",
        "transport",
        "yunnan",
    }
    assert places <= {*TABLE, *PRESETS}
    # what no text says is said to be left open, and what has no address says so
    assert all(row["says"] and row["open"] for row in TABLE.values())
    assert [place for place, row in TABLE.items() if not row["source"]] == ["changzhou"]
