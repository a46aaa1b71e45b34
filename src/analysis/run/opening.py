"""The way into a round for an analyst and for the notebooks: everything it holds, by name.

    r = open_round("2020")
    r.values, r.scores, r.ledger("clues"), r.table("rates").frame, r.chart("declines", unit="海港区")

Nothing is computed before it is asked for; what is missing or stale is computed then, by the stages of the road. A
question without an answer ends in one sentence (`QuestionError`), in Jupyter without a traceback.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from analysis import charts, intake
from analysis.indicators import catalogue, naming
from analysis.questions import explain, supposed, unit_history
from analysis.questions.answers import effect_tables, item_lines, reach_lines, unit_lines, unit_table
from analysis.questions.what_if import Effects
from analysis.render.blocks import Group, Table
from analysis.report import by_name
from analysis.report.by_name import ShownTable
from analysis.report.card import UnitCard
from analysis.report.city_report import CHARTS, CityReport
from analysis.report.graphics import Drawing
from analysis.report.page import Page
from analysis.report.sections import CARD, PRODUCTS
from analysis.results.assessment import STAGES, Assessment
from analysis.results.edition import NoEditionError
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.levels import INTERNAL, LEVELS, level_of
from analysis.rounds.refusals import QuestionError
from analysis.rounds.rounds import (
    RULEBOOK_FILE,
    ProjectNotFoundError,
    Round,
    find_project,
    list_rounds,
    load_round,
)
from analysis.rounds.settings_files import suggestion
from analysis.run import stages, states
from analysis.run.pages import PAGES, page_of
from analysis.words import LANGUAGES, OFFICE, Words, words

#: what one may ask of a round, in the order in which it is offered; the words say what each is
QUESTIONS: Final = (
    "values", "scores", "grades", "findings", "problems", "issues", "lineage", "compare", "units", "ledger", "measures",
    "table", "chart", "explain", "what_if", "over_rounds", "page",
)  # fmt: skip


def open_round(
    round_id: str | int, language: str | None = None, project: str | Path | None = None
) -> OpenRound:
    """Return a round by its name, whatever folder of the project one is in.

    In Jupyter the look of the report becomes the default of matplotlib and seaborn.

    Args:
        round_id: the round.
        language: of names, sentences and charts; left out, the round's own.
        project: the project folder; left out, the nearest one above the working directory.

    Raises:
        QuestionError: there is no such round, language or project, or its settings have faults.
    """
    if language is not None:
        language = _language(language)
    said = words(language or OFFICE)
    folder = _project(project, said)
    known = list_rounds(folder)
    with _answered(said):
        # a folder without settings is a round with a fault, which is told
        if str(round_id) not in known and not (folder / "data" / "raw" / str(round_id)).is_dir():
            raise _unknown("round", str(round_id), known, said)
        found = load_round(folder, str(round_id))
    if _in_notebook():
        _look_like_the_report()
    return OpenRound(found, language or found.settings.language)


class OpenRound:
    """A round, open for questions. Show it in a notebook to see what one can ask."""

    def __init__(self, of: Round, language: str) -> None:
        """Take a round whose settings could be read; nothing is computed yet."""
        self.round, self.language = of, language
        self.words = of.settings.words_in(language)
        self._computed: dict[str, Assessment] = {}

    # -------------------------------------------------------------------------------------- the frames

    @property
    def values(self) -> pd.DataFrame:
        """The value table: one row per unit, period, base period, measure and method, and what may be added up."""
        return self._upto("comparison").values_told

    @property
    def scores(self) -> pd.DataFrame:
        """The scores that count: one row per unit and item; empty for a round without a rulebook."""
        return _with_numbers(self._upto("indicators").scores, "points_possible", "points")

    @property
    def grades(self) -> pd.DataFrame:
        """Score, rank and grade per unit with the clause that decided it."""
        return _with_numbers(self._upto("indicators").grades, "score")

    @property
    def findings(self) -> pd.DataFrame:
        """The problems found per unit and group, and which are named."""
        return self._upto("indicators").findings

    @property
    def problems(self) -> pd.DataFrame:
        """The problems one by one, with ids that stay, and what became of those of the round before."""
        return self._upto("indicators").problems

    @property
    def issues(self) -> pd.DataFrame:
        """Everything doubtful in the office's files, with its cell; there also where it forbids the rest."""
        try:
            return self._computed_upto("intake").issues
        except FaultsFoundError as found:
            return intake.issues_frame(found.faults, self.words)

    @property
    def lineage(self) -> pd.DataFrame:
        """From the source of a value to file, sheet and cells."""
        return self._upto("comparison").lineage

    @property
    def compare(self) -> pd.DataFrame:
        """The published facts beside the computed ones."""
        return self._upto("comparison").compare

    @property
    def units(self) -> pd.DataFrame:
        """The units assessed: code, name, short, aliases, order, kind, former_codes."""
        return self._upto("intake").roll.to_frame()

    def ledger(self, name: str) -> pd.DataFrame:
        """Return a ledger as it was read: one row per entry with file, sheet and row, money in yuan, days as days.

        Persons are left out. A ledger that did not arrive is empty.

        Raises:
            QuestionError: there is no such ledger.
        """
        known = [ledger for ledger, of in intake.LEDGERS.items() if of.has_unit]
        if name not in known:
            raise _unknown("ledger", name, known, self.words)
        return self._upto("intake").ledger(name)

    def measures(self) -> pd.DataFrame:
        """Return everything that is measured: code, name, definition, ledger, unit of measure, what is compared."""
        own = self._upto("intake").settings.measures
        return naming.listed(self.words, self.round.settings.money, own)

    # -------------------------------------------------------------------------------------- what the report shows

    def tables(self) -> list[str]:
        """Return the names of the tables the round has something to show in."""
        return [name for name in by_name.TABLES if by_name.there(name, self._page_of)]

    def table(self, name: str) -> ShownTable:
        """Return a table of the report: `.frame` as data, `.block` as it is shown.

        Raises:
            QuestionError: there is no table of this name, or the round has nothing to show in it.
        """
        if name not in by_name.TABLES:
            raise _unknown("table", name, list(by_name.TABLES), self.words)
        kind, show = by_name.TABLES[name]
        page = self._page_of(kind)
        with _answered(self.words):
            found = show(page)
        table = by_name.shown_table(found, page)
        if table is None:
            raise self._nothing(name)
        return table

    def _nothing(self, name: str) -> QuestionError:
        """Return the refusal of what the round has no data for; most often because it has no rule set."""
        told = self.words("ask.nothing", name=name, round=self.round.id)
        return QuestionError(self.words.sentences([told, self._ungraded]).plain)

    @property
    def _ungraded(self) -> str:
        """What a round without a rule set lacks; empty for the others."""
        return "" if (self.round.folder / RULEBOOK_FILE).exists() else self.words.label("ask.ungraded")

    def charts(self, unit: str | int = "") -> list[str]:
        """Return the names of the charts the round has something to show in; those of a unit's card if one is named.

        Raises:
            QuestionError: there is no such unit.
        """
        if unit == "":
            page, charts_of = self._page_of(CityReport), CHARTS
        else:
            page, charts_of = self._card_of(self._code(unit)), by_name.UNIT_CHARTS
        return [name for name, show in charts_of.items() if show(page) is not None]

    def _card_of(self, code: str) -> UnitCard:
        return UnitCard(self._upto("comparison"), level_of(INTERNAL), code)

    def chart(self, name: str, unit: str | int = "") -> Figure:
        """Return a chart of the report as a matplotlib figure.

        Args:
            name: of the chart.
            unit: a unit by code or name: its chart from its card, or the chart of all units with its marks only.

        Raises:
            QuestionError: there is no such chart or unit, or the round or the unit has nothing to show in it.
        """
        names = list(dict.fromkeys([*CHARTS, *by_name.UNIT_CHARTS]))
        if name not in names:
            raise _unknown("chart", name, names, self.words)
        if unit:
            return self._chart_of(name, self._code(unit))
        if name not in CHARTS:
            raise QuestionError(self.words("ask.needs_unit", name=name).plain)
        return self._drawn(name, CHARTS[name](self._page_of(CityReport)))

    def _chart_of(self, name: str, code: str) -> Figure:
        if name not in by_name.UNIT_CHARTS:
            page = self._page_of(CityReport)
            return self._drawn(name, CHARTS[name](page), page.evidence.short(code))
        card = self._card_of(code)
        drawing = by_name.UNIT_CHARTS[name](card)
        if drawing is not None:
            # on the card everything is the unit's
            title = self.words.labelled(card.evidence.short(code), drawing.title)
            drawing = replace(drawing, title=title)
        return self._drawn(name, drawing)

    def _drawn(self, name: str, drawing: Drawing | None, narrowed: str = "") -> Figure:
        if drawing is None:
            raise self._nothing(name)
        try:
            return drawing.figure(narrowed)
        except LookupError as whole:
            raise QuestionError(self.words("ask.whole_only", name=name).plain) from whole

    def page(self, name: str, disclosure: str = INTERNAL, unit: str | int = "") -> Page:
        """Return the page a notebook shows, with what the disclosure level allows.

        Args:
            name: one of `PAGES`.
            disclosure: the level, one of `analysis.rounds.levels`.
            unit: the unit of a card, by code or name.

        Raises:
            QuestionError: there is no such page, level or unit, no such page at the level, or the data do not allow it.
        """
        if name not in PAGES:
            raise _unknown("page", name, list(PAGES), self.words)
        if disclosure not in LEVELS:
            raise _unknown("level", disclosure, LEVELS, self.words)
        if disclosure not in PRODUCTS[name].levels:
            page, level = (
                self.words.label(key) for key in (f"ask.pages.{name}", f"report.disclosure.{disclosure}")
            )
            raise QuestionError(self.words("ask.not_at_level", page=page, level=level).plain)
        if name != CARD:
            return page_of(self._upto(PAGES[name].upto), name, disclosure)
        if unit == "":
            raise QuestionError(self.words("ask.card_of_whom", name=name).plain)
        return page_of(self._upto(PAGES[name].upto), name, disclosure, self._code(unit))

    # -------------------------------------------------------------------------------------- questions

    def explain(self, unit: str | int, indicator: str = "") -> Answer:
        """Return why a unit has its score: one indicator down to the cells, or without one every item and the grade.

        Raises:
            QuestionError: there is no such unit or indicator, or the round has no rulebook.
        """
        assessment = self._upto("indicators")
        rules = assessment.settings.rulebook
        if rules is None:
            raise QuestionError(self.words("cli.usage.no_rulebook", round=self.round.id).plain)
        code = self._code(unit)
        if not indicator:
            whole = explain.unit(assessment, code)
            items = _with_numbers(pd.DataFrame(whole.items), "possible", "points")
            lines = tuple(map(str, unit_lines(whole, assessment.words)))
            return Answer(lines, items, (unit_table(whole, assessment.words),))
        with _answered(self.words):
            asked = explain.item_called(str(indicator), rules, self.words)
        lineage = assessment.lineage
        cells = lineage[lineage["source"] == f"score.{code}.{asked}"].reset_index(drop=True)
        one = explain.item(assessment, code, asked)
        return Answer(tuple(map(str, item_lines(one, assessment.words))), cells)

    def what_if(self, *values: str, rules: str | Iterable[str] = (), rulebook: str = "") -> Answer:
        """Return what scores, ranks and grades would be; without arguments what grade A would take.

        Args:
            values: `山海关区.5.2=44/46`, one per value.
            rules: `5.2.rule.full_at=95%`, one text or several.
            rulebook: file or preset to be used instead of the round's own.

        Raises:
            QuestionError: a unit, indicator, path, value or rule set does not exist, or cannot be so.
        """
        assessment = self._upto("indicators")
        changes = (rules,) if isinstance(rules, str) else tuple(rules)
        asked = supposed.Question(tuple(map(str, values)), changes, rulebook)
        with _answered(self.words):
            found = supposed.answer(assessment, asked, assessment.words)
        if found.effects is not None:
            tables = effect_tables(found.effects, assessment.roll, found.names, assessment.words)
            return Answer(found.told, self._effects(found.effects, assessment), tables)
        told = reach_lines(found.reach or (), found.rules, assessment.roll, assessment.words, found.names)
        return Answer(tuple(map(str, told)), pd.DataFrame(found.reach or ()))

    def over_rounds(self, unit: str | int) -> pd.DataFrame:
        """Return one unit over all rounds of the project: grade, score, rank and problems, one row per round.

        A round that has a final edition stands as in its last one, any other as computed now; `state` says which.

        Raises:
            QuestionError: there is no such unit, or a round can be neither read nor computed.
        """
        code = self._code(unit)
        found = self._upto("intake").roll.unit(code)
        with _answered(self.words):
            return unit_history.over_rounds(states.last_states(self.round.project, self.language), found)

    @staticmethod
    def _effects(effects: Effects, assessment: Assessment) -> pd.DataFrame:
        rows = []
        for each in effects.units:
            row = {"unit": each.unit, "unit_name": assessment.roll.short(each.unit)}
            for column in ("score", "rank", "grade"):
                row[f"{column}_before"], row[column] = getattr(each, column)
            rows.append(row)
        return _with_numbers(pd.DataFrame(rows), "score_before", "score", "rank_before", "rank")

    # -------------------------------------------------------------------------------------- how it shows itself

    @property
    def fresh(self) -> dict[str, bool]:
        """Which stages are computed from the input as it is now."""
        return stages.freshness(self.round, self.language)

    def __repr__(self) -> str:
        """Return which round it is, which stages are fresh, and what one can ask."""
        return "\n".join([self._title, self._state, *(f"  {code}  {what}" for code, what in self._offers)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'><code>{html.escape(code)}</code></td>"
            f"<td style='text-align:left'>{html.escape(what)}</td></tr>"
            for code, what in self._offers
        )
        return (
            f"<p><strong>{html.escape(self._title)}</strong><br>{html.escape(self._state)}</p>"
            f"<table>{rows}</table>"
        )

    @property
    def _title(self) -> str:
        settings = self.round.settings
        mark = self.words.label("report.mark") if settings.synthetic else ""
        title = self.words("ask.title", round=self.round.id, title=settings.title_in(self.language)).plain
        return f"{title} {mark}".strip()

    @property
    def _state(self) -> str:
        told = [
            self.words("ask.fresh" if fresh else "ask.stale", stage=self.words.label(f"ask.stage.{stage}"))
            for stage, fresh in self.fresh.items()
        ]
        return " ".join(filter(None, [self.words.series(told).plain, self._ungraded]))

    @property
    def _offers(self) -> list[tuple[str, str]]:
        return [
            (self.words.label(f"ask.how.{name}"), self.words.label(f"ask.what.{name}")) for name in QUESTIONS
        ]

    # -------------------------------------------------------------------------------------- inside

    def _upto(self, stage: str) -> Assessment:
        """Return the round computed up to a stage, or further; what forbids it is told in sentences."""
        with _answered(self.words):
            found = self._computed_upto(stage)
        # another round may have been opened since
        catalogue.declare(found.settings.measures)
        return found

    def _computed_upto(self, stage: str) -> Assessment:
        for done in STAGES[STAGES.index(stage) :]:
            if done in self._computed:
                return self._computed[done]
        found = stages.open_assessment(self.round.id, stage, self.language, self.round.project)
        self._computed[stage] = found
        return found

    def _page_of(self, kind: type[Page]) -> Page:
        return kind(self._upto("comparison"), level_of(INTERNAL))

    def _code(self, unit: str | int) -> str:
        with _answered(self.words):
            return explain.unit_called(str(unit), self._upto("intake").roll).code


class Answer:
    """An answer in sentences, and its rows as data.

    Attributes:
        lines: the sentences, one after the other.
        tables: what stands under them, as it is shown.
        frame: the rows: of `explain` the items of a unit or the cells of one, of `what_if` the units before and after.
    """

    def __init__(self, lines: tuple[str, ...], frame: pd.DataFrame, tables: tuple[Table, ...] = ()) -> None:
        self.lines, self.frame, self.tables = lines, frame, tables

    def __repr__(self) -> str:
        return "\n\n".join(["\n".join(self.lines), *map(str, self.tables)])

    def _repr_html_(self) -> str:
        told = "<br>".join(html.escape(line).replace("  ", "&emsp;") for line in self.lines)
        shown: str = Group(self.tables)._repr_mimebundle_()["text/html"] if self.tables else ""
        return f"<p>{told}</p>{shown}"


def _with_numbers(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a frame with decimals kept as text (exact, to the last place) as numbers; an empty text is missing."""
    return frame.assign(**{column: pd.to_numeric(frame[column]) for column in columns})


@contextmanager
def _answered(said: Words) -> Iterator[None]:
    """Turn what the rooms below refuse into the sentence an analyst reads."""
    try:
        yield
    except FaultsFoundError as found:
        # what blocks is what has to be mended; reminders beside it would hide it
        blocking = [fault for fault in found.faults if fault.severity == "blocks"] or found.faults
        raise QuestionError("\n".join(intake.fault_line(fault, said) for fault in blocking)) from found
    except NoEditionError as none:
        told = said("cli.usage.no_edition", folder=str(none.folder), lacking=none.lacking).plain
        raise QuestionError(told) from none
    except explain.UnknownNameError as unknown:
        raise _unknown(unknown.kind, unknown.text, unknown.known, said, unknown.meant) from unknown


def _unknown(kind: str, asked: object, known: Sequence[str], said: Words, meant: str = "") -> QuestionError:
    """Return the refusal of a name there is nothing for, even no text: what was probably meant, and what there is."""
    asked = str(asked)
    near = meant or suggestion(asked, list(known))
    hint = said("ask.meant", meant=near).plain if near else ""
    listed = said.list(known)
    key = f"ask.unknown.{kind}" if known else "ask.unknown.none"
    return QuestionError(said(key, asked=asked, meant=hint, known=listed).plain)


def _language(asked: object) -> str:
    """Return the language that is meant, however it is written: EN is en."""
    meant = {code.casefold(): code for code in LANGUAGES}
    try:
        return meant[str(asked).casefold()]
    except KeyError:
        raise _unknown("language", asked, LANGUAGES, words(OFFICE)) from None


def _project(given: str | Path | None, said: Words) -> Path:
    if given is not None:
        folder = Path(given).expanduser().resolve()
        if not (folder / "data" / "raw").is_dir():
            raise QuestionError(said("ask.no_data_raw", folder=str(given)).plain)
        return folder
    try:
        return find_project()
    except ProjectNotFoundError as missing:
        raise QuestionError(said("ask.no_project", start=str(missing.start)).plain) from missing


def _shell() -> Any:
    """Return the running IPython shell; None in plain Python."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _in_notebook() -> bool:
    return _shell() is not None


def _look_like_the_report() -> None:
    """Let an analyst's charts look like the report's, and a chart that is the value of a cell be seen."""
    from IPython.core.pylabtools import select_figure_formats  # noqa: PLC0415 — only where IPython runs

    charts.set_report_style()
    select_figure_formats(_shell(), {"png"})  # type: ignore[no-untyped-call]
