"""Executed notebooks: papermill does the parameters and the executed copy, one of two engines runs the cells.

`assess` runs them in this process, one notebook after another, each in isolation: nothing starts, nothing is imported
twice. `assess-warm` runs them in a kernel that stays for the next notebook; it is the measure `assess` is held to, and
the way out where a notebook must not share a process with the program. Both executed copies are the same, byte for
byte; they hold no clock time and no path of this machine.
"""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import nbformat

if TYPE_CHECKING:
    from analysis.run.kernels import WarmKernel

ENGINE: Final = "assess"
WARM_ENGINE: Final = "assess-warm"
#: tag papermill gives the cell it writes the parameters into; here also its id, which papermill draws by lot
INJECTED: Final = "injected-parameters"

_ERROR_MARK: Final = "papermill-error-cell-tag"
_HEADING: Final = re.compile(r"^#+\s*(.+)$", re.MULTILINE)


class NotebookFailedError(Exception):
    """A cell of a notebook raised; the partial notebook stands where the executed one should.

    Attributes:
        notebook: name of the notebook, `5_report`.
        section: heading above the cell that failed; empty before the first heading.
        error: the exception of the cell; its traceback is in the chained one.
    """

    def __init__(self, notebook: str, section: str, error: str) -> None:
        self.notebook = notebook
        self.section = section
        self.error = error
        super().__init__(notebook, section, error)

    def __str__(self) -> str:
        return " › ".join(part for part in (self.notebook, self.section, self.error) if part)


@dataclass(frozen=True)
class Job:
    """One notebook to execute, where to, and with which parameters."""

    notebook: Path
    output: Path
    parameters: Mapping[str, str]


class _Engine(ABC):
    """What the engines share: the executed copy is written once, without clock and paths."""

    # papermill loads this module while it is being imported itself, so nothing of it can be imported above

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        *,
        output_path: str | None = None,
        log_output: bool = False,
        execution_timeout: int | None = None,
        **given: Any,
    ) -> Any:
        """Execute a notebook as papermill's own engines do and return it."""
        from papermill.engines import NotebookExecutionManager  # noqa: PLC0415

        for cell in nb.cells:
            if INJECTED in cell.metadata.get("tags", []):
                cell["id"] = INJECTED
        # without a path: writing everything again before and after every cell took longer than many a cell
        manager = NotebookExecutionManager(nb, None, log_output=log_output, progress_bar=False)
        manager.notebook_start()
        ended = False
        try:
            cls.run(manager, execution_timeout or None, given)
            ended = True
        finally:
            manager.notebook_complete()
            _forget_clock_and_paths(manager.nb)
            if not ended:
                # one that ends, be it with an error of a cell, papermill writes itself
                manager.output_path = output_path
                manager.save()
        return manager.nb

    @classmethod
    @abstractmethod
    def run(cls, manager: Any, timeout: int | None, given: Mapping[str, Any]) -> None:
        """Run the cells of a manager's notebook up to the first that raises."""

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the kernel a notebook names."""
        from papermill.utils import nb_kernel_name  # noqa: PLC0415

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the programming language a notebook names."""
        from papermill.utils import nb_language  # noqa: PLC0415

        return str(nb_language(nb, language))


class InProcessEngine(_Engine):
    """papermill's engine of the name `assess`; takes the working directory as `folder=`, else stays where it is."""

    @classmethod
    def run(cls, manager: Any, timeout: int | None, given: Mapping[str, Any]) -> None:
        """Run the cells in this process."""
        from analysis.run import in_process  # noqa: PLC0415

        in_process.execute(manager, given.get("folder") or Path.cwd(), timeout=timeout)


class WarmKernelEngine(_Engine):
    """papermill's engine of the name `assess-warm`; takes the kernel to use as `kernel=`, else starts one."""

    @classmethod
    def run(cls, manager: Any, timeout: int | None, given: Mapping[str, Any]) -> None:
        """Run the cells in a kernel."""
        from analysis.run.kernels import WarmKernel  # noqa: PLC0415

        if kernel := given.get("kernel"):
            kernel.execute(manager, timeout=timeout)
            return
        with WarmKernel(Path.cwd()) as own:
            own.execute(manager, timeout=timeout)


def _forget_clock_and_paths(nb: Any) -> None:
    """Leave nothing in an executed notebook that differs from run to run or names a folder of this machine."""
    for cell in nb.cells:
        state = cell.metadata.pop("papermill", {})
        if state.get("exception"):
            cell.metadata["papermill"] = {"exception": True, "status": state.get("status")}
    kept = nb.metadata.papermill
    for clock in ("start_time", "end_time", "duration"):
        kept.pop(clock, None)
    for path in ("input_path", "output_path"):
        kept[path] = Path(kept[path]).name if kept.get(path) else None


def execute(job: Job, folder: Path, *, kernel: WarmKernel | None = None, timeout: int | None = None) -> None:
    """Execute a notebook with its parameters.

    Args:
        job: the notebook, its parameters, and where the executed copy goes.
        folder: the working directory of the cells.
        kernel: the kernel that runs them; left out, this process does.
        timeout: seconds a cell may take.

    Raises:
        NotebookFailedError: a cell raised, took too long or ended the kernel; the partial notebook stands at the place
            of the executed one.
    """
    import papermill  # noqa: PLC0415
    from papermill.engines import papermill_engines  # noqa: PLC0415

    engine, runs = (WARM_ENGINE, WarmKernelEngine) if kernel else (ENGINE, InProcessEngine)
    papermill_engines.register(engine, runs)
    output = job.output
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(
            _literal(job.notebook),
            _literal(output),
            parameters=dict(job.parameters),
            engine_name=engine,
            progress_bar=False,
            kernel=kernel,
            folder=folder,
            execution_timeout=timeout,
        )
    except papermill.PapermillExecutionError as failed:
        error = f"{failed.ename}: {failed.evalue}"
        raise NotebookFailedError(output.stem, _section(output, failed.cell_index), error) from failed
    except (RuntimeError, TimeoutError) as ended:
        raise NotebookFailedError(output.stem, "", f"{type(ended).__name__}: {ended}") from ended


def _literal(path: Path) -> str:
    """Return a path in which papermill finds no places to fill."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _section(partial: Path, failed_cell: int) -> str:
    """Return the last heading above the cell that failed."""
    cells = nbformat.v4.reads(partial.read_text(encoding="utf-8")).cells  # type: ignore[no-untyped-call]
    written = [cell for cell in cells if _ERROR_MARK not in cell.metadata.get("tags", [])]
    headings = [
        match[1]
        for cell in written[:failed_cell]
        if cell.cell_type == "markdown" and (match := _HEADING.search(cell.source))
    ]
    return headings[-1] if headings else ""


_usual_hook: Final = sys.excepthook


def _say_refusals_alone(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print of a notebook that was refused the sentence alone, of any other end what Python prints."""
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415 — see above

    # a refusal is its own traceback (`QuestionError`); papermill would put the frames of its own code before it
    if isinstance(error, PapermillExecutionError) and error.traceback == [error.evalue]:
        print(error.evalue, file=sys.stderr)
    else:
        _usual_hook(kind, error, trace)


# plain papermill loads this module with all engines, whichever it uses, and nothing else of ours
sys.excepthook = _say_refusals_alone
