"""The style sheet of the Word file: every look of the bulletin is a named style, the text itself carries none.

The official fonts are named and none is shipped; the font table says what else to take. Lengths are twips.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.publish.official import gbt9704 as m
from analysis.publish.official.official_document import OfficialDocument
from analysis.publish.official.ooxml import (
    Element,
    ceil_to,
    cells,
    element,
    paragraph_properties,
    run_properties,
    twips,
)
from analysis.render.official_content import plain_of
from analysis.words import OFFICE, language_of

PAGE: Final = (twips(m.PAGE[0]), twips(m.PAGE[1]))
TOP: Final = twips(m.TOP)
BOTTOM: Final = twips(m.BOTTOM)
LEFT: Final = twips(m.LEFT)
RIGHT: Final = twips(m.RIGHT)
WIDTH: Final = PAGE[0] - LEFT - RIGHT
HEIGHT: Final = PAGE[1] - TOP - BOTTOM
#: distance of the lines; one twip more and a line less fits on the page
PITCH: Final = HEIGHT // m.LINES
CELL: Final = WIDTH / m.CHARACTERS
#: what the character grid adds to a character of the text, in 4096ths of a point, with 0.05 pt to spare in a line
CHARACTER_SPACE: Final = math.floor((CELL / 20 - m.SIZE_3) * 4096) - 8
INSET: Final = round(20 * m.SIZE_4)

#: of an exact line this share lies above the baseline (as LibreOffice sets it), and ink begins this far above it
ASCENT: Final = 0.8
INK: Final = 0.84
#: of an em this much lies below the baseline
DESCENT: Final = 0.12
#: the line of the document's number, and the space in points Word keeps between it and the rule below
NUMBER_LINE: Final = 400
NUMBER_GAP: Final = 9
#: the line of the page number and of the head
FOOT_LINE: Final = 400
#: the full width of a character, as Word counts it
_WHOLE: Final = 100


@dataclass(frozen=True)
class Font:
    """An official font: its name, what else may be taken, how it is classified."""

    name: str
    others: str
    panose: str
    family: str


SONG: Final = Font(
    "方正小标宋简体", "FZXiaoBiaoSong-B05S,方正小标宋_GBK,Report Serif SC", "03000509000000000000", "script"
)
FANG: Final = Font(
    "仿宋_GB2312", "FangSong_GB2312,仿宋,FangSong,Report Serif SC", "02010609030101010101", "modern"
)
HEI: Final = Font("黑体", "SimHei,Report Sans SC", "02010609060101010101", "modern")
KAI: Final = Font("楷体_GB2312", "KaiTi_GB2312,楷体,KaiTi,Report Kai SC", "02010609030101010101", "modern")
NUMERALS: Final = Font("宋体", "SimSun,Report Serif SC", "02010600030101010101", "auto")
FONTS: Final = (SONG, FANG, HEI, KAI, NUMERALS)
LEVEL_FONTS: Final = (HEI, KAI, FANG, FANG)


def font_table() -> Element:
    """Return the font table: every official font with its alternatives."""
    return element(
        "fonts",
        *(
            element(
                "font",
                element("altName", val=font.others),
                element("panose1", val=font.panose),
                element("charset", val="86"),
                element("family", val=font.family),
                element("pitch", val="default"),
                name=font.name,
            )
            for font in FONTS
        ),
    )


def settings() -> Element:
    """Return the document's settings: facing pages, squeezed punctuation, the newest way of setting lines."""
    compatibility = element(
        "compatSetting",
        name="compatibilityMode",
        uri="http://schemas.microsoft.com/office/word",
        val="15",
    )
    return element(
        "settings",
        element("zoom", percent="100"),
        element("bordersDoNotSurroundHeader"),
        element("bordersDoNotSurroundFooter"),
        element("defaultTabStop", val="420"),
        element("evenAndOddHeaders"),
        element("drawingGridVerticalSpacing", val=PITCH),
        element("characterSpacingControl", val="compressPunctuation"),
        element("compat", element("doNotExpandShiftReturn"), element("useFELayout"), compatibility),
        element("themeFontLang", val="en-US", eastAsia="zh-CN"),
        element("decimalSymbol", val="."),
        element("listSeparator", val=","),
    )


def _face(font: Font) -> Element:
    """Return the font for Latin letters and digits too: the grid counts on digits of half a character."""
    return element(
        "rFonts", ascii=font.name, hAnsi=font.name, eastAsia=font.name, cs=font.name, hint="eastAsia"
    )


def _size(points: float) -> list[Element]:
    return [element("sz", val=round(points * 2)), element("szCs", val=round(points * 2))]


def _exact(line: int, before: int = 0, after: int = 0) -> Element:
    return element("spacing", before=before, after=after, line=line, lineRule="exact")


def _off_grid() -> Element:
    return element("snapToGrid", val="0")


def _align(side: str) -> Element:
    return element("jc", val=side)


def _two_in() -> Element:
    return element("ind", firstLineChars="200", firstLine=round(2 * CELL))


@dataclass(frozen=True)
class _Style:
    """A style: its id, the name the user sees, the style it is based on and the one that follows it."""

    id: str
    name: str
    paragraph: Sequence[Element] = ()
    characters: Sequence[Element] = ()
    based_on: str = "Normal"
    next: str = ""
    link: str = ""
    custom: bool = False
    kind: str = "paragraph"
    shown: bool = True

    def element(self) -> Element:
        """Return the style as XML."""
        attributes = {"type": self.kind, **({"customStyle": "1"} if self.custom else {}), "styleId": self.id}
        parts = [element("name", val=self.name), element("basedOn", val=self.based_on)]
        if self.kind == "paragraph":
            parts.append(element("next", val=self.next or self.id))
        if self.link:
            parts.append(element("link", val=self.link))
        parts.append(element("uiPriority", val="10" if self.shown else "99"))
        if self.shown:
            parts.append(element("qFormat"))
        if self.paragraph:
            parts.append(paragraph_properties(*self.paragraph))
        if self.characters:
            parts.append(run_properties(*self.characters))
        return element("style", *parts, **attributes)


@dataclass(frozen=True)
class Fitted:
    """What the style sheet takes from the words of a bulletin: sizes and places that depend on how long they are.

    Attributes:
        mark_size: of the issuer's mark, in points.
        mark_width: width of its characters, in per cent.
        mark_before: space above it, so that its ink stands where it must.
        number_before: space above the number.
        title_line: distance of the lines of the title, so that the text below meets the lines of the page.
        axis_left, axis_right: indents that put signature and date on one axis.
        seal: space above the signature.
        closing_width: width of the characters of the closing block, in per cent.
    """

    mark_size: int
    mark_width: int
    mark_before: int
    number_before: int
    title_line: int
    axis_left: int
    axis_right: int
    seal: int
    closing_width: int

    @property
    def mark_line(self) -> int:
        """Height of the mark's line."""
        return round(self.mark_size * 1.2 * 20)


def fitted(document: OfficialDocument) -> Fitted:
    """Return what the style sheet takes from the words of a bulletin."""
    length = cells(document.mark)
    size = min(int(m.MARK_SIZE), math.floor(WIDTH / 20 / (length * m.MARK_NARROWEST)) + 1)
    before = twips(m.MARK_TOP) - round((ASCENT * 1.2 - INK) * size * 20)
    # the empty part of the mark's line below it, and of the number's line above it
    number_before = 2 * PITCH - round((1.2 * (1 - ASCENT) - DESCENT) * size * 20) - 38
    line = round(size * 1.2 * 20)
    rule = 20 * NUMBER_GAP + round(20 * m.RED_RULE)
    above = before + line + number_before + NUMBER_LINE + rule + 2 * PITCH
    shares = len(document.head.title) + 1
    title_line = (ceil_to(above + 20 * m.TITLE_LINE * shares, PITCH) - above) // shares
    signature = [cells(plain_of(one)) for one in document.closing.signature]
    date = cells(plain_of(document.closing.date))
    axis = min(m.CHARACTERS - m.DATE_FROM_EDGE - date / 2, m.CHARACTERS - max(signature) / 2)
    return Fitted(
        mark_size=size,
        mark_width=min(_WHOLE, math.floor(WIDTH / 20 / (length * size) * _WHOLE)),
        mark_before=before,
        number_before=number_before,
        title_line=title_line,
        axis_left=round(max(0.0, 2 * axis - m.CHARACTERS) * CELL),
        axis_right=round(max(0.0, m.CHARACTERS - 2 * axis) * CELL),
        # a name of two lines needs one empty line above it, a name of one line two
        seal=PITCH * (1 if len(signature) > 1 else 2),
        closing_width=_closing_width(document),
    )


def _closing_width(document: OfficialDocument) -> int:
    """Return how far the closing block's lines are squeezed: both alike, and not at all beyond the limit."""
    room = (WIDTH / 20 / m.SIZE_4 - 2) * _WHOLE
    closing = document.closing
    # two characters between who printed and when
    lines = [cells(plain_of((*closing.printed_by, *closing.printed_on))) + 2]
    if closing.copies_to:
        lines.append(cells(plain_of(closing.copies_to)))
    wanted = [room / length for length in lines]
    return math.floor(min([float(_WHOLE), *(width for width in wanted if width >= m.SQUEEZED * _WHOLE)]))


def style_sheet(document: OfficialDocument) -> Element:
    """Return the style sheet of a bulletin."""
    fit = fitted(document)
    habits = language_of(document.page.language)
    chinese = habits if habits.han else language_of(OFFICE)
    language = element("lang", val=habits.office_tag, eastAsia=chinese.office_tag, bidi="ar-SA")
    default = run_properties(_face(FANG), element("kern", val="0"), *_size(m.SIZE_3), language)
    defaults = element("docDefaults", element("rPrDefault", default), element("pPrDefault"))
    styles = [*_head(fit), *_text(), *_headings(), *_closing(fit), *_margins()]
    return element("styles", defaults, *_bases(), *(style.element() for style in styles), _table())


def _bases() -> list[Element]:
    """Return the styles all others are based on."""
    normal = element(
        "style",
        element("name", val="Normal"),
        element("qFormat"),
        paragraph_properties(
            element("widowControl", val="0"),
            element("overflowPunct", val="0"),
            element("autoSpaceDE", val="0"),
            element("autoSpaceDN", val="0"),
            # of the lines, which are exact; the grid of the characters hangs on the run property, which stays
            _off_grid(),
            _exact(PITCH),
            _align("both"),
        ),
        # LibreOffice takes the size of the grid from here
        run_properties(*_size(m.SIZE_3)),
        type="paragraph",
        default="1",
        styleId="Normal",
    )
    characters = element(
        "style",
        element("name", val="Default Paragraph Font"),
        element("semiHidden"),
        type="character",
        default="1",
        styleId="DefaultParagraphFont",
    )
    none = element(
        "tblCellMar", *(element(side, w="0", type="dxa") for side in ("top", "left", "bottom", "right"))
    )
    table = element(
        "style",
        element("name", val="Normal Table"),
        element("semiHidden"),
        element("tblPr", element("tblInd", w="0", type="dxa"), none),
        type="table",
        default="1",
        styleId="TableNormal",
    )
    return [normal, characters, table]


def _head(fit: Fitted) -> list[_Style]:
    rule = element("bottom", val="single", sz=round(8 * m.RED_RULE), space=NUMBER_GAP, color=m.MARK_RED)
    condensed = element("w", val=fit.mark_width)
    red = element("color", val=m.MARK_RED)
    return [
        _Style(
            "IssuerMark",
            "发文机关标志",
            (_off_grid(), _exact(fit.mark_line, fit.mark_before), _align("center")),
            (_face(SONG), _off_grid(), red, condensed, *_size(fit.mark_size)),
            next="DocumentNumber",
            custom=True,
        ),
        _Style(
            "DocumentNumber",
            "发文字号",
            (element("pBdr", rule), _exact(NUMBER_LINE, fit.number_before), _align("center")),
            next="Title",
            custom=True,
        ),
        _Style(
            "Title",
            "Title",
            (_off_grid(), _exact(fit.title_line, 2 * PITCH, fit.title_line), _align("center")),
            (_face(SONG), _off_grid(), *_size(m.SIZE_2)),
            next="Salutation",
        ),
        _Style("Salutation", "Salutation", next="BodyText"),
    ]


def _text() -> list[_Style]:
    yellow = element("shd", val="clear", color="auto", fill=m.GAP_YELLOW)
    based = "DefaultParagraphFont"
    return [
        _Style("BodyText", "Body Text", (_two_in(),)),
        _Style(
            "BodyTextLast",
            "正文末段",
            (element("keepNext"),),
            based_on="BodyText",
            next="Signature",
            custom=True,
        ),
        _Style("Strong", "Strong", (), (element("b"), element("bCs")), based_on=based, kind="character"),
        _Style("Gap", "待填", (), (yellow,), based_on=based, kind="character", custom=True),
    ]


def _headings() -> list[_Style]:
    styles = []
    for level, font in enumerate(LEVEL_FONTS, start=1):
        keep = (element("keepNext"), element("keepLines"), _two_in(), element("outlineLvl", val=level - 1))
        ident, char = f"Heading{level}", f"Heading{level}Char"
        styles.append(_Style(ident, f"heading {level}", keep, (_face(font),), next="BodyText", link=char))
        # for a heading that runs into its paragraph
        styles.append(
            _Style(
                char,
                f"heading {level} Char",
                (),
                (_face(font),),
                based_on="DefaultParagraphFont",
                link=ident,
                kind="character",
                custom=True,
            )
        )
    return styles


def _closing(fit: Fitted) -> list[_Style]:
    axis = {"left": fit.axis_left, "right": fit.axis_right}
    keep = element("keepNext")
    dent = round(INSET * fit.closing_width / _WHOLE)
    turned = element("ind", left=INSET + 3 * dent, right=INSET, hanging=3 * dent)
    stop = element("tabs", element("tab", val="right", pos=WIDTH - INSET))
    return [
        _Style(
            "Signature",
            "Signature",
            (keep, element("keepLines"), _exact(PITCH, fit.seal), element("ind", **axis), _align("center")),
            next="Date",
        ),
        _Style(
            "Date", "Date", (element("keepNext"), element("ind", **axis), _align("center")), next="CopyTo"
        ),
        _Style(
            "ClosingText",
            "版记",
            (_off_grid(), _exact(PITCH), element("ind", left=INSET, right=INSET)),
            # not by spacing, which LibreOffice ignores on a page with a character grid
            (_off_grid(), element("w", val=fit.closing_width), *_size(m.SIZE_4)),
            custom=True,
        ),
        _Style("CopyTo", "抄送", (turned,), based_on="ClosingText", next="PrintedBy", custom=True),
        _Style("PrintedBy", "印发", (stop, _align("left")), based_on="ClosingText", custom=True),
        # Word wants a paragraph after the table
        _Style("EndOfText", "文末", (_off_grid(), _exact(20)), _size(1), custom=True, shown=False),
    ]


def _margins() -> list[_Style]:
    def foot(ident: str, name: str, based: str, custom: bool) -> _Style:
        tabs = element("tabs", element("tab", val="right", pos=WIDTH - INSET))
        indent = element("ind", left=INSET, right=INSET)
        look = (_off_grid(), _exact(FOOT_LINE), indent, tabs, _align("left"))
        face = (_face(NUMERALS), _off_grid(), *_size(m.SIZE_4))
        return _Style(ident, name, look, face, based_on=based, custom=custom, shown=False)

    return [
        _Style(
            "Header",
            "header",
            (_off_grid(), _exact(FOOT_LINE), _align("left")),
            (_face(HEI), element("color", val=m.SIGN_RED), *_size(m.SIZE_4)),
            shown=False,
        ),
        foot("Footer", "footer", "Normal", False),
        foot("FooterEven", "双页页脚", "Footer", True),
        _Style(
            "Sign",
            "样稿标志",
            (),
            (_face(HEI), element("color", val=m.SIGN_RED), *_size(m.SIZE_SIGN)),
            based_on="DefaultParagraphFont",
            kind="character",
            custom=True,
            shown=False,
        ),
    ]


def _table() -> Element:
    """Return the style of the closing block: three rules and nothing else."""

    def rule(side: str, millimetres: float) -> Element:
        eighths = round(millimetres / 25.4 * 72 * 8)
        return element(side, val="single", sz=eighths, space="0", color="000000")

    borders = element(
        "tblBorders",
        rule("top", m.OUTER_RULE),
        rule("bottom", m.OUTER_RULE),
        rule("insideH", m.INNER_RULE),
    )
    return element(
        "style",
        element("name", val="版记表"),
        element("basedOn", val="TableNormal"),
        element("uiPriority", val="10"),
        element("tblPr", borders),
        type="table",
        customStyle="1",
        styleId="ClosingTable",
    )
