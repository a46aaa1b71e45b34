"""与上年相比: the round beside the one before it, in the city report and in a line of the card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

import pandas as pd

from analysis.indicators.naming import MeasureNames
from analysis.questions.change_tables import causes_told, detail_told, figure_told
from analysis.questions.changed import Cause
from analysis.render.blocks import Column, Display, Group, Heading, Prose, Row, Table
from analysis.report.page import NOTHING, Page
from analysis.rounds.frames import rows_of
from analysis.rulebook import name_of
from analysis.words import Text
from analysis.words.formats import DASH

#: so many restated figures are listed; `assess diff` has all of them
_SHOWN: Final = 30
_TOTALS: Final = ("grade", "rank", "score")


def since_last(page: Page) -> Display:
    """Return what is to be told beside the round before; nothing where there is none."""
    frame = page.assessment.since_last
    if frame.empty:
        return NOTHING
    parts: list[Display] = [Prose((_whose(page),))]
    if page.rulebook:
        parts += [_totals(page, frame), _dimensions(page, frame)]
    parts += [Prose(_otherwise(page, frame))]
    parts += _like_for_like(page, frame)
    parts += _restated(page, frame)
    return Group(tuple(parts))


def _whose(page: Page) -> Text:
    """Return whose grades stand beside those of this round: of a final edition, or of a round as computed now."""
    before = page.assessment.before.iloc[0] if len(page.assessment.before) else None
    if before is None:
        return page.words("since.of", round=str(page.settings.compared_with))
    key = "since.final" if before["final"] else "since.computed"
    return page.words(key, round=str(before["round"]), state=str(before["state"]))


def _totals(page: Page, frame: pd.DataFrame) -> Table:
    """Return grade, rank and score of every unit then and now."""
    told = {(row["unit"], row["kind"]): (row["old"], row["new"]) for row in rows_of(frame)}
    columns = [_column(page, "unit", left=True)]
    columns += [_column(page, f"{kind}_{when}") for kind in _TOTALS for when in ("then", "now")]
    columns.append(_column(page, "moved"))
    rows = []
    for unit in _units(page, frame):
        cells = [text or DASH for kind in _TOTALS for text in told.get((unit, kind), ("", ""))]
        moved = _apart(*told.get((unit, "score"), ("", "")))
        rows.append(Row((page.evidence.short(unit), *cells, moved), unit=unit))
    return _table(page, "since-totals", columns, rows)


def _dimensions(page: Page, frame: pd.DataFrame) -> Table:
    """Return the points by dimension then and now; of another full mark both are named."""
    chosen = frame[frame["kind"].eq("dimension")]
    names = (
        {each.code: name_of(each, page.words) for each in page.rulebook.dimensions} if page.rulebook else {}
    )
    told = {(row["unit"], row["item"]): row for row in rows_of(chosen)}
    columns = [_column(page, "unit", left=True)]
    columns += [Column(f"d{code}", f"{code} {name}", align="right") for code, name in names.items()]
    rows = []
    for unit in _units(page, frame):
        cells = []
        for code in names:
            row = told.get((unit, code))
            if row is None:
                cells.append(DASH)
                continue
            was, now = row["method"].split("/")
            old, new = row["old"] or DASH, row["new"] or DASH
            same = was == now or not was
            pair = (old, new) if same else (f"{old}/{was}", f"{new}/{now}")
            cells.append(page.words("since.pair", old=pair[0], new=pair[1]).plain)
        rows.append(Row((page.evidence.short(unit), *cells), unit=unit))
    return _table(page, "since-dimensions", columns, rows)


def _otherwise(page: Page, frame: pd.DataFrame) -> tuple[Text, ...]:
    """Return what is otherwise than in the round before: rule set, definitions, units."""
    words, items = page.words, page.indicator_names
    rules = rows_of(frame[frame["kind"].eq("rule")])
    told = []
    kinds = {"changed": ("there", "there"), "new": ("", "there"), "gone": ("there", "")}
    for kind, pair in kinds.items():
        codes = [row["item"] for row in rules if (row["old"], row["new"]) == pair]
        if codes:
            names = words.list(detail_told(Cause("rule", code), words, items) for code in codes)
            told.append(words(f"since.rules_{kind}", items=names))
    if not rules:
        told.append(words("since.rules_same"))
    definitions = [row["item"] for row in rows_of(frame[frame["kind"].eq("definition")])]
    if definitions:
        names = words.list(detail_told(Cause("definition", name), words, items) for name in definitions)
        told.append(words("since.definitions", settings=names))
    for row in rows_of(frame[frame["kind"].eq("unit")]):
        what = words.label(f"changes.unit.{row['item'] or 'unit'}")
        told.append(words("since.unit", what=what, old=row["old"] or DASH, new=row["new"] or DASH))
    return tuple(told)


def _like_for_like(page: Page, frame: pd.DataFrame) -> list[Display]:
    """Return the scores of either round by the rules of the other; nothing where the rules are the same."""
    scored = frame[frame["kind"].isin(["forward", "backward"])]
    refused = rows_of(frame[frame["kind"].eq("unscored")])
    if scored.empty and not refused:
        return []
    head = Heading("since-like-for-like", Text(page.words.label("since.like_for_like")))
    notes = tuple(page.words(f"since.unscored_{row['old']}.{row['item']}") for row in refused)
    parts: list[Display] = [head, *([Prose(notes, "note")] if notes else [])]
    if len(scored):
        told = {(row["unit"], row["kind"], row["item"]): (row["old"], row["new"]) for row in rows_of(scored)}
        kinds = [kind for kind in ("forward", "backward") if kind in set(scored["kind"])]
        columns = [_column(page, "unit", left=True)]
        columns += [
            _column(page, f"{kind}_{item}_{which}")
            for kind in kinds
            for item in ("score", "grade")
            for which in ("own", "other")
        ]
        rows = [
            Row(
                (
                    page.evidence.short(unit),
                    *(
                        text or DASH
                        for kind in kinds
                        for item in ("score", "grade")
                        for text in told.get((unit, kind, item), ("", ""))
                    ),
                ),
                unit=unit,
            )
            for unit in _units(page, frame)
        ]
        parts.append(_table(page, "since-alike", columns, rows))
    return parts


def _restated(page: Page, frame: pd.DataFrame) -> list[Display]:
    """Return the figures of earlier periods that are not what they were, each with what is behind it."""
    rows = rows_of(frame[frame["kind"].eq("value")])
    if not rows:
        return [Prose((page.words("since.not_restated"),))]
    names = MeasureNames(page.words, page.indicator_names)
    columns = [_column(page, name, left=name in ("unit", "measure", "causes"))
               for name in ("unit", "measure", "period", "then", "now", "causes")]  # fmt: skip
    shown = []
    known = {*page.evidence.roll.codes}
    for row in rows[:_SHOWN]:
        causes = [Cause(*each) for each in json.loads(row["causes"])]
        city = page.settings.city.code
        unit = page.evidence.short(row["unit"]) if row["unit"] in {*known, city} else row["unit"]
        shown.append(
            Row(
                (
                    unit, names(row["item"]), page.evidence.period_name(row["period"]),
                    *(figure_told(row["item"], row[when], page.words) for when in ("old", "new")),
                    causes_told(causes, page.words, page.indicator_names),
                )
            )
        )  # fmt: skip
    table = _table(page, "since-restated", columns, shown)
    more = len(rows) - len(shown)
    return [table, *([Prose((page.words("since.more", count=str(more)),), "note")] if more else [])]


def card_line(page: Page, unit: str) -> str:
    """Return a unit's score and rank in the round before; empty where they are not known."""
    frame = page.assessment.since_last
    told = {
        row["kind"]: row["old"] for row in rows_of(frame[frame["unit"].eq(unit)]) if row["kind"] in _TOTALS
    }
    if not (told.get("score") and told.get("rank")):
        return ""
    return page.words("since.card", score=told["score"], rank=told["rank"]).plain


def _units(page: Page, frame: pd.DataFrame) -> Sequence[str]:
    known = set(frame["unit"])
    return [row["unit"] for row in page.evidence.by_score if row["unit"] in known]


def _apart(old: str, new: str) -> str:
    """Return how many points lie between two scores, with a sign; a dash where one is not there."""
    try:
        apart = Decimal(new) - Decimal(old)
    except InvalidOperation:
        return DASH
    return f"{apart:+f}".replace("-", "−")


def _column(page: Page, name: str, *, left: bool = False) -> Column:
    return Column(name, page.words.label(f"since.column.{name}"), align="left" if left else "right")


def _table(page: Page, ident: str, columns: Sequence[Column], rows: Sequence[Row]) -> Table:
    caption = Text(page.words.label(f"since.caption.{ident}"))
    return Table(ident, caption, tuple(columns), tuple(rows), phone="stack")
