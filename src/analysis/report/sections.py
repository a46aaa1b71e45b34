"""What every product says, in order: the one list from which notebooks, contents, numbers and tests follow.

A section is shown by a method of the product's page (`annex_scores` for `annex-scores`); its heading stands in the
catalogue. A section that shows nothing (`Group(())`) has no heading, and those after it move up. The numbers of figures
and tables stay from edition to edition: one that a level leaves out leaves its number unused, one that the round cannot
have (without rules there are no scores) takes none (`numbering`). New ones are numbered where they stand on the page as
long as no edition has gone out, and at the end afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from analysis.rounds.levels import TABLE, Level
from analysis.words import Words

#: the product that is made once per unit
CARD: Final = "card"


@dataclass(frozen=True)
class Section:
    """A section of a product.

    Attributes:
        id: of its heading in the notebook and on the page.
        figures: the figures numbered in it, each with its number.
        tables: the tables numbered in it.
        counted: as what it is numbered, `part` or `annex`; empty where its heading has no number.
        paper: the paper it is printed in, the `body` of the report or its `annex`; empty where it is printed in none.
        annexed: those of its figures and tables that are printed in the annex, though it is a section of the body.
    """

    id: str
    figures: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, int] = field(default_factory=dict)
    counted: Literal["", "part", "annex"] = ""
    paper: Literal["", "body", "annex"] = "body"
    annexed: frozenset[str] = frozenset()

    @property
    def method(self) -> str:
        """Name of the method of the page that shows it."""
        return self.id.replace("-", "_")


@dataclass(frozen=True)
class Product:
    """What one notebook shows.

    Attributes:
        name: by which its page is opened.
        notebook: name of the notebook.
        kind: of its page, which decides how it is exported: `report`, `card`, `bulletin` or `working`.
        headings: where the catalogue has the headings of its sections.
        sections: in order, the same at every level; what one says less outside it says itself.
    """

    name: str
    notebook: str
    kind: str
    headings: str
    sections: tuple[Section, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """The disclosure levels it is made at."""
        made = {"report": _has_report, "bulletin": _has_bulletin, "card": _has_cards}.get(
            self.kind, _has_inputs
        )
        return tuple(level.name for level in TABLE.values() if made(level))

    def has(self, ident: str) -> bool:
        """Return whether there is a section of this id."""
        return any(section.id == ident for section in self.sections)

    def heading(self, ident: str, words: Words, hollow: Collection[str] = ()) -> str:
        """Return the heading of a section, with its number among those counted as it is.

        Args:
            ident: of the section.
            words: the catalogue.
            hollow: the sections that show nothing and are not counted.
        """
        (section,) = (each for each in self.sections if each.id == ident)
        title = words.label(f"{self.headings}.{ident}")
        if not section.counted:
            return title
        alike = [each for each in self.sections if each.counted == section.counted and each.id not in hollow]
        number = words.ordinal(alike.index(section) + 1)
        return words(f"numbered.{section.counted}", number=number, title=title).plain

    def numbers(self, sort: Literal["figure", "table"]) -> dict[str, int]:
        """Return the numbers of all its figures, or of all its tables, by id."""
        listed = (section.figures if sort == "figure" else section.tables for section in self.sections)
        return {ident: number for numbered in listed for ident, number in numbered.items()}


def _has_report(level: Level) -> bool:
    return level.report


def _has_bulletin(level: Level) -> bool:
    return level.bulletin


def _has_cards(level: Level) -> bool:
    return level.cards


def _has_inputs(level: Level) -> bool:
    return level.inputs


def _working(name: str, notebook: str, *sections: str) -> Product:
    """Return a working notebook; it shows figures and tables of the report under the numbers they have there."""
    return Product(name, notebook, "working", "working_section", tuple(map(Section, sections)))


PRODUCTS: Final[Mapping[str, Product]] = {
    product.name: product
    for product in (
        _working("intake", "1_intake", "files", "reconciliation", "coverage", "issues"),
        _working(
            "indicators", "2_indicators",
            "rates", "counts", "coverages", "scores", "grades", "findings", "what-if",
        ),
        _working(
            "trends", "3_trends",
            "changes", "falls-in-a-row", "decomposition", "contributions", "own-past", "trends", "months", "rates",
            "rate-effects",
        ),
        _working(
            "comparison", "4_comparison",
            "funnel", "few-cases", "gaps", "places", "spread", "losses", "self-check", "verification", "firmness",
            "problem-matrix",
        ),
        Product("report", "5_report", "report", "section", (
            Section("summary"),
            Section("organisation", counted="part", annexed=frozenset({"arrivals"})),
            Section("results", {"fig-scores": 1}, {"clauses": 1}, "part", annexed=frozenset({"fig-scores"})),
            Section("firmness", {"fig-firmness": 2}, paper="annex"),
            Section("since-last"),
            Section(
                "declines", {"fig-declines": 3, "fig-decomposition": 4, "fig-contributions": 5}, counted="part",
                annexed=frozenset({"fig-decomposition", "fig-contributions"}),
            ),
            Section(
                "progress", {"fig-past": 6, "fig-months": 7, "fig-waiting": 8},
                {"trends": 2, "rates": 3, "rate-effects": 4}, "part",
                annexed=frozenset({"fig-months", "trends", "rates", "rate-effects"}),
            ),
            Section(
                "gaps",
                {
                    "fig-resolution": 9, "fig-losses": 10, "fig-distances": 11,
                },
                {"few-cases": 5, "rate-gaps": 6, "rate-places": 7, "verified": 8, "undetected": 9},
                "part",
                annexed=frozenset(
                    {"fig-resolution", "few-cases", "rate-gaps", "rate-places", "verified", "undetected"}
                ),
            ),
            Section("achievements", counted="part"),
            Section("problems", {"fig-matrix": 12}, counted="part"),
            Section(
                "rectification",
                {"fig-rectification": 13, "fig-last-round": 14},
                {"rectification-open": 10, "last-round": 11},
                "part",
                annexed=frozenset({"rectification-open"}),
            ),
            Section("requirements", counted="part"),
            *(
                # how every point came about is told on the cards, on the page and in the workbook
                Section(f"annex-{ident}", counted="annex", paper="" if ident == "scores" else "annex")
                for ident in ("indicators", "scores", "quality", "corrections", "compare", "provenance")
            ),
        )),
        Product("bulletin", "6_bulletin", "bulletin", "bulletin_section", (
            Section("opening"),
            *(Section(ident, counted="part") for ident in ("stages", "grading", "situation", "next-steps")),
            Section("closing"),
        )),
        Product("card", "unit", "card", "card_section", (
            Section("summary"),
            Section("past", {"fig-past": 1}),
            Section("changes", {}, {"table-changes": 1}),
            Section("losses", {"fig-losses": 2}),
            Section("place", {"fig-firmness": 3, "fig-place": 4}),
            Section("problems", {}, {"problems-open": 2, "last-round": 3}),
        )),
    )
}  # fmt: skip
