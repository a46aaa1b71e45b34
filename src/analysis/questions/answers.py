"""The sentences that answer a question: where a score comes from, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from analysis.indicators import catalogue
from analysis.quantities import MONEY_UNITS
from analysis.questions.explain import ItemExplained, UnitExplained, amount, points_text, value_text
from analysis.questions.what_if import Effects, Improvement, Reach
from analysis.render.blocks import Column, Row, Table
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Reading, Rulebook
from analysis.rulebook.sentences import amount_of, counted, measure_name, percent_of, plain
from analysis.words import Text, Words

#: of the indicators that would do alone this many are named
SHOWN = 5


def unit_lines(told: UnitExplained, words: Words) -> Iterator[Text]:
    """Yield score, rank and grade of a unit, the clause that decided it and the nearest other one."""
    grade = words.grade(told.grade, spaced=True).strip()
    head = {"unit": told.unit_name, "score": told.score, "rank": told.rank, "grade": grade}
    yield words("explain.say.unit" if told.grade else "explain.say.unit_ungraded", **head)
    yield words("explain.say.clause", clause=told.clause)
    if told.nearest:
        yield words("explain.say.nearest", nearest=told.nearest)


def unit_table(told: UnitExplained, words: Words) -> Table:
    """Return all scores of a unit with what they cost."""
    rows = (
        Row(
            (
                item.code if item.code != "total" else "",
                item.name or words.label("explain.total"),
                "" if item.possible is None else f"{item.possible:f}",
                points_text(item.points, words),
                points_text(item.lost, words) if item.lost else "",
                item.derivation,
            )
        )
        for item in told.items
    )
    numbers = ("possible", "points", "lost")
    return _table("explain", ("code", "name", *numbers, "why"), rows, words, numbers)


def effect_tables(
    found: Effects, roll: UnitRoll, names: Mapping[str, str], words: Words
) -> tuple[Table, ...]:
    """Return scores, ranks and grades side by side, then every indicator whose points are different, if any.

    Args:
        found: every unit before and after.
        roll: the units.
        names: names of the indicators by code.
        words: the catalogue.
    """
    units = (
        Row((roll.short(of.unit), *(_pair(*pair, words) for pair in (of.score, of.rank, of.grade))))
        for of in found.units
    )
    items = (
        Row(
            (
                roll.short(entry.unit),
                f"{entry.item} {names.get(entry.item, '')}".strip(),
                _pair(*entry.points, words),
                entry.derivation[1],
            )
        )
        for entry in found.items
    )
    numbers = ("score", "rank", "points")
    of_units = _table("whatif", ("unit", "score", "rank", "grade"), units, words, numbers)
    if not found.items:
        unchanged = "" if any(each.changed for each in found.units) else words.label("whatif.none")
        return (replace(of_units, caption=unchanged),)
    of_items = _table("whatif", ("unit", "item", "points", "why"), items, words, numbers)
    return (of_units, replace(of_items, caption=words.label("whatif.items")))


def _table(
    room: str, columns: Sequence[str], rows: Iterable[Row], words: Words, numbers: Sequence[str]
) -> Table:
    heads = tuple(
        Column(name, words.label(f"{room}.column.{name}"), align="right" if name in numbers else "left")
        for name in columns
    )
    return Table(room, "", heads, tuple(rows))


def _pair(before: str, after: str, words: Words) -> str:
    if before == after:
        return before
    none = words.label("explain.none")
    return words("whatif.arrow", before=before or none, after=after or none).plain


def item_lines(told: ItemExplained, words: Words) -> Iterator[Text]:
    """Yield one score line by line, from the points down to the cells."""
    entry = told.item
    yield words("explain.say.head", unit=told.unit_name, code=entry.code, name=entry.name)
    points = {"points": points_text(entry.points, words), "possible": f"{entry.possible or Decimal(0):f}"}
    if entry.points is None:
        yield words("explain.say.points_none")
    elif entry.lost is None:
        yield words("explain.say.points_alone", **points)
    else:
        yield words("explain.say.points", **points, lost=points_text(entry.lost, words))
    yield words("explain.say.rule", rule=told.rule)
    yield words("explain.say.definition", definition=told.definition)
    yield words("explain.say.arithmetic", derivation=entry.derivation)
    for read in told.reads:
        parts = words.clauses(
            [words("explain.say.part", label=label, number=number) for label, number in read.parts]
        )
        key = "read" + ("_status" if read.status else "") + ("_parts" if parts else "")
        places = {"name": read.name, "value": read.value, "status": read.status}
        yield words(f"explain.say.{key}", parts=parts, **places)
        if read.row:
            yield words("explain.say.row", row=read.row)
    for cells in told.cells:
        place = " › ".join(part for part in (cells.file, cells.sheet) if part)
        yield words("explain.say.cells", place=place)
        yield words("explain.say.cells_of", what=cells.what)
        key = "cells_more" if cells.more else "cells_list" if cells.shown else "cells_none"
        yield words(f"explain.say.{key}", cells=", ".join(cells.shown), more=str(cells.more))
    if not told.cells:
        yield words("explain.say.no_cells")
    for each in told.corrections:
        places = {"place": each.place, "was": each.was, "now": each.now}
        decided = {"reason": each.reason, "post": each.post, "date": each.date}
        yield words(f"corrections.say.{each.kind}", **places, **decided)


def reach_lines(
    found: Sequence[Reach], rulebook: Rulebook, roll: UnitRoll, words: Words, names: Mapping[str, str]
) -> Iterator[Text]:
    """Yield line by line what it would take every unit below the best grade to reach it.

    Args:
        found: what it takes, unit by unit.
        rulebook: the rule set.
        roll: the units.
        words: the catalogue.
        names: names of the indicators by code.
    """
    best = rulebook.grades.said(0, words)
    yield words("whatif.reach.title", grade=best)
    if not found:
        yield words("whatif.reach.all_best", grade=best)
    for each in found:
        grade = words.grade(each.grade, spaced=True).strip()
        places = {"unit": roll.short(each.unit), "score": f"{each.score}", "grade": grade}
        yield words("whatif.reach.unit", **places)
        told = (obstacle(each, best, words), shortage(each, words), *ways(each, rulebook, words, names))
        yield from (Text("  ", line) for line in told if line)
    yield words("whatif.reach.sub")


def obstacle(reach: Reach, best: str, words: Words) -> Text:
    """Return what stands in the way before any points count; empty where nothing does."""
    if not reach.obstacles:
        return Text()
    key = "obstacle_stays" if reach.short is None else "obstacle"
    points = {"score": f"{reach.score}", "cleared": f"{reach.cleared}"}
    gained = reach.short is not None and reach.cleared != reach.score
    told = words(f"whatif.reach.{key}", clause=reach.obstacles, grade=best)
    return told + words("whatif.reach.cleared", **points) if gained else told


def shortage(reach: Reach, words: Words) -> Text:
    """Return how many points a unit is short of the best grade."""
    if reach.short is None:
        return words("whatif.reach.never")
    if not reach.short:
        return words("whatif.reach.nothing_short")
    return words("whatif.reach.short", points=f"{reach.short}")


def ways(reach: Reach, rulebook: Rulebook, words: Words, names: Mapping[str, str]) -> tuple[Text, ...]:
    """Return the ways to the points a unit is short of, one line each, with a line above that says what they are.

    Args:
        reach: what it takes.
        rulebook: the rule set.
        words: the catalogue.
        names: names of the indicators by code.
    """
    found: list[Text] = []
    if reach.short is None or not reach.short:
        return ()
    if reach.single:
        found.append(words("whatif.reach.single"))
        found += [improvement(each, rulebook, words, names) for each in reach.single[:SHOWN]]
        if len(reach.single) > SHOWN:
            found.append(words("whatif.reach.single_more", count=str(len(reach.single) - SHOWN)))
    elif reach.cheapest:
        found.append(words("whatif.reach.together", count=str(len(reach.cheapest))))
        found += [improvement(each, rulebook, words, names) for each in reach.cheapest]
    else:
        found.append(words("whatif.reach.not_together", grade=rulebook.grades.said(0, words)))
    if reach.unreported:
        listed = words.list([f"{code} {names.get(code, '')}".strip() for code in reach.unreported])
        found.append(words("whatif.reach.unreported", items=listed))
    return tuple(found)


def improvement(each: Improvement, rulebook: Rulebook, words: Words, names: Mapping[str, str]) -> Text:
    """Return an improvement as a phrase: 5.2 核处化解率由 76.09%（35/46）到 97.83%（45/46），可增 6.20 分."""
    return words(
        "whatif.reach.improvement",
        item=f"{each.item} {names.get(each.item, '')}".strip(),
        before=reading_text(each.before, words),
        after=reading_text(each.after, words),
        gain=f"{each.gain}",
        measure=measure_name(each.measure, rulebook, words),
    )


def reading_text(reading: Reading, words: Words) -> str:
    """Return what a rule reads as a short text: 97.83%（45/46）, 46 件（基期 48 件）, 3 分."""
    if reading.value is None:
        return words.label(f"status.{reading.status}")
    above, below = reading.numerator, reading.denominator
    code = catalogue.of(reading.measure)
    if code.compared == "change" and above is not None and below is not None:
        now, before = amount(above, reading.counted, words), amount(below, reading.counted, words)
        return words("whatif.reading.change", now=now, before=before).plain
    if code.is_mark:
        return words("whatif.reading.mark", mark=plain(Fraction(round(reading.value * 100), 100))).plain
    if above is not None and below is not None and code.is_rate:
        parts = [amount_of(number, reading.counted, words) for number in (above, below)]
        key = "share_money" if reading.counted in MONEY_UNITS else "share"
        return words(
            f"whatif.reading.{key}",
            percent=percent_of(reading.value),
            above=parts[0],
            below=parts[1],
            unit=counted(reading.counted, words) if reading.counted in MONEY_UNITS else "",
        ).plain
    return value_text(reading.measure, reading.value, reading.counted, words)
