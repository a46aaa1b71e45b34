"""The command line: light, never crashing on a console, saying what is wrong and what there is."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import round_examples
import typer
from ruamel.yaml import YAML
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.cli.check import check
from analysis.rounds.faults import Fault
from analysis.rounds.rounds import load_round
from analysis.rounds.versions import CURRENT
from analysis.run import checking

ROOT = Path(__file__).parents[1]
HEAVY = ("pandas", "numpy", "scipy", "matplotlib", "papermill", "nbconvert")


def assess(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Return how the command ends and what it prints; in this process, which need not load everything again."""
    with contextlib.chdir(cwd):
        ended = CliRunner().invoke(app, arguments, catch_exceptions=False)
    return subprocess.CompletedProcess(arguments, ended.exit_code, ended.stdout_bytes, ended.stderr_bytes)


def on_console(encoding: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Return the same of a process of its own, on a console with an encoding."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": encoding}
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )


def lines(stream: bytes) -> list[str]:
    return stream.decode("utf-8").splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the settings of 2020 and none of its files."""
    folder = tmp_path / "data" / "raw" / "2020"
    folder.mkdir(parents=True)
    for file in (ROOT / "data" / "raw" / "2020").glob("*.yaml"):
        shutil.copy(file, folder)
    return tmp_path


def loaded(*arguments: str, cwd: Path = ROOT, then: str = "pass") -> tuple[set[str], str]:
    """Return the modules a command has loaded when it ends and something more is done, and what it printed."""
    script = (
        f"import sys\nsys.argv = {['assess', *arguments]!r}\nfrom analysis.cli.application import main\n"
        f"try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n{then}\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True, cwd=cwd
    )
    return set(done.stderr.decode("utf-8").split()), done.stdout.decode("utf-8")


def test_help_imports_nothing_heavy() -> None:
    modules, printed = loaded("--help")
    assert not modules & set(HEAVY)
    assert len(modules) < 450
    assert "考核" in printed


def test_notebooks_are_read_without_the_grammars_of_web_addresses_that_come_with_jupyterlab() -> None:
    modules, _ = loaded("--help", then="import nbformat")
    assert "jsonschema" in modules
    assert "lark" not in modules


def test_looking_at_the_files_imports_no_plotting_no_statistics_and_no_notebooks(tmp_path: Path) -> None:
    folder = round_examples.project(tmp_path)
    unused = {
        "matplotlib", "seaborn", "scipy.stats", "scipy.special", "statsmodels", "papermill", "nbconvert", "nbformat",
        "IPython", "fontTools.subset", "docx",
    }  # fmt: skip
    for arguments in (("check", "2020"), ("template", "2020", "--blank"), ("new", "2021", "--from", "2020")):
        modules, printed = loaded(*arguments, cwd=folder)
        assert printed
        assert modules & unused == set(), arguments
        assert len(modules) < 1200, arguments
        if arguments[0] == "check":
            assert modules & {"openpyxl", "ruamel.yaml"} == set()


@pytest.mark.parametrize(
    ("encoding", "arguments", "status"),
    [
        ("gbk", ("--help",), 0),
        ("ascii", ("run", "--help"), 0),
        ("cp1252", ("run", "1999"), 2),
        ("ascii", ("check", "2020"), 1),
        ("gbk", ("run", "2020"), 1),
    ],
)
def test_no_console_crashes_the_command(
    project: Path, encoding: str, arguments: tuple[str, ...], status: int
) -> None:
    done = on_console(encoding, *arguments, cwd=project)
    assert b"Traceback" not in done.stderr
    assert done.returncode == status
    assert done.stdout + done.stderr


def test_a_gbk_console_reads_chinese(project: Path) -> None:
    assert "没有轮次“1999”" in on_console("gbk", "run", "1999", cwd=project).stderr.decode("gbk")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "1999"), "没有轮次“1999”。现有轮次：2020。"),
        (("check", "1999"), "没有轮次“1999”。现有轮次：2020。"),
        (("run", "../raw"), "没有轮次“../raw”。现有轮次：2020。"),
        (("run", "2020", "--formats", "html,odt"), "没有形式“odt”。可选：html、pdf、docx、xlsx、figures。"),
        (("run", "2020", "--formats", ","), "没有指定任何形式。可选：html、pdf、docx、xlsx、figures。"),
        (("check", "1999", "--lang", "en"), "There is no round “1999”. Rounds: 2020."),
        (("check", "2020", "--lang", "fr"), "没有语言“fr”。可选：zh、en。"),
        (("run", "2020", "--lang", "fr"), "没有语言“fr”。可选：zh、en。"),
        (("run", "2020", "--jobs", "0"), "--jobs 至少为 1。"),
        (("new", "2021", "--from", "1999"), "没有轮次“1999”。现有轮次：2020。"),
        (("new", "next", "--from", "2020"), "轮次名称“next”中没有年份，无法推算。"),
        (("new", "20/21", "--from", "2020"), "轮次名称“20/21”不能用作文件夹名。"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_there_is(
    project: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = assess(*arguments, cwd=project)
    assert done.returncode == 2
    (line,) = lines(done.stderr)
    assert line.startswith(said)
    assert done.stdout == b""


def test_outside_a_project_the_command_says_so(tmp_path: Path) -> None:
    done = assess("run", "2020", cwd=tmp_path)
    assert (done.returncode, "data/raw" in done.stderr.decode("utf-8")) == (2, True)
    done = assess("check", "2020", "--project", "nowhere", cwd=tmp_path)
    assert (done.returncode, "nowhere" in done.stderr.decode("utf-8")) == (2, True)


def test_an_option_that_does_not_exist_is_wrong_usage(project: Path) -> None:
    assert assess("run", "2020", "--colour", cwd=project).returncode == 2


def test_check_lists_everything_at_once_with_its_place(project: Path) -> None:
    done = assess("check", "2020", cwd=project)
    assert done.returncode == 1
    missing = {str(ledger["file"]) for ledger in maps(project)["ledgers"].values()}
    for file in missing:
        assert sum(line.startswith(file) for line in lines(done.stdout)) >= 1, file


def test_check_counts_warnings_alike_and_still_lists_all_that_blocks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    warned = [
        Fault(
            "received_outside_history",
            "台账.xlsx",
            "表",
            f"C{row}",
            found="2010-01-01",
            severity="warns",
            details={"year": "2010", "rows": "1"},
        )
        for row in range(1, 31)
    ]
    blocking = [
        Fault("required_empty", "台账.xlsx", "表", f"D{row}", details={"field": "编号"})
        for row in range(1, 31)
    ]
    checked = checking.Checked((*warned, *blocking))
    monkeypatch.setattr(checking, "check", lambda *_: checked)
    with pytest.raises(typer.Exit) as end:
        check("2020", project)
    said = capsys.readouterr().out.splitlines()
    assert end.value.exit_code == 1
    # the same of thirty cells is one line with all of them
    assert said[0].partition("：")[0] == "台账.xlsx › 表 › D1–D30"
    # and so are thirty warnings alike
    assert said[1].partition("：")[0] == "台账.xlsx › 表 › C1–C30"
    assert said[2:] == [
        "轮次“2020”：30 处须改正，30 处提醒，0 处说明。",
    ]


def test_check_lists_wrong_settings_with_their_lines(project: Path) -> None:
    settings = project / "data" / "raw" / "2020" / "round.yaml"
    text = settings.read_text(encoding="utf-8").replace("issuer:", "isuer:").replace("2022-02-28", "昨天")
    settings.write_text(text, encoding="utf-8")
    done = assess("check", "2020", "--project", str(project), cwd=ROOT)
    assert done.returncode == 1
    places = [
        number for number, line in enumerate(text.splitlines(), 1) if "isuer:" in line or "昨天" in line
    ]
    said = done.stdout.decode("utf-8")
    assert [f"round.yaml › 第{place}行：" in said for place in places] == [True, True]
    assert "issuer" in said, "the key that was probably meant"


def test_a_run_on_blocked_data_shows_twenty_faults_and_counts_the_rest(project: Path) -> None:
    folder = project / "data" / "raw" / "2020"
    text = (folder / "round.yaml").read_text(encoding="utf-8")
    strange = "".join(f"strange_{number}: 1\n" for number in range(25))
    (folder / "round.yaml").write_text(text + strange, encoding="utf-8")
    good = project / "reports" / "2020" / "report.html"
    good.parent.mkdir(parents=True)
    good.write_text("the last good report", encoding="utf-8")
    done = assess("run", "2020", cwd=project)
    said = lines(done.stdout)
    assert done.returncode == 1
    assert sum(line.startswith("round.yaml › ") for line in said) == 20
    assert "另有 5 处：" in said
    assert "  设置项不明：5 处" in said
    assert good.read_text(encoding="utf-8") == "the last good report"
    assert sorted(path.name for path in good.parents[1].iterdir()) == ["2020"]


def maps(project: Path, round_id: str = "2020") -> dict[str, dict[str, dict[str, object]]]:
    path = project / "data" / "raw" / round_id / "maps.yaml"
    loaded: dict[str, dict[str, dict[str, object]]] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return loaded


def test_new_carries_settings_over_and_moves_the_years(project: Path) -> None:
    done = assess("new", "2021", "--from", "2020", cwd=project)
    assert done.returncode == 0
    old, new = load_round(project, "2020").settings, load_round(project, "2021").settings
    assert new.round == "2021"
    assert new.periods == ["2021"]
    assert new.base_period == "2020"
    assert new.history == [str(int(year) + 1) for year in old.history]
    assert new.as_of.isoformat() == "2023-02-28"
    assert new.title == old.title.replace("2020", "2021")
    assert new.compared_with == "2020"
    assert (new.city, new.issuer, new.synthetic) == (old.city, old.issuer, old.synthetic)


def test_new_leaves_behind_what_belongs_to_the_old_year(project: Path) -> None:
    old = project / "data" / "raw" / "2020"
    (old / "线索案件台账.xlsx").write_bytes(b"last year's ledger")
    (old / "corrections.yaml").write_text("corrections: []\n", encoding="utf-8")
    assess("new", "2021", "--from", "2020", cwd=project)
    made = sorted(path.name for path in (project / "data" / "raw" / "2021").iterdir())
    assert made == ["bulletin.yaml", "maps.yaml", "round.yaml", "rulebook.yaml"]


def test_new_keeps_every_comment_and_marks_what_must_be_decided(project: Path) -> None:
    done = assess("new", "2021", "--from", "2020", cwd=project)
    for file in ("round.yaml", "rulebook.yaml", "maps.yaml", "bulletin.yaml"):
        before = (project / "data" / "raw" / "2020" / file).read_text(encoding="utf-8").splitlines()
        after = (project / "data" / "raw" / "2021" / file).read_text(encoding="utf-8").splitlines()
        comments = [line.partition("#")[2] for line in before if "#" in line]
        kept = [line.partition("#")[2] for line in after if "#" in line]
        marks = [line for line in after if line.startswith("# 请确定：")]
        assert marks, file
        assert len(after) == len(before) + len(marks) + 1
        assert [comment for comment in kept if comment in comments] == comments
    said = done.stdout.decode("utf-8")
    assert "round.yaml › as_of" in said
    assert all(str(ledger["file"]) in said for ledger in maps(project)["ledgers"].values())
    assert said.splitlines()[-1].endswith("assess check 2021")


@pytest.mark.parametrize("written", ["", "format: 0\n"])
def test_new_writes_the_present_version_of_the_format(project: Path, written: str) -> None:
    bulletin = project / "data" / "raw" / "2020" / "bulletin.yaml"
    bulletin.write_text(f"# 段落\n{written}opening: 结果如下。\n", encoding="utf-8")
    assess("new", "2021", "--from", "2020", cwd=project)
    lines = (project / "data" / "raw" / "2021" / "bulletin.yaml").read_text(encoding="utf-8").splitlines()
    version = (
        f"format: {CURRENT}" if written else f"format: {CURRENT}  # 设置文件的格式版本，由程序写入，请勿改动"
    )
    assert [line for line in lines if line.startswith("format")] == [version]
    assert load_round(project, "2021").settings.round == "2021"


def test_new_moves_dates_in_paragraphs_and_leaves_amounts(project: Path) -> None:
    bulletin = project / "data" / "raw" / "2020" / "bulletin.yaml"
    bulletin.write_text("achievements:\n  - 2020年追回2000元，2021-01-05前结清。\n", encoding="utf-8")
    assess("new", "2021", "--from", "2020", cwd=project)
    text = (project / "data" / "raw" / "2021" / "bulletin.yaml").read_text(encoding="utf-8")
    assert "  - 2021年追回2000元，2022-01-05前结清。\n" in text


def test_new_for_two_years_covers_both(project: Path) -> None:
    assess("new", "2021-2022", "--from", "2020", cwd=project)
    settings = load_round(project, "2021-2022").settings
    assert (settings.periods, settings.base_period, settings.history[-1]) == (
        ["2021-2022"],
        "2019-2020",
        "2022",
    )


def test_new_takes_the_29th_of_february_back_to_the_28th(project: Path) -> None:
    settings = project / "data" / "raw" / "2020" / "round.yaml"
    text = settings.read_text(encoding="utf-8").replace("as_of: 2022-02-28", "as_of: 2024-02-29")
    settings.write_text(text, encoding="utf-8")
    assess("new", "2021", "--from", "2020", cwd=project)
    assert load_round(project, "2021").settings.as_of.isoformat() == "2025-02-28"


def test_new_overwrites_nothing(project: Path) -> None:
    existing = project / "data" / "raw" / "2021" / "notes.txt"
    existing.parent.mkdir()
    existing.write_text("mine", encoding="utf-8")
    done = assess("new", "2021", "--from", "2020", cwd=project)
    assert done.returncode == 2
    assert "data/raw/2021 已经存在" in done.stderr.decode("utf-8")
    assert [path.name for path in existing.parent.iterdir()] == ["notes.txt"]


def test_new_with_unreadable_settings_says_which_file_and_leaves_nothing(project: Path) -> None:
    (project / "data" / "raw" / "2020" / "rulebook.yaml").write_text("name: [open\n", encoding="utf-8")
    done = assess("new", "2021", "--from", "2020", cwd=project)
    assert done.returncode == 2
    assert "rulebook.yaml" in done.stderr.decode("utf-8")
    assert sorted(path.name for path in (project / "data" / "raw").iterdir()) == ["2020"]


def test_both_languages_say_the_same_with_the_same_places() -> None:
    def places(language: str) -> dict[str, set[str]]:
        path = ROOT / "src" / "analysis" / "words" / language / "cli.yaml"
        return dict(sentences(YAML(typ="safe").load(path.read_text(encoding="utf-8"))))

    assert places("en") == places("zh")


def sentences(tree: dict[str, object], above: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield every sentence's key with the names of its places."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from sentences(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", {place for _, place, _, _ in Formatter().parse(str(value)) if place}
