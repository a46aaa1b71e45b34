"""The report's folder while it is made: beside the one it will replace, swapped in when it is whole."""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

LOG: Final = "run.log"


class RefusedError(Exception):
    """A run ends for a reason that is the user's to mend and is told in its own sentence."""


class RoundBusyError(RefusedError):
    """Another process computes the same round."""


class ReportInUseError(RefusedError):
    """The old report cannot be replaced because a file of it is open in another program."""


class RunFailedError(Exception):
    """The run ended before the report was whole; the cause is chained.

    Attributes:
        folder: where the log and the executed and partial notebooks are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(folder.name)


class Building:
    """A report in the making, in `.<round>.building` beside `<round>`.

    Entering it clears away what an interrupted run has left. Leaving it by an error keeps the notebooks and a log
    in `<round>.failed` and raises `RunFailedError`; a refusal or Ctrl-C keeps nothing. The last good report stays
    until `publish`.
    """

    def __init__(self, reports: Path, round_id: str) -> None:
        self.folder = reports / f".{round_id}.building"
        self.notebooks = self.folder / "notebooks"
        self.final = reports / round_id
        self._aside = reports / f".{round_id}.old"
        self._failed = reports / f"{round_id}.failed"

    def __enter__(self) -> Self:
        if self._aside.exists() and not self.final.exists():
            # the run before ended between the two renames of `publish`
            self._aside.rename(self.final)
        for leftover in (self._aside, self.folder, self._failed):
            if leftover.exists():
                shutil.rmtree(leftover)
        self.notebooks.mkdir(parents=True)
        return self

    def publish(self) -> None:
        """Put the finished report in the place of the last one.

        Raises:
            ReportInUseError: a file of the last one is open elsewhere; it stays.
        """
        try:
            if self.final.exists():
                self.final.rename(self._aside)
            self.folder.rename(self.final)
        except PermissionError as held:
            if self._aside.exists():
                self._aside.rename(self.final)
            raise ReportInUseError(self.final) from held
        shutil.rmtree(self._aside, ignore_errors=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, Exception) and not isinstance(error, RefusedError):
                self._keep(error)
                raise RunFailedError(self._failed) from error
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _keep(self, error: Exception) -> None:
        if self.notebooks.exists():
            self.notebooks.rename(self._failed)
        self._failed.mkdir(exist_ok=True)
        log = "".join(traceback.format_exception(error))
        (self._failed / LOG).write_text(log, encoding="utf-8", newline="\n")


@contextmanager
def one_run_at_a_time(processed: Path, round_id: str) -> Iterator[None]:
    """Hold a round while it is computed; the system lets go of it when the process ends, however it ends.

    Args:
        processed: the folder `data/processed`, where two runs of a round would meet.
        round_id: the round's name.

    Raises:
        RoundBusyError: another process holds it.
    """
    processed.mkdir(parents=True, exist_ok=True)
    with (processed / f".{round_id}.lock").open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError as held:
            raise RoundBusyError(round_id) from held
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
