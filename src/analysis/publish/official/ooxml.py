"""Small tools for the XML of a Word file: elements with their properties in the order the schema asks for."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any, Final

from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

#: any element of a Word file
Element = Any

#: the order of properties of paragraphs and of runs in the schema, as far as they are used here
_ORDER: Final = (
    "rStyle", "pStyle", "keepNext", "keepLines", "widowControl", "rFonts", "b", "bCs", "pBdr", "shd", "tabs",
    "overflowPunct", "autoSpaceDE", "autoSpaceDN", "snapToGrid", "color", "w", "kern", "sz", "szCs", "spacing", "ind",
    "jc", "outlineLvl", "lang",
)  # fmt: skip
#: in a run the shading stands behind the size
_RUN_ORDER: Final = (*(name for name in _ORDER if name != "shd"), "shd")
#: signs that Word takes for Latin unless the run says otherwise
_AMBIGUOUS: Final = re.compile("[“”‘’…—·]")


def twips(millimetres: float) -> int:
    """Return a length in twentieths of a point."""
    return round(millimetres * 1440 / 25.4)


def cells(text: str) -> float:
    """Return the width of a text in characters: 1 for a Chinese one, a half for a digit or a Latin letter."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def element(tag: str, *children: Element, **attributes: object) -> Element:
    """Return an element of the main namespace; attributes are of the same namespace."""
    made = OxmlElement(f"w:{tag}", {qn(f"w:{name}"): str(value) for name, value in attributes.items()})
    made.extend(children)
    return made


def paragraph_properties(*properties: Element) -> Element:
    """Return `w:pPr` with its properties in the order of the schema."""
    return element("pPr", *sorted(properties, key=lambda each: _ORDER.index(_name(each))))


def run_properties(*properties: Element) -> Element:
    """Return `w:rPr` with its properties in the order of the schema."""
    return element("rPr", *sorted(properties, key=lambda each: _RUN_ORDER.index(_name(each))))


def _name(one: Element) -> str:
    return str(one.tag).rpartition("}")[2]


def run(text: str, style: str = "") -> Element:
    """Return a run of text; the only thing beside its style is the hint that its signs are Chinese."""
    properties = [element("rStyle", val=style)] if style else []
    if _AMBIGUOUS.search(text):
        properties.append(element("rFonts", hint="eastAsia"))
    words = element("t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", *([run_properties(*properties)] if properties else []), words)


def tab() -> Element:
    """Return a run that is a tab."""
    return element("r", element("tab"))


def line_break() -> Element:
    """Return a run that is a line break."""
    return element("r", element("br"))


def page_number() -> tuple[Element, ...]:
    """Return the runs of a field that shows the number of the page."""
    code = element("instrText")
    code.text = " PAGE "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return (
        element("r", element("fldChar", fldCharType="begin")),
        element("r", code),
        element("r", element("fldChar", fldCharType="separate")),
        run("1"),
        element("r", element("fldChar", fldCharType="end")),
    )


def paragraph(style: str, *runs: Element) -> Element:
    """Return a paragraph, all of whose looks stand in its style."""
    return element("p", element("pPr", element("pStyle", val=style)), *runs)


def as_part(root: Element) -> bytes:
    """Return an element as a part of its own."""
    return serialize_part_xml(root)


def refill(story: Element, *content: Element) -> None:
    """Replace what an element holds, whatever the template put there."""
    for child in list(story):
        story.remove(child)
    story.extend(content)


def ceil_to(value: float, step: int) -> int:
    """Return the smallest multiple of `step` not below `value`."""
    return math.ceil(value / step) * step
