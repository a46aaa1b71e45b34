"""Why a unit has its score: from the points through rule, arithmetic and measure to rows and cells.

Everything is read from what the stages stored; nothing is computed a second time, so that the explanation is that of
the printed score and of no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from analysis.indicators import catalogue
from analysis.indicators.filter_words import FilterWords
from analysis.intake import place_corrected
from analysis.results.assessment import Assessment
from analysis.rounds.frames import rows_of
from analysis.rounds.settings_files import suggestion
from analysis.rounds.units import Unit, UnitRoll, normal_name
from analysis.rulebook import Bonus, Indicator, Reading, Rulebook
from analysis.rulebook.edit.ruletable import item_rule, items_of
from analysis.rulebook.indicator import is_share
from analysis.rulebook.model import Deduction
from analysis.rulebook.readings import read
from analysis.rulebook.sentences import amount_of, counted, measure_name, name_of, percent_of
from analysis.scoring.scoring import official
from analysis.words import Words

#: cells shown of one lineage row; the others are counted
SHOWN: Final = 20


class UnknownNameError(LookupError):
    """No unit or item is called so.

    Attributes:
        kind: `unit` or `indicator`.
        text: what was asked for.
        meant: what was probably meant; empty where nothing is near.
        known: what there is.
    """

    def __init__(self, kind: str, text: str, meant: str, known: tuple[str, ...]) -> None:
        self.kind, self.text, self.meant, self.known = kind, text, meant, known
        super().__init__(text)


@dataclass(frozen=True)
class Cells:
    """Cells that were read.

    Attributes:
        file: the office's file.
        sheet: its worksheet; empty where the file has none.
        what: what they are to the value, in words.
        shown: the first cells.
        more: how many cells beyond those.
    """

    file: str
    sheet: str
    what: str
    shown: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class Corrected:
    """A correction of the source in the rows that were read.

    Attributes:
        kind: override, scale, drop, merge or accept.
        place: file, sheet and cells.
        was, now: what stands there and what counts.
        reason, post, date: why, reported by which post, when.
    """

    kind: str
    place: str
    was: str
    now: str
    reason: str
    post: str
    date: str


@dataclass(frozen=True)
class Read:
    """A value a rule read.

    Attributes:
        row: id of its row in `values.csv`; empty where there is none.
        name: what it is.
        value: as printed.
        parts: numerator and denominator (or present and past value) with their names, as printed.
        status: as printed; empty where it is simply reported.
    """

    row: str
    name: str
    value: str
    parts: tuple[tuple[str, str], ...]
    status: str


@dataclass(frozen=True)
class Item:
    """One row of the scores.

    Attributes:
        code: of the indicator, bonus, deduction, veto, dimension or `total`.
        name: its name.
        kind: `base`, `bonus`, `deduction`, `veto` or `total`.
        possible: full points; None where there are none.
        points: the points; None for a veto.
        derivation: the arithmetic in words.
    """

    code: str
    name: str
    kind: str
    possible: Decimal | None
    points: Decimal | None
    derivation: str

    @property
    def lost(self) -> Decimal | None:
        """Points short of the full ones; None for what has no points to lose."""
        if self.kind not in ("base", "total") or self.possible is None or self.points is None:
            return None
        return self.possible - self.points


@dataclass(frozen=True)
class ItemExplained:
    """One score with everything behind it."""

    unit: str
    unit_name: str
    item: Item
    rule: str
    definition: str
    reads: tuple[Read, ...]
    cells: tuple[Cells, ...]
    corrections: tuple[Corrected, ...] = ()


@dataclass(frozen=True)
class UnitExplained:
    """All scores of a unit and its grade."""

    unit: str
    unit_name: str
    score: str
    rank: str
    grade: str
    clause: str
    nearest: str
    items: tuple[Item, ...]


def unit_called(text: str, roll: UnitRoll) -> Unit:
    """Return the unit with a code or any of its known names.

    Raises:
        UnknownNameError: there is none.
    """
    unit = roll.by_code(text) or roll.by_name(text)
    if unit is not None:
        return unit
    spellings = {name: known for known in roll for name in (known.code, *known.spellings()) if name}
    near = suggestion(text, spellings)
    meant = spellings[near].short if near else ""
    raise UnknownNameError("unit", text, meant, tuple(known.short for known in roll))


def item_called(text: str, rulebook: Rulebook, words: Words) -> str:
    """Return the code of the item with a code or name, in either language.

    Raises:
        UnknownNameError: there is none.
    """
    names = item_names(rulebook, words)
    wanted = normal_name(text)
    for code, name in names.items():
        if wanted in (normal_name(code), normal_name(name)):
            return code
    spellings = {**{code: code for code in names}, **{name: code for code, name in names.items()}}
    near = suggestion(text, spellings)
    meant = f"{spellings[near]} {names[spellings[near]]}" if near else ""
    raise UnknownNameError("indicator", text, meant, tuple(names))


def item_names(rulebook: Rulebook, words: Words) -> dict[str, str]:
    """Return the names of everything that is scored beside the totals, by code."""
    return {part.code: name_of(part, words) for part in items_of(rulebook)}


def unit(assessment: Assessment, code: str) -> UnitExplained:
    """Return all scores of a unit and its grade with the clause that decided it.

    Args:
        assessment: a round with a rulebook, computed to the stage `indicators`.
        code: code of the unit.

    Raises:
        KeyError: the unit has no grade.
    """
    grades = {row["unit"]: row for row in rows_of(assessment.grades)}
    grade = grades[code]
    return UnitExplained(
        unit=code,
        unit_name=assessment.roll.short(code),
        score=str(grade["score"]),
        rank=str(grade["rank"]),
        grade=str(grade["grade"]),
        clause=str(grade["clause"]),
        nearest=str(grade["nearest_clause"]),
        items=tuple(_items(assessment, code)),
    )


def item(assessment: Assessment, code: str, asked: str) -> ItemExplained:
    """Return one score of a unit with rule, arithmetic, values and cells.

    Args:
        assessment: a round with a rulebook, computed to the stage `indicators`.
        code: code of the unit.
        asked: code of the indicator, bonus or veto.

    Raises:
        KeyError: the unit has no such score.
    """
    rulebook, words = _rules(assessment), assessment.words
    found = {entry.code: entry for entry in _items(assessment, code)}
    part = next(part for part in items_of(rulebook) if part.code == asked)
    return ItemExplained(
        unit=code,
        unit_name=assessment.roll.short(code),
        item=found[asked],
        rule=item_rule(asked, rulebook, words),
        definition=str(part.definition),
        reads=tuple(_reads(assessment, code, asked)),
        cells=tuple(_cells(assessment, f"score.{code}.{asked}", asked)),
        corrections=tuple(corrections_of(assessment, f"score.{code}.{asked}", code)),
    )


def _rules(assessment: Assessment) -> Rulebook:
    rulebook = assessment.settings.rulebook
    if rulebook is None:
        raise KeyError(f"round {assessment.round.id} has no rulebook")
    return rulebook


def _items(assessment: Assessment, code: str) -> Iterator[Item]:
    rulebook, words = _rules(assessment), assessment.words
    names = item_names(rulebook, words)
    names |= {dimension.code: name_of(dimension, words) for dimension in rulebook.dimensions}
    for row in rows_of(official(assessment.scores)):
        if row["unit"] == code:
            yield Item(
                code=str(row["indicator"]),
                name=names.get(str(row["indicator"]), ""),
                kind=str(row["kind"]),
                possible=_decimal(row["points_possible"]),
                points=_decimal(row["points"]),
                derivation=str(row["derivation"]),
            )


def _decimal(text: object) -> Decimal | None:
    return Decimal(str(text)) if str(text) else None


def measures_of(asked: str, rulebook: Rulebook) -> tuple[str, ...]:
    """Return the measures the rule of an item reads, its own first."""
    item = next(item for item in items_of(rulebook) if item.code == asked)
    match item:
        case Indicator() | Deduction():
            return item.measures
        case Bonus():
            return tuple(level.measure for level in item.levels)
        case _:
            return (item.measure,) if item.measure else ()


def _reads(assessment: Assessment, code: str, asked: str) -> Iterator[Read]:
    rulebook, words, of = _rules(assessment), assessment.words, assessment.round
    index = assessment.index
    statuses = {row["id"]: row["status"] for row in rows_of(assessment.scores)}
    # on a small base the city's change was scored instead
    places = [code]
    if statuses.get(f"score.{code}.{asked}") == "small_base":
        places.append(assessment.roll.city_code)
    for measure in measures_of(asked, rulebook):
        for place in places:
            reading = read(index, place, measure, of.period.text, of.base)
            name = measure_name(measure, rulebook, words)
            if place != code:
                name = words("explain.of_city", name=name).plain
            yield _read(reading, name, words)


def _read(reading: Reading, name: str, words: Words) -> Read:
    compared = catalogue.of(reading.measure).compared
    labels = ("now", "before") if compared else ("numerator", "denominator")
    parts = tuple(
        (words.label(f"explain.part.{label}"), amount(number, reading.counted, words))
        for label, number in zip(labels, (reading.numerator, reading.denominator), strict=True)
        if number is not None
    )
    status = "" if reading.status == "reported" else words.label(f"status.{reading.status}")
    shown = (
        "" if reading.value is None else value_text(reading.measure, reading.value, reading.counted, words)
    )
    return Read(reading.row, name, shown, parts if len(parts) == 2 else (), status)


def amount(number: Fraction, counted_in: str, words: Words) -> str:
    """Return a count or an amount with its unit: 46 件, 469.5 万元; 46 cases, 4.695 million yuan."""
    unit = counted(counted_in, words, number) if counted_in != "ratio" else ""
    return f"{amount_of(number, counted_in, words)} {unit}".strip()


def value_text(measure: str, value: Fraction, counted_in: str, words: Words) -> str:
    """Return a value as printed: a share in per cent, anything else with its unit."""
    return percent_of(value) if is_share(measure) else amount(value, counted_in, words)


def _cells(assessment: Assessment, source: str, asked: str) -> Iterator[Cells]:
    lineage, roll = assessment.lineage, assessment.roll
    names = item_names(_rules(assessment), assessment.words)
    told = FilterWords(assessment.words, names, {unit.code: unit.short for unit in roll})
    for row in rows_of(lineage[lineage["source"] == source]):
        shown, more = first_cells(str(row["cells"]))
        yield Cells(str(row["file"]), str(row["sheet"]), told(str(row["filter"]), asked), shown, more)


def corrections_of(assessment: Assessment, source: str, unit: str) -> Iterator[Corrected]:
    """Yield the corrections in the rows a value was read from, and those that took a row of the unit out of them.

    Args:
        assessment: the round.
        source: of the value in the lineage.
        unit: code of its unit.
    """
    none = assessment.words.label("corrections.empty")
    lineage = assessment.lineage
    rows: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows_of(lineage[lineage["source"] == source]):
        rows.setdefault((str(row["file"]), str(row["sheet"])), []).extend(_row_spans(str(row["cells"])))
    for row in rows_of(assessment.corrections):
        read = rows.get((str(row["file"]), str(row["sheet"])))
        if read is None:
            continue
        inside = any(
            first <= end and start <= last
            for start, end in _row_spans(str(row["cells"]))
            for first, last in read
        )
        if inside or (row["kind"] in ("drop", "merge") and row["unit"] == unit):
            yield Corrected(
                kind=str(row["kind"]),
                place=place_corrected(row, assessment.words),
                was=str(row["was"]) or none,
                now=str(row["is"]) or none,
                reason=str(row["reason"]),
                post=str(row["reported_by"]),
                date=str(row["date"]),
            )


def _row_spans(cells: str) -> Iterator[tuple[int, int]]:
    """Yield first and last row of each of some A1 ranges."""
    for part in cells.split(",") if cells else []:
        first, _, last = part.partition(":")
        yield _address(first)[1], _address(last or first)[1]


@lru_cache(maxsize=16384)
def first_cells(cells: str, most: int = SHOWN) -> tuple[tuple[str, ...], int]:
    """Return the first cells of a list of A1 ranges, ranges cut where they pass `most`, and how many are left.

    `L6:L8,L20` with `most=2` gives `("L6:L7",), 2`.
    """
    shown: list[str] = []
    taken = left = 0
    for part in cells.split(",") if cells else []:
        first, _, last = part.partition(":")
        letter, start = _address(first)
        _, end = _address(last or first)
        size = end - start + 1
        room = min(size, most - taken)
        if room == size:
            shown.append(part)
        elif room > 0:
            stop = start + room - 1
            shown.append(first if room == 1 else f"{first}:{letter}{stop}")
        taken, left = taken + max(room, 0), left + size - max(room, 0)
    return tuple(shown), left


def _address(cell: str) -> tuple[str, int]:
    letter = cell.rstrip("0123456789")
    return letter, int(cell[len(letter) :])


def points_text(points: Decimal | None, words: Words) -> str:
    """Return points as printed, an em dash where there are none."""
    row: Mapping[str, Any] = {"id": "", "value": "" if points is None else str(points)}
    return words.figure(row, "scored").text if points is not None else words.label("explain.none")
