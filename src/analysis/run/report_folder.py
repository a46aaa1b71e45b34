"""An edition's folder while it is made: beside the one it will replace, swapped in when it is whole.

A round has several editions: the internal one in the round's language in `<round>`, others in folders within it
(`<round>/own`, `<round>/en`, `<round>/en/grades`). Publishing one replaces its own files and takes the editions in
folders of its own over as they stand: they are linked into the new folder before it takes the place of the old one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from analysis.results.holds import HeldError, held
from analysis.rounds.levels import INTERNAL, LEVELS
from analysis.run.folder_exchange import exchanged
from analysis.words import LANGUAGES

LOG: Final = "run.log"
#: names of the folders of a round that are editions of their own
EDITIONS: Final = (*LANGUAGES, *(level for level in LEVELS if level != INTERNAL))
_OLD: Final = ".old"


class RefusedError(Exception):
    """A run ends for a reason that is the user's to mend and is told in its own sentence."""


class RoundBusyError(RefusedError):
    """Another process computes the same round.

    Attributes:
        process: its number; 0 where it has not said.
        since: when it began; empty where it has not said.
    """

    def __init__(self, process: int, since: str) -> None:
        self.process = process
        self.since = since
        super().__init__(process, since)

    def told(self, round_id: str) -> tuple[str, dict[str, str]]:
        """Return the key of the sentence about a round under `cli.usage`, and what fills it."""
        if not self.process:
            return "busy_silent", {"round": round_id}
        return "busy", {"round": round_id, "process": str(self.process), "since": self.since}


class ReportInUseError(RefusedError):
    """The old report cannot be replaced because a file of it is open in another program."""


class RunFailedError(Exception):
    """The run ended before the report was whole; the cause is chained.

    Attributes:
        folder: where the log and the executed and partial notebooks are kept; None where they could not be.
        published: whether the report was whole and stands already.
    """

    def __init__(self, folder: Path | None, *, published: bool = False) -> None:
        self.folder = folder
        self.published = published
        super().__init__(folder.name if folder else "")


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
        self._published = False

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
        """Put the finished edition in the place of the last one, with the editions that stand in folders of it.

        Where the system can exchange two folders a reader finds the old report or the new one and nothing between.

        Raises:
            ReportInUseError: a file of the last one is open elsewhere; it stays.
        """
        self.final.parent.mkdir(parents=True, exist_ok=True)
        try:
            for name in EDITIONS:
                if (self.final / name).is_dir():
                    shutil.copytree(self.final / name, self.folder / name, copy_function=_link)
            if not self.final.exists():
                self.folder.rename(self.final)
            elif not exchanged(self.folder, self.final):
                self._in_two_steps()
        except PermissionError as held_open:
            raise ReportInUseError(self.final) from held_open
        self._published = True
        shutil.rmtree(self._aside, ignore_errors=True)

    def _in_two_steps(self) -> None:
        self.final.rename(self._aside)
        try:
            self.folder.rename(self.final)
        except OSError:
            self._aside.rename(self.final)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, Exception) and not isinstance(error, RefusedError):
                kept = self._failed if self._keep(error) else None
                raise RunFailedError(kept, published=self._published) from error
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _keep(self, error: Exception) -> bool:
        """Keep notebooks and log; return whether the machine that may be the reason allows it."""
        log = "".join(traceback.format_exception(error))
        try:
            # once published, what stands here is the last edition
            if self.notebooks.exists() and not self._published:
                self.notebooks.rename(self._failed)
            self._failed.mkdir(exist_ok=True)
            (self._failed / LOG).write_text(log, encoding="utf-8", newline="\n")
        except OSError:
            shutil.rmtree(self._failed, ignore_errors=True)
            return False
        return True


def recover(reports: Path, round_id: str) -> None:
    """Clear away what interrupted runs of a round have left; an edition that was put aside stands again."""
    for aside in sorted(reports.glob(f".{round_id}{_OLD}")) + sorted(reports.glob(f".{round_id}.*{_OLD}")):
        final = reports.joinpath(*aside.name.removesuffix(_OLD).removeprefix(".").split("."))
        if final.exists():
            shutil.rmtree(aside)
        else:
            final.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(final)
    for half in [*reports.glob(f".{round_id}.building"), *reports.glob(f".{round_id}.*.building")]:
        shutil.rmtree(half)


def _link(source: str, target: str) -> None:
    """Give a finished file a second place; a copy where the system has no links, or not there."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


@contextmanager
def one_run_at_a_time(processed: Path, round_id: str) -> Iterator[None]:
    """Hold a round while it is computed; what is kept for a moment only goes into a folder that goes with the run.

    Args:
        processed: the folder `data/processed`, where two runs of a round would meet.
        round_id: the round's name.

    Raises:
        RoundBusyError: another process holds it.
    """
    scratch = processed / f".{round_id}.scratch"
    usual = tempfile.tempdir
    with ExitStack() as holding:
        try:
            holding.enter_context(held(processed / f".{round_id}.lock"))
        except HeldError as other:
            raise RoundBusyError(other.process, other.since) from other
        # a run that was killed could not take its own away
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        tempfile.tempdir = str(scratch)
        try:
            yield
        finally:
            tempfile.tempdir = usual
            shutil.rmtree(scratch, ignore_errors=True)
