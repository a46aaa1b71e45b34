"""What all pages share: the round they show, its evidence, and what the exporters must know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from analysis.messages import Evidence
from analysis.publish.displays import PAGE_MIME
from analysis.rulebook import Indicator, Rulebook
from analysis.stages import Assessment, open_assessment
from analysis.words import Words


class Page:
    """One notebook's page: an assessment computed up to a stage, and its sections as methods.

    Shown in a notebook it says which round it is and that example data are example data; the exporters read the
    same facts from its output (`PAGE_MIME`), so that they need nothing but the executed notebook.
    """

    kind: ClassVar[str] = "working"
    upto: ClassVar[str] = "comparison"

    def __init__(self, round_id: str | int, language: str = "zh") -> None:
        """Open a round, computing what is missing or stale.

        Raises:
            FaultsFoundError: the settings or the data do not allow it.
        """
        self.assessment: Assessment = open_assessment(round_id, self.upto, language)
        self.round = self.assessment.round
        self.settings = self.round.settings
        self.words: Words = self.assessment.words

    @cached_property
    def evidence(self) -> Evidence:
        """Everything the sentences may lean on."""
        a = self.assessment
        return Evidence(
            values=a.values,
            scores=a.scores,
            grades=a.grades,
            findings=a.findings,
            roll=a.roll,
            period=self.round.period.text,
            base_period=self.round.base_period.text,
            words=self.words,
        )

    @property
    def rulebook(self) -> Rulebook | None:
        """The rule set; None for a round that is analysed and not graded."""
        return self.assessment.settings.rulebook

    @cached_property
    def dimensions(self) -> dict[str, str]:
        """Names of the dimensions by code."""
        return {d.code: d.name for d in self.rulebook.dimensions} if self.rulebook else {}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The base indicators by code."""
        return {i.code: i for d in self.rulebook.dimensions for i in d.indicators} if self.rulebook else {}

    @cached_property
    def scored_names(self) -> dict[str, str]:
        """Names of everything that has a row of scores beside the totals: indicators, bonuses, vetoes."""
        if not self.rulebook:
            return {}
        names = {indicator.code: indicator.name for indicator in self.indicators.values()}
        names |= {bonus.code: bonus.name for bonus in self.rulebook.bonuses}
        return names | {veto.code: veto.name for veto in self.rulebook.vetoes}

    @property
    def mark(self) -> str:
        """The mark on everything made from example data; empty for real data."""
        return self.words.label("report.mark") if self.settings.synthetic else ""

    def label(self, key: str, **places: str) -> str:
        """Return a label of the report with its places filled by plain text."""
        return self.words(f"report.{key}", **places).plain

    def source(self, rows: Iterable[str], *, scores: bool = False) -> str:
        """Return the source line of what is plotted or listed: the files its rows were read from."""
        lineage = self.assessment.lineage
        files = list(dict.fromkeys(lineage.loc[lineage["source"].isin(self._sources(rows)), "file"]))
        names = [file.rsplit(".", 1)[0] for file in files]
        if scores and self.rulebook:
            names.append(self.label("scores_source", name=self.rulebook.name))
        return self.label("source", files=self.words.list(names).plain) if names else ""

    def _sources(self, rows: Iterable[str]) -> set[str]:
        wanted = set(rows)
        values = self.assessment.values
        return wanted | set(values.loc[values["id"].isin(wanted), "source"])

    def breaks(self, measure: str) -> list[str]:
        """Return the periods from which on a measure cannot be compared with earlier ones."""
        return [item.period for item in self.settings.breaks if measure in item.measures]

    @property
    def title(self) -> str:
        """Title of the page, with the places where it may be broken (U+200B)."""
        title = self.settings.title
        for word in self.label("title_breaks").split():
            title = title.replace(word, f"{word}\u200b")
        return title.removesuffix("\u200b")

    @property
    def short_title(self) -> str:
        """Title in the running head."""
        return self.label("short_title", round=self.round.id)

    def footer(self) -> list[str]:
        """Return the lines at the foot of the page."""
        lines = [self.label("footer_synthetic")] if self.settings.synthetic else []
        if self.rulebook:
            lines.append(self.label("footer_rules", name=self.rulebook.name))
        lines.append(self.label("footer_inputs", files=str(self.assessment.files["file"].nunique())))
        return lines

    def facts(self) -> dict[str, Any]:
        """Return what the exporters must know of the page."""
        return {
            "kind": self.kind,
            "language": self.words.language,
            "title": self.title.replace("\u200b", ""),
            "short_title": self.short_title,
            "round": self.round.id,
            "synthetic": self.settings.synthetic,
            "mark": self.mark,
            "issuer": self.settings.issuer,
            "as_of": self.settings.as_of.isoformat(),
            "footer": self.footer(),
            "extra_fonts": list(self.settings.extra_fonts),
        }

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> Mapping[str, Any]:
        return {PAGE_MIME: self.facts(), "text/plain": f"{self.facts()['title']} {self.mark}".strip()}


def text(value: object) -> str:
    """Return a cell of a frame as text; missing is empty."""
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]  # a scalar
