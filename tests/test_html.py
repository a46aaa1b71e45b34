"""The HTML page: one file, closed to the outside, whole without script, sound for a screen reader."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import page_examples as examples
import pytest
from contrast import contrast
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.publish import address_guard
from analysis.publish.executed_notebook import Document, Page, read_document
from analysis.publish.html_exporter import (
    AssessHTMLExporter,
    OutsideResourceError,
    asset,
    page_data,
    prepared,
)
from analysis.render.blocks import Group, Prose
from analysis.render.fonts import merge_texts
from analysis.words import Text


def export(notebook: nbformat.NotebookNode, **options: object) -> str:
    """Return the page of a notebook."""
    text, _resources = AssessHTMLExporter(**options).from_notebook_node(notebook)
    return text


@pytest.fixture(scope="module")
def page() -> str:
    return export(examples.notebook())


class Outline(HTMLParser):
    """Landmarks, headings, ids and references of a page, in the order of the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.paths: list[str] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.targets: list[str] = []
        self.feed(text)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Leave out elements closed in themselves: they are drawings."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note landmarks, headings, ids and references."""
        given = dict(attrs)
        if tag in {"header", "nav", "main", "footer"}:
            self.paths.append(
                "/".join([*(t for t in self.open if t in {"header", "nav", "main", "footer"}), tag])
            )
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("aria-labelledby", "href"):
            target = given.get(name)
            if target and (name != "href" or target.startswith("#")):
                self.targets.append(target.removeprefix("#"))
        if tag not in {"meta", "br", "wbr", "img", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element and what was left open in it."""
        while tag in self.open and self.open.pop() != tag:
            continue


def test_the_page_has_landmarks_one_title_and_no_level_skipped(page: str) -> None:
    outline = Outline(page)
    assert outline.paths == ["header", "main", "main/nav", "footer"]
    assert outline.levels[0] == 1
    assert outline.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))
    assert '<html lang="zh-CN">' in page


def test_ids_are_unique_and_every_reference_arrives(page: str) -> None:
    outline = Outline(page)
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)
    assert {"summary", "results", "firmness", "annex-scores", "fig-scores", "board"} <= set(outline.ids)


def test_the_first_screen_opens_with_the_findings_before_any_contents(page: str) -> None:
    order = [
        page.index(mark) for mark in ("<h1>", 'class="find"', 'class="board', "<nav", 'id="organisation"')
    ]
    assert order == sorted(order)


def test_headings_come_from_the_catalogue_and_code_is_never_shown(page: str) -> None:
    assert '<h2 id="annex-indicators-heading">附件一　指标口径</h2>' in page
    assert "report.open(" not in page
    assert "page.summary" not in page


def test_a_heading_without_words_keeps_its_own(page: str) -> None:
    notebook = examples.notebook({"own-words": Prose((Text("文"),))})
    assert '<h2 id="own-words-heading">own-words</h2>' in export(notebook)


def test_the_same_notebook_gives_the_same_bytes(page: str) -> None:
    assert export(examples.notebook()) == page


def test_the_policy_allows_our_script_and_nothing_else(page: str) -> None:
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy.group(1) == (
        "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert address_guard.check_html(page) == []


def test_a_page_that_leads_outside_is_not_written() -> None:
    notebook = examples.notebook()
    shown = next(cell for cell in notebook.cells if cell.get("outputs") and cell.id == "results-shown")
    shown.outputs.append(
        new_output("display_data", {"text/html": '<img src="https://example.org/p.png">', "text/plain": "p"})
    )
    with pytest.raises(OutsideResourceError, match=r"example\.org"):
        export(notebook)


def test_the_example_mark_stands_on_the_first_screen_under_figures_in_the_foot_and_on_paper(
    page: str,
) -> None:
    header, footer = page[page.index("<header>") : page.index("</header>")], page[page.index("<footer>") :]
    assert examples.MARK in header
    assert examples.MARK in footer
    for figure in re.findall(r"<figure.*?</figure>", page, re.DOTALL):
        assert f'<span class="mk">{examples.MARK}</span>' in figure
    assert f'@bottom-left{{content:"{examples.MARK}"' in page
    assert f"<title>{examples.TITLE.replace(chr(0x200B), '')} · {examples.MARK}</title>" in page


def test_real_data_carry_no_mark() -> None:
    text = export(examples.notebook({"results": Prose((Text("文"),))}, mark="", synthetic=False))
    assert "示例数据" not in text


def test_a_card_has_no_contents_and_a_notebook_of_others_is_exported_too() -> None:
    assert "<nav" not in export(examples.notebook(kind="card"))
    shown = new_code_cell("1 + 1", id="sum")
    shown.outputs = [
        new_output("stream", name="stdout", text="一 < 二\n"),
        new_output("execute_result", {"text/plain": "2"}),
        new_output("execute_result", {"text/html": "<table><tr><td>3</td></tr></table>", "text/plain": "3"}),
    ]
    foreign = new_notebook(
        cells=[new_markdown_cell("# 题\n", id="t"), new_markdown_cell("## 节\n\n文*字*", id="s"), shown]
    )
    text = export(foreign)
    assert "<h1>题</h1>" in text
    assert '<section id="s" aria-labelledby="s-heading">' in text
    assert "<p>文<em>字</em></p>" in text
    assert "<pre>一 &lt; 二</pre>" in text
    assert "<pre>2</pre>" in text
    assert "<td>3</td>" in text


def test_words_in_the_page_data_are_escaped() -> None:
    hostile = '"><script>x</script>\\'
    text = export(examples.notebook({}, footer=[hostile], short_title=hostile, issuer=hostile, mark=hostile))
    assert "<script>x" not in text
    assert text.count("<script>") == 1


def test_a_character_without_a_glyph_is_printed_as_its_code_point_wherever_it_stands() -> None:
    text = export(
        examples.notebook({"results": Prose((Text("已核实✔"),))}, footer=["✗脚"], short_title="☐题")
    )
    for shown in ("已核实〔U+2714〕", "〔U+2717〕脚", "〔U+2610〕题"):
        assert shown in text
    assert not {"✔", "✗", "☐"} & set(text)


def test_an_extra_font_serves_what_the_package_lacks(tmp_path: Path) -> None:
    font = examples.extra_font(tmp_path)
    notebook = examples.notebook({"results": Prose((Text("已核实✔"),))}, extra_fonts=[font.name])
    path = tmp_path / "notebooks" / "5_report.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    text, _resources = AssessHTMLExporter().from_filename(str(path))
    assert "font-family:'Report Extra'" in text


def test_pages_with_shared_characters_embed_the_same_fonts() -> None:
    first = examples.notebook({"results": Prose((Text("甲单位"),))}, kind="card")
    second = examples.notebook({"results": Prose((Text("乙县"),))}, kind="card")
    shared = merge_texts(prepared(read_document(each)).characters for each in (first, second))
    pages = [export(notebook, shared_characters=shared) for notebook in (first, second)]
    faces = [re.findall(r"@font-face\{[^}]+\}", page) for page in pages]
    assert faces[0] == faces[1]
    assert export(first) != pages[0]


def test_the_page_is_small() -> None:
    assert len(export(examples.notebook())) < 600_000


def test_nbconvert_finds_the_exporters_by_their_declared_names() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    declared = project["project"]["entry-points"]["nbconvert.exporters"]
    assert get_exporter(declared["assess-html"].replace(":", ".")) is AssessHTMLExporter
    assert AssessHTMLExporter().file_extension == ".html"


@pytest.mark.parametrize("name", ["ink", "sec", "blue", "red"])
def test_colours_of_text_stand_out_from_white(name: str) -> None:
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}})", asset("style.css"))
    assert found is not None
    assert contrast("#ffffff", found.group(1)) >= 4.5


def test_nothing_needs_the_script_to_be_read(page: str) -> None:
    body = re.sub(r"<script>.*?</script>", "", page[page.index("<body") :], flags=re.DOTALL)
    assert "<button" not in body
    assert not re.search(r'style="[^"]*display:\s*none', body)
    texts = re.sub(r"<[^>]+>", "", body)
    for words in ("五个单位评为A级", "望山区", "27/36", "第70项指标", "推导"):
        assert words in texts


def test_a_section_that_shows_nothing_has_no_heading() -> None:
    assert '<section id="results"' not in export(examples.notebook({"results": Group(())}))


def test_every_header_of_a_table_says_what_it_heads_and_every_table_what_it_is(page: str) -> None:
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert tables
    for table in tables:
        assert re.search(
            r"<caption>.*?\S.*?</caption>", re.sub(r"<(?!/?caption)[^>]+>", "", table), re.DOTALL
        )
        heads = re.findall(r"<th\b[^>]*>", table)
        assert heads
        assert all('scope="col"' in head or 'scope="row"' in head for head in heads)


def test_every_drawing_is_named_or_decorative(page: str) -> None:
    for drawing in re.findall(r"<svg\b[^>]*>", page):
        named = re.search(r'aria-labelledby="([^"]+)"', drawing)
        if named is None:
            assert 'aria-hidden="true"' in drawing
        else:
            words = re.search(rf'<p id="{named.group(1)}" hidden>(.+?)</p>', page, re.DOTALL)
            assert words is not None
            assert len(re.sub(r"<[^>]+>", "", words.group(1))) > 10


def test_the_order_of_the_keyboard_is_the_order_of_the_text(page: str) -> None:
    assert "tabindex" not in page[page.index("<body") : page.index("<script>")]
    assert not re.search(r"tabIndex = [1-9]", asset("script.js"))
    links = re.findall(r'<a [^>]*href="#([^"]+)"', page)
    assert links[0] == "summary"
    contents = re.findall(r'<li><a href="#([^"]+)">', page)
    assert contents == [ident for ident in re.findall(r'<section id="([^"]+)"', page) if ident in contents]
    assert "aria-current" not in page[page.index("<body") : page.index("<script>")]


#: (text or mark, ground, least contrast): text 4.5, borders of controls and marks 3 (WCAG 2.2, 1.4.3 and 1.4.11)
PAIRS = [
    ("sec", "#ffffff", 4.5),
    ("blue", "#ffffff", 4.5),
    ("red", "#ffffff", 4.5),
    ("grey", "#ffffff", 3.0),
    ("ink", "#e3ecf5", 4.5),
    ("blue", "#e3ecf5", 4.5),
    ("sec", "#e3ecf5", 4.5),
]


@pytest.mark.parametrize(("name", "ground", "least"), PAIRS)
def test_pairs_of_the_palette_stand_apart(name: str, ground: str, least: float) -> None:
    style = asset("style.css")
    colour = re.search(rf"--{name}: (#[0-9a-f]{{6}})", style)
    assert colour is not None
    assert ground == "#ffffff" or ground in style
    assert contrast(colour.group(1), ground) >= least


def test_what_the_script_makes_is_large_enough_and_not_printed() -> None:
    style = asset("style.css")
    controls = re.search(r"select, \.tools button, \.take button[^{]*\{[^}]*min-height: (\d+)px", style)
    assert controls is not None
    assert int(controls.group(1)) >= 24
    anchor = re.search(r"\.anchor \{[^}]*min-height: (\d+)px", style)
    assert anchor is not None
    assert int(anchor.group(1)) >= 24
    paper = style[style.index("@media print {") :]
    hidden = re.search(r"([^{}]+)\{ display: none; \}", paper)
    assert hidden is not None
    for name in ("nav", ".skip", ".tools", ".take", ".anchor", ".origin", ".narrowed-bar"):
        assert name in [part.strip() for part in hidden.group(1).split(",")]
    assert ".narrowed-note" not in [part.strip() for part in hidden.group(1).split(",")]


def test_every_word_of_the_script_is_in_the_catalogue_of_both_languages() -> None:
    asked = set(re.findall(r"\bsay\.(\w+)", asset("script.js")))
    for language in ("zh", "en"):
        data = page_data(Document(Page(language=language), ()))
        assert set(data["words"]) == asked
        assert all(data["words"].values())
