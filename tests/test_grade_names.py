"""Any names of grades and any scale, end to end: every page in every language, charts, chips, bulletin, cards."""

from __future__ import annotations

import dataclasses
import functools
import re
from pathlib import Path
from typing import Any

import pytest

from analysis.render.blocks import Chip, Display
from analysis.render.plain_blocks import plain
from analysis.results.assessment import Assessment
from analysis.rounds.levels import LEVELS, level_of
from analysis.rulebook import Rulebook
from analysis.run import in_memory
from analysis.run.pages import PAGES, shown
from analysis.words import LANGUAGES

PROJECT = Path(__file__).parents[1]
#: what names the grades of three letters, or a full mark of 100
LETTERED = re.compile(r"\b[ABC] ?级|[Gg]rade [ABC]\b|满分 ?100分|out of 100 points")


def at_least(points: int) -> list[dict[str, Any]]:
    return [{"kind": "score_at_least", "points": points}]


FOUR = {
    "slots": {"vetoed": "freed", "barred": "kept"},
    "levels": [
        {"name": "优秀", "name_en": "Excellent", "all_of": at_least(900)},
        {"name": "良好", "name_en": "Good", "all_of": at_least(850)},
        {"name": "合格", "name_en": "Fair"},
        {"name": "不合格", "name_en": "Poor", "any_of": [[{"kind": "score_below", "points": 700}]]},
    ],
}


@functools.cache
def assessed(which: str, language: str) -> Assessment:
    """Return the example's round under four grades out of 1,000 points, all units in one or in two classes."""
    read = in_memory.read(PROJECT, "2020")
    assert read.declared is not None
    assert read.arrived is not None
    rules = read.declared.rulebook
    assert rules is not None
    written = {name: getattr(rules, name) for name in Rulebook.model_fields}
    written |= {"scale": 1000, "grades": FOUR, "vetoes": (), "falsification": ()}
    if which == "classes":
        codes, dimensions = read.arrived.roll.codes, [part.code for part in rules.dimensions]
        few = {
            "code": "Y",
            "name": "新区",
            "units": codes[6:],
            "items": dimensions[:3],
            "base_points": sum(part.points for part in rules.dimensions[:3]),
        }
        written["classes"] = [{"code": "X", "name": "县区", "units": codes[:6], "items": dimensions}, few]
    declared = dataclasses.replace(read.declared, rulebook=Rulebook.model_validate(written))
    return in_memory.assess_read(dataclasses.replace(read, declared=declared), language, draws=100)


def pages(whole: Assessment) -> dict[tuple[str, str, str], Display]:
    """Return every section of every page at every level."""
    found = {}
    for name in PAGES:
        for level in map(level_of, LEVELS):
            if name == "card" and not level.cards:
                continue
            if name != "card" and (
                level.units == "own" or (not level.inputs and name not in ("report", "bulletin"))
            ):
                continue
            unit = whole.roll.codes[0] if name == "card" else ""
            found |= {
                (name, level.name, section): block
                for section, block in shown(whole, name, level.name, unit).items()
            }
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["one", "classes"])
def test_no_page_names_a_grade_or_a_full_mark_that_the_rule_set_does_not_have(
    which: str, language: str
) -> None:
    whole = assessed(which, language)
    told = {place: plain(block) for place, block in pages(whole).items()}
    assert {place: found[0] for place, text in told.items() if (found := LETTERED.search(text))} == {}
    name = "良好" if language == "zh" else "Good"
    for page, level in (("report", "internal"), ("report", "grades"), ("bulletin", "grades")):
        assert any(name in text for place, text in told.items() if place[:2] == (page, level)), (page, level)


def chips(block: object) -> set[tuple[str, str]]:
    """Return the chips of a block, however deep."""
    if isinstance(block, Chip):
        return {(block.grade, block.tier)}
    if isinstance(block, tuple | list):
        return {chip for part in block for chip in chips(part)}
    if dataclasses.is_dataclass(block):
        return {chip for field in dataclasses.fields(block) for chip in chips(getattr(block, field.name))}
    return set()


def test_the_best_and_the_lowest_grade_have_the_filled_chips() -> None:
    found = chips(shown(assessed("one", "zh"), "report")["results"])
    assert found == {("优秀", "best"), ("良好", ""), ("合格", ""), ("不合格", "lowest")}


def test_values_count_and_draw_the_grades_by_their_names() -> None:
    values = assessed("one", "zh").values
    counted = values[values["measure"].str.fullmatch(r"units_grade_[^_]+")].set_index("measure")["value"]
    grades = assessed("one", "zh").grades["grade"].value_counts()
    assert {name.removeprefix("units_grade_"): int(number) for name, number in counted.items()} == {
        name: int(grades.get(name, 0)) for name in ("优秀", "良好", "合格", "不合格")
    }
    drawn = values[
        values["measure"].str.startswith("probability_grade_") & (values["method"] == "resampled_counts")
    ]
    assert drawn.groupby("unit")["value"].sum().round(9).eq(1).all()
    assert set(drawn["measure"].str.removeprefix("probability_grade_")) == {"优秀", "良好", "合格", "不合格"}


def test_units_of_different_classes_are_never_compared() -> None:
    whole = assessed("classes", "zh")
    first, second = set(whole.roll.codes[:6]), set(whole.roll.codes[6:])
    ahead = whole.values[whole.values["measure"].str.startswith("outranks_")]
    pairs = {(row["unit"], row["measure"].removeprefix("outranks_")) for _, row in ahead.iterrows()}
    assert pairs
    assert all({unit, other} <= first or {unit, other} <= second for unit, other in pairs)
    ranks = whole.grades.set_index("unit")["rank"]
    assert sorted(ranks[list(second)]) == [1, 2, 3]
