"""Bulletins of a made-up city, as executed notebooks and as the lines and lengths of their files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from analysis.publish.official.official_docx import BulletinDocxExporter
from analysis.publish.official.official_pdf import BulletinPDFExporter
from analysis.render.blocks import PAGE_MIME, Display
from analysis.render.official_content import Block, Blocks, Closing, Head, Kind, Line, Run
from analysis.words import Text

ISSUER = "云州市根治拖欠农民工工资工作领导小组"
TITLE = (ISSUER, "关于2020年度保障农民工工资支付工作", "考核情况的通报")
SIGN = "样稿 · 合成数据"
#: a paragraph of nothing but characters of full width
FULL = "山海田土木石金玉"
MM = 72 / 25.4


def line(text: str, kind: Kind = "plain", *, office: bool = False) -> Line:
    """Return a line of one stretch."""
    return (Run(Text(text), kind, office),)


def head(**changes: Any) -> Head:
    """Return the head of the made-up city's bulletin."""
    return Head(
        **{
            "language": "zh",
            "issuer": line(ISSUER, office=True),
            "suffix": "",
            "number": line("云治欠〔2022〕1号", office=True),
            "title": tuple(line(part) for part in TITLE),
            "addressees": line("各县、区人民政府：", office=True),
            "opening": line("现将考核情况通报如下：", office=True),
        }
        | changes
    )


def closing(**changes: Any) -> Closing:
    """Return the closing of the made-up city's bulletin."""
    return Closing(
        **{
            "language": "zh",
            "signature": (line("云州市根治拖欠农民工工资"), line("工作领导小组")),
            "date": line("2022年3月31日"),
            "day": "2022-03-31",
            "copies_to": line("抄送：市委组织部、各成员单位。"),
            "printed_by": line("云州市根治拖欠农民工工资工作领导小组办公室"),
            "printed_on": line("2022年3月31日印发"),
            "seal": "space",
        }
        | changes
    )


def blocks(paragraphs: int = 3, repeated: int = 10) -> tuple[Block, ...]:
    """Return headings of all kinds and paragraphs of full-width characters."""
    plain = tuple(Block(line(FULL * repeated)) for _ in range(paragraphs))
    return (
        Block(heading=line("一、考核组织"), level=1),
        Block(heading=line("（一）主要成效"), level=2),
        *plain,
        Block((*line("一是“时紧时松”。", "lead"), *line("【请办公室填写：问题】", "gap"))),
        Block(heading=line("四、下步工作要求"), level=1),
        Block(line("按月报送。", office=True), line("（一）压实责任。", office=True), level=2),
    )


def notebook(
    body: tuple[Block, ...] | None = None,
    *,
    above: Head | None = None,
    below: Closing | None = None,
    page: Mapping[str, Any] | None = None,
) -> nbformat.NotebookNode:
    """Return an executed notebook that shows a bulletin; `page` changes what its set-up cell says."""
    facts = {
        "kind": "bulletin",
        "language": "zh",
        "title": "".join(TITLE),
        "short_title": "通报",
        "round": "2020",
        "synthetic": True,
        "mark": SIGN,
        "issuer": ISSUER,
        "as_of": "2022-02-28",
        "footer": [],
        "extra_fonts": [],
        **(page or {}),
    }
    setup = new_code_cell("page", id="setup", metadata={"tags": ["setup"]})
    setup.outputs = [new_output("execute_result", {PAGE_MIME: facts, "text/plain": "page"})]
    parts: dict[str, Display] = {
        "opening": above or head(),
        "stages": Blocks("zh", blocks() if body is None else body),
        "closing": below or closing(),
    }
    cells = [setup]
    for ident, part in parts.items():
        shown = new_code_cell(f"page.{ident}()", id=f"{ident}-cell")
        shown.outputs = [new_output("execute_result", part._repr_mimebundle_())]
        cells += [new_markdown_cell(f"## {ident}", id=ident), shown]
    return new_notebook(cells=cells)


def pdf(executed: nbformat.NotebookNode) -> bytes:
    """Return the PDF of a bulletin."""
    data, _resources = BulletinPDFExporter().from_notebook_node(executed)
    return data


def docx(executed: nbformat.NotebookNode) -> bytes:
    """Return the Word file of a bulletin."""
    data, _resources = BulletinDocxExporter().from_notebook_node(executed)
    return data


@dataclass(frozen=True)
class Printed:
    """A line of a PDF page: its text and where it stands, in millimetres from the text block's upper left corner.

    Attributes:
        text: without spaces.
        left: where its first character begins.
        baseline: how far down.
        size: of its type, in points.
    """

    text: str
    left: float
    baseline: float
    size: float


def printed(data: bytes) -> list[list[Printed]]:
    """Return the lines of every page of a PDF, from the top."""
    return [_lines(page) for page in PdfReader(io.BytesIO(data)).pages]


def _lines(page: Any) -> list[Printed]:
    found: dict[float, list[tuple[float, str, float]]] = {}

    def see(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if text.strip():
            # text is set upside down in a page turned over
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            found.setdefault(round(y, 1), []).append((x, "".join(text.split()), abs(size * tm[0])))

    page.extract_text(visitor_text=see)
    return [
        Printed(
            "".join(text for _x, text, _size in parts),
            min(x for x, _text, _size in parts) / MM - 28,
            297 - y / MM - 37,
            max(size for _x, _text, size in parts),
        )
        for y, parts in sorted(found.items(), reverse=True)
    ]


@dataclass(frozen=True)
class Bar:
    """A filled bar of a PDF page, in millimetres from the text block's upper left corner, and its colour."""

    left: float
    top: float
    width: float
    height: float
    colour: tuple[float, ...]


def bars(data: bytes) -> list[list[Bar]]:
    """Return the filled bars of every page of a PDF as typst draws them: a place, a colour, four corners."""
    pages = []
    for page in PdfReader(io.BytesIO(data)).pages:
        content = page.get_contents()
        found: list[Bar] = []
        place, colour, corners = [0.0] * 6, (0.0,), [(0.0, 0.0)]
        for operands, operator in content.operations if content is not None else ():
            if operator == b"cm":
                place = [float(number) for number in operands]
            elif operator == b"scn":
                colour = tuple(round(float(number), 2) for number in operands)
            elif operator == b"m":
                corners = [(float(operands[0]), float(operands[1]))]
            elif operator == b"l":
                corners.append((float(operands[0]), float(operands[1])))
            elif operator == b"f":
                width, height = max(x for x, _y in corners), max(y for _x, y in corners)
                left, top = place[4] / MM - 28, 297 - place[5] / MM - 37
                found.append(Bar(left, top, width / MM, height / MM, colour))
        pages.append(found)
    return pages
