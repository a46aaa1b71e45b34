"""The report at a level that may not name the inputs: grades, problems named, the city's figures; `5_report.ipynb`.

Every section stands where it stands in the internal report and says what it leaves out. The figures of the units stand
in it where the level shows those of all; where it shows letters only nothing here could show them: the page has none
(see `publish.disclosure`).
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.indicators.values import USABLE
from analysis.intake.declared.ledgers import GROUPS
from analysis.render.blocks import (
    Beside,
    Cell,
    Column,
    Content,
    Display,
    Dot,
    Findings,
    Group,
    Masthead,
    Prose,
    Row,
    Stages,
    Table,
)
from analysis.report import claims, graphics, tables, yearly_sections
from analysis.report.city_report import CityReport
from analysis.report.claims import QUANTITY_STYLE
from analysis.report.graphics import value_cell
from analysis.report.page import NOTHING, traced, withheld_note
from analysis.rounds.frames import rows_of
from analysis.rulebook import name_of
from analysis.words import Text
from analysis.words.formats import DASH


class OutsideReport(CityReport):
    """The report without the inputs, units in the order of the roll."""

    @property
    def _of_all(self) -> bool:
        """Whether the figures of the units are shown."""
        return self.level.units == "all"

    @traced
    def summary(self) -> Display:
        """Return the first screen: title, level, the city's findings, the letters."""
        e = self.evidence
        as_of = self.words.date(self.settings.as_of)
        found = [
            *claims.of_the_city(e, units=False),
            claims.Headline(0, bad=False, tell=lambda: (self._resolution(), Text())),
            claims.Headline(0, bad=False, tell=lambda: claims.problems_named(e, as_of)),
        ]
        head = Masthead(self.title, self.settings.issuer, self._meta(as_of), self.mark)
        board = (self._board(),) if self.rulebook else ()
        notes = [self._left_out("scores" if self._of_all else "board")]
        if self.level.withheld:
            notes.append(Prose((withheld_note(self.assessment),), "note"))
        grades = Prose((claims.grades_given(e)[0],))
        findings = Findings(tuple(claims.spoken(found)), id="findings")
        return Group((head, findings, grades, *board, *notes))

    def _board(self) -> Table:
        columns = [
            Column("unit", self.label("board.unit"), cls="u"),
            Column("grade", self.label("board.grade"), cls="g"),
        ]
        if self._of_all:
            columns += [
                Column(name, self.label(f"board.{name}"), align="right") for name in ("rank", "score")
            ]
        rows = [
            Row((self.evidence.short(code), self._letter(code), *self._total(code)), unit=code)
            for code in self.evidence.roll.codes
        ]
        return Table(
            "board",
            Text(self.label("board.caption")),
            tuple(columns),
            tuple(rows),
            subtitle=self.words.label("disclosure.roll_order"),
            mark=self.mark,
        )

    def _letter(self, unit: str) -> Content | Cell:
        grade = self.evidence.grade_of.get(unit)
        return Cell(self.chip(grade["grade"]), grade["grade"]) if grade and grade["grade"] else DASH

    def _total(self, unit: str) -> tuple[Content, ...]:
        """Return rank and score of a unit; nothing where only letters are shown."""
        if not self._of_all:
            return ()
        grade = self.evidence.grade_of.get(unit)
        if not grade or not grade["score"]:
            return DASH, DASH
        return tuple(
            Text(self.evidence.figure(grade, style, column))
            for style, column in (("rank", "rank"), ("scored", "score"))
        )

    def _resolution(self) -> Text:
        """Return the city's resolution rate, without the units."""
        e = self.evidence
        row = e.value(e.city, "rate_resolved")
        if row["status"] not in {*USABLE, "withheld"}:
            return self.words("message.resolution.absent")
        return self.words("disclosure.resolution", rate=e.figure(row, "percent"), fraction=e.fraction(row))

    def _left_out(self, what: str) -> Prose:
        """Return the sentence that says what this level leaves out."""
        return Prose(
            (self.words("disclosure.left_out", what=self.words.label(f"disclosure.what.{what}")),), "note"
        )

    # -------------------------------------------------------------------------------------- the sections

    @traced
    def organisation(self) -> Display:
        """Return the stages of the assessment."""
        published = self.assessment.settings.published
        parts: list[Display] = []
        if published:
            parts.append(Stages(tuple((stage.name, self._span(stage), ()) for stage in published.stages)))
            note = self.label("organisation.compared", source=published.source)
            parts.append(Prose((note,), "note"))
        return Group((*parts, self._left_out("arrivals")))

    @traced
    def results(self) -> Display:
        """Return the lists of grades, in the order of the roll."""
        if not self.rulebook:
            return NOTHING
        lists = self.words.sentences(claims.grade_lists(self.evidence))
        order = Prose((self.words.label("disclosure.roll_order"),), "note")
        return Group((Prose((lists,)), order, self._left_out("clauses" if self._of_all else "results")))

    @traced
    def firmness(self) -> Display:
        """Return that this is left out."""
        return self._left_out("firmness") if self.rulebook else NOTHING

    @traced
    def declines(self) -> Display:
        """Return the declines of the city and what they come from, and those of the units where they are shown."""
        e = self.evidence
        first, evidence = claims.city_declines(e)
        city = self.words.sentences([first, evidence, claims.intervals(e)])
        paragraphs = tuple(text for text in (city, claims.consecutive_falls(e)) if text)
        charts = (graphics.decomposition(self).graphic(),) if claims.comparable(e) else ()
        units = self._of_units() if self._of_all else self._left_out("declines")
        return Group((Prose(paragraphs), *charts, units))

    def _of_units(self) -> Table:
        """Return cases, workers and amount of every unit and of the city, and how they changed."""
        e, columns, rows = self.evidence, [Column("unit", self.label("board.unit"))], []
        for quantity in e.quantities:
            columns.append(Column(quantity, e.measure_name(quantity), align="right"))
            columns.append(Column(f"change_{quantity}", self.label("declines.change"), align="right"))
        for code in (*e.roll.codes, e.city):
            cells: list[Content | Cell] = [e.short(code)]
            for quantity in e.quantities:
                cells.append(value_cell(self, e.value(code, quantity), QUANTITY_STYLE[quantity]))
                cells.append(value_cell(self, e.change(code, quantity), "signed_percent"))
            rows.append(Row(tuple(cells), cls="total" if code == e.city else "", unit=code))
        return Table(
            "fig-declines",
            Text(self.label("declines.data")),
            tuple(columns),
            tuple(rows),
            source=self.source(()),
            mark=self.mark,
            cls="small",
        )

    @traced
    def progress(self) -> Display:
        """Return the city's months, trends and rates, and the rates of the units where they are shown."""
        e = self.evidence
        rates = tables.rates(self, None if self._of_all else [e.city])
        shown = (
            yearly_sections.months(self),
            yearly_sections.trends(self, [(e.city, measure) for measure in yearly_sections.ALL]),
            rates,
            yearly_sections.rate_effects(self),
        )
        left_out = () if self._of_all else (self._left_out("progress"),)
        return Group((*graphics.drawn(shown), *left_out))

    @traced
    def gaps(self) -> Display:
        """Return the city's resolution rate; the units side by side are left out."""
        return Group((Prose((self._resolution(),)), self._left_out("distances" if self._of_all else "gaps")))

    @traced
    def problems(self) -> Display:
        """Return which units each problem group names, as the bulletin does, and the matrix without numbers."""
        rules = self.rulebook
        if not rules or not rules.problem_groups:
            return NOTHING
        names = {group.code: name_of(group, self.words) for group in rules.problem_groups}
        groups = [group for group in GROUPS if group in names]
        sentences = tuple(claims.named_outside(self.evidence, group, names[group]) for group in groups)
        return Group((Prose(sentences), self._matrix(groups), self._left_out("problems")))

    @property
    def _named_in(self) -> set[tuple[str, str]]:
        found = self.evidence.findings
        return {(row["unit"], row["group"]) for row in rows_of(found[found["named"]])}

    def _matrix(self, groups: Sequence[str]) -> Table:
        columns = [
            Column("unit", self.label("board.unit")),
            Column("grade", self.label("board.grade"), cls="g"),
        ]
        columns += [Column(group, self.label(f"problems.{group}"), align="center") for group in groups]
        rows = []
        for code in self.evidence.roll.codes:
            cells: list[Content | Cell] = [self.evidence.short(code), self._letter(code)]
            for group in groups:
                named = (code, group) in self._named_in
                word = self.label("problems.named" if named else "problems.not_named")
                cells.append(Cell(Beside((Dot(named, word),)), float(named)))
            rows.append(Row(tuple(cells), unit=code))
        return Table(
            "matrix",
            claims.matrix_title(self.evidence),
            tuple(columns),
            tuple(rows),
            subtitle=self.words.label("disclosure.matrix_sub"),
            mark=self.mark,
            cls="matrix",
        )

    @traced
    def rectification(self) -> Display:
        """Return how the rectification ledger of the city stands; nothing where nobody reported it."""
        if not self.evidence.is_reported("findings_all"):
            return NOTHING
        ledger = claims.ledger_standing(self.evidence, self.words.date(self.settings.as_of))
        return Group((Prose((ledger,)), self._left_out("rectification")))

    # -------------------------------------------------------------------------------------- annexes

    @traced
    def annex_scores(self) -> Display:
        """Return that this is left out."""
        return self._left_out("scores") if self.rulebook else NOTHING

    @traced
    def annex_quality(self) -> Display:
        """Return that this is left out."""
        return self._left_out("quality")

    @traced
    def annex_corrections(self) -> Display:
        """Return that this is left out."""
        return self._left_out("corrections")

    @traced
    def annex_provenance(self) -> Display:
        """Return that this is left out."""
        return self._left_out("provenance")
