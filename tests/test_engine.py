"""Warm kernels: one process for several notebooks, nothing carried over, nothing left behind."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import papermill
import pytest
from tiny_notebooks import executed, result, tiny_notebook

import analysis
from analysis.run.engine import ENGINE, INJECTED, Job, KernelPool, NotebookFailedError, WarmKernelEngine

PARAMETERS = {"round_id": "2020"}


def alive(pid: int) -> bool:
    if os.name == "nt":
        pytest.skip("asks the process table as POSIX does")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_process_runs_several_notebooks_each_with_an_empty_namespace(tmp_path: Path) -> None:
    first = tiny_notebook(tmp_path / "first.ipynb", "import os\nkept = 1", "os.getpid()")
    second = tiny_notebook(tmp_path / "second.ipynb", "import os\n('kept' in globals(), os.getpid())")
    with KernelPool(tmp_path) as kernels:
        kernels.run(Job(first, tmp_path / "out" / "first.ipynb", PARAMETERS))
        kernels.run(Job(second, tmp_path / "out" / "second.ipynb", PARAMETERS))
    pid = int(result(tmp_path / "out" / "first.ipynb"))
    assert result(tmp_path / "out" / "second.ipynb") == f"(False, {pid})"
    assert executed(tmp_path / "out" / "second.ipynb").cells[-1].execution_count == 3
    assert not alive(pid)


def test_the_kernel_is_this_interpreter_in_the_project_folder_with_this_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a kernel of another interpreter that the user has registered under the same name
    kernel = tmp_path / "user" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["no-such-python", "{connection_file}"], "display_name": "Other", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "user"))
    project = tmp_path / "项目 {1}"
    source = "import os, sys, analysis\n'|'.join([round_id, sys.executable, os.getcwd(), analysis.__file__])"
    notebook = tiny_notebook(project / "n.ipynb", source)
    with KernelPool(project) as kernels:
        kernels.run(Job(notebook, project / "out" / "n.ipynb", PARAMETERS))
    seen = result(project / "out" / "n.ipynb").strip("'").split("|")
    assert seen == ["2020", sys.executable, str(project), analysis.__file__]


def test_an_executed_notebook_is_the_same_every_time(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "n.ipynb", "## 标题", "round_id")
    copies = []
    for folder in ("a", "b"):
        with KernelPool(tmp_path) as kernels:
            kernels.run(Job(notebook, tmp_path / folder / "n.ipynb", PARAMETERS))
        copies.append((tmp_path / folder / "n.ipynb").read_bytes())
    assert copies[0] == copies[1]
    assert str(tmp_path).encode() not in copies[0]
    assert [cell.id for cell in executed(tmp_path / "a" / "n.ipynb").cells][:2] == ["parameters", INJECTED]


def test_a_failed_cell_names_its_section_and_leaves_the_partial_notebook(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "n.ipynb", "## 甲", "1", "## 乙", "1 / 0", "## 丙", "2")
    out = tmp_path / "out" / "n.ipynb"
    with pytest.raises(NotebookFailedError) as failed, KernelPool(tmp_path) as kernels:
        kernels.run(Job(notebook, out, PARAMETERS))
    assert (failed.value.notebook, failed.value.section) == ("n", "乙")
    assert failed.value.error == "ZeroDivisionError: division by zero"
    counts = [cell.execution_count for cell in executed(out).cells if cell.cell_type == "code"]
    assert counts == [1, 2, 3, 4, None], "what ran is kept, what came after did not run"


def test_a_kernel_that_dies_is_a_failed_notebook_and_not_a_hang(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "n.ipynb", "import os\nos._exit(1)")
    with pytest.raises(NotebookFailedError, match="Kernel died"), KernelPool(tmp_path) as kernels:
        kernels.run(Job(notebook, tmp_path / "out.ipynb", PARAMETERS))


def test_several_kernels_share_the_jobs(tmp_path: Path) -> None:
    # each of the two waits for the file the other writes: one kernel alone would never end
    source = (
        "import time\nfrom pathlib import Path\nPath(round_id).touch()\n"
        "while len(list(Path().glob('meet-*'))) < 2: time.sleep(0.05)"
    )
    notebook = tiny_notebook(tmp_path / "n.ipynb", source)
    with KernelPool(tmp_path) as kernels:
        kernels.grow_to(2)
        jobs = [Job(notebook, tmp_path / f"{n}.ipynb", {"round_id": f"meet-{n}"}) for n in "ab"]
        kernels.wait_for([kernels.submit(job) for job in jobs])
    assert len(list(tmp_path.glob("meet-*"))) == 2


def test_leaving_by_an_error_ends_running_kernels_at_once(tmp_path: Path) -> None:
    source = (
        "import os, time\nfrom pathlib import Path\nPath('pid').write_text(str(os.getpid()))\ntime.sleep(60)"
    )
    notebook = tiny_notebook(tmp_path / "n.ipynb", source)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), KernelPool(tmp_path) as kernels:
        kernels.submit(Job(notebook, tmp_path / "out.ipynb", PARAMETERS))
        kernels.submit(Job(notebook, tmp_path / "never.ipynb", PARAMETERS))
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.05)
        raise KeyboardInterrupt
    assert time.monotonic() - start < 30
    assert not alive(int((tmp_path / "pid").read_text()))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kernel-")]
    assert not (tmp_path / "never.ipynb").exists()


def test_an_error_while_a_kernel_starts_ends_it_too(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "n.ipynb", "import time\ntime.sleep(60)")
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), KernelPool(tmp_path) as kernels:
        kernels.submit(Job(notebook, tmp_path / "out.ipynb", PARAMETERS))
        raise KeyboardInterrupt
    assert time.monotonic() - start < 30
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kernel-")]


def test_plain_papermill_can_use_the_engine_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papermill.engines.papermill_engines.register(ENGINE, WarmKernelEngine)
    monkeypatch.chdir(tmp_path)
    notebook = tiny_notebook(tmp_path / "n.ipynb", "import os\n'|'.join([round_id, os.getcwd()])")
    papermill.execute_notebook(
        str(notebook), "out.ipynb", {"round_id": "2020"}, engine_name=ENGINE, progress_bar=False
    )
    assert result(tmp_path / "out.ipynb") == repr(f"2020|{tmp_path}")


def test_a_missing_notebook_is_said_to_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), KernelPool(tmp_path) as kernels:
        kernels.run(Job(tmp_path / "none.ipynb", tmp_path / "out.ipynb", PARAMETERS))
