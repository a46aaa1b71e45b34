"""The bulletin as PDF: every measure of the official format, read off the file itself; valid, tagged, reproducible."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import tomllib
from pathlib import Path
from typing import Any

import bulletin_examples as example
import page as page_validation
import pytest
from bulletin_examples import Bar, Printed, bars, line, printed
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_notebook
from pypdf import PdfReader

from analysis.publish.official.official_document import NotABulletinError
from analysis.publish.official.official_pdf import BulletinPDFExporter
from analysis.render.official_content import Block

PITCH = 225 / 22
CELL = 156 / 28
#: what a position may be off, in millimetres
NEAR = 0.06


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return example.pdf(example.notebook())


@pytest.fixture(scope="module")
def full() -> bytes:
    """Return a bulletin whose second page holds nothing but a long paragraph of full-width characters."""
    return example.pdf(example.notebook((Block(line(example.FULL * 140)),)))


def of(pages: list[list[Printed]], start: str, page: int = 0) -> Printed:
    return next(one for one in pages[page] if one.text.startswith(start))


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_it_conforms_to_the_archive_and_the_accessibility_standard(pdf: bytes, profile: str) -> None:
    result = page_validation.validate_pdf_bytes(pdf, profile=profile)
    assert result.is_compliant, [(failure.rule_id, failure.message) for failure in result.failures]


def test_the_same_notebook_gives_the_same_bytes(pdf: bytes) -> None:
    assert example.pdf(example.notebook()) == pdf


def test_title_issuer_date_and_language_are_in_the_file_and_nobody_is(pdf: bytes) -> None:
    file = PdfReader(io.BytesIO(pdf))
    assert file.metadata is not None
    assert file.metadata.title == "".join(example.TITLE)
    assert file.metadata.author == example.ISSUER
    assert file.metadata.creation_date == dt.datetime(2022, 3, 31, tzinfo=dt.UTC)
    assert file.trailer["/Root"]["/Lang"] == "zh-CN"
    assert example.SIGN in str(file.metadata["/Keywords"])


def test_bookmarks_are_the_headings(pdf: bytes) -> None:
    outline: list[Any] = PdfReader(io.BytesIO(pdf)).outline
    assert [entry.title for entry in outline if not isinstance(entry, list)] == [
        "一、考核组织",
        "四、下步工作要求",
    ]
    below = [entry.title for part in outline if isinstance(part, list) for entry in part]
    assert below == ["（一）主要成效", "（一）压实责任。"]


def test_the_sheet_is_a4_with_a_text_block_of_156_by_225(pdf: bytes) -> None:
    for page in PdfReader(io.BytesIO(pdf)).pages:
        assert float(page.mediabox.width) / example.MM == pytest.approx(210, abs=0.1)
        assert float(page.mediabox.height) / example.MM == pytest.approx(297, abs=0.1)


def test_a_page_holds_22_lines_of_28_characters(full: bytes) -> None:
    second = [one for one in printed(full)[1] if 0 < one.baseline < 225]
    assert len(second) == 22
    assert {len(one.text) for one in second} == {28}
    assert {one.size for one in second} == {16.0}
    steps = [below.baseline - above.baseline for above, below in itertools.pairwise(second)]
    assert min(steps) == pytest.approx(PITCH, abs=NEAR)
    assert max(steps) == pytest.approx(PITCH, abs=NEAR)
    assert {round(one.left, 2) for one in second} == {0.0}
    # the em box stands in the middle of its cell: 0.38 em of 16 pt below the middle
    assert second[0].baseline == pytest.approx(PITCH / 2 + 0.38 * 16 / example.MM, abs=NEAR)


def test_the_mark_stands_35_mm_down_in_red_and_as_wide_as_the_block(pdf: bytes) -> None:
    mark = of(printed(pdf), example.ISSUER)
    # its ink begins about 0.86 em above the baseline; 18 characters are set narrower, 156 / 18 mm each
    assert mark.baseline - 35 == pytest.approx(0.86 * mark.size / example.MM, abs=0.6)
    assert mark.size == pytest.approx(442.2 / (18 * 0.65), abs=0.1)
    (red, *_rest) = bars(pdf)[0]
    assert red.colour == (0.9, 0.0, 0.07)


def test_a_short_mark_is_not_larger_than_48_points() -> None:
    above = example.head(issuer=line("云州市人民政府"), suffix="文件")
    mark = of(printed(example.pdf(example.notebook(above=above))), "云州市人民政府文件")
    assert mark.size == pytest.approx(48)


def test_the_number_stands_centred_two_lines_down_with_the_red_rule_4_mm_below(pdf: bytes) -> None:
    number = of(printed(pdf), "云治欠")
    assert number.size == 16
    width = (5 + 4 * 0.5 + 0.5 + 1) * CELL
    assert number.left == pytest.approx((156 - width) / 2, abs=1.5)
    rule = bars(pdf)[0][0]
    assert (rule.left, rule.width) == (pytest.approx(0, abs=NEAR), pytest.approx(156, abs=NEAR))
    assert rule.height == pytest.approx(1.5 / example.MM, abs=0.01)
    # the em box ends 0.12 em below the baseline
    assert rule.top - number.baseline == pytest.approx(4 + 0.12 * 16 / example.MM, abs=NEAR)


def test_the_title_is_22_points_and_the_text_below_it_stands_on_the_lines_of_the_page(pdf: bytes) -> None:
    pages = printed(pdf)
    titles = [of(pages, text) for text in example.TITLE]
    # the mark has the words of the first line too
    titles[0] = next(one for one in pages[0] if one.text == example.TITLE[0] and one.size == 22)
    assert {one.size for one in titles} == {22.0}
    rule = bars(pdf)[0][0]
    assert titles[0].baseline - rule.top > 2 * PITCH
    first = titles[1].baseline - titles[0].baseline
    assert titles[2].baseline - titles[1].baseline == pytest.approx(first, abs=NEAR)
    assert first * example.MM >= 30
    salutation = of(pages, "各县、区人民政府")
    assert salutation.left == pytest.approx(0, abs=NEAR)
    top_line = PITCH / 2 + 0.38 * 16 / example.MM
    assert (salutation.baseline - top_line) / PITCH == pytest.approx(
        round((salutation.baseline - top_line) / PITCH), abs=0.01
    )


def test_paragraphs_and_headings_begin_two_characters_in(pdf: bytes) -> None:
    pages = printed(pdf)
    for start in ("现将考核情况", "一、考核组织", "（一）主要成效", "山海田土"):
        assert of(pages, start).left == pytest.approx(2 * CELL, abs=NEAR), start
        assert of(pages, start).size == 16
    assert of(pages, "（一）压实责任。按月报送。", page=1).left == pytest.approx(2 * CELL, abs=NEAR)


def test_headings_are_set_in_hei_and_kai_and_the_text_in_song(pdf: bytes) -> None:
    fonts: dict[str, str] = {}

    def see(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        for words in ("考核组织", "主要成效", "山海田土"):
            if words in text and size == 16:
                fonts[words] = str(font["/BaseFont"])

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=see)
    assert "ReportSansSC" in fonts["考核组织"].replace("-", "")
    assert "ReportKaiSC" in fonts["主要成效"].replace("-", "")
    assert "ReportSerifSC" in fonts["山海田土"].replace("-", "")


def test_the_date_ends_four_characters_from_the_edge_and_the_name_shares_its_axis(pdf: bytes) -> None:
    pages = printed(pdf)
    name, rest = of(pages, "云州市根治拖欠农民工工资", page=1), of(pages, "工作领导小组", page=1)
    date = of(pages, "2022年3月31日", page=1)
    # seven digits of half a character and three characters; each of the three runs of digits ends a point wider
    width = 6.5 * CELL + 3 / example.MM
    assert date.left + width == pytest.approx(156 - 4 * CELL, abs=0.3)
    axis = date.left + width / 2
    assert name.left + 12 * CELL / 2 == pytest.approx(axis, abs=0.3)
    assert rest.left + 6 * CELL / 2 == pytest.approx(axis, abs=0.3)
    # one empty line above a name of two lines, two above a name of one
    last = of(pages, "（一）压实责任", page=1)
    assert name.baseline - last.baseline == pytest.approx(2 * PITCH, abs=NEAR)
    short = printed(example.pdf(example.notebook(below=example.closing(signature=(line("云州市政府"),)))))
    gap = of(short, "云州市政府", page=1).baseline - of(short, "（一）压实责任", page=1).baseline
    assert gap == pytest.approx(3 * PITCH, abs=NEAR)


def test_the_closing_block_ends_on_the_lower_edge_of_the_block_between_its_three_rules(pdf: bytes) -> None:
    def black(found: list[Bar]) -> list[Bar]:
        return [bar for bar in found if bar.colour == (0.0,)]

    assert black(bars(pdf)[0]) == []
    top, inner, foot = black(bars(pdf)[1])
    assert [bar.height for bar in (top, inner, foot)] == [
        pytest.approx(t, abs=0.01) for t in (0.35, 0.25, 0.35)
    ]
    assert {(round(bar.left, 1), round(bar.width, 1)) for bar in (top, inner, foot)} == {(0.0, 156.0)}
    assert foot.top + foot.height == pytest.approx(225, abs=NEAR)
    pages = printed(pdf)
    for start in ("抄送：", "云州市根治拖欠农民工工资工作领导小组办公室"):
        assert of(pages, start, page=1).left == pytest.approx(14 / example.MM, abs=NEAR)
        assert of(pages, start, page=1).size == 14


def test_without_copies_the_closing_block_has_two_rules() -> None:
    data = example.pdf(example.notebook(below=example.closing(copies_to=())))
    assert len([bar for bar in bars(data)[1] if bar.colour == (0.0,)]) == 2


def test_page_numbers_stand_outside_and_the_sign_of_example_data_inside(full: bytes) -> None:
    pages = printed(full)
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        foot = next(one for one in page if one.baseline > 226)
        odd = number % 2 == 1
        sign = "".join(example.SIGN.split())
        assert foot.text == (f"{sign}—{number}—" if odd else f"—{number}—{sign}")
        assert foot.left == pytest.approx(14 / example.MM, abs=0.2)
        assert foot.size == 14
        # the dash is 7 mm below the block; its ink is a third of the type above the baseline
        assert foot.baseline - 225 - 7 == pytest.approx(0.29 * 14 / example.MM, abs=0.3)


def test_the_first_page_says_that_the_data_are_synthetic_and_real_data_are_not_marked(pdf: bytes) -> None:
    first, *rest = printed(pdf)
    assert [one.text for one in first if one.baseline < 0] == [
        "样稿·合成数据：文中各单位情况由程序生成，与真实单位无关"
    ]
    assert [one for page in rest for one in page if one.baseline < 0] == []
    real = example.pdf(example.notebook(page={"mark": "", "synthetic": False}))
    assert "样稿" not in "".join(one.text for page in printed(real) for one in page)
    odd, even = (next(one for one in page if one.baseline > 226) for page in printed(real))
    assert (odd.text, even.text) == ("—1—", "—2—")
    assert odd.left > 135
    assert even.left < 6


@pytest.mark.parametrize("paragraphs", range(3, 8))
def test_neither_signature_nor_closing_block_stands_on_a_page_without_text(paragraphs: int) -> None:
    body = tuple(Block(line(example.FULL * 8)) for _ in range(paragraphs))
    last = printed(example.pdf(example.notebook(body)))[-1]
    assert any("山海田土" in one.text for one in last)
    assert any(one.text == "2022年3月31日" for one in last)
    assert any(one.text.startswith("抄送") for one in last)


def test_a_heading_goes_with_the_paragraph_that_is_kept_with_the_signature() -> None:
    filler = tuple(Block(line(example.FULL * 8)) for _ in range(9))
    heading = Block(heading=line("四、下步工作要求"), level=1)
    for lines in range(0, 6, 2):
        body = (*filler, *([Block(line("短。"))] * lines), heading, Block(line("末段" * 60)))
        pages = printed(example.pdf(example.notebook(body)))
        (holding,) = [page for page in pages if any("四、" in one.text for one in page)]
        assert any(one.text.startswith("末段") for one in holding)


def test_a_gap_has_a_yellow_ground(pdf: bytes) -> None:
    (gap,) = [bar for bar in bars(pdf)[1] if bar.colour == (1.0, 0.95, 0.66)]
    assert gap.height * example.MM == pytest.approx(16, abs=0.1)


def test_where_the_seal_goes_is_drawn_in_drafts_only() -> None:
    plain, drawn = (
        PdfReader(io.BytesIO(example.pdf(example.notebook(below=example.closing(seal=seal)))))
        .pages[1]
        .get_contents()
        for seal in ("space", "guide")
    )
    assert plain is not None
    assert drawn is not None
    curves = [
        sum(operator == b"c" for _operands, operator in content.operations) for content in (plain, drawn)
    ]
    assert curves[0] == 0
    assert curves[1] >= 4


def test_a_missing_character_is_printed_as_its_code_point() -> None:
    pages = PdfReader(io.BytesIO(example.pdf(example.notebook((Block(line("已核实✔")),))))).pages
    assert "已核实〔U+2714〕" in "".join(page.extract_text() for page in pages)


def test_a_notebook_without_a_bulletin_is_refused() -> None:
    # nbconvert lets it end the program with the sentence, and without a traceback
    with pytest.raises(
        SystemExit, match=r"这个笔记本里没有通报，不能导出为公文：请用 6_bulletin\.ipynb"
    ) as refused:
        BulletinPDFExporter().from_notebook_node(new_notebook())
    assert isinstance(refused.value, NotABulletinError) and refused.value.code == str(refused.value)


def test_nbconvert_finds_the_exporter_by_its_declared_name() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    declared = project["project"]["entry-points"]["nbconvert.exporters"]["assess-bulletin-pdf"]
    assert get_exporter(declared.replace(":", ".")) is BulletinPDFExporter
    assert BulletinPDFExporter().file_extension == ".pdf"
