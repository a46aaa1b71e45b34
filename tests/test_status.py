"""How far a round is: told from its files and from what was made of them, with the next command."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import round_examples
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.publish import manifest
from analysis.questions.round_status import ProblemCounts, RoundStatus, Why, lines, tables
from analysis.rounds.levels import TABLE
from analysis.rounds.new_round import make, open_decisions
from analysis.rounds.rounds import load_round
from analysis.run import resting, unchanged
from analysis.run.orders import Edition, Order
from analysis.run.status import round_status
from analysis.words import LANGUAGES, words


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return round_examples.computed(tmp_path_factory, "status")


@pytest.fixture
def project(computed: Path, tmp_path: Path) -> Path:
    shutil.copytree(computed, tmp_path, dirs_exist_ok=True)
    return tmp_path


def publish(project: Path, *, draft: bool = False) -> Path:
    """Put an edition of one page beside the round that rests on what there is now."""
    of, order = load_round(project, "2020"), Order(project, "2020")
    of.reports.mkdir(parents=True, exist_ok=True)
    page = of.reports / "report.html"
    page.write_text("<title>报告</title>", encoding="utf-8")
    rests = resting.made_by(of, unchanged.rests_on(order, Edition.of(order)))
    manifest.write(of.reports, of, {}, language="zh", level=TABLE["internal"], draft=draft, made_by=rests)
    return page


def step(status: RoundStatus) -> tuple[str, str]:
    return status.next, status.command


def test_a_computed_round_waits_for_its_report(computed: Path) -> None:
    found = round_status(computed, "2020")
    assert step(found) == ("run", "assess run 2020")
    assert [(each.name, each.state) for each in found.stages] == [
        ("intake", "done"), ("indicators", "done"), ("trends", "done"), ("comparison", "done"), ("report", "missing"),
    ]  # fmt: skip
    (projects,) = [each for each in found.files if each.file == "项目台账.xlsx"]
    # 298 projects and the funds of nine units in two sheets
    assert (projects.ledgers, projects.rows, projects.state) == (("projects", "funds"), 307, "taken")
    (unit,) = [each for each in found.units if each.name == "卢龙县"]
    assert (unit.code, unit.rows["clues"], unit.nil, unit.missing) == ("130324", 516, (), ())
    # six problems, of which the card says that one is overdue
    assert found.problems is not None
    (counts,) = [each for each in found.problems if each.unit == "130324"]
    assert counts.overdue == 1
    assert ProblemCounts("130324", counts.open, 1) == counts


def without_events(sheet: Worksheet) -> None:
    """Take the incidents of 卢龙县 out."""
    rows = round_examples.rows_where(sheet, "单位名称", lambda name: "卢龙" in str(name))
    assert len(rows) == 25
    for row in reversed(rows):
        sheet.delete_rows(row)


def test_what_is_missing_unused_or_out_of_date_is_told_by_name(project: Path) -> None:
    raw = round_examples.raw(project)
    round_examples.edit(raw / "事件台账.xlsx", without_events)
    (raw / "多余.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (raw / "创新.xlsx").unlink()
    found = round_status(project, "2020")
    assert {each.file: each.state for each in found.files if each.state != "taken"} == {
        "多余.csv": "unused", "创新.xlsx": "missing",
    }  # fmt: skip
    assert {each.name for each in found.units if "events" in each.missing} == {"卢龙县"}
    assert all(each.state == "out_of_date" for each in found.stages if each.name != "report")
    # problems of other files are none of these
    assert found.problems is None
    assert "尚未按现有材料计算" in str(lines(found, words("zh"))[1])


def test_an_edition_says_why_it_is_out_of_date_and_the_next_step_follows(project: Path) -> None:
    page = publish(project)
    found = round_status(project, "2020")
    assert (found.stages[-1].edition, found.stages[-1].state) == ("2020", "done")
    assert step(found) == ("final", "assess run 2020 --final")
    page.write_text("另一页", encoding="utf-8")
    bulletin = round_examples.raw(project) / "bulletin.yaml"
    bulletin.write_text(bulletin.read_text(encoding="utf-8") + "\n# 改\n", encoding="utf-8")
    found = round_status(project, "2020")
    assert found.stages[-1].why == (
        Why("touched", ("report.html",)), Why("settings", ("data/raw/2020/bulletin.yaml",)),
    )  # fmt: skip
    assert found.next == "run"


def test_a_draft_is_not_filed_and_what_was_filed_is_done(project: Path) -> None:
    publish(project, draft=True)
    assert round_status(project, "2020").next == "draft"
    publish(project)
    shutil.copytree(project / "reports" / "2020", project / "reports" / "final" / "2020-1")
    found = round_status(project, "2020")
    assert (found.finals, *step(found)) == (("2020-1",), "done", "assess verify 2020")


def test_a_new_round_lists_its_decisions_with_their_lines(tmp_path: Path) -> None:
    folder = make(round_examples.project(tmp_path), "2021", "2020", words("zh")).folder
    found = round_status(tmp_path, "2021")
    assert list(found.decisions) == open_decisions(folder)
    assert len(found.decisions) > 10
    # nothing has arrived, which goes before what is to be decided
    assert step(found) == ("check", "assess check 2021")
    shown = str(tables(found, words("zh"))[0])
    assert f"待定事项（{len(found.decisions)} 处）" in shown
    assert found.decisions[0].what in shown


def test_settings_that_cannot_be_read_are_told_and_nothing_is_claimed_of_the_rest(tmp_path: Path) -> None:
    project = round_examples.project(tmp_path)
    (round_examples.raw(project) / "round.yaml").write_text("a: [", encoding="utf-8")
    found = round_status(project, "2020")
    assert (found.next, found.units, found.files, found.stages, found.problems) == ("check", (), (), (), None)
    assert found.faults["blocks"] >= 1


@pytest.mark.parametrize(
    ("language", "next_step"), [("zh", "下一步：assess run 2020"), ("en", "Next: assess run 2020")]
)
def test_the_console_ends_with_the_next_command(language: str, next_step: str, computed: Path) -> None:
    done = CliRunner().invoke(app, ["status", "--lang", language, "--project", str(computed)])
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == next_step
    assert "卢龙县" in done.output


def test_nothing_is_drawn_to_say_so(computed: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom analysis.run.status import round_status\n"
        f"round_status(Path({str(computed)!r}), '2020')\n"
        "print([name for name in ('matplotlib', 'seaborn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_notebook_of_the_desk_shows_the_same_with_links(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(project)
    notebook = nbformat.read(Path(__file__).parents[1] / "notebooks" / "0_desk.ipynb", as_version=4)
    (project / "notebooks").mkdir(exist_ok=True)
    monkeypatch.chdir(project / "notebooks")
    names: dict[str, object] = {}
    shown = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            *before, last = cell.source.splitlines()
            exec("\n".join([*before, f"shown = {last}" if "desk." in last else last]), names)
            shown[cell.id] = names.pop("shown", None)
    status = round_status(project, "2020")
    assert str(shown["units-cell"]) == str(tables(status, words("zh"))[1])
    assert str(shown["setup"]).splitlines()[-1] == "下一步：核对报告后归档，assess run 2020 --final"
    assert str(shown["decisions-cell"]) == "没有。"
    markup = shown["links-cell"].markup
    for target in ("../data/raw/2020", "../reports/2020/report.html"):
        assert f'href="{target}"' in markup
        assert Path(target).exists()


def test_every_cause_has_words() -> None:
    of_run = ("program", "sentences", "notebooks", "fonts", "round_before")
    for said in map(words, LANGUAGES):
        for kind in ("input", "touched", "data", "settings", "version", *of_run):
            assert said.label(f"status.why.{kind}")
