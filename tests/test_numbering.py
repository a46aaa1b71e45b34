"""Numbers of figures and tables stay what they are, whatever an edition leaves out; figures show what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import round_examples

from analysis import open_round
from analysis.indicators.catalogue import QUANTITIES
from analysis.publish.executed_notebook import read_document
from analysis.render.blocks import Graphic, Table, leaves
from analysis.report import plotted as frames
from analysis.report.numbering import numbered
from analysis.report.sections import PRODUCTS
from analysis.words import words


def page(kind: str, language: str = "zh") -> Any:
    """Return as much of a page as a number needs, of a round that has everything."""
    evidence = SimpleNamespace(quantities=QUANTITIES, is_reported=lambda _measure: True)
    rulebook = SimpleNamespace(problem_groups=("resolution",))
    settings = SimpleNamespace(calendar=SimpleNamespace(base="2019"))
    return SimpleNamespace(
        kind=kind, words=words(language), evidence=evidence, rulebook=rulebook, settings=settings
    )


def test_numbers_of_a_round_that_has_everything() -> None:
    assert numbered(page("report"), "fig-scores") == "图1"
    assert numbered(page("report"), "fig-resolution") == "图9"
    assert numbered(page("report"), "rectification-open") == "表10"
    assert numbered(page("report", "en"), "fig-declines") == "Figure 3"
    assert numbered(page("card"), "fig-place") == "图4"
    assert numbered(page("working"), "fig-past") == numbered(page("report"), "fig-past")


def test_an_id_without_a_number_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match=r"fig-nothing.*card"):
        numbered(page("card"), "fig-nothing")


def test_no_number_is_given_twice() -> None:
    for product in PRODUCTS.values():
        for sort in ("figure", "table"):
            numbers = list(product.numbers(sort).values())
            assert len(numbers) == len(set(numbers))
            listed = [ident for each in product.sections for ident in getattr(each, f"{sort}s")]
            assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        (
            "zh",
            [
                "主要结论", "一、考核组织", "二、考核结果", "等次是否稳固", "与上年相比",
                "三、指标下降情况", "附件二　得分推导",
            ],
        ),
        (
            "en",
            [
                "Main findings", "1. How the assessment was organised", "2. Results", "How firm the grades are",
                "Beside the last round", "3. Declines", "Annex 2. Score sheets",
            ],
        ),
    ],
)  # fmt: skip
def test_parts_and_annexes_are_counted_each_for_itself_in_the_order_of_the_list(
    language: str, headings: list[str]
) -> None:
    shown = [*PRODUCTS["report"].sections[:6], PRODUCTS["report"].sections[-5]]
    assert [PRODUCTS["report"].heading(section.id, words(language)) for section in shown] == headings


def test_a_section_put_before_the_others_moves_their_numbers_on() -> None:
    report = PRODUCTS["report"]
    moved = replace(report, sections=(*report.sections[3:], *report.sections[:3]))
    assert moved.heading("organisation", words("zh")) == "八、考核组织"
    assert [words("zh").ordinal(place) for place in (1, 12, 21)] == ["一", "十二", "21"]


#: what only a round shows that is compared with another, which the example is not
OF_LAST_ROUND = ("fig-last-round", "last-round")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report of the example round, and its notebook executed."""
    folder: Path = round_examples.computed(tmp_path_factory, "round")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield round_examples.executed(tmp_path_factory), open_round("2020").page("report")


def test_every_figure_of_the_registry_is_in_the_report_in_reading_order(city: Any) -> None:
    notebook, _ = city
    blocks = list(read_document(notebook).leaves())
    figures = [block for block in blocks if isinstance(block, Graphic)]
    numbers, of_tables = (
        {
            ident: number
            for ident, number in PRODUCTS["report"].numbers(sort).items()
            if ident not in OF_LAST_ROUND
        }
        for sort in ("figure", "table")
    )
    assert [figure.number for figure in figures] == [f"图{number}" for number in numbers.values()]
    assert [figure.id for figure in figures] == list(numbers)
    assert sorted(numbers.values()) == list(range(1, len(figures) + 1))
    assert all(figure.source for figure in figures)
    tables = [block.id for block in blocks if isinstance(block, Table) and block.number.startswith("表")]
    assert tuple(tables) == tuple(of_tables)


def test_alternative_texts_tell_the_plotted_rows(city: Any) -> None:
    _, shown = city
    e = shown.evidence
    names = {code: indicator.name for code, indicator in shown.indicators.items()}
    plotted = {
        "fig-firmness": frames.ranks_by_unit(e),
        "fig-losses": frames.lost_by_unit_indicator(e, names),
        "fig-distances": frames.distance_by_unit(e),
        "fig-matrix": frames.findings_by_unit_group(e),
        "fig-rectification": frames.problems_by_unit_state(e),
    }
    figures = {
        figure.id: figure
        for section in (shown.firmness, shown.gaps, shown.problems, shown.rectification)
        for figure in leaves(section())
        if isinstance(figure, Graphic)
    }
    for ident, frame in plotted.items():
        told = list(figures[ident].alt.figures())
        assert told, ident
        numbers = {
            row["row"]: {float(value) for value in row.values() if isinstance(value, int | float)}
            for row in frame.to_dict("records")
        }
        lost = [e.value(code, "points_lost") for code in e.roll.codes]
        totals = {row["id"]: {float(row["value"])} for row in lost}
        for figure in told:
            known = numbers.get(figure.row) or totals.get(figure.row)
            assert known, f"{ident}: {figure.text} of {figure.row} is not drawn"
            assert float(figure.value) in known, f"{ident}: {figure.text}"


def test_frames_know_their_order(city: Any) -> None:
    _, shown = city
    frame = frames.distance_by_unit(shown.evidence)
    assert list(frame["place"]) == list(range(9))
    # by score, the last unit of grade A before the first behind it; no score alone moves a unit over another condition
    gaps = frame["gap"].dropna()
    assert list(gaps) == sorted(gaps, reverse=True)
