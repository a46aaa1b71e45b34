"""Plain papermill and nbconvert hold a notebook to what `assess run` holds it to: parameters, project, execution."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from round_examples import RAW
from tiny_notebooks import tiny_notebook

import analysis
from analysis.publish.executed_notebook import NotExecutedError, require_executed
from analysis.rounds import notebook_guard
from analysis.rounds.notebook_guard import NotebookRefusedError, assigned, check_injected

PROJECT = RAW.parents[2]
PARAMETERS = 'round_id: str = "2020"\nunit: str = "130302"\nlanguage: str = "zh"'
GUARD = "from analysis.rounds import notebook_guard\n\nnotebook_guard.check()"
#: exporters, each a name for `jupyter nbconvert --to`
EXPORTERS = ("assess-html", "assess-pdf", "assess-docx", "assess-bulletin-pdf")


def injected(text: str, *behind: str) -> list[str]:
    """Return what a kernel has executed when the set-up cell runs under papermill."""
    return ["", PARAMETERS, f"# Parameters\n{text}\n", *behind]


# -------------------------------------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            'round = "2021"',
            "笔记本没有参数“round”（是否应为“round_id”？），可用的参数：round_id、unit、language。",
        ),
        ("unti = 130303", "笔记本没有参数“unti”（是否应为“unit”？），可用的参数：round_id、unit、language。"),
        ("colour = 1", "笔记本没有参数“colour”，可用的参数：round_id、unit、language。"),
        ("round_id = 2021.5", "参数“round_id”应为文字，不能是 2021.5。"),
        ("unit = True", "参数“unit”应为文字，不能是 True。"),
        ('unit = ["130302"]', "参数“unit”应为文字，不能是 ['130302']。"),
        (
            'language = "en"\nunti = 1',
            "The notebook has no parameter “unti” (is “unit” meant?); its parameters are round_id, unit, language.",
        ),
    ],
)
def test_a_misspelt_or_mistyped_parameter_is_refused_in_one_sentence(given: str, said: str) -> None:
    with pytest.raises(NotebookRefusedError) as refused:
        check_injected(injected(given), PROJECT)
    assert str(refused.value) == said
    assert refused.value._render_traceback_() == [said]


@pytest.mark.parametrize(
    "inputs",
    [
        injected('round_id = 2020\nunit = 130302\nlanguage = "en"'),
        # what papermill makes of a year or a code is a number
        injected("unit = 130302"),
        # variables of a person in JupyterLab
        ["", PARAMETERS, 'round = "2021"\nunti = 1'],
        # an executed notebook opened again, cells run as one likes
        ["", "import pandas", '# Parameters\nround = "2021"\n'],
        [""],
    ],
)
def test_right_parameters_and_a_persons_own_variables_are_let_through(inputs: list[str]) -> None:
    check_injected(inputs, PROJECT)


def test_a_cell_that_does_more_than_assign_has_no_parameters() -> None:
    assert {name: given.kind for name, given in assigned(PARAMETERS + "\nyear = 1").items()} == {
        "round_id": "str",
        "unit": "str",
        "language": "str",
        "year": "",
    }
    for source in ("import os", "a, b = 1, 2", "a = f()", "%matplotlib inline", "a ="):
        assert assigned(source) == {}


@pytest.mark.parametrize(
    ("folder", "given", "said"),
    [
        (PROJECT, {"unti": "130303"}, "笔记本没有参数“unti”"),
        (PROJECT, {"round_id": 2020, "unit": 130302}, ""),
        (PROJECT.parent, {}, "--cwd"),
    ],
)
def test_plain_papermill_stops_at_the_set_up_cell(
    tmp_path: Path, folder: Path, given: dict[str, Any], said: str
) -> None:
    notebook = tiny_notebook(tmp_path / "a.ipynb", GUARD, "1 + 1", unit=True)
    target = tmp_path / "out.ipynb"
    if not said:
        papermill.execute_notebook(notebook, target, given, cwd=folder, progress_bar=False)
        return
    with pytest.raises(papermill.PapermillExecutionError) as failed:
        papermill.execute_notebook(notebook, target, given, cwd=folder, progress_bar=False)
    assert failed.value.ename == "NotebookRefusedError"
    assert said in failed.value.evalue
    assert failed.value.traceback == [failed.value.evalue]


@pytest.mark.parametrize(
    ("cell", "given", "told"),
    [
        (
            GUARD,
            ("unti", "130303"),
            ["笔记本没有参数“unti”（是否应为“unit”？），可用的参数：round_id、language、unit。"],
        ),
        ("1 / 0", ("unit", "130303"), ["ZeroDivisionError: division by zero", ""]),
    ],
)  # fmt: skip
def test_the_command_papermill_ends_with_the_sentence_alone(
    tmp_path: Path, cell: str, given: tuple[str, str], told: list[str]
) -> None:
    notebook = tiny_notebook(tmp_path / "a.ipynb", cell, unit=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-m", "papermill", str(notebook), str(tmp_path / "out.ipynb"), "-p", *given]
    done = subprocess.run(
        [*command, "--cwd", str(PROJECT), "--no-progress-bar"],
        env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.split("\n")[:-1][-len(told) :] == told
    assert ("Traceback" in done.stderr) is (cell != GUARD)


@pytest.mark.parametrize("opening", [name for name in analysis.__all__ if name.startswith("open_")])
def test_the_face_of_the_package_asks_the_guard(opening: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The set-up cell of every notebook calls the face."""

    def refuse(_project: Path | None) -> None:
        raise NotebookRefusedError("拒绝")

    monkeypatch.setattr(notebook_guard, "check", refuse)
    with pytest.raises(NotebookRefusedError, match="拒绝"):
        getattr(analysis, opening)("report", "2020")


# --------------------------------------------------------------------------------------------- exporters


def unexecuted() -> nbformat.NotebookNode:
    """Return a notebook of one section that nobody has run."""
    return new_notebook(
        cells=[
            new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]}),
            new_markdown_cell("## 结果", id="results"),
            new_code_cell("print('已核实')", id="shown"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


@pytest.mark.parametrize("name", EXPORTERS)
def test_no_exporter_takes_a_notebook_that_was_not_executed(name: str) -> None:
    with pytest.raises(NotExecutedError) as refused:
        get_exporter(name)().from_notebook_node(unexecuted())
    assert str(refused.value).startswith("笔记本没有运行完（“结果”没有结果），不能导出")


@pytest.mark.parametrize("name", EXPORTERS)
def test_no_exporter_takes_a_notebook_that_failed_halfway(name: str) -> None:
    failed = unexecuted()
    failed.cells[-1].execution_count = 2
    failed.cells[-1].outputs = [new_output("error", ename="ValueError", evalue="坏\n了", traceback=[])]
    failed.cells.append(new_code_cell("1", id="rest"))
    with pytest.raises(NotExecutedError, match=r"笔记本在“结果”出错（ValueError: 坏 了），不能导出"):
        get_exporter(name)().from_notebook_node(failed)


def test_a_sentence_that_stopped_a_notebook_is_told_without_the_name_of_its_class() -> None:
    failed = unexecuted()
    told = "没有轮次“2002”，现有轮次：2020。"
    failed.cells[-1].outputs = [new_output("error", ename="QuestionError", evalue=told, traceback=[])]
    with pytest.raises(NotExecutedError, match="出错（没有轮次“2002”，现有轮次：2020），不能导出"):
        require_executed(failed)


def test_the_refusal_speaks_the_language_of_the_notebook() -> None:
    notebook = unexecuted()
    notebook.cells.insert(1, new_code_cell('# Parameters\nlanguage = "en"\n', id="injected"))
    notebook.cells[1].metadata["tags"] = ["injected-parameters"]
    with pytest.raises(NotExecutedError, match="was not executed to its end"):
        require_executed(notebook)


def test_cells_that_show_nothing_are_executed_if_they_have_a_number() -> None:
    notebook = unexecuted()
    notebook.cells[-1].execution_count = 1
    require_executed(notebook)


@pytest.mark.parametrize(("options", "status"), [((), 1), (("--execute",), 0)])
def test_nbconvert_refuses_in_one_line_and_executes_in_one_go(
    tmp_path: Path, options: tuple[str, ...], status: int
) -> None:
    notebook = tmp_path / "a.ipynb"
    nbformat.write(unexecuted(), notebook)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    command = [sys.executable, "-m", "nbconvert", "--to", "assess-html", *options, notebook.name]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == status, done.stderr
    page = tmp_path / "a.html"
    if status:
        assert "Traceback" not in done.stderr
        assert "笔记本没有运行完" in done.stderr.splitlines()[-1]
        assert not page.exists()
    else:
        assert "已核实" in page.read_text(encoding="utf-8")
