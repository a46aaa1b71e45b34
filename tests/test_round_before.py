"""The round that one is compared with: as filed, else as computed now, and computed where it has not been."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
import round_examples
from rich.console import Console
from test_edition import filed

from analysis.publish.disclosure import disclosed
from analysis.render.html_blocks import Html
from analysis.results.edition import Edition, computed_edition
from analysis.results.previous import Before, previous_grades, round_before
from analysis.results.store import Store
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.levels import LEVELS, level_of
from analysis.rounds.rounds import load_round
from analysis.rounds.units import Unit, UnitRoll
from analysis.run import pipeline
from analysis.run.opening import open_round
from analysis.run.orders import Order
from analysis.run.stages import freshness, open_assessment


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project in which 2020 is compared with 2019, and nobody has computed 2019 before 2020 was opened."""
    folder = round_examples.with_round_before(tmp_path_factory.mktemp("before"))
    open_assessment("2020", "indicators", "zh", folder)
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_round_before_is_computed_where_it_has_not_been(made: Path) -> None:
    before, of = load_round(made, "2019"), load_round(made, "2020")
    assert freshness(before, "zh")["indicators"]
    grades = Store(before.processed).read("grades")
    graded = dict(zip(grades["unit"], grades["grade"], strict=True))
    found = round_before(of)
    assert found is not None
    assert (found.round, found.state, found.final, found.grades) == ("2019", "2019", False, graded)
    assert set(found.units) == set(graded)
    assert len(grades) == 9


def test_its_last_final_edition_goes_before_what_is_computed_now(project: Path) -> None:
    a = open_assessment("2020", "indicators", "zh", project)
    before = computed_edition(open_assessment("2019", "indicators", "zh", project))
    grades = before.tables["grades"].copy()
    grades.loc[grades["unit"] == "130302", "grade"] = "C"
    filed(Edition({**before.tables, "grades": grades}, before.manifest, "", final=True), project, 1)
    found = previous_grades(a.round, a.roll)
    assert found is not None
    assert (found["130302"], found["130303"]) == ("C", "B")
    # what was computed with other grades of the round before is no longer fresh
    assert not freshness(a.round, "zh")["indicators"]


def test_a_final_edition_that_cannot_be_read_blocks_with_its_name(project: Path) -> None:
    (project / "reports" / "final" / "2019-3").mkdir(parents=True)
    with pytest.raises(FaultsFoundError) as refused:
        open_assessment("2020", "indicators", "zh", project)
    (fault,) = refused.value.faults
    assert (fault.check, fault.file, fault.found) == (
        "edition_unreadable",
        "reports/final/2019-3",
        "manifest.json",
    )


def test_a_round_before_that_cannot_be_computed_blocks_and_is_named(project: Path) -> None:
    (project / "data" / "raw" / "2019" / "rulebook.yaml").write_text("name: 1\n", encoding="utf-8")
    with pytest.raises(FaultsFoundError) as refused:
        open_assessment("2020", "indicators", "zh", project)
    (fault,) = refused.value.faults
    assert (fault.check, fault.file, fault.found) == ("compared_round_blocked", "round.yaml", "2019")
    said = io.StringIO()
    status = pipeline.run(Order(project, "2020", formats=("xlsx",)), Console(file=said, width=200))
    assert status == pipeline.DATA_BLOCK
    assert "compared_with 所写的轮次“2019”不能计算" in said.getvalue()


def test_a_round_of_the_same_or_a_later_period_is_not_before(project: Path) -> None:
    settings = project / "data" / "raw" / "2019" / "round.yaml"
    text = settings.read_text(encoding="utf-8").replace("compared_with: null ", 'compared_with: "2020" ')
    settings.write_text(text, encoding="utf-8")
    shutil.rmtree(project / "data" / "processed")
    # 2020 is not computed for 2019, which would have to be computed for 2020 first
    open_assessment("2019", "indicators", "zh", project)
    assert not (project / "data" / "processed" / "2020").exists()


def test_of_merged_units_the_one_whose_code_stays_gives_its_grade() -> None:
    before = filed_grades(a="A", b="B", c="C", d="", e="B")
    units = [
        Unit("a", "甲区", "甲", order=1, former_codes=("b",)),
        # of two that both lost their code nobody can say which grade is the new unit's, though only one had any
        Unit("n", "新区", "新", order=2, former_codes=("c", "d")),
        Unit("f", "戊区", "戊", order=3, former_codes=("e",)),
    ]
    assert before.by_present_code(UnitRoll(units, "z", "市")) == {"a": "A", "f": "B"}


def filed_grades(**grades: str) -> Before:
    """Return grades of 2019, the units called by their codes."""
    graded = {code: grade for code, grade in grades.items() if grade}
    return Before("2019", "2019-1", final=True, grades=graded, units={code: f"{code}区" for code in grades})


def test_of_a_unit_that_was_split_the_part_that_stays_keeps_the_grade() -> None:
    before = filed_grades(a="A", b="B", c="C")
    units = [
        # part of it was split off under a code of its own
        Unit("a", "a区", "a区", order=1),
        Unit("n", "新区", "新区", order=2, former_codes=("a",)),
        # neither of its halves is what it was
        Unit("p", "东区", "东区", order=3, former_codes=("b",)),
        Unit("q", "西区", "西区", order=4, former_codes=("b",)),
        # it moved to another code, and its old one passed to a unit that had no grade
        Unit("m", "c区", "c区", order=5, former_codes=("c",)),
        Unit("c", "丙区", "丙区", order=6),
    ]
    assert before.by_present_code(UnitRoll(units, "z", "市")) == {"a": "A", "m": "C"}


def test_measures_of_the_office_are_each_rounds_own(project: Path) -> None:
    """Opening 2020 computes 2019, which declares a measure of its own; in 2020 it counts for nothing."""
    own = "measures:\n  - {code: CODE, name: 自定, definition: 自定, ledger: clues, kind: count, direction: down}\n"
    for name in ("2019", "2020"):
        file = project / "data" / "raw" / name / "measures.yaml"
        file.write_text(own.replace("CODE", f"own_{name}"), encoding="utf-8")
    shutil.rmtree(project / "data" / "processed")
    now = open_assessment("2020", "indicators", "zh", project).values
    before = Store(load_round(project, "2019").processed).read("values")
    assert {code for code in now["measure"] if code.startswith("own_")} == {"own_2020"}
    assert {code for code in before["measure"] if code.startswith("own_")} == {"own_2019"}


def test_the_report_and_the_card_show_the_grade_before_and_say_whose_it_is(project: Path) -> None:
    before = computed_edition(open_assessment("2019", "indicators", "zh", project))
    grades = before.tables["grades"].copy()
    grades.loc[grades["unit"] == "130302", "grade"] = "B"
    grades.loc[grades["unit"] == "130303", "grade"] = ""
    told = {}
    for final in (False, True):
        if final:
            filed(Edition({**before.tables, "grades": grades}, before.manifest, "", final=True), project, 1)
        r = open_round("2020", project=project)
        board = r.table("board").frame.set_index("unit_name")["before"]
        page = Html()(r.page("report").summary())
        card = Html()(r.page("card", unit="海港区").summary())
        told[final] = board["海港区"], board["山海关区"], "上一轮等次：2019" in page, card
        assert ("按正式版 2019-1" if final else "没有正式版，按现有材料计算") in page
    assert told[False][:3] == ("A", "B", True)
    assert "上一轮（2019）：A级，按现有材料计算" in told[False][3].replace(" ", "")
    # who had no grade has none, never another's
    assert told[True][:3] == ("B", "", True)
    assert "上一轮（2019）：B级，按正式版2019-1" in told[True][3].replace(" ", "")


def test_outside_only_the_units_own_grade_before_is_known(made: Path) -> None:
    whole = open_assessment("2020", "comparison", "zh", made)
    assert len(whole.before) == 9
    for level in map(level_of, LEVELS):
        if level.inputs:
            continue
        seen = disclosed(whole, level, "130302" if level.cards else "").before
        assert list(seen["unit"]) == (["130302"] if level.cards else [])


def test_a_round_that_is_compared_with_none_keeps_no_such_frame(tmp_path: Path) -> None:
    a = open_assessment("2020", "indicators", "zh", round_examples.project(tmp_path))
    assert a.before.empty
    assert not (a.round.processed / "before.csv").exists()
