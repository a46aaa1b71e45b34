"""Sheets laid out alike are one source: the pattern of their files and sheets, and what these say of unit and year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePath
from typing import Final

from analysis.intake.declared.ledgers import UNIT_FIELDS, YEAR
from analysis.intake.files import matches
from analysis.intake.proposals.name_patterns import as_expression, common_pattern, unit_named, unit_pattern
from analysis.intake.proposals.proposal import Place, Proposal, Snapshot
from analysis.intake.sheet_tables.sources import state_named
from analysis.quantities import plain_text
from analysis.rounds.units import UnitRoll

#: what a name may say of which time its sheet is, the shortest first
_EVERY: Final[tuple[Snapshot, ...]] = ("monthly", "quarterly", "yearly")
#: so many of the cases of one state stand in the next one too, where the whole ledger is handed in again
_AGAIN: Final = 0.5
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True)
class Holdings:
    """What is in a file: every name by which a pattern could find too much.

    Attributes:
        files: the files beside it.
        sheets: file → its sheets that hold anything.
    """

    files: tuple[str, ...]
    sheets: Mapping[str, tuple[str, ...]]


def together(
    proposals: Iterable[Proposal], holdings: Holdings, roll: UnitRoll | None = None
) -> list[Proposal]:
    """Return one proposal for all sheets that are laid out alike, with the place where they stand.

    Args:
        proposals: one per sheet.
        holdings: what else a pattern might find.
        roll: the units of the round, whose names may stand in those of files and sheets.
    """
    alike: dict[object, list[Proposal]] = {}
    for one in proposals:
        columns = tuple(guess.header.full for guess in one.guesses)
        form = (
            one.ledger.name,
            one.header_rows,
            columns,
            one.wide,
            one.body.footer,
            one.encoding,
            one.blocks and one.blocks.pattern,
            one.ranges,
            one.without_day,
        )
        alike.setdefault(form, []).append(one)
    found: list[Proposal] = []
    for group in alike.values():
        place = _place(group, holdings, roll)
        if place is None:
            # no pattern finds these sheets and no other: each stands for itself
            found += [
                replace(one, place=_place([one], holdings, roll) or Place.of(one.sheet)) for one in group
            ]
        else:
            found.append(replace(_joined(group), place=place, snapshot=_snapshot(group)))
    return found


def _joined(group: Sequence[Proposal]) -> Proposal:
    """Return the fullest proposal with the answers of all, and each guess as sure as the least sure of them.

    What the cells of few rows leave open those of many show; what sheets of one form are taken for differently is to be
    looked at.
    """
    codes: dict[str, dict[str, str | None]] = {}
    for one in group:
        for name, answers in one.codes.items():
            codes.setdefault(name, {}).update(answers)
    aliases: dict[str, tuple[str, ...]] = {}
    for one in group:
        for unit, texts in one.aliases.items():
            aliases[unit] = tuple(dict.fromkeys((*aliases.get(unit, ()), *texts)))
    order = ("low", "medium", "high")
    fullest = max(group, key=lambda one: (len({guess.field for guess in one.guesses}), len(one.body.rows)))
    guesses = []
    for own, *others in zip(fullest.guesses, *(one.guesses for one in group), strict=True):
        least = min(others, key=lambda guess: order.index(guess.confidence))
        alike = all(guess.field == own.field for guess in others)
        guesses.append(
            replace(own, reason=least.reason, confidence=least.confidence)
            if alike
            else replace(own, confidence="low")
        )
    first = group[0]
    readings = tuple(reading for one in group for reading in one.readings)
    told = [frozenset(one.orders) for one in group if one.orders]
    orders = tuple(sorted(frozenset.intersection(*told))) if told else ()
    usual = frozenset().union(*(one.usual for one in group))
    return replace(
        first,
        codes=codes,
        usual=usual,
        aliases=aliases,
        guesses=tuple(guesses),
        readings=readings,
        orders=orders,
    )


def _snapshot(group: Sequence[Proposal]) -> Snapshot:
    """Return how often the whole ledger is handed in anew; empty where every sheet has cases of its own.

    The names of file and sheet say of which month, quarter or year each is the state, and most cases of one state stand
    in the next one again.
    """
    numbers = [_numbers(one) for one in group]
    if len(group) < 2 or not all(numbers):
        return ""
    for every in _EVERY:
        states = [state_named(f"{PurePath(one.sheet.file).stem} {one.sheet.name}", every) for one in group]
        if None not in states and len(set(states)) == len(states):
            ordered = [
                of for _state, of in sorted(zip(states, numbers, strict=True), key=lambda pair: pair[0] or ())
            ]
            again = sum(len(before & after) for before, after in pairwise(ordered))
            return every if again >= _AGAIN * sum(map(len, ordered[:-1])) else ""
    return ""


def _numbers(one: Proposal) -> set[str]:
    """Return the numbers of the cases of a sheet, each with the day it began: months may all count from 1."""
    days = [guess.header.column for guess in one.of(one.ledger.by_year)]
    told = {
        row: plain_text(one.sheet.value(row, guess.header.column))
        for guess in one.of("no")
        for row in one.body.rows
    }
    return {
        " ".join([number, *(plain_text(one.sheet.value(row, column)) for column in days)])
        for row, number in told.items()
        if number
    }


def _place(group: Sequence[Proposal], holdings: Holdings, roll: UnitRoll | None) -> Place | None:
    """Return where the sheets of a group stand; None if the patterns would not find just them."""
    files = list(dict.fromkeys(one.sheet.file for one in group))
    sheets = list(dict.fromkeys(one.sheet.name for one in group))
    wanted = {(one.sheet.file, one.sheet.name) for one in group}
    lone = all(len(holdings.sheets[file]) == 1 for file in files)
    said = _Says(group[0], roll)
    file_patterns = said.patterns("file", files, holdings.files)
    if sheets == [""] or (lone and len(sheets) > 1 and not said.by_sheet(sheets)):
        sheet_patterns: tuple[str, ...] = ()
    else:
        of_all = {name for file in files for name in holdings.sheets[file]}
        sheet_patterns = said.patterns("sheet", sheets, of_all)
        found = {
            (file, name)
            for file in files
            for name in holdings.sheets[file]
            if any(matches(pattern, name) for pattern in sheet_patterns)
        }
        each = all(
            any(matches(pattern, name) for name in holdings.sheets[file])
            for file in files
            for pattern in sheet_patterns
        )
        if found != wanted or not each:
            return None
    of_one = "" if said.unit_from else said.unit
    return Place(
        tuple(file_patterns), sheet_patterns, said.unit_from, said.year_from, said.unit_pattern, of_one
    )


class _Says:
    """What the names of a group's files and sheets are needed for, and where it was found."""

    def __init__(self, form: Proposal, roll: UnitRoll | None) -> None:
        given = {guess.field for guess in form.guesses}
        unsaid = form.ledger.has_unit and given.isdisjoint(UNIT_FIELDS) and not form.blocks
        self.units = roll if unsaid else None
        dated = {form.ledger.by_year, form.ledger.wide_key if form.ledger.measures else "", YEAR} - {""}
        self.wants_year = bool(form.ledger.by_year or form.ledger.measures) and given.isdisjoint(dated)
        self.wants_year &= not form.wide[0]
        self.unit_from = self.year_from = self.unit_pattern = self.unit = ""

    def by_sheet(self, sheets: Sequence[str]) -> bool:
        """Return whether only the names of the sheets say the units."""
        return self.units is not None and not self.unit_from and bool(unit_pattern(sheets, self.units))

    def patterns(self, of: str, names: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
        """Return patterns that find the names and none of the others, and note what their first `*` says."""
        pattern = unit_pattern(names, self.units) if self.units and not self.unit_from else ""
        # a single file shows no pattern: one with a star might find the file of another ledger
        lone = of == "file" and len(names) == 1
        if pattern and not lone and _finds_only(pattern, names, others):
            self.unit_from = of
            return (pattern,)
        if pattern and len(names) > 1:
            self.unit_from, self.unit_pattern = of, as_expression(pattern)
            return tuple(names)
        if pattern and not self.unit and (named := unit_named(names[0], self.units)):
            self.unit = named.name
            return tuple(names)
        pattern = common_pattern(names)
        if not pattern or not _finds_only(pattern, names, others):
            return tuple(names)
        if self.wants_year and not self.year_from and "*" in pattern:
            starred = [found[1] for name in names if (found := matches(pattern, name))]
            self.year_from = of if all(_YEAR.search(text) for text in starred) else ""
        return (pattern,)


def _finds_only(pattern: str, names: Sequence[str], others: Iterable[str]) -> bool:
    return {name for name in {*names, *others} if matches(pattern, name)} == set(names)
