"""The English edition: the same figures, in English throughout but for names and the office's own texts."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import round_examples as example
from executed_pages import execute
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import figure as plain
from ruamel.yaml import YAML

from analysis import charts, open_round
from analysis.publish.executed_notebook import read_document
from analysis.publish.html_exporter import AssessHTMLExporter
from analysis.publish.pdf_exporter import typst_source
from analysis.render.blocks import Graphic, Picture
from analysis.render.chinese_parts import mark_chinese
from analysis.report.graphics import Drawing
from analysis.results.assessment import Assessment
from analysis.rounds.frames import rows_of
from analysis.words import Figure, Text, words

PACKAGE = Path(__file__).parents[1] / "src" / "analysis"
HAN = re.compile("[\u3001-\u3017\u3400-\u9fff\uff01-\uff60]")
EN, ZH = words("en"), words("zh")


# ------------------------------------------------------------------------------------------- the catalogues


def sentences(tree: Any, above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from sentences(value, f"{above}{key}.")
        else:
            yield above + str(key), str(value)


def catalogue(language: str) -> dict[str, dict[str, str]]:
    """Return key → sentence, by file."""
    folder = PACKAGE / "words" / language
    read = YAML(typ="safe").load
    files = [file for file in sorted(folder.glob("*.yaml")) if file.name != "language.yaml"]
    return {file.name: dict(sentences(read(file.read_text("utf-8")))) for file in files}


def places(sentence: str) -> set[str]:
    return {place for _text, place, _noun, _begins in Formatter().parse(sentence) if place is not None}


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert list(en) == list(zh)
    for file in zh:
        assert set(en[file]) == set(zh[file]), file
        differing = [key for key, text in zh[file].items() if places(text) != places(en[file][key])]
        assert differing == [], file


def test_no_english_sentence_holds_chinese() -> None:
    #: names of units in examples of use
    examples = "山海关区|卢龙县"
    found = {
        (file, key): text
        for file, texts in catalogue("en").items()
        for key, text in texts.items()
        # faults quote what the office types
        if HAN.search(
            re.sub(examples + ("|“[^”]*”|[万亿]?元" if file.startswith("faults") else ""), "", text)
        )
    }
    assert found == {}


# ------------------------------------------------------------------------------------------- how words are filled in


def figure(text: str) -> Figure:
    return Figure(text, text, "row")


def test_a_noun_takes_the_form_of_its_number_and_a_verb_that_of_its_list() -> None:
    key = "message.resolution.also_low"
    assert EN(key, units=EN.list(["A"])).plain == "A lies below the 95% limit."
    assert EN(key, units=EN.list(["A", "B", "C"])).plain == "A, B and C lie below the 95% limit."
    assert ZH(key, units=ZH.list(["甲", "乙"])).plain == "甲、乙低于95%界限。"
    ledger = {"overdue": figure("0"), "open": figure("1")}
    one = EN("message.problems.rectification", all=figure("1"), **ledger)
    two = EN("message.problems.rectification", all=figure("2"), **ledger)
    assert one.plain == "1 problem in the rectification ledger, 0 overdue, 1 being rectified"
    assert two.plain == "2 problems in the rectification ledger, 0 overdue, 1 being rectified"


def test_a_sentence_begins_with_a_capital_letter_and_its_first_figure_keeps_its_row() -> None:
    row = {"id": "130000.2020.units_grade_A", "value": 5.0}
    some = EN("message.grades.some", count=EN.figure(row, "han_count"), letter="A")
    given_ = EN("message.grades.given", grades=EN.clauses([some, EN("message.grades.none", letter="C")]))
    assert given_.plain == "Five units were graded A, none was graded C."
    assert [(f.text, f.value, f.row) for f in given_.figures()] == [("Five", "5.0", row["id"])]
    one = EN("message.grades.some", count=EN.figure({**row, "value": 1.0}, "han_count"), letter="B")
    assert one.plain == "one unit was graded B"


def test_a_name_inside_a_sentence_begins_with_a_small_letter_unless_it_is_an_abbreviation() -> None:
    assert EN.inside("Resolution rate") == "resolution rate"
    assert EN.inside("GB/T 8170") == "GB/T 8170"
    assert ZH.inside("A级单位") == "A级单位"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "no"), (1, "one"), (2, "two"), (10, "ten"), (11, "11"), (1200, "1,200")]
)
def test_counts_of_things_are_words_up_to_ten(count: int, said: str) -> None:
    assert EN.figure({"id": "r", "value": count}, "han_count").text == said


def test_signs_between_parts() -> None:
    parts = ["A", "B"]
    assert [EN.clauses(parts).plain, EN.series(parts).plain] == ["A, B", "A; B"]
    assert [ZH.clauses(parts).plain, ZH.series(parts).plain] == ["A，B", "A；B"]
    assert [EN.noted("A", "B").plain, ZH.noted("A", "B").plain] == ["A (B)", "A（B）"]
    assert [EN.span("1", "3").plain, ZH.span("1", "3").plain] == ["1–3", "1～3"]
    assert EN.sentences(["One.", Text(), "Two."]).plain == "One. Two."
    assert ZH.sentences(["甲。", "乙。"]).plain == "甲。乙。"
    assert [EN.without_stop(Text("One.")).plain, ZH.without_stop(Text("甲。")).plain] == ["One", "甲"]


# ------------------------------------------------------------------------------------------- money

FACTORS = {
    "万元": 10_000, "亿元": 10**8, " million yuan": 10**6, " billion yuan": 10**9, " yuan": 1,
}  # fmt: skip


def yuan(printed: str, factor: int = 0) -> Decimal:
    """Return a printed amount in yuan; `factor` is what a column says it is in."""
    for ending, size in FACTORS.items():
        if printed.endswith(ending):
            printed, factor = printed.removesuffix(ending), size
            break
    return Decimal(printed.replace(",", "").replace("−", "-").replace("+", "")) * factor


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (4695012, "469.5万元", "4.695 million yuan"),
        (46325014.5, "4,632.5万元", "46.325 million yuan"),
        (302400, "30.2万元", "302,000 yuan"),
        (999500, "100.0万元", "1.000 million yuan"),
        (-784000, "−78.4万元", "−784,000 yuan"),
        (999_994_000, "99,999.4万元", "999.994 million yuan"),
        (1_234_567_890, "12.35亿元", "1.235 billion yuan"),
        (-5_943_000_000, "−59.43亿元", "−5.943 billion yuan"),
        (0, "0.0万元", "0 yuan"),
    ],
)
def test_an_amount_in_a_sentence(value: float, zh: str, en: str) -> None:
    assert [w.figure({"id": "r", "value": value}, "money").text for w in (ZH, EN)] == [zh, en]


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_both_editions_print_the_same_amount(value: Decimal) -> None:
    row = {"id": "r", "value": value}
    for style in ("money", "signed_money", "wan", "signed_wan"):
        zh = yuan(ZH.figure(row, style).text, ZH.money_divisor)
        en = yuan(EN.figure(row, style).text, EN.money_divisor)
        assert zh == en
        # told to the thousand, from ten 亿 on in sentences to the million
        assert abs(zh - value) <= (500 if "wan" in style or abs(zh) < 10**9 else 500_500)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_both_editions_print_the_same_amount_in_the_columns_of_a_round_of_large_amounts(
    value: Decimal,
) -> None:
    row = {"id": "r", "value": value}
    large = [w.for_amounts_up_to(10**12) for w in (ZH, EN)]
    zh, en = (yuan(w.figure(row, "wan").text, w.money_divisor) for w in large)
    assert zh == en
    # to the million, and a small one to two digits
    assert abs(zh - value) <= min(500_000, max(abs(value) / 20, 1))


@pytest.mark.parametrize(
    ("largest", "value", "zh", "en"),
    [
        (999_999_999.99, 999_999_000, "99,999.9", "999,999"),
        (10**9, 10**9, "10.00", "1,000"),
        (10**9, 123_456_789, "1.23", "123"),
        (10**9, 3_000_000, "0.030", "3.0"),
        (10**9, 50_000, "0.00050", "0.050"),
        (10**9, 0, "0.00", "0"),
    ],
)
def test_the_columns_of_a_round_have_one_unit_for_all_its_amounts(
    largest: float, value: float, zh: str, en: str
) -> None:
    large = [w.for_amounts_up_to(largest) for w in (ZH, EN)]
    assert [w.figure({"id": "r", "value": value}, "wan").text for w in large] == [zh, en]
    units = ("亿元", "million yuan") if largest >= 10**9 else ("万元", "thousand yuan")
    assert [w.label("report.quantity_unit.amount") for w in large] == [*units]


# ------------------------------------------------------------------------------------------- the language of parts


@pytest.mark.parametrize(
    ("page", "marked"),
    [
        ("<p>Cases in 海港区 and 卢龙县</p>", "<p>Cases in {海港区} and {卢龙县}</p>"),
        ("<p>秦治欠〔2022〕1号.</p>", "<p>{秦治欠〔2022〕1号}.</p>"),
        ('<td data-l="单位" title="甲">5</td>', '<td data-l="单位" title="甲">5</td>'),
        ("<svg><text>海港区</text></svg>乙", "<svg><text>海港区</text></svg>{乙}"),
        ("<script>'甲'</script><title>甲</title>", "<script>'甲'</script><title>甲</title>"),
        ("<p>English &amp; only</p>", "<p>English &amp; only</p>"),
    ],
)
def test_chinese_is_marked_in_text_only(page: str, marked: str) -> None:
    wanted = marked.replace("{", '<bdi lang="zh-CN">').replace("}", "</bdi>")
    assert mark_chinese(page) == wanted


# ------------------------------------------------------------------------------------------- the program

#: files whose Chinese is no label: what the office writes is read there, or a Chinese document is set
READERS = {
    "intake", "quantities", "rounds", "rulebook/edit", "rulebook/exact_numbers.py", "rulebook/sentences.py", "cli",
    "render", "publish/official", "publish/figure_files.py", "report/city_bulletin.py", "charts/placing.py",
    "scoring/presets_page.py", "questions/answers.py", "results/store.py", "example", "words",
}  # fmt: skip


def labels_in(file: Path) -> list[str]:
    """Return the string literals of a module that hold Chinese, docstrings left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    literals = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told)
    return [node.value for node in literals if isinstance(node.value, str) and HAN.search(node.value)]


def test_labels_stand_in_the_catalogue_and_not_in_the_program() -> None:
    modules = {str(file.relative_to(PACKAGE)): file for file in PACKAGE.rglob("*.py")}
    found = {
        name: labels
        for name, file in modules.items()
        if not any(name == reader or name.startswith(f"{reader}/") for reader in READERS)
        and (labels := labels_in(file))
    }
    assert found == {}


def test_a_label_in_the_program_would_be_seen(tmp_path: Path) -> None:
    module = tmp_path / "late.py"
    module.write_text('"""文档"""\nunit = "单位"\nplace = f"{unit}（）"\n', encoding="utf-8")
    assert labels_in(module) == ["单位", "（）"]


# ------------------------------------------------------------------------------------------- the pages


@dataclass(frozen=True)
class Edition:
    """One page in both languages, and whose data it shows."""

    zh: str
    en: str
    typst: str
    assessment: Assessment


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Edition]]:
    folder = example.computed(tmp_path_factory, "english", "zh", "en")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        english = open_round("2020", "en").page("report").assessment
        yield {
            name: edition(name, english, **more)
            for name, more in (("5_report", {}), ("unit", {"unit": "130306"}))
        }


def undrawn(drawing: Drawing, *, draw: Callable[[Drawing], Graphic] = Drawing.graphic) -> Graphic:
    """Return a figure as `Drawing.graphic` does, without its drawings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "to_picture", lambda _figure, prefix: Picture(1, 1, f' id="{prefix}"', ""))
        return draw(replace(drawing, draw=lambda _frame, _width: plain.Figure()))


def edition(name: str, assessment: Assessment, **parameters: str) -> Edition:
    pages, source = {}, ""
    for language in ("zh", "en"):
        with pytest.MonkeyPatch.context() as patch:
            if language == "zh":
                # its drawings are looked at elsewhere; here it is asked for its figures only
                patch.setattr(Drawing, "graphic", undrawn)
            notebook = execute(name, language=language, **parameters)
        pages[language], _ = AssessHTMLExporter().from_notebook_node(notebook)
        source = typst_source(read_document(notebook))
    return Edition(pages["zh"], pages["en"], source, assessment)


VOID = {"meta", "br", "wbr", "input", "img", "link", "hr", "col"}


class Reader(HTMLParser):
    """Collects every text and attribute of a page: (section, where, text)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.section, self.hidden = "", 0
        self.stack = ["page"]
        self.found: list[tuple[str, str, str]] = []
        self.figures: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.figure: tuple[str, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes."""
        known = {name: value or "" for name, value in attrs}
        self.hidden += tag in ("style", "script")
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "section":
            self.section = known["id"]
        if tag == "data" and "data-row" in known:
            self.figure = (known["data-row"], known["value"])
        self.found += [(self.section, f"{tag}[{name}]", value) for name, value in known.items()]

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self.hidden -= tag in ("style", "script")
        if tag in self.stack:
            del self.stack[len(self.stack) - 1 - self.stack[::-1].index(tag) :]
        if tag == "data":
            self.figure = None

    def handle_data(self, text: str) -> None:
        """Note a text, and the figure it prints."""
        if not self.hidden:
            self.found.append((self.section, self.stack[-1], text))
            if self.figure:
                self.figures[self.figure].add(text)


def strings(tree: Any) -> Iterator[str]:
    """Yield every text of a settings file; a name that has an English twin is not among them."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if not (key in ("name", "title") and tree.get(f"{key}_en")):
                yield from strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from strings(value)
    elif isinstance(tree, str):
        yield tree


def names_and_texts(a: Assessment) -> set[str]:
    """Return what stays Chinese: names of units, files and sheets, and everything the office wrote itself."""
    folder = a.settings.round.folder
    read = YAML(typ="safe").load
    own = {
        text
        for name in ("round.yaml", "rulebook.yaml", "bulletin.yaml", "published.yaml")
        for text in strings(read((folder / name).read_text("utf-8")))
    }
    own |= {name for unit in rows_of(a.roll.to_frame()) for name in (unit["name"], unit["short"])}
    own |= {
        part for row in rows_of(a.files) for part in (row["file"], row["file"].rsplit(".")[0], row["sheet"])
    }
    findings = a.ledger("findings")
    own |= set(findings["wording"]) | set(findings["post"])
    return {text for text in own if isinstance(text, str) and HAN.search(text)}


def left_over(text: str, known: set[str]) -> str:
    """Return the Chinese of a text that no known name or text accounts for."""
    for name in sorted((name for name in known if name in text), key=len, reverse=True):
        text = text.replace(name, "")
    return "".join(HAN.findall(text))


def quoted_in_faults(a: Assessment) -> set[str]:
    """Return what a fault quotes: headers and codes of maps.yaml, and cells."""
    maps = strings(YAML(typ="safe").load((a.settings.round.folder / "maps.yaml").read_text("utf-8")))
    return {*maps, *a.issues["found"], *a.issues["unit"].map(lambda code: code and a.roll.name(code))}


def untranslated(page: Edition) -> list[tuple[str, str, str]]:
    known = names_and_texts(page.assessment)
    quoted = known | quoted_in_faults(page.assessment)
    units = [unit["short"] for unit in rows_of(page.assessment.roll.to_frame())]
    return [
        (section, where, text)
        for section, where, text in Reader(re.sub(r"<bdi [^>]*>|</bdi>", "", page.en)).found
        if HAN.search(text)
        # a drawing may have a name of a unit on two lines
        and not (where == "text" and any(text.strip() in name for name in units))
        and left_over(text, quoted if section == "annex-quality" else known)
    ]


@pytest.mark.parametrize("name", ["5_report", "unit"])
def test_the_english_page_is_in_english_but_for_names(editions: dict[str, Edition], name: str) -> None:
    assert untranslated(editions[name]) == []


def test_a_chinese_label_on_the_english_page_would_be_found(editions: dict[str, Edition]) -> None:
    page = editions["unit"]
    for label, planted in (("Unit</", "单位</"), ('data-l="', 'data-l="得分'), ("</text>", "名次</text>")):
        changed = Edition(page.zh, page.en.replace(label, planted), page.typst, page.assessment)
        assert changed.en != page.en
        assert untranslated(changed) != [], label


@pytest.mark.parametrize("name", ["5_report", "unit"])
def test_the_english_pdf_is_in_english_but_for_names(editions: dict[str, Edition], name: str) -> None:
    page = editions[name]
    known = names_and_texts(page.assessment) | quoted_in_faults(page.assessment)
    plain = page.typst.replace("\\", "")
    # a name on two lines of a drawing, a text node each
    plain = re.sub(r">([^<>]*)</text>", lambda t: "" if left_over(t[1], known) == "" else t[0], plain)
    assert left_over(plain, known) == ""
    assert 'language: "en"' in page.typst


@pytest.mark.parametrize("name", ["5_report", "unit"])
def test_both_editions_show_the_same_figures(editions: dict[str, Edition], name: str) -> None:
    zh, en = Reader(editions[name].zh).figures, Reader(editions[name].en).figures
    assert len(zh) > 60
    assert set(en) == set(zh)


def test_amounts_of_both_editions_convert_into_each_other_and_into_their_rows(
    editions: dict[str, Edition],
) -> None:
    """Amounts stand in 万元 and thousand yuan where no unit follows, shares and changes of them in per cent."""
    page = editions["5_report"]
    rows = {row["id"]: row for row in rows_of(page.assessment.values)}
    zh, en = Reader(page.zh).figures, Reader(page.en).figures
    compared = 0
    for (row, value), printed in zh.items():
        if row not in rows or rows[row]["unit_of_measure"] != "yuan" or value == "":
            continue
        amounts = {yuan(text, 10_000) for text in printed}
        assert amounts == {yuan(text, 1_000) for text in en[row, value]}, row
        assert all(
            abs(amount - Decimal(value)) <= 500 or abs(amount + Decimal(value)) <= 500 for amount in amounts
        )
        compared += 1
    assert compared > 20


def test_the_english_page_says_which_language_its_parts_are_in(editions: dict[str, Edition]) -> None:
    page = editions["5_report"].en
    assert '<html lang="en">' in page
    assert 'lang="zh-CN"' not in editions["5_report"].zh.split("<body", 1)[1]
    reader = Reader(page)
    bare = [
        (where, text)
        for _section, where, text in reader.found
        if HAN.search(text) and "[" not in where and where not in ("bdi", "text", "tspan", "title")
    ]
    assert bare == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Across the city, cases of wage arrears, workers affected and the amount involved fell by 16.6%, 19.0% and "
        "21.2% year on year; all three falls are clear.",
        "Cases fell clearly in 海港区 and 北戴河区.",
        "No clear change in six units; too few cases to judge in 北戴河新区.",
        "Resolution rate of the city: 92.0% (415/451); 山海关区 76.1% (35/46) is clearly lower.",
        "Resolution rate 92.0% (415/451); counted within 365 days after receipt, down 5.2 percentage points year on "
        "year, for four years running and clearly in the last; 36 cases are not yet resolved, half or more of them in "
        "山海关区 (11) and 抚宁区 (9).",
    ],
)
def test_the_first_screen_reads_as_it_should(editions: dict[str, Edition], sentence: str) -> None:
    first = editions["5_report"].en.split('id="findings"', 1)[1].split("</ol>", 1)[0]
    # a figure that rests on empty cells has a mark
    assert sentence in re.sub(r"<[^>]+>|[†‡]", "", first)
