"""A round packed into one file: what is in it, that it is found again, and that nothing in it was changed since."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest
import round_examples
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.publish import round_archive
from analysis.rounds.rounds import load_round

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the example round, its lock, and one final edition."""
    folder = round_examples.project(tmp_path / "project")
    shutil.copy(REPOSITORY / "requirements.lock", folder)
    edition = folder / "reports" / "final" / "2020-1"
    (edition / "tables").mkdir(parents=True)
    (edition / "report.html").write_text("<title>报告</title>", encoding="utf-8")
    (edition / "tables" / "grades.csv").write_text("id\n", encoding="utf-8")
    return folder


def assess(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["archive", *map(str, arguments)])
    return done.exit_code, done.output


def test_a_round_is_packed_whole_and_unpacked_is_a_project(project: Path, tmp_path: Path) -> None:
    target = tmp_path / "2020.zip"
    status, said = assess("2020", target, "--project", project)
    assert (status, "其中正式版：2020-1。" in said, "个人信息" in said) == (0, True, True)
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "later")
    assert {"README.txt", "SHA256SUMS", "requirements.lock", "reports/final/2020-1/report.html"} <= {*names}
    received = {path.name for path in round_examples.RAW.iterdir()}
    assert {name.rsplit("/", 1)[1] for name in names if name.startswith("data/raw/2020/")} == received
    assert load_round(tmp_path / "later", "2020").settings.synthetic
    # the hashes can be checked without this program
    lines = (tmp_path / "later" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(names) - 1
    for line in lines:
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((tmp_path / "later" / name).read_bytes()).hexdigest() == digest
    assert "个人信息" in (tmp_path / "later" / "README.txt").read_text(encoding="utf-8-sig")
    assert assess("--check", target) == (0, f"完好：{len(lines)} 个文件都与装入时一致。\n")


def test_the_same_round_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        round_archive.pack(project, "2020", tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_the_final_edition_of_the_round_before_goes_along(project: Path, tmp_path: Path) -> None:
    round_examples.derived(project, "2021", compared_with="2020")
    round_archive.pack(project, "2021", tmp_path / "2021.zip")
    with zipfile.ZipFile(tmp_path / "2021.zip") as archive:
        kept = [name for name in archive.namelist() if "2020" in name]
    assert kept == ["reports/final/2020-1/report.html", "reports/final/2020-1/tables/grades.csv"]


@pytest.mark.parametrize(
    "place", ["reports/2020.zip", "reports", "data/raw/2020/a.zip", "reports/../reports/a.zip"]
)
def test_no_archive_lies_where_it_would_be_shared_or_deleted(project: Path, place: str) -> None:
    status, said = assess("2020", project / place, "--project", project)
    assert (status, "之内" in said) == (2, True)
    assert not list(project.rglob("*.zip"))


def test_an_archive_is_never_overwritten_and_needs_a_place(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"x")
    assert assess("2020", tmp_path / "a.zip", "--project", project)[0] == 2
    assert (tmp_path / "a.zip").read_bytes() == b"x"
    assert assess("2020", "--project", project)[0] == 2


def changed(source: Path, target: Path, **contents: bytes | None) -> Path:
    """Copy an archive with other contents of some files; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name not in contents:
                new.writestr(name, old.read(name))
        for name, content in contents.items():
            if content is not None:
                new.writestr(name, content)
    return target


def test_what_was_changed_is_missing_or_was_added_is_named(project: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    files = round_archive.pack(project, "2020", whole).files
    other = changed(whole, tmp_path / "other.zip", **{
        "data/raw/2020/round.yaml": b"round: 2020\n", "requirements.lock": None, "extra.txt": b"",
    })  # fmt: skip
    found = round_archive.check(other)
    assert found == round_archive.Checked(
        files - 2, ("data/raw/2020/round.yaml",), ("requirements.lock",), ("extra.txt",)
    )
    status, said = assess("--check", other, "--lang", "en")
    assert (status, said.splitlines()[0]) == (1, "Not as packed (1): data/raw/2020/round.yaml")


def test_a_damaged_file_is_told(project: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    round_archive.pack(project, "2020", whole)
    content = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        at = archive.getinfo("requirements.lock").header_offset + 80
    content[at] ^= 0xFF
    whole.write_bytes(content)
    assert round_archive.check(whole).changed == ("requirements.lock",)
    (tmp_path / "none.zip").write_bytes(b"no zip")
    assert assess("--check", tmp_path / "none.zip")[0] == 1
