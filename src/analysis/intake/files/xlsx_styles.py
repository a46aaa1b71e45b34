"""Which styles of an Excel workbook (.xlsx, .xlsm) matter: number formats that show something else, and struck text.

Hundreds of thousands of cells have a style; only those whose style says something are looked at one by one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from analysis.intake.files.sheets import Position, position
from analysis.quantities.number_formats import BUILT_IN, NumberFormat, format_of

_STYLES: Final = "xl/styles.xml"
_STYLED: Final = rb'<(?:\w+:)?c\s[^>]*?\bs="(%s)"[^>]*>'
_ADDRESS: Final = re.compile(rb'\br="([A-Z]+[0-9]+)"')


@dataclass(frozen=True)
class Styles:
    """The styles of a workbook that matter, by the number cells name them by.

    Attributes:
        formats: those with a number format that may show something else than the value.
        struck: those whose text is struck through.
    """

    formats: dict[int, NumberFormat] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()

    def cells(self, part: bytes) -> Iterator[tuple[Position, int]]:
        """Yield the cells of a sheet, as XML, that have one of the styles, with its number."""
        numbers = sorted({*self.formats, *self.struck})
        if not numbers:
            return
        pattern = re.compile(_STYLED % b"|".join(b"%d" % number for number in numbers))
        for found in pattern.finditer(part):
            address = _ADDRESS.search(found[0])
            if address is None:
                yield from _counted(part, set(numbers))
                return
            yield position(address[1].decode("ascii")), int(found[1])


def read_styles(container: zipfile.ZipFile) -> Styles:
    """Return the styles of a workbook that matter."""
    if _STYLES not in container.namelist():
        return Styles()
    root = ElementTree.fromstring(container.read(_STYLES))
    codes = dict(BUILT_IN)
    fonts: list[bool] = []
    formats: dict[int, NumberFormat] = {}
    struck = set()
    for group in root:
        name = _name(group)
        if name == "numFmts":
            codes |= {int(each.get("numFmtId", "0")): each.get("formatCode", "") for each in group}
        elif name == "fonts":
            fonts = [any(map(_strikes, font)) for font in group]
        elif name == "cellXfs":
            for number, style in enumerate(group):
                made = format_of(codes.get(int(style.get("numFmtId", "0")), ""))
                if made is not None:
                    formats[number] = made
                font = int(style.get("fontId", "0"))
                if font < len(fonts) and fonts[font]:
                    struck.add(number)
    return Styles(formats, frozenset(struck))


def _strikes(element: Element) -> bool:
    return _name(element) == "strike" and element.get("val", "1") not in ("0", "false")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _counted(part: bytes, numbers: set[int]) -> Iterator[tuple[Position, int]]:
    """Yield the same where cells have no addresses, and stand one behind the other."""
    row = column = 0
    for _event, element in ElementTree.iterparse(io.BytesIO(part), ("start",)):
        name = _name(element)
        if name == "row":
            row, column = int(element.get("r", row + 1)), 0
        elif name == "c":
            own = element.get("r")
            column = position(own)[1] if own else column + 1
            style = int(element.get("s", "0"))
            if style in numbers:
                yield (row, column), style
