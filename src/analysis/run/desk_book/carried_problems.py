"""The problems of a round to be filled in: those carried over for the office, the open ones of a unit for the unit.

What is answered goes into `progress.yaml`, problem by problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from analysis import intake
from analysis.results.previous import previous_problems
from analysis.rounds.faults import Fault
from analysis.rounds.frames import rows_of
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.run.checking import Checked
from analysis.run.desk_book.answered_settings import with_entries
from analysis.run.desk_book.deskform import Answer, DeskSheet, Edit
from analysis.scoring.problem_list import listed, rows_of_problems
from analysis.words import OFFICE, Words

#: what is answered of a problem
ANSWERS: Final = ("evidence", "verified_by", "closed_on")
_WIDTHS: Final = {
    "id": 36, "unit": 12, "group": 18, "problem": 40, "measure": 30, "post": 18, "deadline": 12, "state": 10,
    "evidence": 34, "verified_by": 18, "closed_on": 12,
}  # fmt: skip


def problems_of(checked: Checked) -> list[Mapping[str, Any]]:
    """Return the problems of a round that an answer can be given to, from its files as they are; nothing is computed.

    Those found by the province alone have no row in the office's ledger to be answered in.

    Raises:
        FaultsFoundError: the last final edition of the round before cannot be read.
    """
    if checked.arrived is None or checked.round is None or checked.roll is None:
        return []
    findings, feedback = (
        checked.arrived.ledgers.get(name, intake.empty_ledger(name)) for name in ("findings", "feedback")
    )
    before = previous_problems(checked.round, checked.roll)
    rules = checked.declared.rulebook if checked.declared else None
    found = rows_of(listed(findings, feedback, checked.round, rules=rules, before=before))
    rows = rows_of_problems(findings, feedback, checked.round, before)
    own = {name for name, mine in rows.items() if any(row.ledger == "findings" for row in mine)}
    return [row for row in found if row["id"] in own or row["round"] != checked.round.id]


def carried_sheet(checked: Checked, said: Words) -> DeskSheet:
    """Return the sheet of the problems of the rounds before."""
    of = checked.round.id if checked.round else ""
    return _sheet("carried", (row for row in problems_of(checked) if row["round"] != of), checked, said)


def unit_sheets(checked: Checked, said: Words) -> dict[str, DeskSheet]:
    """Return, by unit, the sheet of its problems that are open; units without any are left out."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in problems_of(checked):
        if row["status"] != "closed":
            found.setdefault(row["unit"], []).append(row)
    return {unit: _sheet("problems", rows, checked, said) for unit, rows in found.items()}


def whole_sheet(checked: Checked, said: Words) -> DeskSheet:
    """Return the sheet of all problems of a round, by which that of any unit is read back."""
    return _sheet("problems", problems_of(checked), checked, said)


def _sheet(name: str, rows: Iterable[Mapping[str, Any]], checked: Checked, said: Words) -> DeskSheet:
    rules = checked.declared.rulebook if checked.declared else None
    groups = (
        {
            group.code: (group.name_en if said.language != OFFICE and group.name_en else group.name)
            for group in rules.problem_groups
        }
        if rules
        else {}
    )
    roll = checked.roll
    told = [
        (
            row["id"],
            roll.short(row["unit"]) if roll else row["unit"],
            groups.get(row["group"], row["group"]),
            *(row[key] for key in ("wording", "measure", "post")),
            _day(row["deadline"]),
            said.label(f"desk.state.{row['status']}"),
            *(
                Answer(f"problem:{row['id']}:{key}", _day(row[key]) if key == "closed_on" else row[key])
                for key in ANSWERS
            ),
        )
        for row in rows
    ]
    return DeskSheet(name, _WIDTHS, told)


def with_answers(file: RuleFile, edits: Iterable[Edit], shown: str) -> tuple[RuleFile, list[Fault]]:
    """Return `progress.yaml` with answers about problems, and what is wrong with them.

    Args:
        file: as it is.
        edits: of the keys that a sheet of problems gives.
        shown: name of the workbook.
    """
    written = file.data("problems")
    entries = [dict(each) for each in written] if isinstance(written, list) else []
    place = {str(each.get("problem")): number for number, each in enumerate(entries)}
    touched: set[int] = set()
    faults = []
    for edit in edits:
        name, _, key = edit.key.removeprefix("problem:").rpartition(":")
        if not edit.new and key not in entries[place[name]] if name in place else not edit.new:
            # what the ledger of the office says is not unsaid here
            faults.append(edit.fault("desk_said_by_ledger", shown, before=edit.old))
            continue
        if name not in place:
            place[name] = len(entries)
            entries.append({"problem": name})
        touched.add(place[name])
        entry = entries[place[name]]
        entry.pop(key, None)
        entry |= {key: edit.new} if edit.new else {}
    if not touched:
        return file, faults
    # a problem of which nothing is said any more needs no entry
    kept = [
        entry if number in touched else number
        for number, entry in enumerate(entries)
        if set(entry) != {"problem"}
    ]
    return with_entries(file, "problems", kept), faults


def _day(value: Any) -> str:
    return "" if pd.isna(value) else f"{pd.Timestamp(value):%Y-%m-%d}"
