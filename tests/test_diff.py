"""`assess diff`: the answer on the console, as JSON and as a page, and how the command ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import round_examples
from test_edition import filed
from typer.testing import CliRunner, Result

from analysis.cli.application import app
from analysis.publish import address_guard, changes_page
from analysis.questions.change_tables import Changes
from analysis.questions.changed import CAUSES, Cause
from analysis.results.edition import Edition
from analysis.run.states import state_called
from analysis.words import LANGUAGES, words


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example round with a final edition in which the best unit is rated B."""
    folder = round_examples.computed(tmp_path_factory, "diff")
    now = state_called(folder, "2020", "zh").edition
    filed(now, folder, 1)
    grades = now.tables["grades"].copy()
    grades.loc[0, "grade"] = "B"
    filed(Edition({**now.tables, "grades": grades}, now.manifest, "", final=True), folder, 2)
    return folder


def assess(project: Path, *arguments: str) -> Result:
    asked = ["diff", *arguments, "--project", str(project)]
    return CliRunner().invoke(app, asked, catch_exceptions=False)


def test_a_round_beside_the_edition_filed_of_it_has_no_difference(project: Path) -> None:
    done = assess(project, "2020-1", "2020")
    assert done.exit_code == 0
    assert done.output.splitlines()[:2] == ["对照：2020-1（正式版） → 2020（按现有材料计算）。", "没有差别。"]
    # what was not compared is told, never passed over
    assert "2020-1 没有以下内容，未作对照：文字。" in done.output


def test_a_difference_is_no_failure_and_comes_as_text_data_and_page(project: Path, tmp_path: Path) -> None:
    files = tmp_path / "changes.json", tmp_path / "changes.html"
    done = assess(project, "2020-2", "2020", "--json", str(files[0]), "--html", str(files[1]))
    assert done.exit_code == 0
    assert "修改 1 项，新出现 0 项，不再有 0 项。" in done.output
    (row,) = [line for line in done.output.splitlines() if "北戴河新区" in line]
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["北戴河新区", "等次", "B", "A", "原因不明"]
    told: dict[str, Any] = json.loads(files[0].read_text(encoding="utf-8"))
    assert told["old"] == {"name": "2020-2", "round": "2020", "period": "2020", "final": True}
    (change,) = told["changes"]
    assert (change["kind"], change["unit"], change["old"], change["new"]) == ("grade", "130372", "B", "A")
    assert change["causes"] == [{"kind": "unknown", "detail": ""}]
    page = files[1].read_text(encoding="utf-8")
    assert address_guard.check_html(page) == []
    assert "<title>变化对照：2020-2 → 2020 · 示例数据（合成）</title>" in page
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert " ".join(text.split()).count("北戴河新区") == 1


def test_the_folder_of_an_edition_may_be_named(project: Path) -> None:
    done = assess(project, str(project / "reports" / "final" / "2020-1"), "2020", "--lang", "en")
    assert done.output.splitlines()[1] == "No difference."


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (("2020-9", "2020"), 2, "没有轮次或正式版“2020-9”。现有：2020、2020-1、2020-2。"),
        (("2020", ""), 2, "没有轮次或正式版“”"),
        (("2020", "2020-1", "--html", "no/folder/there.html"), 2, "不能写入 no/folder/there.html"),
    ],
)
def test_wrong_usage_is_told(asked: tuple[str, ...], status: int, said: str, project: Path) -> None:
    done = assess(project, *asked)
    assert done.exit_code == status
    assert said in done.output


def test_an_edition_that_cannot_be_read_and_a_round_that_cannot_be_computed_end_the_command(
    tmp_path: Path,
) -> None:
    folder = round_examples.project(tmp_path)
    (folder / "reports" / "final" / "2020-1").mkdir(parents=True)
    done = assess(folder, "2020-1", "2020")
    assert (done.exit_code, "manifest.json 缺失或不合规" in done.output) == (2, True)
    (round_examples.raw(folder) / "rulebook.yaml").write_text("name: 1", encoding="utf-8")
    done = assess(folder, "2020", "2020")
    assert done.exit_code == 1
    assert "rulebook.yaml" in done.output


def test_of_many_rows_the_console_shows_the_first_and_says_how_many_are_left(project: Path) -> None:
    now = state_called(project, "2020", "zh").edition
    values = now.tables["values"].copy()
    of_unit = values.index[values["unit"].eq("130302") & values["measure"].eq("clues_received")][:5]
    values.loc[of_unit, "value"] = "7.0"
    changes = Changes(
        now, Edition({**now.tables, "values": values}, now.manifest, "2020", final=False), words("zh")
    )
    (whole,), (part,) = changes.tables(), changes.tables(2)
    assert (len(whole.rows), len(part.rows)) == (5, 2)
    assert (str(whole.subtitle), str(part.subtitle)) == ("", "另有 3 项未列出；--json、--html 列出全部。")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CAUSES)
def test_every_cause_is_a_sentence(kind: str, language: str, project: Path) -> None:
    now = state_called(project, "2020", "zh").edition
    changes = Changes(now, now, words(language), {"5.2": "核处化解率"})
    told = changes.causes([Cause(kind, "5.2")])
    assert "5.2 核处化解率" in told or kind in {"code", "unknown"}
    several = changes.causes([Cause(kind, "5.2"), Cause("definition", "as_of")])
    # what cannot be told apart is never said as a fact
    assert told in several
    assert len(several) > len(told) + len(changes.causes([Cause("definition", "as_of")]))


def test_the_page_marks_chinese_on_a_page_in_english(project: Path) -> None:
    old, new = (state_called(project, name, "zh").edition for name in ("2020-2", "2020"))
    page = changes_page.page(Changes(old, new, words("en")))
    assert '<html lang="en">' in page
    assert '<bdi lang="zh-CN">北戴河新区</bdi>' in page
