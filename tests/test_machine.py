"""What the machine refuses is one sentence and the status of a failure; the last report stays as it was."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import file_faults
import publishing_faults
import pytest
import round_examples as example
from file_faults import carried_out, disk
from test_pipeline import run, with_road
from test_verify import state
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.results import holds
from analysis.results.holds import HeldError, held
from analysis.run import machine, pipeline
from analysis.run.folder_exchange import exchanged
from analysis.run.machine import NotReadyError, ready, trouble_of
from analysis.run.orders import Order
from analysis.words import words

resource = pytest.importorskip("resource", reason="processes are forked and limited as on Linux")


# ------------------------------------------------------------------------------------ publishing


@pytest.mark.skipif(sys.platform != "linux", reason="folders are exchanged on Linux only")
def test_publishing_killed_or_refused_at_any_step_loses_no_edition() -> None:
    for kind, (count, wrong) in publishing_faults.tried(seed=1, tries=6).items():
        assert count == 48, kind
        assert wrong == ()


def test_the_harness_sees_a_report_that_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the last edition deleted before the new one stands, killing would find it."""
    before = publishing_faults.published_before(tmp_path / "before")
    monkeypatch.setattr(
        publishing_faults, "_exchange", lambda _able: lambda _one, other: bool(shutil.rmtree(other))
    )
    place = publishing_faults.EDITIONS[0]
    lost = [
        wrong
        for step in range(100, 130)
        for wrong in publishing_faults.faults(publishing_faults.Setting(place, True, step), before)
    ]
    assert lost


def test_two_folders_change_places(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not exchanged(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this system has no exchange of folders")
    assert (tmp_path / "one" / "other").exists()
    with pytest.raises(FileNotFoundError):
        exchanged(tmp_path / "one", tmp_path / "none")


# ------------------------------------------------------------------------------------ a whole run


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Order:
    """A round published once on notebooks of two lines, with a card."""
    folder = with_road(example.computed(tmp_path_factory, "machine"))
    order = Order(folder, "2020", formats=("html", "xlsx"), units=("130302",))
    assert run(order)[0] == pipeline.DONE
    return Order(folder, "2020", formats=("html", "xlsx"), units=("130302",), force=True)


def no_memory(_path: str) -> BaseException:
    return MemoryError()


REFUSALS = (
    (3, disk("ENOSPC"), "磁盘已满"),
    (40, disk("EROFS"), "只读"),
    (61, disk("ENOENT"), "找不到"),
    (80, no_memory, "内存不够"),
    (95, disk("EDQUOT"), "磁盘已满"),
)


def test_a_run_refused_by_the_machine_says_so_and_leaves_the_report(published: Order) -> None:
    """What could only not be tidied away is no failure; then the report is made anew, which gives the same."""
    before = state(published.reports / "2020")
    told = 0
    for step, fault, sentence in REFUSALS:
        ended = carried_out(lambda: run(published), published.project, step, fault)
        assert not ended.raised, ended.result
        status, said = ended.result
        assert state(published.reports / "2020") == before
        if status != pipeline.DONE:
            assert status == pipeline.FAILED, said
            assert sentence in said
            assert "上一次的报告未改动" in said
            told += 1
    assert told >= 3


def test_a_quota_on_files_is_a_full_disk(published: Order) -> None:
    before = state(published.reports / "2020")

    def limited() -> tuple[int, str]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        return run(published)

    status, said = carried_out(limited, published.project).result
    assert (status, "磁盘已满" in said) == (pipeline.FAILED, True), said
    assert state(published.reports / "2020") == before


# ------------------------------------------------------------------------------------ before it begins


def test_space_is_looked_for_before_the_work_begins(
    published: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=5 * 2**20))
    status, said = run(published)
    assert status == pipeline.FAILED
    assert "只剩 5 MB" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(("name", "kind"), [("EROFS", "read_only"), ("EACCES", "no_rights")])
def test_a_folder_that_cannot_be_written_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    def refuse(*_given: object, **_named: object) -> str:
        raise disk(name)(str(tmp_path))

    monkeypatch.setattr(machine.tempfile, "mkdtemp", refuse)
    with pytest.raises(NotReadyError) as refused:
        ready((tmp_path,), tmp_path / "none")
    assert refused.value.trouble.kind == kind


@pytest.mark.parametrize("name", ["EXDEV", "EPERM"])
def test_a_folder_that_renames_nothing_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(_self: Path, _target: Path) -> Path:
        raise disk(name)(str(tmp_path))

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(NotReadyError) as refused:
        ready((tmp_path,), tmp_path / "none")
    assert refused.value.trouble.kind == "no_rename"
    assert list(tmp_path.iterdir()) == []


def test_every_refusal_has_its_sentence_with_the_place() -> None:
    for name, kind in (("ENOSPC", "full"), ("EXDEV", "no_rename"), ("EBUSY", "in_use"), ("EIO", "other")):
        trouble = trouble_of(disk(name)("/somewhere/report.html"))
        assert trouble is not None
        assert trouble.kind == kind
        for language in ("zh", "en"):
            assert "/somewhere/report.html" in trouble.sentence(words(language))
    assert trouble_of(ValueError()) is None


def test_other_commands_end_with_a_sentence_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object) -> None:
        raise disk("ENOSPC")("values.csv")

    monkeypatch.setattr("analysis.run.stages.open_assessment", refuse)
    folder = str(example.project(tmp_path))
    said = CliRunner().invoke(app, ["explain", "2020", "130302", "--project", folder])
    assert said.exit_code == pipeline.FAILED
    assert said.stderr.strip() == "磁盘已满或超出配额，写不下 values.csv；请腾出空间后重新运行。"


# ------------------------------------------------------------------------------------ two on one folder


@pytest.fixture(params=["locks", "no locks"])
def lock(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file to hold, on a system with locks and on a folder in the network without."""

    def unknown(_handle: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    if request.param == "no locks":
        monkeypatch.setattr(holds, "_lock", unknown)
    yield tmp_path / ".2020.lock"


def test_who_comes_second_learns_which_process_and_since_when(lock: Path) -> None:
    with held(lock), pytest.raises(HeldError) as other, held(lock):
        pytest.fail("held twice")
    assert other.value.process == os.getpid()
    assert len(other.value.since) == len("2026-03-01 09:30")
    with held(lock):
        pass


def hold_and_die(lock: Path) -> Callable[[], None]:
    def work() -> None:
        with held(lock):
            os._exit(file_faults.KILLED)

    return work


def test_what_a_killed_process_held_is_free(lock: Path) -> None:
    assert carried_out(hold_and_die(lock), lock.parent).killed
    with held(lock):
        pass


def test_a_busy_round_says_process_and_time(published: Order) -> None:
    with held(published.project / "data" / "processed" / ".2020.lock"):
        status, said = run(published)
    assert status == pipeline.WRONG_USAGE
    assert f"进程 {os.getpid()}" in said


def test_a_round_held_by_who_says_nothing_is_told_without_a_process(published: Order) -> None:
    lock = published.project / "data" / "processed" / ".2020.lock"
    with held(lock):
        lock.write_text("", encoding="utf-8")
        status, said = run(published)
        verified = CliRunner().invoke(app, ["verify", "2020", "--project", str(published.project)])
    told = "轮次“2020”正被另一个程序占用，它没有说明是哪个进程、何时开始。请稍候再运行。"
    assert (status, verified.exit_code) == (pipeline.WRONG_USAGE, 2)
    assert told in "".join(said.split("\n"))
    assert told in verified.output


def test_a_fault_behind_publishing_says_that_the_new_report_stands(
    published: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_reports: Path) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(pipeline.index, "write", broken)
    status, said = run(published)
    told = "".join(said.split())
    assert status == pipeline.FAILED
    assert "broken新的报告已在" in told
    assert "再运行一次即可补齐其余。" in told
    assert "上一次的报告未改动" not in told


def test_what_a_killed_run_kept_for_a_moment_goes_with_the_next(published: Order) -> None:
    left = published.project / "data" / "processed" / ".2020.scratch"
    left.mkdir()
    (left / "half").write_bytes(b"0")
    assert run(published)[0] == pipeline.DONE
    assert not left.exists()
