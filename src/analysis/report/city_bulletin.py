"""The bulletin 通报, part by part in the order of the official document; `6_bulletin.ipynb` shows it.

The program writes the frame, the lists of grades and the units named; every other sentence is the office's, from
`bulletin.yaml`. Where the office has not written one, a marked gap says what is wanted; nothing is made up for it.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cached_property
from typing import Any, ClassVar, Final

from analysis.render.official_content import Block, Blocks, Closing, Head, Kind, Line, Run, plain_of
from analysis.report import claims
from analysis.report.claims.bulletin_claims import (
    bulletin_grades,
    bulletin_named,
    bulletin_nobody,
    bulletin_units,
)
from analysis.report.page import Page
from analysis.report.sections import PRODUCTS
from analysis.rounds.bulletin_texts import UNITS, Bulletin, Problem
from analysis.rulebook import name_of
from analysis.words import OFFICE, Text, words

#: the office writes Chinese: where a sentence of it ends, and its full stop
_SENTENCE: Final = re.compile(r"(?<=[。！？])")
_STOP: Final = words(OFFICE).label("punctuation.stop")
_PLACE: Final = re.compile(r"\{(\w+)\}")
_PERIOD: Final = "{period}"


class CityBulletin(Page):
    """The bulletin on all units. Letters only: it is the same document at every level of disclosure."""

    product: ClassVar[str] = "bulletin"
    in_order: ClassVar[bool] = True

    @cached_property
    def text(self) -> Bulletin:
        """The office's text; an empty one where there is no file."""
        return self.assessment.settings.bulletin or Bulletin()

    @property
    def mark(self) -> str:
        """The signs on a bulletin made from example data, and on a draft; empty where it is neither."""
        return self.assessment.mark("bulletin.mark")

    def facts(self) -> dict[str, Any]:
        """Return what the exporters must know of the page."""
        title = self._label("join").join(plain_of(line) for line in self._title())
        return {**super().facts(), "title": title, "short_title": self._label("kind")}

    # -------------------------------------------------------------------------------------- the parts

    def opening(self) -> Head:
        """Return mark, number, title, addressees and the first paragraph."""
        text = self.text
        basis, opening = self._said(text.legal_basis, "legal_basis"), self._said(text.opening, "opening")
        return Head(
            self.words.language,
            self._said(text.issuer, "issuer"),
            text.issuer_suffix,
            self._said(text.number or self.settings.document_number, "number"),
            self._title(),
            self._said(f"{text.addressees.rstrip('：')}：" if text.addressees else "", "addressees"),
            (*basis, *opening),
            self._notes(),
        )

    def stages(self) -> Blocks:
        """Return how the assessment was organised: the office's opening, then its stages in one paragraph."""
        organisation = self.text.organisation
        parts: list[Line] = []
        for number, stage in enumerate(organisation.stages, start=1):
            lead = self._lead(number, (self._office_title(stage.title),))
            said = self._said(stage.text, "stage", title=stage.title)
            parts.append(self._joined(lead, said))
        stages = self._joined(*parts) if parts else self._gap("stages")
        return self._blocks(
            self._part("stages"),
            Block(self._said(organisation.opening, "organisation")),
            Block(stages),
        )

    def grading(self) -> Blocks:
        """Return the lists of grades, with what the office says before and after them."""
        results = self.text.results
        said = self._joined(
            self._said(results.before, "results_before"),
            (Run(bulletin_grades(self.evidence)),),
            self._said(results.after, "results_after"),
        )
        return self._blocks(self._part("grading"), Block(said))

    def situation(self) -> Blocks:
        """Return achievements and problems; the problems name the units whose findings reach the threshold."""
        achievements = [
            Block(self._joined(self._ordinal(number), self._with_lead(text)))
            for number, text in enumerate(self.text.achievements, start=1)
        ]
        return self._blocks(
            self._part("situation"),
            self._half(1, "achievements"),
            *(achievements or [Block(self._gap("achievements"))]),
            self._half(2, "problems"),
            *self._problems(),
        )

    def next_steps(self) -> Blocks:
        """Return the office's requirements, each under its title."""
        blocks = [
            Block(
                self._office(requirement.text),
                self._joined(self._number(number, "heading"), (self._office_title(requirement.title),)),
                level=2,
            )
            for number, requirement in enumerate(self.text.requirements, start=1)
        ]
        return self._blocks(self._part("next-steps"), *(blocks or [Block(self._gap("requirements"))]))

    def closing(self) -> Closing:
        """Return signature, date, and the block with the copies and the printing."""
        text = self.text
        day = text.date or self.settings.document_date
        printed = text.printed_on or day
        copies = self._said(text.copies_to or "", "copies_to")
        if text.copies_to:
            copies = (self._office_title(text.copies_to),)
        label = Run(Text(self._label("closing.copies_to")))
        return Closing(
            self.words.language,
            tuple(self._office(line) for line in text.signature) or (self._said(text.issuer, "issuer"),),
            self._day(day),
            day.isoformat() if day else "",
            () if text.copies_to == "" else (label, *copies),
            self._office(text.printed_by or self.settings.issuer),
            (Run(self.words("bulletin.closing.printed", date=self.words.date(printed))),)
            if printed
            else self._gap("date"),
            text.seal,
        )

    # -------------------------------------------------------------------------------------- problems

    def _problems(self) -> list[Block]:
        """Return a paragraph for every problem group that names a unit or has a text of the office."""
        written = {problem.group: problem for problem in self.text.problems}
        groups = self.rulebook.problem_groups if self.rulebook else ()
        names = {group.code: name_of(group, self.words) for group in groups}
        blocks: list[Block] = []
        for code in names or written:
            units = bulletin_units(self.evidence, code)
            problem = written.get(code)
            if units is None and problem is None:
                continue
            title = self._problem_title(problem, names.get(code, code))
            lead = self._lead(len(blocks) + 1, title)
            gap = self._gap("problem", name=names.get(code, code))
            told = gap
            if problem and problem.text:
                told = self._office(_without_units(problem.text) if units is None else problem.text, units)
            named: Line = ()
            if units is not None and not (problem and f"{{{UNITS}}}" in problem.text):
                named = (Run(bulletin_named(self.evidence, units)),)
            blocks.append(Block(self._joined(lead, told, named)))
        return blocks or [Block((Run(bulletin_nobody(self.evidence, names)),))]

    def _problem_title(self, problem: Problem | None, name: str) -> Line:
        if problem and problem.title:
            return (self._office_title(problem.title),)
        return (Run(Text(name, self.words.label("punctuation.stop"))),)

    # -------------------------------------------------------------------------------------- words

    def _label(self, key: str) -> str:
        return self.words.label(f"bulletin.{key}")

    def _notes(self) -> tuple[str, ...]:
        example = (self._label("office_example"),) if self.text.example else ()
        synthetic = (self._label("mark_note"),) if self.settings.synthetic else ()
        return (*synthetic, self._label("office_note"), *example)

    def _title(self) -> tuple[Line, ...]:
        """Return the lines of the title: the office's, else the issuer and what the bulletin is about."""
        if self.text.title:
            return tuple(self._office(line) for line in self.text.title)
        # a fiscal year has the sign in its name that parts the lines
        lines = self.words("bulletin.title", period=_PERIOD).plain.split("/")
        about = [line.replace(_PERIOD, self.period_name) for line in lines]
        issuer = (self._office(self.text.issuer),) if self.text.issuer else ()
        return (*issuer, *((Run(Text(line)),) for line in about))

    def _part(self, ident: str) -> Block:
        """Return the heading of a section."""
        return Block(heading=(Run(Text(PRODUCTS["bulletin"].heading(ident, self.words))),), level=1)

    def _half(self, number: int, key: str) -> Block:
        """Return a heading inside of a section."""
        title = Run(Text(self._label(f"heading.{key}")))
        numbered = plain_of(self._joined(self._number(number, "heading"), (title,)))
        return Block(heading=(Run(Text(numbered)),), level=2)

    def _blocks(self, *blocks: Block) -> Blocks:
        return Blocks(self.words.language, blocks)

    def _gap(self, what: str, **places: str) -> Line:
        """Return the mark of something only the office can say."""
        missing = self.words(f"bulletin.what.{what}", **places)
        return (Run(self.words("bulletin.gap", what=missing), "gap"),)

    def _said(self, text: str, what: str, **places: str) -> Line:
        """Return what the office says, or the gap where it does not."""
        return self._office(text) if text else self._gap(what, **places)

    def _office(self, text: str, units: Text | None = None, kind: Kind = "plain") -> Line:
        """Return the office's words with the program's in their places."""
        runs: list[Run] = []
        for position, part in enumerate(_PLACE.split(text)):
            if position % 2:
                runs.append(Run(self._place(part, units), kind))
            elif part:
                runs.append(Run(Text(part), kind, office=True))
        return tuple(runs)

    def _place(self, place: str, units: Text | None) -> Text:
        if place == UNITS and units is not None:
            return units
        return self.words.without_stop(claims.city_declines(self.evidence)[0])

    def _office_title(self, title: str) -> Run:
        """Return a title of the office as a sentence."""
        return Run(Text(title.rstrip(_STOP) + _STOP), office=True)

    def _number(self, number: int, kind: str) -> Line:
        return (Run(self.words(f"bulletin.ordinal.{kind}", number=self.words.ordinal(number))),)

    def _ordinal(self, number: int) -> Line:
        return tuple(_bold(run) for run in self._number(number, "lead"))

    def _lead(self, number: int, title: Line) -> Line:
        """Return the bold beginning of a paragraph: its number and its title."""
        return tuple(_bold(run) for run in self._joined(self._number(number, "lead"), title))

    def _with_lead(self, text: str) -> Line:
        """Return a paragraph of the office, its first sentence bold where another one follows."""
        first, *rest = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
        if not rest:
            return self._office(text)
        return (*self._office(first, kind="lead"), *self._office("".join(rest)))

    def _day(self, day: dt.date | None) -> Line:
        return (Run(Text(self.words.date(day))),) if day else self._gap("date")

    def _joined(self, *lines: Line) -> Line:
        """Return lines one after the other, with what the language puts between sentences that are not the office's."""
        between = Run(Text(self._label("join")))
        runs: list[Run] = []
        for line in filter(None, lines):
            if runs and between.text and not (runs[-1].office and line[0].office):
                runs.append(between)
            runs += line
        return tuple(runs)


def _bold(run: Run) -> Run:
    return Run(run.text, "lead", run.office)


def _without_units(text: str) -> str:
    """Return a paragraph without the sentences that would name units."""
    return "".join(sentence for sentence in _SENTENCE.split(text) if f"{{{UNITS}}}" not in sentence)
