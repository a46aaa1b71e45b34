"""A final edition: filed once under its number with its tables, never overwritten, refused while anything is open."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import round_examples
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.publish import index, manifest
from analysis.publish.manifest import listed
from analysis.questions.changed import changed, not_compared
from analysis.results.edition import last_final, read_edition, with_sentences
from analysis.rounds.frames import rows_of
from analysis.rounds.levels import TABLE
from analysis.rounds.new_round import make, open_decisions
from analysis.run.final_editions import (
    DraftError,
    OutOfDateError,
    TouchedError,
    UnexplainedError,
    file_final,
    lead_to,
)
from analysis.run.fingerprints import digest_of, files_of
from analysis.run.opening import open_round
from analysis.run.orders import Order
from analysis.run.states import state_called
from analysis.words import words


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """Return a project whose round of 2020 stands published."""
    shutil.copytree(round_examples.published(tmp_path_factory).project, tmp_path, dirs_exist_ok=True)
    return tmp_path


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_what_stands_published_is_filed_with_its_tables_under_the_first_number(project: Path) -> None:
    filed = file_final(Order(project, "2020"))
    assert (filed.folder, filed.replaces, filed.new) == (project / "reports" / "final" / "2020-1", "", True)
    report = (project / "reports" / "2020" / "report.html").read_bytes()
    assert (filed.folder / "report.html").read_bytes() == report
    edition = read_edition(filed.folder)
    assert edition.lacks == ()
    assert (told(filed.folder)["edition"], told(filed.folder)["replaces"]) == (1, None)
    # the round as computed now is what was filed, and the program knows by which rules both were made
    now = state_called(project, "2020", "zh").edition
    assert edition.basis == now.basis
    assert (now.lacks, not_compared(edition, now)) == ((), ())
    assert changed(edition, now).empty


def test_every_sentence_is_filed_with_product_and_place_and_compared_without_computing(project: Path) -> None:
    """One grade in one sentence of the bulletin is another: the sentence is told, and that its grade is behind it."""
    filed = file_final(Order(project, "2020")).folder
    sentences = read_edition(filed).tables["sentences"]
    assert set(sentences["product"]) == {"report", "bulletin", "card"}
    assert set(sentences["unit"]) == {"", "130302"}
    (row,) = rows_of(sentences[sentences["id"].eq("bulletin/grading/grade.130372")])
    assert (row["place"], row["text"].endswith("考核评价为B级的是：昌黎县、青龙县、抚宁区、山海关区。")) == (
        "二、考核结果",
        True,
    )
    assert row["rows"].split(";")[:2] == ["grade.130372", "grade.130302"]
    now = state_called(project, "2020", "zh").edition
    texts = now.tables["sentences"].copy()
    texts.loc[texts["id"].eq(row["id"]), "text"] = row["text"].replace("山海关区", "北戴河区")
    (difference,) = rows_of(changed(with_sentences(now, texts), now))
    assert (difference["kind"], difference["method"], difference["item"]) == (
        "sentence",
        "bulletin",
        "二、考核结果",
    )
    assert "北戴河区" in difference["old"] and "山海关区" in difference["new"]


def test_sentences_of_a_report_that_is_out_of_date_are_not_compared(project: Path) -> None:
    settings = project / "data" / "raw" / "2020" / "bulletin.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n# 改\n", encoding="utf-8")
    assert state_called(project, "2020", "zh").edition.lacks == ("sentences",)
    with pytest.raises(OutOfDateError):
        file_final(Order(project, "2020"))


def test_the_same_is_not_filed_twice_and_a_corrected_edition_names_the_one_it_replaces(project: Path) -> None:
    first = file_final(Order(project, "2020")).folder
    kept = digest_of(files_of(first))
    again = file_final(Order(project, "2020"))
    assert (again.folder, again.new) == (first, False)
    # as after a run on corrected files: another page, of which the manifest tells the hash
    published = project / "reports" / "2020"
    page = published / "report.html"
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    noted = told(published)
    noted["outputs"] = listed(published, published)
    (published / "manifest.json").write_text(json.dumps(noted), encoding="utf-8")
    corrected = file_final(Order(project, "2020"))
    assert (corrected.folder.name, corrected.replaces, corrected.new) == ("2020-2", "2020-1", True)
    assert told(corrected.folder)["replaces"] == "2020-1"
    assert digest_of(files_of(first)) == kept
    last = last_final(project, "2020")
    assert last is not None and last.name == "2020-2"


def test_a_draft_is_not_filed(project: Path) -> None:
    published = project / "reports" / "2020" / "manifest.json"
    published.write_text(
        published.read_text(encoding="utf-8").replace('"final"', '"draft"'), encoding="utf-8"
    )
    with pytest.raises(DraftError):
        file_final(Order(project, "2020"))
    assert not (project / "reports" / "final").exists()


@pytest.mark.parametrize("gone", [False, True])
def test_what_was_changed_by_hand_is_not_filed_and_not_run_over(gone: bool, project: Path) -> None:
    bulletin = project / "reports" / "2020" / "bulletin.docx"
    if gone:
        bulletin.unlink()
    else:
        bulletin.write_bytes(bulletin.read_bytes() + b" ")
    before = digest_of(files_of(project / "reports"))
    with pytest.raises(TouchedError) as refused:
        file_final(Order(project, "2020"))
    assert refused.value.files == ("bulletin.docx",)
    done = CliRunner().invoke(app, ["run", "2020", "--final", "--project", str(project)])
    assert done.exit_code == 1
    assert done.output.startswith(
        "reports/2020 中有文件在发布之后被改动，没有运行，也没有归档：bulletin.docx。"
    )
    assert digest_of(files_of(project / "reports")) == before


def test_what_a_spreadsheet_left_open_is_no_part_of_the_edition(project: Path) -> None:
    (project / "reports" / "2020" / "~$workbook.xlsx").write_bytes(b"")
    folder = file_final(Order(project, "2020")).folder
    assert not (folder / "~$workbook.xlsx").exists()
    assert {row["path"] for row in listed(folder, folder)} == {row["path"] for row in told(folder)["outputs"]}


REVISED = """
differences:
  - {unit: 130302, of: grade, kind: revised, reason: 2022年5月更正台账, by: 综合岗}
"""


def test_what_is_not_as_published_needs_a_reason_which_is_printed(tmp_path: Path) -> None:
    """The document is said to have given 海港区 a B; an A is computed."""
    project = round_examples.project(tmp_path)
    facts = round_examples.raw(project) / "published.yaml"
    text = facts.read_text(encoding="utf-8")
    text = text.replace("A: [130372, 130302, ", "A: [130372, ").replace("B: [", "B: [130302, ")
    facts.write_text(text, encoding="utf-8")
    publish_a_page(project)
    with pytest.raises(UnexplainedError) as refused:
        file_final(Order(project, "2020"))
    assert refused.value.facts == ("grade 130302",)

    facts.write_text(text + REVISED, encoding="utf-8")
    publish_a_page(project)
    annex = str(open_round("2020", project=project).table("compare").block)
    (row,) = [line for line in annex.splitlines() if "海港区等次" in line]
    assert row.split()[1:5] == ["B", "A", "已修订", "2022年5月更正台账（综合岗）"]
    assert file_final(Order(project, "2020")).new


def publish_a_page(project: Path) -> None:
    """Compute the round and put an edition of one page beside it that tells what it rests on."""
    of = round_examples.compute(project).round
    of.reports.mkdir(parents=True, exist_ok=True)
    (of.reports / "report.html").write_text("<title>报告</title>", encoding="utf-8")
    manifest.write(of.reports, of, {}, language="zh", level=TABLE["internal"], draft=False, made_by={})


def test_an_edition_that_could_not_be_written_leaves_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space"):
        file_final(Order(project, "2020"))
    assert list((project / "reports" / "final").iterdir()) == []


def test_the_index_leads_to_what_was_filed_and_to_what_stands_now_apart(project: Path) -> None:
    before = [edition.folder for edition in index.editions(project / "reports")]
    order = Order(project, "2020")
    file_final(order)
    lead_to(order)
    assert [edition.folder for edition in index.editions(project / "reports")] == before
    page = (project / "reports" / index.FILE).read_text(encoding="utf-8")
    assert '<a href="final/2020-1/report.html">' in page
    assert '<a href="2020/report.html">' in page


def test_nothing_is_run_or_filed_while_a_decision_is_open(tmp_path: Path) -> None:
    folder = make(round_examples.project(tmp_path), "2021", "2020", words("zh"))
    left = open_decisions(folder.folder)
    assert len(left) == len(folder.decisions) > 0
    done = CliRunner().invoke(app, ["run", "2021", "--final", "--project", str(tmp_path)])
    assert done.exit_code == 1
    assert done.output.splitlines()[0].startswith(f"还有{len(left)}处“请确定”没有定下来")
    assert f"  {left[0].file} 第{left[0].line}行：{left[0].what}" in done.output
    assert not (tmp_path / "reports").exists()


def test_a_part_of_an_edition_is_not_filed(tmp_path: Path) -> None:
    asked = [
        "run",
        "2020",
        "--final",
        "--formats",
        "html",
        "--project",
        str(round_examples.project(tmp_path)),
    ]
    done = CliRunner().invoke(app, asked)
    assert (done.exit_code, "--final 归档的是整套内部版" in done.output) == (2, True)
