"""The presets: each loads and grades as the sentence it was made from; the documentation shows what is computed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from rule_examples import ZH

from analysis import rulebook
from analysis.indicators import catalogue
from analysis.rulebook import Reading, Rulebook, rule_sentence
from analysis.rulebook.bench import grade_measures
from analysis.rulebook.presets import PRESETS, preset_file
from analysis.scoring import presets_page
from analysis.scoring.grading import grade_units

DOCUMENT = Path(__file__).parents[1] / "docs" / "presets.md"

Events = dict[int, dict[str, float]]


def letters(name: str, units: int, found: Events | None = None) -> str:
    """Grade so many units, the first with 99.5 points and each next half a point less, with what was found of some."""
    return graded(
        presets_page.preset(name), [Decimal("99.5") - Decimal(place) / 2 for place in range(units)], found
    )


def graded(book: Rulebook, scores: list[Decimal], found: Events | None = None) -> str:
    names = [f"u{place}" for place in range(1, len(scores) + 1)]
    readings: dict[tuple[str, str], Reading] = {}
    for place, name in enumerate(names, 1):
        for measure in grade_measures(book):
            usual = None if measure.startswith("stated_") else 0.0
            number = (found or {}).get(place, {}).get(measure, usual)
            known = number is not None
            value = Fraction(str(number)) if known else None
            readings[name, measure] = Reading(measure, "reported" if known else "not_reported", value)
    parts = {(name, item): (Fraction(9), Fraction(10)) for name in names for item in ("1", "3")}
    for place, row in (found or {}).items():
        for item in ("1", "3"):
            if f"part {item}" in row:
                parts[f"u{place}", item] = (Fraction(str(row[f"part {item}"])), Fraction(100))
    units = grade_units(dict(zip(names, scores, strict=True)), readings, book, parts=parts)
    return "".join(unit.grade for unit in units)


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_loads_without_fault_and_reads_as_sentences(name: str) -> None:
    book, faults = rulebook.load(preset_file(name), known=catalogue.is_known)
    assert faults == []
    assert book is not None
    assert book.ours
    assert all(rule_sentence(item, book, ZH).plain for item in book.indicators())
    assert len(book.dimensions) == 6
    assert book.base_points == 100


@pytest.mark.parametrize("name", PRESETS)
def test_what_no_source_says_is_marked_as_assumed(name: str) -> None:
    book = presets_page.preset(name)
    declared = [book.rounding, book.ties, book.small_base, book.grades.slots]
    assert all(part.assumed for part in (*declared, *book.dimensions, *book.indicators(), *book.bonuses))
    head = preset_file(name).read_text(encoding="utf-8").split("\n\n", 1)[0]
    assert "published rules or bulletins, see docs/presets.md" in head


def test_the_national_preset_says_that_it_is_not_the_official_text() -> None:
    text = preset_file("national_style").read_text(encoding="utf-8")
    assert "after secondary reports, not the official text" in text
    assert "据二手材料整理，非官方文本" in presets_page.preset("national_style").note


def test_all_presets_score_by_the_same_indicators() -> None:
    sets = {tuple(presets_page.preset(name).dimensions) for name in PRESETS}
    assert len(sets) == 1


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(KeyError, match="guangdong"):
        preset_file("guangdon")


# each case: preset, units, what was found of which unit (from 1), grades from the first unit to the last
CASES: list[tuple[str, str, int, Events, str]] = [
    ("Guangdong: top 7 A, last 2 C of 21", "guangdong", 21, {}, "A" * 7 + "B" * 12 + "CC"),
    ("Guangdong: one mass incident is none too many", "guangdong", 21, {10: {"events_mass": 1}},
     "A" * 7 + "B" * 12 + "CC"),
    ("Guangdong: two mass incidents", "guangdong", 21, {10: {"events_mass": 2}}, "A" * 7 + "BBC" + "B" * 9 + "CC"),
    ("Guangdong: one on a government project", "guangdong", 21, {1: {"events_mass": 1, "events_mass_government": 1}},
     "C" + "A" * 7 + "B" * 11 + "CC"),
    ("Guangdong: one extreme incident", "guangdong", 21, {7: {"events_extreme": 1}},
     "A" * 6 + "CA" + "B" * 11 + "CC"),
    ("Jiangsu: top 4 A of 13, nobody C by place", "jiangsu", 13, {}, "AAAA" + "B" * 9),
    ("Jiangsu: poor organisation", "jiangsu", 13, {2: {"stated_poor_organisation": 1}}, "ACAAA" + "B" * 8),
    ("Jiangsu: two mass, one government project, one extreme", "jiangsu", 13,
     {10: {"events_mass": 2}, 11: {"events_mass_government": 1}, 12: {"events_extreme": 1}, 13: {"events_mass": 1}},
     "AAAABBBBBCCCB"),
    ("Jiangsu: falsified or concealed data", "jiangsu", 13, {13: {"stated_falsified": 1}}, "AAAA" + "B" * 8 + "C"),
    ("Gansu: top 5 A of 14 with complete institutions", "gansu", 14, {}, "AAAAA" + "B" * 9),
    ("Gansu: incomplete institutions bar from A and keep the place", "gansu", 14, {3: {"part 3": 89.99}},
     "AABAA" + "B" * 9),
    ("Gansu: complete at the line", "gansu", 14, {3: {"part 3": 90}}, "AAAAA" + "B" * 9),
    ("Gansu: poor work from 80 points on is no C", "gansu", 14, {14: {"stated_poor_work": 1}}, "AAAAA" + "B" * 9),
    ("Gansu: a mass incident needs a serious effect", "gansu", 14,
     {13: {"events_mass": 1}, 14: {"events_mass": 1, "stated_serious_mass": 1}}, "AAAAA" + "B" * 8 + "C"),
    ("Gansu: an extreme incident; falsification", "gansu", 14,
     {1: {"events_extreme": 1}, 2: {"stated_falsified": 1}}, "CCAAAAA" + "B" * 7),
    ("Shangluo: top 2, last 2 of 7", "shangluo", 7, {}, "AABBBCC"),
    ("Shangluo: incidents are not asked", "shangluo", 7, {1: {"events_extreme": 1}}, "AABBBCC"),
    ("Chongqing: top 15, last 3 of 40", "chongqing", 40, {}, "A" * 15 + "B" * 22 + "CCC"),
    ("Chongqing: 2 / 1 / 1 and a deduction for the city", "chongqing", 40,
     {1: {"events_mass": 2}, 2: {"events_mass_government": 1}, 3: {"events_extreme": 1},
      4: {"stated_city_deduction": 1}},
     "CCCC" + "A" * 15 + "B" * 18 + "CCC"),
    ("National style: top 10 A of 32, nobody C by place alone", "national_style", 32, {}, "A" * 10 + "B" * 22),
    ("National style: last 3 with poor work", "national_style", 32,
     {29: {"part 1": 50}, 30: {"part 1": 50}, 31: {"part 1": 60}}, "A" * 10 + "B" * 19 + "C" + "BB"),
    ("National style: 5 mass, 2 government projects, 1 extreme", "national_style", 32,
     {20: {"events_mass": 5}, 21: {"events_mass_government": 2}, 22: {"events_extreme": 1},
      23: {"events_mass": 4, "events_mass_government": 1}}, "A" * 10 + "B" * 9 + "CCC" + "B" * 10),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "units", "found", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_preset_grades_as_its_source_says(name: str, units: int, found: Events, expected: str) -> None:
    assert letters(name, units, found) == expected


def test_gansu_has_c_below_80_with_poor_work_only() -> None:
    scores = [Decimal(score) for score in ("90", "80", "79.99", "79.99")]
    poor: Events = {2: {"stated_poor_work": 1}, 3: {"stated_poor_work": 1}}
    assert graded(presets_page.preset("gansu"), scores, poor) == "AACA"


GOOD = {"stated_data_accurate": 1, "innovation_city": 1}
# score, what was found, grade
TRANSPORT: list[tuple[str, dict[str, Any], str]] = [
    ("90", GOOD, "A"),
    ("89.99", GOOD, "B"),
    ("95", GOOD | {"innovation_city": 0}, "B"),
    ("95", {"innovation_city": 1}, "B"),
    ("95", GOOD | {"stated_data_accurate": 0}, "C"),
    ("70", GOOD, "B"),
    ("69.99", GOOD, "C"),
    ("95", GOOD | {"stated_group_visits": 2}, "A"),
    ("95", GOOD | {"stated_group_visits": 3}, "C"),
    ("95", GOOD | {"events_mass": 1}, "A"),
    ("95", GOOD | {"events_mass": 1, "stated_serious_mass": 1}, "C"),
]


@pytest.mark.parametrize(("score", "found", "letter"), TRANSPORT)
def test_the_transport_rule_has_floors_and_no_places(
    score: str, found: dict[str, float], letter: str
) -> None:
    assert graded(presets_page.preset("transport"), [Decimal(score)], {1: found}) == letter


def test_the_documentation_shows_what_is_computed() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == presets_page.document(), (
        "python -m analysis.scoring.presets_page > docs/presets.md"
    )


def test_the_made_up_units_show_what_the_rules_differ_in() -> None:
    shown = {name: presets_page.shown(name) for name in PRESETS}
    scores = {
        tuple(sorted(zip(each.grades["unit"], each.grades["score"], strict=True))) for each in shown.values()
    }
    assert len(scores) == 1
    grades = {
        name: dict(zip(each.grades["unit"], each.grades["grade"], strict=True))
        for name, each in shown.items()
    }
    # every preset gives its own grades, and none of them grades the unit without any report
    assert len({tuple(sorted(each.items())) for each in grades.values()}) == len(PRESETS)
    assert {each["M40"] for each in grades.values()} == {""}
    assert all(set(each.values()) == {"A", "B", "C", ""} for each in grades.values())


def test_the_made_up_names_are_openly_made_up() -> None:
    assert all(unit["name"].startswith("虚构") for unit in presets_page.made_up_units())
