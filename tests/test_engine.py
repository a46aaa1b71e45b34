"""Notebooks executed in this process and in kernels: the same outputs, nothing carried over, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import papermill
import pytest
import round_examples as example
from tiny_notebooks import executed, result, tiny_notebook

import analysis
from analysis.run.engine import (
    ENGINE,
    INJECTED,
    WARM_ENGINE,
    InProcessEngine,
    Job,
    NotebookFailedError,
    WarmKernelEngine,
    execute,
)
from analysis.run.executors import EXECUTORS, Executor, InProcessExecutor, KernelExecutor
from analysis.run.kernels import WarmKernel

ROOT = Path(__file__).parents[1]
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
    with KernelExecutor(tmp_path) as kernels:
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
    with KernelExecutor(project) as kernels:
        kernels.run(Job(notebook, project / "out" / "n.ipynb", PARAMETERS))
    seen = result(project / "out" / "n.ipynb").strip("'").split("|")
    assert seen == ["2020", sys.executable, str(project), analysis.__file__]


def test_an_executed_notebook_is_the_same_every_time(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "n.ipynb", "## 标题", "round_id")
    copies = []
    for folder in ("a", "b"):
        with KernelExecutor(tmp_path) as kernels:
            kernels.run(Job(notebook, tmp_path / folder / "n.ipynb", PARAMETERS))
        copies.append((tmp_path / folder / "n.ipynb").read_bytes())
    assert copies[0] == copies[1]
    assert str(tmp_path).encode() not in copies[0]
    assert [cell.id for cell in executed(tmp_path / "a" / "n.ipynb").cells][:2] == ["parameters", INJECTED]


def test_a_failed_cell_names_its_section_and_leaves_the_partial_notebook(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "n.ipynb", "## 甲", "1", "## 乙", "1 / 0", "## 丙", "2")
    out = tmp_path / "out" / "n.ipynb"
    with pytest.raises(NotebookFailedError) as failed, KernelExecutor(tmp_path) as kernels:
        kernels.run(Job(notebook, out, PARAMETERS))
    assert (failed.value.notebook, failed.value.section) == ("n", "乙")
    assert failed.value.error == "ZeroDivisionError: division by zero"
    counts = [cell.execution_count for cell in executed(out).cells if cell.cell_type == "code"]
    assert counts == [1, 2, 3, 4, None], "what ran is kept, what came after did not run"


def test_a_kernel_that_dies_is_a_failed_notebook_and_not_a_hang(tmp_path: Path) -> None:
    notebook = tiny_notebook(tmp_path / "n.ipynb", "import os\nos._exit(1)")
    with pytest.raises(NotebookFailedError, match="Kernel died"), KernelExecutor(tmp_path) as kernels:
        kernels.run(Job(notebook, tmp_path / "out.ipynb", PARAMETERS))


@pytest.fixture(params=["process", "fork", "spawn", "kernel"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Executor:
    """Every way to execute several notebooks at once; `process` is the one taken where nothing is said."""
    if request.param in EXECUTORS:
        return EXECUTORS[request.param](tmp_path)
    if request.param == "fork" and sys.platform != "linux":
        pytest.skip("processes are forked on Linux only")
    return InProcessExecutor(tmp_path, request.param)


def test_several_share_the_jobs(executor: Executor, tmp_path: Path) -> None:
    # each of the two waits for the file the other writes: one alone would never end
    source = (
        "import time\nfrom pathlib import Path\nPath(round_id).touch()\n"
        "while len(list(Path().glob('meet-*'))) < 2: time.sleep(0.05)"
    )
    notebook = tiny_notebook(tmp_path / "n.ipynb", source)
    jobs = [Job(notebook, tmp_path / f"{n}.ipynb", {"round_id": f"meet-{n}"}) for n in "ab"]
    with executor, executor.running(jobs, 2) as finish:
        finish()
    assert len(list(tmp_path.glob("meet-*"))) == 2
    assert all(job.output.exists() for job in jobs)


def test_a_failure_among_several_is_told_with_its_notebook_and_section(
    executor: Executor, tmp_path: Path
) -> None:
    good = Job(tiny_notebook(tmp_path / "n.ipynb", "1"), tmp_path / "good.ipynb", PARAMETERS)
    bad = Job(tiny_notebook(tmp_path / "b.ipynb", "## 甲", "1 / 0"), tmp_path / "bad.ipynb", PARAMETERS)
    with (
        pytest.raises(NotebookFailedError) as failed,
        executor,
        executor.running([good, bad, good], 2) as finish,
    ):
        finish()
    assert str(failed.value) == "bad › 甲 › ZeroDivisionError: division by zero"


def test_something_that_dies_among_several_is_a_failed_notebook_and_not_a_hang(
    executor: Executor, tmp_path: Path
) -> None:
    job = Job(
        tiny_notebook(tmp_path / "n.ipynb", "import os\nos._exit(1)"), tmp_path / "out.ipynb", PARAMETERS
    )
    with pytest.raises(NotebookFailedError, match="out"), executor, executor.running([job], 1) as finish:
        finish()


def test_leaving_by_an_error_ends_what_runs_at_once(executor: Executor, tmp_path: Path) -> None:
    source = (
        "import os, time\nfrom pathlib import Path\nPath('pid').write_text(str(os.getpid()))\ntime.sleep(60)"
    )
    notebook = tiny_notebook(tmp_path / "n.ipynb", source)
    jobs = [Job(notebook, tmp_path / name, PARAMETERS) for name in ("out.ipynb", "never.ipynb")]
    with pytest.raises(KeyboardInterrupt), executor, executor.running(jobs, 1):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.05)
        start = time.monotonic()
        raise KeyboardInterrupt
    assert time.monotonic() - start < 10
    assert not alive(int((tmp_path / "pid").read_text()))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kernel-")]
    assert not (tmp_path / "never.ipynb").exists()


def test_a_kernel_that_goes_between_two_notebooks_is_not_waited_for(tmp_path: Path) -> None:
    """Ctrl-C reaches a kernel between two notebooks, too: emptying its namespace must not wait for it for a minute."""
    notebook = tiny_notebook(tmp_path / "n.ipynb", "1")
    with WarmKernel(tmp_path) as kernel:
        execute(Job(notebook, tmp_path / "a.ipynb", PARAMETERS), tmp_path, kernel=kernel)
        kernel.kill()
        start = time.monotonic()
        with pytest.raises(NotebookFailedError, match="gone"):
            execute(Job(notebook, tmp_path / "b.ipynb", PARAMETERS), tmp_path, kernel=kernel)
    assert time.monotonic() - start < 10


# in this process as in a kernel

CELLS: Sequence[str] = (
    "## 输出",
    "import sys\nprint('甲')\nprint('to stderr', file=sys.stderr)\nprint('乙')",
    "from IPython.display import HTML, clear_output, display\ndisplay({'a': 1}, HTML('<b>b</b>'))\nprint('after')",
    "shown = display('first', display_id='given')",
    "shown.update('second')",
    "print('gone')\nclear_output()\nprint('stays')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "class Both:\n    def _repr_mimebundle_(self, **_):\n"
    "        return {'application/vnd.x+json': {'a': (1, 2)}, 'text/plain': 'both'}\nBoth()",
    "round_id; len(In), len(Out)",
    "await __import__('asyncio').sleep(0)",
    "%matplotlib inline",
    "1;",
    "try:\n    input('?')\nexcept Exception as refused:\n    print(type(refused).__name__, refused)",
    "## 错误",
    "def divide(by):\n    return 1 / by\ndivide(0)",
    "'never'",
)


#: papermill draws the ids of the cells with its banner
DRAWN = re.compile(r'"id": "[0-9a-f]{8}"')


def in_both(folder: Path, *cells: str, timeout: int | None = None) -> tuple[str, str, list[str]]:
    """Execute cells in this process and in a kernel; return both copies and how they failed."""
    notebook, failures = tiny_notebook(folder / "n.ipynb", *cells), []
    with WarmKernel(folder) as kernel:
        for name, given in (("process", None), ("kernel", kernel)):
            try:
                job = Job(notebook, folder / name / "n.ipynb", PARAMETERS)
                execute(job, folder, kernel=given, timeout=timeout)
            except NotebookFailedError as failed:
                failures.append(str(failed))
    texts = [(folder / name / "n.ipynb").read_text(encoding="utf-8") for name in ("process", "kernel")]
    here, there = (DRAWN.sub("", text) for text in texts)
    return here, there, failures


def test_a_notebook_executed_in_this_process_is_the_kernel_s_byte_for_byte(tmp_path: Path) -> None:
    process, kernel, failures = in_both(tmp_path, *CELLS)
    assert process == kernel
    assert failures == ["n › 错误 › ZeroDivisionError: division by zero"] * 2
    cells = executed(tmp_path / "process" / "n.ipynb").cells
    kinds = {output.get("name", output.output_type) for cell in cells for output in cell.get("outputs", ())}
    assert kinds == {"stdout", "stderr", "display_data", "execute_result", "error"}
    (picture,) = [cell for cell in cells if "plt.plot" in cell.source]
    assert "image/png" in picture.outputs[0].data


@pytest.mark.skipif(os.name == "nt", reason="a kernel of Windows leaves descriptors alone")
def test_what_other_programs_print_stands_in_the_cell_as_in_a_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a kernel takes hold of its descriptors, but not below pytest
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    process, kernel, _failures = in_both(
        tmp_path,
        # a kernel takes what is printed in its own time
        "import os, time\nos.system('echo 甲'); time.sleep(1)",
        "os.system('echo 乙 >&2'); time.sleep(1)",
        "os.write(1, b'\\xff'); time.sleep(1)",
        "'none'",
    )
    assert process == kernel
    assert '"甲\\n"' in process


def test_what_a_cell_prints_and_what_other_programs_print_stand_in_their_order(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = (
        "import os, sys\nprint('one')\nos.system('echo two')\nprint('three')\n"
        "os.write(1, '四'.encode()[:2]); os.write(1, '四'.encode()[2:])\nos.write(2, b'beside')\n5"
    )
    notebook, out = tiny_notebook(tmp_path / "n.ipynb", source), tmp_path / "out.ipynb"
    os.write(1, b"before ")
    execute(Job(notebook, out, PARAMETERS), tmp_path)
    os.write(1, b"behind")
    outputs = next(cell.outputs for cell in executed(out).cells if "two" in cell.source)
    told = [(each.get("name", each.output_type), each.get("text")) for each in outputs]
    assert sorted(told[:2]) == [("stderr", "beside"), ("stdout", "one\ntwo\nthree\n四")]
    assert told[2:] == [("execute_result", None)]
    assert capfd.readouterr().out == "before behind"


def test_a_cell_that_takes_too_long_ends_as_in_a_kernel(tmp_path: Path) -> None:
    process, kernel, failures = in_both(
        tmp_path, "1", "print('begun', flush=True)\nimport time\ntime.sleep(60)", "2", timeout=3
    )
    assert process == kernel
    assert [failure.partition("\n")[0] for failure in failures] == [
        "n › CellTimeoutError: A cell timed out while it was being executed, after 3 seconds."
    ] * 2
    assert "begun" in process


LEAKING = {
    "a name": ("kept = 1", "'kept' in globals()"),
    "a parameter of matplotlib": (
        "import matplotlib as mpl\nmpl.rcParams['lines.linewidth'] = 9\nmpl.rcParams['backend'] = 'svg'",
        "import matplotlib as mpl\nmpl.rcParams['lines.linewidth'], mpl.rcParams['backend']",
    ),
    "a colour map": (
        "import matplotlib as mpl\nmpl.colormaps.register(mpl.colormaps['gray'], name='mine')",
        "import matplotlib as mpl\n'mine' in mpl.colormaps",
    ),
    "an open figure": (
        "%matplotlib inline\n%config InlineBackend.close_figures = False\n"
        "import matplotlib.pyplot as plt\nplt.figure();",
        "import matplotlib.pyplot as plt\nplt.get_fignums()",
    ),
    "an option of pandas": (
        "import pandas as pd\npd.set_option('display.max_rows', 3)",
        "import pandas as pd\npd.get_option('display.max_rows')",
    ),
    "a print option of numpy": (
        "import numpy as np\nnp.set_printoptions(precision=2)",
        "import numpy as np\nnp.get_printoptions()['precision']",
    ),
    "a filter of warnings": (
        "import warnings\nwarnings.filterwarnings('ignore', message='kept')",
        "import warnings\nany('kept' in str(each[1]) for each in warnings.filters)",
    ),
    "a random state": (
        "import random\nimport numpy as np\nrandom.seed(1)\nnp.random.seed(1)",
        "import random\nimport numpy as np\n"
        "random.random() == 0.13436424411240122, np.random.random() == 0.417022004702574",
    ),
    "the precision of decimals": (
        "import decimal\ndecimal.getcontext().prec = 5",
        "import decimal\ndecimal.getcontext().prec",
    ),
    "the working directory": (
        "import os\nos.mkdir('elsewhere')\nos.chdir('elsewhere')",
        "import os\nos.path.basename(os.getcwd()) == 'elsewhere'",
    ),
    "the environment": (
        "import os\nos.environ['ASSESS_KEPT'] = '1'",
        "import os\n'ASSESS_KEPT' in os.environ",
    ),
    "the search path": ("import sys\nsys.path.insert(0, '/kept')", "import sys\n'/kept' in sys.path"),
    "a made-up module": (
        "import sys, types\nsys.modules['kept_module'] = types.ModuleType('kept_module')",
        "import sys\n'kept_module' in sys.modules",
    ),
    "a replaced module": (
        "import sys, types\nsys.modules['json'] = types.ModuleType('json')",
        "import json\nhasattr(json, 'dumps')",
    ),
    "a module of the folder": (
        "import beside\nbeside.state.append(1)",
        "import beside\nbeside.state",
    ),
    "a built-in name": ("import builtins\nbuiltins.kept = 1", "'kept' in vars(__builtins__)"),
    "the main module": ("import __main__\n__main__.kept = 1", "import __main__\nhasattr(__main__, 'kept')"),
    "the standard output": ("import io, sys\nsys.stdout = io.StringIO()", "print('seen')\n1"),
    "a level of logging": (
        "import logging\nlogging.root.setLevel(1)",
        "import logging\nlogging.root.level",
    ),
}


@pytest.mark.parametrize("kind", LEAKING)
def test_nothing_a_notebook_changes_is_seen_by_the_next_one(kind: str, tmp_path: Path) -> None:
    changes, looks = LEAKING[kind]
    look = tiny_notebook(tmp_path / "look.ipynb", looks)
    own = (Path.cwd(), sys.modules["__main__"], sys.stdout)
    outcomes = []
    (tmp_path / "beside.py").write_text("state = []", encoding="utf-8")
    for name, source in (("before", look), ("changes", None), ("after", look)):
        made = source or tiny_notebook(tmp_path / "changes.ipynb", changes)
        execute(Job(made, tmp_path / f"{name}.ipynb", PARAMETERS), tmp_path)
        outcomes.append(executed(tmp_path / f"{name}.ipynb").cells[-1].outputs)
    assert outcomes[0] == outcomes[2]
    assert (Path.cwd(), sys.modules["__main__"], sys.stdout) == own, "nor by the program itself"


def test_what_a_notebook_changes_is_there_until_it_ends(tmp_path: Path) -> None:
    """Each of the changes above is one: its own notebook sees it."""
    for number, (changes, looks) in enumerate(LEAKING.values()):
        alone = tiny_notebook(tmp_path / str(number) / "alone.ipynb", looks)
        both = tiny_notebook(tmp_path / str(number) / "both.ipynb", changes, looks)
        seen = []
        for notebook in (alone, both):
            (tmp_path / str(number) / "beside.py").write_text("state = []", encoding="utf-8")
            out = notebook.with_suffix(".out.ipynb")
            execute(Job(notebook, out, PARAMETERS), tmp_path / str(number))
            seen.append([output.get("data", output) for output in executed(out).cells[-1].outputs])
        assert seen[0] != seen[1], changes


def test_no_file_is_left_and_no_shell_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    execute(Job(tiny_notebook(tmp_path / "n.ipynb", "1"), tmp_path / "o.ipynb", PARAMETERS), tmp_path)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "ipython").exists()
    from IPython import get_ipython  # noqa: PLC0415

    assert get_ipython() is None


@pytest.mark.parametrize("engine", [ENGINE, WARM_ENGINE])
def test_plain_papermill_can_use_the_engines_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    papermill.engines.papermill_engines.register(ENGINE, InProcessEngine)
    papermill.engines.papermill_engines.register(WARM_ENGINE, WarmKernelEngine)
    monkeypatch.chdir(tmp_path)
    notebook = tiny_notebook(tmp_path / "n.ipynb", "import os\n'|'.join([round_id, os.getcwd()])")
    papermill.execute_notebook(
        str(notebook), "out.ipynb", {"round_id": "2020"}, engine_name=engine, progress_bar=False
    )
    assert result(tmp_path / "out.ipynb") == repr(f"2020|{tmp_path}")


def test_a_missing_notebook_is_said_to_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), InProcessExecutor(tmp_path) as here:
        here.run(Job(tmp_path / "none.ipynb", tmp_path / "out.ipynb", PARAMETERS))


def test_a_card_of_the_example_is_the_same_from_both(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The report's own pages, charts and all, and not only cells made up for a test."""
    project = example.computed(tmp_path_factory, "both")
    parameters = {"round_id": "2020", "language": "zh", "unit": "130306", "disclosure": "internal"}
    copies = []
    with WarmKernel(project) as kernel:
        for name, given in (("process", None), ("kernel", kernel)):
            job = Job(ROOT / "notebooks" / "unit.ipynb", project / name / "unit.ipynb", parameters)
            execute(job, project, kernel=given)
            copies.append(job.output.read_bytes())
    assert copies[0] == copies[1]
