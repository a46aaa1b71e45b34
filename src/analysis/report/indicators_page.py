"""Rates, counts, coverages, scores and grades; `2_indicators.ipynb` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from analysis.intake.declared.ledgers import INSTITUTIONS
from analysis.questions import answers
from analysis.questions import what_if as whatif
from analysis.questions.explain import item_names
from analysis.render.blocks import Cell, Column, Content, Display, Lines, Muted, Prose, Row, Table
from analysis.report import tables
from analysis.report.claims import QUANTITY_STYLE, named_quantities
from analysis.report.graphics import cell_of_score, rate_cell, value_cell
from analysis.report.page import NOTHING, Page
from analysis.results.previous import previous_grades
from analysis.words import Text
from analysis.words.formats import DASH


class IndicatorsPage(Page):
    """What the ledgers count to, and how it scores."""

    product: ClassVar[str] = "indicators"
    upto: ClassVar[str] = "indicators"

    def rates(self) -> Display:
        """Return the rates per unit with their bases, of what is reported."""
        return self._by_unit("rates", self.words.label("working.rates"), self.evidence.rates, rate=True)

    def counts(self) -> Display:
        """Return cases, workers and amount per unit and year, of what is reported."""
        e = self.evidence
        columns = [Column("unit", self.label("board.unit"))]
        keys = [(q, p) for q in e.quantities for p in self.settings.calendar.listed]
        columns += [
            Column(f"{q}-{p}", f"{e.measure_name(q)} {e.period_name(p.text)}", align="right") for q, p in keys
        ]
        rows = [
            Row(
                (
                    e.short(code),
                    *(value_cell(self, e.value(code, q, p.text), QUANTITY_STYLE[q]) for q, p in keys),
                )
            )
            for code in (*e.roll.codes, e.city)
        ]
        caption = self.words.sentence(self.words("working.counts", quantities=named_quantities(e)))
        return Table("counts", caption, tuple(columns), tuple(rows), mark=self.mark, cls="small")

    def coverages(self) -> Display:
        """Return how far every institution covers the projects."""
        names = [name for each in INSTITUTIONS if self.evidence.is_reported(name := f"coverage_{each}")]
        if not names:
            return NOTHING
        caption = self.words.label("working.coverages")
        return self._by_unit(
            "coverages", caption, names, subtitle=self.words.label("working.coverages_sub"), rate=True
        )

    def _by_unit(
        self, ident: str, caption: str, measures: Sequence[str], *, subtitle: str = "", rate: bool = False
    ) -> Table:
        e = self.evidence
        columns = [Column("unit", self.label("board.unit"))]
        columns += [Column(name, self.evidence.measure_name(name), align="right") for name in measures]
        rows = []
        for code in (*e.roll.codes, e.city):
            cells: list[Content | Cell] = [e.short(code)]
            cells += [
                rate_cell(self, e.value(code, name))
                if rate
                else value_cell(self, e.value(code, name), "count")
                for name in measures
            ]
            rows.append(Row(tuple(cells)))
        shown = [e.value(code, name)["id"] for code in e.roll.codes for name in measures]
        return Table(
            ident,
            Text(caption),
            tuple(columns),
            tuple(rows),
            subtitle=subtitle,
            source=self.source(shown),
            mark=self.mark,
            cls="small",
        )

    def scores(self) -> Display:
        """Return every score, indicators down, units across."""
        if not self.rulebook:
            return NOTHING
        e = self.evidence
        columns = [Column("indicator", self.label("annex.indicator"))]
        columns += [Column(g["unit"], e.short(g["unit"]), align="right") for g in e.by_score]
        rows = [
            Row((f"{code} {name}", *(cell_of_score(self, g["unit"], code) for g in e.by_score)))
            for code, name in self.scored_names.items()
        ]
        caption = Text(self.words.label("working.scores"))
        sub = self.words.label("working.scores_sub")
        return Table(
            "scores", caption, tuple(columns), tuple(rows), subtitle=sub, mark=self.mark, cls="small"
        )

    def grades(self) -> Display:
        """Return grades and the clauses that decided them."""
        return tables.clauses(self) if self.rulebook else NOTHING

    def findings(self) -> Display:
        """Return the merged open findings per unit and problem group."""
        if not self.rulebook:
            return NOTHING
        return tables.findings_by_unit(self)

    def what_if(self) -> Display:
        """Return per unit what it would take to reach the best grade, everything that is not named held fixed."""
        rules, a, e = self.rulebook, self.assessment, self.evidence
        if not rules:
            return NOTHING
        previous = previous_grades(self.round, a.roll)
        found = whatif.reach_best(
            a.values, rules, a.roll, self.round, catalogue=self.words, previous=previous
        )
        best = rules.grades.said(0, self.words)
        if not found:
            return Prose((self.words("whatif.reach.all_best", grade=best),))
        names = item_names(rules, self.words)
        grades = {grade["unit"]: grade for grade in e.by_score}
        columns = (
            Column("unit", self.label("board.unit"), cls="u"),
            Column("grade", self.label("board.grade"), cls="g"),
            Column("score", self.label("board.score"), align="right"),
            Column("short", self.words.label("whatif.column.short"), align="right", cls="nw"),
            Column("ways", self.words.label("whatif.column.ways"), sortable=False, cls="long"),
        )
        rows = []
        for reach in found:
            grade, obstacle = grades[reach.unit], answers.obstacle(reach, best, self.words)
            ways = answers.ways(reach, rules, self.words, names)
            score = Cell(Text(e.figure(grade, "scored", "score")), float(grade["score"]))
            # points a unit would need are supposed, so they have no row
            short = Cell(f"{reach.short}" if reach.short else DASH, float(reach.short or 0) or None)
            told = Lines((*((obstacle,) if obstacle else ()), *(Muted(way) for way in ways)))
            rows.append(Row((e.short(reach.unit), self.chip(reach.grade), score, short, told)))
        return Table(
            "what-if-reach",
            self.words("whatif.reach.title", grade=best),
            columns,
            tuple(rows),
            subtitle=self.words.label("whatif.reach.sub"),
            source=self.source((), scores=True),
            mark=self.mark,
            cls="clause",
            phone="stack",
        )
