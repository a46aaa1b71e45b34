"""Every page of every round is drawn to its end: one unit or three hundred, long names, nothing reported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import ledger_examples as small
import numpy as np
import pandas as pd
import pytest
from rule_examples import rules_2020

from analysis import charts
from analysis.render.blocks import Graphic, Table
from analysis.report import graphics
from analysis.report.standing_out import ENDS, MOST, StandsOut, drawn_units
from analysis.results.assessment import Assessment
from analysis.rounds.units import Unit, UnitRoll
from analysis.run import in_memory, pages
from analysis.words import words

YEARS = ("2016", "2017", "2018", "2019", "2020")
LONG = "某某某各族自治县经济技术开发区"


def roll_of(count: int) -> UnitRoll:
    """Return so many units; the name of every seventh is as long as names get."""
    names = [f"{LONG}{place}" if place % 7 == 0 else f"{place}县" for place in range(1, count + 1)]
    units = [Unit(f"{100000 + place}", name, name, order=place) for place, name in enumerate(names, 1)]
    return UnitRoll(units, small.CITY, "全市")


def clues_of(
    units: Iterable[str], years: Iterable[str] = YEARS, *, mean: float = 5, empty: str = ""
) -> pd.DataFrame:
    """Return clues of these units in these years, one column left empty where it is named."""
    rng = np.random.default_rng(7)
    rows = [
        {
            "unit": unit, "no": f"{year}-{unit}-{case}", "checked": True, "confirmed": True,
            "received_on": pd.Timestamp(int(year), 1 + case % 12, 1 + case % 28),
            "resolved_on": None if rng.random() < 0.1 else pd.Timestamp(int(year) + 1, 1, 15),
            "workers": int(rng.integers(1, 30)), "amount": float(rng.integers(1, 30) * 9000),
        }
        for unit in units for year in years for case in range(rng.poisson(mean))
    ]  # fmt: skip
    columns = ["unit", "no", "received_on", "checked", "confirmed", "resolved_on", "workers", "amount"]
    frame = pd.DataFrame(rows, columns=columns)
    for name in ("received_on", "resolved_on"):
        frame[name] = pd.to_datetime(frame[name])
    for name in ("checked", "confirmed"):
        frame[name] = frame[name].astype("boolean")
    return frame.assign(**{empty: None}) if empty else frame


def assessed(roll: UnitRoll, clues: pd.DataFrame, language: str = "zh", **said: Any) -> Assessment:
    """Return a round with these clues, and a fund in four of five units."""
    settings = small.settings(history=list(YEARS), title_en="Assessment", **said)
    funds = pd.DataFrame(
        {"unit": list(roll.codes), "established": [place % 5 > 0 for place in range(len(roll))]}
    )
    funds["established"] = funds["established"].astype("boolean")
    arrived = in_memory.intake_of(settings, roll, {"clues": clues, "funds": funds})
    declared = in_memory.declared_of(settings, rules_2020())
    return in_memory.assess(declared, arrived, with_lineage=False, draws=10, language=language)


def figures_of(a: Assessment, monkeypatch: pytest.MonkeyPatch) -> list[Graphic | Table]:
    """Return every figure of every page and of two cards; whatever cannot be shown raises."""
    found: list[Graphic | Table] = []
    draw = graphics.Drawing.graphic

    def noting(drawing: graphics.Drawing) -> Graphic | Table:
        found.append(draw(drawing))
        return found[-1]

    monkeypatch.setattr(graphics.Drawing, "graphic", noting)
    for name in ("report", "indicators", "trends", "comparison", "bulletin"):
        pages.shown(a, name)
    for unit in a.roll.codes[:2]:
        pages.shown(a, "card", unit=unit)
    return found


def said(figure: Graphic | Table) -> str:
    """Return the subtitle of a figure."""
    return figure.subtitle if isinstance(figure.subtitle, str) else figure.subtitle.plain


@pytest.mark.parametrize(("count", "language"), [(1, "zh"), (2, "en"), (17, "zh"), (50, "en")])
def test_every_figure_is_drawn_for_any_number_of_units(
    count: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll = roll_of(count)
    figures = figures_of(assessed(roll, clues_of(roll.codes), language), monkeypatch)
    assert len(figures) > 10
    assert not [figure.id for figure in figures if not isinstance(figure, Graphic)]
    # no more rows than can be read
    if count > MOST:
        past = next(figure for figure in figures if figure.id == "fig-past")
        assert isinstance(past, Graphic)
        assert {str(MOST), str(count)} <= set(re.findall(r"\d+", said(past)))


@pytest.mark.parametrize(
    ("years", "units", "empty"),
    [
        # nothing of the round's own year, of its base, of all years but them
        (YEARS[:-1], 9, ""),
        (("2016", "2017", "2018", "2020"), 9, ""),
        (("2019", "2020"), 9, ""),
        ((), 9, ""),
        # one unit of nine handed in a file
        (YEARS, 1, ""),
        # nobody fills in a column
        (YEARS, 9, "workers"),
        (YEARS, 9, "confirmed"),
        (YEARS, 9, "resolved_on"),
    ],
)
def test_every_figure_is_drawn_whatever_is_not_reported(
    years: tuple[str, ...], units: int, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll = roll_of(9)
    clues = clues_of(roll.codes[:units], years, empty=empty)
    figures = figures_of(assessed(roll, clues), monkeypatch)
    assert not [figure.id for figure in figures if not isinstance(figure, Graphic)]


def test_a_chart_that_finds_no_room_becomes_a_table_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    roll = roll_of(3)
    a = assessed(roll, clues_of(roll.codes))

    def crowded(*_args: Any, **_options: Any) -> None:
        raise graphics.NoRoomError("no room")

    monkeypatch.setattr(graphics.charts, "resolution_funnel", crowded)
    funnel = graphics.resolution(pages.page_of(a, "report")).graphic()
    assert isinstance(funnel, Table)
    assert funnel.id == "fig-resolution"
    assert "改列数据" in said(funnel)


@pytest.mark.parametrize("width", ["wide", "slim"])
def test_a_funnel_of_three_thousand_units_names_some_and_says_how_many_it_does_not(
    width: charts.Width,
) -> None:
    rng = np.random.default_rng(3)
    cases = rng.integers(1, 400, 3000)
    resolved = rng.binomial(cases, 0.9)
    frame = pd.DataFrame(
        {
            "unit_name": [f"{LONG}{place}" for place in range(3000)],
            "numerator": resolved.astype(float),
            "denominator": cases.astype(float),
            "value": resolved / cases,
            "flag": np.where(resolved / cases < 0.7, "low_998", "inside"),
        }
    )
    drawn = charts.to_picture(
        charts.resolution_funnel(frame, words("zh"), width, city_rate=0.9), "x"
    ).elements
    unnamed = int(re.search("另有 ([0-9,]+) 个单位的点未标名称", drawn)[1].replace(",", ""))  # type: ignore[index]
    # a phone has no room for a long name between so many points
    assert 3000 - 24 <= unnamed < 3000 or (width == "slim" and unnamed == 3000)


# -------------------------------------------------------------------------------------- which units are drawn


def numbered(**columns: list[Any]) -> tuple[pd.DataFrame, list[str]]:
    """Return a frame of a row per unit and the city below, with columns; and the names of the units."""
    names = [f"u{place}" for place in range(len(next(iter(columns.values()))))]
    frame = pd.DataFrame({"unit_name": names, **columns})
    return pd.concat([frame, pd.DataFrame({"unit_name": ["city"]})], ignore_index=True), names


def test_the_ends_of_the_order_stand_out_where_nothing_else_does() -> None:
    frame, names = numbered(score=list(range(100)))
    drawn = drawn_units(frame, names, ENDS)["unit_name"].tolist()
    assert drawn == [*(f"u{place}" for place in [*range(20), *range(80, 100)]), "city"]


def test_what_is_far_from_zero_stands_out_and_a_clear_verdict() -> None:
    frame, names = numbered(contribution=[float(place - 50) for place in range(100)])
    drawn = set(drawn_units(frame, names, StandsOut("contribution"))["unit_name"]) - {"city"}
    # -50 … -31 and 30 … 49: twenty on either side
    assert drawn == {f"u{place}" for place in [*range(20), *range(80, 100)]} or len(drawn) == MOST
    assert {"u0", "u99"} <= drawn
    assert "u50" not in drawn
    verdicts = ["not_clear"] * 100
    verdicts[50] = "clear_rise"
    frame, names = numbered(verdict=verdicts)
    assert "u50" in set(drawn_units(frame, names, StandsOut("verdict"))["unit_name"])


def test_what_is_near_to_a_line_or_not_firm_stands_out() -> None:
    frame, names = numbered(gap=[abs(place - 50) + 0.5 for place in range(100)])
    drawn = set(drawn_units(frame, names, StandsOut("gap", least=True))["unit_name"]) - {"city"}
    assert drawn == {f"u{place}" for place in range(31, 70)} | drawn & {"u30", "u70"}
    frame, names = numbered(firm=[place != 50 for place in range(100)])
    assert "u50" in set(drawn_units(frame, names, StandsOut("firm", least=True))["unit_name"])


def test_few_units_are_all_drawn() -> None:
    frame, names = numbered(score=list(range(MOST)))
    assert drawn_units(frame, names, ENDS).equals(frame)
