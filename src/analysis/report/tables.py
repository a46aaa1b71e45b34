"""The tables of the report and the card: rows, marks, captions and source lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Literal

import pandas as pd

from analysis.indicators.catalogue import MEASURES, Measure
from analysis.indicators.naming import definition_of
from analysis.indicators.values import USABLE
from analysis.intake import check_name, place_corrected
from analysis.intake.declared.ledgers import GROUPS
from analysis.intake.fault_lists.reconciling import FATES
from analysis.questions import answers, what_if
from analysis.render.blocks import (
    Beside,
    Cell,
    ChangeBar,
    Column,
    Content,
    Dot,
    Lines,
    Muted,
    Row,
    Status,
    Table,
)
from analysis.report import claims
from analysis.report.claims import Evidence
from analysis.report.graphics import change_cells, rate_cell, value_cell
from analysis.report.numbering import numbered
from analysis.report.own_figures import named, style_of
from analysis.report.page import Page, text
from analysis.report.published_items import published_item
from analysis.rounds.faults import ALIKE, Fault, together
from analysis.rounds.frames import rows_of
from analysis.rulebook import rule_sentence
from analysis.scoring import problems
from analysis.scoring import spot_checks as draw
from analysis.scoring.problem_list import standings
from analysis.words import Text
from analysis.words.formats import DASH, decimals_of, stored_number

STATUS_KIND: Final = {"closed": "done", "open": "open", "overdue": "late", "repeated": "again"}
#: published facts beside computed ones: as they were, not so and unexplained; what is explained is a mark between
_STATUS_OF_FACT: Final[Mapping[str, Literal["done", "late"]]] = {
    "agrees": "done",
    "rounding": "done",
    "differs": "late",
}
STATUS_ORDER: Final = {"overdue": 0, "repeated": 1, "open": 2, "closed": 3}


def column(page: Page, key: str, label: str, align: str = "left", cls: str = "") -> Column:
    """Return a column headed by a label of the report."""
    return Column(key, page.label(label), align=align, cls=cls)  # type: ignore[arg-type]  # one of three words


# ------------------------------------------------------------------------------------------- first screen


def board(page: Page) -> Table:
    """Return the grade board: a row per unit, by score, with its three declines as bars and its resolution rate."""
    e = page.evidence
    columns = [column(page, "unit", "board.unit", cls="u"), column(page, "grade", "board.grade", cls="g")]
    before = {row["unit"]: row["grade"] for row in rows_of(page.assessment.before)}
    columns.append(column(page, "score", "board.score", "right", "sc"))
    if before:
        columns.append(column(page, "before", "board.before", "right", cls="rk"))
    rate = "rate_resolved" if e.is_reported("rate_resolved") else ""
    # beside one column more the bars keep their room
    room = "auto" if before or rate else ""
    columns += [replace(column(page, q, f"board.{q}", cls="dec"), width=room) for q in e.quantities]
    columns += [column(page, rate, "board.resolved", "right", "res")] if rate else []
    limits = {quantity: _longest(e, quantity) for quantity in e.quantities}
    rows = []
    cut = claims.cut_unit(e)
    for grade in e.by_score:
        unit = grade["unit"]
        score: Content = DASH
        if grade["score"]:
            score = Text(page.words.strong(Text(e.figure(grade, "scored", "score"))))
        cells = [
            Cell(e.short(unit), float(grade["rank"]) if pd.notna(grade["rank"]) else None),
            grade_cell(page, grade),
            Cell(score, float(grade["score"]) if grade["score"] else None),
            *([_before_cell(page, before.get(unit, ""))] if before else []),
        ]
        cells += [_board_change(page, unit, quantity, limits[quantity]) for quantity in e.quantities]
        cells += [value_cell(page, e.value(unit, rate), "percent")] if rate else []
        rows.append(Row(tuple(cells), cls="cut" if unit == cut else "", unit=unit))
    caption = Text(page.label("board.caption"))
    return Table(
        "board", caption, tuple(columns), tuple(rows), cls="board", phone="stack", caption_hidden=True
    )


def grade_cell(page: Page, grade: claims.Row) -> Cell:
    """Return a grade as a chip, the word for one that is pending, a dash for a unit without a score."""
    if grade["grade"]:
        return Cell(page.chip(grade["grade"]), grade["grade"])
    # whom places give no grade, since there are too few units, has no rank either
    pending = grade["score"] and pd.notna(grade["rank"])
    return Cell(Muted(page.label("pending")) if pending else DASH, "")


def _before_cell(page: Page, grade: str) -> Cell:
    """Return the grade of the round before, plain beside that of this one; a dash where the unit had none."""
    return Cell(Muted(page.words.written(grade, grade)) if grade else DASH, grade)


def _longest(e: Evidence, quantity: str) -> float:
    sizes = [
        abs(row["value"])
        for unit in e.roll.codes
        if (row := e.change(unit, quantity))["status"] in ("reported", "partial") and pd.notna(row["value"])
    ]
    return max(sizes, default=1.0) or 1.0


def _board_change(page: Page, unit: str, quantity: str, limit: float) -> Cell:
    e = page.evidence
    if not e.base_period:
        return Cell(e.pair(unit, quantity), None)
    change = e.change(unit, quantity)
    which = e.verdict(unit, quantity)
    word = claims.verdict_word(e, unit, quantity).plain
    if which == "too_few":
        few = Muted(e.pair(unit, quantity))
        return Cell(Beside((few, ChangeBar(change["value"], which, limit, word))), None)
    if which == "incomplete":
        return Cell(Muted(page.words.label("charts.verdict.incomplete")), None)
    if change["status"] not in USABLE:
        return Cell(Muted(page.words.label(f"status.{change['status']}")), None)
    figure = Text(e.figure(change, "signed_percent"))
    return Cell(Beside((figure, ChangeBar(change["value"], which, limit, word))), float(change["value"]))


# ------------------------------------------------------------------------------------------- organisation


def handed_in(page: Page) -> list[str]:
    """Return the ledgers the units hand in, in the order of the files."""
    return [name for name in dict.fromkeys(page.assessment.files["ledger"]) if f"rows_{name}" in MEASURES]


def arrivals(page: Page) -> Table:
    """Return how many rows of the assessed period every unit handed in per ledger."""
    e = page.evidence
    ledgers = handed_in(page)
    columns = [column(page, "unit", "board.unit")]
    columns += [Column(name, page.words.label(f"ledger.{name}"), align="right") for name in ledgers]
    rows = []
    for code in e.roll.codes:
        cells: list[Content | Cell] = [e.short(code)]
        for name in ledgers:
            row = e.value(code, f"rows_{name}")
            cells.append(value_cell(page, row, "count"))
        rows.append(Row(tuple(cells), unit=code))
    return Table(
        "arrivals",
        Text(page.label("organisation.caption")),
        tuple(columns),
        tuple(rows),
        subtitle=page.label("organisation.sub"),
        mark=page.mark,
        cls="small",
    )


# ------------------------------------------------------------------------------------------- results


def clauses(page: Page) -> Table:
    """Return the clause that decided each grade and the nearest one that would have changed it."""
    e = page.evidence
    columns = (
        column(page, "unit", "board.unit", cls="u"),
        column(page, "grade", "board.grade", cls="g"),
        column(page, "rank", "board.rank", "right"),
        column(page, "score", "board.score", "right"),
        column(page, "clause", "results.clause", cls="long"),
        column(page, "nearest", "results.nearest", cls="long"),
    )
    rows = [
        Row(
            (
                e.short(grade["unit"]),
                grade_cell(page, grade),
                _rank(e, grade),
                Cell(Text(e.figure(grade, "scored", "score")), float(grade["score"]))
                if grade["score"]
                else DASH,
                Text(page.words.statement(grade, "clause", "grade")),
                Cell(Muted(Text(page.words.statement(grade, "nearest_clause", "grade")))),
            ),
            cls="cut" if grade["unit"] == claims.cut_unit(e) else "",
            unit=grade["unit"],
        )
        for grade in e.by_score
    ]
    return Table(
        "clauses",
        Text(page.label("results.clause_caption")),
        columns,
        tuple(rows),
        subtitle=page.label("results.clause_sub"),
        source=page.source((), scores=True),
        number=numbered(page, "clauses"),
        mark=page.mark,
        cls="clause",
        phone="stack",
    )


def _rank(e: Evidence, grade: claims.Row) -> Cell:
    if pd.isna(grade["rank"]):
        return Cell(DASH, None)
    return Cell(Text(e.figure(grade, "rank", "rank")), float(grade["rank"]))


# ------------------------------------------------------------------------------------------- progress and gaps


def rates(page: Page, units: Sequence[str] | None = None) -> Table:
    """Return the rates that are reported with numerator and denominator, and their change in percentage points.

    Args:
        page: the page.
        units: codes, one row each; all units and the city if not given.
    """
    e = page.evidence
    shown_units = [*e.roll.codes, e.city] if units is None else units
    columns = [column(page, "unit", "board.unit")]
    for name in e.rates:
        columns.append(Column(name, page.evidence.measure_name(name), align="right"))
        if e.base_period:
            columns.append(Column(f"difference_{name}", page.label("progress.growth"), align="right"))
    rows = []
    for code in shown_units:
        cells: list[Content | Cell] = [e.short(code)]
        for name in e.rates:
            cells.append(rate_cell(page, e.value(code, name)))
            if e.base_period:
                cells.append(_moved_cell(page, code, name))
        rows.append(Row(tuple(cells), cls="total" if code == e.city else "", unit=code))
    shown = [e.value(code, name)["id"] for code in shown_units for name in e.rates]
    subtitle = (
        Text(page.label("progress.rates_sub")), claims.window_sentence(e), claims.window_sub(e, shown_units),
        claims.waiting_sentence(e),
    )  # fmt: skip
    return Table(
        "rates",
        Text(
            page.label("progress.rates_caption", base=page.settings.calendar.base_name(page.words))
            if e.base_period
            else page.words.label("working.rates")
        ),
        tuple(columns),
        tuple(rows),
        subtitle=page.words.series(part for part in subtitle if part),
        source=page.source(shown),
        number=numbered(page, "rates"),
        mark=page.mark,
        cls="small",
    )


def _moved_cell(page: Page, unit: str, rate: str) -> Cell:
    """Return the cell of the difference of a rate, with that within the window and its verdict below it."""
    e = page.evidence
    cell = value_cell(
        page, e.value(unit, f"difference_{rate}", base=e.base_period), "signed_percentage_points"
    )
    in_window = claims.moved_in_window(e, unit, rate)
    return replace(cell, content=Lines((cell.content, Muted(in_window)))) if in_window else cell


def losses(page: Page) -> Table:
    """Return the three costliest indicators of every unit."""
    e = page.evidence
    columns = (
        column(page, "unit", "board.unit"),
        column(page, "lost", "gaps.lost", "right"),
        column(page, "first", "gaps.first"),
        column(page, "second", "gaps.second"),
        column(page, "third", "gaps.third"),
        column(page, "share", "gaps.top3", "right"),
    )
    rows = []
    for grade in e.by_score:
        unit = grade["unit"]
        costly = claims.costliest(e, unit, page.indicators)[:3]
        items: list[Content | Cell] = [
            Cell(
                Text(
                    page.indicator_names[claims.indicator_of(row)],
                    " ",
                    e.figure(row, "scored"),
                ),
                float(row["value"]),
            )
            for row in costly
        ]
        items += [DASH] * (3 - len(items))
        total = value_cell(page, e.value(unit, "points_lost"), "scored")
        top = e.index.get(unit, e.period, "points_lost_top3_share")
        share: Content | Cell = DASH if top is None else value_cell(page, top, "percent")
        cut = "cut" if unit == claims.cut_unit(e) else ""
        rows.append(Row((e.short(unit), total, *items, share), cls=cut, unit=unit))
    return Table(
        "losses",
        claims.losses_title(e),
        columns,
        tuple(rows),
        subtitle=page.words("report.gaps.losses_sub", whole=page.whole(base=True)).plain,
        source=page.source((), scores=True),
        mark=page.mark,
        cls="losses",
        phone="stack",
    )


def distances(page: Page) -> Table:
    """Return how far every unit is from the cut of the best grade, and self score beside checked score."""
    e = page.evidence
    columns = (
        column(page, "unit", "board.unit"),
        column(page, "grade", "board.grade", cls="g"),
        Column("cut", page.words("report.gaps.cut", grade=e.best_grade).plain, align="right"),
        column(page, "self", "gaps.self", "right"),
        column(page, "checked", "gaps.checked", "right"),
        column(page, "difference", "gaps.difference", "right"),
    )
    rows = [
        Row(
            (
                e.short(grade["unit"]),
                grade_cell(page, grade),
                value_cell(page, e.value(grade["unit"], "score_gap_to_cut"), "signed_scored"),
                value_cell(page, e.value(grade["unit"], "score_self"), "scored"),
                value_cell(page, e.value(grade["unit"], "score_base"), "scored"),
                value_cell(page, e.value(grade["unit"], "score_self_difference"), "signed_scored"),
            ),
            cls="cut" if grade["unit"] == claims.cut_unit(e) else "",
            unit=grade["unit"],
        )
        for grade in e.by_score
    ]
    shown = [e.value(code, "score_self")["id"] for code in e.roll.codes]
    return Table(
        "distances",
        page.words("report.gaps.cut_caption", grade=e.best_grade),
        columns,
        tuple(rows),
        subtitle=page.words.series(
            (page.words("report.gaps.cut_sub", grade=e.best_grade), page.label("gaps.self_sub"))
        ),
        source=page.source(shown, scores=True),
        mark=page.mark,
    )


# ------------------------------------------------------------------------------------------- problems


def matrix(page: Page) -> Table:
    """Return unit × problem group: a dot where a unit is named, with the merged open findings."""
    e = page.evidence
    counts = {(row["unit"], row["group"]): row for row in rows_of(e.findings)}
    columns = [column(page, "unit", "board.unit"), column(page, "grade", "board.grade", cls="g")]
    columns += [Column(group, page.label(f"problems.{group}"), align="center") for group in GROUPS]
    rows = []
    for code in e.roll.codes:
        letter = e.grade_of[code]["grade"] if code in e.grade_of else ""
        cells: list[Content | Cell] = [e.short(code), page.chip(letter) if letter else DASH]
        for group in GROUPS:
            row = counts[code, group]
            word = page.label("problems.named" if row["named"] else "problems.not_named")
            shown = Beside((Dot(bool(row["named"]), word), Muted(Text(e.figure(row, "count", "findings")))))
            cells.append(Cell(shown, float(row["findings"])))
        rows.append(Row(tuple(cells), unit=code))
    return Table(
        "matrix",
        claims.matrix_title(e),
        tuple(columns),
        tuple(rows),
        subtitle=page.label("problems.sub"),
        source=page.source(e.findings["id"]),
        mark=page.mark,
        cls="matrix",
    )


def findings_by_unit(page: Page) -> Table:
    """Return the merged open findings per unit and problem group, without grades."""
    e = page.evidence
    counts = {(row["unit"], row["group"]): row for row in rows_of(e.findings)}
    columns = [column(page, "unit", "board.unit")]
    columns += [Column(group, page.label(f"problems.{group}"), align="right") for group in GROUPS]
    rows = []
    for code in e.roll.codes:
        cells: list[Content | Cell] = [e.short(code)]
        for group in GROUPS:
            row = counts.get((code, group))
            cells.append(
                Cell(Text(e.figure(row, "count", "findings")), float(row["findings"])) if row else DASH
            )
        rows.append(Row(tuple(cells), unit=code))
    return Table(
        "findings-by-unit",
        Text(page.words.label("working.findings")),
        tuple(columns),
        tuple(rows),
        subtitle=page.words.label("working.findings_sub"),
        mark=page.mark,
        cls="small",
    )


def problems_open(page: Page, units: Sequence[str], *, ident: str) -> Table | None:
    """Return the problems of some units that are not closed, overdue ones first; None if there are none."""
    e = page.evidence
    ledger = problems.status(page.assessment.ledger("findings"), page.settings.as_of)
    shown = ledger[(ledger["status"] != "closed") & ledger["unit"].isin(units)]
    if not len(shown):
        return None
    place = {code: position for position, code in enumerate(e.roll.codes)}
    shown = shown.assign(_s=shown["status"].map(STATUS_ORDER), _u=shown["unit"].map(place))
    shown = shown.sort_values(["_s", "deadline", "_u", "no"], kind="stable")
    columns = (
        column(page, "no", "rectification.no", cls="nw"),
        column(page, "unit", "board.unit", cls="u nw"),
        column(page, "problem", "rectification.problem", cls="long"),
        column(page, "post", "rectification.post"),
        column(page, "deadline", "rectification.deadline", "right"),
        column(page, "status", "rectification.state", cls="s"),
    )
    rows = [
        Row(
            (
                row["no"],
                Cell(e.short(row["unit"]), float(place[row["unit"]])),
                text(row["wording"]),
                text(row["post"]) or DASH,
                _deadline(page, row["deadline"]),
                Cell(
                    Status(STATUS_KIND[row["status"]], page.label(f"rectification.status.{row['status']}")),  # type: ignore[arg-type]
                    float(STATUS_ORDER[row["status"]]),
                ),
            ),
            unit=row["unit"],
        )
        for row in rows_of(shown)
    ]
    date = page.words.date(page.settings.as_of)
    return Table(
        ident,
        claims.rectification_title(e) if len(units) > 1 else claims.card_problems(e, units[0]),
        columns,
        tuple(rows),
        subtitle=page.label("rectification.sub", date=date),
        source=page.label("source", files=page.words.label("ledger.findings")),
        number=numbered(page, ident),
        mark=page.mark,
        cls="ledger",
        phone="stack",
    )


def last_round(page: Page, units: Sequence[str]) -> Table | None:
    """Return the problems of the rounds before of some units, overdue ones first; None if there are none.

    Beside each stands what can be said of the change of the figure behind it, where the ledger names one.
    """
    e, problems_ = page.evidence, page.assessment.problems
    states = standings(problems_, page.assessment.round.id)
    listed = problems_[problems_["id"].isin(states["id"])].reset_index(drop=True)
    shown = listed.assign(state=states["state"])[listed["unit"].isin(units)]
    if not len(shown):
        return None
    place = {code: position for position, code in enumerate(e.roll.codes)}
    shown = shown.assign(_s=shown["state"].map(STATUS_ORDER), _u=shown["unit"].map(place))
    shown = shown.sort_values(["_s", "_u", "id"], kind="stable")
    columns = (
        column(page, "no", "rectification.no", cls="nw"),
        column(page, "round", "rectification.round", cls="nw"),
        column(page, "unit", "board.unit", cls="u nw"),
        column(page, "problem", "rectification.problem", cls="long"),
        column(page, "moved", "rectification.moved"),
        column(page, "status", "rectification.state", cls="s"),
    )
    rows = [
        Row(
            (
                row["number"] or DASH,
                row["round"],
                Cell(e.short(row["unit"]), float(place[row["unit"]])),
                text(row["wording"]),
                moved(page, row["unit"], row["counted_by"]) or DASH,
                Cell(
                    Status(STATUS_KIND[row["state"]], page.label(f"rectification.status.{row['state']}")),  # type: ignore[arg-type]
                    float(STATUS_ORDER[row["state"]]),
                ),
            ),
            unit=row["unit"],
        )
        for row in rows_of(shown)
    ]
    return Table(
        "last-round",
        page.label("rectification.last_round"),
        columns,
        tuple(rows),
        subtitle=page.label("rectification.last_sub", date=page.words.date(page.settings.as_of)),
        source=page.label("source", files=page.words.label("ledger.findings")),
        number=numbered(page, "last-round"),
        mark=page.mark,
        cls="ledger",
        phone="stack",
    )


def moved(page: Page, unit: str, measure: str) -> str:
    """Return what can be said of the change of a measure against the base period; empty where it is not judged."""
    e = page.evidence
    if not measure:
        return ""
    for code in (measure, f"change_{measure}", f"difference_{measure}"):
        row = e.index.get(unit, e.period, code, e.base_period) if e.base_period else None
        if row is not None:
            name = page.words.label(f"measure.{measure}")
            said = page.words.label(f"verdict.{e.judged(row)}")
            return page.label("rectification.moved_to", name=name, verdict=said)
    return ""


def _deadline(page: Page, day: pd.Timestamp) -> Cell:
    if pd.isna(day):
        return Cell(DASH, None)
    return Cell(page.words.date(day.date()), float(day.toordinal()))


# ------------------------------------------------------------------------------------------- annexes


def indicators(page: Page) -> Table:
    """Return the rule set as the familiar table: indicator, points, definition, rule, department."""
    rules = page.rulebook
    if rules is None:
        raise ValueError("a round without a rulebook has no table of indicators")
    columns = (
        column(page, "code", "annex.code", cls="nw"),
        column(page, "name", "annex.indicator"),
        column(page, "points", "annex.points", "right"),
        column(page, "definition", "annex.definition", cls="long"),
        column(page, "rule", "annex.rule", cls="long"),
        column(page, "department", "annex.department"),
    )
    rows = []
    for indicator in page.indicators.values():
        rows.append(
            Row(
                (
                    indicator.code,
                    page.indicator_names[indicator.code],
                    Text(page.words.number(indicator.points, decimals_of(indicator.points))),
                    indicator.definition,
                    rule_sentence(indicator, rules, page.words),
                    indicator.department,
                )
            )
        )
    return Table(
        "indicators",
        Text(page.label("annex.indicators_caption")),
        columns,
        tuple(rows),
        subtitle=page.label("annex.indicators_sub", name=page.rules_name, note=rules.note_in(page.words)),
        cls="small",
        phone="stack",
    )


def own_measures(page: Page, measures: Sequence[Measure]) -> tuple[Table, Table]:
    """Return what the office counts by definitions of its own: what each means, and what every unit comes to.

    Args:
        page: the page.
        measures: the office's.
    """
    e = page.evidence
    columns = (
        column(page, "code", "annex.code", cls="nw"),
        column(page, "name", "annex.indicator"),
        column(page, "definition", "annex.definition", cls="long"),
        column(page, "ledger", "annex.ledger"),
    )
    meanings = [
        Row(
            (
                measure.code,
                e.measure_name(measure.code),
                definition_of(measure.code, page.words),
                page.words.label(f"ledger.{measure.source}"),
            )
        )
        for measure in measures
    ]
    defined = Table(
        "own-measures",
        Text(page.label("annex.own_caption")),
        columns,
        tuple(meanings),
        cls="small",
        phone="stack",
    )
    whole = page.settings.calendar.period
    parts = [span.text for span in page.settings.calendar.listed if whole.holds(span)]
    # what is stated by halves or months only has no number for the year
    keys = [
        (each, span)
        for each in measures
        for span in parts
        if e.index.get(e.city, span, each.code) is not None
    ]
    heads = [
        Column(
            f"{each.code}-{span}",
            named(page, each) + ("" if span == e.period else f" {e.period_name(span)}"),
            align="right",
        )
        for each, span in keys
    ]
    units = (*e.roll.codes, e.city)
    counted = [
        Row(
            (e.short(code), *(_own_cell(page, e.value(code, each.code, span), each) for each, span in keys)),
            cls="total" if code == e.city else "",
            unit=code,
        )
        for code in units
    ]
    shown = [e.value(code, each.code, span)["id"] for code in units for each, span in keys]
    values = Table(
        "own-values",
        Text(page.label("annex.own_values_caption")),
        (column(page, "unit", "board.unit"), *heads),
        tuple(counted),
        source=page.source(shown),
        mark=page.mark,
        cls="small",
    )
    return defined, values


def _own_cell(page: Page, row: claims.Row, measure: Measure) -> Cell:
    """Return the cell of a measure of the office, of a rate with its counts."""
    return rate_cell(page, row) if measure.kind == "rate" else value_cell(page, row, style_of(measure))


def derivations(page: Page, unit: str) -> Table:
    """Return every indicator of a unit with points possible, points and the arithmetic in words."""
    e = page.evidence
    columns = (
        column(page, "code", "annex.code", cls="nw"),
        column(page, "name", "annex.indicator"),
        column(page, "possible", "results.possible", "right"),
        column(page, "points", "results.points", "right"),
        column(page, "why", "annex.derivation", cls="long"),
    )
    rows = []
    scored = e.scores[(e.scores["unit"] == unit) & (e.scores["kind"] != "total")]
    names = page.scored_names
    for row in rows_of(scored):
        points: Content = Text(e.figure(row, "scored", "points")) if row["points"] else DASH
        why = Text(page.words.statement(row, "derivation", "points"))
        possible = stored_number(row["points_possible"]) or DASH
        rows.append(Row((row["indicator"], names[row["indicator"]], possible, points, why)))
    return Table(
        f"derivations-{unit}",
        claims.derivation_title(e, unit),
        columns,
        tuple(rows),
        source=page.source((), scores=True),
        mark=page.mark,
        cls="small",
        phone="stack",
        caption_hidden=True,
    )


def _of_annex(page: Page, ident: str, columns: tuple[Column, ...], rows: Sequence[Row]) -> Table:
    """Return a table of an annex, whose caption stands under its id."""
    return Table(
        ident,
        Text(page.label(f"annex.{ident}_caption")),
        columns,
        tuple(rows),
        subtitle=page.label(f"annex.{ident}_sub"),
        mark=page.mark,
        cls="small",
        phone="stack",
    )


def quality(page: Page) -> Table | None:
    """Return the list of data faults: what was found where, what is expected, what to do; None if there are none."""
    issues = page.assessment.issues
    if not len(issues):
        return None
    columns = (
        column(page, "place", "annex.place"),
        column(page, "severity", "annex.severity"),
        column(page, "found", "annex.found", cls="long"),
        column(page, "expected", "annex.expected", cls="long"),
        column(page, "remedy", "annex.remedy", cls="long"),
    )
    rows = []
    for fault in together(_as_fault(row) for row in rows_of(issues)):
        name = check_name(fault.check, page.words)
        found = page.words.labelled(name, fault.found) if fault.found else name
        alike = page.words("fault.alike", count=fault.details[ALIKE]).plain if ALIKE in fault.details else ""
        more = (alike + fault.details["effect"]).strip()
        whole = page.words("fault.found_and", found=found, more=more) if more else found
        severity = page.label(f"annex.severities.{fault.severity}")
        told = (fault.details[name].strip() or DASH for name in ("expected", "remedy"))
        rows.append(Row((fault.place(), severity, whole, *told), unit=fault.unit))
    return _of_annex(page, "quality", columns, rows)


def _as_fault(issue: dict[str, Any]) -> Fault:
    """Return a row of the list of issues as a fault whose details are the sentences on it."""
    said = {name: issue[name] for name in ("expected", "remedy", "effect")}
    place = {name: issue[name] for name in ("file", "sheet", "cell", "unit", "found", "severity")}
    return Fault(issue["check"], **place, details=said)


def corrections(page: Page) -> Table | None:
    """Return what the office corrected in its source; None if it corrected nothing."""
    corrected = page.assessment.corrections
    if not len(corrected):
        return None
    columns = (
        column(page, "place", "annex.place", cls="long"),
        column(page, "was", "annex.was"),
        column(page, "is", "annex.is"),
        column(page, "reason", "annex.reason", cls="long"),
        column(page, "post", "annex.post"),
        column(page, "date", "annex.date", cls="nw"),
        column(page, "effect", "annex.effect"),
    )
    rows = []
    for row in rows_of(corrected):
        place = place_corrected(row, page.words)
        effect = page.words(f"corrections.effect.{row['kind']}", count=f"{row['number']:,}", number=row["is"])
        cells = (place, row["was"] or DASH, row["is"] or DASH, row["reason"], row["reported_by"], row["date"])
        rows.append(Row((*cells, effect), unit=row["unit"]))
    return _of_annex(page, "corrections", columns, rows)


def spot_checks(page: Page) -> tuple[Text, Table] | None:
    """Return the rule of the spot checks and the problems drawn by it; None where none is declared."""
    rule = page.settings.spot_checks
    if rule is None:
        return None
    found = draw.drawn(page.assessment.problems, rule)
    place = {code: position for position, code in enumerate(page.evidence.roll.codes)}
    found = found.assign(_u=found["unit"].map(place)).sort_values("_u", kind="stable")
    columns = (
        column(page, "unit", "board.unit", cls="u nw"),
        column(page, "id", "annex.spot-checks_id"),
        column(page, "problem", "rectification.problem", cls="long"),
        column(page, "status", "rectification.state", cls="s"),
    )
    rows = [
        Row(
            (
                page.evidence.short(row["unit"]),
                row["id"],
                text(row["wording"]),
                page.label(f"rectification.status.{row['status']}"),
            ),
            unit=row["unit"],
        )
        for row in rows_of(found)
    ]
    if rule.number is not None:
        told = page.words("report.annex.spot-checks_number", number=str(rule.number), seed=rule.seed)
    else:
        share = f"{(Decimal(str(rule.share)) * 100).normalize():f}"
        told = page.words("report.annex.spot-checks_share", share=share, seed=rule.seed)
    return told, _of_annex(page, "spot-checks", columns, rows)


def comparison(page: Page) -> Table | None:
    """Return the published facts beside the computed ones; None where nothing is published."""
    compare = page.assessment.compare
    if not len(compare):
        return None
    explained = compare["reason"].ne("").any()
    columns = (
        column(page, "figure", "annex.figure"),
        column(page, "published", "annex.published"),
        column(page, "computed", "annex.computed"),
        column(page, "verdict", "annex.verdict"),
        *((column(page, "reason", "annex.reason_by"),) if explained else ()),
        column(page, "place", "annex.source_place"),
    )
    rows = []
    for row in rows_of(compare):
        mark = Status(_STATUS_OF_FACT.get(row["verdict"], "again"), page.label(f"annex.{row['verdict']}"))
        why = page.words.noted(row["reason"], row["by"]) if row["reason"] else ""
        item = published_item(row["figure"], page.words, page.records.units)
        shown = (item, _said(page, row["published"]), _said(page, row["computed"]))
        unit = row["figure"].rsplit(" ", 1)[-1]
        reason = (why,) if explained else ()
        rows.append(Row((*shown, Cell(mark, row["verdict"]), *reason, row["place"]), unit=unit))
    return Table(
        "compare",
        claims.compare_title(page.evidence),
        columns,
        tuple(rows),
        mark=page.mark,
        cls="small",
    )


def _said(page: Page, value: str) -> str:
    return page.label(value) if value in ("yes", "no") else value or DASH


def reconciliation(page: Page) -> Table | None:
    """Return what became of the rows of every sheet; None where no file was read."""
    numbers = ("rows", *FATES)
    columns = (
        column(page, "ledger", "annex.ledger"),
        column(page, "source", "annex.source_of_rows"),
        *(column(page, name, f"annex.fates.{name}", "right") for name in numbers),
    )
    rows = []
    for row in rows_of(page.assessment.reconciliation):
        place = " › ".join(part for part in (row["file"], row["sheet"]) if part)
        named = place if row["source"] == row["file"] else page.words.labelled(row["source"], place)
        counted = (Cell(Text(page.words.number(row[name])), float(row[name])) for name in numbers)
        rows.append(Row((page.words.label(f"ledger.{row['ledger']}"), named, *counted)))
    return _of_annex(page, "reconciliation", columns, rows) if rows else None


def files(page: Page) -> Table:
    """Return the input files with sheet, ledger, rows and fingerprint."""
    columns = (
        column(page, "file", "annex.file"),
        column(page, "sheet", "annex.sheet"),
        column(page, "ledger", "annex.ledger"),
        column(page, "rows", "annex.rows", "right"),
        column(page, "sha256", "annex.sha256"),
    )
    rows = [
        Row(
            (
                row["file"],
                text(row["sheet"]) or DASH,
                page.words.label(f"ledger.{row['ledger']}"),
                Cell(Text(page.words.number(row["rows"])), float(row["rows"])),
                row["sha256"][:16],
            )
        )
        for row in rows_of(page.assessment.files)
    ]
    return Table(
        "files",
        Text(page.label("annex.files_caption")),
        columns,
        tuple(rows),
        subtitle=page.label("annex.files_sub"),
        mark=page.mark,
        cls="small",
    )


# ------------------------------------------------------------------------------------------- the card


def card_changes(page: Page, unit: str) -> Table:
    """Return the declines of one unit, of the quantities that are reported."""
    columns = (
        Column("quantity", page.words.label("card.quantity")),
        Column("previous", page.evidence.period_head(page.evidence.base_period), align="right"),
        Column("current", page.evidence.period_head(page.evidence.period), align="right"),
        column(page, "change", "declines.change", "right"),
        column(page, "interval", "declines.interval", "right"),
        column(page, "verdict", "declines.verdict"),
    )
    told = page.evidence.quantities
    rows = [Row(change_cells(page, unit, quantity)) for quantity in told]
    return Table(
        "table-changes",
        page.words.without_stop(claims.card_declines(page.evidence, unit)),
        columns,
        tuple(rows),
        subtitle=page.words.label("card.changes_sub"),
        source=page.source([page.evidence.change(unit, q)["id"] for q in told]),
        number=numbered(page, "table-changes"),
        mark=page.mark,
        cls="small",
        phone="stack",
    )


def card_losses(page: Page, unit: str) -> Table | None:
    """Return every indicator that cost a unit points, the costliest first; None if there is none."""
    e = page.evidence
    costly = claims.costliest(e, unit, page.indicators)
    if not costly:
        return None
    columns = (
        Column("name", page.label("annex.indicator")),
        Column("lost", page.words.label("card.lost"), align="right"),
        Column("full", page.words.label("card.full"), align="right"),
        Column("why", page.words.label("card.why"), cls="long"),
    )
    rows = []
    for row in costly:
        code = claims.indicator_of(row)
        score = e.score(unit, code)
        name = f"{code} {page.indicator_names[code]}"
        lost = Cell(Text(e.figure(row, "scored")), float(row["value"]))
        rows.append(
            Row(
                (
                    name,
                    lost,
                    stored_number(score["points_possible"]),
                    Cell(Muted(Text(page.words.statement(score, "derivation", "points")))),
                )
            )
        )
    return Table(
        "table-losses",
        page.words.without_stop(claims.card_losses(e, unit, page.indicator_names)),
        columns,
        tuple(rows),
        subtitle=page.words.label("card.losses_sub"),
        source=page.source((), scores=True),
        mark=page.mark,
        cls="small",
        phone="stack",
    )


# ------------------------------------------------------------------------------------------- what gives most points


def gains(page: Page, unit: str) -> Table | None:
    """Return the three indicators that would give a unit most points, from where to where; None where none would."""
    rules = page.rulebook
    if rules is None:
        return None
    a = page.assessment
    found = what_if.greatest_gains(
        a.values, a.scores, rules, a.roll, page.round, unit=unit, catalogue=page.words
    )
    if not found:
        return None
    columns = (
        column(page, "item", "gains.item", cls="long"),
        column(page, "before", "gains.before", "right"),
        column(page, "after", "gains.after", "right"),
        column(page, "gain", "gains.gain", "right"),
    )
    rows = tuple(
        Row(
            (
                page.indicator_names[each.item],
                answers.reading_text(each.before, page.words),
                answers.reading_text(each.after, page.words),
                f"+{each.gain}",
            )
        )
        for each in found
    )
    return Table("gains", Text(page.label("gains.caption")), columns, rows, cls="small")
