"""The files of a round's folder: found by name or pattern, each read once."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePath
from typing import Final

from analysis.intake.files.apart import Reader
from analysis.intake.files.delimited import read_text
from analysis.intake.files.kinds import ENDINGS, check_kind
from analysis.intake.files.ods import read_ods
from analysis.intake.files.sheets import Book, Sheet, UnusableFileError
from analysis.intake.files.xls import read_xls
from analysis.intake.files.xlsx import read_xlsx
from analysis.quantities import clean
from analysis.rounds.faults import Fault

#: the endings of files that can be read
READABLE: Final = tuple(ENDINGS)
#: those of settings and of the description of the folder
_OURS: Final = (".yaml", ".yml", ".md")
#: those of workbooks, which have sheets with names
WORKBOOKS: Final = tuple(ending for ending, kind in ENDINGS.items() if kind != "text")


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = ("(.*)" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern)
    return re.compile("".join(parts), re.DOTALL)


def matches(pattern: str, name: str) -> re.Match[str] | None:
    """Return how a name fits a pattern of `*` (any text, a group each) and `?` (one sign), or None.

    All else stands for itself, brackets too; composed and decomposed letters are the same, and neither signs nobody
    sees nor spaces at the ends matter.
    """
    return _pattern(_plain(pattern)).fullmatch(_plain(name))


def _plain(name: str) -> str:
    return clean(unicodedata.normalize("NFC", name)).strip()


class Shelf:
    """The files of a round's folder, each read once however many ledgers stand in it.

    Attributes:
        folder: the folder.
    """

    def __init__(
        self,
        folder: Path,
        headers: Mapping[str, Collection[str]] | None = None,
        encodings: Mapping[str, str] | None = None,
    ) -> None:
        """Note where the files are.

        Args:
            folder: the folder.
            headers: pattern of a file → the names by which the maps expect its columns.
            encodings: pattern of a file → the encoding the maps name.
        """
        self.folder = folder
        self._headers, self._encodings = headers or {}, encodings or {}
        self._books: dict[str, Book | Fault] = {}
        self._reader = Reader(read_file)

    def names(self) -> list[str]:
        """Return the names of the files that might be tables, in order; not those an open program left behind."""
        return [name for name in self.received() if name.lower().endswith(READABLE)]

    def received(self) -> list[str]:
        """Return the names of the files that somebody handed in, in order, whether or not they can be read."""
        there = (path.name for path in self.folder.iterdir() if path.is_file())
        return sorted(
            name for name in there if not name.startswith((".", "~$")) and not name.lower().endswith(_OURS)
        )

    def linked_out(self) -> list[str]:
        """Return the names of the files that are links to places outside the folder, in order."""
        home = self.folder.resolve()
        return [
            name
            for name in self.received()
            if (path := self.folder / name).is_symlink() and not path.resolve().is_relative_to(home)
        ]

    def find(self, pattern: str) -> list[str]:
        """Return the files a name or pattern stands for, in order.

        A name without a readable ending is returned as it is, so that what is wrong with it is told.
        """
        found = [name for name in self.names() if matches(pattern, name)]
        return found or ([pattern] if (self.folder / pattern).is_file() else [])

    def book(self, file: str) -> Book | Fault:
        """Return a file, or the fault that keeps it from being read."""
        if file not in self._books:
            self._books[file] = self._read(file)
        return self._books[file]

    def digest(self, file: str) -> str:
        """Return the SHA-256 of a file that was read.

        Raises:
            KeyError: it was not read.
        """
        book = self._books[file]
        if isinstance(book, Fault):
            raise KeyError(file)
        return book.sha256

    def opened(self) -> list[Book]:
        """Return the files read so far."""
        return [book for book in self._books.values() if isinstance(book, Book)]

    def missing(self, pattern: str) -> Fault:
        """Return the fault of a file that is not there."""
        return Fault("file_missing", file=pattern, found=pattern)

    def _read(self, file: str) -> Book | Fault:
        headers = {
            name for pattern, names in self._headers.items() if matches(pattern, file) for name in names
        }
        named = (encoding for pattern, encoding in self._encodings.items() if matches(pattern, file))
        try:
            return self._reader.book(self.folder / file, file, headers, next(named, ""))
        except UnusableFileError as error:
            return Fault(error.check, file=file, found=file, details=error.details)


def read_file(path: Path, file: str, headers: Collection[str], encoding: str) -> Book:
    """Read a file.

    Args:
        path: the file.
        file: what it is called.
        headers: names by which the maps expect its columns, which tell the encoding of a text file.
        encoding: of a text file, where the maps name it.

    Raises:
        UnusableFileError: `file_missing`, `file_unreadable`, or what the reader of its kind says of it.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UnusableFileError("file_missing") from None
    except OSError as error:
        raise UnusableFileError("file_unreadable", reason=error.strerror or "") from None
    kind = check_kind(content, file)
    if kind == "text":
        sheets = read_text(content, file, headers, encoding)
    else:
        readers = {"xlsx": read_xlsx, "xls": read_xls, "ods": read_ods}
        sheets = readers[kind](content, PurePath(file).name)
    return Book(file, _named_plainly(sheets), hashlib.sha256(content).hexdigest())


def _named_plainly(sheets: dict[str, Sheet]) -> dict[str, Sheet]:
    """Return sheets by names without what nobody sees; two that look alike keep the names they have."""
    times = Counter(map(_plain, sheets))
    plain = {name: clean(name).strip() if times[_plain(name)] == 1 else name for name in sheets}
    return {plain[name]: replace(sheet, name=plain[name]) for name, sheet in sheets.items()}
