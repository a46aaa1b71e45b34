"""The problems of a round one by one, with ids that stay, and what became of those of the round before.

A problem's id is made of what does not change when the ledger does: the round that found it, its unit, its group and
its number (`problem.2020.130302.resolution.WT-001`; for the province's feedback `….feedback.SF-01`). A row without a
number is called by a digest of its words. A row of this year's ledger is a problem of the round before where its number
is that problem's id, or where unit, group, number and words are those of one; ledgers begin their numbers anew, so the
number alone says nothing. What a row says it repeats may be an id or a number of the round before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.values import PROBLEM_COLUMNS, ValueIndex
from analysis.rounds.frames import frame_of, rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.scoring.problems import Problem, Row, day_of, merge, standing_of, text_of

#: from this share of common pairs of signs on, two wordings are proposed as one problem found again
ALIKE: Final = 0.6
#: how a repetition is known: the ledger says so, or the words are alike and a person has to decide
DECLARED: Final = "declared"
PROPOSED: Final = "proposed"
_LEDGERS: Final = ("findings", "feedback")
_PREFIX: Final = "problem"
#: stands between the rows of one problem
AND: Final = ";"
#: what is told of a problem by its own row, or by the first of those that repeat it and say so
_TOLD: Final = ("wording", "measure", "post", "evidence", "verified_by", "indicator")


@dataclass(frozen=True)
class _Known:
    """The problems of the round before, by id and by what a ledger of this round may call them."""

    rows: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, before: pd.DataFrame | None) -> _Known:
        return cls({} if before is None else {row["id"]: row for row in rows_of(before)})

    def continued(self, row: Row, told: Mapping[str, Any]) -> str:
        """Return the id of the problem a row of this round's ledger carries on; empty if it is a new one."""
        if row.key in self.rows and self.rows[row.key]["unit"] == row.unit:
            return row.key
        same = [
            ident
            for ident, old in self.rows.items()
            if (old["unit"], old["group"], old["wording"]) == (row.unit, row.group, text_of(told, "wording"))
            and _place_in_round(ident) == _place(row, told)
        ]
        again = self.named(row.unit, row.repeats)
        if again and self.rows[again]["group"] == row.group and _place(row, told) in self._others(again):
            # a ledger that goes on still has the row that repeated the problem in its own round
            return again
        return max(same, default="")

    def _others(self, ident: str) -> list[str]:
        return str(self.rows[ident]["also"]).split(AND)

    def named(self, unit: str, name: str) -> str:
        """Return the id of the problem of a unit that a ledger calls by id or number; empty if it is none of these."""
        if name in self.rows:
            return name if self.rows[name]["unit"] == unit else ""
        called = [
            ident
            for ident, old in self.rows.items()
            if name and old["unit"] == unit and name in (old["number"], *self._others(ident))
        ]
        return called[0] if len(called) == 1 else ""

    def alike(self, unit: str, group: str, wording: str) -> str:
        """Return the problem of a unit and group whose words are most like these; empty if none is like them."""
        likeness = {
            ident: alike(old["wording"], wording)
            for ident, old in self.rows.items()
            if (old["unit"], old["group"]) == (unit, group)
        }
        best = max(sorted(likeness), key=likeness.__getitem__, default="")
        return best if best and likeness[best] >= ALIKE else ""


def listed(
    findings: pd.DataFrame,
    feedback: pd.DataFrame,
    of: Round,
    *,
    values: pd.DataFrame | None = None,
    rules: Rulebook | None = None,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the problems of a round, and those of the round before that were open or are found again.

    Args:
        findings: the rectification ledger.
        feedback: the province's feedback.
        of: the round, for its cut-off.
        values: the value table, for the figure behind a problem.
        rules: the rule set, for the measure of an item.
        before: the problems of the round before under present codes of units (`PROBLEM_COLUMNS`); None without one.

    Returns:
        Frame `PROBLEM_COLUMNS`, old problems first, in the order of their ids; `round` is the round that found one,
        `status` that at the cut-off of this round. A problem of the round before which no row carries on or repeats
        stands as it stood, by its old deadline. One that was closed before stands here only if it is open again or
        declared to be repeated.
    """
    frames = {"findings": rows_of(findings), "feedback": rows_of(feedback)}
    known = _Known.of(before)
    index = None if values is None else ValueIndex(values)
    carried_on: dict[str, list[Row]] = {}
    new: list[dict[str, Any]] = []
    for problem, goes_on, old, ident, again in _identified(findings, feedback, of, known):
        if old:
            carried_on.setdefault(goes_on, []).extend(old)
        if again:
            first = again[0]
            said = _told(again, frames, of.as_of)
            repeats = _repeats(again, problem, said["wording"], known, goes_on)
            new.append(
                {
                    "id": ident, "round": of.id, "unit": problem.unit, "group": problem.group, "number": _number(first),
                    "also": AND.join(_place(row, frames[row.ledger][row.place]) for row in again[1:]),
                    **said, **repeats,
                }
            )  # fmt: skip
    carried = {
        ident: _carried_on(known.rows[ident], _told(rows, frames, of.as_of), of.as_of)
        for ident, rows in carried_on.items()
    }
    declared = {row["repeats"] for row in new if row["repeats_known"] == DECLARED}
    old_rows = []
    for ident, was in sorted(known.rows.items()):
        now = carried.get(ident, was)
        if was["status"] != "closed" or now["status"] != "closed" or ident in declared:
            old_rows.append({**now, "status": _status(now, of.as_of), "figure": ""})
    rows = [*old_rows, *sorted(new, key=lambda row: row["id"])]
    for row in rows:
        row["counted_by"] = measure_of(row.pop("indicator", ""), rules) or row.get("counted_by", "")
        row["figure"] = figure_of(index, of, row["unit"], row["counted_by"])
    return frame_of(rows, PROBLEM_COLUMNS)


def rows_of_problems(
    findings: pd.DataFrame, feedback: pd.DataFrame, of: Round, before: pd.DataFrame | None
) -> dict[str, list[Row]]:
    """Return the rows of this round's ledgers by the id of the problem they are; the arguments as of `listed`."""
    found: dict[str, list[Row]] = {}
    for _problem, goes_on, old, ident, again in _identified(findings, feedback, of, _Known.of(before)):
        for name, rows in ((goes_on, old), (ident, again)):
            if rows:
                found.setdefault(name, []).extend(rows)
    return found


def left_out(problems: pd.DataFrame, findings: pd.DataFrame, feedback: pd.DataFrame, of: Round) -> list[str]:
    """Return the ids of the old open problems that no row of this round's ledgers carries on or repeats.

    Args:
        problems: those of the round before, with present codes of units.
        findings: the rectification ledger of this round.
        feedback: the province's feedback of this round.
        of: this round.
    """
    known, frames = _Known.of(problems), {"findings": rows_of(findings), "feedback": rows_of(feedback)}
    met: set[str] = set()
    for problem in merge(findings, feedback, of.as_of):
        for row in problem.rows:
            met |= {known.continued(row, frames[row.ledger][row.place]), known.named(row.unit, row.repeats)}
    return [
        ident for ident, row in sorted(known.rows.items()) if row["status"] != "closed" and ident not in met
    ]


def with_present_codes(problems: pd.DataFrame, roll: UnitRoll) -> pd.DataFrame:
    """Return problems of an earlier round under the present codes of units, without those of units that are gone.

    Days may be texts, as a filed table has them; they come back as days.
    """
    units = {code: roll.by_code(code) for code in problems["unit"].unique()}
    codes = {code: unit.code for code, unit in units.items() if unit is not None}
    kept = problems[problems["unit"].isin(list(codes))].reset_index(drop=True)
    days = {
        name: pd.to_datetime(kept[name], format="ISO8601").astype("datetime64[s]")
        for name in ("deadline", "closed_on")
    }
    return kept.assign(unit=kept["unit"].map(codes).astype("str"), **days)


def standings(problems: pd.DataFrame, round_id: str) -> pd.DataFrame:
    """Return what became of the problems of the rounds before: id, unit, round, group, state.

    `state`: repeated (a problem of this round is declared to be it again), else its status: closed, overdue or open.
    """
    again = set(problems.loc[problems["repeats_known"].eq(DECLARED), "repeats"])
    old = problems[problems["round"].ne(round_id)].reset_index(drop=True)
    states = [
        "repeated" if ident in again else status
        for ident, status in zip(old["id"], old["status"], strict=True)
    ]
    return old[["id", "unit", "round", "group"]].assign(state=pd.Series(states, dtype="str"))


@dataclass(frozen=True)
class Older:
    """How many of the problems by which a unit is named were found in rounds before, and in which; 0 where withheld."""

    rounds: tuple[str, ...]
    count: int


def older_in(findings: pd.DataFrame, problems: pd.DataFrame, round_id: str) -> dict[tuple[str, str], Older]:
    """Return, by unit and group, what stems from the rounds before of the problems that were counted.

    Counted is what stands in this round's ledgers (`findings`); an old problem they leave out is not.
    """
    still = problems[problems["status"].ne("closed")]
    counts = {(row["unit"], row["group"]): int(row["findings"]) for row in rows_of(findings)}
    found: dict[tuple[str, str], Older] = {}
    for (unit, group), rows in still.groupby(["unit", "group"]):
        new = int(rows["round"].eq(round_id).sum())
        old = counts.get((unit, group), 0) - new
        if old > 0:
            rounds = sorted(set(rows["round"]) - {round_id})
            found[str(unit), str(group)] = Older(tuple(rounds), old)
    return found


def alike(one: str, other: str) -> float:
    """Return the likeness of two texts: twice their common pairs of neighbouring signs over all pairs (Dice 1945)."""
    left, right = (Counter(text[at : at + 2] for at in range(len(text) - 1)) for text in (one, other))
    pairs = left.total() + right.total()
    return 2 * (left & right).total() / pairs if pairs else 0.0


def measure_of(indicator: str, rules: Rulebook | None) -> str:
    """Return the measure an item of the rule set or a code names; empty if it names none, or an item of several."""
    for item in rules.indicators() if rules else ():
        if item.code == indicator:
            return item.measures[0] if len(item.measures) == 1 else ""
    return indicator if indicator and catalogue.is_known(indicator) else ""


def figure_of(index: ValueIndex | None, of: Round, unit: str, measure: str) -> str:
    """Return the id of the value of a measure in the round's period; empty if there is none."""
    if index is None or not measure:
        return ""
    period = of.period.text
    row = index.get(unit, period, measure) or index.get(unit, period, measure, of.base)
    return "" if row is None else str(row["id"])


def _identified(
    findings: pd.DataFrame, feedback: pd.DataFrame, of: Round, known: _Known
) -> Iterator[tuple[Problem, str, list[Row], str, list[Row]]]:
    """Yield every problem of the ledgers: the old one its rows carry on, and the one they are of this round."""
    frames = {"findings": rows_of(findings), "feedback": rows_of(feedback)}
    ids: Counter[str] = Counter()
    for problem in merge(findings, feedback, of.as_of):
        old, again = _apart(problem, frames, known)
        goes_on = known.continued(old[0], frames[old[0].ledger][old[0].place]) if old else ""
        ident = ""
        if again:
            place = _place(again[0], frames[again[0].ledger][again[0].place])
            ident = ".".join((_PREFIX, of.id, problem.unit, problem.group, place))
            ids[ident] += 1
            # rows alike in everything are told apart by how many there are
            ident += f"-{ids[ident]}" if ids[ident] > 1 else ""
        yield problem, goes_on, old, ident, again


def _apart(
    problem: Problem, frames: Mapping[str, Sequence[Mapping[str, Any]]], known: _Known
) -> tuple[list[Row], list[Row]]:
    """Return the rows that carry on a problem of the round before, and those found this round."""
    first = problem.rows[0]
    old = known.continued(first, frames[first.ledger][first.place])
    if not old:
        return [], list(problem.rows)
    mine = [first]
    for row in problem.rows[1:]:
        if known.continued(row, frames[row.ledger][row.place]) or row.ledger == "feedback":
            mine.append(row)
    return mine, [row for row in problem.rows if row not in mine]


def _told(
    rows: Sequence[Row], frames: Mapping[str, Sequence[Mapping[str, Any]]], as_of: dt.date
) -> dict[str, Any]:
    """Return what the rows of one problem say of it at the cut-off."""
    standing = standing_of(rows, as_of)
    closed = [row.closed_on for row in rows if row.closed_on is not None and row.closed_on <= as_of]
    still = [row for row in rows if row.ledger == "findings" and not _closed(row, as_of)]
    leading = sorted(still or rows, key=lambda row: (row.deadline or dt.date.max, _LEDGERS.index(row.ledger)))
    dated = [row.deadline for row in leading if row.deadline is not None]
    in_turn = [frames[row.ledger][row.place] for row in (*leading, *rows)]
    told: dict[str, Any] = {
        name: next(filter(None, (text_of(each, name) for each in in_turn)), "") for name in _TOLD
    }
    # by its words a problem is known again: those of the row that states it
    told["wording"] = text_of(frames[rows[0].ledger][rows[0].place], "wording") or told["wording"]
    deadline = min(dated, default=None)
    told |= {
        "deadline": pd.Timestamp(deadline) if deadline else pd.NaT,
        "closed_on": pd.Timestamp(max(closed)) if standing == "closed" and closed else pd.NaT,
        "status": "closed" if standing == "closed" else "open",
    }
    return told | {"status": _status(told, as_of)}


def _carried_on(was: Mapping[str, Any], now: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """Return an old problem as this round's ledger has it; what the ledger leaves empty stays as it was."""
    told = {name: value for name, value in now.items() if value and not pd.isna(value)}
    row = {**was, **told, "closed_on": now["closed_on"]}
    return {**row, "status": _status(row, as_of)}


def _status(row: Mapping[str, Any], as_of: dt.date) -> str:
    """Return the status at a cut-off of a problem that is closed or has a deadline."""
    if row["status"] == "closed":
        return "closed"
    deadline = day_of(row, "deadline")
    return "overdue" if deadline is not None and deadline < as_of else "open"


def _closed(row: Row, as_of: dt.date) -> bool:
    return row.closed_on is not None and row.closed_on <= as_of


def _repeats(
    rows: Sequence[Row], problem: Problem, wording: str, known: _Known, carried_on: str
) -> dict[str, str]:
    """Return the problem of the round before that is found again, and how this is known."""
    within = {row.key for row in problem.rows if row.ledger == "findings"}
    for row in rows:
        if row.repeats and row.repeats not in within and (old := known.named(row.unit, row.repeats)):
            return {"repeats": old, "repeats_known": DECLARED}
    if carried_on:
        # the ledger goes on, and one of its rows names the old one by its number
        return {"repeats": carried_on, "repeats_known": DECLARED}
    proposed = known.alike(problem.unit, problem.group, wording)
    return {"repeats": proposed, "repeats_known": PROPOSED if proposed else ""}


def _number(row: Row) -> str:
    return "" if row.unnumbered else row.key


def _place(row: Row, told: Mapping[str, Any]) -> str:
    """Return what tells a problem from the others of its round, unit and group."""
    number = _number(row)
    if not number:
        said = "\0".join(text_of(told, name) for name in ("wording", "source")) + f"\0{row.found_on or ''}"
        number = "x" + hashlib.sha256(said.encode("utf-8")).hexdigest()[:8]
    return number if row.ledger == "findings" else f"{row.ledger}.{number}"


def _place_in_round(ident: str) -> str:
    """Return that part of an id; what comes before it has no dots within."""
    return ident.split(".", 4)[-1]
