"""The list of its open problems that a unit fills in: a workbook per unit, and what comes back put into the record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis.intake.declared.problem_progress import PROGRESS_FILE
from analysis.render.spreadsheet import Book
from analysis.rulebook.edit.replacing import replaced
from analysis.run.desk_book import deskform
from analysis.run.desk_book.carried_problems import unit_sheets, whole_sheet, with_answers
from analysis.run.desk_book.desk_sheets import OnDesk
from analysis.run.desk_book.deskback import DeskBack, new_faults
from analysis.run.desk_book.deskform import Edit


def write(desk: OnDesk, folder: Path) -> list[Path]:
    """Write the lists of a round, one for every unit that has open problems, and return the files.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for unit, sheet in unit_sheets(desk.checked, desk.said).items():
        short = desk.roll.short(unit) if desk.roll else unit
        name = desk.said("desk.problem_file", code=unit, unit=short, round=desk.round).plain
        book = Book(deskform.DAY, title=Path(name).stem)
        deskform.add_pages(book, [sheet], desk.said)
        replaced({folder / name: book.content()})
        made.append(folder / name)
    return made


def read_back(desk: OnDesk, workbooks: Sequence[Path]) -> DeskBack:
    """Return what filled-in lists change in the record of the problems; nothing is written.

    Args:
        desk: the round as it is now, in the words of the workbooks.
        workbooks: that `write` made and somebody filled in.
    """
    back = DeskBack()
    sheets = [whole_sheet(desk.checked, desk.said)]
    record = desk.file(PROGRESS_FILE)
    answered: dict[str, Edit] = {}
    for workbook in workbooks:
        returned = deskform.read_back(workbook, sheets, desk.said)
        back.faults += returned.faults
        mine = {}
        for key, edit in returned.edits.items():
            if key not in answered:
                mine[key] = answered[key] = edit
            elif answered[key].new != edit.new:
                # two copies of a list came back, and nobody says which holds
                back.faults.append(edit.fault("desk_two_answers", workbook.name, other=answered[key].new))
        record, wrong = with_answers(record, mine.values(), workbook.name)
        back.faults += wrong
        back.edits += mine.values()
    content = record.text.encode("utf-8")
    path = desk.folder / PROGRESS_FILE
    if back.edits and content != (path.read_bytes() if path.is_file() else b""):
        back.files = {PROGRESS_FILE: content}
    if back.is_sound and back.files:
        back.faults += new_faults(desk, back.files)
    return back
