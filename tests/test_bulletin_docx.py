"""The bulletin as a Word file: real styles, official fonts, grid, fields, facing pages; always the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import bulletin_examples as example
import pytest
from bulletin_examples import line
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Pt
from nbconvert.exporters import get_exporter

from analysis.publish.official.official_docx import BulletinDocxExporter
from analysis.render.official_content import Block

#: twips in a millimetre
MM = 1440 / 25.4
PERSON = re.compile(r"python-docx|docx template|[A-Z][a-z]+ [A-Z][a-z]+")


@pytest.fixture(scope="module")
def docx() -> bytes:
    return example.docx(example.notebook())


@pytest.fixture
def word(docx: bytes) -> Any:
    return Document(io.BytesIO(docx))


def xml(data: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(part).decode("utf-8")


def spacing(word: Any, style: str) -> dict[str, str]:
    """Return the spacing of a style as the file has it, in twips."""
    found = word.styles[style].element.find(f"{qn('w:pPr')}/{qn('w:spacing')}")
    return {name.rpartition("}")[2]: value for name, value in found.attrib.items()}


def font(word: Any, style: str) -> str:
    """Return the font of a style, which must be the same for every script."""
    faces = word.styles[style].element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    (one,) = {faces.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")}
    return str(one)


def test_the_page_has_the_official_margins_and_the_grid_of_22_by_28(word: Any) -> None:
    (section,) = word.sections
    assert (section.page_width.mm, section.page_height.mm) == (
        pytest.approx(210, abs=0.1),
        pytest.approx(297, abs=0.1),
    )
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [margin.twips for margin in margins] == [2098, 1984, 1587, 1474]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert (grid.get(qn("w:linePitch")), grid.get(qn("w:charSpace"))) == ("579", "-850")
    height, width = 16838 - 2098 - 1984, 11906 - 1587 - 1474
    assert height // 579 == 22
    assert height // 580 == 21
    # 16 pt less 850 of 4096 parts of a point
    assert int(width / 20 / (16 - 850 / 4096)) == 28


def test_every_paragraph_has_its_style_and_no_look_of_its_own(word: Any) -> None:
    used = [paragraph.style.name for paragraph in word.paragraphs]
    assert used == [
        "发文机关标志", "发文字号", "Title", "Salutation", "Body Text", "Heading 1", "Heading 2",
        "Body Text", "Body Text", "Body Text", "Body Text", "Heading 1", "正文末段", "Signature", "Date", "文末",
    ]  # fmt: skip
    for paragraph in word.element.body.iter(qn("w:p")):
        assert [child.tag for child in paragraph.pPr] == [qn("w:pStyle")]
        for run in paragraph.iter(qn("w:rPr")):
            assert {child.tag for child in run} <= {qn("w:rStyle"), qn("w:rFonts")}
            hints = [dict(child.attrib) for child in run.iter(qn("w:rFonts"))]
            assert all(hint == {qn("w:hint"): "eastAsia"} for hint in hints)


def test_official_fonts_are_named_first_and_the_font_table_knows_what_else_to_take(
    word: Any, docx: bytes
) -> None:
    assert [font(word, f"Heading {level}") for level in (1, 2, 3, 4)] == [
        "黑体",
        "楷体_GB2312",
        "仿宋_GB2312",
        "仿宋_GB2312",
    ]
    assert font(word, "Title") == font(word, "发文机关标志") == "方正小标宋简体"
    assert font(word, "footer") == "宋体"
    defaults = word.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:rFonts')}")
    assert defaults.get(qn("w:eastAsia")) == "仿宋_GB2312"
    table = dict(
        re.findall(r'<w:font w:name="([^"]+)"><w:altName w:val="([^"]+)"', xml(docx, "word/fontTable.xml"))
    )
    assert list(table) == ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"]
    assert all("Report" in others for others in table.values())


def test_sizes_are_those_of_the_standard(word: Any) -> None:
    assert word.styles["Normal"].font.size == Pt(16)
    assert word.styles["Title"].font.size == Pt(22)
    assert word.styles["版记"].font.size == Pt(14)
    assert word.styles["footer"].font.size == Pt(14)
    # 18 characters at 65 % across 156 mm
    assert word.styles["发文机关标志"].font.size == Pt(38)
    assert str(word.styles["发文机关标志"].font.color.rgb) == "E60012"


def test_the_first_page_is_measured_from_the_top(word: Any) -> None:
    mark, number, title = (spacing(word, style) for style in ("发文机关标志", "发文字号", "Title"))
    size = 38 * 20
    # 80 % of the line above the baseline, the ink beginning 0.84 em above it
    ink = int(mark["before"]) + 0.8 * int(mark["line"]) - 0.84 * size
    assert ink / MM == pytest.approx(35, abs=0.1)
    assert number["line"] == "400"
    rule = word.styles["发文字号"].element.find(f".//{qn('w:bottom')}")
    assert (rule.get(qn("w:sz")), rule.get(qn("w:color"))) == ("12", "E60012")
    # 9 pt and the empty part of the number's line are 4 mm
    assert pytest.approx(4, abs=0.1) == (9 * 20 + 0.2 * 400 - 0.12 * 320) / MM
    assert title["before"] == str(2 * 579)
    assert title["line"] == title["after"]
    assert int(title["line"]) >= 600
    head = sum(int(part[key]) for part in (mark, number) for key in ("before", "line")) + 9 * 20 + 30
    # three lines of the title and as much below: the text begins on a line of the page
    assert (head + 2 * 579 + 4 * int(title["line"])) % 579 in (0, 579 - 1, 579 - 2, 579 - 3)


def test_the_text_has_exact_lines_and_begins_two_characters_in(word: Any) -> None:
    assert spacing(word, "Normal") == {"before": "0", "after": "0", "line": "579", "lineRule": "exact"}
    for style in ("Body Text", "Heading 1", "Heading 2", "Heading 3", "Heading 4"):
        indent = word.styles[style].element.find(f"{qn('w:pPr')}/{qn('w:ind')}")
        assert (indent.get(qn("w:firstLineChars")), indent.get(qn("w:firstLine"))) == ("200", "632")
    levels = [
        word.styles[f"Heading {level}"].element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}").get(qn("w:val"))
        for level in (1, 2, 3, 4)
    ]
    assert levels == ["0", "1", "2", "3"]


def test_a_heading_that_runs_into_its_paragraph_has_the_heading_s_type(word: Any) -> None:
    last = word.paragraphs[-4]
    assert last.style.name == "正文末段"
    assert [(run.style.name, run.text) for run in last.runs] == [
        ("heading 2 Char", "（一）压实责任。"),
        ("Default Paragraph Font", "按月报送。"),
    ]
    assert word.styles["heading 2 Char"].type is WD_STYLE_TYPE.CHARACTER


def test_leads_are_strong_gaps_are_yellow_and_quotation_marks_are_chinese(word: Any) -> None:
    lead, gap = word.paragraphs[10].runs
    assert (lead.style.name, gap.style.name) == ("Strong", "待填")
    shade = word.styles["待填"].element.find(f".//{qn('w:shd')}")
    assert shade.get(qn("w:fill")) == "FFF2A8"
    assert lead._r.find(f".//{qn('w:rFonts')}").get(qn("w:hint")) == "eastAsia"


def test_signature_and_date_share_an_axis_four_characters_from_the_edge(word: Any) -> None:
    cell = 8845 / 28
    for style in ("Signature", "Date"):
        indent = word.styles[style].element.find(f"{qn('w:pPr')}/{qn('w:ind')}")
        left, right = (int(indent.get(qn(f"w:{side}"))) for side in ("left", "right"))
        axis = (left + 8845 - right) / 2
        # the date is six and a half characters wide
        assert axis == pytest.approx((28 - 4 - 6.5 / 2) * cell, abs=2)
    assert spacing(word, "Signature")["before"] == "579"
    one_line = example.notebook(below=example.closing(signature=(line("云州市政府"),)))
    single = Document(io.BytesIO(example.docx(one_line)))
    assert spacing(single, "Signature")["before"] == "1158"
    for style in ("正文末段", "Signature", "Date"):
        assert word.styles[style].paragraph_format.keep_with_next


def test_the_closing_block_is_a_table_at_the_foot_of_the_last_page(word: Any) -> None:
    (table,) = word.tables
    assert [cell.text for row in table.rows for cell in row.cells] == [
        "抄送：市委组织部、各成员单位。",
        "云州市根治拖欠农民工工资工作领导小组办公室\t2022年3月31日印发",
    ]
    place = table._tbl.tblPr.find(qn("w:tblpPr"))
    assert place.get(qn("w:vertAnchor")) == "margin"
    assert place.get(qn("w:tblpYSpec")) == "bottom"
    assert place.get(qn("w:tblpX")) == "1587"
    borders = word.styles["版记表"].element.find(f".//{qn('w:tblBorders')}")
    assert {border.tag.rpartition("}")[2]: border.get(qn("w:sz")) for border in borders} == {
        "top": "8",
        "bottom": "8",
        "insideH": "6",
    }
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "版记"
    stop = word.styles["印发"].element.find(f".//{qn('w:tab')}")
    assert (stop.get(qn("w:val")), stop.get(qn("w:pos"))) == ("right", str(8845 - 280))


def test_lines_of_the_closing_block_a_little_too_long_are_squeezed_both_alike() -> None:
    # 14 pt characters in 156 mm, one left free on both sides: 29.59
    by = "云州市根治拖欠农民工工资工作领导小组办公室"
    short, longer = example.closing(printed_by=line(by[:12])), example.closing(printed_by=line(by + "综合科"))
    # 21 and 8.5 characters with two between them: 29.59 / 31.5; with three more they would be set too narrow and turn
    for below, width in ((short, 100), (example.closing(), 93), (longer, 100)):
        word = Document(io.BytesIO(example.docx(example.notebook(below=below))))
        assert word.styles["版记"].element.find(f".//{qn('w:w')}").get(qn("w:val")) == str(width)


def test_page_numbers_are_fields_outside_and_the_sign_of_example_data_inside(word: Any) -> None:
    (section,) = word.sections
    assert section.different_first_page_header_footer
    assert word.settings.odd_and_even_pages_header_footer
    assert section.footer_distance.twips == 1423
    feet = (section.first_page_footer, section.footer, section.even_page_footer)
    assert [foot.paragraphs[0].text for foot in feet] == [
        "样稿 · 合成数据\t— 1 —",
        "样稿 · 合成数据\t— 1 —",
        "— 1 —\t样稿 · 合成数据",
    ]
    for foot in feet:
        assert [code.text.strip() for code in foot._element.iter(qn("w:instrText"))] == ["PAGE"]
    assert section.first_page_header.paragraphs[0].text.startswith("样稿 · 合成数据：")


def test_a_bulletin_from_real_data_carries_no_sign() -> None:
    data = example.docx(example.notebook(page={"mark": "", "synthetic": False}))
    word = Document(io.BytesIO(data))
    assert not word.sections[0].different_first_page_header_footer
    assert [
        foot.paragraphs[0].text for foot in (word.sections[0].footer, word.sections[0].even_page_footer)
    ] == [
        "\t— 1 —",
        "— 1 —\t",
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        # the style is there for the next draft; no text is
        texts = [
            package.read(name).decode("utf-8") for name in package.namelist() if name != "word/styles.xml"
        ]
    assert not any("样稿" in text for text in texts)


def test_languages_are_tagged(word: Any) -> None:
    tag = word.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    assert (tag.get(qn("w:val")), tag.get(qn("w:eastAsia"))) == ("zh-CN", "zh-CN")
    english = Document(io.BytesIO(example.docx(example.notebook(page={"language": "en"}))))
    tag = english.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    assert (tag.get(qn("w:val")), tag.get(qn("w:eastAsia"))) == ("en-GB", "zh-CN")


def test_the_same_bytes_every_time_and_no_time_in_the_package(docx: bytes) -> None:
    assert example.docx(example.notebook()) == docx
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        assert package.namelist()[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_properties_name_the_issuer_and_no_person(word: Any, docx: bytes) -> None:
    facts = word.core_properties
    assert facts.title == "".join(example.TITLE)
    assert facts.author == facts.last_modified_by == example.ISSUER
    assert facts.subject == "通报"
    assert facts.keywords == "通报; 云治欠〔2022〕1号; 样稿 · 合成数据"
    assert facts.language == "zh-CN"
    day = dt.datetime(2022, 3, 31, tzinfo=dt.UTC)
    assert {facts.created, facts.modified, facts.last_printed} == {day}
    assert (facts.comments, facts.category, facts.revision) == ("", "", 1)
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        names = package.namelist()
    assert not [
        name for name in names if "thumbnail" in name or "app.xml" in name or "custom" in name.lower()
    ]
    assert not PERSON.search(xml(docx, "docProps/core.xml"))


def test_signs_of_markup_stay_signs() -> None:
    data = example.docx(example.notebook((Block(line("甲<b>&乙</b>")),)))
    assert Document(io.BytesIO(data)).paragraphs[5].text == "甲<b>&乙</b>"


def test_nbconvert_finds_the_exporter_by_its_declared_name() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    declared = project["project"]["entry-points"]["nbconvert.exporters"]["assess-docx"]
    assert get_exporter(declared.replace(":", ".")) is BulletinDocxExporter
    assert BulletinDocxExporter().file_extension == ".docx"
