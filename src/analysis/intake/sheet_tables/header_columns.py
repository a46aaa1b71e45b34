"""The header of a table: which column is which field, and in which unit of measure its numbers are told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from analysis.intake.declared.maps import ROW, LedgerMap, Wide
from analysis.intake.files import Sheet, address
from analysis.intake.persons.person_columns import is_about_persons
from analysis.intake.sheet_tables.ledger_tables import Header, Item, Table
from analysis.quantities import MONEY, PEOPLE, Cell, QuantityError, parse_number, plain_text, western_year
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.periods import written_period
from analysis.rounds.units import normal_name

_BRACKETS: Final = re.compile(r"[（(\[]\s*(?:单位\s*[：:]\s*)?([^（(\[）)\]]*?)\s*[）)\]]")
_PREAMBLE: Final = re.compile(r"(?:计量|金额)?单位\s*[：:]\s*([^\s）)]+)")
#: brackets with a number in them: （4分）, (4 points)
_FULL_MARK: Final = re.compile(r"[（(][^（()）]*\d[^（()）]*[)）]")
_SEVERAL: Final = re.compile(r"[、,，/／;；]")


def headers_of(sheet: Sheet, rows: Sequence[int]) -> list[Header]:
    """Return the header of every column that has one; a merged header stands over all its columns."""
    over: dict[tuple[int, int], Cell] = {}
    # a range merged over the whole sheet names no columns in which nothing stands
    widest = max(map(len, sheet.rows), default=0)
    for merged in sheet.merged:
        if merged.first_row <= max(rows) and merged.last_row >= min(rows):
            value = sheet.value(merged.first_row, merged.first_column)
            for row in range(merged.first_row, min(merged.last_row, max(rows)) + 1):
                for column in range(merged.first_column, min(merged.last_column, widest) + 1):
                    over[row, column] = value
    width = max((len(sheet.rows[row - 1]) for row in rows if row <= len(sheet.rows)), default=0)
    headers = []
    for column in range(1, max([width, *(column for _row, column in over)]) + 1):
        levels: list[str] = []
        for row in sorted(rows):
            name = " ".join(plain_text(over.get((row, column), sheet.value(row, column))).split())
            if name and (not levels or levels[-1] != name):
                levels.append(name)
        if levels:
            headers.append(Header(column, tuple(levels)))
    return headers


#: how the headers of a pivot table begin that sum up or count
_PIVOTED: Final = re.compile(r"(求和|计数|平均值|最大值|最小值)项\s*[:：]|(Sum|Count|Average|Max|Min) of ")


def find_columns(table: Table, mapped: LedgerMap, headers: list[Header]) -> None:
    """Find the column of every mapped field and of every item, and note what is missing, doubtful or unclaimed."""
    row = table.header_row
    # what is about persons is left at the door, whatever else the maps say about the column
    declared = {header.column for name in mapped.persons for header in matching(headers, [name])}
    table.persons = [header for header in headers if header.column in declared]
    headers = [header for header in headers if header.column not in declared]
    # also where the maps forget it
    about = [header for header in headers if is_about_persons(*header.levels)]
    table.persons += about
    headers = [header for header in headers if header not in about]
    known = LIST_SIGN.join(dict.fromkeys(header.last for header in headers))
    for name, accepted in mapped.fields.items():
        if mapped.wide and name in table.ledger.measures:
            # its columns, one per period, are the items
            continue
        found = matching(headers, accepted)
        if len(found) == 1:
            table.headers[name] = found[0]
        elif not found and (wrong := matching(about, accepted)):
            details = {"field": name, "severity": "blocks"}
            table.note("persons_column_mapped", row, wrong[0].column, wrong[0].last, **details)
            about = [header for header in about if header not in wrong]
        elif found:
            cells = LIST_SIGN.join(address(row, header.column) for header in found)
            table.faults.append(table.fault("column_twice", 0, 0, found[0].last, cells=cells))
        elif name not in table.ledger.fields or not table.ledger.fields[name].optional:
            missing = accepted[0] if accepted else name
            table.faults.append(table.fault("column_missing", 0, 0, missing, known=known))
    _note_pivoted(table, headers)
    _find_joined(table, mapped, headers)
    claimed = {header.column for header in table.headers.values()}
    claimed |= {column for columns in table.joined.values() for column in columns}
    claimed |= {h.column for name in (*mapped.keep, *mapped.skip) for h in matching(headers, [name])}
    if mapped.wide:
        free = [header for header in headers if header.column not in claimed]
        if table.ledger.measures:
            _find_stated(table, mapped, mapped.wide, free)
        else:
            _find_items(table, mapped.wide, free)
        claimed |= {item.header.column for item in table.items}
        if not table.items:
            missing = mapped.wide.item
            table.faults.append(table.fault("column_missing", 0, 0, missing, known=known))
    # one name may stand under several groups, and alone besides: it is left unread wherever it stands
    unread = {normal_name(name) for name in mapped.ignored}
    ignored = {header.column for header in headers + about if not unread.isdisjoint(_names(header))}
    table.aside |= ignored | {header.column for header in table.persons}
    claimed |= ignored
    for header in (*headers, *about):
        if header.column not in claimed:
            check = "persons_column_dropped" if header in about else "column_unknown"
            table.note(check, row, header.column, header.last, severity="warns")


def _note_pivoted(table: Table, headers: list[Header]) -> None:
    """Note a pivot table: its rows are sums over records, and would be taken for records."""
    pivoted = [header for header in headers if _PIVOTED.match(header.last)]
    if pivoted and not table.ledger.measures:
        first = pivoted[0]
        table.note("pivot_table", table.header_row, first.column, first.last, severity="blocks")


def _find_joined(table: Table, mapped: LedgerMap, headers: list[Header]) -> None:
    """Find the columns of fields that are stated by several: a day by three, a number by what makes it."""
    several = dict(mapped.days)
    if mapped.number_from and mapped.number_from != [ROW]:
        several["no"] = mapped.number_from
    for name, parts in several.items():
        found = [matching(headers, [part]) for part in parts]
        for part, columns in zip(parts, found, strict=True):
            if len(columns) != 1:
                check = "column_twice" if columns else "column_missing"
                known = LIST_SIGN.join(dict.fromkeys(header.last for header in headers))
                cells = LIST_SIGN.join(address(table.header_row, header.column) for header in columns)
                table.note(check, 0, 0, part, severity="blocks", known=known, cells=cells)
        if all(len(columns) == 1 for columns in found):
            table.headers[name] = found[0][0]
            table.joined[name] = tuple(columns[0].column for columns in found)


def narrow_header(text: str) -> str:
    """Return the name of a column without its unit of measure: 欠薪金额（万元） → 欠薪金额."""
    return _BRACKETS.sub(lambda found: "" if found[1] in MONEY or found[1] in PEOPLE else found[0], text)


def matching(headers: list[Header], accepted: list[str]) -> list[Header]:
    """Return the headers called by one of the names: by all levels, else the last one, else without its （万元）."""
    names = {normal_name(name) for name in accepted}
    by_level = zip(*map(_names, headers), strict=True)
    found = (
        [header for header, name in zip(headers, said, strict=True) if name in names] for said in by_level
    )
    return next(filter(None, found), [])


def _names(header: Header) -> tuple[str, str, str]:
    """Return what a header is called by: all its levels, the last one, that without its （万元）."""
    return normal_name(header.full), normal_name(header.last), normal_name(narrow_header(header.last))


def _find_items(table: Table, wide: Wide, headers: list[Header]) -> None:
    """Find the item columns of a wide sheet, and the full marks their headers name."""
    for header in headers:
        found = [
            (place, match)
            for place, level in enumerate(header.levels)
            if (match := re.search(wide.item, level))
        ]
        if not found:
            continue
        # the lowest level names the item, the ones above it groups of items
        place, match = found[-1]
        marks = re.search(wide.full, header.full) if wide.full else None
        full = None
        if marks:
            try:
                full = float(parse_number(marks[1]))
            except QuantityError as error:
                details = {"field": header.last, "measure": "", "severity": "blocks"}
                table.note(error.check, table.header_row, header.column, marks[1], **details)
        level = header.levels[place]
        beside = (level[: match.start(1)] + level[match.end(1) :], *header.levels[place + 1 :])
        said = [_called(part, wide) for part in beside]
        if table.source.titles_row:
            said.append(plain_text(table.sheet.value(table.source.titles_row, header.column)))
        title = next(filter(None, said), "")
        table.items.append(Item(header, normal_name(match[1]), full, title=title))


def _called(text: str, wide: Wide) -> str:
    """Return what a header calls an item, without its full mark and the signs between them."""
    named = _FULL_MARK.sub("", text)
    return re.sub(r"^[\W_]+|[\W_]+$", "", re.sub(wide.full, "", named) if wide.full else named)


def _find_stated(table: Table, mapped: LedgerMap, wide: Wide, headers: list[Header]) -> None:
    """Find the columns of a summary whose headers name periods: which period, and which measure."""
    calendar = mapped.values.calendar if mapped.values else ""
    for header in headers:
        period = ""
        for level in header.levels:
            if match := re.search(wide.item, "".join(level.split())):
                try:
                    period = written_period(western_year(match[1], calendar))
                except ValueError:
                    continue
        levels = {normal_name(name) for level in header.levels for name in (level, narrow_header(level))}
        named = [
            name
            for name, accepted in mapped.fields.items()
            if name in table.ledger.measures and levels & {normal_name(each) for each in accepted}
        ]
        measure = wide.measure or (named[0] if len(named) == 1 else "")
        if period and measure:
            table.items.append(Item(header, period, measure=measure))


def find_measures(table: Table, mapped: LedgerMap) -> None:
    """Find the unit of measure of each amount: the header says it, else the line above the table, else the maps."""
    above = table.sheet.rows[: min(table.header_rows) - 1]
    said = [measure for row in above for cell in row for measure in measures_of(cell)]
    for name, header in table.measured:
        kind = table.kind(name)
        if kind not in ("money", "count"):
            continue
        choice = MONEY if kind == "money" else PEOPLE
        own = [measure for measure in measures_in_header(header) if measure in choice]
        # a line that names two units for money says nothing about either column
        general = {measure for measure in said if measure in choice}
        written = own[-1] if own else next(iter(general)) if len(general) == 1 else ""
        declared = mapped.unit_of_measure.get(name, "")
        if written and declared and written != declared:
            details = {"field": header.last, "declared": declared, "severity": "blocks"}
            table.note("unit_of_measure_differs", table.header_row, header.column, written, **details)
        if kind == "money" and not written and not declared:
            details = {"field": header.last, "several": LIST_SIGN.join(sorted(general)), "severity": "blocks"}
            table.note("unit_of_measure_missing", table.header_row, header.column, header.last, **details)
        measure = declared or written
        if table.measures.get(name, measure) != measure:
            # the columns of one measure are told in one unit
            table.note("unit_of_measure_changes", table.header_row, header.column, measure, severity="blocks")
        elif measure:
            table.measures[name] = measure


def measures_in_header(header: Header) -> list[str]:
    """Return what stands in the brackets of a header where a unit of measure does: 欠薪金额（万元）."""
    return _BRACKETS.findall(header.full)


def measures_of(cell: Cell) -> Iterator[str]:
    """Yield the units of measure a line such as 单位：人、万元 names."""
    if isinstance(cell, str):
        for found in _PREAMBLE.finditer(cell):
            yield from (part for part in _SEVERAL.split(found[1]) if part in MONEY or part in PEOPLE)
