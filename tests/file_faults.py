"""A process that is killed, or refused by the machine, at a chosen step of its work with files.

Python tells an audit hook of every file operation before it is done. In a forked process a hook counts those below a
folder and at the chosen one ends the process as a power failure would (nothing is tidied), or has the operation fail.
"""

from __future__ import annotations

import errno
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

#: what changes something on the disk
_CHANGES: Final = frozenset({"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"})
_WRITES: Final = os.O_WRONLY | os.O_RDWR
KILLED: Final = 9

Fault = Callable[[str], BaseException]


def disk(name: str) -> Fault:
    """Return what makes the error of a name (`ENOSPC`) for a path."""
    number = getattr(errno, name)
    return lambda path: OSError(number, os.strerror(number), path)


@dataclass(frozen=True)
class Ended:
    """How the work of the process ended.

    Attributes:
        steps: how many operations there were, the refused one included; 0 where the process was killed.
        result: what the work returned; the traceback where it raised.
        raised: whether it raised.
        killed: whether the process was killed.
    """

    steps: int
    result: Any
    raised: bool = False
    killed: bool = False


def carried_out(work: Callable[[], Any], folder: Path, at: int = 0, fault: Fault | None = None) -> Ended:
    """Do work in a forked process.

    Args:
        work: what is done; what it returns travels.
        folder: operations below it are steps.
        at: number of the step at which something happens, from 1; 0 for none.
        fault: what the step ends with; None kills the process before it.
    """
    receives, sends = os.pipe()
    process = os.fork()
    if not process:
        os.close(receives)
        _as_child(work, folder, at, fault, sends)
    os.close(sends)
    with os.fdopen(receives, "rb") as told:
        content = told.read()
    _process, status = os.waitpid(process, 0)
    if os.waitstatus_to_exitcode(status) == KILLED:
        return Ended(0, None, killed=True)
    ended: Ended = pickle.loads(content)
    return ended


def _as_child(work: Callable[[], Any], folder: Path, at: int, fault: Fault | None, sends: int) -> None:
    below, steps, watching = f"{folder}{os.sep}", 0, True

    def hook(event: str, given: tuple[Any, ...]) -> None:
        nonlocal steps
        if not watching or not _changes(event, given):
            return
        path = os.fsdecode(given[0]) if isinstance(given[0], str | bytes | os.PathLike) else ""
        # what is removed by the folder it stands in is named without it
        if not path.startswith(below) and Path(path).is_absolute():
            return
        steps += 1
        if steps == at:
            if fault is None:
                os._exit(KILLED)
            raise fault(path)

    sys.addaudithook(hook)
    try:
        result = work()
        ended = Ended(steps, result)
    except BaseException:  # told to the process that waits
        ended = Ended(steps, traceback.format_exc(), raised=True)
    watching = False
    with os.fdopen(sends, "wb") as telling:
        telling.write(pickle.dumps(ended))
    os._exit(0)


def _changes(event: str, given: tuple[Any, ...]) -> bool:
    if event == "open":
        _path, _mode, flags = given
        return isinstance(flags, int) and bool(flags & _WRITES)
    return event in _CHANGES
