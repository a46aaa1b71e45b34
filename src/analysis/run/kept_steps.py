"""What need not be made again: a step of an edition notes what it was made from, and is passed over while that stands.

What a step rests on is partly given (the program, the settings, a notebook's source and parameters, the executed
notebook a page is made of) and partly found out while it runs: the frames it reads, the sentences it uses, the office's
own paragraphs. All of it is compared by content. What a step made is kept beside the frames, under the hash of its
content, and is taken over into the next edition only if it still has that hash.

Nothing is kept of an edition that was not published: what the gates have not let pass is forgotten.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from analysis.results.assessment import SEPARATE_SETTINGS
from analysis.results.store import Store, noting_reads
from analysis.rounds.rounds import Round
from analysis.run.fingerprints import MADE, digest_of_file
from analysis.words import digest_of_sentence, noting_sentences

T = TypeVar("T")

_RECORDS: Final = "steps.json"
_FILES: Final = "files"
_NEW: Final = "new"


@dataclass
class Reads:
    """What a step was found to rest on: sentences by language and key, frames by path, separate settings by name."""

    sentences: set[tuple[str, str]] = field(default_factory=set)
    frames: dict[str, str] = field(default_factory=dict)


@contextmanager
def noting() -> Iterator[Reads]:
    """Find out what is read while something is made."""
    reads = Reads()
    with noting_sentences() as sentences, noting_reads() as frames:
        yield reads
    reads.sentences, reads.frames = sentences, frames


class Steps:
    """The steps of one edition, what each rests on and what it made.

    Args:
        of: the round.
        edition: name of the edition, `2020.en`.
        folder: of the edition in the making, which the steps fill.
        common: what every step rests on, by name: the program, the settings.
        force: whether everything is made again.
    """

    def __init__(
        self, of: Round, edition: str, folder: Path, common: Mapping[str, str], *, force: bool = False
    ) -> None:
        self._round, self._folder, self._common = of, folder, common
        self._kept = of.project / MADE / edition
        self._before: dict[str, Any] = {} if force else _read(self._kept / _RECORDS)
        self._now: dict[str, Any] = {}
        self._digests: dict[str, str] = {}

    def __enter__(self) -> Self:
        shutil.rmtree(self._kept / _NEW, ignore_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._kept / _NEW, ignore_errors=True)

    def reason(self, name: str, given: Mapping[str, str]) -> str | None:
        """Return why a step has to be made, as the name of the first thing that is not as it was; None if it has not.

        What it made last time is put in its place then. A step never made is `new`.
        """
        record = self._before.get(name)
        if record is None:
            return "new"
        wanted = {**self._common, **given}
        changed = [
            each for each in {*wanted, *record["given"]} if wanted.get(each) != record["given"].get(each)
        ]
        changed += [each for each, digest in record["read"].items() if self._digest(each) != digest]
        if changed:
            return str(min(changed))
        if not all(self._intact(digest) for digest in record["outputs"].values()):
            return "damaged"
        for place, digest in record["outputs"].items():
            (self._folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._kept / _FILES / digest, self._folder / place)
        self._now[name] = record
        return None

    def made(
        self, name: str, given: Mapping[str, str], reads: Reads, outputs: Iterable[Path], value: Any = None
    ) -> None:
        """Note what a step was made from, and what it made: files, and those in folders, of the edition."""
        read = {
            f"words {language} {key}": digest_of_sentence(language, key) for language, key in reads.sentences
        }
        for frame in reads.frames:
            # settings by their file as it is; frames as they were read, which nobody changes while a run holds them
            read[self._name(frame)] = reads.frames[frame] or self._digest(self._name(frame))
        files = [file for path in outputs for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
        self._now[name] = {
            "given": {**self._common, **given},
            "read": dict(sorted(read.items())),
            "outputs": {file.relative_to(self._folder).as_posix(): self._keep(file) for file in files},
            "value": value,
        }

    def value(self, name: str, given: Mapping[str, str], make: Callable[[], T]) -> T:
        """Return what a step gives that makes no file, in the form JSON has it."""
        if self.reason(name, given) is not None:
            with noting() as reads:
                made = make()
            self.made(name, given, reads, (), made)
        result: T = self._now[name]["value"]
        return result

    def keep(self) -> None:
        """Keep what was made for the next run, the edition being published; what no step made any more goes."""
        files = self._kept / _FILES
        files.mkdir(parents=True, exist_ok=True)
        for file in (self._kept / _NEW).glob("*"):
            file.replace(files / file.name)
        # steps of other cards and formats stay good
        records = {**self._before, **self._now}
        used = {digest for record in records.values() for digest in record["outputs"].values()}
        for file in files.iterdir():
            if file.name not in used:
                file.unlink()
        path = self._kept / _RECORDS
        text = json.dumps(dict(sorted(records.items())), ensure_ascii=False, indent=1) + "\n"
        fresh = path.with_suffix(".writing")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)

    def _keep(self, file: Path) -> str:
        digest = digest_of_file(file)
        new = self._kept / _NEW
        new.mkdir(parents=True, exist_ok=True)
        if not self._intact(digest):
            shutil.copyfile(file, new / digest)
        return digest

    def _intact(self, digest: str) -> bool:
        file = self._kept / _FILES / digest
        return file.is_file() and digest_of_file(file) == digest

    def _name(self, read: str) -> str:
        """Return what was read as its note has it: a frame by the folder of its store in the project, and its name."""
        if read in SEPARATE_SETTINGS:
            return f"settings {read}"
        folder, _, name = read.rpartition(" ")
        return f"frame {Path(folder).relative_to(self._round.project).as_posix()} {name}"

    def _digest(self, name: str) -> str:
        """Return what identifies something a step rests on, as it is now."""
        if name not in self._digests:
            kind, _, rest = name.partition(" ")
            if kind == "words":
                self._digests[name] = digest_of_sentence(*rest.split(" ", 1))
            elif kind == "settings":
                self._digests[name] = digest_of_file(self._round.folder / SEPARATE_SETTINGS[rest])
            else:
                folder, _, frame = rest.rpartition(" ")
                self._digests[name] = Store(self._round.project / folder).digest(frame)
        return self._digests[name]


def _read(path: Path) -> dict[str, Any]:
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        # without a readable note everything is made again, which is always right
        return {}
    return records if isinstance(records, dict) else {}
