"""The last gate: names of persons are looked for in everything that is about to be published.

Cells are masked when they are read, so nothing is found here unless a text took a way around, such as the roll of
units, in which no name is masked. What our own sentences and the office's settings say themselves, or what
comes about where two of their pieces meet, is no find: a name that might be that is not looked for.

A PDF is looked through in the executed notebook it was set from, a picture in the drawing beside it.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import zipfile
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Any, Final, NamedTuple

from analysis.intake.person_columns import MASK
from analysis.intake.person_names import PersonNames, narrow, pattern_of, written

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
#: between two texts
_PART: Final = "\n\n"
_LONGEST: Final = 24


class Leak(NamedTuple):
    """A file in which a name was found, and the heading it stands under; empty where there is none."""

    file: str
    section: str


class Gate:
    """Looks for the names of persons in folders.

    Args:
        names: those learnt when the round was read.
        ours: every text of our own and of the office's settings: catalogue, rule set, names of units.
    """

    def __init__(self, names: PersonNames, ours: Iterable[str]) -> None:
        self._names = names.sure
        self._ours = tuple(ours)
        self._searched: set[bytes] = set()

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
        """Return the files of a folder in which a name stands, in the order of their paths.

        A file whose bytes were looked through before is passed over.

        Args:
            folder: with everything below it.
            called: what the folder is called in the paths returned.
            but: names of folders in it that are left out.
        """
        found = []
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            within = file.relative_to(folder)
            if self._pattern is None or within.parts[0] in but:
                continue
            named = self._holds(within.as_posix())
            section = "" if named else self._section(file.name, file.read_bytes())
            if section is not None:
                hidden = self._pattern.sub(MASK, within.as_posix()) if named else within.as_posix()
                found.append(Leak("/".join(part for part in (called, hidden) if part), section))
        return found

    def _section(self, name: str, data: bytes) -> str | None:
        """Return the heading under which a file holds a name; None where it holds none."""
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
        return next((section for section, said in texts if self._holds(said)), None)

    def _packed(self, data: bytes) -> str | None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                section = "" if self._holds(member.filename) else None
                if section is None:
                    section = self._section(member.filename, archive.read(member))
                if section is not None:
                    return section
        return None

    def _holds(self, text: str) -> bool:
        if self._pattern is None:
            return False
        if self._pattern.search(narrow(text)):
            return True
        # a sheet of a workbook keeps its texts in another file, and has a tag for every cell
        return (
            "<" in text
            and "<sheetData" not in text
            and self._pattern.search(narrow(_without_tags(text))) is not None
        )


def _literals(text: str) -> Iterator[str]:
    """Yield the stretches of a text of ours between the places that are filled in."""
    try:
        yield from (literal for literal, *_place in Formatter().parse(text) if literal)
    except ValueError:
        # braces in a text of the office are no places
        yield text


def _without_tags(markup: str) -> str:
    return html.unescape(_TAG.sub(_PART, _INLINE.sub("", markup)))


def _of_page(markup: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a page with the heading above each."""
    heading = ""
    for number, part in enumerate(_HEADING.split(_EMBEDDED.sub("", markup))):
        if number % 2:
            heading = _without_tags(part).strip()
        yield heading, html.unescape(part) if "<" not in part else part


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
