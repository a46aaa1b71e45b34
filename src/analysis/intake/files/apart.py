"""Files are read in a process of their own: what one does to it costs a sentence.

The process is forked, so that what is imported is there at once, reads one file after the other and ends with its
owner. Where processes cannot be forked safely (all but Linux) files are read in this process; then a file's exceptions
are still told of that file, and only time and memory are without a limit.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import weakref
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NamedTuple

from analysis.intake.files.sheets import Book, UnusableFileError

FORKS: Final = sys.platform == "linux"
#: bytes of memory a file may take while it is read, seconds it may take, cells it may have
MEMORY: Final = 3 * 2**30
SECONDS: Final = 300.0
CELLS: Final = 40_000_000
TOO_MUCH: Final = "file_too_much"
ABORTED: Final = "file_aborted"

Read = Callable[..., Book]


class _Told(NamedTuple):
    """What came of a file: its sheets, or the check that says why there are none, with the parts of its sentence."""

    book: Book | None
    check: str = ""
    details: tuple[tuple[str, str], ...] = ()


class Reader:
    """Reads files, each within limits.

    Args:
        read: what reads one; its arguments are passed on as they are.
        seconds: how long it may take.
        memory: bytes it may take.
    """

    def __init__(self, read: Read, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._read, self._seconds, self._memory = read, seconds, memory
        self._ends: Connection | None = None
        self._end: Callable[[], Any] = lambda: None

    def book(self, *task: Any) -> Book:
        """Return a file.

        Raises:
            UnusableFileError: what the function raises; `file_too_much` where a limit is met, `file_aborted` where
                reading failed in any other way.
        """
        told = self._asked(task) if FORKS else _outcome(self._read, task)
        if told.book is None:
            raise UnusableFileError(told.check, **dict(told.details))
        return told.book

    def close(self) -> None:
        """End the process; the next file starts another."""
        self._end()
        self._ends = None

    def _asked(self, task: tuple[Any, ...]) -> _Told:
        ends = self._ends or self._started()
        try:
            ends.send(task)
            if not ends.poll(self._seconds):
                self.close()
                return _Told(None, TOO_MUCH, (("limit", "seconds"),))
            told: _Told = ends.recv()
        except (EOFError, OSError):
            # the system or a library ended the process
            self.close()
            return _Told(None, ABORTED, (("reason", "killed"),))
        return told

    def _started(self) -> Connection:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(self._read, theirs, ours, self._memory), daemon=True)
        process.start()
        theirs.close()
        # also where the owner is forgotten, or its process ends
        self._end = weakref.finalize(self, _ended, process, ours, os.getpid())
        self._ends = ours
        return ours


def _ended(process: Any, ours: Connection, owner: int) -> None:
    ours.close()
    # a process forked from the owner has the same object, but not the child
    if os.getpid() == owner:
        process.kill()
        process.join()


def _serve(read: Read, ends: Connection, theirs: Connection, memory: int) -> None:
    """Read what is asked for until the other end is closed."""
    theirs.close()
    _limit_memory(memory)
    try:
        while True:
            told = _outcome(read, ends.recv())
            try:
                ends.send(told)
            except MemoryError:
                ends.send(_Told(None, TOO_MUCH, (("limit", "memory"),)))
    except (EOFError, OSError, KeyboardInterrupt):
        # whoever asked is gone, or is ending
        pass
    finally:
        os._exit(0)


def _limit_memory(more: int) -> None:
    """Let this process have so many bytes of addresses more than it has."""
    import resource  # noqa: PLC0415 — not on every system

    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = now + more if hard == resource.RLIM_INFINITY else min(now + more, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _outcome(read: Read, task: tuple[Any, ...]) -> _Told:
    try:
        book = read(*task)
        if sum(len(row) for sheet in book.sheets.values() for row in sheet.rows) > CELLS:
            return _Told(None, TOO_MUCH, (("limit", "cells"),))
        return _Told(book)
    except UnusableFileError as error:
        return _Told(None, error.check, tuple(error.details.items()))
    except MemoryError:
        return _Told(None, TOO_MUCH, (("limit", "memory"),))
    except Exception as error:  # whatever a library makes of a file nobody thought of is told of that file
        return _Told(None, ABORTED, (("reason", type(error).__name__),))
