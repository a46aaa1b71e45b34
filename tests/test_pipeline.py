"""The run as a whole, on notebooks of two lines: what is kept, what is replaced, what is told."""

from __future__ import annotations

import gc
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
import reading_log
import round_examples
from rich.console import Console
from tiny_notebooks import executed, tiny_notebook

from analysis.rounds import settings_files
from analysis.run import garbage, pipeline, report_folder
from analysis.run.orders import AT_EVERY_LEVEL, BULLETIN, CARD, NOTEBOOKS, REPORT, Order, notebooks_folder
from analysis.run.report_folder import (
    LOG,
    EditionFolder,
    Place,
    RefusedError,
    ReportInUseError,
    RoundBusyError,
    RunFailedError,
    one_run_at_a_time,
    place_of,
)
from analysis.words import noting_sentences

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example round with a road of tiny notebooks."""
    return with_road(round_examples.project(tmp_path))


@pytest.fixture
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, computed."""
    return with_road(round_examples.computed(tmp_path_factory, "ready"))


def with_road(folder: Path) -> Path:
    opened = "from analysis import open_round\nopen_round(round_id, language).page({!r})"
    for name in NOTEBOOKS[:-1]:
        # what has a level takes it as a parameter, which these have not
        page = [] if name in AT_EVERY_LEVEL else [opened.format(name.partition("_")[2])]
        tiny_notebook(folder / "notebooks" / f"{name}.ipynb", "## 标题", *page, "round_id")
    tiny_notebook(folder / "notebooks" / f"{CARD}.ipynb", "## 标题", "unit", unit=True)
    # its exporters want a bulletin
    shutil.copy(ROOT / "notebooks" / f"{BULLETIN}.ipynb", folder / "notebooks")
    return folder


def run(order: Order) -> tuple[int, str]:
    """Return the exit status of a run and what it said."""
    said = io.StringIO()
    status = pipeline.run(order, Console(file=said, width=100))
    return status, said.getvalue()


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# the report's folder


def test_a_finished_report_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    old = tmp_path / "2020" / "old.html"
    old.parent.mkdir()
    old.write_text("old", encoding="utf-8")
    with EditionFolder(tmp_path, Place("2020")) as building:
        (building.folder / "report.html").write_text("new", encoding="utf-8")
        assert old.read_text(encoding="utf-8") == "old", "untouched until the new one is whole"
        building.publish()
    assert entries(tmp_path) == ["2020"]
    assert entries(tmp_path / "2020") == ["notebooks", "report.html"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RefusedError])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), EditionFolder(tmp_path, Place("2020")) as building:
        (building.folder / "half.html").write_text("half", encoding="utf-8")
        raise error
    assert entries(tmp_path) == []


def test_a_failed_run_keeps_its_notebooks_and_a_log(tmp_path: Path) -> None:
    (tmp_path / "2020").mkdir()
    with pytest.raises(RunFailedError) as failed, EditionFolder(tmp_path, Place("2020")) as building:
        (building.notebooks / "1_intake.ipynb").write_text("partial", encoding="utf-8")
        raise ValueError("what went wrong")
    assert failed.value.folder == tmp_path / "2020.failed"
    assert entries(tmp_path) == ["2020", "2020.failed"]
    assert entries(failed.value.folder) == ["1_intake.ipynb", LOG]
    assert "what went wrong" in (failed.value.folder / LOG).read_text(encoding="utf-8")


def test_what_a_killed_run_has_left_is_cleared_away(tmp_path: Path) -> None:
    for leftover in (".2020.building", ".2020.old", "2020.failed", "2020", "2019"):
        (tmp_path / leftover / "notebooks").mkdir(parents=True)
    with EditionFolder(tmp_path, Place("2020")):
        assert entries(tmp_path) == [".2020.building", "2019", "2020"]
    assert entries(tmp_path) == ["2019", "2020"]


def test_a_run_killed_between_the_two_renames_has_not_lost_the_report(tmp_path: Path) -> None:
    (tmp_path / ".2020.old").mkdir()
    (tmp_path / ".2020.old" / "report.html").write_text("last good", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), EditionFolder(tmp_path, Place("2020")):
        raise KeyboardInterrupt
    assert (tmp_path / "2020" / "report.html").read_text(encoding="utf-8") == "last good"


def test_a_report_that_is_open_elsewhere_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "2020").mkdir()
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == ".2020.building":
            raise PermissionError(target)
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(report_folder, "exchanged", lambda _one, _other: False)
    with pytest.raises(ReportInUseError), EditionFolder(tmp_path, Place("2020")) as building:
        building.publish()
    assert entries(tmp_path) == ["2020"]


# editions in folders of their own


def test_editions_stand_in_folders_by_language_and_level() -> None:
    def stands(language: str, level: str) -> str:
        return place_of("2020", language, level, of_round="zh").below(Path("reports")).as_posix()

    assert stands("zh", "internal") == "reports/2020"
    assert stands("zh", "own") == "reports/2020/own"
    assert stands("en", "internal") == "reports/2020/en"
    assert stands("en", "grades") == "reports/2020/en/grades"
    assert place_of("2020", "zh", "own", of_round="en") == Place("2020", ("zh", "own"))


def publish(reports: Path, place: Place, text: str) -> None:
    with EditionFolder(reports, place) as building:
        (building.folder / "report.html").write_text(text, encoding="utf-8")
        building.publish()


def editions(reports: Path) -> dict[str, str]:
    """Return what every edition says, by its folder."""
    found = sorted(reports.rglob("report.html"))
    return {path.parent.relative_to(reports).as_posix(): path.read_text(encoding="utf-8") for path in found}


EDITIONS = (Place("2020"), Place("2020", ("own",)), Place("2020", ("en",)), Place("2020", ("en", "own")))


@pytest.mark.parametrize("order", [EDITIONS, EDITIONS[::-1]])
def test_an_edition_replaces_its_own_files_only(tmp_path: Path, order: tuple[Place, ...]) -> None:
    for place in order:
        publish(tmp_path, place, "old")
    (tmp_path / "2020" / "en" / "gone.html").write_text("of the last run", encoding="utf-8")
    for number, place in enumerate(EDITIONS):
        publish(tmp_path, place, f"new {number}")
    expected = {place.below(Path()).as_posix(): f"new {number}" for number, place in enumerate(EDITIONS)}
    assert editions(tmp_path) == expected
    assert not (tmp_path / "2020" / "en" / "gone.html").exists()
    assert entries(tmp_path) == ["2020"]


def test_a_failed_edition_keeps_its_log_apart(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError) as failed, EditionFolder(tmp_path, Place("2020", ("en", "own"))):
        raise ValueError
    assert failed.value.folder == tmp_path / "2020.en.own.failed"


def test_a_round_is_computed_by_one_run_at_a_time(tmp_path: Path) -> None:
    with one_run_at_a_time(tmp_path, "2020"):
        with one_run_at_a_time(tmp_path, "2021"):
            pass
        with pytest.raises(RoundBusyError), one_run_at_a_time(tmp_path, "2020"):
            pytest.fail("held twice")
    with one_run_at_a_time(tmp_path, "2020"):
        pass


def test_the_hold_of_a_killed_process_is_gone(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom analysis.run.report_folder import one_run_at_a_time\n"
        "with one_run_at_a_time(Path(sys.argv[1]), '2020'):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(RoundBusyError), one_run_at_a_time(tmp_path, "2020"):
            pytest.fail("held twice")
        other.kill()
    with one_run_at_a_time(tmp_path, "2020"):
        pass


# where the notebooks come from


def test_a_project_with_notebooks_runs_its_own(project: Path) -> None:
    assert notebooks_folder(project) == project / "notebooks"


def test_a_project_without_notebooks_runs_those_of_the_package(tmp_path: Path) -> None:
    assert (notebooks_folder(tmp_path) / f"{REPORT}.ipynb").is_file()
    assert not notebooks_folder(tmp_path).is_relative_to(tmp_path)


# whole runs


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project after a whole run with two cards, and what the run said; what it read stands in `reading.log`."""
    project = with_road(round_examples.project(tmp_path_factory.mktemp("project")))
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(reading_log.SITE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(ROOT / "tests")]))
        patch.setenv(reading_log.LOG, str(project / "reading.log"))
        reading_log.begin(patch)
        # what other tests of this process have parsed is parsed anew
        settings_files._parsed.cache_clear()
        status, said = run(Order(project, "2020", units=("130303", "卢龙县")))
    assert status == pipeline.DONE, said
    return project, said


def test_a_run_reads_every_file_once(finished: tuple[Path, str]) -> None:
    project, _ = finished
    read = reading_log.noted(project / "reading.log", "file")
    tables = [
        path.name
        for path in (project / "data" / "raw" / "2020").iterdir()
        if path.suffix in (".xlsx", ".csv")
    ]
    assert sorted(file for _, file in read.elements()) == sorted(tables)
    assert {process for process, _ in read} == {str(os.getpid())}, "by the check, never by a notebook"


def test_a_run_parses_every_settings_file_once(finished: tuple[Path, str]) -> None:
    project, _ = finished
    parsed = reading_log.noted(project / "reading.log", "settings")
    files = [path.name for path in (project / "data" / "raw" / "2020").glob("*.yaml")]
    assert len(parsed) == len(files)
    assert set(parsed.values()) == {1}
    # processes that execute cards are forked from the one that has read all
    assert sys.platform != "linux" or {process for process, _ in parsed} == {str(os.getpid())}


def test_a_run_ends_with_the_files_of_the_report(finished: tuple[Path, str]) -> None:
    project, _ = finished
    report = project / "reports" / "2020"
    made = {
        "annex.pdf",
        "bulletin.docx",
        "bulletin.pdf",
        "figures",
        "manifest.json",
        "notebooks",
        "onepage.pdf",
        "report.html",
        "report.pdf",
        "units",
        "workbook.xlsx",
    }
    assert set(entries(report)) >= made - {"figures"}
    assert entries(report / "units") == ["130303.html", "130303.pdf", "130324.html", "130324.pdf"]
    cards = [f"{CARD}-130303.ipynb", f"{CARD}-130324.ipynb"]
    assert entries(report / "notebooks") == sorted([*(f"{name}.ipynb" for name in NOTEBOOKS), *cards])
    assert entries(project / "reports") == ["2020", "index.html"]


def test_units_limit_the_cards_and_nothing_else(finished: tuple[Path, str]) -> None:
    project, said = finished
    grades = (project / "data" / "processed" / "2020" / "grades.csv").read_text(encoding="utf-8-sig")
    assert len(grades.splitlines()) == 1 + 9
    assert all(name in said for name in ("海港区", "北戴河新区", "山海关区"))


def test_every_notebook_gets_its_parameters(finished: tuple[Path, str]) -> None:
    folder = finished[0] / "reports" / "2020" / "notebooks"
    assert executed(folder / f"{REPORT}.ipynb").cells[-1].outputs[0]["data"]["text/plain"] == "'2020'"
    card = executed(folder / f"{CARD}-130324.ipynb")
    assert card.cells[-1].outputs[0]["data"]["text/plain"] == "'130324'"
    asked = {"round_id": "2020", "language": "zh", "unit": "130324", "disclosure": "internal"}
    assert card.metadata.papermill.parameters == asked
    working = executed(folder / "1_intake.ipynb")
    assert working.metadata.papermill.parameters == {"round_id": "2020", "language": "zh"}


def test_the_run_tells_stages_grades_faults_mark_and_place(finished: tuple[Path, str]) -> None:
    _, said = finished
    for stage in ("核对设置与材料", "一、收到的材料", "五、考核报告", "生成 PDF", "各单位反馈卡"):
        (line,) = [line for line in said.splitlines() if line.startswith(stage)]
        assert line.endswith(" 秒")
    assert "示例数据（合成）" in said
    assert "11 处提醒" in said
    assert said.index("名次") < said.index("报告：")
    assert "report.html" in said


def test_another_run_without_cards_replaces_the_whole_report(
    finished: tuple[Path, str], tmp_path: Path
) -> None:
    project, _ = finished
    order = Order(project, "2020", formats=("xlsx",), out=tmp_path / "elsewhere")
    status, said = run(order)
    assert status == pipeline.DONE, said
    assert entries(tmp_path / "elsewhere" / "2020") == ["manifest.json", "notebooks", "workbook.xlsx"]
    assert (project / "reports" / "2020" / "report.html").exists(), "--out leaves the project's reports alone"


def test_an_unknown_unit_is_wrong_usage_and_says_which_there_are(project: Path) -> None:
    status, said = run(Order(project, "2020", units=("丰润区",)))
    assert status == pipeline.WRONG_USAGE
    assert "没有单位“丰润区”" in said
    assert "北戴河新区" in said
    assert entries(project / "reports") == []


def test_a_failed_notebook_is_two_lines_and_the_last_report_stays(ready: Path) -> None:
    good = ready / "reports" / "2020" / "report.html"
    good.parent.mkdir(parents=True)
    good.write_text("the last good report", encoding="utf-8")
    tiny_notebook(ready / "notebooks" / "2_indicators.ipynb", "## 得分", "1 / 0")
    status, said = run(Order(ready, "2020"))
    assert status == pipeline.FAILED
    where, files = said.splitlines()[-2:]
    assert "2_indicators › 得分" in where
    assert "ZeroDivisionError: division by zero" in where
    kept = ready / "reports" / "2020.failed"
    assert str(kept / LOG) in files
    assert entries(kept) == ["1_intake.ipynb", "2_indicators.ipynb", LOG]
    assert "ZeroDivisionError" in (kept / LOG).read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert good.read_text(encoding="utf-8") == "the last good report"


def test_blocked_data_start_no_notebook(project: Path) -> None:
    (project / "data" / "raw" / "2020" / "事件台账.xlsx").unlink()
    status, said = run(Order(project, "2020"))
    assert status == pipeline.DATA_BLOCK
    assert "事件台账.xlsx" in said
    assert entries(project / "reports") == []


#: what waits in a cell or a step, in Python, or as a compiled library does that hears no signal
_BEGUN: Final = "import os, time\nfrom pathlib import Path\nPath('pid').write_text(str(os.getpid()))\n"
_ASLEEP: Final = _BEGUN + "time.sleep(90)"
_DEAF: Final = _BEGUN + "import ctypes\nleft = 90\nwhile left:\n    left = ctypes.CDLL(None).sleep(left)"


@pytest.mark.skipif(os.name == "nt", reason="sends signals as POSIX does")
@pytest.mark.parametrize(
    ("where", "waits", "sent", "engine"),
    [
        ("analysis.run.checking check", _ASLEEP, signal.SIGINT, "process"),
        ("1_intake", _ASLEEP, signal.SIGINT, "process"),
        ("1_intake", _ASLEEP, signal.SIGINT, "kernel"),
        ("unit", _ASLEEP, signal.SIGINT, "process"),
        ("unit", _DEAF, signal.SIGTERM, "process"),
        ("analysis.publish.pdf_exporter compile_pdf", _DEAF, signal.SIGINT, "process"),
        ("analysis.publish.workbook write", _DEAF, signal.SIGTERM, "process"),
        ("analysis.run.pipeline EditionFolder.publish", _ASLEEP, signal.SIGINT, "process"),
    ],
)
def test_ctrl_c_ends_clean_within_three_seconds_wherever_it_falls(
    ready: Path, where: str, waits: str, sent: signal.Signals, engine: str
) -> None:
    """While files are read, in a cell, a worker, a kernel, a paper, a workbook, before publishing: nothing stays."""
    (ready / "temporary").mkdir()
    good = ready / "reports" / "2020" / "report.html"
    good.parent.mkdir(parents=True)
    good.write_text("the last good report", encoding="utf-8")
    module, _, name = where.partition(" ")
    formats, script = "html", ""
    if name:
        body = "\n".join(f"    {line}" for line in waits.splitlines())
        script = f"import {module}\ndef wait(*_given, **_named):\n{body}\n{module}.{name} = wait\n"
        formats = {"compile_pdf": "pdf", "write": "xlsx"}.get(name, formats)
    else:
        tiny_notebook(ready / "notebooks" / f"{where}.ipynb", waits, unit=where == CARD)
    command = ["assess", "run", "2020", "--formats", formats, "--units", "130302", "--engine", engine]
    script += f"import sys\nsys.argv = {command}\nfrom analysis.cli.application import main\nmain()"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
        "TMPDIR": str(ready / "temporary"),
    }
    # in a group of its own, so that whatever stays of it can be found
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ready,
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 240
        while not (ready / "pid").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert (ready / "pid").exists()
        start = time.monotonic()
        process.send_signal(sent)
        said, _ = process.communicate(timeout=120)
    assert time.monotonic() - start < 3
    assert process.returncode == 130
    assert "已中断" in said.decode("utf-8")
    assert entries(ready / "reports") == ["2020"]
    assert good.read_text(encoding="utf-8") == "the last good report"
    assert entries(ready / "temporary") == []
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_python_looks_for_garbage_as_before_once_a_round_is_made() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(KeyboardInterrupt), garbage.looked_for_seldom():
        assert gc.get_threshold()[0] > before[0][0] and gc.get_freeze_count() > before[1]
        raise KeyboardInterrupt
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_what_was_prepared_for_another_rests_on_the_same_sentences(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "a.ipynb", "## 标题", "1")
    noted = []
    for _ in range(2):
        with noting_sentences() as said:
            pipeline.read_prepared(notebook)
        noted.append(said)
    assert noted[0] == noted[1]
    assert ("zh", "publish.contents") in noted[1]
