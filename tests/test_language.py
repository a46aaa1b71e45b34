"""English beside Chinese: the same rules, numbers and rows in both, and neither in the other's place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import round_examples
from openpyxl import load_workbook
from rich.console import Console
from ruamel.yaml import YAML
from rule_examples import RULEBOOK_2020, ZH, rules_2020
from shape_examples import book_of, derived, examples, item_of, row_of, set_examples, shapes
from typer.testing import CliRunner

from analysis import rulebook as rulebooks
from analysis.cli.application import app
from analysis.cli.rule_display import print_rules
from analysis.questions import explain
from analysis.results.assessment import Assessment
from analysis.results.previous import previous_grades, round_before
from analysis.results.store import Store
from analysis.rounds.rounds import Round
from analysis.rulebook import Rulebook, general_sentence, grade_sentences
from analysis.rulebook.edit.ruleback import read_back
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.rulesheets import write
from analysis.rulebook.edit.ruletable import (
    RuleTable,
    item_rule,
    items_of,
    parameters_of,
    table_of,
    terms_of,
)
from analysis.rulebook.grades import slots_sentence, ties_sentence
from analysis.rulebook.presets import PRESETS, preset_file
from analysis.rulebook.sentences import (
    amount_of,
    counted,
    measure_name,
    quantity,
    rule_sentence,
    whole_sentences,
)
from analysis.rulebook.telling import indicator_sentence
from analysis.run import stages
from analysis.run.stages import open_assessment
from analysis.words import Text, words
from analysis.words.text import Figure, sentences_of

EN = words("en")
CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]+")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
#: one of what is counted: English says "for each incident" where Chinese says 每发生 1 起
EACH_ONE = re.compile(
    r"(每(?:发生|少|多|减少|增加)?|for each) 1 (?=[起件次项人条]|个(?!百分点)|(?:incident|case|time|worker|lead)\b)"
)
#: numbers in the English name of something, not in the Chinese one: 较大群体性事件, incidents of 50 people or more
IN_NAMES = {"50"}
MONEY = re.compile(r"(\d[\d,]*(?:\.\d+)?) 万元")


def numbers(text: str) -> Counter[str]:
    """Return every number of a sentence, money in yuan."""

    def in_yuan(found: re.Match[str]) -> str:
        return amount_of(Fraction(found[1].replace(",", "")) * 10_000, "yuan", EN)

    return Counter(NUMBER.findall(MONEY.sub(in_yuan, EACH_ONE.sub(r"\1", text))))


def names_in(written: Any) -> Iterator[str]:
    """Yield every text of some settings."""
    if isinstance(written, str):
        yield written
    elif isinstance(written, Mapping):
        for key, value in written.items():
            yield from names_in(key)
            yield from names_in(value)
    elif isinstance(written, list | tuple):
        for value in written:
            yield from names_in(value)


def chinese_in(text: str, names: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """Return what is Chinese in a text apart from some names."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return CHINESE.findall(text)


def says_the_same(chinese: Text | str, english: Text | str, names: set[str] | frozenset[str]) -> None:
    zh, en = str(chinese), str(english)
    assert not numbers(zh) - numbers(en), f"{zh}\n{en}"
    assert set(numbers(en) - numbers(zh)) <= IN_NAMES, f"{zh}\n{en}"
    assert not chinese_in(en, names), en
    assert en == en.strip() and "  " not in en and " ," not in en and "{" not in en, en
    assert not re.search(r"\b(?<![\d.,−])1 (points|cases|incidents|times|units|percentage points)\b", en), en


# ── words and amounts ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_number_decides_the_form_of_its_noun() -> None:
    assert [quantity(number, "case", EN) for number in (0, 1, 2)] == ["0 cases", "1 case", "2 cases"]
    assert [quantity(number, "case", ZH) for number in (0, 1, 2)] == ["0 件", "1 件", "2 件"]
    assert (counted("event", EN), counted("event", EN, 2), counted("nothing", EN)) == (
        "incident",
        "incidents",
        "",
    )
    assert EN("rule.cap", cap="1").plain == "at most 1 point."
    assert EN("rule.cap", cap="1.5").plain == "at most 1.5 points."


def test_money_is_the_same_amount_in_either_language() -> None:
    assert (amount_of(Fraction(4_694_960), "yuan", ZH), counted("yuan", ZH)) == ("469.5", "万元")
    assert (amount_of(Fraction(4_694_960), "yuan", EN), counted("yuan", EN)) == ("4.695 million", "yuan")
    # rules go on counting in 万元, where a sentence has 亿元
    large = Fraction(5_943_217_000)
    assert [amount_of(large, "yuan", catalogue) for catalogue in (ZH, EN)] == [
        "594,321.7",
        "5,943.217 million",
    ]
    assert tuple(amount_of(Fraction(302_400), "yuan", catalogue) for catalogue in (ZH, EN)) == (
        "30.2",
        "302,000",
    )


# ── rules and scores ─────────────────────────────────────────────────────────────────────────────────────────────────

SHAPED = [(shape, entry) for shape, entry in shapes().items() if "indicator" in entry]


@pytest.mark.parametrize(("shape", "entry"), SHAPED, ids=[shape for shape, _ in SHAPED])
def test_a_rule_says_the_same_in_english(shape: str, entry: Mapping[str, Any]) -> None:
    item = item_of(entry["indicator"])
    told = [rule_sentence(item, rules_2020(), catalogue) for catalogue in (ZH, EN)]
    says_the_same(*told, {*names_in(entry["indicator"])})
    assert told[1].plain[0].isupper() or told[1].plain[0].isdigit()
    assert told[1].plain.endswith(".")


@pytest.mark.parametrize(
    ("entry", "case"),
    [(entry, case) for _, entry, case in examples()],
    ids=[f"{shape}, {case['situation']}" for shape, _, case in examples()],
)
def test_a_score_is_told_with_the_same_numbers_in_english(
    entry: Mapping[str, Any], case: Mapping[str, Any]
) -> None:
    item = item_of(entry["indicator"], case)
    result = derived(item, case)
    told = [indicator_sentence(result, item, catalogue, 2) for catalogue in (ZH, EN)]
    says_the_same(*told, {*names_in(entry), *names_in(case)})


@pytest.mark.parametrize(
    ("entry", "case"),
    [(entry, case) for _, entry, case in set_examples()],
    ids=[f"{shape}, {case['situation']}" for shape, _, case in set_examples()],
)
def test_what_is_put_together_is_told_with_the_same_numbers(
    entry: Mapping[str, Any], case: Mapping[str, Any]
) -> None:
    book = book_of(entry["set"], case)
    (points, zh), (same, en) = (row_of(book, case, catalogue) for catalogue in (ZH, EN))
    assert points == same
    says_the_same(zh, en, {*names_in(entry), "核处化解率", "办结率"})


def every_sentence(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield each sentence of a rule set in both languages."""
    for item in items_of(book):
        yield item_rule(item.code, book, ZH), item_rule(item.code, book, EN)
    told = [
        [
            *grade_sentences(book.grades, book, catalogue),
            slots_sentence(book.grades, book, catalogue),
            ties_sentence(book.ties, book, catalogue),
            general_sentence(book, catalogue),
            *whole_sentences(book, catalogue),
        ]
        for catalogue in (ZH, EN)
    ]
    yield from ((zh.plain, en.plain) for zh, en in zip(*told, strict=True))


@pytest.mark.parametrize("path", [RULEBOOK_2020, *map(preset_file, PRESETS)], ids=["2020", *PRESETS])
def test_every_sentence_of_a_rule_set_says_the_same_in_english(path: Path) -> None:
    book, _ = rulebooks.load(path)
    assert book is not None
    for zh, en in every_sentence(book):
        says_the_same(zh, en, frozenset())


def test_what_has_no_english_name_keeps_its_own() -> None:
    written = YAML(typ="safe").load(RULEBOOK_2020.read_text(encoding="utf-8"))
    del written["format"]

    def without(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: without(value) for key, value in part.items() if not str(key).endswith("_en")}
        return [without(value) for value in part] if isinstance(part, list) else part

    book = Rulebook.model_validate(without(written))
    assert (book.name_en, book.problem_groups[0].name_en, book.note_in(words("en"))) == ("", "", book.note)
    names = explain.item_names(book, EN)
    assert (names["5.2"], names["B1"], names["V1"]) == ("核处化解率", "制度机制创新", "较大群体性事件")
    assert explain.item_names(rules_2020(), EN)["5.2"] == "Resolution rate"
    # what is measured is called by the words, whatever the rule set calls its item
    assert measure_name("rate_resolved", book, EN) == "Resolution rate"


# ── the example round ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return round_examples.computed(tmp_path_factory, "language", "zh", "en")


@pytest.fixture(scope="module")
def both(project: Path) -> dict[str, Assessment]:
    return {lang: open_assessment("2020", "indicators", lang, project) for lang in ("zh", "en")}


@pytest.fixture(scope="module")
def names(project: Path, both: dict[str, Assessment]) -> set[str]:
    """Every name and text of the office: of its settings, units, files, sheets and heads of columns."""
    folder = project / "data" / "raw" / "2020"
    found: set[str] = set()
    for file in folder.glob("*.yaml"):
        found |= {*names_in(YAML(typ="safe").load(file.read_text(encoding="utf-8")))}
    found |= {file.name for file in folder.iterdir()}
    found |= {spelling for unit in both["en"].roll for spelling in (unit.name, *unit.spellings())}
    return {name for name in found if CHINESE.search(name)}


def folder_of(project: Path, language: str) -> Path:
    return project / "data" / "processed" / "2020" / ("en" if language == "en" else "")


def contents(project: Path) -> dict[str, bytes]:
    folder = project / "data" / "processed" / "2020"
    return {
        str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.*") if file.is_file()
    }


def test_each_language_has_a_store_with_the_same_rows(project: Path, both: dict[str, Assessment]) -> None:
    told = {
        "scores": ["derivation"],
        "grades": ["clause", "nearest_clause"],
        "data_issues": ["expected", "remedy"],
    }
    for name in ("values", "lineage", "findings", "units", "files", "scores", "grades", "data_issues"):
        zh, en = (Store(folder_of(project, language)).read(name) for language in ("zh", "en"))
        texts = told.get(name, [])
        pd.testing.assert_frame_equal(zh.drop(columns=texts), en.drop(columns=texts))
        for column in texts:
            assert not (zh[column] == en[column]).all(), column
    assert both["zh"].stamp == both["en"].stamp


def test_the_texts_of_a_store_are_in_its_language(both: dict[str, Assessment], names: set[str]) -> None:
    for frame, columns in (("scores", ["derivation"]), ("grades", ["clause", "nearest_clause"])):
        for column in columns:
            told = {language: list(getattr(both[language], frame)[column]) for language in ("zh", "en")}
            assert all(CHINESE.search(text) for text in told["zh"])
            for zh, en in zip(told["zh"], told["en"], strict=True):
                says_the_same(zh, en, names)


def test_one_language_after_the_other_makes_neither_stale(
    project: Path, both: dict[str, Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(project)
    monkeypatch.setattr(
        stages, "_compute_stage", lambda stage, *_given: pytest.fail(f"{stage} was computed again")
    )
    for language in ("zh", "en", "en", "zh", "en"):
        again = open_assessment("2020", "indicators", language, project)
        pd.testing.assert_frame_equal(again.scores, both[language].scores)
    assert contents(project) == before


def test_the_language_of_the_round_stands_at_the_top(both: dict[str, Assessment]) -> None:
    of = both["zh"].round
    english = Round(of.settings.model_copy(update={"language": "en"}), of.folder, of.project)
    assert (of.processed_in("zh"), of.processed_in("en")) == (of.processed, of.processed / "en")
    assert (english.processed_in("en"), english.processed_in("zh")) == (of.processed, of.processed / "zh")
    assert of.settings.title_in("en") == of.settings.title_en
    assert of.settings.model_copy(update={"title_en": ""}).title_in("en") == of.settings.title


def test_the_grades_of_the_round_before_are_found_in_whatever_language(
    tmp_path: Path, both: dict[str, Assessment]
) -> None:
    of = both["zh"].round
    after = Round(
        of.settings.model_copy(update={"round": "2021", "compared_with": "2020"}), of.folder, tmp_path
    )
    assert round_before(after) is None
    Store(tmp_path / "data" / "processed" / "2020" / "en").write("grades", both["en"].grades)
    assert previous_grades(after, both["zh"].roll) == dict(
        zip(both["zh"].grades["unit"], both["zh"].grades["grade"], strict=True)
    )


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

ANSWERS = [
    ("check", "2020"),
    ("rulebook", "2020", "--check"),
    ("explain", "2020", "130303"),
    ("explain", "2020", "130303", "5.4"),
    ("explain", "2020", "130306", "5.5"),
    ("explain", "2020", "130303", "B1"),
    ("what-if", "2020", "--set", "130303.5.2=44/46", "--rule", "5.2.rule.full_at=95%"),
]


@pytest.mark.parametrize("asked", ANSWERS, ids=" ".join)
def test_an_answer_in_english_has_no_chinese_but_names(
    project: Path, both: dict[str, Assessment], names: set[str], asked: tuple[str, ...]
) -> None:
    told = {
        language: CliRunner().invoke(
            app, [*asked, "--project", str(project), "--lang", language], catch_exceptions=False
        )
        for language in ("zh", "en")
    }
    assert {result.exit_code for result in told.values()} == {0}
    assert CHINESE.search(told["zh"].output)
    assert not chinese_in(told["en"].output, names), told["en"].output


def test_a_paragraph_is_taken_apart_into_its_sentences_with_their_figures() -> None:
    two = Text(
        "共", Figure("3", "3", "a"), "件。（见附件。）其中“已结。”为", Figure("2", "2", "b"), "件；无逾期"
    )
    assert [each.plain for each in sentences_of(two)] == ["共3件。", "（见附件。）其中“已结。”为2件；无逾期"]
    assert [[figure.row for figure in each.figures()] for each in sentences_of(two)] == [["a"], ["b"]]
    english = Text("3 cases, 1.5% of all. None is No. 7 in the list. Ends")
    assert [each.plain for each in sentences_of(english)] == [
        "3 cases, 1.5% of all.", "None is No. 7 in the list.", "Ends",
    ]  # fmt: skip


def shown(table: RuleTable) -> str:
    console = Console(width=2000, record=True, quiet=True)
    console.quiet = False
    with console.capture() as capture:
        print_rules(console, table, EN)
    return capture.get()


def test_the_table_of_the_rule_set_in_english(names: set[str]) -> None:
    table = table_of(rules_2020(), RuleFiles(RuleFile.read(RULEBOOK_2020)), EN)
    assert not chinese_in(shown(table), names)
    by_code = {line.code: line for line in table.lines}
    assert (by_code["5.2"].group, by_code["5.2"].name) == ("Handling of cases (30 points)", "Resolution rate")
    assert table.title == rules_2020().name_en
    # what the office wrote of an item stays as it wrote it
    assert by_code["5.2"].definition == "已化解案件数÷查实案件数"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("asked_in", ["zh", "en"])
def test_a_workbook_is_read_back_in_whatever_language_it_was_written(
    tmp_path: Path, language: str, asked_in: str
) -> None:
    rulebook, workbook = tmp_path / "rulebook.yaml", tmp_path / "rules.xlsx"
    rulebook.write_bytes(RULEBOOK_2020.read_bytes())
    files, catalogue = RuleFiles(RuleFile.read(rulebook)), words(language)
    write(
        table_of(rules_2020(), files, catalogue),
        parameters_of(files, catalogue),
        workbook,
        terms_of(files, catalogue),
    )
    unchanged = read_back(workbook, files, words(asked_in))
    assert (unchanged.changes, unchanged.faults) == ((), ())
    book = load_workbook(workbook)
    page = book[catalogue.label("ruletable.sheet.table")]
    (name,) = [row[2] for row in page.iter_rows() if str(row[1].value) == "5.2"]
    name.value = "处置率" if language == "zh" else "Rate settled"
    book.save(workbook)
    back = read_back(workbook, files, words(asked_in))
    assert not back.faults and back.file is not None
    (change,) = back.changes
    assert (change.path, change.new) == ("5.2.name" if language == "zh" else "5.2.name_en", name.value)
    kept = back.file.leaf("5.2.name_en" if language == "zh" else "5.2.name")
    assert kept is not None and kept.text == ("Resolution rate" if language == "zh" else "核处化解率")


def test_help_is_in_both_languages() -> None:
    told = CliRunner().invoke(app, ["--help"], catch_exceptions=False).output
    assert "检查设置与材料 / check settings and files" in told
    for command in ("check", "rulebook", "explain", "what-if", "new", "run"):
        helped = CliRunner().invoke(app, [command, "--help"], catch_exceptions=False).output
        assert "--lang" in helped
        assert CHINESE.search(helped)


def test_without_lang_the_round_says_in_which_language_to_answer(tmp_path: Path) -> None:
    folder = round_examples.project(tmp_path)
    settings = folder / "data" / "raw" / "2020" / "round.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("language: zh", "language: en"), encoding="utf-8"
    )
    for asked, said in (
        ([], "rulebook.yaml: nothing wrong."),
        (["--lang", "zh"], "rulebook.yaml：未发现问题。"),
    ):
        told = CliRunner().invoke(app, ["rulebook", "2020", "--check", "--project", str(folder), *asked])
        assert told.output.strip() == said
