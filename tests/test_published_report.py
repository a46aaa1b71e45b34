"""The report of the example round as it is shared: its files are opened and held to what they promise."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import page as page_validation
import pandas as pd
import pytest
import round_examples as example
from openpyxl import load_workbook
from pypdf import PdfReader

from analysis.publish.address_guard import check_html
from analysis.publish.papers import PAPERS
from analysis.questions.explain import first_cells
from analysis.render import origins

MARK = "示例数据（合成）"
SECTIONS = [
    "summary", "organisation", "results", "firmness", "declines", "progress", "gaps", "achievements", "problems",
    "rectification", "requirements", "annex-indicators", "annex-scores", "annex-quality", "annex-corrections",
    "annex-compare", "annex-provenance",
]  # fmt: skip
CONTRACT = {
    "scores.csv": "id round unit indicator kind source points_possible points status derivation",
    "grades.csv": "id round unit unit_name score rank grade clause nearest_clause",
    "findings.csv": "id round unit group findings named",
    "data_issues.csv": "check severity unit file sheet cell found expected remedy effect",
    "lineage.csv": "source file sheet cells filter rows sha256",
    "compare.csv": "figure place published computed verdict reason by",
    "values.csv": "id round unit period base_period measure numerator denominator value unit_of_measure lower upper "
    "confidence method status source period_kind level additive",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    published = example.published(tmp_path_factory)
    assert MARK in published.said
    return published.project


@pytest.fixture(scope="module")
def report(project: Path) -> Path:
    return project / "reports" / "2020"


def pages(report: Path) -> list[Path]:
    return [report / "report.html", *sorted((report / "units").glob("*.html")), report.parent / "index.html"]


def test_processed_data_have_the_columns_others_read(project: Path) -> None:
    for name, columns in CONTRACT.items():
        file = project / "data" / "processed" / "2020" / name
        assert file.read_bytes().startswith(b"\xef\xbb\xbf"), name
        assert list(pd.read_csv(file, encoding="utf-8-sig", nrows=0).columns) == columns.split(), name


def test_shared_pages_lead_nowhere_outside_and_carry_the_mark(report: Path) -> None:
    for file in pages(report):
        text = file.read_text(encoding="utf-8")
        assert check_html(text) == [], file.name
        assert MARK in text
    sizes = {file.name: file.stat().st_size for file in pages(report)}
    assert sizes["report.html"] < 3_000_000
    assert sizes["130302.html"] < 600_000


def test_the_report_has_its_sections_in_order_and_every_figure_an_alternative_text(report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8")
    assert re.findall(r'<section[^>]* id="([^"]+)"', text) == SECTIONS
    described = re.findall(r'<svg[^>]*role="img"[^>]*aria-labelledby="([^"]+)"', text)
    assert len(described) == 2 * len(re.findall(r'<figure[^>]* id="fig-', text)) > 0
    for ident in described:
        assert len(re.findall(rf'id="{ident}"', text)) == 1


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a" and str(values.get("href", "")).startswith("#"):
            self.targets.append(str(values["href"])[1:])


def test_ids_are_unique_and_links_inside_the_page_arrive(report: Path) -> None:
    for file in pages(report):
        parser = _Ids()
        parser.feed(file.read_text(encoding="utf-8"))
        assert len(parser.ids) == len(set(parser.ids)), file.name
        assert set(parser.targets) <= set(parser.ids), file.name


@pytest.mark.parametrize("paper", [*PAPERS])
@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_the_pdf_conforms(report: Path, profile: str, paper: str) -> None:
    result = page_validation.validate_pdf_bytes((report / paper).read_bytes(), profile=profile)
    assert result.is_compliant, [(failure.rule_id, failure.message) for failure in result.failures]


def test_the_pdf_can_be_searched_and_every_page_carries_the_mark(report: Path) -> None:
    reader = PdfReader(report / "report.pdf")
    texts = [sheet.extract_text() for sheet in reader.pages]
    whole = "".join("".join(texts).split())
    for words in ("考核评价为A级的是", "北戴河新区、海港区、卢龙县、北戴河区、秦皇岛开发区", "核处化解率"):
        assert words in whole
    assert all(MARK in "".join(text.split()) for text in texts)


def test_the_report_has_eight_pages_and_the_annex_the_rest(report: Path) -> None:
    body, annex = (PdfReader(report / name) for name in ("report.pdf", "annex.pdf"))
    assert len(body.pages) <= 8
    titles = [[entry.title for entry in of.outline if not isinstance(entry, list)] for of in (body, annex)]
    assert titles[0][0] == "一、考核组织"
    assert titles[0][-1] == "九、下步工作要求"
    assert titles[1][-1] == "附件六\u3000数据来源"
    # how every point came about stands on the cards, on the page and in the workbook
    assert not any("得分推导" in title for of in titles for title in of)


def test_the_one_page_holds_findings_board_and_decisions(report: Path) -> None:
    (page,) = PdfReader(report / "onepage.pdf").pages
    said = "".join(page.extract_text().split())
    for words in (
        "核处化解率92.0%（415/451）",
        "三项下降都明确",
        "五个单位评为A级",
        "95.80",
        "提请决定",
        MARK,
    ):
        assert words in said


def test_persons_stay_in_the_raw_files(project: Path) -> None:
    """Names and telephone numbers of the ledgers appear in nothing that is made from them."""
    book = load_workbook(example.raw(project) / example.CLUES, read_only=True)
    rows = list(book.worksheets[0].iter_rows(min_row=6, values_only=True))
    persons = {str(value) for row in rows for value in row if str(value).startswith(("示例人", "000-"))}
    assert len(persons) > 100
    # looking for what has their form, wherever it begins, is looking for all of them at once
    form = re.compile(r"(?=(示例人\d{4}|000-\d{7}))")
    assert persons <= {found for person in persons for found in form.findall(person)}
    made = [*(project / "data" / "processed").rglob("*"), *(project / "reports").rglob("*")]
    for file in made:
        if file.suffix in {".html", ".csv", ".json", ".ipynb", ".svg", ".log"}:
            assert persons & {*form.findall(file.read_text(encoding="utf-8"))} == set(), file.name
    book = load_workbook(project / "reports" / "2020" / "workbook.xlsx", read_only=True)
    cells = {str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}
    assert not cells & persons


def test_the_workbook_and_the_figures_carry_the_mark(report: Path) -> None:
    book = load_workbook(report / "workbook.xlsx", read_only=True)
    for sheet in book:
        top = [str(value) for row in sheet.iter_rows(max_row=12, values_only=True) for value in row]
        assert any(MARK in value for value in top), sheet.title
    for file in (report / "figures").glob("*.svg"):
        assert MARK in file.read_text(encoding="utf-8"), file.name
    assert {file.stem for file in (report / "figures").glob("*.png")} == {
        file.stem for file in (report / "figures").glob("*.svg")
    }


def test_the_manifest_lists_inputs_and_outputs_with_their_hashes(project: Path, report: Path) -> None:
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["round"], manifest["synthetic"], manifest["as_of"]) == ("2020", True, "2022-02-28")
    for entry in manifest["inputs"]:
        file = project / entry["path"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"]
    made = {file for file in report.rglob("*") if file.is_file() and file.name != "manifest.json"}
    listed = {entry["path"]: entry["sha256"] for entry in manifest["outputs"]}
    assert {file.relative_to(report).as_posix() for file in made} == {
        path.removeprefix("reports/2020/") for path in listed
    }


def test_a_figure_of_the_report_leads_to_the_cells_of_its_lineage(project: Path, report: Path) -> None:
    text = (report / "report.html").read_text(encoding="utf-8")
    block = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', text, re.DOTALL)
    assert block is not None
    told = origins.unpack(json.loads(block.group(1))["origins"])
    # whatever stands on the page as a figure can be asked for
    assert set(told) == set(map(unescape, re.findall(r'<data [^>]*data-row="([^"]+)"', text)))
    processed = project / "data" / "processed" / "2020"
    values = pd.read_csv(processed / "values.csv", encoding="utf-8-sig", dtype=str).set_index("id")
    lineage = pd.read_csv(processed / "lineage.csv", encoding="utf-8-sig", dtype=str)
    row = values.loc["130300.2020.rate_resolved.wilson"]
    found = told["130300.2020.rate_resolved.wilson"]
    facts = dict(found.facts)
    assert facts["分子"] == f"{float(row['numerator']):,.0f}"
    assert facts["分母"] == f"{float(row['denominator']):,.0f}"
    for place, traced in zip(
        found.cited.places, lineage[lineage["source"] == row["source"]].itertuples(), strict=True
    ):
        assert (place.file, place.sheet) == (traced.file, traced.sheet)
        assert traced.cells.startswith(place.cells.partition(":")[0])
        assert place.more == int(traced.rows) - 10
    for each in told.values():
        shown = [first_cells(place.cells, 0)[1] for place in each.cited.places]
        assert sum(shown) <= 20
