"""The charts of an executed notebook as files of their own: title, source and mark inside the picture."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typst
from fontTools.ttLib import TTFont

from analysis.publish.executed_notebook import find_fonts, read_document
from analysis.render import fonts, palette
from analysis.render.blocks import Graphic
from analysis.render.plain_blocks import plain

WIDTH: Final = 840.0
MARGIN: Final = 24.0
#: resolution of the PNG: two pixels for one of the drawing (1 px = 1 pt at 72 per inch)
PIXELS_PER_INCH: Final = 144.0
#: signs that may not begin a line, and signs that may not end one
_NOT_FIRST: Final = frozenset("，。、；：？！）》」』”’%％")
_NOT_LAST: Final = frozenset("（《「『“‘")
_FIRST_HAN: Final = "\u2e80"


@dataclass(frozen=True)
class _Style:
    face: str
    size: float
    line: float
    colour: str


_TITLE: Final = _Style("sans-bold", 18, 27, palette.INK)
_SUBTITLE: Final = _Style("sans", 14, 22, palette.SECONDARY)
_SOURCE: Final = _Style("sans", 13, 20, palette.SECONDARY)
_MARK: Final = _Style("sans", 13, 20, palette.VERMILION)


def write(notebook: Any, folder: Path) -> list[Path]:
    """Write every graphic of an executed notebook as `<chart>.svg` and `<chart>.png`; return the paths in order.

    Args:
        notebook: an executed notebook (nbformat 4).
        folder: where to write, e.g. `reports/2020/figures`.
    """
    document = read_document(notebook)
    graphics = [block for block in document.leaves() if isinstance(block, Graphic)]
    extra = find_fonts(document.page, folder)
    # one subset serves all of them, which costs less than a second instead of one each
    merged = fonts.merge_texts(map(_texts, graphics))
    texts = {face: fonts.drawable(text, extra) for face, text in merged.items()}
    faces = fonts.subset_faces(texts, extra) if graphics else ""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for graphic in graphics:
        written_as, height = standalone_svg(graphic)
        picture = fonts.drawable(written_as, extra)
        path = folder / f"{graphic.id.removeprefix('fig-')}.svg"
        path.write_text(
            picture.replace("<style/>", f"<style>{faces}</style>"), encoding="utf-8", newline="\n"
        )
        png = path.with_suffix(".png")
        png.write_bytes(_png(picture.replace("<style/>", ""), height, extra))
        written += [path, png]
    return written


def standalone_svg(graphic: Graphic) -> tuple[str, float]:
    """Return a graphic with its words as one SVG, and its height in px; `<style/>` stands where fonts may go."""
    drawn = graphic.wide
    high = drawn.height * WIDTH / drawn.width
    parts: list[str] = []
    y = MARGIN
    number, title = graphic.number, plain(graphic.title)
    # a Chinese number stands before a space as wide as a sign, any other before a colon
    heading = f"{number}{'　' if number >= _FIRST_HAN else ': '}{title}" if number else title
    for text, style in ((heading, _TITLE), (plain(graphic.subtitle), _SUBTITLE)):
        lines, y = _lines(text, style, y)
        parts += lines
    y += 14
    parts.append(drawn.svg(f' x="{MARGIN:g}" y="{y:g}" width="{WIDTH:g}" height="{high:g}"'))
    y += high + 12
    for text, style in ((graphic.source, _SOURCE), (graphic.mark, _MARK)):
        lines, y = _lines(text, style, y)
        parts += lines
    height = y + MARGIN
    width = WIDTH + 2 * MARGIN
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img">'
        f"<title>{html.escape(title)}</title><style/>"
        f'<rect width="{width:g}" height="{height:g}" fill="{palette.WHITE}"/>{"".join(parts)}</svg>\n'
    )
    return picture, height


def _texts(graphic: Graphic) -> dict[str, str]:
    words = (graphic.number, plain(graphic.title), plain(graphic.subtitle), graphic.source, graphic.mark)
    written = "".join(words) + "　: " + fonts.texts_of(graphic.wide.elements)["sans"]
    return {"sans": written, "sans-bold": written}


def _png(picture: str, height: float, extra: Sequence[Path]) -> bytes:
    fonts.check({"sans": picture}, extra)
    width = WIDTH + 2 * MARGIN
    literal = picture.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "")
    source = (
        f"#set page(width: {width:g}pt, height: {height:g}pt, margin: 0pt, fill: white)\n"
        f'#image(bytes("{literal}"), format: "svg", width: 100%)\n'
    )
    png: bytes = typst.compile(
        source.encode("utf-8"),
        format="png",
        ppi=PIXELS_PER_INCH,
        font_paths=fonts.typst_fonts(tuple(extra)),
        ignore_system_fonts=True,
    )
    return png


def _lines(text: str, style: _Style, y: float) -> tuple[list[str], float]:
    """Return the SVG lines of a text set from `y` downwards, and where the next text begins."""
    out = []
    weight = "bold" if style.face == "sans-bold" else "normal"
    for line in wrap(text, style.face, style.size, WIDTH):
        baseline = y + style.line / 2 + style.size * 0.36
        out.append(
            f'<text x="{MARGIN:g}" y="{baseline:.1f}" font-family="Report Sans SC" font-size="{style.size:g}" '
            f'font-weight="{weight}" fill="{style.colour}">{html.escape(line)}</text>'
        )
        y += style.line
    return out, y


@functools.cache
def _advances(face: str) -> tuple[dict[int, int], int]:
    with TTFont(fonts.font_folder() / fonts.FACES[face].file, lazy=True) as font:
        metrics = font["hmtx"].metrics
        return {code: metrics[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def text_width(text: str, face: str, size: float) -> float:
    """Return the width of a text in px, by the advances of the face."""
    advances, em = _advances(face)
    return sum(advances.get(ord(sign), em) for sign in text) * size / em


def wrap(text: str, face: str, size: float, width: float) -> list[str]:
    """Return a text broken into lines no wider than `width`, never before a closing or after an opening mark."""
    lines: list[str] = []
    line = ""
    for piece in re.findall(r"[0-9A-Za-z.,%+−~～→/]+|.", text):
        if not line or text_width(line + piece, face, size) <= width:
            line += piece
            continue
        kept, carried = line, piece
        while len(kept) > 1 and (carried[0] in _NOT_FIRST or kept[-1] in _NOT_LAST):
            kept, carried = kept[:-1], kept[-1] + carried
        lines.append(kept.rstrip())
        line = carried.lstrip()
    return [*lines, line] if line else lines
