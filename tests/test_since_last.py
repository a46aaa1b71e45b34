"""A round beside the one before it: what is told of grades, scores, rules and figures, and of which state."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import round_examples
from openpyxl.worksheet.worksheet import Worksheet
from test_edition import filed

from analysis import open_round
from analysis.publish.disclosure import disclosed
from analysis.render.html_blocks import Html
from analysis.results.edition import Edition, computed_edition
from analysis.results.previous import stored_units
from analysis.rounds.levels import LEVELS, level_of
from analysis.rounds.rounds import load_round
from analysis.run.stages import freshness, open_assessment

EAST = "130302"
#: of 核处化解率: the rule of both rounds, and another for the round before
RULE = "rule: {shape: shortfall, full_at: 98%, each: 1%, off: 0.3}"
OTHER = "rule: {shape: shortfall, full_at: 99%, each: 1%, off: 0.5}"


def unresolved(sheet: Worksheet) -> None:
    """Leave out that a case of 海港区 of 2018 was resolved."""
    heads = {str(cell.value): cell.column for cell in sheet[5]}
    for row in range(6, sheet.max_row + 1):
        said = {head: sheet.cell(row, column).value for head, column in heads.items()}
        day = said["受理日期"]
        of_2018 = str(day.year if isinstance(day, dt.datetime) else day)[:4] == "2018"
        if of_2018 and str(said["单位代码"]) == EAST and said["是否查实"] == "是" and said["化解日期"]:
            sheet.cell(row, heads["化解日期"]).value = None
            return
    raise AssertionError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose round before had another rule, and did not yet know of a case resolved since."""
    folder = round_examples.with_round_before(tmp_path_factory.mktemp("since"))
    before = folder / "data" / "raw" / "2019"
    rules = (before / "rulebook.yaml").read_text(encoding="utf-8")
    assert rules.count(RULE) == 1
    (before / "rulebook.yaml").write_text(rules.replace(RULE, OTHER), encoding="utf-8")
    round_examples.edit(before / round_examples.CLUES, unresolved)
    open_assessment("2020", "comparison", "zh", folder)
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def told(project: Path, *kinds: str) -> dict[tuple[str, str, str], tuple[str, str]]:
    frame = open_assessment("2020", "indicators", "zh", project).since_last
    chosen = frame[frame["kind"].isin(kinds)]
    keys = zip(chosen["kind"], chosen["unit"], chosen["item"], strict=True)
    return dict(zip(keys, zip(chosen["old"], chosen["new"], strict=True), strict=True))


def test_grades_ranks_and_scores_stand_beside_those_of_the_round_before(made: Path) -> None:
    found = told(made, "grade", "rank", "score", "dimension")
    for kind in ("grade", "rank", "score"):
        then, now = (
            open_assessment(name, "indicators", "zh", made).grades.set_index("unit")[kind].map(str)
            for name in ("2019", "2020")
        )
        assert {unit: pair for (what, unit, _), pair in found.items() if what == kind} == {
            unit: (then[unit], now[unit]) for unit in now.index
        }
    # nine units, six dimensions
    assert len([key for key in found if key[0] == "dimension"]) == 54


def test_a_rule_that_is_another_is_named_and_nothing_else(made: Path) -> None:
    assert told(made, "rule", "unit", "definition") == {("rule", "", "5.2"): ("there", "there")}


def test_under_the_same_rules_only_the_units_differ(made: Path) -> None:
    """海港区 resolved 97.62 %: now 7 − 0.3 × 0.38 = 6.89, by the other rule 7 − 0.5 × 1.38 = 6.31, 0.58 less."""
    found = told(made, "forward", "backward")
    assert found["forward", EAST, "score"] == ("91.44", "90.86")
    # who resolved all loses nothing by either
    assert found["forward", "130372", "score"] == ("95.80", "95.80")
    for (kind, unit, item), (own, other) in found.items():
        if kind == "backward" and item == "score":
            # the rule of now takes no more off than the other
            assert float(other) >= float(own), unit


def test_a_figure_restated_since_stands_with_its_cause(made: Path) -> None:
    frame = open_assessment("2020", "indicators", "zh", made).since_last
    rows = frame[frame["kind"].eq("value") & frame["unit"].eq(EAST) & frame["item"].eq("clues_resolved")]
    assert list(rows["period"]) == ["2018"]
    (row,) = rows.to_dict("records")
    assert float(row["new"]) - float(row["old"]) == 1
    assert '["source", "线索案件台账.xlsx"]' in row["causes"]
    # no other unit's
    counts = frame[frame["kind"].eq("value") & frame["item"].eq("clues_resolved")]
    assert set(counts["unit"]) == {EAST, "130300"}


def test_the_report_says_of_which_state_it_speaks(project: Path) -> None:
    page = str(open_round("2020", project=project).page("report").since_last())
    assert "上一轮“2019”没有正式版，对照的是按现有材料计算的结果。" in page
    assert "细则有改动的：5.2 核处化解率。" in page
    assert "线索案件台账.xlsx" in page
    before = computed_edition(open_assessment("2019", "indicators", "zh", project))
    grades = before.tables["grades"].copy()
    grades.loc[grades["unit"] == EAST, "score"] = "88.88"
    filed(Edition({**before.tables, "grades": grades}, before.manifest, "", final=True), project, 1)
    assert not freshness(load_round(project, "2020"), "zh")["indicators"]
    of_final = str(open_round("2020", project=project).page("report").since_last())
    assert "对照的是上一轮“2019”的正式版 2019-1。" in of_final
    assert "88.88" in of_final
    card = Html()(open_round("2020", project=project).page("card", unit="海港区").summary())
    assert "按正式版2019-1；上一轮得分88.88，第2位" in card.replace(" ", "")


def test_rules_of_a_final_edition_whose_files_changed_since_score_nothing(project: Path) -> None:
    filed(computed_edition(open_assessment("2019", "indicators", "zh", project)), project, 1)
    rules = project / "data" / "raw" / "2019" / "rulebook.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace(OTHER, RULE), encoding="utf-8")
    found = told(project, "forward", "backward", "unscored", "rule")
    # the edition was scored by the other rule, whatever the file says now
    assert found == {
        ("rule", "", "5.2"): ("there", "there"),
        ("unscored", "", "forward"): ("no_rules", ""),
        ("unscored", "", "backward"): ("no_rules", ""),
    }


def test_outside_a_unit_knows_its_own_scores_alone(made: Path) -> None:
    whole = open_assessment("2020", "comparison", "zh", made)
    for level in map(level_of, LEVELS):
        seen = disclosed(whole, level, EAST if level.cards else "").since_last
        if level.inputs:
            assert len(seen) == len(whole.since_last)
        else:
            assert set(seen["unit"]) == ({EAST} if level.cards else set())


def test_a_round_that_is_compared_with_none_has_no_such_section(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    r = open_round("2020", project=round_examples.computed(tmp_path_factory, "alone"))
    assert str(r.page("report").since_last()).strip() == ""


def test_the_units_of_the_round_before_are_known_to_the_desk(made: Path) -> None:
    units = stored_units(load_round(made, "2020"))
    assert units is not None
    assert len(units) == 9
