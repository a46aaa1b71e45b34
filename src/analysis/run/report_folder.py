"""An edition's folder while it is made: beside the one it will replace, swapped in when it is whole.

A round has several editions: the internal one in the round's language in `<round>`, others in folders within it
(`<round>/own`, `<round>/en`, `<round>/en/grades`). Publishing one replaces its own files and takes the editions in
folders of its own over as they stand.
"""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from analysis.rounds.levels import INTERNAL, LEVELS
from analysis.words import LANGUAGES

LOG: Final = "run.log"
#: names of the folders of a round that are editions of their own
EDITIONS: Final = (*LANGUAGES, *(level for level in LEVELS if level != INTERNAL))
_OLD: Final = ".old"


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


@dataclass(frozen=True)
class Place:
    """Where an edition of a round stands: `<round>` and the folders within it that name language and level.

    Attributes:
        round_id: the round's name.
        within: names of the folders within the round's; none for the internal edition in the round's language.
    """

    round_id: str
    within: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The edition in one word, for the names of folders beside: `2020`, `2020.en.own`."""
        return ".".join((self.round_id, *self.within))

    def below(self, reports: Path) -> Path:
        """Return the edition's folder."""
        return reports.joinpath(self.round_id, *self.within)


def place_of(round_id: str, language: str, level: str, *, of_round: str) -> Place:
    """Return where an edition stands.

    Args:
        round_id: the round's name.
        language: of the edition.
        level: its disclosure level.
        of_round: the language of the round.
    """
    within = (language if language != of_round else "", level if level != INTERNAL else "")
    return Place(round_id, tuple(part for part in within if part))


class EditionFolder:
    """An edition in the making, in `.<edition>.building` beside the folders of the rounds.

    Entering it clears away what interrupted runs of the round have left. Leaving it by an error keeps the notebooks
    and a log in `<edition>.failed` and raises `RunFailedError`; a refusal or Ctrl-C keeps nothing. The last good
    edition stays until `publish`.
    """

    def __init__(self, reports: Path, place: Place) -> None:
        self.folder = reports / f".{place.name}.building"
        self.notebooks = self.folder / "notebooks"
        self.final = place.below(reports)
        self._reports = reports
        self._round = place.round_id
        self._aside = reports / f".{place.name}{_OLD}"
        self._failed = reports / f"{place.name}.failed"

    def __enter__(self) -> Self:
        recover(self._reports, self._round)
        if self._failed.exists():
            shutil.rmtree(self._failed)
        self.notebooks.mkdir(parents=True)
        return self

    def without_notebooks(self) -> None:
        """Take the executed notebooks out of the edition: they hold more than it may show."""
        shutil.rmtree(self.notebooks)

    def publish(self) -> None:
        """Put the finished edition in the place of the last one.

        Raises:
            ReportInUseError: a file of the last one is open elsewhere; it stays.
        """
        self.final.parent.mkdir(parents=True, exist_ok=True)
        steps = [(self.folder, self.final)]
        if self.final.exists():
            within = [name for name in EDITIONS if (self.final / name).is_dir()]
            taken_over = [(self._aside / name, self.final / name) for name in within]
            steps = [(self.final, self._aside), *steps, *taken_over]
        done: list[tuple[Path, Path]] = []
        try:
            for source, target in steps:
                source.rename(target)
                done.append((source, target))
        except PermissionError as held:
            for source, target in reversed(done):
                target.rename(source)
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


def recover(reports: Path, round_id: str) -> None:
    """Clear away what interrupted runs of a round have left; what `publish` had put aside stands again.

    A run that is killed within `publish` leaves the last edition aside, with the editions in its folders or without.
    """
    for aside in sorted(reports.glob(f".{round_id}{_OLD}")) + sorted(reports.glob(f".{round_id}.*{_OLD}")):
        final = reports.joinpath(*aside.name.removesuffix(_OLD).removeprefix(".").split("."))
        if not final.exists():
            final.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(final)
            continue
        for name in EDITIONS:
            if (aside / name).is_dir() and not (final / name).exists():
                (aside / name).rename(final / name)
        shutil.rmtree(aside)
    for half in [*reports.glob(f".{round_id}.building"), *reports.glob(f".{round_id}.*.building")]:
        shutil.rmtree(half)


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
