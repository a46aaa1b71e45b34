"""The last gate: names and numbers of persons are looked for in everything that is about to be published.

Cells are masked when they are read, so nothing is found here unless a text took a way around, such as the roll of
units, in which no name is masked. What our own sentences and the office's settings say themselves, or what
comes about where two of their pieces meet, is no find: a name that might be that is not looked for. Numbers are looked
for in texts: a figure in a column of figures, a coordinate and a hash are none.

A PDF is looked through in the executed notebook it was set from, a picture in the drawing beside it.
"""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
import zipfile
from collections.abc import Container, Iterable, Iterator, Set
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from string import Formatter
from typing import Any, Final, Literal, NamedTuple

from analysis.intake.persons.person_names import PersonNames, narrow, pattern_of, written
from analysis.intake.persons.person_numbers import MASK, Kind, mask, person_numbers

_MARKUP: Final = frozenset({".html", ".svg", ".xml", ".rels"})
_JSON: Final = frozenset({".ipynb", ".json"})
_ARCHIVES: Final = frozenset({".zip", ".docx", ".xlsx"})
#: bytes without text of their own
_BYTES: Final = frozenset({".pdf", ".png", ".jpg", ".ttf", ".woff2"})
#: what an embedded font or picture and a style sheet hold is no text of a cell
_EMBEDDED: Final = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+|<style\b.*?</style>", re.DOTALL)
_HEADING: Final = re.compile(r"<h2\b[^>]*>(.*?)</h2>", re.DOTALL)
#: elements within a line of HTML, SVG, a workbook and a Word file: a name goes on over them; all others part two texts
_INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|bdi|code|data|em|i|mark|q|ruby|s|small|span|strong|sub|sup|time|tspan|u|wbr"
    r"|r|t|rPr|w:r|w:t|w:rPr|w:rFonts|w:b|w:i|w:sz|w:szCs|w:lang|w:color|w:proofErr)\b[^<>]*>"
)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
#: what is read of an attribute, unless it is drawing
_ATTRIBUTE: Final = re.compile(
    r"""\s(?!(?:d|points|transform|viewBox|style|values)=)[\w:-]+=(?:"([^"]*)"|'([^']*)')"""
)
#: between two texts; no number goes on over it
_PART: Final = "\n" * 5
_LONGEST: Final = 24
#: no number is shorter
_SHORTEST: Final = 5
#: a decimal by itself
_DECIMAL: Final = re.compile(r"^[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$", re.MULTILINE)
#: rows of figures, such as the places of texts in a list
_ROW: Final = re.compile(r"(?<![0-9])[0-9]{1,4}(?: [0-9]{1,4}){7,}(?![0-9])")
#: a figure in a column of figures; one of more digits is none
_FIGURE: Final = re.compile(r"[-+]?[0-9]{0,14}(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
#: cells of a workbook's sheet with nothing in them but their place, their look and a figure, or the number of a text
_FIGURE_CELLS: Final = re.compile(
    rf'(?:<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?(?: t="[a-z]+")?><v>{_FIGURE.pattern}</v></c>)+'
)

What = Kind | Literal["name"]


class Leak(NamedTuple):
    """A file in which a name or a number was found, the heading it stands under (empty without one), and what it is."""

    file: str
    section: str
    what: What


class Gate:
    """Looks for the names and numbers of persons in folders.

    Args:
        names: those learnt when the round was read.
        ours: every text of our own and of the office's settings: catalogue, rule set, names of units.
        known: numbers that are nobody's: those of the ledgers, and those the office makes public itself.
    """

    def __init__(self, names: PersonNames, ours: Iterable[str], known: Set[str] = frozenset()) -> None:
        self._names = names.sure
        self._ours = tuple(ours)
        self._known = known
        self._searched: set[bytes] = set()
        self._read: set[str] = set()

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """What finds a name that cannot come from our own texts."""
        anyone = pattern_of(self._names)
        if anyone is None:
            return None
        pieces = [narrow(literal) for text in self._ours for literal in _literals(text)]
        said = {written(found[0]) for text in self._ours for found in anyone.finditer(narrow(text))}
        ends = {piece[-size:] for piece in pieces for size in range(1, min(len(piece), _LONGEST) + 1)}
        starts = {piece[:size] for piece in pieces for size in range(1, min(len(piece), _LONGEST) + 1)}

        def meets(name: str) -> bool:
            ways = ((name[:cut], name[cut:]) for cut in range(1, len(name)))
            return any(a in ends and (b in starts or b.isdecimal()) for a, b in ways)

        return pattern_of(name for name in self._names - said if not meets(name))

    def leaks(self, folder: Path, called: str = "", but: Container[str] = ()) -> list[Leak]:
        """Return the files of a folder in which a name or a number stands, in the order of their paths.

        A file whose bytes were looked through before is passed over.

        Args:
            folder: with everything below it.
            called: what the folder is called in the paths returned.
            but: names of folders in it that are left out.
        """
        found = []
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            within = file.relative_to(folder)
            if within.parts[0] in but:
                continue
            path = within.as_posix()
            held: tuple[str, What] | None
            if what := self._what(path):
                path = mask(self._pattern.sub(MASK, path) if self._pattern else path, self._known).text
                held = "", what
            else:
                held = self._section(file.name, file.read_bytes())
            if held is not None:
                found.append(Leak("/".join(part for part in (called, path) if part), *held))
        return found

    def leaks_in(self, name: str, text: str) -> list[Leak]:
        """Return what a file that is about to be written would give away."""
        held = self._section(name, text.encode("utf-8"))
        return [] if held is None else [Leak(name, *held)]

    def _section(self, name: str, data: bytes) -> tuple[str, What] | None:
        """Return the heading under which a file holds a name or a number, and what it is; None where it holds none."""
        suffix = Path(name).suffix.lower()
        if suffix in _BYTES:
            return None
        if suffix in _ARCHIVES:
            return self._packed(data)
        digest = hashlib.sha256(data).digest()
        if digest in self._searched:
            # a page was looked through before it was packed
            return None
        self._searched.add(digest)
        text = data.decode("utf-8-sig", errors="replace")
        if suffix in _JSON:
            texts = _of_notebook(json.loads(text))
        elif suffix in _MARKUP:
            texts = _of_page(text)
        else:
            texts = iter([("", text)])
        texts_of_cells = _of_table(text) if suffix == ".csv" else None
        for section, said in texts:
            if what := self._what(said, texts_of_cells):
                return section, what
        return None

    def _packed(self, data: bytes) -> tuple[str, What] | None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for said in (archive.comment, *(member.comment for member in archive.infolist())):
                if held := self._section(".txt", said):
                    return held
            for member in archive.infolist():
                what = self._what(member.filename)
                held = ("", what) if what else self._section(member.filename, archive.read(member))
                if held is not None:
                    return held
        return None

    def _what(self, text: str, cells: str | None = None) -> What | None:
        """Return what a text or the markup of one holds; numbers are looked for in the texts of its cells if given."""
        is_sheet = "<sheetData" in text
        if is_sheet:
            text = _FIGURE_CELLS.sub(_PART, text)
        said = _without_tags(text)
        if self._pattern and any(self._pattern.search(narrow(each)) for each in {text, said}):
            return "name"
        if is_sheet:
            texts = [part for part in said.split(_PART) if not _FIGURE.fullmatch(part)]
        elif cells is None:
            texts = [said, *_attributes(text)]
        else:
            texts = [_without_tags(cells), *_attributes(cells)]
        return self._numbered(_PART.join(texts))

    def _numbered(self, text: str) -> Kind | None:
        # a text is read once, however many pages it stands on
        parts = {part for part in text.split(_PART) if len(part) >= _SHORTEST} - self._read
        text = _PART.join(sorted(parts))
        text = _ROW.sub(_unless_one_by_one, _DECIMAL.sub("", text))
        found = person_numbers(text, self._known)
        if found:
            return found[0].kind
        self._read |= parts
        return None


def _unless_one_by_one(row: re.Match[str]) -> str:
    """Return a row of figures where it may be a number written digit by digit or in pairs, else nothing."""
    return row[0] if len({len(figure) for figure in row[0].split()}) == 1 else ""


def _of_table(text: str) -> str:
    """Return the texts of a table of comma-separated values, without the figures of its columns of figures."""
    columns = zip_longest(*csv.reader(io.StringIO(text, newline="")), fillvalue="")
    said = []
    for head, *cells in columns:
        distinct = dict.fromkeys(cells)
        said += [head] if all(map(_FIGURE.fullmatch, distinct)) else [head, *distinct]
    return _PART.join(said)


def _literals(text: str) -> Iterator[str]:
    """Yield the stretches of a text of ours between the places that are filled in."""
    try:
        yield from (literal for literal, *_place in Formatter().parse(text) if literal)
    except ValueError:
        # braces in a text of the office are no places
        yield text


def _attributes(text: str) -> list[str]:
    """Return what stands in the attributes of markup; a text that is none has no attributes."""
    return [html.unescape(one or other) for one, other in _ATTRIBUTE.findall(text)] if "<" in text else []


def _without_tags(text: str) -> str:
    """Return what markup says, its elements apart; a text that is none stays as it is."""
    return html.unescape(_TAG.sub(_PART, _INLINE.sub("", text))) if "<" in text else text


def _of_page(markup: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a page with the heading above each."""
    heading = ""
    for number, part in enumerate(_HEADING.split(_EMBEDDED.sub("", markup))):
        said = part if "<" in part else html.unescape(part)
        if number % 2:
            heading = _without_tags(said).strip()
        yield heading, said


def _of_notebook(data: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of a notebook with the heading above each; those of other JSON without one."""
    cells = data.get("cells") if isinstance(data, dict) else None
    if cells is None:
        yield "", _PART.join(_strings(data))
        return
    heading = ""
    for cell in cells:
        source = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown" and source.startswith("#"):
            heading = source.partition("\n")[0].strip("# ")
        texts = [source, *_strings(cell)]
        # thousands of short ones are looked through as one; in markup a tag must not reach from one into the next
        yield heading, _EMBEDDED.sub("", _PART.join(text for text in texts if "<" not in text))
        yield from ((heading, _EMBEDDED.sub("", text)) for text in texts if "<" in text)


def _strings(data: Any) -> list[str]:
    """Return every string in data read from JSON, names included; what is a picture is none."""
    found: list[str] = []
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            found += item
            waiting += [value for name, value in item.items() if not name.startswith("image/")]
    return found
