"""A language is one folder: put there, it is taken by settings, commands, pages and papers without another change."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.quantities import CURRENCIES
from analysis.words import LANGUAGES, language_of, words
from analysis.words.currencies import called

PACKAGE = Path(__file__).parents[1] / "src" / "analysis"
#: what a program sees of a language that has only its folder
LOOK = """
import json
from analysis.publish.executed_notebook import Page, Document
from analysis.publish.html_exporter import page_parts, prepared
from analysis.publish.pdf_exporter import typst_source
from analysis.rounds.rounds import RoundSettings
from analysis.run.report_folder import EDITIONS
from analysis.words import LANGUAGES, words
document = Document(Page(title="Rapport", language="fr"), ())
print(json.dumps({
    "languages": LANGUAGES,
    "settings": RoundSettings.model_json_schema()["properties"]["language"]["enum"],
    "editions": EDITIONS,
    "page": page_parts(prepared(document))["language"],
    "region": 'region: "fr"' in typst_source(document),
    "contents": words("fr").label("publish.contents"),
    "money": words("fr").money(4_695_012),
}))
"""


def with_third(folder: Path) -> Path:
    """Make a package like ours in a folder, with a language more: English under another name and with its own money."""
    package = folder / "analysis"
    package.mkdir()
    for entry in PACKAGE.iterdir():
        if entry.name != "words":
            (package / entry.name).symlink_to(entry)
    shutil.copytree(PACKAGE / "words", package / "words")
    third = package / "words" / "fr"
    shutil.copytree(PACKAGE / "words" / "en", third)
    habits = (third / "language.yaml").read_text("utf-8")
    for old, new in (("tag: en", "tag: fr"), ("region: GB", "region: FR"), (" million ", " millions de ")):
        habits = habits.replace(old, new)
    (third / "language.yaml").write_text(habits, "utf-8")
    return folder


def test_a_third_language_is_a_folder_and_nothing_else(tmp_path: Path) -> None:
    path = os.pathsep.join([str(with_third(tmp_path)), *filter(None, [os.environ.get("PYTHONPATH")])])
    told = subprocess.run(
        [sys.executable, "-c", LOOK], env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=True
    )
    assert json.loads(told.stdout) == {
        "languages": ["zh", "en", "fr"],
        "settings": ["zh", "en", "fr"],
        "editions": ["zh", "en", "fr", "own", "grades"],
        "page": "fr",
        "region": True,
        "contents": words("en").label("publish.contents"),
        "money": "4.695 millions de yuan",
    }


@pytest.mark.parametrize(
    "language, told",
    [
        ("zh", ["2022年3月31日", "2021年11月至2022年3月", "469.5万元", "30.2万元", "两"]),
        ("en", ["31 March 2022", "November 2021–March 2022", "4.695 million yuan", "302,000 yuan", "two"]),
    ],
)
def test_each_language_writes_in_its_own_way(language: str, told: list[str]) -> None:
    said, last = words(language), dt.date(2022, 3, 31)
    money = [said.money(amount) for amount in (4_695_012, 302_400)]
    assert [
        said.date(last),
        said.months(dt.date(2021, 11, 1), last),
        *money,
        language_of(language).count(2),
    ] == told


def test_every_language_has_a_word_for_twelve_months_and_every_small_count_in_order() -> None:
    for language in LANGUAGES:
        habits = language_of(language)
        assert len(set(habits.month_names)) == 12
        assert len(set(habits.numerals)) == len(habits.numerals)
        assert habits.count(len(habits.numerals)) == str(len(habits.numerals)), (
            "larger counts stand in digits"
        )
        assert [step["at"] for step in habits.sentences] == sorted(step["at"] for step in habits.sentences)
        assert habits.sentences[0]["at"] == 0


def test_every_language_names_every_currency_by_its_unit_of_measure() -> None:
    for language in LANGUAGES:
        for currency in CURRENCIES.values():
            assert {words(language).label(f"counted.{currency.unit}.{form}") for form in ("one", "many")}
    assert words("zh").label("counted.yen.many") == "万日元"
    assert words("en").label("workbook.units.dollar") == "US dollars"
    assert [words(language).label("workbook.units.thb") for language in ("zh", "en")] == ["泰铢", "Thai Baht"]
    assert called("CHF", "fr") == called("CHF", "en"), (
        "a language without names of its own takes the English ones"
    )


def test_a_language_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'xx'; there are zh, en"):
        words("xx")
