"""The PDF: valid, tagged, searchable, the same every time, and broken into pages where it should be."""

from __future__ import annotations

import datetime as dt
import io
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import nbformat
import page as page_validation
import page_examples as examples
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from analysis.publish.executed_notebook import read_document
from analysis.publish.pdf_exporter import (
    AssessPDFExporter,
    TypesettingError,
    clear_stream_ends,
    compile_pdf,
    one_page_of,
)
from analysis.render.blocks import Column, Details, Findings, Group, Heading, Prose, Row, Table
from analysis.words import Text


def export(notebook: nbformat.NotebookNode) -> bytes:
    """Return the PDF of a notebook."""
    data, _resources = AssessPDFExporter().from_notebook_node(notebook)
    return data


def read(data: bytes) -> PdfReader:
    """Return a reader of a PDF."""
    return PdfReader(io.BytesIO(data))


def page_texts(data: bytes) -> list[str]:
    """Return the text of every page without spaces: typst writes gaps between scripts as such."""
    return ["".join(page.extract_text().split()) for page in read(data).pages]


@pytest.fixture(scope="module")
def report() -> bytes:
    return export(examples.notebook())


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_the_report_conforms_to_the_archive_and_the_accessibility_standard(
    report: bytes, profile: str
) -> None:
    result = page_validation.validate_pdf_bytes(report, profile=profile)
    assert result.is_compliant, [(failure.rule_id, failure.message) for failure in result.failures]


def test_the_same_notebook_gives_the_same_bytes(report: bytes) -> None:
    assert export(examples.notebook()) == report


def test_title_language_date_and_issuer_are_those_of_the_page(report: bytes) -> None:
    pdf = read(report)
    assert pdf.metadata is not None
    assert pdf.metadata.title == examples.TITLE.replace("\u200b", "")
    assert pdf.metadata.author == "云州市根治拖欠农民工工资工作领导小组办公室"
    assert pdf.metadata.creation_date == dt.datetime(2022, 3, 31, tzinfo=dt.UTC)
    assert pdf.trailer["/Root"]["/Lang"] == "zh-CN"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_bookmarks_follow_the_sections(report: bytes) -> None:
    outline = read(report).outline
    titles = [entry.title for entry in outline if not isinstance(entry, list)]
    assert titles[:3] == ["一、考核组织", "二、考核结果", "三、指标下降情况"]
    assert titles[-1] == "附件二\u3000得分推导"
    below = [entry.title for part in outline if isinstance(part, list) for entry in part]
    assert "等次是否稳固" in below


def test_the_first_page_is_the_first_screen_and_the_contents_give_pages(report: bytes) -> None:
    texts = page_texts(report)
    for words in ("考核报告", "五个单位评为A级", "望山区", "同比变化", "目录"):
        assert words in texts[0]
    contents = texts[0][texts[0].index("目录") :]
    place = next(number for number, text in enumerate(texts, 1) if "表2" in text)
    assert f"八、整改台账{place}" in contents.replace(".", "")


def test_the_first_screen_fits_one_page_whatever_stands_in_it() -> None:
    """A longer text is set smaller, and a board of more rows than the page can hold makes room for what it says."""
    long = Findings(
        tuple((Text("甲县案件明确下降。" * 9), Text("乙" * 200)) for _ in range(9)), id="findings"
    )
    board = Table(
        "board", "", (Column("unit", "单位"),), tuple(Row((f"第{n}县",)) for n in range(60)), cls="board"
    )
    for display, seen in ((Group((long,)), "甲县案件"), (Group((long, board)), "甲县案件")):
        document = read_document(examples.notebook({"summary": display}))
        texts = page_texts(one_page_of(document, None))
        assert len(texts) == 1
        assert seen in texts[0]
        assert "第59县" not in texts[0]


def test_every_page_has_number_mark_and_running_head(report: bytes) -> None:
    texts = page_texts(report)
    assert len(texts) > 4
    for number, text in enumerate(texts, 1):
        assert f"—{number}—" in text
        assert "示例数据（合成）" in text
        assert number == 1 or "2020年度考核报告" in text


def test_the_text_of_drawings_is_searchable_and_has_an_alternative(report: bytes) -> None:
    text = "".join(page_texts(report))
    assert text.count("金桥开发区") >= 4  # board, two drawings, matrix
    assert any(text.startswith("条形图：云上新区得分97.2") for text in alternatives(read(report)))


def alternatives(pdf: PdfReader) -> list[str]:
    """Return the alternative texts in the structure tree, in reading order."""
    found: list[str] = []
    waiting = [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, ArrayObject):
            waiting.extend(reversed(element))
        elif isinstance(element, DictionaryObject):
            if "/Alt" in element:
                found.append(str(element["/Alt"]))
            if "/K" in element:
                waiting.append(element["/K"])
    return found


def test_a_long_table_repeats_its_head_and_a_short_one_is_kept_whole(report: bytes) -> None:
    texts = page_texts(report)
    with_rows = [text for text in texts if "项指标分子为" in text]
    assert len(with_rows) >= 3
    assert all("指标名称口径分值" in text for text in with_rows)
    whole = [text for text in texts if "表1" in text]
    assert len(whole) == 1
    assert "云上新区" in whole[0]
    assert "望山区" in whole[0]


@pytest.mark.parametrize("lines", range(0, 36, 7))
def test_a_figure_is_never_parted_from_its_caption_nor_a_table_from_its_head(lines: int) -> None:
    filler = Prose(tuple(Text(f"第{number}段。") for number in range(lines)))
    parts = {
        "results": Group((filler, examples.graphic(), filler, examples.matrix(), filler, examples.ledger())),
    }
    texts = page_texts(export(examples.notebook(parts)))
    for title, inside in (("图1", "97.2"), ("表1", "类数"), ("表2", "已销号")):
        holding = [text for text in texts if title in text]
        assert len(holding) == 1
        assert inside in holding[0][holding[0].index(title) :]


def test_a_heading_is_not_left_alone_at_the_foot_of_a_page() -> None:
    for lines in range(22, 34):
        filler = Prose(tuple(Text(f"第{number}段。") for number in range(lines)))
        parts = {"results": Group((filler, Heading("h", "小标题"), examples.graphic()))}
        texts = page_texts(export(examples.notebook(parts)))
        assert any("小标题" in text and "图1" in text for text in texts)


def test_no_page_of_the_report_but_the_last_is_nearly_empty(report: bytes) -> None:
    for text in page_texts(report)[:-1]:
        assert len(text) > 150


def test_folded_parts_are_printed_unless_they_say_otherwise() -> None:
    rows = (Row(("甲行",)),)
    parts = {
        "results": Group(
            (
                Details("折起", Prose((Text("折起的正文"),))),
                Table("a", "印出", (Column("a", "甲"),), rows, foldable=True),
                Table("b", "不印", (Column("a", "甲"),), rows, foldable=True, in_pdf=False),
            )
        )
    }
    text = "".join(page_texts(export(examples.notebook(parts))))
    assert "折起的正文" in text
    assert "印出" in text
    assert "不印" not in text


def test_a_card_has_no_contents() -> None:
    parts = {"results": Prose((Text("一"),)), "problems": Prose((Text("二"),))}
    assert "目录" in page_texts(export(examples.notebook(parts)))[0]
    assert "目录" not in page_texts(export(examples.notebook(parts, kind="card")))[0]


def test_a_notebook_of_others_is_exported_too() -> None:
    shown = new_code_cell("1 + 1", id="sum")
    shown.outputs = [
        new_output("execute_result", {"text/html": "<table></table>", "text/plain": "a  b\n1  #2"}),
    ]
    cells = [
        new_markdown_cell("# 题", id="t"),
        new_markdown_cell("## 节\n\n文 *字*\n\n### 小节", id="s"),
        shown,
    ]
    data = export(new_notebook(cells=cells))
    text = "".join(page_texts(data))
    for words in ("题", "节", "文*字*", "小节", "1#2"):
        assert words in text
    assert page_validation.validate_pdf_bytes(data, profile="ua1").is_compliant


def test_a_missing_character_is_printed_as_its_code_point_also_inside_a_drawing() -> None:
    graphic = examples.graphic()
    told = graphic.wide.elements.replace("海角区", "海角☐区")
    graphic = replace(graphic, wide=replace(graphic.wide, elements=told))
    text = "".join(
        page_texts(export(examples.notebook({"results": Prose((Text("已核实✔"),)), "gaps": graphic})))
    )
    assert "已核实〔U+2714〕" in text
    assert "海角〔U+2610〕区" in text


def test_an_extra_font_sets_what_the_package_lacks(tmp_path: Path) -> None:
    font = examples.extra_font(tmp_path)
    path = tmp_path / "5_report.ipynb"
    nbformat.write(examples.notebook({"results": Prose((Text("已核实✔"),))}, extra_fonts=[font.name]), path)
    data, resources = AssessPDFExporter().from_filename(str(path))
    assert resources["output_extension"] == ".pdf"
    assert "已核实✔" in "".join(page_texts(data))
    font.unlink()
    with pytest.raises(FileNotFoundError, match=re.escape(font.name)):
        AssessPDFExporter().from_filename(str(path))


def test_what_typst_refuses_is_one_line() -> None:
    with pytest.raises(TypesettingError) as caught:
        compile_pdf("#set document(title: [t])\n#no-such-thing()", dt.date(2022, 3, 31))
    assert "\n" not in str(caught.value)
    assert "unknown variable" in str(caught.value)


def test_nbconvert_finds_the_exporter_by_its_declared_name() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    declared = project["project"]["entry-points"]["nbconvert.exporters"]
    assert get_exporter(declared["assess-pdf"].replace(":", ".")) is AssessPDFExporter
    assert AssessPDFExporter().file_extension == ".pdf"


def pdf_of(stream: bytes) -> bytes:
    """Return a smallest PDF with one stream, its length stated and a plain cross-reference table."""
    objects = [
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n",
        b"3 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(stream), stream),
        b"4 0 obj\n<</Title(x)>>\nendobj\n",
    ]
    body, offsets = b"%PDF-1.7\n", []
    for part in objects:
        offsets.append(len(body))
        body += part
    table = b"xref\n0 5\n0000000000 65535 f\r\n" + b"".join(b"%010d 00000 n\r\n" % at for at in offsets)
    return body + table + b"trailer\n<</Size 5/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)


def test_a_stream_that_ends_with_a_carriage_return_gets_a_clear_end() -> None:
    assert clear_stream_ends(pdf_of(b"abcdefghi")) == pdf_of(b"abcdefghi")
    # the length grows from one digit to two, so everything behind it moves by two
    assert clear_stream_ends(pdf_of(b"abcdefgh\r")) == pdf_of(b"abcdefgh\r\0")
