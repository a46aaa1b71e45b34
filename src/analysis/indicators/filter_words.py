"""The filters of the lineage in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.indicators.filters import Filter, Reader, parse_filter
from analysis.indicators.naming import MeasureNames
from analysis.indicators.own_conditions import OWN
from analysis.intake.declared.ledgers import LEDGERS
from analysis.rounds.periods import is_period, name_of_period
from analysis.words import Words


@dataclass(frozen=True)
class FilterWords:
    """Says what was looked for.

    Attributes:
        words: of the reader's language.
        items: names of what is scored, by code.
        units: names of the units, by code.
    """

    words: Words
    items: Mapping[str, str]
    units: Mapping[str, str]

    def __call__(self, text: str, asked: str = "") -> str:
        """Return a filter as it stands in the lineage in words.

        Args:
            text: its written form.
            asked: code of the item the reader asks about, which need not be told.

        Raises:
            ValueError: it is none.
        """
        sought = parse_filter(text)
        said = self._sought(sought)
        for reader, code in reversed(sought.read_for):
            if reader != "side" and (reader, code) != ("item", asked):
                said = self.words("lineage.read_for", item=self._reader(reader, code), what=said).plain
        return said

    def item(self, code: str) -> str:
        """Return an item with its code; the total and the conditions of the grade have none."""
        if code in ("total", "grade"):
            return self.words.label(f"lineage.{code}")
        name = self.items.get(code, "")
        return self.words("lineage.item", code=code, name=name).plain if name else code

    def _reader(self, reader: Reader, code: str) -> str:
        if reader == "item":
            return self.item(code)
        part = f"lineage.part.{code}"
        if is_period(code):
            return name_of_period(code, self.words)
        return self.words.label(part) if part in self.words else MeasureNames(self.words)(code)

    def _sought(self, sought: Filter) -> str:
        words, rest = self.words, self.words.series(self._rest(sought))
        match sought.role:
            case "published_facts":
                return words.label("lineage.published_facts")
            case "problem_states":
                return words("lineage.problem_states", rest=rest).plain
            case "problems":
                unit = self.units.get(sought.unit, sought.unit)
                group = words.label(f"report.problems.{sought.group}")
                return words("lineage.problems", unit=unit, group=group, rest=rest).plain
            case "statement":
                return words("lineage.statement", line=sought.line, note=sought.note, rest=rest).plain
            case role:
                side = "".join(
                    words.label(f"lineage.side.{code}")
                    for reader, code in sought.read_for
                    if reader == "side"
                )
                condition = (
                    words.label(f"ledger.{sought.ledger}") if sought.ledger else self._condition(sought.of)
                )
                said = {"side": side, "role": words.label(f"lineage.role.{role}"), "condition": condition}
                return words("lineage.filter", **said, rest=rest).plain

    def _condition(self, of: tuple[str, ...]) -> str:
        """Return a condition in words: the longest beginning that has some, and what narrows it after it."""
        for size in range(len(of), 0, -1):
            if size == 1 and of[0].startswith(OWN):
                narrowed = [self._condition(of[1:])] if of[1:] else []
                return self.words.clauses([self._own(of[0]), *narrowed]).plain
            codes, abouts = zip(*((code.partition(":")[::2]) for code in of[:size]), strict=True)
            key = f"lineage.condition.{'+'.join(codes)}"
            if key in self.words:
                said = self.words(key, about="".join(abouts)).plain
                narrowed = [self._condition(of[size:])] if size < len(of) else []
                return self.words.clauses([said, *narrowed]).plain
        raise KeyError(f"no words for the condition {of[0]!r}")

    def _own(self, code: str) -> str:
        """Return a condition the office wrote: what it asks, of which field, and which number or texts it names."""
        how, _, about = code.removeprefix(OWN).partition(":")
        place, _, value = about.partition("=")
        ledger, _, field = place.partition(".")
        said = self.words.label(f"field.{ledger}.{field}.header")
        first, _, after = value.partition("|")
        if how == "within":
            begun = self.words.label(f"field.{ledger}.{after}.header")
            return self.words("lineage.own.within", field=said, days=first, after=begun).plain
        texts = [self._choice(ledger, field, text) for text in value.split("|")]
        return self.words(f"lineage.own.{how}", field=said, value=self.words.list(texts)).plain

    def _choice(self, ledger: str, field: str, text: str) -> str:
        """Return a text of a field as it stands in the office's files; a choice by its word."""
        of = LEDGERS[ledger].fields[field].code_list
        key = f"choice.{of}.{text}"
        return self.words.label(key) if of and key in self.words else text

    def _rest(self, sought: Filter) -> Iterator[str]:
        for key, when in (("period", sought.period), ("before", sought.before)):
            if when:
                yield self.words(f"lineage.rest.{key}", when=name_of_period(when, self.words)).plain
        if sought.as_of:
            yield self.words("lineage.rest.as_of", when=sought.as_of).plain
