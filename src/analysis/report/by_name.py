"""Tables and charts of the report by name, for an analyst who wants one of them as data or as a picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pandas as pd

from analysis.render.blocks import Cell, Content, Display, Table
from analysis.render.blocks import figures as figures_in
from analysis.render.plain_blocks import plain
from analysis.report import peer_sections, standings, tables, yearly_sections
from analysis.report.card import UnitCard
from analysis.report.city_report import CHARTS, CityReport, ToDrawing, graded
from analysis.report.indicators_page import IndicatorsPage
from analysis.report.page import Page
from analysis.report.trends_page import TrendsPage
from analysis.rounds.frames import rows_of
from analysis.words.formats import DASH
from analysis.words.text import Figure

ToTable = Callable[[Any], Display | None]
#: figures of a cell that belong to its number: the frame has them in columns of their own
_PARTS: Final = frozenset({"numerator", "denominator", "lower", "upper"})


#: the charts of a unit's card
UNIT_CHARTS: Final[Mapping[str, ToDrawing]] = {
    "past": UnitCard.past_drawing,
    "losses": graded(lambda card: standings.card_losses(card, card.unit)),
    "firmness": graded(lambda card: standings.card_ranks(card, card.unit)),
    "place": UnitCard.place_drawing,
}


def _data_of(show: ToDrawing) -> ToTable:
    def table(page: Page) -> Table | None:
        drawing = show(page)
        return drawing.data if drawing else None

    return table


#: the tables, each with the page it stands on; the data under a chart have the chart's name
TABLES: Final[Mapping[str, tuple[type[Page], ToTable]]] = {
    "arrivals": (CityReport, tables.arrivals),
    "board": (CityReport, lambda page: tables.board(page) if page.rulebook else None),
    "clauses": (IndicatorsPage, IndicatorsPage.grades),
    "counts": (IndicatorsPage, IndicatorsPage.counts),
    "coverages": (IndicatorsPage, IndicatorsPage.coverages),
    "scores-by-indicator": (IndicatorsPage, IndicatorsPage.scores),
    "findings": (IndicatorsPage, IndicatorsPage.findings),
    "reach": (IndicatorsPage, IndicatorsPage.what_if),
    "trends": (TrendsPage, TrendsPage.trends),
    "rates": (CityReport, tables.rates),
    "rate-effects": (CityReport, yearly_sections.rate_effects),
    "few-cases": (CityReport, peer_sections.few_cases),
    "rate-gaps": (CityReport, peer_sections.gaps),
    "rate-places": (CityReport, peer_sections.places),
    "verified": (CityReport, lambda page: peer_sections.verified(page) if page.rulebook else None),
    "undetected": (CityReport, lambda page: peer_sections.undetected(page) if page.rulebook else None),
    "rectification-open": (
        CityReport,
        lambda page: tables.problems_open(page, page.evidence.roll.codes, ident="rectification-open"),
    ),
    "indicators": (CityReport, lambda page: tables.indicators(page) if page.rulebook else None),
    "quality": (CityReport, tables.quality),
    "corrections": (CityReport, tables.corrections),
    "compare": (CityReport, tables.comparison),
    "files": (CityReport, tables.files),
    **{name: (CityReport, _data_of(show)) for name, show in CHARTS.items()},
}


@dataclass(frozen=True)
class ShownTable:
    """A table of the report: as it is shown (`block`), and as data (`frame`).

    Attributes:
        block: what a notebook shows.
        codes: codes of the units by the names the table has for them.
        values: the value table, which knows what the figures of the table are.
    """

    block: Table
    codes: Mapping[str, str]
    values: pd.DataFrame

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table with whole numbers instead of printed ones, one row per row.

        `unit` comes first where the rows are of units. A column of figures holds the numbers themselves (rates and
        changes as fractions, money in the round's currency); what belongs to a number has columns of its own,
        `…_numerator`, `…_denominator`, `…_lower`, `…_upper`, and so have words beside or instead of it (未报),
        `…_text`. Where a cell has figures of several measures, each has a column of the measure's name, with the method
        behind it where the measure has several. Missing is missing, never 0.
        """
        rows = [row.complete() for row in self.block.rows]
        columns: dict[str, list[Any]] = {}
        units = [
            row.unit or self.codes.get(plain(cells[0].content), "")
            for row, cells in zip(self.block.rows, rows, strict=True)
        ]
        if any(units):
            columns["unit"] = units
        for place, column in enumerate(self.block.columns):
            name = "unit_name" if column.key == "unit" else column.key
            for key, cells in self._column(name, [row[place] for row in rows]).items():
                columns[key if key not in columns else f"{name}_{key}"] = cells
        return pd.DataFrame(columns)

    def _column(self, name: str, cells: list[Cell]) -> dict[str, list[Any]]:
        """Return a column of the table as columns of the frame."""
        # a cell without a number to sort by is no number: a pair of counts too small for a change
        figures = [
            list(figures_in(cell.content)) if isinstance(cell.sort, int | float) else [] for cell in cells
        ]
        texts = [plain(cell.content) for cell in cells]
        if not any(figures):
            return {name: ["" if text == DASH else text for text in texts]}
        names = self._names(name, figures)
        found = {key: [float("nan")] * len(cells) for key in names.values()}
        for place, figures_of_cell in enumerate(figures):
            for figure in figures_of_cell:
                if figure.value:
                    found[names[figure.row, figure.column]][place] = float(figure.value)
        words = [_words(cell.content) for cell in cells]
        return {**found, f"{name}_text": words} if any(words) else {**found}

    def _names(self, name: str, figures: list[list[Figure]]) -> dict[tuple[str, str], str]:
        """Return what each figure of a column is called, by row and column of its row."""
        several = any(len({figure.row for figure in cell}) > 1 for cell in figures)
        columns = {figure.column for cell in figures for figure in cell}
        parts = _PARTS if len(columns) > 1 else frozenset()
        heads = self._measured({figure.row for cell in figures for figure in cell}) if several else {}
        return {
            (figure.row, figure.column): "_".join(
                [heads.get(figure.row, name), *([figure.column] if figure.column in parts else [])]
            )
            for cell in figures
            for figure in cell
        }

    def _measured(self, rows: Collection[str]) -> dict[str, str]:
        """Return the measure of each row of values, with its method where a measure has several."""
        known = self.values[self.values["id"].isin(rows)]
        methods = known.groupby("measure")["method"].nunique()
        return {
            row["id"]: f"{row['measure']}_{row['method']}" if methods[row["measure"]] > 1 else row["measure"]
            for row in rows_of(known)
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.block._repr_mimebundle_(include, exclude)


def shown_table(display: Display | None, page: Page) -> ShownTable | None:
    """Return what a page shows as a table; None where it shows none but says why."""
    if not isinstance(display, Table):
        return None
    roll = page.assessment.roll
    codes = {roll.short(code): code for code in (*roll.codes, roll.city_code)}
    return ShownTable(display, codes, page.assessment.values)


def _words(content: Content) -> str:
    """Return what a cell says beside its figures; empty where that is signs and units of measure only."""
    text = plain(content)
    for figure in figures_in(content):
        text = text.replace(figure.text, "", 1)
    return " ".join(text.split()) if any(sign.isalpha() for sign in text) else ""
