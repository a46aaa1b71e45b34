"""Executed notebooks from warm kernels: a kernel starts and imports once, then runs one notebook after another.

papermill does the parameters and the executed copy; what differs from its own engine is that the kernel stays
for the next notebook (with an empty namespace), that it is certainly *this* interpreter, whatever kernels the
user has registered, and that the executed copy holds no clock time and no path of this machine.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, ensure_event_loop, run_sync

ENGINE: Final = "assess-warm"
#: tag papermill gives the cell it writes the parameters into; here also its id, which papermill draws by lot
INJECTED: Final = "injected-parameters"
KERNEL: Final = "python3"

#: what goes wrong is raised; a second message on the console would only confuse
_LOG: Final = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())

_EMPTY_NAMESPACE: Final = "get_ipython().reset(new_session=True)"
#: without it every kernel warns about listening on TCP
_QUIET: Final = ["--IPKernelApp.log_level=40"]
_START_TIMEOUT: Final = 120
#: seconds to wait for the outputs of a cell that has ended: on a busy machine nbclient's four are too few
_OUTPUT_TIMEOUT: Final = 60
_RESET_TIMEOUT: Final = 60
#: a wait without an end would not see Ctrl-C on Windows
_LOOK_UP: Final = 0.2
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
        super().__init__(" › ".join(part for part in (notebook, section, error) if part))


class _ThisInterpreter(KernelSpecManager):
    """Knows one kernel: ipykernel under the interpreter that is running now."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of this interpreter under any name."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name=kernel_name, language="python")


class WarmKernel:
    """A kernel kept for several notebooks; use it in the thread that made it (`kill` excepted).

    Args:
        folder: working directory of the kernel, the project folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manager: AsyncKernelManager | None = None
        self._client: Any = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._killed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    def execute(self, nb_man: Any, *, timeout: int | None = None) -> None:
        """Run all cells of a papermill execution manager's notebook, stopping at the first that raises.

        Raises:
            RuntimeError: the kernel died, was killed or did not start.
        """
        # papermill loads this module while it is being imported itself, so it cannot be imported above
        from papermill.clientwrap import PapermillNotebookClient  # noqa: PLC0415

        warm = self._client is not None
        if not warm:
            self._prepare()
        client = PapermillNotebookClient(
            nb_man,
            km=self._manager,
            kernel_name=KERNEL,
            timeout=timeout,
            startup_timeout=_START_TIMEOUT,
            iopub_timeout=_OUTPUT_TIMEOUT,
            extra_arguments=list(_QUIET),
            record_timing=False,
            on_notebook_start=self._refuse_if_killed,
            log=_LOG,
        )
        client.kc = self._client
        if warm:
            self._empty_namespace()
        self._refuse_if_killed()
        try:
            client.execute(cleanup_kc=False, cwd=str(self._folder), env=self._environment())
        finally:
            self._client = client.kc

    def _refuse_if_killed(self, **_notebook: object) -> None:
        """Stop where `kill` came before there was a process to end."""
        if self._killed.is_set():
            raise RuntimeError("the kernel was killed")

    def kill(self) -> None:
        """End the kernel's process at once, from any thread; a notebook running in it fails."""
        self._killed.set()
        provisioner = getattr(self._manager, "provisioner", None)
        process = getattr(provisioner, "process", None)
        if process is not None:
            process.kill()

    def shutdown(self) -> None:
        """Stop the kernel and remove its files; nothing happens where none runs."""
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        if self._manager is not None:
            run_sync(self._manager.shutdown_kernel)(now=True)
            self._manager = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _prepare(self) -> None:
        """Make a manager whose connection file and IPython profile lie in a folder of their own."""
        self._scratch = tempfile.TemporaryDirectory(prefix="assess-", ignore_cleanup_errors=True)
        self._manager = AsyncKernelManager(
            kernel_name=KERNEL,
            kernel_spec_manager=_ThisInterpreter(),
            connection_file=str(Path(self._scratch.name) / "kernel.json"),
        )

    def _environment(self) -> dict[str, str]:
        """Return the environment of the kernel: this package importable, no profile of the user."""
        package = str(Path(__file__).resolve().parents[2])
        given = [
            str(Path(part).resolve()) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part
        ]
        scratch = self._scratch.name if self._scratch else ""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(dict.fromkeys([package, *given])),
            "IPYTHONDIR": scratch,
        }

    def _empty_namespace(self) -> None:
        async def reset() -> None:
            await ensure_async(
                self._client.execute(
                    _EMPTY_NAMESPACE, silent=True, store_history=False, reply=True, timeout=_RESET_TIMEOUT
                )
            )

        run_sync(reset)()


class WarmKernelEngine:
    """papermill's engine of the name `assess-warm`; takes the kernel to use as `kernel=`, else starts one."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        *,
        output_path: str | None = None,
        log_output: bool = False,
        autosave_cell_every: int = 0,
        kernel: WarmKernel | None = None,
        execution_timeout: int | None = None,
        **_others: object,
    ) -> Any:
        """Execute a notebook as papermill's own engines do and return it."""
        from papermill.engines import NotebookExecutionManager  # noqa: PLC0415

        for cell in nb.cells:
            if INJECTED in cell.metadata.get("tags", []):
                cell["id"] = INJECTED
        manager = NotebookExecutionManager(
            nb,
            output_path,
            log_output=log_output,
            progress_bar=False,
            autosave_cell_every=autosave_cell_every,
        )
        manager.notebook_start()
        try:
            if kernel is not None:
                kernel.execute(manager, timeout=execution_timeout)
            else:
                with WarmKernel(Path.cwd()) as own:
                    own.execute(manager, timeout=execution_timeout)
        finally:
            manager.notebook_complete()
        _forget_clock_and_paths(manager.nb)
        return manager.nb

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


def execute(notebook: Path, output: Path, parameters: Mapping[str, str], kernel: WarmKernel) -> None:
    """Execute a notebook with parameters into `output`.

    Raises:
        NotebookFailedError: a cell raised or the kernel died; the partial notebook stands at `output` if a cell did.
    """
    import papermill  # noqa: PLC0415
    from papermill.engines import papermill_engines  # noqa: PLC0415

    papermill_engines.register(ENGINE, WarmKernelEngine)
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(
            _literal(notebook),
            _literal(output),
            parameters=dict(parameters),
            engine_name=ENGINE,
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel=kernel,
        )
    except papermill.PapermillExecutionError as failed:
        error = f"{failed.ename}: {failed.evalue}"
        raise NotebookFailedError(output.stem, _section(output, failed.cell_index), error) from failed
    except RuntimeError as died:
        raise NotebookFailedError(output.stem, "", f"{type(died).__name__}: {died}") from died


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


@dataclass(frozen=True)
class Job:
    """One notebook to execute, where to, and with which parameters."""

    notebook: Path
    output: Path
    parameters: Mapping[str, str]


class KernelPool:
    """Warm kernels, each in its own thread, taking notebooks from one queue; starts with one kernel.

    Leaving it by an error or by Ctrl-C ends every kernel at once; nothing it started outlives it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: queue.SimpleQueue[tuple[Job, Future[None]] | None] = queue.SimpleQueue()
        self._kernels: list[WarmKernel] = []
        self._threads: list[threading.Thread] = []
        self._aborted = threading.Event()

    def __enter__(self) -> Self:
        self.grow_to(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._aborted.set()
            for kernel in self._kernels:
                kernel.kill()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def grow_to(self, kernels: int) -> None:
        """Have at least so many kernels from now on."""
        while len(self._threads) < kernels:
            kernel = WarmKernel(self._folder)
            thread = threading.Thread(target=self._work, args=(kernel,), name=f"kernel-{len(self._threads)}")
            self._kernels.append(kernel)
            self._threads.append(thread)
            thread.start()

    def submit(self, job: Job) -> Future[None]:
        """Queue a notebook."""
        future: Future[None] = Future()
        self._waiting.put((job, future))
        return future

    def run(self, job: Job) -> None:
        """Execute a notebook and wait for it.

        Raises:
            NotebookFailedError: as `execute`.
        """
        self.wait_for([self.submit(job)])

    @staticmethod
    def wait_for(futures: Iterable[Future[None]]) -> None:
        """Wait until all are done.

        Raises:
            NotebookFailedError: one failed; the others are not waited for.
        """
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=_LOOK_UP, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()

    def _work(self, kernel: WarmKernel) -> None:
        with kernel:
            while (item := self._waiting.get()) is not None:
                job, future = item
                if self._aborted.is_set() or not future.set_running_or_notify_cancel():
                    continue
                try:
                    execute(job.notebook, job.output, job.parameters, kernel)
                except BaseException as error:  # handed to the thread that waits for it
                    future.set_exception(error)
                else:
                    future.set_result(None)
        ensure_event_loop().close()
