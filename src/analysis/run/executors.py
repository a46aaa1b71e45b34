"""Who executes the notebooks of a run: this process and others like it, or kernels."""

from __future__ import annotations

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from jupyter_core.utils import ensure_event_loop

from analysis.run.engine import Job, NotebookFailedError, execute
from analysis.run.engines import IN_PROCESS, KERNEL
from analysis.run.kept_steps import Reads, noting
from analysis.run.workers import FORKED, WorkerDiedError, Workers

if TYPE_CHECKING:
    from analysis.run.kernels import WarmKernel

#: a wait without an end would not see Ctrl-C on Windows
_LOOK_UP: Final = 0.2


class Executor(ABC):
    """Executes notebooks, one after the other or several at once; ends with its context, whatever it is doing.

    Attributes:
        noted: whether it can be noted what a notebook reads.
    """

    noted: bool

    def __init__(self, folder: Path) -> None:
        """Execute in `folder`, the project's."""
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(  # noqa: B027 - some have nothing to end
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is running."""

    @abstractmethod
    def run(self, job: Job) -> None:
        """Execute a notebook and wait for it.

        Raises:
            NotebookFailedError: a cell raised or what runs it ended.
        """

    @abstractmethod
    @contextmanager
    def running(self, jobs: Sequence[Job], at_once: int) -> Iterator[Callable[[], list[Reads | None]]]:
        """Execute notebooks, several at once, and give what waits for them and returns what each read.

        Args:
            jobs: the notebooks.
            at_once: how many.

        Raises:
            NotebookFailedError: from what waits: one failed; the others are not waited for.
        """


class InProcessExecutor(Executor):
    """This process executes one notebook after the other; several at once, processes like it do."""

    noted = True

    def __init__(self, folder: Path, method: str = FORKED) -> None:
        """Execute in `folder`; `method` is how other processes start."""
        super().__init__(folder)
        self._method = method

    def run(self, job: Job) -> None:
        """Execute a notebook here."""
        execute(job, self._folder)

    @contextmanager
    def running(self, jobs: Sequence[Job], at_once: int) -> Iterator[Callable[[], list[Reads | None]]]:
        """Execute notebooks in processes of their own."""
        with Workers(partial(_execute_noting, self._folder), jobs, at_once, self._method) as workers:

            def finish() -> list[Reads | None]:
                try:
                    return list(workers.results())
                except WorkerDiedError as died:
                    undone = next(job for job in jobs if not job.output.exists())
                    raise NotebookFailedError(undone.output.stem, "", "the process ended") from died

            yield finish


def _execute_noting(folder: Path, job: Job) -> Reads:
    with noting() as reads:
        execute(job, folder)
    return reads


class KernelExecutor(Executor):
    """Warm kernels, each in its own thread, taking notebooks from one queue; starts with one kernel.

    Leaving it by an error or by Ctrl-C ends every kernel at once; nothing it started outlives it.
    """

    noted = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._waiting: queue.SimpleQueue[tuple[Job, Future[None]] | None] = queue.SimpleQueue()
        self._kernels: list[WarmKernel] = []
        self._threads: list[threading.Thread] = []
        self._aborted = threading.Event()

    def __enter__(self) -> Self:
        self._grow_to(1)
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
        for thread, kernel in zip(self._threads, self._kernels, strict=True):
            while thread.is_alive():
                # one that was about to start has its process only now
                if kind is not None:
                    kernel.kill()
                thread.join(_LOOK_UP)

    def run(self, job: Job) -> None:
        """Execute a notebook in a kernel."""
        self._wait_for([self._submit(job)])

    @contextmanager
    def running(self, jobs: Sequence[Job], at_once: int) -> Iterator[Callable[[], list[Reads | None]]]:
        """Execute notebooks in as many kernels."""
        self._grow_to(min(at_once, len(jobs)))
        futures = [self._submit(job) for job in jobs]

        def finish() -> list[Reads | None]:
            self._wait_for(futures)
            return [None] * len(futures)

        yield finish

    def _grow_to(self, kernels: int) -> None:
        from analysis.run.kernels import WarmKernel  # noqa: PLC0415 — who needs none does not wait for it

        while len(self._threads) < kernels:
            kernel = WarmKernel(self._folder)
            thread = threading.Thread(target=self._work, args=(kernel,), name=f"kernel-{len(self._threads)}")
            self._kernels.append(kernel)
            self._threads.append(thread)
            thread.start()

    def _submit(self, job: Job) -> Future[None]:
        future: Future[None] = Future()
        self._waiting.put((job, future))
        return future

    @staticmethod
    def _wait_for(futures: Sequence[Future[None]]) -> None:
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
                    execute(job, self._folder, kernel=kernel)
                except BaseException as error:  # handed to the thread that waits for it
                    future.set_exception(error)
                else:
                    future.set_result(None)
        ensure_event_loop().close()


EXECUTORS: Final[dict[str, type[Executor]]] = {IN_PROCESS: InProcessExecutor, KERNEL: KernelExecutor}
