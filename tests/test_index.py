"""The index over all rounds and editions: what it lists, what it calls out of date, what it never does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.intake.persons.person_names import PersonNames
from analysis.publish import address_guard, index, manifest
from analysis.publish.person_gate import Gate
from analysis.render import fonts

MARK = "示例数据（合成）"
INPUTS = {"data/raw/2020/线索.csv": "a" * 64, "data/raw/2020/round.yaml": "b" * 64}
REPORT = (
    "report.html",
    "onepage.pdf",
    "report.pdf",
    "annex.pdf",
    "bulletin.docx",
    "bulletin.pdf",
    "workbook.xlsx",
)
CARDS = ("units/990001.html", "units/990001.pdf", "units/990002.html", "units/990002.pdf")
UNITS = {"990001": "海角区", "990002": "青梅县"}


def publish(
    reports: Path,
    folder: str = "2020",
    *,
    files: tuple[str, ...] = REPORT + CARDS,
    inputs: Mapping[str, str] = INPUTS,
    level: str = "internal",
    language: str = "zh",
    synthetic: bool = True,
) -> Path:
    """Put an edition with made-up files and its manifest into a folder of reports."""
    round_id = folder.partition("/")[0]
    for name in files:
        path = reports / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        title = f"云州市{round_id}年度考核报告" if language == "zh" else f"Yunzhou, assessment {round_id}"
        if name.startswith("units/"):
            title = f"{UNITS[path.stem]}{round_id}年度考核反馈"
        path.write_text(f"<html><head><title>{title} · {MARK}</title></head></html>", encoding="utf-8")
    content = {
        "round": round_id,
        "level": level,
        "language": language,
        "synthetic": synthetic,
        "as_of": "2022-03-31",
        "parameters": {},
        "inputs": [{"path": path, "sha256": digest} for path, digest in inputs.items()],
        "outputs": [{"path": name, "sha256": "0" * 64} for name in files],
    }
    target = reports / folder / "manifest.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(content), encoding="utf-8")
    return target


class Tables(HTMLParser):
    """The tables of a page: the words of every cell, row by row, and the links of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.links: list[str] = []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell; keep where a link leads."""
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._open = True
        elif tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self._open = self._open and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        """Take up the words of a cell."""
        if self._open:
            row = self.tables[-1][-1]
            row[-1] = " ".join(f"{row[-1]} {data}".split())


@pytest.fixture(autouse=True)
def no_fonts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the fonts out, whose subsets take a second each; the test that is about them keeps them."""
    if "fonts" not in request.node.name:
        monkeypatch.setattr(fonts, "subset_faces", lambda _texts: "")


def page(reports: Path, language: str | None = None) -> str:
    return index.write(reports, language).read_text(encoding="utf-8")


def test_every_link_is_relative_and_leads_to_a_file(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path, "2020/own", level="own", files=("cards.zip", "990001.zip", "units/990001.pdf"))
    publish(tmp_path, "2020/en/own", level="own", language="en", files=("990002.zip",))
    text = page(tmp_path)
    links = [link for link in Tables(text).links if not link.startswith("#")]
    assert {
        "2020/bulletin.docx",
        "2020/units/990001.pdf",
        "2020/own/cards.zip",
        "2020/en/own/990002.zip",
    } <= set(links)
    assert [link for link in links if not (tmp_path / link).is_file()] == []
    assert address_guard.check_html(text) == []


def test_a_file_that_was_taken_away_is_not_linked(tmp_path: Path) -> None:
    publish(tmp_path)
    (tmp_path / "2020" / "report.pdf").unlink()
    links = Tables(page(tmp_path)).links
    assert "2020/report.pdf" not in links
    assert "2020/report.html" in links


def test_units_stand_against_editions(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path, "2020/own", level="own", files=("cards.zip", "990001.zip", "units/990001.pdf"))
    _editions, cards, _inputs = Tables(page(tmp_path)).tables
    heads, first, second = cards
    assert heads == ["单位", "市级内部（中文）", "只发本单位（中文）"]
    assert first[0] == "海角区"
    assert first[2].startswith("PDF")
    assert "zip" in first[2]
    # a gap is said in words, too
    assert second == [
        "青梅县",
        "HTML 青梅县 市级内部（中文） PDF 青梅县 市级内部（中文）",
        "— 没有",
    ]


def test_several_rounds_are_set_side_by_side_last_first(tmp_path: Path) -> None:
    publish(tmp_path, "2019", files=("report.html", "units/990001.html"))
    publish(tmp_path, "2020")
    text = page(tmp_path)
    across = Tables(text).tables[-1]
    assert across[0] == ["单位", "2020", "2019"]
    assert across[2][0] == "青梅县"
    assert across[2][2] == "— 没有"
    assert text.index("云州市2020年度") < text.index("云州市2019年度")


def test_final_editions_stand_with_their_round_and_say_which_is_corrected(tmp_path: Path) -> None:
    """2020-1 was corrected by 2020-2; of 2019 only a final edition is left, and one lost its manifest."""
    publish(tmp_path)
    for name, replaces in (("2020-1", None), ("2020-2", "2020-1"), ("2020-3", "2020-2"), ("2019-1", None)):
        target = publish(tmp_path, f"final/{name}", files=("report.html",))
        content = json.loads(target.read_text(encoding="utf-8"))
        content |= {"round": name[:4], "edition": int(name[-1]), "replaces": replaces}
        target.write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "final" / "2020-3" / "manifest.json").unlink()
    found = Tables(page(tmp_path))
    assert [[row[0], row[2]] for row in found.tables[1]] == [
        ["版本", "状态"],
        ["2020-3", "缺少文件清单，不能读取；请从备份放回"],
        ["2020-2", "更正版，代替 2020-1"],
        ["2020-1", "已由 2020-2 代替"],
    ]
    assert [row[0] for row in found.tables[-1]] == ["版本", "2019-1"]
    assert {"final/2020-2/report.html", "final/2019-1/report.html"} <= set(found.links)
    # what is filed makes nothing of the present out of date
    assert found.tables[0][1][2] == "2个文件"


def test_one_round_needs_no_table_of_rounds(tmp_path: Path) -> None:
    publish(tmp_path)
    assert "各单位历年反馈卡" not in page(tmp_path)


def test_an_edition_that_rests_on_other_inputs_is_called_out_of_date(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path, "2020/own", level="own")
    changed = {**INPUTS, "data/raw/2020/线索.csv": "c" * 64, "data/raw/2020/新.xlsx": "d" * 64}
    publish(tmp_path, "2020/grades", level="grades", inputs=changed)
    rows = Tables(page(tmp_path)).tables[0][1:]
    assert [(row[0], row[2]) for row in rows] == [
        ("市级内部（中文）", "2个文件"),
        ("只发本单位（中文）", "与内部版相同"),
        ("只公布等次（中文）", "已过时：2个文件与内部版依据的不同（新.xlsx、线索.csv）"),
    ]


@pytest.mark.parametrize(
    ("digest", "state"), [("a" * 64, "与内部版相同"), ("c" * 64, "已过时：依据的文件与内部版不同")]
)
def test_an_edition_that_does_not_name_its_inputs_is_compared_by_their_fingerprint(
    tmp_path: Path, digest: str, state: str
) -> None:
    publish(tmp_path)
    target = publish(tmp_path, "2020/own", level="own", inputs={})
    content = json.loads(target.read_text(encoding="utf-8"))
    rested_on = {**INPUTS, "data/raw/2020/线索.csv": digest}
    content["inputs_sha256"] = manifest.combined(
        [{"path": path, "sha256": found} for path, found in rested_on.items()]
    )
    target.write_text(json.dumps(content), encoding="utf-8")
    assert Tables(page(tmp_path)).tables[0][2][2] == state


def test_without_an_internal_edition_nothing_is_compared(tmp_path: Path) -> None:
    publish(tmp_path, "2020/grades", level="grades")
    ((_heads, row), *_) = Tables(page(tmp_path)).tables
    assert row[2] == "没有内部版可以对照"


def test_inputs_stand_with_the_beginning_of_their_hash(tmp_path: Path) -> None:
    publish(tmp_path)
    text = page(tmp_path)
    assert "依据的文件（2个）" in text
    assert Tables(text).tables[-1][1:] == [
        ["data/raw/2020/round.yaml", "b" * 12],
        ["data/raw/2020/线索.csv", "a" * 12],
    ]


def test_a_manifest_without_level_and_language_is_the_internal_chinese_edition(tmp_path: Path) -> None:
    target = publish(tmp_path)
    content = json.loads(target.read_text(encoding="utf-8"))
    del content["level"], content["language"]
    content["parameters"] = {"language": "en", "disclosure": "grades"}
    target.write_text(json.dumps(content), encoding="utf-8")
    (edition,) = index.editions(tmp_path)
    assert (edition.level, edition.language) == ("grades", "en")
    content["parameters"] = {}
    target.write_text(json.dumps(content), encoding="utf-8")
    (edition,) = index.editions(tmp_path)
    assert (edition.level, edition.language) == ("internal", "zh")


@pytest.mark.parametrize(("language", "title"), [("zh", "考核报告目录"), ("en", "Assessment reports")])
def test_the_index_speaks_the_language_of_the_last_round(tmp_path: Path, language: str, title: str) -> None:
    publish(tmp_path, "2019", language="zh")
    publish(tmp_path, "2020", language=language)
    text = page(tmp_path)
    assert f"<h1>{title}</h1>" in text
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in text


def test_a_title_in_another_language_says_which(tmp_path: Path) -> None:
    publish(tmp_path)
    text = page(tmp_path, "en")
    assert re.search(r'<h2 id="round-1" lang="zh-CN">云州市2020年度考核报告</h2>', text)


def test_the_mark_stands_with_the_title_the_round_and_at_the_foot(tmp_path: Path) -> None:
    publish(tmp_path)
    text = page(tmp_path)
    assert text.count(MARK) == 4
    assert f"<title>考核报告目录 · {MARK}</title>" in text


def test_real_data_carry_no_mark(tmp_path: Path) -> None:
    publish(tmp_path, synthetic=False)
    assert MARK not in page(tmp_path)


def test_the_index_says_that_it_is_not_to_be_handed_on(tmp_path: Path) -> None:
    publish(tmp_path, "2020/own", level="own")
    assert "只供办公室内部使用" in page(tmp_path)


def test_unfinished_and_failed_rounds_are_not_listed(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path, ".2020.building")
    publish(tmp_path, "2021.failed")
    publish(tmp_path, "2020/.own.building", level="own")
    assert [edition.folder for edition in index.editions(tmp_path)] == ["2020"]


def test_without_reports_the_index_says_so_and_how_to_make_one(tmp_path: Path) -> None:
    text = page(tmp_path / "reports")
    assert "还没有报告。" in text
    assert "make report" in text
    assert page(tmp_path / "reports") == text


def test_the_same_reports_give_the_same_index(tmp_path: Path) -> None:
    for folder, level in (("2020", "internal"), ("2020/own", "own"), ("2019", "internal")):
        publish(tmp_path, folder, level=level)
    assert page(tmp_path) == page(tmp_path)
    assert str(tmp_path) not in page(tmp_path)


def test_the_page_carries_its_fonts(tmp_path: Path) -> None:
    publish(tmp_path)
    text = page(tmp_path)
    assert text.count("@font-face") >= 3
    assert set(re.findall(r"url\((.{9})", text)) == {"data:font"}


def test_tables_can_be_read_without_eyes(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path, "2019")
    text = page(tmp_path)
    assert text.count("<table") == text.count("<caption>")
    assert 'scope="row"' in text
    # a link's words tell it from its neighbours
    said = re.findall(r'<a href="[^#][^"]*">(.*?)</a>', text)
    spoken = [re.sub("<[^>]+>", "", words) for words in said if "2019" not in words]
    cards = [words for words in spoken if words.startswith(("HTML", "PDF"))]
    assert all(re.search("海角区|青梅县", words) for words in cards)


def test_what_a_title_says_stays_text(tmp_path: Path) -> None:
    target = publish(tmp_path)
    (tmp_path / "2020" / "report.html").write_text(
        "<title>&lt;img src=x onerror=alert(1)&gt;</title>", encoding="utf-8"
    )
    assert target.is_file()
    text = page(tmp_path)
    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_the_page_is_known_before_an_edition_takes_its_place(tmp_path: Path) -> None:
    """What the gate looks through is what will stand there: the other editions, and not the last of this one."""
    publish(tmp_path, inputs={"data/raw/2020/线索.csv": "9"})
    publish(tmp_path, "2020/own", level="own", files=("cards.zip",))
    publish(tmp_path, "made/anew")
    final, anew = tmp_path / "2020", tmp_path / ".2020.building"
    noted = json.loads((tmp_path / "made" / "anew" / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "made" / "anew" / "manifest.json").write_text(
        json.dumps({**noted, "round": "2020"}), encoding="utf-8"
    )
    (tmp_path / "made" / "anew").rename(anew)
    before = index.text_with(tmp_path, anew, final)
    for name in ("report.html", "manifest.json"):
        (anew / name).replace(final / name)
    for path in (anew / "units").iterdir():
        path.replace(final / "units" / path.name)
    assert page(tmp_path) == before
    assert not (tmp_path / ".index.html.writing").exists()


def test_the_gate_looks_through_the_page_before_it_is_written(tmp_path: Path) -> None:
    """A telephone in the title of a report that is published would stand on the page that leads to it."""
    report = publish(tmp_path).parent / "report.html"
    report.write_text("<title>考核报告 13812345678</title>", encoding="utf-8")
    said = index.text_with(tmp_path, report.parent, tmp_path / "2021")
    (found,) = Gate(PersonNames(), ()).leaks_in(index.FILE, said)
    assert (found.file, found.what) == ("index.html", "phone")
