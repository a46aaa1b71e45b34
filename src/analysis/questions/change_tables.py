"""What changed, as it is read: tables, the worst first, with every cause in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.naming import MeasureNames
from analysis.questions.changed import ORDER, Cause, changed, not_compared
from analysis.questions.explain import value_text
from analysis.render.blocks import Column, Row, Table
from analysis.results.edition import Edition
from analysis.rounds.frames import rows_of
from analysis.words import Text, Words

#: headings of the parts of the answer, by the order of their kinds
PARTS: Final = ("grades", "scores", "totals", "rest")
_COLUMNS: Final = ("unit", "what", "old", "new", "causes")
_NUMBERS: Final = frozenset({"old", "new"})
_COUNTED: Final = ("value", "city_value")
#: where the words name what a cause is about
_DETAILS: Final = {"untold": "table", "rule": "rule", "definition": "setting"}
_SOURCES: Final = "composition.source"


@dataclass(frozen=True)
class Changes:
    """Two states, and what changed between them.

    Attributes:
        old, new: the states.
        words: the catalogue.
        items: names of the items of the rule set by code, where they are known.
    """

    old: Edition
    new: Edition
    words: Words
    items: Mapping[str, str] = field(default_factory=dict)
    frame: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        """Hold the two against each other."""
        object.__setattr__(self, "frame", changed(self.old, self.new))

    def lines(self) -> tuple[Text, ...]:
        """Return what is compared, how much changed, and what could not be compared."""
        old, new = (
            self.words(f"changes.state.{_form(each)}", name=each.name) for each in (self.old, self.new)
        )
        told = [self.words("changes.head", old=old, new=new)]
        if self.old.round != self.new.round:
            told.append(self.words("changes.two_rounds"))
        counts = self.frame["change"].value_counts()
        if self.frame.empty:
            told.append(self.words("changes.none"))
        else:
            places = {change: str(counts.get(change, 0)) for change in ("revised", "appeared", "disappeared")}
            told.append(self.words("changes.count", **places))
        lacking: dict[str, dict[str, None]] = {}
        for state, name in not_compared(self.old, self.new):
            lacking.setdefault(state, {})[name] = None
        for state, names in lacking.items():
            tables = self.words.list(self.words.label(f"changes.table.{name}") for name in names)
            told.append(self.words("changes.lacks", name=state, tables=tables))
        return tuple(told)

    def tables(self, most: int | None = None) -> tuple[Table, ...]:
        """Return what changed as one table per part that has any.

        Args:
            most: how many rows of a part are shown; None for all. How many are left out is told in its subtitle.
        """
        parts: dict[int, list[dict[str, Any]]] = {}
        for row in rows_of(self.frame):
            parts.setdefault(ORDER[row["kind"]], []).append(row)
        return tuple(self._table(PARTS[order], rows, most) for order, rows in sorted(parts.items()))

    def _table(self, part: str, rows: list[dict[str, Any]], most: int | None) -> Table:
        shown = rows[:most]
        columns = tuple(
            Column(
                name,
                self.words.label(f"changes.column.{name}"),
                align="right" if name in _NUMBERS else "left",
            )
            for name in _COLUMNS
        )
        left_out = len(rows) - len(shown)
        more = self.words("changes.more", count=str(left_out)) if left_out else ""
        caption = self.words(f"changes.part.{part}", count=str(len(rows)))
        made = tuple(
            Row((self._unit(row["unit"]), self._what(row), *self._values(row), self.causes(row["causes"])))
            for row in shown
        )
        return Table(f"changes-{part}", caption, columns, made, subtitle=more, phone="stack")

    def _unit(self, code: str) -> str:
        for state in (self.new, self.old):
            if "units" in state.tables:
                units = state.tables["units"]
                names = dict(zip(units["code"], units["short"], strict=True))
                if code in names:
                    return str(names[code])
        return self.words.label("changes.city") if code else ""

    def _what(self, row: Mapping[str, Any]) -> str:
        kind, item = row["kind"], row["item"]
        if kind in _COUNTED:
            name = MeasureNames(self.words, dict(self.items))(item)
            key = "changes.value_against" if row["base_period"] else "changes.value"
            return self.words(key, measure=name, period=row["period"], base=row["base_period"]).plain
        if kind == "item_score":
            source = self.words.label(f"{_SOURCES}.{row['method']}")
            name = f"{item} {self.items.get(item, '')}".strip()
            return self.words("changes.item", item=name, source=source).plain
        if kind == "unit":
            return self.words.label(f"changes.unit.{item or 'unit'}")
        if kind == "sentence":
            product = self.words.label(f"changes.product.{row['method']}")
            return self.words("changes.sentence", product=product, place=item).plain
        if kind in {"finding", "problem", "published"}:
            return self.words(f"changes.kind.{kind}", item=item).plain
        return self.words.label(f"changes.kind.{kind}")

    def _values(self, row: Mapping[str, Any]) -> tuple[str, str]:
        none = self.words.label("explain.none")
        old, new = ((self._shown(row, row[column]) or none) for column in ("old", "new"))
        return old, new

    def _shown(self, row: Mapping[str, Any], text: str) -> str:
        if row["kind"] in _COUNTED:
            return figure_told(row["item"], text, self.words)
        if f"status.{text}" in self.words:
            return self.words.label(f"status.{text}")
        if row["kind"] == "problem" and text:
            return self.words.label(f"charts.state.{text}")
        return text

    def causes(self, causes: Iterable[Cause]) -> str:
        """Return causes in words; where there are several, that they cannot be told apart."""
        return causes_told(causes, self.words, self.items)


def causes_told(causes: Iterable[Cause], words: Words, items: Mapping[str, str]) -> str:
    """Return causes in words; where there are several, that they cannot be told apart."""
    told = [
        words(f"changes.cause.{each.kind}", detail=detail_told(each, words, items)).plain for each in causes
    ]
    return told[0] if len(told) == 1 else words("changes.several", causes=words.list(told)).plain


def detail_told(cause: Cause, words: Words, items: Mapping[str, str]) -> str:
    """Return what a cause is about, in words."""
    key = f"changes.{_DETAILS.get(cause.kind, '')}.{cause.detail}"
    if key in words:
        return words.label(key)
    return f"{cause.detail} {items.get(cause.detail, '')}".strip()


def figure_told(measure: str, text: str, words: Words) -> str:
    """Return a value of a measure, or for want of one its status, as it is read."""
    if not text:
        return ""
    if f"status.{text}" in words:
        return words.label(f"status.{text}")
    if catalogue.of(measure).is_share:
        return value_text(measure, Fraction(text), "ratio", words)
    return f"{float(text):,.12g}" if math.isfinite(float(text)) else text


def as_json(changes: Changes) -> dict[str, Any]:
    """Return the two states, what could not be compared, and every row, in a form for JSON."""
    rows = rows_of(changes.frame)
    for row in rows:
        row["causes"] = [cause._asdict() for cause in row["causes"]]
        # a grade that appeared moved by no number of ranks
        row["moved"] = row["moved"] if math.isfinite(row["moved"]) else None
    states = {
        side: {"name": state.name, "round": state.round, "period": state.period, "final": state.final}
        for side, state in (("old", changes.old), ("new", changes.new))
    }
    lacking = [{"name": name, "table": table} for name, table in not_compared(changes.old, changes.new)]
    return {**states, "not_compared": lacking, "changes": rows}


def _form(state: Edition) -> str:
    return "final" if state.final else "computed"
