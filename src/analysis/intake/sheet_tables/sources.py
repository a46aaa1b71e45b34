"""Where a ledger stands: the files and sheets its patterns find, and what their names say."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from analysis.intake.declared.maps import FromName, LedgerMap
from analysis.intake.files import Book, Sheet, Shelf, matches
from analysis.intake.sheet_tables.ledger_tables import Source
from analysis.intake.sheet_tables.sheet_parts import Part, parts_of
from analysis.quantities import western_year
from analysis.rounds.faults import LIST_SIGN, Fault

_PATTERN: Final = re.compile(r"[*?]")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_MONTH: Final = re.compile(r"(?<!\d)(?:(?:19|20)\d{2}\s*[-_.年]\s*)?(0?[1-9]|1[0-2])\s*月")
_YEAR_AND_MONTH: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}[-_.年]?(0[1-9]|1[0-2]|[1-9])(?!\d)")
_QUARTER: Final = re.compile(r"(?:第\s*)?([1-4一二三四])\s*季度?|[Qq]([1-4])")
_ORDINALS: Final = "一二三四"
_DIGITS: Final = re.compile(r"(\d+)")
_ANY_DIGIT: Final = str.maketrans("123456789", "000000000")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a text as a sort key in which 2 stands before 10."""
    return tuple(
        (0, int(part), part) if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(text) if part
    )


def natural_keys(texts: Sequence[str]) -> Sequence[Any]:
    """Return keys that sort texts as `natural` does.

    Texts with digits at the same places sort so by themselves, which takes a tenth of the time.
    """
    if len({text.translate(_ANY_DIGIT) for text in texts}) <= 1:
        return texts
    return [natural(text) for text in texts]


def find_sources(
    mapped: LedgerMap, shelf: Shelf, named: Collection[str] = ()
) -> tuple[list[Source], list[Fault]]:
    """Return the sheets of a source by natural order of their names, and what keeps others from being read.

    Args:
        mapped: the source's part of the maps.
        shelf: the files.
        named: files that other sources of the ledger name in full; a pattern does not mean them.

    Returns:
        Sources, and faults: `file_missing`, `sheet_missing`, those of unusable files, and names that do not say what
        they are to say (`year_not_in_name`, `unit_not_in_name`, `snapshot_not_in_name`).
    """
    faults: list[Fault] = []
    found: dict[tuple[str, str], list[Source]] = {}
    for file_pattern in mapped.file:
        files = [file for file in shelf.find(file_pattern) if file == file_pattern or file not in named]
        if not files:
            faults.append(shelf.missing(file_pattern))
        for file in files:
            book = shelf.book(file)
            if isinstance(book, Fault):
                faults.append(book)
                continue
            for sheet_pattern in mapped.sheet:
                sheets = _sheets(book, sheet_pattern, faults)
                # a named table stands in one of the sheets
                sheets = [
                    sheet for sheet in sheets if not sheet.named.keys().isdisjoint(mapped.table)
                ] or sheets
                for sheet in sheets:
                    if (file, sheet.name) in found:
                        continue
                    parts = parts_of(mapped, sheet)
                    if not parts:
                        faults.append(_without_part(mapped, sheet))
                    patterns = {"file": (file_pattern, file), "sheet": (sheet_pattern, sheet.name)}
                    sources = (_source(mapped, sheet, part, patterns, faults) for part in parts)
                    found[file, sheet.name] = [source for source in sources if source is not None]
    order = sorted(found, key=lambda place: (natural(place[0]), natural(place[1])))
    return [source for place in order for source in found[place]], [
        fault.of_source(mapped.name) for fault in faults
    ]


def _sheets(book: Book, pattern: str, faults: list[Fault]) -> list[Sheet]:
    if not pattern:
        visible = [sheet for sheet in book.sheets.values() if not sheet.hidden]
        if len(book.sheets) == 1 or len(visible) == 1:
            hidden = LIST_SIGN.join(
                name for name, sheet in book.sheets.items() if sheet.hidden and sheet.rows
            )
            if hidden and visible:
                details = {"sheets": hidden}
                faults.append(
                    Fault(
                        "sheets_hidden_unread",
                        file=book.file,
                        severity="warns",
                        found=hidden,
                        details=details,
                    )
                )
            return visible or list(book.sheets.values())
    # 线索 is not also “线索 ” where the workbook has both
    exact = book.sheets.get(pattern)
    sheets = [exact] if exact else [sheet for name, sheet in book.sheets.items() if matches(pattern, name)]
    if not sheets:
        known = LIST_SIGN.join(book.sheets)
        faults.append(Fault("sheet_missing", file=book.file, found=pattern, details={"known": known}))
    return sheets


def _without_part(mapped: LedgerMap, sheet: Sheet) -> Fault:
    """Return the fault of a sheet that has no block or named table as the maps call it."""
    wanted = LIST_SIGN.join(mapped.table or mapped.block)
    check = "table_missing" if mapped.table else "block_missing"
    return Fault(
        check, file=sheet.file, sheet=sheet.name, found=wanted, details={"known": LIST_SIGN.join(sheet.named)}
    )


def _source(
    mapped: LedgerMap, sheet: Sheet, part: Part, patterns: Mapping[str, tuple[str, str]], faults: list[Fault]
) -> Source | None:
    """Return a part of a sheet with what names and title say; None, with a fault, if they do not say it."""
    patterns = {**patterns, "block": (part.pattern, part.title)}
    year, unit, snapshot = mapped.year, mapped.unit, None
    before = len(faults)
    if mapped.year_from:
        pattern, name = patterns[mapped.year_from.name]
        calendar = mapped.values.calendar if mapped.values else ""
        written = western_year(_said(mapped.year_from, pattern, name), calendar)
        exact = _YEAR.search(written)
        if exact is None:
            faults.append(_silent("year_not_in_name", sheet, name))
        else:
            year = int(exact[1])
    if mapped.unit_from:
        pattern, name = patterns[mapped.unit_from.name]
        unit = _said(mapped.unit_from, pattern, name)
        if not unit:
            faults.append(_silent("unit_not_in_name", sheet, name))
    if mapped.snapshot:
        snapshot = state_named(f"{PurePath(sheet.file).stem} {sheet.name}", mapped.snapshot)
        if snapshot is None:
            faults.append(_silent("snapshot_not_in_name", sheet, sheet.name or sheet.file))
    return Source(sheet, year, unit, snapshot, part.area, part.shift) if len(faults) == before else None


def _silent(check: str, sheet: Sheet, name: str) -> Fault:
    return Fault(check, file=sheet.file, sheet=sheet.name, found=name)


def _said(said: FromName, pattern: str, name: str) -> str:
    """Return what a name says by the expression of the maps, else by the first `*` of its pattern."""
    if said.pattern:
        found = re.search(said.pattern, name)
        return (found[1] or "").strip() if found else ""
    fits = matches(pattern, name)
    return fits[1].strip() if fits and "*" in pattern else ""


def state_named(name: str, every: str) -> tuple[int, int] | None:
    """Return year and month (of quarters and years the last one) of the state a name speaks of."""
    year = _YEAR.search(name) or re.search(r"(?<!\d)((?:19|20)\d{2})(?=0[1-9]|1[0-2])", name)
    if year is None:
        return None
    if every == "yearly":
        return int(year[1]), 12
    if every == "quarterly":
        quarter = _QUARTER.search(name)
        if quarter is None:
            return None
        written = quarter[1] or quarter[2]
        number = _ORDINALS.index(written) + 1 if written in _ORDINALS else int(written)
        return int(year[1]), 3 * number
    month = _MONTH.search(name) or _YEAR_AND_MONTH.search(name)
    return (int(year[1]), int(month[1])) if month else None
