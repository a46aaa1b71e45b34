"""What `progress.yaml` says of problems put into the rectification ledger, in the memory: the file stays as received.

A problem that has rows in this round's ledger gets what is said into them; one of the round before that the ledger
leaves out gets a row under its id, by which it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd

from analysis.intake.declared.problem_progress import PROGRESS_FILE, SAID, ProblemProgress
from analysis.rounds.faults import Fault
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.settings_files import Document
from analysis.scoring.problem_list import rows_of_problems

_DAYS: Final = ("deadline", "closed_on")
#: what a row of an old problem takes over from it
_TAKEN: Final = ("unit", "group", "wording", "measure", "post", "deadline", "evidence", "verified_by")


def recorded(
    findings: pd.DataFrame,
    feedback: pd.DataFrame,
    record: tuple[Sequence[ProblemProgress], Document | None],
    of: Round,
    before: pd.DataFrame | None,
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rectification ledger with what is said of its problems, and a fault for every problem nobody knows.

    Args:
        findings: the rectification ledger.
        feedback: the province's feedback.
        record: what is said, and the file that says it, for its lines.
        of: the round.
        before: the problems of the round before under present codes of units; None without one.
    """
    said, document = record
    if not said:
        return findings, []
    rows = rows_of_problems(findings, feedback, of, before)
    old = {} if before is None else {row["id"]: row for row in rows_of(before)}
    ledger = findings.copy()
    added: list[dict[str, Any]] = []
    unknown = []
    for place, each in enumerate(said):
        told = dict(_told(each))
        mine = [row.place for row in rows.get(each.problem, ()) if row.ledger == "findings"]
        if mine:
            for name, value in told.items():
                # it is closed when every row of it is; what else is said stands in the row that states it first
                at = mine if name == "closed_on" else mine[:1]
                ledger.loc[ledger.index[at], name] = value
        elif each.problem in old:
            was = old[each.problem]
            taken = {name: was[name] for name in _TAKEN if name in ledger}
            line = 0 if document is None else document.line("problems", place)
            added.append(
                {**taken, **told, "no": each.problem, "file": PROGRESS_FILE, "sheet": "", "row": line}
            )
        elif document is not None:
            unknown.append(document.fault("progress_unknown", "problems", place, "problem"))
    if added:
        more = pd.DataFrame(added).reindex(columns=ledger.columns)
        texts = [name for name in ledger.columns if pd.api.types.is_string_dtype(ledger[name])]
        more = more.assign(**{name: more[name].astype("object").fillna("") for name in texts})
        ledger = pd.concat([ledger, more.astype(ledger.dtypes.to_dict())], ignore_index=True)
    return ledger, unknown


def _told(each: ProblemProgress) -> Iterator[tuple[str, Any]]:
    for name in SAID:
        value = getattr(each, name)
        if value:
            yield name, pd.Timestamp(value) if name in _DAYS else value
