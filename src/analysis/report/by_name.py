"""Tables and charts of the report by name, for an analyst who wants one of them as data or as a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.intake.fault_lists.reconciling import FATES
from analysis.render.blocks import Cell, Content, Display, Table
from analysis.render.blocks import figures as figures_in
from analysis.render.plain_blocks import plain
from analysis.report import peer_sections, standings, tables, yearly_sections
from analysis.report.card import UnitCard
from analysis.report.city_report import CHARTS, CityReport, ToDrawing, graded
from analysis.report.graphics import measure_label
from analysis.report.indicators_page import IndicatorsPage
from analysis.report.page import Page
from analysis.report.trends_page import TrendsPage
from analysis.rounds.frames import rows_of
from analysis.words.formats import DASH
from analysis.words.text import Figure

ToTable = Callable[[Any], Display | None]
#: figures of a cell that belong to its number: the frame has them in columns of their own
_PARTS: Final = frozenset({"numerator", "denominator", "lower", "upper"})

#: units of measure of figures that are no values, by the column they come from
_UNITS_OF_COLUMNS: Final[Mapping[str, str]] = {
    "points": "point",
    "points_possible": "point",
    "score": "point",
    "rank": "rank",
    "findings": "finding",
    **dict.fromkeys(("rows", *FATES), "row"),
}
#: what a value counts more exactly than the value table says, and what its parts count, by the beginning of its code
_UNITS_OF_CODES: Final[Mapping[str, tuple[str, str]]] = {
    "rows_": ("row", ""),
    "findings_": ("finding", ""),
    "rank_": ("rank", ""),
    "undetected_upper_": ("project", "project"),
    "verified_share": ("", "point"),
    "agreement_choices": ("", "choice"),
    "grade_changes_without": ("indicator", "indicator"),
}
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
    "reconciliation": (CityReport, tables.reconciliation),
    **{name: (CityReport, _data_of(show)) for name, show in CHARTS.items()},
}


def there(name: str, page_of: Callable[[type[Page]], Page]) -> bool:
    """Return whether a round has something to show in a table."""
    kind, show = TABLES[name]
    page = page_of(kind)
    if show is IndicatorsPage.what_if:
        # what it takes need not be found out to know that it takes something
        best = page.rulebook.grade_names.best if page.rulebook else ()
        return any(row["grade"] not in best for row in rows_of(page.assessment.grades))
    return isinstance(show(page), Table)


@dataclass(frozen=True)
class ShownTable:
    """A table of the report: as it is shown (`block`), and as data (`frame`).

    Attributes:
        block: what a notebook shows.
        codes: codes of the units by the names the table has for them.
        measures: codes of the measures by the labels the table has for them.
        values: the value table, which knows what the figures of the table are.
    """

    block: Table
    codes: Mapping[str, str]
    measures: Mapping[str, str]
    values: pd.DataFrame

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table with whole numbers instead of printed ones, one row per row; the same columns in every language.

        `unit` comes first where the rows are of units; `measure` holds codes. A column of figures holds the numbers
        themselves (rates and changes as fractions, money in the round's currency), whatever unit they are printed in;
        what belongs to a number has columns of its own, `…_numerator`, `…_denominator`, `…_lower`, `…_upper`, and so
        have words beside or instead of it (未报), `…_text`. Where a cell has figures of several measures, each has a
        column of the measure's name; where it has one measure by several methods, the method stands behind the
        column's. Missing is missing, never 0.

        The unit of measure of the numbers stands in `…_unit_of_measure` behind a column whose rows differ in it, in
        `unit_of_measure` where the whole frame has one, and for every other column in `units_of_measure`.
        """
        return self._frame_and_units[0]

    @property
    def units_of_measure(self) -> dict[str, str]:
        """The unit of measure of each column of numbers, as the value table calls it; mixed columns are left out."""
        return self._frame_and_units[1]

    @cached_property
    def _frame_and_units(self) -> tuple[pd.DataFrame, dict[str, str]]:
        rows = [row.complete() for row in self.block.rows]
        columns: dict[str, list[Any]] = {}
        units: dict[str, str] = {}
        of_rows = [
            row.unit or self.codes.get(plain(cells[0].content), "")
            for row, cells in zip(self.block.rows, rows, strict=True)
        ]
        if any(of_rows):
            columns["unit"] = of_rows
        for place, column in enumerate(self.block.columns):
            name = "unit_name" if column.key == "unit" else column.key
            for own, (cells, kinds) in self._column(name, [row[place] for row in rows]).items():
                key = own if own not in columns else f"{name}_{own}"
                columns[key] = cells
                known = set(filter(None, kinds))
                if len(known) > 1:
                    columns[f"{key}_unit_of_measure"] = kinds
                elif known:
                    units[key] = known.pop()
        frame = pd.DataFrame(columns)
        numbers = frame.select_dtypes("number").columns
        if len(numbers) and len({units.get(key) for key in numbers}) == 1 and set(numbers) <= units.keys():
            frame["unit_of_measure"] = units[numbers[0]]
        return frame, units

    def _column(self, name: str, cells: list[Cell]) -> dict[str, tuple[list[Any], list[str]]]:
        """Return a column of the table as columns of the frame, each with the unit of measure of its rows."""
        # a cell without a number to sort by is no number: a pair of counts too small for a change
        figures = [self._ends(cell.content) if isinstance(cell.sort, int | float) else [] for cell in cells]
        texts = [plain(cell.content) for cell in cells]
        nothing = [""] * len(cells)
        if not any(figures):
            known = self.measures if name == "measure" else {}
            return {name: (["" if text == DASH else known.get(text, text) for text in texts], nothing)}
        names = self._names(name, figures)
        found = {key: ([float("nan")] * len(cells), [*nothing]) for key in names.values()}
        for place, figures_of_cell in enumerate(figures):
            for figure in figures_of_cell:
                if figure.value:
                    numbers, units = found[names[figure.row, figure.column]]
                    numbers[place], units[place] = float(figure.value), self._unit_of(figure, name)
        words = [_words(cell.content) for cell in cells]
        return {**found, f"{name}_text": (words, nothing)} if any(words) else {**found}

    @cached_property
    def _rows(self) -> dict[str, Mapping[str, Any]]:
        shown = {
            figure.row
            for row in self.block.rows
            for cell in row.complete()
            for figure in figures_in(cell.content)
        }
        return {row["id"]: row for row in rows_of(self.values[self.values["id"].isin(shown)])}

    def _ends(self, content: Content) -> list[Figure]:
        """Return the figures of a cell, with both ends of a span of which one is printed for both."""
        found = list(figures_in(content))
        there = {(figure.row, figure.column) for figure in found}
        for figure in [*found]:
            if figure.column == "lower" and (figure.row, "upper") not in there:
                found.append(replace(figure, column="upper", value=str(self._rows[figure.row]["upper"])))
        return found

    def _unit_of(self, figure: Figure, column: str) -> str:
        """Return the unit of measure of a number in a column of the table; empty where nobody says."""
        row = self._rows.get(figure.row)
        if row is None:
            # scores, grades, problems and files are no values
            return _UNITS_OF_COLUMNS.get(figure.column) or _UNITS_OF_COLUMNS.get(column, "")
        told = next(
            (units for begins, units in _UNITS_OF_CODES.items() if row["measure"].startswith(begins)), None
        )
        is_part = figure.column in ("numerator", "denominator")
        if told is not None and told[is_part]:
            return told[is_part]
        if not is_part:
            return str(row["unit_of_measure"])
        code = catalogue.of(row["measure"])
        ends = code.record.parts or (code.measure,) if code.record else ()
        if code.record and code.record.institution:
            return "project"
        of_end = self.values.loc[self.values["measure"].isin(ends[:1]), "unit_of_measure"]
        return str(of_end.iloc[0]) if len(of_end) else ""

    def _names(self, name: str, figures: list[list[Figure]]) -> dict[tuple[str, str], str]:
        """Return what each figure of a column is called, by row and column of its row."""
        columns = {figure.column for cell in figures for figure in cell}
        parts = _PARTS if len(columns) > 1 else frozenset()
        heads = self._heads(name, figures)
        return {
            (figure.row, figure.column): "_".join(
                [heads.get(figure.row, name), *([figure.column] if figure.column in parts else [])]
            )
            for cell in figures
            for figure in cell
        }

    def _heads(self, name: str, figures: list[list[Figure]]) -> dict[str, str]:
        """Return by row of values what tells its figures from the others of their cell; nothing where none are."""
        of_cells = [{figure.row for figure in cell} & self._rows.keys() for cell in figures]
        if all(len(rows) < 2 for rows in of_cells):
            return {}
        measured = [{self._rows[row]["measure"] for row in rows} for rows in of_cells]
        shown = [self._rows[row] for row in set().union(*of_cells)]
        if all(len(measures) < 2 for measures in measured):
            return {row["id"]: f"{name}_{row['method']}" for row in shown}
        methods: dict[str, set[str]] = {}
        for row in shown:
            methods.setdefault(row["measure"], set()).add(row["method"])
        return {
            row["id"]: f"{row['measure']}_{row['method']}"
            if len(methods[row["measure"]]) > 1
            else row["measure"]
            for row in shown
        }

    def __str__(self) -> str:
        """Return the table as it is shown, in words."""
        return str(self.block)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.block._repr_mimebundle_(include, exclude)


def shown_table(display: Display | None, page: Page) -> ShownTable | None:
    """Return what a page shows as a table; None where it shows none but says why."""
    if not isinstance(display, Table):
        return None
    roll = page.assessment.roll
    codes = {roll.short(code): code for code in (*roll.codes, roll.city_code)}
    measures = {measure_label(page, measure): measure for measure in yearly_sections.ALL}
    return ShownTable(display, codes, measures, page.assessment.values)


def _words(content: Content) -> str:
    """Return what a cell says beside its figures; empty where that is signs and units of measure only.

    What stands between the two ends of a span is no word of its own: one language has a sign there, another one words.
    """
    text = plain(content)
    beside, last = [], ""
    for figure in figures_in(content):
        before, _, text = text.partition(figure.text)
        beside += [] if (last, figure.column) == ("lower", "upper") else [before]
        last = figure.column
    text = "".join([*beside, text])
    return " ".join(text.split()) if any(sign.isalpha() for sign in text) else ""
