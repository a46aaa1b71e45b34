"""What `make look` decides without a browser: programs, sheets, lines of text, results."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from look import editions, papers, programs
from look.results import SHOWN, Results
from PIL import Image, ImageDraw
from rich.console import Console

# ------------------------------------------------------------------------------------------ programs


def test_programs_are_found_by_the_first_name_there_is() -> None:
    there = {
        "chromium-browser": "/a/chromium-browser",
        "msedge": "/a/msedge",
        "libreoffice": "/a/libreoffice",
    }
    there |= {name: f"/a/{name}" for name in ("pdftoppm", "pdftotext")}
    found = programs.find(which=there.get)
    assert found == {
        "browser": "/a/chromium-browser",
        "office": "/a/libreoffice",
        "pdftoppm": "/a/pdftoppm",
        "pdftotext": "/a/pdftotext",
    }


def test_every_missing_program_is_named_with_its_use_and_its_package() -> None:
    there = {"google-chrome": "/a/google-chrome", "pdftoppm": "/a/pdftoppm"}
    with pytest.raises(programs.MissingProgramsError) as missing:
        programs.find(which=there.get)
    office, reader = str(missing.value).splitlines()
    assert office == (
        "soffice or libreoffice is missing, needed for opening the Word file: install it "
        "(Debian, Ubuntu: apt install libreoffice-writer) and run make look again."
    )
    assert reader.startswith("pdftotext is missing")
    assert "poppler-utils" in reader


# ------------------------------------------------------------------------------------------ results


def test_a_run_passes_only_if_something_was_looked_at_and_all_is_well() -> None:
    console = Console(file=io.StringIO(), width=120)
    results = Results(console)
    assert results.status == 1
    results.add("card", "print", [], "2 pages A4")
    assert results.status == 0
    results.add("card", "requests", ["https://example.org/"])
    assert results.status == 1
    assert results.table().row_count == 2


def test_many_faults_are_counted_and_the_first_written_out() -> None:
    said = io.StringIO()
    Results(Console(file=said, width=120)).add("report", "axe", [f"fault {n}" for n in range(SHOWN + 3)])
    text = said.getvalue()
    assert f"fault {SHOWN - 1}\n" in text
    assert f"fault {SHOWN}\n" not in text
    assert "… and 3 more" in text


# ------------------------------------------------------------------------------------------ editions


def test_editions_stand_where_they_are_published(tmp_path: Path) -> None:
    found = {
        edition.name: edition.folder.relative_to(tmp_path).as_posix()
        for edition in editions.expected(tmp_path)
    }
    assert found == {
        "zh internal": "reports/2020",
        "en internal": "reports/2020/en",
        "zh own": "reports/2020/own",
        "zh grades": "reports/2020/grades",
    }


def test_the_copy_begins_without_results(tmp_path: Path) -> None:
    root, target = tmp_path / "root", tmp_path / "copy"
    for name in (
        "data/raw/2020/a.csv",
        "data/processed/2020/values.csv",
        "reports/2020/x",
        "notebooks/1.ipynb",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x", encoding="utf-8")
    (target / "reports" / "2020").mkdir(parents=True)
    editions.copy_project(root, target)
    files = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    assert files == ["data/raw/2020/a.csv", "notebooks/1.ipynb"]
    assert not (target / "reports").exists()


# ------------------------------------------------------------------------------------------ sheets


def sheet(*boxes: tuple[int, int, int, int]) -> Image.Image:
    """Return a white A4 sheet of 579 × 819 dots with black boxes."""
    image = Image.new("L", (579, 819), 255)
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=0)
    return image


def test_a_sheet_with_text_inside_its_margins_is_well() -> None:
    assert papers.sheet_faults(sheet((80, 100, 500, 110), (80, 130, 400, 140))) == []


@pytest.mark.parametrize(
    ("box", "fault"),
    [
        ((2, 100, 80, 110), "has ink at the left edge"),
        ((500, 100, 575, 110), "has ink at the right edge"),
        ((80, 3, 500, 30), "has ink at the top edge"),
        ((80, 800, 500, 815), "has ink at the bottom edge"),
    ],
)
def test_ink_where_no_printer_reaches_is_told(box: tuple[int, int, int, int], fault: str) -> None:
    assert papers.sheet_faults(sheet((80, 100, 500, 140), box)) == [fault]


def test_a_sheet_with_a_page_number_only_is_empty() -> None:
    assert papers.sheet_faults(sheet((285, 780, 295, 788))) == ["is empty"]


def test_texts_agree_whatever_their_spaces_and_their_form() -> None:
    assert papers.squeezed("⼀是 完善\u200b制度\n12 %") == papers.squeezed("一是完善制度12%")
    assert papers.squeezed("unit-\nlevel") == papers.squeezed("unit-level")


def test_what_hangs_over_the_margin_does_not_count_in_the_word_file() -> None:
    assert papers.only_letters("核查、反馈（第 2 次）") == papers.only_letters("核查\n反馈(第2次)")
    assert papers.only_letters("核查") != papers.only_letters("核实")


def test_a_text_may_be_broken_once_where_a_page_ends() -> None:
    said = papers.squeezed("全年欠薪案件数下降— 3 —百分之三十五，涉及人数下降")
    assert papers.is_said("全年欠薪案件数下降百分之三十五", said)
    assert not papers.is_said("全年欠薪案件数上升百分之三十五", said)
    assert not papers.is_said("上升", said)


# ------------------------------------------------------------------------------------------ the text block

POINTS = 72 / 25.4


def xhtml(*pages: list[tuple[float, float, float]]) -> str:
    """Return what pdftotext says of pages with lines (left, right, middle in mm) of 16 pt type."""
    body = ""
    for lines in pages:
        stretches = "".join(
            f'<line xMin="{left * POINTS}" xMax="{right * POINTS}" '
            f'yMin="{(middle - 2.8) * POINTS}" yMax="{(middle + 2.8) * POINTS}"/>'
            for left, right, middle in lines
        )
        body += f"<page><flow><block>{stretches}</block></flow></page>"
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><body><doc>{body}</doc></body></html>'


def lines(count: int = 22, left: float = 28.0, right: float = 184.0, step: float = 225 / 22) -> list:
    """Return the lines of a page of the bulletin and its page number."""
    return [(left, right, 37 + step * (number + 0.5)) for number in range(count)] + [(165.0, 180.0, 271.0)]


def test_a_page_laid_out_as_the_standard_says_is_well() -> None:
    pages = papers.parse_lines(xhtml(lines(), lines(12)))
    assert [len(papers.inside(rows)) for rows in pages] == [22, 12]
    assert papers.block_faults(pages) == []
    assert papers.block_seen(pages) == "x 28.0–184.0 mm, at most 22 lines, 10.23 mm apart"


def test_the_mark_in_the_running_head_is_no_line_of_the_text() -> None:
    assert papers.block_faults(papers.parse_lines(xhtml([(28, 120, 18.0), *lines()]))) == []


def test_stretches_beside_each_other_are_one_line() -> None:
    ((row,),) = papers.parse_lines(xhtml([(28, 60, 50), (62, 184, 50.4)]))
    assert row[:2] == (pytest.approx(28), pytest.approx(184))


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (lines(left=20), "page 1: text begins 20.0 mm from the left, not 28"),
        (lines(right=195), "page 1: text ends 15.0 mm from the right, not 26"),
        (lines(25, step=9), "lines are 9.00 mm apart, not 10.23"),
        (lines(25, step=9), "page 1: 25 lines, not 22"),
        ([(28, 184, 36.0), *lines()], "page 1: text begins 33.2 mm from the top, not 37"),
        (lines()[:-1], "page 1: no page number under the text block"),
    ],
)
def test_what_leaves_the_text_block_is_told(page: list, fault: str) -> None:
    assert fault in papers.block_faults(papers.parse_lines(xhtml(page)))


def test_a_file_without_lines_is_not_taken_for_a_good_one() -> None:
    faults = papers.block_faults(papers.parse_lines(xhtml([])))
    assert "page 1: no page number under the text block" in faults
    assert any("apart" in fault for fault in faults)
    assert papers.block_seen([[]]) == "no text"


def test_official_faces_are_replaced_by_those_of_the_package(tmp_path: Path) -> None:
    text = papers.font_settings(tmp_path / "fonts", tmp_path / "cache")
    assert "<string>仿宋_GB2312</string></test><edit name='family'" in text
    assert f"<dir>{(tmp_path / 'fonts').resolve()}</dir>" in text
