"""The city's assessment report, section by section in the order of the bulletin; `5_report.ipynb` shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from analysis.indicators.values import USABLE
from analysis.intake.declared.ledgers import GROUPS
from analysis.render.blocks import (
    Details,
    Display,
    Findings,
    Group,
    Heading,
    Key,
    Masthead,
    Prose,
    Stages,
    Table,
)
from analysis.report import (
    claims,
    graphics,
    peer_sections,
    since_sections,
    standings,
    tables,
    yearly_sections,
)
from analysis.report.graphics import Drawing
from analysis.report.own_figures import own_figures
from analysis.report.page import NOTHING, Page, traced
from analysis.report.waiting_figure import waiting
from analysis.rulebook import name_of
from analysis.words import Text

#: what a reader must know of the drawing, in order; the first opens the section
FIRMNESS_NOTES: Final = tuple(
    f"firmness.note.{name}"
    for name in (
        "apart", "resampled_counts", "amounts", "small_base", "coverage", "perturbed_weights", "separable",
        "leave_one_out", "choices", "simulation_error",
    )
)  # fmt: skip

ToDrawing = Callable[[Any], Drawing | None]


def graded(show: ToDrawing) -> ToDrawing:
    """Return a figure that only a round with a rule set has."""
    return lambda page: show(page) if page.rulebook else None


def _comparable(show: ToDrawing) -> ToDrawing:
    return lambda page: show(page) if claims.comparable(page.evidence) else None


#: the charts of all units by name, in the order of the report; None where the round does not allow one
CHARTS: Final[Mapping[str, ToDrawing]] = {
    "scores": graded(graphics.scores),
    "firmness": standings.firmness,
    "declines": graphics.declines,
    "decomposition": _comparable(graphics.decomposition),
    "contributions": _comparable(graphics.contributions),
    "past": graphics.past,
    "months": yearly_sections.months,
    "waiting": waiting,
    "resolution": lambda page: graphics.resolution(page) if claims.any_rate(page.evidence) else None,
    "losses": graded(standings.losses),
    "distances": graded(standings.distances),
    "matrix": lambda page: standings.matrix(page) if page.rulebook and page.rulebook.problem_groups else None,
    "rectification": lambda page: (
        standings.rectification(page) if page.assessment.keeps("findings") else None
    ),
    "last-round": standings.last_round,
}


class CityReport(Page):
    """The report of all units."""

    product: ClassVar[str] = "report"

    def units(self) -> list[list[str]]:
        """Return code and name of every unit, in roll order."""
        return [[code, self.evidence.short(code)] for code in self.evidence.roll.codes]

    def _charts(self, *names: str) -> tuple[Display, ...]:
        """Return the charts of these names that the round allows, drawn."""
        return graphics.drawn(CHARTS[name](self) for name in names)

    # -------------------------------------------------------------------------------------- first screen

    @traced
    def summary(self) -> Display:
        """Return the first screen: title, the weightiest findings, who got which grade, the board of grades."""
        e = self.evidence
        as_of = self.words.date(self.settings.as_of)
        found = [*claims.of_the_city(e), *claims.of_units(e), claims.of_problems(e, as_of)]
        grades, cut = claims.grades_given(e)
        said = self.words.sentences([grades, cut, claims.firmness_evidence(e)])
        head = Masthead(self.title, self.settings.issuer, self._meta(as_of), self.mark)
        board = (tables.board(self), self._board_key()) if self.rulebook else ()
        findings = Findings(tuple(claims.spoken(found)), id="findings")
        return Group((head, findings, Prose((said,)), *board, *self._decisions()))

    def _decisions(self) -> tuple[Display, ...]:
        """Return what the leader is asked to decide; nothing where nothing is asked."""
        asked = claims.decisions(self.evidence)
        if not asked:
            return ()
        numbered = [
            self.words("numbered.part", number=self.words.ordinal(place), title=text)
            for place, text in enumerate(asked, start=1)
        ]
        title = Text(self.words.strong(self.words.label("message.decisions.title")))
        return (Prose((title, *numbered)),)

    def _meta(self, as_of: str) -> tuple[str, ...]:
        meta = [self.label("meta_round", period=self.evidence.period_name(self.round.period.text))]
        if self.settings.document_date:
            meta.append(self.label("meta_document", date=self.words.date(self.settings.document_date)))
        meta.append(self.label("meta_as_of", date=as_of))
        meta.append(self.disclosure_item())
        if self.settings.synthetic:
            meta.append(self.label("meta_synthetic"))
        return tuple(meta)

    def _board_key(self) -> Key:
        kinds = ("solid", "hollow", "dashed")
        compared = self.settings.calendar.compared(self.words)
        items = [("", self.label("board.key_head", compared=compared))] if compared else []
        items += [(kind, self.label(f"board.key_{kind}")) for kind in kinds if compared]
        items.append(("", self._last_round()))
        return Key(tuple(items))

    def _last_round(self) -> str:
        """Return whose grades stand beside those of this round: of a final edition, or of a round as computed now."""
        before = self.assessment.before
        if before.empty:
            return self.label("no_last_round")
        round_id, state, final = before.iloc[0][["round", "state", "final"]]
        key = "board.before_final" if final else "board.before_computed"
        return self.label(key, round=str(round_id), state=str(state))

    # -------------------------------------------------------------------------------------- the sections

    @traced
    def organisation(self) -> Display:
        """Return the stages of the assessment, and what arrived from whom."""
        published = self.assessment.settings.published
        parts: list[Display] = []
        if published:
            stages = tuple((stage.name, self._span(stage), ()) for stage in published.stages)
            note = self.label("organisation.compared", source=published.source)
            parts = [Prose((self.label("organisation.stages_note"),)), Stages(stages), Prose((note,), "note")]
        missing = claims.missing_arrivals(self.evidence, tables.handed_in(self))
        return Group((*parts, Prose((missing,)), tables.arrivals(self)))

    def _span(self, stage: object) -> str:
        span = getattr(stage, "span", None)
        return self.words.months(span.start, span.end) if span else ""

    @traced
    def results(self) -> Display:
        """Return grades, scores by dimension, and the clause that decided each grade."""
        if not self.rulebook:
            return NOTHING
        e = self.evidence
        lists = self.words.sentences(claims.grade_lists(e))
        return Group(
            (
                Prose((lists, claims.veto_sentence(e))),
                *self._charts("scores"),
                tables.clauses(self),
            )
        )

    @traced
    def firmness(self) -> Display:
        """Return how firm the grades are, beside the official result."""
        e = self.evidence
        if not self.rulebook:
            return NOTHING
        figure = standings.firmness(self)
        if figure is None:
            return Prose((self.label("firmness.none"),), "note")
        said = self.words.sentences(
            [claims.firmness_pairs(e), claims.firmness_choices(e), claims.firmness_error(e)]
        )
        opening = self.words(FIRMNESS_NOTES[0])
        notes = Prose(tuple(self.words(key) for key in FIRMNESS_NOTES[1:]), "note")
        return Group((Prose((self.words.sentences([opening, said]),)), figure.graphic(), notes))

    @traced
    def since_last(self) -> Display:
        """Return the round beside the one before it; nothing where there is none."""
        return since_sections.since_last(self)

    @traced
    def declines(self) -> Display:
        """Return the three declines: city, units, decomposition, contributions."""
        e = self.evidence
        first, evidence = claims.city_declines(e)
        if not e.base_period:
            return Prose((first,))
        city = self.words.sentences([first, evidence, claims.intervals(e)])
        paragraphs = tuple(text for text in (city, claims.consecutive_falls(e)) if text)
        return Group((Prose(paragraphs), *self._charts("declines", "decomposition", "contributions")))

    @traced
    def progress(self) -> Display:
        """Return every unit against its own past: cases over the years and months, trends, the four rates."""
        e = self.evidence
        pairs = [(code, "cases") for code in e.roll.codes] + [
            (e.city, measure) for measure in yearly_sections.ALL
        ]
        shown = (
            graphics.past(self),
            yearly_sections.months(self),
            yearly_sections.trends(self, pairs),
            tables.rates(self),
            waiting(self),
            yearly_sections.rate_effects(self),
        )
        return Group(graphics.drawn(shown))

    @traced
    def gaps(self) -> Display:
        """Return the units against each other: rates, gaps and places, lost points, self-report and verification."""
        e = self.evidence
        rates = self.words.sentences([*claims.resolution(e), claims.left_out_flags(e)])
        spread = claims.spread_sentence(e)
        parts: list[Display] = [Prose(tuple(text for text in (rates, spread) if text))]
        parts += self._charts("resolution")
        if claims.any_rate(e):
            parts += [peer_sections.few_cases(self), peer_sections.gaps(self), peer_sections.places(self)]
        parts += self._charts("losses", "distances")
        if self.rulebook:
            parts.append(peer_sections.verified(self))
            parts += [table for table in (peer_sections.undetected(self),) if table]
        return Group(tuple(parts))

    @traced
    def achievements(self) -> Display:
        """Return the office's own paragraphs on what was achieved."""
        bulletin = self.assessment.settings.bulletin
        if not bulletin or not bulletin.achievements:
            return Prose((self.label("achievements.none"),), "note")
        paragraphs = Prose(tuple(map(Text, bulletin.achievements)), "quote")
        return Group((self._by_the_office(bulletin.example), paragraphs))

    def _by_the_office(self, example: bool) -> Prose:
        note = self.label("achievements.office")
        said = self.words.noted(note, self.label("achievements.example")) if example else note
        return Prose((said,), "note")

    @traced
    def problems(self) -> Display:
        """Return which units each problem group names, and the matrix."""
        rules = self.rulebook
        if not rules or not rules.problem_groups:
            return NOTHING
        by_code = {group.code: group for group in rules.problem_groups}
        sentences = [
            claims.group_sentence(
                self.evidence, code, name_of(by_code[code], self.words), by_code[code].threshold
            )
            for code in GROUPS
            if code in by_code
        ]
        return Group((Prose(tuple(sentences)), *self._charts("matrix")))

    @traced
    def rectification(self) -> Display:
        """Return how the rectification ledger stands; nothing where nobody reported it."""
        e = self.evidence
        if not e.is_reported("findings_all"):
            return NOTHING
        table = tables.problems_open(self, e.roll.codes, ident="rectification-open")
        ledger = claims.ledger_standing(e, self.words.date(self.settings.as_of))
        nothing = Prose((self.label("rectification.none"),))
        no_last = Prose((self.label("rectification.no_last"),), "note")
        last_round = () if self.settings.compared_with else (no_last,)
        if e.count("findings_all")["status"] not in USABLE:
            return Prose((ledger,))
        states = (standings.rectification(self).graphic(),) if e.count("findings_all")["value"] else ()
        return Group((Prose((ledger,)), *last_round, *states, table or nothing, *self._carried()))

    def _carried(self) -> list[Display]:
        """Return what became of the problems of the round before; nothing where this one is compared with none."""
        if not self.settings.compared_with:
            return []
        drawing, table = standings.last_round(self), tables.last_round(self, self.evidence.roll.codes)
        if drawing is None or table is None:
            return [Prose((self.label("rectification.no_carried"),), "note")]
        return [drawing.graphic(), table]

    @traced
    def requirements(self) -> Display:
        """Return the office's own requirements for the time ahead."""
        bulletin = self.assessment.settings.bulletin
        if not bulletin or not bulletin.requirements:
            return Prose((self.label("requirements.none"),), "note")
        paragraphs: list[Display] = []
        for number, item in enumerate(bulletin.requirements, start=1):
            paragraphs.append(Heading(f"requirement-{number}", Text(item.title)))
            paragraphs.append(Prose((Text(item.text),), "quote"))
        return Group((self._by_the_office(bulletin.example), *paragraphs))

    # -------------------------------------------------------------------------------------- annexes

    @traced
    def annex_indicators(self) -> Display:
        """Return the indicators with their definition and rule."""
        rules = tables.indicators(self) if self.rulebook else NOTHING
        own = self.assessment.settings.measures
        if not own:
            return rules
        figures = (drawing.graphic() for drawing in own_figures(self, own))
        return Group((rules, *tables.own_measures(self, own), *figures))

    @traced
    def annex_scores(self) -> Display:
        """Return every score with its arithmetic in words, unit by unit."""
        if not self.rulebook:
            return NOTHING
        units: list[Display] = []
        for grade in self.evidence.by_score:
            summary = claims.derivation_title(self.evidence, grade["unit"]).plain
            units.append(Details(summary, tables.derivations(self, grade["unit"]), unit=grade["unit"]))
        return Group((Prose((self.label("annex.scores_intro"),)), *units))

    @traced
    def annex_quality(self) -> Display:
        """Return the list of everything doubtful in the data."""
        return self._or_note(tables.quality(self), "annex.quality_none")

    @traced
    def annex_corrections(self) -> Display:
        """Return what the office corrected in its source, place by place."""
        return self._or_note(tables.corrections(self), "annex.corrections_none")

    @traced
    def annex_compare(self) -> Display:
        """Return the published facts beside the computed ones."""
        table = self._or_note(tables.comparison(self), "annex.compare_none")
        published = self.assessment.settings.published
        note = (Prose((Text(published.note),), "note"),) if published else ()
        return Group((*note, table))

    @traced
    def annex_provenance(self) -> Display:
        """Return the input files and where the source of every figure is written down."""
        note = Prose((self.label("annex.lineage_note", round=self.round.id),))
        drawn = tables.spot_checks(self)
        spot_checks = () if drawn is None else (Prose((drawn[0],)), drawn[1])
        return Group((note, tables.files(self), *spot_checks))

    def _or_note(self, table: Table | None, key: str) -> Display:
        return table or Prose((self.label(key),), "note")
