"""What all pages share: the round they show, its evidence, and what the exporters must know of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, wraps
from itertools import pairwise
from typing import Any, ClassVar, Final, TypeVar

import pandas as pd

from analysis.indicators.changes import is_broken
from analysis.render import origins as origin
from analysis.render.blocks import PAGE_MIME, Chip, Display, Group, Traced, figures, leaves
from analysis.report import figure_sources
from analysis.report.claims import Evidence
from analysis.report.sections import PRODUCTS
from analysis.results.assessment import Assessment
from analysis.rounds.levels import Level
from analysis.rulebook import Bonus, Dimension, Indicator, Rulebook, Veto, name_of
from analysis.rulebook.composition import Falsification
from analysis.rulebook.grades import GradeNames
from analysis.rulebook.indicator import Scoring
from analysis.words import OFFICE, Words

#: what a section shows that the round has nothing for: exported pages leave its heading out
NOTHING: Final = Group(())

P = TypeVar("P", bound="Page")


def traced(show: Callable[[P], Display]) -> Callable[[P], Display]:
    """Let a section of a page carry where its figures come from; where no inputs may be named it carries nothing."""

    @wraps(show)
    def with_origins(page: P) -> Display:
        display = show(page)
        if not page.level.inputs:
            return display
        rows = dict.fromkeys(figure.row for figure in figures(display) if figure.row)
        return Traced(display, origin.pack(figure_sources.origins(page.records, rows)))

    return with_origins


class Page:
    """One notebook's page: an assessment computed up to a stage, and its sections as methods.

    Shown in a notebook it says which round it is and that example data are example data; the exporters read the
    same facts from its output (`PAGE_MIME`), so that they need nothing but the executed notebook.
    """

    #: name of the product whose sections the page shows
    product: ClassVar[str]
    upto: ClassVar[str] = "comparison"
    #: whether a page of letters lists its units by score, as the bulletin does
    in_order: ClassVar[bool] = False

    def __init__(self, seen: Assessment, level: Level) -> None:
        """Take a round as the disclosure level allows it to be seen (`publish.disclosure`); nothing else is here."""
        self.level = level
        self.assessment = seen
        self.round = seen.round
        self.settings = self.round.settings
        self.words: Words = seen.words_on_pages

    @property
    def kind(self) -> str:
        """How the page is exported: `report`, `card`, `bulletin` or `working`."""
        return PRODUCTS[self.product].kind

    def sections(self) -> dict[str, Display]:
        """Return what the sections show, by id and in their order; one that shows nothing is left out."""
        shown = {section.id: getattr(self, section.method)() for section in PRODUCTS[self.product].sections}
        return {ident: block for ident, block in shown.items() if any(leaves(block))}

    @cached_property
    def evidence(self) -> Evidence:
        """Everything the sentences may lean on."""
        a = self.assessment
        return Evidence(
            values=a.values,
            scores=a.scores,
            grades=a.grades,
            findings=a.findings,
            index=a.index,
            roll=a.roll,
            calendar=self.settings.calendar,
            words=self.words,
            vetoed=a.vetoed,
            veto_open=a.veto_open,
            doubtful=a.doubtful,
            graded_as=self.rulebook.grade_names if self.rulebook else GradeNames(),
            older=a.older_problems,
        )

    def whole(self, unit: str = "", *, base: bool = False) -> str:
        """Return out of how many points a total is, or a `base` score before it is put on a scale.

        Of a unit, or of all units; where their classes differ in it, each number.
        """
        if not self.rulebook:
            return ""
        books = self.rulebook.by_class(self.assessment.roll)
        if unit:
            books = {"": books[self.rulebook.classes_of(self.assessment.roll).get(unit, "")]}
        wholes = {(book.base_points if base else book.whole).normalize() for book in books.values()}
        return self.words.list([f"{whole:f}" for whole in sorted(wholes)]).plain

    @property
    def whole_of_all(self) -> float:
        """Out of how many points every total is; NaN where the classes of units differ in it."""
        books = self.rulebook.by_class(self.assessment.roll) if self.rulebook else {}
        wholes = {float(book.whole) for book in books.values()}
        return wholes.pop() if len(wholes) == 1 else math.nan

    def chip(self, grade: str) -> Chip:
        """Return a grade in its chip."""
        named = self.evidence.graded_as
        return Chip(self.words.written(grade, named.english.get(grade, "")), named.tier(grade))

    @property
    def rulebook(self) -> Rulebook | None:
        """The rule set; None for a round that is analysed and not graded."""
        return self.assessment.settings.rulebook

    @cached_property
    def dimensions(self) -> dict[str, str]:
        """Names of the dimensions by code."""
        return self._names(self.rulebook.dimensions) if self.rulebook else {}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The base indicators by code."""
        return {i.code: i for d in self.rulebook.dimensions for i in d.indicators} if self.rulebook else {}

    @cached_property
    def scored_names(self) -> dict[str, str]:
        """Names of everything that has a row of scores beside the totals: of what gives and what takes points."""
        if not self.rulebook:
            return {}
        book = self.rulebook
        beside: tuple[Bonus | Scoring | Veto | Falsification, ...] = (
            *book.bonuses,
            *book.deductions,
            *book.vetoes,
            *book.falsification,
        )
        return self.indicator_names | self._names(beside)

    @cached_property
    def indicator_names(self) -> dict[str, str]:
        """Names of the base indicators by code."""
        return self._names(self.indicators.values())

    @property
    def rules_name(self) -> str:
        """Name of the rule set; empty where there is none."""
        return name_of(self.rulebook, self.words) if self.rulebook else ""

    def _names(self, parts: Iterable[Dimension | Scoring | Bonus | Veto | Falsification]) -> dict[str, str]:
        return {part.code: name_of(part, self.words) for part in parts}

    @cached_property
    def records(self) -> figure_sources.Records:
        """Everything that says where a figure comes from."""
        a = self.assessment
        units = {code: self.evidence.short(code) for code in (*a.roll.codes, a.roll.city_code)}
        items = self.scored_names | self.dimensions
        return figure_sources.Records(
            a.values, a.scores, a.grades, a.findings, a.lineage, units, items, self.words
        )

    @property
    def mark(self) -> str:
        """The marks on everything made from example data, and on a draft; empty where it is neither."""
        return self.assessment.mark()

    def label(self, key: str, **places: str) -> str:
        """Return a label of the report with its places filled by plain text."""
        return self.words(f"report.{key}", **places).plain

    def source(self, rows: Iterable[str], *, scores: bool = False) -> str:
        """Return the source line of what is plotted or listed: the files its rows were read from.

        Outside the office no file is named; the line says where the figures come from in general.
        """
        if not self.level.inputs:
            return self.words.label("disclosure.source")
        lineage = self.assessment.lineage
        files = list(dict.fromkeys(lineage.loc[lineage["source"].isin(self._sources(rows)), "file"]))
        names = [file.rsplit(".", 1)[0] for file in files]
        if scores and self.rulebook:
            names.append(self.label("scores_source", name=self.rules_name))
        return self.label("source", files=self.words.list(names).plain) if names else ""

    def _sources(self, rows: Iterable[str]) -> set[str]:
        wanted = set(rows)
        values = self.assessment.values
        return wanted | set(values.loc[values["id"].isin(wanted), "source"])

    def breaks(self, measure: str) -> dict[str, list[str]]:
        """Return the periods of the series that breaks in a measure separate from the one before, with the reasons."""
        declared = [
            (item.reason, self.settings.model_copy(update={"breaks": [item]}))
            for item in self.settings.breaks
        ]
        found = {
            later.text: [reason for reason, alone in declared if is_broken(measure, later, earlier, alone)]
            for earlier, later in pairwise(self.settings.calendar.series)
        }
        return {period: reasons for period, reasons in found.items() if reasons}

    @property
    def title(self) -> str:
        """Title of the page, with the places where it may be broken (U+200B)."""
        title = self._own_title()
        for word in self.label("title_breaks").split():
            title = title.replace(word, f"{word}\u200b")
        return title.removesuffix("\u200b")

    def _own_title(self) -> str:
        """Return the title the office gave the round, in the language of the page if it is stated in it."""
        if self.words.language == OFFICE:
            return self.settings.title
        return self.settings.title_en or self.label("title", period=self.period_name)

    @property
    def period_name(self) -> str:
        """What titles call the round's period."""
        return self.settings.calendar.name(self.words)

    @property
    def short_title(self) -> str:
        """Title in the running head."""
        return self.label("short_title", period=self.period_name)

    def footer(self) -> list[str]:
        """Return the lines at the foot of the page."""
        lines = [self.label("footer_synthetic")] if self.settings.synthetic else []
        if self.rulebook:
            lines.append(self.label("footer_rules", name=self.rules_name))
        if self.level.inputs:
            lines.append(self.label("footer_inputs", files=str(self.assessment.files["file"].nunique())))
        if self.level.withheld:
            lines.append(withheld_note(self.assessment))
        return lines

    def disclosure_item(self) -> str:
        """Return the disclosure level as an item under the title."""
        return self.label("meta_disclosure", level=self.label(f"disclosure.{self.level.name}"))

    def units(self) -> list[list[str]]:
        """Return code and name of the units the page may be narrowed to, in roll order; none for a page of one unit."""
        return []

    def facts(self) -> dict[str, Any]:
        """Return what the exporters must know of the page."""
        return {
            "kind": self.kind,
            "language": self.words.language,
            "title": self.title.replace("\u200b", ""),
            "short_title": self.short_title,
            "round": self.round.id,
            "disclosure": self.level.name,
            "synthetic": self.settings.synthetic,
            "mark": self.mark,
            "issuer": self.settings.issuer,
            "as_of": self.settings.as_of.isoformat(),
            "footer": self.footer(),
            "extra_fonts": list(self.settings.extra_fonts),
            "units": self.units(),
        }

    def __str__(self) -> str:
        """Return all of the page in words, its tables written out."""
        product, sections = PRODUCTS[self.product], self.sections()
        hollow = {section.id for section in product.sections} - {*sections}
        shown = (
            f"{product.heading(ident, self.words, hollow)}\n\n{display}"
            for ident, display in sections.items()
        )
        return "\n\n".join([self._head, *shown])

    @property
    def _head(self) -> str:
        return f"{self.facts()['title']} {self.mark}".strip()

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> Mapping[str, Any]:
        return {PAGE_MIME: self.facts(), "text/plain": self._head}


def withheld_note(seen: Assessment) -> str:
    """Return what the mark of a withheld figure means."""
    threshold = str(seen.round.settings.small_cells)
    return seen.words("disclosure.note", mark=seen.words.label("disclosure.mark"), threshold=threshold).plain


def text(value: object) -> str:
    """Return a cell of a frame as text; missing is empty."""
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]  # a scalar
