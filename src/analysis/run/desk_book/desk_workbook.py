"""The desk as one workbook: its own sheets, those of the maps proposed, and those of the rule set."""

from __future__ import annotations

from pathlib import Path

from analysis.intake.proposals import confirming
from analysis.render.spreadsheet import Book
from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rulebook.edit import rulesheets, ruletable
from analysis.rulebook.edit.replacing import replaced
from analysis.run.desk_book import deskform
from analysis.run.desk_book.desk_sheets import OnDesk, sheets_of


def write(desk: OnDesk, path: Path) -> None:
    """Write the desk of a round; an older file at its place is replaced at once or not at all.

    Raises:
        OSError: it cannot be written (it is open in another program).
    """
    book = Book(deskform.DAY, title=desk.said("desk.title", round=desk.round).plain)
    deskform.add_pages(book, sheets_of(desk), desk.said)
    if desk.proposals:
        confirming.add_pages(book, desk.proposals, desk.said, desk.roll)
    if (desk.folder / RULEBOOK_FILE).is_file():
        files = desk.rule_files
        table = ruletable.table_of(files.checked()[0], files, desk.said)
        parameters = ruletable.parameters_of(files, desk.said)
        rulesheets.add_pages(book, table, parameters, ruletable.terms_of(files, desk.said))
    replaced({path: book.content()})
