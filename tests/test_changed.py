"""What changed between two states: every difference is found, and exactly what caused it is named."""

from __future__ import annotations

import dataclasses
import functools
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import round_examples
from openpyxl.worksheet.worksheet import Worksheet

from analysis.questions.changed import CAUSES, ORDER, Cause, changed, not_compared
from analysis.results.edition import BASIS, Edition, computed_edition
from analysis.run import in_memory


def edition(folder: Path) -> Edition:
    """Return the example round of a project as its files are now."""
    return computed_edition(in_memory.assess_read(in_memory.read(folder, "2020"), draws=0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return round_examples.project(tmp_path_factory.mktemp("changed"))


@pytest.fixture(scope="module")
def before(folder: Path) -> Edition:
    return edition(folder)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return tmp_path


def kinds(found: pd.DataFrame) -> set[str]:
    """Return all kinds of causes named."""
    return {cause.kind for causes in found["causes"] for cause in causes}


def one(found: pd.DataFrame, kind: str, unit: str, item: str = "", **more: str) -> Any:
    """Return the one row of a kind, unit and item."""
    rows = found[(found["kind"] == kind) & (found["unit"] == unit) & (found["item"] == item)]
    for column, text in more.items():
        rows = rows[rows[column] == text]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def rewritten(file: Path, old: str, new: str) -> None:
    """Replace the one place of a text in a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    file.write_text(text.replace(old, new), encoding="utf-8")


def with_basis(of: Edition, **parts: Any) -> Edition:
    """Return a state that tells something else of what it rests on."""
    basis = {**of.manifest[BASIS], **parts}
    return dataclasses.replace(of, manifest={**of.manifest, BASIS: basis})


def with_cell(of: Edition, table: str, place: int, column: str, text: str) -> Edition:
    """Return a state with one cell of a table written anew."""
    frame = of.tables[table].copy()
    frame.loc[place, column] = text
    return dataclasses.replace(of, tables={**of.tables, table: frame})


# ------------------------------------------------------------------------------------------- nothing


def test_the_identical_rerun_has_no_difference(before: Edition, copy: Path) -> None:
    assert changed(before, edition(copy)).empty


def test_a_number_that_another_machine_rounds_otherwise_is_the_same(before: Edition) -> None:
    values = before.tables["values"]
    place = int(values.index[values["method"] == "wilson"][0])
    number = float(str(values.loc[place, "value"]))
    assert changed(before, with_cell(before, "values", place, "value", repr(number * (1 + 1e-14)))).empty
    assert len(changed(before, with_cell(before, "values", place, "value", repr(number * 1.01)))) == 1


# ------------------------------------------------------------------------------------------- each cause alone


def test_a_source_that_was_revised(before: Edition, copy: Path) -> None:
    # the field team's mark of 部署调度 in the first row (海港区) is 4 of 4; it becomes 3 of 4
    def change(sheet: Worksheet) -> None:
        cell = sheet["D4"] if sheet["D4"].value == 4 else next(c for c in sheet[4] if c.value == 4)
        cell.value = 3

    round_examples.edit(round_examples.raw(copy) / "实地核查评分.xlsx", change)
    found = changed(before, edition(copy))
    assert kinds(found) == {"source"}
    score = one(found, "item_score", "130302", "1.1", method="field")
    assert (score["old"], score["new"], score["moved"]) == ("4.00", "3.00", 1.0)
    assert score["causes"] == (Cause("source", "实地核查评分.xlsx"),)
    # a point less in the item is a point less in the whole: 91.44 − 1
    assert list(one(found, "score", "130302")[["old", "new"]]) == ["91.44", "90.44"]


CORRECTION = """corrections:
  - kind: override
    file: 实地核查评分.xlsx
    cell: {cell}
    expected: 4
    value: 3
    reason: 登记有误
    reported_by: 核查组
    date: 2022-02-28
"""


def _corrected(copy: Path) -> None:
    book = round_examples.raw(copy) / "实地核查评分.xlsx"
    cells: list[str] = []
    round_examples.edit(
        book, lambda sheet: cells.append(next(c.coordinate for c in sheet[4] if c.value == 4))
    )
    # the file is as received, not as openpyxl writes it again
    shutil.copy(round_examples.RAW / book.name, book)
    text = CORRECTION.format(cell=cells[0])
    (round_examples.raw(copy) / "corrections.yaml").write_text(text, encoding="utf-8")


def test_a_correction_that_was_added_and_one_that_expired(before: Edition, copy: Path) -> None:
    _corrected(copy)
    after = edition(copy)
    for kind, found in (
        ("correction_added", changed(before, after)),
        ("correction_expired", changed(after, before)),
    ):
        assert kinds(found) == {kind}
        causes = one(found, "item_score", "130302", "1.1", method="field")["causes"]
        assert [cause.detail.partition(" › ")[0] for cause in causes] == ["实地核查评分.xlsx"]


def test_a_rule_that_was_changed(before: Edition, copy: Path) -> None:
    # the quota of grade A falls from five places to four: the fifth becomes B, nobody's score moves
    rewritten(round_examples.raw(copy) / "rulebook.yaml", "{kind: top, places: 5}", "{kind: top, places: 4}")
    found = changed(before, edition(copy))
    assert kinds(found) == {"rule"}
    grades = before.tables["grades"].set_index("unit")
    fifth = grades.index[grades["rank"] == "5"][0]
    assert list(found.iloc[0][["kind", "unit", "old", "new"]]) == ["grade", fifth, "A", "B"]
    assert found.iloc[0]["causes"] == (Cause("rule", "grades"),)
    assert not set(found["kind"]) & {"score", "rank", "item_score"}


def test_a_definition_that_was_changed(before: Edition, copy: Path) -> None:
    # with a cut-off a year earlier, what was resolved or paid since counts no more
    rewritten(round_examples.raw(copy) / "round.yaml", "as_of: 2022-02-28", "as_of: 2021-02-28")
    found = changed(before, edition(copy))
    assert kinds(found) == {"definition"}
    assert {cause.detail for causes in found["causes"] for cause in causes} == {"as_of"}
    resolved = one(found, "city_value", "130300", "clues_resolved", period="2020")
    assert int(float(resolved["new"])) < int(float(resolved["old"]))


def test_another_program(before: Edition) -> None:
    after = with_basis(with_cell(before, "grades", 0, "grade", "B"), code="another")
    found = changed(before, after)
    assert found.iloc[0]["causes"] == (Cause("code"),)
    assert len(found) == 1


def test_what_nothing_recorded_explains_is_told_as_unknown(before: Edition) -> None:
    found = changed(before, with_cell(before, "grades", 0, "grade", "B"))
    assert list(found["causes"]) == [(Cause("unknown"),)]


def test_causes_that_cannot_be_told_apart_are_all_named(before: Edition) -> None:
    rules = {**before.manifest[BASIS]["rules"], "grades": "another"}
    after = with_basis(with_cell(before, "grades", 0, "grade", "B"), code="another", rules=rules)
    assert list(changed(before, after)["causes"]) == [(Cause("rule", "grades"), Cause("code"))]


def test_a_rule_of_another_item_is_no_cause(before: Edition) -> None:
    scores = before.tables["scores"]
    place = int(scores.index[(scores["unit"] == "130302") & (scores["indicator"] == "5.2")][0])
    rules = {**before.manifest[BASIS]["rules"], "5.2": "another", "1.1": "another"}
    found = changed(before, with_basis(with_cell(before, "scores", place, "points", "1.00"), rules=rules))
    assert list(found["causes"]) == [(Cause("rule", "5.2"),)]


# ------------------------------------------------------------------------------------------- units


def with_unit(of: Edition, place: int, **cells: str) -> Edition:
    return functools.reduce(lambda e, cell: with_cell(e, "units", place, *cell), cells.items(), of)


def renumbered(of: Edition, old: str, new: str) -> Edition:
    """Return a state in which a unit has another code in every table."""
    tables = {
        name: frame.replace({"unit": {old: new}}) if "unit" in frame else frame
        for name, frame in of.tables.items()
    }
    return dataclasses.replace(of, tables=tables)


def test_a_unit_that_has_another_name_changes_nothing_else(before: Edition) -> None:
    found = changed(before, with_unit(before, 0, name="某区", short="某区"))
    assert list(zip(found["item"], found["old"], found["new"], found["causes"], strict=True)) == [
        ("name", "海港区", "某区", (Cause("unit_renamed", "某区"),)),
        ("short", "海港区", "某区", (Cause("unit_renamed", "某区"),)),
    ]


def test_a_unit_that_has_another_code_keeps_its_figures(before: Edition) -> None:
    after = with_unit(renumbered(before, "130302", "130399"), 0, code="130399", former_codes="130302")
    found = changed(before, after)
    assert list(zip(found["kind"], found["item"], found["unit"], strict=True)) == [("unit", "code", "130399")]


def test_a_unit_in_another_class(before: Edition) -> None:
    after = with_unit(with_cell(before, "grades", 1, "grade", "B"), 0, kind="县")
    assert before.tables["grades"].loc[1, "unit"] == "130302"
    found = changed(before, after)
    assert list(found["kind"]) == ["grade", "unit"]
    assert kinds(found) == {"unit_class"}


def without_unit(of: Edition, unit: str) -> Edition:
    """Return a state in which a unit has no row, and the roll does not know it."""
    columns = {"units": "code", **dict.fromkeys(("values", "scores", "grades", "findings"), "unit")}
    kept = {
        name: frame[frame[columns[name]] != unit].reset_index(drop=True) if name in columns else frame
        for name, frame in of.tables.items()
    }
    return dataclasses.replace(of, tables=kept)


@pytest.mark.parametrize(
    ("turned", "change", "kind"),
    [(False, "disappeared", "unit_gone"), (True, "appeared", "unit_new")],
)
def test_a_unit_that_is_gone_or_new(turned: bool, change: str, kind: str, before: Edition) -> None:
    without = without_unit(before, "130324")
    found = changed(*((without, before) if turned else (before, without)))
    assert set(found["change"]) == {change}
    assert set(found["unit"]) == {"130324"}
    assert kinds(found) == {kind}
    # the grade comes first
    assert found.iloc[0]["kind"] == "grade"


def test_units_that_were_merged(before: Edition) -> None:
    # 卢龙县 goes into 昌黎县, whose code stays
    after = without_unit(before, "130324")
    place = int(after.tables["units"].index[after.tables["units"]["code"] == "130322"][0])
    grade = int(after.tables["grades"].index[after.tables["grades"]["unit"] == "130322"][0])
    after = with_cell(with_unit(after, place, former_codes="130324"), "grades", grade, "score", "70.00")
    found = changed(before, after)
    assert kinds(found) == {"unit_merged"}
    assert set(found["unit"]) == {"130322", "130324"}


# ------------------------------------------------------------------------------------------- what is not there


@pytest.mark.parametrize("table", ["lineage", "corrections", "units"])
def test_without_a_table_the_cause_is_not_claimed_alone(table: str, before: Edition) -> None:
    tables = {name: frame for name, frame in before.tables.items() if name != table}
    poor = dataclasses.replace(before, tables=tables, name="2020-1")
    assert ("2020-1", table) in not_compared(poor, before)
    rules = {**before.manifest[BASIS]["rules"], "grades": "another"}
    found = changed(poor, with_basis(with_cell(before, "grades", 0, "grade", "B"), rules=rules))
    assert list(found["causes"]) == [(Cause("rule", "grades"), Cause("untold", table))]


def test_a_state_that_tells_nothing_of_its_rules_has_them_as_a_possible_cause(before: Edition) -> None:
    manifest = {key: value for key, value in before.manifest.items() if key != BASIS}
    poor = dataclasses.replace(before, manifest=manifest)
    assert changed(poor, before).empty
    found = changed(poor, with_cell(before, "grades", 0, "grade", "B"))
    assert list(found["causes"]) == [(Cause("untold", "basis"),)]


def test_a_table_that_one_state_lacks_is_not_taken_for_an_empty_one(before: Edition) -> None:
    tables = {name: frame for name, frame in before.tables.items() if name != "scores"}
    poor = dataclasses.replace(before, tables=tables)
    assert changed(poor, before).empty
    assert ("2020", "scores") in not_compared(poor, before)


# ------------------------------------------------------------------------------------------- sentences, order, rounds


def said(of: Edition, *sentences: tuple[str, str, str]) -> Edition:
    place = {"product": "report", "unit": "", "place": "主要结论"}
    rows = [dict(zip(("id", "text", "rows"), each, strict=True), **place) for each in sentences]
    return dataclasses.replace(of, tables={**of.tables, "sentences": pd.DataFrame(rows, dtype="str")})


def test_a_sentence_has_the_causes_of_the_figures_it_rests_on(before: Edition) -> None:
    old = said(before, ("s1", "甲评为A级。", "grade.130372"), ("s2", "同前。", ""), ("s3", "不再说。", ""))
    rules = {**before.manifest[BASIS]["rules"], "grades": "another", "5.2": "another"}
    grade = with_cell(before, "grades", 0, "grade", "B")
    new = said(with_basis(grade, rules=rules), ("s1", "甲评为B级。", "grade.130372"), ("s2", "同前。", ""))
    found = changed(old, new)
    assert before.tables["grades"].loc[0, "id"] == "grade.130372"
    revised = found[found["kind"] == "sentence"].set_index("id")
    assert dict(revised["change"]) == {"s1": "revised", "s3": "disappeared"}
    of_grade = found.iloc[0]["causes"]
    assert revised.loc["s1", "causes"] == of_grade


def test_the_worst_comes_first(before: Edition) -> None:
    after = with_cell(before, "grades", 0, "grade", "B")
    after = with_cell(after, "grades", 1, "rank", "9")
    after = with_cell(after, "grades", 2, "rank", "4")
    values = before.tables["values"]
    for unit in ("130300", "130302"):
        place = values.index[
            (values["unit"] == unit) & (values["measure"] == "cases") & (values["period"] == "2020")
        ]
        after = with_cell(after, "values", int(place[0]), "value", "1.0")
    found = changed(before, after)
    assert list(zip(found["kind"], found["unit"], strict=True))[:2] == [
        ("grade", "130372"),
        ("rank", "130302"),
    ]
    assert list(found["kind"]) == ["grade", "rank", "rank", "city_value", "value"]


def test_of_two_rounds_values_of_common_years_and_the_results_are_compared(before: Edition) -> None:
    """A figure of 2020 that the round 2021 counts anew is restated; a result is another year's, and says so."""
    values = before.tables["values"]
    cases = values.index[
        (values["unit"] == "130302") & (values["measure"] == "cases") & (values["period"] == "2020")
    ]
    after = with_cell(with_cell(before, "grades", 0, "grade", "B"), "values", int(cases[0]), "value", "1.0")
    later = after.tables["values"].tail(1).assign(period="2021")
    after = dataclasses.replace(
        after,
        tables={**after.tables, "values": pd.concat([after.tables["values"], later], ignore_index=True)},
        manifest={**after.manifest, "round": "2021", "period": "2021"},
        name="2021",
    )
    settings = {**before.manifest[BASIS]["settings"], "as_of": "2023-02-28"}
    found = changed(before, with_basis(after, settings=settings))
    told = dict(zip(found["kind"], found["causes"], strict=True))
    assert told == {
        "grade": (Cause("period", "2020 → 2021"),),
        "value": (Cause("definition", "as_of"),),
    }


def test_every_kind_has_its_place_and_every_cause_its_test() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert set(ORDER.values()) == {0, 1, 2, 3}
    assert [cause for cause in CAUSES if f'"{cause}"' not in here] == []


def test_a_problem_closed_since_is_told_by_its_id(before: Edition) -> None:
    status = before.tables["problems"]["status"]
    place = int(status.index[status == "open"][0])
    ident, unit = before.tables["problems"].loc[place, ["id", "unit"]]
    found = changed(before, with_cell(before, "problems", place, "status", "closed"))
    assert len(found) == 1
    row = one(found, "problem", unit, ident)
    assert (row["change"], row["old"], row["new"]) == ("revised", "open", "closed")
