"""What a machine can refuse: space, rights, memory, a file that vanished, a folder that cannot be renamed.

None of it is about the data. Most of it is found out before the work begins (`ready`); what comes later is told from
the error it ended with (`trouble_of`).
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.run.engine import NotebookFailedError
from analysis.run.report_folder import RefusedError
from analysis.run.workers import WorkerDiedError
from analysis.words import Words
from analysis.words.formats import number

_KINDS: Final = {
    "full": ("ENOSPC", "EDQUOT", "EFBIG"),
    "read_only": ("EROFS",),
    "no_rights": ("EACCES", "EPERM"),
    "gone": ("ENOENT", "ESTALE", "ENOTDIR", "ENXIO", "ENODEV"),
    "in_use": ("EBUSY", "ETXTBSY"),
    "no_rename": ("EXDEV",),
    "memory": ("ENOMEM",),
    "many_files": ("EMFILE", "ENFILE"),
}
_KIND_OF: Final = {
    getattr(errno, name): kind for kind, names in _KINDS.items() for name in names if hasattr(errno, name)
}
#: how a cell of a notebook says it
_NO_MEMORY: Final = frozenset({"MemoryError", "_ArrayMemoryError"})
#: codes of Windows: a file that another program has open, a part of it that is locked
_IN_USE_WINDOWS: Final = frozenset({32, 33})
#: bytes a round needs beside what its last edition took: frames, notebooks, pages of a first edition
_LEAST: Final = 100 * 1024 * 1024
_MEGABYTE: Final = 1024 * 1024
#: an edition is made while the last one stands, and kept once more for the next run
_TIMES: Final = 2


@dataclass(frozen=True)
class Trouble:
    """What the machine refused.

    Attributes:
        kind: `full`, `read_only`, `no_rights`, `gone`, `in_use`, `no_rename`, `memory`, `many_files`, `ended` (a
            process was ended by the system) or `other`.
        place: the file or folder, where the system names one.
        reason: what the system says.
    """

    kind: str
    place: str = ""
    reason: str = ""

    def sentence(self, said: Words) -> str:
        """Return the trouble with the remedy, without the end of a sentence."""
        place = self.place or said.label("cli.machine.somewhere")
        return said(f"cli.machine.{self.kind}", place=place, reason=self.reason).plain


@dataclass(frozen=True)
class LittleSpace:
    """Less free space than the work needs.

    Attributes:
        folder: where.
        free: bytes that are free.
        needed: bytes that are needed.
    """

    folder: Path
    free: int
    needed: int

    def sentence(self, said: Words) -> str:
        """Return the trouble with folder and amounts, without the end of a sentence."""
        amounts = {"free": number(self.free // _MEGABYTE), "needed": number(-(-self.needed // _MEGABYTE))}
        return said("cli.machine.little_space", place=str(self.folder), **amounts).plain


class NotReadyError(RefusedError):
    """The machine would refuse the work; nothing was begun.

    Attributes:
        trouble: what it would refuse.
    """

    def __init__(self, trouble: Trouble | LittleSpace) -> None:
        self.trouble = trouble
        super().__init__(trouble)


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what the machine refused, if that is why something failed; None where it is not."""
    while error is not None:
        each, error = error, error.__cause__
        if isinstance(each, WorkerDiedError):
            return Trouble("ended")
        of_cell = each.error.partition(":")[0] if isinstance(each, NotebookFailedError) else ""
        if isinstance(each, MemoryError) or of_cell in _NO_MEMORY:
            return Trouble("memory")
        if isinstance(each, OSError) and (each.errno is not None or each.filename is not None):
            kind = _KIND_OF.get(each.errno or 0, "other")
            if getattr(each, "winerror", None) in _IN_USE_WINDOWS:
                kind = "in_use"
            place = os.fspath(each.filename) if isinstance(each.filename, str | os.PathLike) else ""
            return Trouble(kind, str(place), each.strerror or type(each).__name__)
    return None


def ready(folders: tuple[Path, ...], last: Path) -> None:
    """Try what the work will ask of the machine: make a folder and a file, rename them, delete them, find space.

    Args:
        folders: where will be written.
        last: folder of the last edition, whose size tells how much.

    Raises:
        NotReadyError: one of it is refused, or there is not space enough.
    """
    needed = _LEAST + _TIMES * sum(path.stat().st_size for path in last.rglob("*") if path.is_file())
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _try(folder)
        except OSError as refused:
            trouble = trouble_of(refused)
            if trouble is None:
                raise
            raise NotReadyError(Trouble(trouble.kind, str(folder), trouble.reason)) from refused
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise NotReadyError(LittleSpace(folder, free, needed))


def _try(folder: Path) -> None:
    probe = Path(tempfile.mkdtemp(prefix=".trying-", dir=folder))
    try:
        (probe / "file").write_bytes(b"0")
        renamed = probe.with_name(f"{probe.name}-renamed")
        try:
            probe.rename(renamed)
        except OSError as refused:
            # a folder one may write into but not rename in: as good as another file system
            raise OSError(errno.EXDEV, refused.strerror, str(folder)) from refused
        probe = renamed
    finally:
        shutil.rmtree(probe, ignore_errors=True)
