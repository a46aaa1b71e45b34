"""Processes that share a list of tasks: each takes the next one that nobody has taken.

What comes out does not depend on how many there are. They are forked where that is safe, so that what is imported and
read already is theirs at once; elsewhere they start anew.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: forked processes of macOS may not call the system's libraries, and Windows has none
FORKED: Final = "fork" if sys.platform == "linux" else "spawn"
#: a wait without an end would not see Ctrl-C on Windows
_LOOK_UP: Final = 0.2


class WorkerDiedError(Exception):
    """A process ended in the middle of a task."""


class Workers(Generic[T, R]):
    """Processes at work; as a context manager they end with it, at once where it is left by an error or Ctrl-C.

    Args:
        function: what is done with a task; of an importable module.
        tasks: what is to be done; both have to be picklable where processes are not forked.
        processes: how many work at once.
        method: how they start, `fork` or `spawn`.
    """

    def __init__(
        self, function: Callable[[T], R], tasks: Sequence[T], processes: int, method: str = FORKED
    ) -> None:
        context: Any = multiprocessing.get_context(method)
        self._context: BaseContext = context
        self._function, self._tasks = function, tasks
        self._processes = min(processes, len(tasks))
        self._started: dict[Any, BaseProcess] = {}

    def __enter__(self) -> Self:
        # kept: a process that starts anew looks for it by its name
        self._taken = self._context.Value("q", 0)
        # of this process, so that nothing stays of those that are ended at once
        self._scratch = tempfile.mkdtemp(prefix="assess-")
        try:
            self._start()
        except BaseException:
            # Ctrl-C may fall between two of them
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        for _ in range(self._processes):
            receives, sends = self._context.Pipe(duplex=False)
            process = self._context.Process(  # type: ignore[attr-defined]
                target=_work,
                args=(self._function, self._tasks, self._taken, sends, self._scratch),
                daemon=True,
            )
            process.start()
            sends.close()
            self._started[receives] = process

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for receives, process in self._started.items():
            process.kill()
            process.join()
            receives.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def results(self) -> list[R]:
        """Wait for all tasks and return what came of them, in their order.

        Raises:
            WorkerDiedError: a process ended in the middle of a task.
            Exception: what a task raised; the others are not waited for.
        """
        done: dict[int, R] = {}
        working: set[Any] = set(self._started)
        while working:
            ready: list[Any] = connection.wait(list(working), timeout=_LOOK_UP)
            for receives in ready:
                try:
                    message = receives.recv()
                except EOFError as died:
                    raise WorkerDiedError from died
                if message is None:
                    working.discard(receives)
                    continue
                number, result, error = message
                if error is not None:
                    raise error
                done[number] = result
        return [done[number] for number in range(len(self._tasks))]


def _work(function: Callable[[T], R], tasks: Sequence[T], taken: Any, sends: Any, scratch: str) -> None:
    """Do tasks until none is left; end without the tidying that belongs to the process this one was forked from."""
    tempfile.tempdir = scratch
    try:
        while True:
            with taken.get_lock():
                number, taken.value = taken.value, taken.value + 1
            if number >= len(tasks):
                sends.send(None)
                break
            sends.send((number, *_outcome(function, tasks[number])))
    except (KeyboardInterrupt, BrokenPipeError):
        # whoever started this one is ending, too
        pass
    finally:
        sends.close()
        os._exit(0)


def _outcome(function: Callable[[T], R], task: T) -> tuple[R | None, Exception | None]:
    try:
        return function(task), None
    except Exception as error:  # handed to the process that waits for it
        # what it was chained to does not travel
        error.add_note("".join(traceback.format_exception(error)))
        try:
            pickle.loads(pickle.dumps(error))
        except (
            Exception
        ):  # whatever its own class raises when it is written and read; what it says travels all the same
            return None, RuntimeError("".join(traceback.format_exception(error)))
        return None, error
