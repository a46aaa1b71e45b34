"""What the stages hand to each other: the one module that writes and reads `data/processed`, or keeps it in memory.

A frame is a CSV file (UTF-8 with BOM, `.` decimals, empty = no value) that opens in a spreadsheet; its column types
stand in `frames.json` beside it, so that it is read back as it was written. Writing is atomic: a reader sees the old
file or the new one, never half of one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import pandas as pd

from analysis.results.holds import HeldError, held
from analysis.rounds.bulletin_texts import BULLETIN_FILE
from analysis.rounds.rounds import Round
from analysis.words import digest_of_sentence
from analysis.words.languages import holds_sentences

#: sentences by language and key
Sentences = Iterable[tuple[str, str]]

_FRAMES: Final = "frames.json"
_STAGES: Final = "stages.json"
#: where the notes of the stages hold the hash of every frame as it was written
_HASHES: Final = "frames"
#: seconds between two looks whether another session has finished computing
_LOOK_AGAIN: Final = 0.2
#: a text that begins so a spreadsheet would run, the full-width signs where it takes them for the others
_RUN: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_QUOTE: Final = "'"
_DTYPES: Final = ("str", "int64", "Int64", "float64", "bool", "boolean")


#: notes of which frames and settings are read, while somebody wants to know
_NOTED: Final[list[dict[str, str]]] = []


@contextmanager
def noting_reads() -> Iterator[dict[str, str]]:
    """Note the frames read for a while, and the settings asked for, by path or name with what identifies them."""
    read: dict[str, str] = {}
    _NOTED.append(read)
    try:
        yield read
    finally:
        _NOTED[:] = [noted for noted in _NOTED if noted is not read]


def note_read(name: str, digest: str) -> None:
    """Note that something was read, for whoever wants to know."""
    for read in _NOTED:
        read[name] = digest


class NotStoredError(Exception):
    """A frame was asked for that no stage has written.

    Attributes:
        name: the frame's name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"not in data/processed: {name}")


class Frames(Protocol):
    """Where the frames of one round are kept by name, with a note for every stage of what they were made from."""

    def write(
        self, name: str, frame: pd.DataFrame, *, written: Mapping[str, pd.Series[str]] | None = None
    ) -> None:
        """Keep a frame under a name."""

    def read(self, name: str) -> pd.DataFrame:
        """Return a frame as it was kept; raise `NotStoredError` where there is none."""
        ...

    def has(self, name: str) -> bool:
        """Return whether there is a frame of this name."""
        ...

    def mark_done(self, stage: str, fingerprint: str, said: Sentences = ()) -> None:
        """Note that a stage has kept all its frames, made from the input with this fingerprint and these sentences."""

    def is_fresh(self, stage: str, fingerprint: str) -> bool:
        """Return whether a stage was done with exactly this input."""
        ...


class Memory:
    """The frames of one round in the memory: what is read is what a `Store` would give back, without its files."""

    def __init__(self) -> None:
        self._frames: dict[str, pd.DataFrame] = {}
        self._done: dict[str, str] = {}

    def write(
        self, name: str, frame: pd.DataFrame, *, written: Mapping[str, pd.Series[str]] | None = None
    ) -> None:
        """Keep a frame under a name; how it would be written does not matter here."""
        kept = frame.reset_index(drop=True)
        texts = [column for column, kind in kept.dtypes.items() if kind == "str" and kept[column].hasnans]
        self._frames[name] = kept.fillna(dict.fromkeys(texts, "")) if texts else kept

    def read(self, name: str) -> pd.DataFrame:
        """Return a frame; what becomes of it does not change what is kept.

        Raises:
            NotStoredError: there is none of this name.
        """
        if name not in self._frames:
            raise NotStoredError(name)
        return self._frames[name].copy(deep=False)

    def has(self, name: str) -> bool:
        """Return whether there is a frame of this name."""
        return name in self._frames

    def mark_done(self, stage: str, fingerprint: str, said: Sentences = ()) -> None:
        """Note that a stage has kept all its frames; no sentence changes while they are in the memory."""
        self._done[stage] = fingerprint

    def is_fresh(self, stage: str, fingerprint: str) -> bool:
        """Return whether a stage was done with exactly this input."""
        return self._done.get(stage) == fingerprint


class Store:
    """The frames of one round in its folder of `data/processed`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(
        self, name: str, frame: pd.DataFrame, *, written: Mapping[str, pd.Series[str]] | None = None
    ) -> None:
        """Write a frame under a name, which may hold a folder (`ledgers/clues`). Its index is not kept.

        A missing text is written as an empty one and comes back as `""`. One that a spreadsheet would run is written
        with an apostrophe before it and comes back without.

        Args:
            name: its name.
            frame: what comes back when it is read.
            written: how the numbers of some columns stand in the file, where that is not the shortest decimal.

        Raises:
            TypeError: a column has a type that has no form in the file (mixed objects, lists).
        """
        kinds = {str(column): str(dtype) for column, dtype in frame.dtypes.items()}
        for column, kind in kinds.items():
            if kind not in _DTYPES and not kind.startswith("datetime64["):
                raise TypeError(f"{name}: column {column!r} is of type {kind}, which the store cannot keep")
        content = as_csv(frame, written)
        _write_atomically(self._path(name), content)
        self._note(_FRAMES, name, kinds)
        digest = hashlib.sha256(content).hexdigest()
        self._note(_STAGES, _HASHES, dict(sorted({**self.written(), name: digest}.items())))

    def read(self, name: str) -> pd.DataFrame:
        """Return a frame as it was written.

        Raises:
            NotStoredError: there is none of this name.
        """
        if _NOTED:
            note_read(f"{self.folder.as_posix()} {name}", self.digest(name))
        kinds = self._notes(_FRAMES).get(name)
        if kinds is None or not self._path(name).is_file():
            raise NotStoredError(name)
        # what a reader changes in a frame is his own: pandas copies what is written to
        return _parsed(self._path(name).read_bytes(), tuple(kinds.items())).copy(deep=False)

    def digest(self, name: str) -> str:
        """Return what identifies a frame as it stands, columns' types included; empty where there is none."""
        path = self._path(name)
        if not path.is_file():
            return ""
        kinds = json.dumps(self._notes(_FRAMES).get(name)).encode("utf-8")
        return hashlib.sha256(kinds + b"\0" + path.read_bytes()).hexdigest()

    def write_file(self, name: str, content: bytes) -> None:
        """Write a file for people beside the frames, such as a list as a workbook."""
        _write_atomically(self.folder / name, content)

    def has(self, name: str) -> bool:
        """Return whether a frame of this name stands in the store."""
        if _NOTED:
            note_read(f"{self.folder.as_posix()} {name}", self.digest(name))
        return name in self._notes(_FRAMES) and self._path(name).is_file()

    def mark_done(self, stage: str, fingerprint: str, said: Sentences = ()) -> None:
        """Note that a stage has written all its frames.

        Args:
            stage: its name.
            fingerprint: of the input.
            said: the sentences that were used, by language and key.
        """
        read = {f"{language} {key}": digest_of_sentence(language, key) for language, key in sorted(said)}
        self.restore({stage: {"input": fingerprint, "sentences": read}})

    def forget(self, stages: Sequence[str]) -> dict[str, Any]:
        """Note that the frames of some stages are no longer those of any input; return what was noted of them."""
        done = self._notes(_STAGES)
        forgotten = {stage: done.pop(stage) for stage in stages if stage in done}
        if forgotten:
            self._keep(_STAGES, done)
        return forgotten

    def restore(self, forgotten: Mapping[str, Any]) -> None:
        """Note again what was noted of some stages."""
        self._keep(_STAGES, dict(sorted({**self._notes(_STAGES), **forgotten}.items())))

    def written(self) -> dict[str, str]:
        """Return the hash of every frame as it was written."""
        hashes: dict[str, str] = self._notes(_STAGES).get(_HASHES, {})
        return hashes

    def intact(self) -> bool:
        """Return whether every frame stands as it was written; one changed by hand is nobody's result."""
        return all(
            self._path(name).is_file() and hashlib.sha256(self._path(name).read_bytes()).hexdigest() == digest
            for name, digest in self.written().items()
        )

    def is_fresh(self, stage: str, fingerprint: str) -> bool:
        """Return whether a stage was done with exactly this input, and with sentences that read the same now."""
        note = self._notes(_STAGES).get(stage)
        if not isinstance(note, dict) or note["input"] != fingerprint:
            return False
        return all(digest_of_sentence(*key.split(" ", 1)) == read for key, read in note["sentences"].items())

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    def _notes(self, file: str) -> dict[str, Any]:
        try:
            notes = json.loads((self.folder / file).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            # a deleted or damaged note makes the stage run again, which is always safe
            return {}
        return notes if isinstance(notes, dict) else {}

    def _note(self, file: str, name: str, value: object) -> None:
        # names in order, so that the file does not depend on which stage ran first; columns stay as they are
        self._keep(file, dict(sorted({**self._notes(file), name: value}.items())))

    def _keep(self, file: str, notes: Mapping[str, Any]) -> None:
        text = json.dumps(notes, ensure_ascii=False, indent=1) + "\n"
        _write_atomically(self.folder / file, text.encode("utf-8"))


def as_csv(frame: pd.DataFrame, written: Mapping[str, pd.Series[str]] | None = None) -> bytes:
    """Return a frame as its file: UTF-8 with BOM, texts that a spreadsheet would run behind an apostrophe.

    Args:
        frame: whose index is left out.
        written: how the numbers of some columns stand in the file, where that is not the shortest decimal.
    """
    own = written or {}
    told = frame.assign(**own)
    for column, kind in frame.dtypes.items():
        if str(kind) == "str" and column not in own:
            told[column] = _each(told[column], tuple("'=+-@\t\r\n＝＋－＠"), neutral)
    text = told.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        # pandas leaves a text with a return alone without quotes, and would read two lines
        text = told.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return b"\xef\xbb\xbf" + text.encode("utf-8")


def neutral(text: str) -> str:
    """Return a text so that a spreadsheet that opens the file shows it and never runs it; numbers stay as they are."""
    return _QUOTE + text if _RUN.match(text) and not _NUMBER.fullmatch(text) else text


def restored(text: str) -> str:
    """Return the text of which `neutral` made this one."""
    return text[1:] if text.startswith(_QUOTE) and _RUN.match(text) else text


def _each(texts: pd.Series[Any], signs: tuple[str, ...], change: Callable[[str], str]) -> pd.Series[Any]:
    """Return texts, those changed that begin with one of some signs."""
    own = texts.tolist()
    begun = [place for place, text in enumerate(own) if isinstance(text, str) and text.startswith(signs)]
    if not begun:
        return texts
    changed = texts.copy()
    changed.iloc[begun] = [change(own[place]) for place in begun]
    return changed


@lru_cache(maxsize=32)
def _parsed(content: bytes, columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Return the frame a file holds, the same content read once in a process: every notebook asks for it.

    Args:
        content: of the file.
        columns: their names and types.
    """
    kinds: dict[str, Any] = dict(columns)
    days = [column for column, kind in kinds.items() if kind.startswith("datetime64[")]
    floats = [column for column, kind in kinds.items() if kind == "float64"]
    texts = [column for column, kind in kinds.items() if kind == "str"]
    # only an empty field is a missing value: 无 or NA may be the words of a ledger
    frame = pd.read_csv(
        io.BytesIO(content),
        encoding="utf-8-sig",
        dtype={**kinds, **dict.fromkeys([*days, *floats], "str")},
        keep_default_na=False,
        na_values={column: [""] for column in kinds},
        skip_blank_lines=False,
    )
    frame[texts] = frame[texts].fillna("")
    for column in texts:
        frame[column] = _each(frame[column], (_QUOTE,), restored)
    for column in days:
        frame[column] = pd.to_datetime(frame[column], format="ISO8601").astype(kinds[column])
    for column in floats:
        # the fast readers of CSV may be off in the last bit; Python's own never is
        frame[column] = pd.Series([float(text) for text in frame[column]], dtype="float64")
    return frame[list(kinds)]


def fingerprint(round: Round, extra: Iterable[str] = ()) -> str:
    """Return what a result depends on, as one SHA-256: the round's files, the package's own code and `extra`.

    Left out are the sentences, which are noted one by one, and the office's paragraphs, which only pages show.

    Args:
        round: the round; every other file of its folder counts, with its path in the folder.
        extra: further parts, such as the language.
    """
    files = (path for path in raw_files(round.folder) if path != round.folder / BULLETIN_FILE)
    parts = (_digest_of(round.folder, files), digest_of_code(), *extra)
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


@cache
def digest_of_code() -> str:
    """Return the hash of the package as this process runs it: of when it first asked, whatever is edited later."""
    package = Path(__file__).parents[1]
    settings = (path for path in package.rglob("*.yaml") if not holds_sentences(path))
    return _digest_of(package, [*package.rglob("*.py"), *settings])


def _digest_of(folder: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(file.relative_to(folder).as_posix().encode("utf-8") + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def raw_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a round's folder, without hidden ones and the lock files of an open spreadsheet."""
    for path in sorted(folder.rglob("*")):
        names = path.relative_to(folder).parts
        if path.is_file() and not any(name.startswith((".", "~$")) for name in names):
            yield path


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".writing")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold a folder of frames while they are computed, waiting for whoever holds it.

    Args:
        folder: of one round and language.
    """
    with ExitStack() as holding:
        while True:
            try:
                holding.enter_context(held(folder / ".computing"))
                break
            except HeldError:
                time.sleep(_LOOK_AGAIN)
        yield
