"""A published edition comes out again byte for byte; where it does not, the first figure and the reason are told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import round_examples as example
from openpyxl.worksheet.worksheet import Worksheet
from test_edition import filed
from test_pipeline import run, with_road
from tiny_notebooks import tiny_notebook
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.publish import manifest
from analysis.results.edition import Edition, computed_edition
from analysis.run import pipeline, resting
from analysis.run.orders import REPORT, Order
from analysis.run.report_folder import RoundBusyError, one_run_at_a_time
from analysis.run.resting import Cause
from analysis.run.stages import open_assessment
from analysis.run.verifying import Verdict, figures_of, verify

ROOT = Path(__file__).parents[1]
EDITION = Path("reports", "2020")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Order:
    """The example round on notebooks of two lines, published with one table of rates and one card."""
    folder = with_road(example.computed(tmp_path_factory, "verify"))
    page = "from analysis import open_round\nopen_round(round_id, language).table('rates')"
    tiny_notebook(folder / "notebooks" / f"{REPORT}.ipynb", "## 标题", page, level=True)
    order = Order(folder, "2020", formats=("html",), units=("130302",))
    status, said = run(order)
    assert status == pipeline.DONE, said
    return order


@pytest.fixture
def order(published: Order, tmp_path: Path) -> Order:
    """The same in a project of its own."""
    shutil.copytree(published.project, tmp_path, dirs_exist_ok=True)
    return replace(published, project=tmp_path)


def verdict(order: Order) -> Verdict:
    found = verify(order)
    assert found is not None
    return found


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_an_edition_comes_out_again_and_nothing_is_touched(order: Order) -> None:
    before = state(order.project)
    found = verdict(order)
    assert (found.differing, found.figure, found.causes, found.refused) == ((), None, (), "")
    assert found.files == len(manifest.read(order.project / EDITION)["outputs"])
    assert {path: content for path, content in state(order.project).items() if path in before} == before
    assert not list((order.project / "data" / "processed").glob(".*verifying"))


def unresolved(sheet: Worksheet) -> None:
    """Leave the first resolved clue of the round unresolved."""
    column = example.column_of(sheet, "化解日期")
    row = example.rows_where(sheet, "编号", lambda number: str(number).startswith("2020-"))[0]
    sheet.cell(row, column).value = None


def test_the_first_figure_that_differs_is_told_with_every_reason(order: Order) -> None:
    raw = order.project / "data" / "raw" / "2020"
    example.edit(raw / example.CLUES, unresolved)
    settings = raw / "bulletin.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n# 改\n", encoding="utf-8")
    card = order.project / EDITION / "units" / "130302.html"
    card.write_text(card.read_text(encoding="utf-8") + " ", encoding="utf-8")
    noted = order.project / EDITION / manifest.FILE
    then = json.loads(noted.read_text(encoding="utf-8"))
    now = then["versions"]["pandas"]
    then["versions"]["pandas"], then["made_by"]["sentences"] = "1.0", "0"
    noted.write_text(json.dumps(then), encoding="utf-8")

    found = verdict(order)
    assert found.causes == (
        Cause("touched", ("units/130302.html",)),
        Cause("data", (f"data/raw/2020/{example.CLUES}",)),
        Cause("settings", ("data/raw/2020/bulletin.yaml",)),
        Cause("sentences"),
        Cause("version", (f"pandas 1.0 → {now}",)),
    )
    assert {"report.html", "units/130302.html"} <= set(found.differing)
    figure = found.figure
    assert figure is not None
    assert figure.file == "report.html"
    figures = figures_of(order.project / EDITION / "report.html")
    assert (figure.row, figure.published) in {(row, text) for row, _value, text in figures}
    assert figure.now != figure.published


def test_what_cannot_be_made_anew_is_told_in_the_words_of_the_run(order: Order) -> None:
    (order.project / "data" / "raw" / "2020" / example.CLUES).unlink()
    said = CliRunner().invoke(app, ["verify", "2020", "--project", str(order.project)])
    assert said.exit_code == 4
    assert "现在不能重新生成报告" in said.output
    assert f"原因：材料有变：data/raw/2020/{example.CLUES}" in said.output


def test_outside_the_office_no_input_is_named() -> None:
    """An edition that does not tell its inputs still tells files from settings."""
    files = [{"path": "a.xlsx", "sha256": "1"}, {"path": "round.yaml", "sha256": "2"}]
    noted = {f"{kind}_sha256": manifest.combined_of(kind, files) for kind in ("data", "settings")}
    edition = {"inputs": [], **noted}
    files[1]["sha256"] = "3"
    assert list(resting._inputs(edition, files)) == [Cause("settings")]
    assert list(resting._inputs({**edition, "inputs": files}, files)) == [Cause("settings")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda order: shutil.rmtree(order.project / "reports"), 2),
        (lambda order: (order.project / "data" / "raw" / "2020" / "round.yaml").write_text("a: ["), 1),
    ],
)
def test_without_an_edition_or_with_faulty_settings_nothing_is_made(
    order: Order, change: Callable[[Order], object], told: int
) -> None:
    change(order)
    said = CliRunner().invoke(app, ["verify", "2020", "--project", str(order.project)])
    assert said.exit_code == told, said.output


def test_a_round_that_is_computed_is_not_verified_meanwhile(order: Order) -> None:
    with (
        one_run_at_a_time(order.project / "data" / "processed", "2020"),
        pytest.raises(RoundBusyError),
    ):
        verify(order)


def test_figures_are_read_as_they_are_printed(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(
        '<p>共<data value="3" data-row="a">3<sup>*</sup></data>件，<data value="1">1</data>'
        '<data value="0.5" data-row="b">50.0%</data></p>',
        encoding="utf-8",
    )
    assert figures_of(page) == [("a", "3", "3*"), ("b", "0.5", "50.0%")]


# ---------------------------------------------------------------------------------- the round before


def test_the_round_before_is_taken_as_the_edition_takes_it(tmp_path: Path) -> None:
    """2019 is computed again from its own files; once it is filed with another grade, that is the reason and told."""
    folder = with_road(example.with_round_before(tmp_path))
    page = "from analysis import open_round\nopen_round(round_id, language).table('board')"
    tiny_notebook(folder / "notebooks" / f"{REPORT}.ipynb", "## 标题", page, level=True)
    order = Order(folder, "2020", formats=("html",), units=("130302",))
    status, said = run(order)
    assert status == pipeline.DONE, said
    # what was computed of 2019 and changed by hand since is not what counts
    kept = folder / "data" / "processed" / "2019" / "grades.csv"
    found = verdict(order)
    assert (found.differing, found.causes, found.refused) == ((), (), "")
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text.replace(",A,", ",B,"), encoding="utf-8")
    assert verdict(order).differing == ()
    kept.write_text(text, encoding="utf-8")

    before = computed_edition(open_assessment("2019", "indicators", "zh", folder))
    grades = before.tables["grades"].copy()
    assert list(grades.loc[grades["unit"] == "130302", "grade"]) == ["A"]
    grades.loc[grades["unit"] == "130302", "grade"] = "B"
    # what the index reads of an edition stands in every manifest that a run writes
    shown = {"as_of": "2020-03-31", "synthetic": True, "inputs": [], "outputs": []}
    filed(with_grades(before, grades), folder, 1, **shown)
    found = verdict(order)
    assert found.causes == (Cause("round_before"),)
    assert "report.html" in found.differing


def with_grades(before: Edition, grades: pd.DataFrame) -> Edition:
    """Return an edition with other grades."""
    return replace(before, tables={**before.tables, "grades": grades})


# ---------------------------------------------------------------------------------- without the program


def test_the_documented_check_needs_no_program_of_ours(order: Order) -> None:
    """The commands of docs/verify.md, in a shell, on the edition and then on one with a changed file."""
    text = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
    commands = "\n".join(re.findall(r"```sh\n(cd reports.*?)```", text, re.DOTALL))
    assert "sha256sum" in commands

    def carried_out() -> int:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            cwd=order.project,
            capture_output=True,
            check=False,
        )
        return done.returncode

    assert carried_out() == 0
    page = order.project / EDITION / "report.html"
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert carried_out() != 0
