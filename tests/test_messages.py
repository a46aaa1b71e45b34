"""Sentences, titles and alternative texts: every figure in them knows its row, and says what the row says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
import round_examples as example

from analysis import open_round
from analysis.indicators.values import ValueIndex
from analysis.render.blocks import Display, Findings, Graphic, Group, Prose, Table
from analysis.render.html_blocks import Html
from analysis.report import claims
from analysis.report.claims import Evidence
from analysis.report.page import Page
from analysis.rounds.frames import rows_of
from analysis.rounds.units import normal_name
from analysis.run.pages import page_of
from analysis.words import Figure, Text
from analysis.words.text import Strong

#: what may stand unmarked in a sentence: dates, years, levels of confidence, thresholds, terms of the field
FIXED = (
    r"\d{4}年\d{1,2}月\d{1,2}日", r"\d{4}年\d{1,2}月", r"最多的两个单位",
    r"\d{4}～\d{4}年", r"\d{4}年(→\d{4}年)?", r"95%", r"99\.8%", r"不足10件",
    r"合并后未销号\d+项及以上", r"三项(下降|上升|变化|指标)", r"三类问题", r"四项比率", r"三下降",
    r"连续两年", r"一半以上", r"满分100分",
)  # fmt: skip
NUMERAL = re.compile(r"[一二三四五六七八九十两百]+(个|项|件|人|名|家|条|起|成|类|倍)")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Page]]:
    folder = example.computed(tmp_path_factory, "messages")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield [
            open_round("2020").page("report"),
            open_round("2020").page("card", unit="130306"),
            open_round("2020").page("card", unit="130372"),
        ]


def texts(display: Display) -> Iterator[Text]:
    """Yield the generated sentences, titles and alternative texts of a display."""
    if isinstance(display, Group):
        for item in display.items:
            yield from texts(item)
    elif isinstance(display, Findings):
        for finding, evidence in display.items:
            yield from (finding, evidence)
    elif isinstance(display, Prose) and display.kind == "body":
        yield from (text for text in display.texts if isinstance(text, Text))
    elif isinstance(display, Graphic):
        yield from (text for text in (display.title, display.alt) if isinstance(text, Text))
    elif isinstance(display, Table) and isinstance(display.caption, Text):
        yield display.caption
    else:
        inner = (getattr(display, field.name) for field in fields(display))  # type: ignore[arg-type]
        for value in inner:
            if isinstance(value, Display):
                yield from texts(value)


def sentences(pages: list[Page]) -> list[Text]:
    names = {
        "CityReport": "summary results firmness declines progress gaps problems rectification annex_compare",
        "UnitCard": "summary past changes losses place problems",
    }
    shown = [getattr(page, name)() for page in pages for name in names[type(page).__name__].split()]
    return [text for display in shown for text in texts(display) if text]


def unmarked(text: Text) -> str:
    """Return a text without its marked figures and without what is fixed."""
    bare = "".join(
        part if isinstance(part, str) else unmarked(part.text) if isinstance(part, Strong) else "□"
        for part in text.parts
    )
    for fixed in FIXED:
        bare = re.sub(fixed, "", bare)
    return bare


def test_no_figure_stands_in_a_sentence_without_its_row(pages: list[Page]) -> None:
    found = sentences(pages)
    assert len(found) > 40
    loose = [
        text.plain for text in found if re.search(r"\d", unmarked(text)) or NUMERAL.search(unmarked(text))
    ]
    assert loose == []


HAN = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2}


def read_back(printed: str) -> tuple[Decimal, Decimal]:
    """Return a printed figure as a number and the size of its last place."""
    if printed in HAN:
        return Decimal(HAN[printed]), Decimal(1)
    plain = printed.removesuffix("万元").replace(",", "").replace("−", "-").replace("+", "")
    scale = Decimal("0.01") if plain.endswith("%") else Decimal(1)
    number = Decimal(plain.rstrip("%"))
    return number * scale, scale * Decimal(1).scaleb(int(number.as_tuple().exponent))


def agrees(figure: Figure) -> bool:
    """Return whether a printed figure is its value at the printed precision, in one of the units it may be told in."""
    if figure.text == "—":
        return figure.value == ""
    if not re.fullmatch(r"[−+]?[\d,.]+(%|万元)?|[零一二三四五六七八九十两]", figure.text):
        return figure.text == figure.value
    shown, place = read_back(figure.text)
    value = Decimal(figure.value)
    sizes = (value, abs(value), value / 10000, abs(value) / 10000, value * 100, abs(value) * 100)
    return any(abs(shown - size) <= place / 2 for size in sizes)


def test_every_printed_figure_is_its_row_at_the_printed_precision(pages: list[Page]) -> None:
    a = pages[0].assessment
    columns = {"values": a.values, "scores": a.scores, "grades": a.grades, "findings": a.findings}
    rows = {row["id"]: row for frame in columns.values() for row in rows_of(frame)}
    figures = [figure for text in sentences(pages) for figure in text.figures()]
    assert len(figures) > 200
    for figure in figures:
        assert figure.row in rows, figure
        stands = {str(value) for value in rows[figure.row].values()}
        assert figure.value in stands or figure.text == "—", figure
        assert agrees(figure), figure


@pytest.mark.parametrize(
    ("printed", "value", "same"),
    [
        ("−39.9%", "-0.3986", True),
        ("39.9%", "-0.3986", True),
        ("39.8%", "-0.3986", False),
        ("4,632.5", "46325014.5", True),
        ("4,632.5万元", "46325014.5", True),
        ("4,632.4万元", "46325014.5", False),
        ("两", "2.0", True),
        ("三", "2.0", False),
        ("A", "A", True),
        ("—", "", True),
    ],
)
def test_the_comparison_of_a_figure_with_its_row_can_fail(printed: str, value: str, same: bool) -> None:
    assert agrees(Figure(printed, value, "row")) is same


def test_sentences_change_with_the_evidence(tmp_path: Path) -> None:
    """Without the clues of a unit the city is compared over the others, and the sentence says who is left out."""
    project = example.project(tmp_path)

    def drop(sheet) -> None:
        ours = example.rows_where(sheet, "单位代码", lambda code: normal_name(str(code)) == "130324")
        this_year = example.rows_where(sheet, "编号", lambda number: str(number).startswith("2020-"))
        example.blank(sheet, set(ours) & set(this_year))

    example.edit(example.raw(project) / example.CLUES, drop)
    page = page_of(example.compute_quickly(project), "report")
    shown = re.sub("<[^>]+>", "", Html()(page.summary()))
    assert "卢龙县未报" in shown
    # a unit that is not judged makes no verdict easier: of 27 that of 北戴河区 is clear no longer
    assert "海港区案件明确下降" in shown


def test_firm_and_loose_grades_partition_the_units(pages: list[Page]) -> None:
    e = pages[0].evidence
    loose = claims.not_firm(e)
    for code in e.roll.codes:
        letter = e.grade_of[code]["grade"]
        shares = [
            e.index.row(code, e.period, f"probability_grade_{letter}", method=method)["value"]
            for method in claims.DRAWN
        ]
        assert claims.is_firm(e, code) is (min(shares) >= claims.FIRM)
        assert (e.short(code) in claims.firmness_title(e).plain) is (code in loose)


def test_a_trend_is_spoken_of_only_below_five_per_cent(pages: list[Page]) -> None:
    """Whose corrected probability is not below 5 % is not named: that no trend is found is no title."""
    e = pages[0].evidence
    chances = {code: e.ending(code, "q_growth_cases") for code in (e.city, *e.roll.codes)}
    for code, row in chances.items():
        assert row is not None
        told = claims.trend_word(e, code, "cases") in ("falling", "rising")
        assert told is (row["value"] < 0.05)
        assert (e.short(code) in claims.trend_title(e).plain) is told


def without(e: Evidence, *beginnings: str) -> Evidence:
    """Return the evidence without the measures that begin so, as in a round too short for them."""
    values = e.values[~e.values["measure"].str.startswith(beginnings)]
    return replace(e, values=values, index=ValueIndex(values))


def test_what_was_not_computed_is_not_spoken_of(pages: list[Page]) -> None:
    bare = without(
        pages[0].evidence, "probability_", "rank_", "years_", "within_", "spread_", "pairs_", "funnel_flags"
    )
    units = bare.roll.codes
    said = [claims.firmness_evidence(bare), claims.firmness_pairs(bare), claims.consecutive_falls(bare)]
    said += [claims.rate_effects(bare, "rate_resolved"), claims.spread_sentence(bare)]
    said += [
        claims.expected_flags(bare),
        claims.card_falls(bare, units[0]),
        claims.card_firmness(bare, units[0]),
    ]
    assert not any(said)


@pytest.mark.parametrize(("lower", "said"), [(9, "名次大致为第9名"), (8, "名次大致在第8至第9名之间")])
def test_a_rank_that_is_always_the_same_is_no_range(pages: list[Page], lower: int, said: str) -> None:
    e, last = pages[0].evidence, "130303"
    values = e.values.copy()
    own = (values["unit"] == last) & (values["measure"] == "rank_interval")
    values.loc[own, ["lower", "upper"]] = lower, 9
    told = claims.card_firmness(replace(e, values=values, index=ValueIndex(values)), last).plain
    assert re.match(f"{said}，等次(不)?稳固。", told)


def test_runs_of_falls_are_listed_from_the_longest_and_only_where_the_last_fall_is_clear(
    pages: list[Page],
) -> None:
    e = pages[0].evidence
    runs = {code: e.value(code, "years_falling_all")["value"] for code in e.roll.codes}
    said = claims.consecutive_falls(e).plain
    for code, years in runs.items():
        clear = {e.verdict(code, quantity) for quantity in ("cases", "workers", "amount")} == {"clear_fall"}
        assert (e.short(code) in said) is (years >= 2 and clear), code
    printed = [read_back(figure.text)[0] for figure in claims.consecutive_falls(e).figures()][1:-1]
    assert printed == sorted(printed, reverse=True)
