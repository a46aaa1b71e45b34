"""One at a time: a file that a process holds while it works on the folder beside it.

The system lets go of it when the process ends, however it ends. A folder in the network that knows no locks gets a file
that exists while the folder is held; what a process that is gone has left of it is recognised. The file says which
process holds it and since when, and nothing of a person or a machine's name.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

#: what the system says where somebody else holds the file; anything else means that it knows no locks there
_HELD: Final = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL})
#: nobody computes for so long: what is older was left by a process of another machine that is gone
_STALE: Final = dt.timedelta(hours=12)


class HeldError(Exception):
    """Another process holds the file.

    Attributes:
        process: its number; 0 where it has not said.
        since: when it began, `2026-03-01 09:30`; empty where it has not said.
    """

    def __init__(self, process: int, since: str) -> None:
        self.process = process
        self.since = since
        super().__init__(process, since)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file for a while.

    Raises:
        HeldError: another process holds it.
        OSError: the file cannot be made or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        try:
            _lock(handle)
        except OSError as refused:
            if refused.errno in _NO_LOCKS:
                with _by_existing(path.with_name(f"{path.name}.held")):
                    yield
                return
            if refused.errno not in _HELD:
                raise
            raise HeldError(*_holder(path)) from refused
        os.ftruncate(handle, 0)
        os.write(handle, _note())
        yield
    finally:
        os.close(handle)


@contextmanager
def _by_existing(path: Path) -> Iterator[None]:
    """Hold a folder that knows no locks by a file that only one can make."""
    if path.exists() and _left_behind(path):
        path.unlink(missing_ok=True)
    try:
        with path.open("xb") as file:
            file.write(_note())
    except FileExistsError as other:
        raise HeldError(*_holder(path)) from other
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _left_behind(path: Path) -> bool:
    """Return whether who made the file is gone: a process of this machine that has ended, or one from long ago."""
    process, since = _holder(path)
    note = _read(path)
    if note.get("machine") == _machine() and process and sys.platform != "win32":
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False
    began = dt.datetime.fromisoformat(since) if since else dt.datetime.fromtimestamp(path.stat().st_mtime)
    return dt.datetime.now() - began > _STALE


def _note() -> bytes:
    note = {"process": os.getpid(), "since": f"{dt.datetime.now():%Y-%m-%d %H:%M}", "machine": _machine()}
    return json.dumps(note).encode("ascii")


def _machine() -> str:
    """Return what tells machines apart without saying which it is: names of machines are often those of persons."""
    return hashlib.sha256(str(uuid.getnode()).encode("ascii")).hexdigest()[:12]


def _read(path: Path) -> dict[str, object]:
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError):
        # it was let go of meanwhile, or its holder has not said anything yet
        return {}
    return note if isinstance(note, dict) else {}


def _holder(path: Path) -> tuple[int, str]:
    note = _read(path)
    process, since = note.get("process"), note.get("since")
    return process if isinstance(process, int) else 0, since if isinstance(since, str) else ""


if sys.platform == "win32":
    import msvcrt

    #: a byte behind the note: what is locked there nobody else can read
    _BYTE: Final = 1 << 20

    def _lock(handle: int) -> None:
        os.lseek(handle, _BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
