"""What the ledger leaves open about the problems of the round before: those left out, words that sound like one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis import intake
from analysis.rounds.faults import Fault
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import ROUND_FILE, Round
from analysis.rulebook import Rulebook
from analysis.scoring.problem_list import AND, PROPOSED, left_out, listed, measure_of


def names(problems: pd.DataFrame | None) -> frozenset[str]:
    """Return what a ledger may call the problems of the round before: their ids, and the numbers of all their rows."""
    if problems is None:
        return frozenset()
    others = (name for also in problems["also"] for name in also.split(AND))
    return frozenset(filter(None, [*problems["id"], *problems["number"], *others]))


def found(
    arrived: intake.Intake, of: Round, rules: Rulebook | None, before: pd.DataFrame | None
) -> Iterator[Fault]:
    """Yield a fault for every old open problem left out, every proposal, and every indicator nobody knows.

    Args:
        arrived: what arrived.
        of: the round.
        rules: its rule set.
        before: the problems of the round before under present codes of units; None where they are not known.
    """
    findings, feedback = (
        arrived.ledgers.get(name, intake.empty_ledger(name)) for name in ("findings", "feedback")
    )
    yield from _unknown(findings, arrived, rules)
    if of.settings.compared_with is None:
        return
    if before is None:
        yield Fault(
            "problems_of_last_round_unknown",
            file=ROUND_FILE,
            found=of.settings.compared_with,
            severity="warns",
        )
        return
    known = {row["id"]: row for row in rows_of(before)}
    file = str(findings["file"].iloc[0]) if len(findings) else ""
    for ident in left_out(before, findings, feedback, of):
        old = known[ident]
        details = {"wording": old["wording"], "round": old["round"]}
        yield Fault(
            "problem_left_out", file=file, unit=old["unit"], found=ident, severity="warns", details=details
        )
    for row in rows_of(listed(findings, feedback, of, before=before)):
        if row["repeats_known"] == PROPOSED:
            details = {
                "wording": row["wording"],
                "other": row["repeats"],
                "other_wording": known[row["repeats"]]["wording"],
            }
            fault = Fault(
                "problem_alike", unit=row["unit"], found=row["id"], severity="notes", details=details
            )
            yield _at_its_words(fault, row, {"findings": findings, "feedback": feedback}, arrived)


def _at_its_words(
    fault: Fault, problem: Mapping[str, Any], frames: Mapping[str, pd.DataFrame], arrived: intake.Intake
) -> Fault:
    """Return a fault at the words of a problem of this round."""
    for name, frame in frames.items():
        same = frame["unit"].eq(problem["unit"]) & frame["wording"].eq(problem["wording"])
        own = frame[same & frame["no"].eq(problem["number"])]
        if len(own):
            return _at(fault, own.iloc[0], name, "wording", arrived)
    return fault


def _at(fault: Fault, row: pd.Series, ledger: str, field: str, arrived: intake.Intake) -> Fault:
    columns = arrived.columns
    where = columns["ledger"].eq(ledger) & columns["field"].eq(field)
    letter = columns["column"][where & columns["file"].eq(row["file"]) & columns["sheet"].eq(row["sheet"])]
    cell = f"{letter.iloc[0]}{row['row']}" if len(letter) else ""
    return replace(fault, file=str(row["file"]), sheet=str(row["sheet"]), cell=cell)


def _unknown(findings: pd.DataFrame, arrived: intake.Intake, rules: Rulebook | None) -> Iterator[Fault]:
    """Yield the indicators of problems that are no item of one measure, and no measure."""
    if "indicator" not in findings:
        return
    for _, row in findings[findings["indicator"].ne("")].iterrows():
        said = str(row["indicator"])
        if not measure_of(said, rules):
            fault = Fault("problem_indicator_unknown", unit=str(row["unit"]), found=said, severity="warns")
            yield _at(fault, row, "findings", "indicator", arrived)
