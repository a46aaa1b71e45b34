"""The package's fonts: which face sets which text, subsets for HTML, the set for typst, and what is missing.

System fonts are never used, so that the same input gives the same file everywhere. A character the fonts lack is
printed as its code point; a round may declare further font files (`extra_fonts`).
"""

from __future__ import annotations

import base64
import functools
import html
import io
import struct
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any, Final

import typst
from fontTools.ttLib import TTFont

from analysis.words.formats import code_point

#: family under which characters from a round's extra fonts are embedded in HTML
EXTRA_FAMILY: Final = "Report Extra"
#: characters that style sheets and print margins add to a page
STYLE_CHARACTERS: Final = "0123456789 —·：、%"
#: quotation marks, which the Kai face has in half the width: the serif sets them
_QUOTES: Final = frozenset("“”‘’")
#: how hard a subset is packed: 9 takes a tenth of the time of 11, which fontTools has, and 3 % more room
_EFFORT: Final = 9
#: form of the table in a font that lists its signs beyond the first 65 536 too
_WHOLE_OF_UNICODE: Final = 12
#: held while fontTools packs in this way
_PACKING: Final = threading.Lock()
#: characters that need no glyph: line breaks, tabs, the mark of a possible break
_NO_GLYPH: Final = frozenset("\n\r\t\u200b")


@dataclass(frozen=True)
class Face:
    """A font file of the package and how CSS calls it."""

    family: str
    weight: int
    file: str


FACES: Final[Mapping[str, Face]] = {
    "sans": Face("Report Sans SC", 400, "ReportSansSC-Regular.ttf"),
    "sans-bold": Face("Report Sans SC", 700, "ReportSansSC-Bold.ttf"),
    "serif-bold": Face("Report Serif SC", 700, "ReportSerifSC-Bold.ttf"),
    "serif": Face("Report Serif SC", 400, "ReportSerifSC-Regular.ttf"),
    "kai": Face("Report Kai SC", 400, "ReportKaiSC-Regular.ttf"),
}


class MissingGlyphError(Exception):
    """No font of the package and no extra font has a character.

    Attributes:
        character: the character.
        face: the face that should have set it.
        near: the text around it.
    """

    def __init__(self, character: str, face: str, near: str) -> None:
        self.character, self.face, self.near = character, face, near
        name = unicodedata.name(character, "unnamed")
        super().__init__(f"no glyph for “{character}” (U+{ord(character):04X} {name}) in {face}: …{near}…")


def font_folder() -> Path:
    """Return the folder of the package's fonts."""
    return Path(str(resources.files("analysis").joinpath("fonts")))


@functools.cache
def _covered(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        listed = font.reader["cmap"]
        starts = struct.iter_unpack(">HHL", listed[4 : 4 + 8 * int.from_bytes(listed[2:4])])
        for _platform, _encoding, start in starts:
            if int.from_bytes(listed[start : start + 2]) == _WHOLE_OF_UNICODE:
                # its runs of signs tell it without the names of the glyphs, which take long to read
                length = int.from_bytes(listed[start + 4 : start + 8])
                runs = struct.iter_unpack(">LLL", listed[start + 16 : start + length])
                return frozenset(sign for first, last, _glyph in runs for sign in range(first, last + 1))
        return frozenset(font.getBestCmap())


@functools.cache
def family_of(path: Path) -> str:
    """Return the family name a font file gives itself."""
    with TTFont(path, lazy=True) as font:
        return str(font["name"].getBestFamilyName())


def missing(face: str, text: str, extra: Sequence[Path] = ()) -> list[str]:
    """Return the characters of `text` that neither the face nor an extra font has, in order of code."""
    lacking = set(text) - _NO_GLYPH
    for path in (font_folder() / FACES[face].file, *extra):
        lacking = {sign for sign in lacking if ord(sign) not in _covered(path)}
    return sorted(lacking)


@functools.cache
def _in_every_face() -> frozenset[str]:
    covered = (_covered(font_folder() / face.file) for face in FACES.values())
    return frozenset(map(chr, frozenset.intersection(*covered))) | _NO_GLYPH


def lacking(text: str, extra: Sequence[Path] = ()) -> list[str]:
    """Return the characters of `text` that not every face has, nor an extra font: any face may have to set it."""
    rest = set(text) - _in_every_face()
    return sorted(sign for sign in rest if not any(ord(sign) in _covered(path) for path in extra))


def drawable(text: str, extra: Sequence[Path] = ()) -> str:
    """Return a text, or the markup of one, in which a character the fonts lack stands as its code point: 〔U+2714〕."""
    return text.translate({ord(sign): code_point(sign) for sign in lacking(text, extra)})


def check(texts: Mapping[str, str], extra: Sequence[Path] = ()) -> None:
    """Hold texts (by face) against the fonts.

    Raises:
        MissingGlyphError: a character has no glyph; names the first one and the text around it.
    """
    for face, text in texts.items():
        for sign in missing(face, text, extra):
            place = text.index(sign)
            raise MissingGlyphError(sign, face, " ".join(text[max(0, place - 12) : place + 13].split()))


def merge_texts(many: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the union of characters per face, so that several pages share one cached subset."""
    merged: dict[str, set[str]] = {}
    for texts in many:
        for face, text in texts.items():
            merged.setdefault(face, set()).update(text)
    return {face: "".join(sorted(signs)) for face, signs in sorted(merged.items())}


def subset_faces(texts: Mapping[str, str], extra: Sequence[Path] = ()) -> str:
    """Return `@font-face` rules with the subsets as woff2 data addresses.

    Args:
        texts: the text each face sets (keys of `FACES`).
        extra: font files for what the package's fonts lack.

    Raises:
        MissingGlyphError: a character has no glyph.
    """
    check(texts, extra)
    rules = []
    strangers: set[str] = set()
    for face, text in texts.items():
        path = font_folder() / FACES[face].file
        own = {sign for sign in set(text) - _NO_GLYPH if ord(sign) in _covered(path)}
        strangers |= set(text) - _NO_GLYPH - own
        if own:
            data = _subset(path, "".join(sorted(own)))
            rules.append(_rule(FACES[face].family, FACES[face].weight, data))
    for path in extra:
        own = {sign for sign in strangers if ord(sign) in _covered(path)}
        strangers -= own
        if own:
            rules.append(_rule(EXTRA_FAMILY, 400, _subset(path, "".join(sorted(own)))))
    return "\n".join(rules)


def _rule(family: str, weight: int, data: str) -> str:
    return (
        f"@font-face{{font-family:'{family}';font-weight:{weight};font-display:block;"
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
    )


@functools.lru_cache(maxsize=64)
def _subset(path: Path, text: str) -> str:
    """Return a subset as base64 woff2; the same text gives the same bytes (no time stamp is written)."""
    # who only asks which signs there are waits for none of this
    from fontTools import subset  # noqa: PLC0415

    options = subset.Options(layout_features=["*"], hinting=False, notdef_outline=True)
    options.recalc_timestamp = False
    # glyphs that stay as they are have the boxes they had: they are not taken apart to find them
    with TTFont(path, recalcTimestamp=False, recalcBBoxes=False, lazy=True) as font:
        font.setGlyphOrder(list(_glyph_names(path)))
        cutter = subset.Subsetter(options)
        cutter.populate(text=text)
        cutter.subset(font)
        font.flavor = "woff2"
        data = io.BytesIO()
        with _packed_quickly():
            font.save(data)
    return base64.b64encode(data.getvalue()).decode("ascii")


@functools.cache
def _glyph_names(path: Path) -> tuple[str, ...]:
    """Return the names of a font's glyphs in their order, which are made from its characters: once is enough."""
    with TTFont(path, lazy=True) as font:
        return tuple(font.getGlyphOrder())


@contextmanager
def _packed_quickly() -> Iterator[None]:
    """Let fontTools pack with less effort for a while, for which it has no option of its own."""
    from fontTools.ttLib import woff2  # noqa: PLC0415

    with _PACKING:
        pack = woff2.brotli.compress
        woff2.brotli.compress = functools.partial(pack, quality=_EFFORT)
        try:
            yield
        finally:
            woff2.brotli.compress = pack


@functools.lru_cache(maxsize=8)
def typst_fonts(extra: tuple[Path, ...] = ()) -> Any:
    """Return the fonts typst may use: the package's and the round's, neither the system's nor its own."""
    folders = [font_folder(), *(path.parent for path in extra)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


# ------------------------------------------------------------------------------------- which face sets what

_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class _Reader(HTMLParser):
    """Collects the text of a page by face: headings in serif, the office's words in Kai, all else in sans."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, str]] = []
        self.texts: dict[str, list[str]] = {"sans": [], "serif-bold": [], "kai": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.texts["sans"].append(attributes.get("data-l") or "")
        if tag in _VOID:
            return
        face = self.stack[-1][1] if self.stack else "sans"
        if tag in {"script", "style", "metadata"}:
            face = ""
        elif tag in {"h1", "h2"}:
            face = "serif-bold"
        elif "kai" in (attributes.get("class") or "").split():
            face = "kai"
        self.stack.append((tag, face))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element closed in itself holds no text."""

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place][0] == tag:
                del self.stack[place:]
                return

    def handle_data(self, data: str) -> None:
        face = self.stack[-1][1] if self.stack else "sans"
        if face:
            self.texts[face].append(data)


def texts_of(markup: str) -> dict[str, str]:
    """Return the text of HTML by the face that sets it.

    Both weights of the sans are given all of its text: any of it may be bold in one of its places.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    joined = {face: html.unescape("".join(parts)) for face, parts in reader.texts.items()}
    sans = joined["sans"] + STYLE_CHARACTERS
    return {
        "sans": sans,
        "sans-bold": sans,
        "serif-bold": joined["serif-bold"],
        "serif": "".join(sign for sign in joined["kai"] if sign in _QUOTES),
        "kai": "".join(sign for sign in joined["kai"] if sign not in _QUOTES),
    }
