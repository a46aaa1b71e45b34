"""Text tables: CSV and TSV, in the encodings and with the separators that offices use.

Neither is guessed. The encoding is the one the byte order mark names, else the only one of UTF-8, GB18030 and Big5 in
which the headers of the maps can be read; the separator is the one by which these headers stand in cells of their own.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import PurePath
from typing import Final

from analysis.intake.files.sheets import Sheet, UnusableFileError
from analysis.quantities import Cell, clean_cell
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.units import normal_name

#: name in the maps → codec; the order is that of the trials
ENCODINGS: Final = {"utf-8": "utf-8", "gb18030": "gb18030", "big5": "cp950", "utf-16": "utf-16"}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: a mark put before a file that had one already, or written out in another encoding, is no part of the first header
_MARKS_AGAIN: Final = (*(mark for mark, _codec in _MARKS), "\ufeff".encode("gb18030"))
_TRIED: Final = ("utf-8", "gb18030", "big5")
_SEPARATORS: Final = (",", "\t", ";")
#: headers stand near the top
_HEAD_LINES: Final = 40
_CHUNK: Final = 1 << 20
#: cells that repeat (codes, names, days, yes and no) are kept once; as many are remembered
_REMEMBERED: Final = 50_000


def read_text(content: bytes, file: str, headers: Collection[str], encoding: str = "") -> dict[str, Sheet]:
    """Read a text table.

    Args:
        content: the bytes.
        file: name of the file; `.tsv` is separated by tabs whatever it holds.
        headers: the names by which the maps expect its columns, to tell encodings and separators apart.
        encoding: the encoding the maps name, if any.

    Raises:
        UnusableFileError: `encoding_unknown` (none decodes it), `encoding_doubtful` (several do and the headers do
            not tell which), `encoding_wrong` (not the one the maps name), `not_a_csv`.
    """
    content = _marked_once(content)
    names = {normal_name(part) for name in headers for part in (name, name.split("/")[-1])}
    codec = _codec(content, names, encoding)
    separator = "\t" if PurePath(file).suffix.lower() == ".tsv" else _separator(content, codec, names)
    return {"": Sheet(file, "", _rows(content, codec, separator), ragged=True)}


def _marked_once(content: bytes) -> bytes:
    """Return the bytes of a text with one byte order mark before it at most."""
    first = next((mark for mark, _codec in _MARKS if content.startswith(mark)), b"")
    rest = content[len(first) :]
    while again := next((mark for mark in _MARKS_AGAIN if rest.startswith(mark)), b""):
        rest = rest[len(again) :]
    return first + rest


def _codec(content: bytes, names: set[str], declared: str) -> str:
    for mark, codec in _MARKS:
        if content.startswith(mark):
            if not _decodes(content, codec):
                raise UnusableFileError("encoding_unknown")
            return codec
    if declared:
        codec = ENCODINGS[declared]
        if not _decodes(content, codec):
            raise UnusableFileError("encoding_wrong", encoding=declared)
        return codec
    if content.isascii():
        return "utf-8"
    score = {
        name: _known(content, ENCODINGS[name], names) for name in _TRIED if _decodes(content, ENCODINGS[name])
    }
    if not score:
        raise UnusableFileError("encoding_unknown")
    best = max(score.values())
    leading = [name for name, known in score.items() if known == best]
    # bytes that are UTF-8 by chance hardly exist; bytes that are both GB18030 and Big5 are the rule
    if "utf-8" not in leading and len(leading) > 1:
        raise UnusableFileError("encoding_doubtful", encodings=LIST_SIGN.join(leading))
    return ENCODINGS[leading[0]]


def _decodes(content: bytes, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _known(content: bytes, codec: str, names: set[str]) -> int:
    """Return how many cells near the top are headers of the maps, by the separator that shows most of them."""
    return max(_headers_seen(content, codec, separator, names) for separator in _SEPARATORS)


def _headers_seen(content: bytes, codec: str, separator: str, names: set[str]) -> int:
    lines = islice(_lines(content, codec), _HEAD_LINES)
    return sum(normal_name(cell.strip('"')) in names for line in lines for cell in line.split(separator))


def _separator(content: bytes, codec: str, names: set[str]) -> str:
    """Return the separator that shows most headers; without any, the one that stands most often near the top."""
    head = "".join(islice(_lines(content, codec), _HEAD_LINES))
    return max(_SEPARATORS, key=lambda sign: (_headers_seen(content, codec, sign, names), head.count(sign)))


def _lines(content: bytes, codec: str) -> Iterator[str]:
    # newline="" leaves line ends inside quotes to the reader
    return io.TextIOWrapper(io.BytesIO(content), encoding=codec, errors="strict", newline="")


class _Texts(dict[str, str | None]):
    """The text of a cell → the same made plain, None if there is none; repeated ones are kept once."""

    def __missing__(self, cell: str) -> str | None:
        text = clean_cell(cell) or None
        if len(self) < _REMEMBERED:
            self[cell] = text
        return text


def _rows(content: bytes, codec: str, separator: str) -> list[tuple[Cell, ...]]:
    reader = csv.reader(_lines(content, codec), delimiter=separator, strict=True)
    text = _Texts().__getitem__
    try:
        return [tuple(map(text, row)) for row in reader]
    except csv.Error as error:
        raise UnusableFileError("not_a_csv", reason=str(error), line=str(reader.line_num)) from None
