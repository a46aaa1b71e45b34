"""What measures are called and what they mean, whatever a code is about; and the list of them, `docs/measures.md`.

A name stands in the words under `measure.<code>`, or is put together: what begins the code has a name with a place
(`measure_of.gap_to_best`), and the rest is a measure, an institution, an item of the rule set, a unit or a ledger. A
definition stands under the code, or under what begins it: `definition.gap_to_best` is that of all such gaps.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.catalogue import MARK_SHEETS, MEASURES, Measure
from analysis.indicators.cohorts import ledger_of
from analysis.indicators.conditions import slug
from analysis.quantities import CURRENCIES, Currency
from analysis.rounds.frames import rows_of
from analysis.words import LANGUAGES, Words, words

_OF_GRADE: Final = re.compile(r"(units_grade|probability_grade)_([^_]+)(_named)?")
_HEADS: Final = ("code", "name", "name_other", "definition", "ledger", "unit", "compared")


@dataclass(frozen=True)
class MeasureNames:
    """Gives every code its name.

    Attributes:
        words: of the reader's language.
        items: names of the items of the rule set, by code.
        units: names of the units, by code.
    """

    words: Words
    items: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, code: str) -> str:
        """Return the name of a code; the code itself where it has none."""
        return self.found(code) or code

    def found(self, code: str) -> str:
        """Return the name of a code, empty where it has none."""
        own = catalogue.of(code)
        if own.record is not None and own.record.told is not None and own.measure == code:
            return self.words.written(own.record.told.name, own.record.told.name_en)
        if f"measure.{code}" in self.words:
            return self.words.label(f"measure.{code}")
        if graded := _OF_GRADE.fullmatch(code):
            # a grade is called as the rule set calls it
            what, grade, named = graded.groups(default="")
            return self.words(f"measure_of.{what}{named}", of=self.words.grade(grade)).plain
        for beginning, rest in _parts(code):
            of_rate = beginning == "difference" and catalogue.of(code).is_rate_difference
            key = f"measure_of.{beginning}{'_of_rate' if of_rate else ''}"
            about = self._about(rest) if key in self.words else ""
            if about:
                return self.words(key, of=about).plain
        return ""

    def _about(self, code: str) -> str:
        """Return the name of what the rest of a code is about, empty where it is nothing known."""
        institution = f"report.institution.{code}"
        if institution in self.words:
            return self.words.label(institution)
        for item, name in self.items.items():
            if slug(item) == code:
                return self.words("lineage.item", code=item, name=name).plain
        if found := self.units.get(code, "") or self.found(code):
            return found
        ledger = f"ledger.{code}"
        return self.words.label(ledger) if ledger in self.words else ""


def definition_of(code: str, said: Words) -> str:
    """Return what a code means.

    Raises:
        KeyError: there is no definition of it.
    """
    own = catalogue.of(code).record
    if own is not None and own.told is not None:
        return said.written(own.told.definition, own.told.definition_en)
    for beginning in (code, *(beginning for beginning, _ in _parts(code))):
        if f"definition.{beginning}" in said:
            return said.label(f"definition.{beginning}")
    raise KeyError(f"no definition of {code!r} in {said.language!r}")


def _parts(code: str) -> Iterator[tuple[str, str]]:
    """Yield what a code begins with and the rest of it, the longest beginning first."""
    words = code.split("_")
    for end in range(len(words) - 1, 0, -1):
        yield "_".join(words[:end]), "_".join(words[end:])


def listed(said: Words, currency: Currency = CURRENCIES["CNY"], own: Iterable[Measure] = ()) -> pd.DataFrame:
    """Return the measures a rule set may read: code, name, definition, ledger, unit of measure, what is compared.

    The marks of score sheets, whose items are a rule set's own, stand there as `mark_self_<item>`.

    Args:
        said: the words of the language.
        currency: of the amounts.
        own: the measures the office has declared itself.
    """
    named = MeasureNames(said, units={"<item>": said.label("measure_list.item")})
    marks = [(f"{sheet}_<item>", catalogue.mark_of(sheet, "0")) for sheet in MARK_SHEETS]
    marks += [(of.code, of) for sheet in MARK_SHEETS if (of := catalogue.of(sheet).record) is not None]
    known = [(code, of.in_currency(currency)) for code, of in (*MEASURES.items(), *marks)]
    known += [(measure.code, measure.in_currency(currency)) for measure in own]
    return pd.DataFrame([_row(code, of, named, said) for code, of in known])


def _row(code: str, of: Measure, named: MeasureNames, said: Words) -> dict[str, str]:
    compared = [what for what in catalogue.COMPARISONS if of.compared in ("change", what)]
    return {
        "code": code,
        "name": named(code),
        "definition": definition_of(code, said),
        "ledger": ledger_of(of.source),
        "unit_of_measure": of.unit_of_measure,
        "compared": " ".join(compared),
    }


def document() -> str:
    """Return `docs/measures.md`: the measures of every language, and what is compared."""
    return "".join(_document())


def _document() -> Iterator[str]:
    yield f"<!-- {words('en').label('measure_list.made')} -->\n"
    lists = {language: rows_of(listed(words(language))) for language in LANGUAGES}
    for language, rows in lists.items():
        said = words(language)
        others = next(lists[other] for other in LANGUAGES if other != language)
        yield f"\n# {said.label('measure_list.title')}\n\n{said.label('measure_list.about')}\n\n"
        yield _line(said.label(f"measure_list.head.{head}") for head in _HEADS)
        yield "|" + "---|" * len(_HEADS) + "\n"
        for row, other in zip(rows, others, strict=True):
            compared = said.label(f"measure_list.compared.{row['compared'].replace(' ', '_') or 'none'}")
            ledger = said.label(f"ledger.{row['ledger']}")
            unit = said.label(f"unit_of_measure.{row['unit_of_measure']}")
            named = (f"`{row['code']}`", row["name"], other["name"], row["definition"])
            yield _line((*named, ledger, unit, compared))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    # the same bytes on every platform and console
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(document())
