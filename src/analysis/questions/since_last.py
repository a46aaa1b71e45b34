"""A round beside the one before it: grades, ranks and scores then and now, what was counted and scored otherwise.

The two states are told apart by what they record of themselves (`changed`). Where the rule set is another, each round's
figures are scored by the other's rules as well, so that a reader sees what the rules did and what the units did.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.questions import supposed
from analysis.questions.changed import changed
from analysis.results.assessment import SINCE_COLUMNS, Assessment
from analysis.results.edition import Edition, computed_edition
from analysis.results.previous import Before
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.frames import frame_of, rows_of
from analysis.rounds.refusals import QuestionError
from analysis.rounds.rounds import RULEBOOK_FILE

#: what the two grade tables are held against each other by
_TOTALS: Final = ("grade", "rank", "score")
Row = Mapping[str, Any]


def since_last(now: Assessment, before: Before, edition: Edition, earlier: Assessment | None) -> pd.DataFrame:
    """Return what is to be told of a round beside the one before it.

    Args:
        now: the round, computed as far as its grades.
        before: the grades of the round before.
        edition: that round as tables: its last final edition, or as computed now.
        earlier: that round computed as its files are now; None where they are not those of the edition.

    Returns:
        Frame `SINCE_COLUMNS`, all text: rows of kind `grade`, `rank`, `score` and `dimension` of every unit under its
        present code; `rule`, `definition`, `unit`, and `value` (a figure restated since); `forward` (the unit's score
        now, and what it would be by the rules of the round before) and `backward` (its score then, and by the rules of
        now); `unscored` for a direction that cannot be computed, with the reason.
    """
    present = computed_edition(now)
    rows = [*_totals(now, before, edition), *_dimensions(now, before, edition)]
    rules = _other_rules(edition, present)
    rows += [_row("rule", item=code, old=was, new=is_) for code, was, is_ in rules]
    rows += _from_changes(edition, present)
    if rules:
        rows += _alike(now, before, edition, earlier)
    return frame_of(rows, SINCE_COLUMNS)


def _totals(now: Assessment, before: Before, edition: Edition) -> Iterator[dict[str, str]]:
    old = {str(row["unit"]): row for row in rows_of(edition.tables["grades"])}
    was = before.present_codes(now.roll)
    for row in rows_of(now.grades):
        then = old.get(was.get(str(row["unit"]), ""))
        for kind in _TOTALS:
            said = "" if then is None else str(then[kind])
            yield _row(kind, str(row["unit"]), old=said, new=_text(row[kind]))


def _dimensions(now: Assessment, before: Before, edition: Edition) -> Iterator[dict[str, str]]:
    """Yield the points by dimension; one that only the round before has stands among the rules that are gone."""
    then = _points(edition.tables.get("scores", pd.DataFrame()))
    is_ = _points(now.scores)
    was = before.present_codes(now.roll)
    for (unit, item), (points, possible) in is_.items():
        old, of = then.get((was.get(unit, ""), item), ("", ""))
        yield _row("dimension", unit, item=item, old=old, new=points, method=f"{of}/{possible}")


def _points(scores: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (str(row["unit"]), str(row["indicator"])): (_text(row["points"]), _text(row["points_possible"]))
        for row in rows_of(scores)
        if row["kind"] == "total" and row["indicator"] != "total"
    }


def _other_rules(edition: Edition, present: Edition) -> list[tuple[str, str, str]]:
    """Return the parts of the rule set that are new, gone or not the same, with what they are in either."""
    if edition.basis is None or present.basis is None:
        return []
    old, new = edition.basis["rules"], present.basis["rules"]
    return [
        (code, "there" if code in old else "", "there" if code in new else "")
        for code in dict.fromkeys((*new, *old))
        if old.get(code) != new.get(code)
    ]


def _from_changes(edition: Edition, present: Edition) -> Iterator[dict[str, str]]:
    """Yield the units that are not the same, the figures restated, and the definitions behind them."""
    found = rows_of(changed(edition, present))
    definitions: dict[str, None] = {}
    for row in found:
        definitions |= {each.detail: None for each in row["causes"] if each.kind == "definition"}
        # changes and tests follow from the figures themselves
        figure = row["kind"] in ("value", "city_value") and not row["base_period"]
        restated = figure and row["change"] == "revised" and catalogue.of(row["item"]).record is not None
        if row["kind"] == "unit" or restated:
            causes = json.dumps([list(each) for each in row["causes"]], ensure_ascii=False)
            yield _row(
                "value" if restated else "unit", row["unit"], item=row["item"], period=row["period"],
                base_period=row["base_period"], method=row["method"], old=row["old"], new=row["new"], causes=causes,
            )  # fmt: skip
    yield from (_row("definition", item=name) for name in definitions)


def _alike(
    now: Assessment, before: Before, edition: Edition, earlier: Assessment | None
) -> Iterator[dict[str, str]]:
    """Yield the scores of either round by the rules of the other."""
    if earlier is None or earlier.settings.rulebook is None or now.settings.rulebook is None:
        yield _row("unscored", item="forward", old="no_rules")
        yield _row("unscored", item="backward", old="no_rules")
        return
    present = {old: unit for unit, old in before.present_codes(now.roll).items()}
    pairs = (("forward", now, earlier), ("backward", earlier, now))
    for kind, scored, rules in pairs:
        question = supposed.Question(rulebook=str(rules.round.folder / RULEBOOK_FILE))
        try:
            effects = supposed.answer(scored, question, scored.words).effects
        except (QuestionError, FaultsFoundError):
            # a rule set may read what the other round does not count
            yield _row("unscored", item=kind, old="not_read")
            continue
        for unit in effects.units if effects else ():
            code = unit.unit if kind == "forward" else present.get(unit.unit, "")
            if code:
                yield _row(kind, code, item="score", old=unit.score[0], new=unit.score[1])
                yield _row(kind, code, item="grade", old=unit.grade[0], new=unit.grade[1])


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _row(kind: str, unit: str = "", **more: str) -> dict[str, str]:
    return {**dict.fromkeys(SINCE_COLUMNS, ""), "kind": kind, "unit": unit, **more}
