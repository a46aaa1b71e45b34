"""The sheets of the lists read back: those that were edited, each with its rows."""

from __future__ import annotations

from typing import Any

from analysis.indicators.own_measures import MEASURES_FILE
from analysis.rounds.faults import Fault
from analysis.rulebook.edit.editedcells import heads_among
from analysis.rulebook.edit.entrylist import EntryList
from analysis.rulebook.edit.held import Held
from analysis.rulebook.edit.listrows import ListRows
from analysis.rulebook.edit.listsheet import PATH, SAID
from analysis.rulebook.edit.measurelist import MeasureList
from analysis.rulebook.edit.ruletable import RuleList, lists_of, terms_of


def read_lists(held: Held, book: Any) -> list[tuple[RuleList, ListRows]]:
    """Return the lists of a workbook that were edited, with their rows.

    What the sheets of the measures and facts declare is known from then on. A workbook written before a
    list had a sheet has none.

    Args:
        held: takes what is found.
        book: the workbook.
    """
    found: list[tuple[RuleList, ListRows]] = []
    for place in range(len(held.table.lists)):
        each = lists_of(held.files, held.terms, held.rules)[place]
        name, words = each.table.name, held.words
        title = words.label(f"ruletable.sheet.{name}")
        if title not in book.sheetnames:
            if any(path.startswith(f"{name}/") for path in held.kept):
                held.faults.append(Fault("ruletable_sheet_missing", held.shown, found=title))
            continue
        wanted = {column.head: column.key for column in each.table.columns}
        wanted |= {words.label(f"ruletable.column.{key}"): key for key in (SAID, PATH)}
        top, heads = heads_among(book[title], wanted)
        missing = [head for head, key in wanted.items() if key not in heads and key != SAID]
        held.faults += [Fault("ruletable_column_missing", held.shown, title, found=head) for head in missing]
        if missing:
            continue
        rows = ListRows(held, each.table, each.canonical, book[title], (top, heads))
        each.read(rows)
        if isinstance(each, EntryList) and name == "facts":
            held.terms = held.terms.declaring(each.declared())
        if isinstance(each, EntryList) and name == "classes":
            held.terms = held.terms.dividing(each.declared())
        if rows.changed:
            found.append((each, rows))
        if rows.changed and isinstance(each, MeasureList) and not held.faults:
            held.files.having(MEASURES_FILE, each.applied(held.files.measures, rows)).declare()
            held.terms = terms_of(held.files, words)
    return found
