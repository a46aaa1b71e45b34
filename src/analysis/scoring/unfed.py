"""What nothing feeds: items of a rule set that no ledger, sheet or statement gives anything to, for some class.

Scored all the same they would give every unit alike, and look like a result: so they block before anything is scored.
Units that reported nothing in a core ledger are not scored and ask for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.catalogue import MARK_SHEETS, rows_of
from analysis.indicators.cohorts import Arrived, ledger_of
from analysis.indicators.feeding import Feed, feed_of
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.frames import rows_of as rows_of_frame
from analysis.rounds.periods import parse_period
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.settings_files import Document, Location, suggestion
from analysis.rounds.units import UnitRoll, normal_name
from analysis.rulebook import Indicator, Rulebook
from analysis.rulebook.checks import indicators
from analysis.rulebook.composition import Composition
from analysis.rulebook.indicator import Scoring
from analysis.rulebook.predicates import STATED
from analysis.rulebook.stated_facts import StatementFile
from analysis.rulebook.unitscore import composed_sources, slug
from analysis.rulebook.written import entries, part_of
from analysis.scoring.core_ledgers import core_ledgers

#: the source of what a rule reads for itself
_OWN: Final = "own"


@dataclass(frozen=True)
class _Hole:
    """Something asked for in vain: by an item, from a source, of a measure."""

    item: str
    source: str
    measure: str


class _Asking:
    """What the items of a rule set ask for, against what is fed."""

    def __init__(self, rules: Rulebook, roll: UnitRoll, of: RoundSettings, feed: Feed) -> None:
        self.rules, self.roll, self.feed = rules, roll, feed
        self.period, self.base = of.calendar.period.text, of.calendar.base
        self.core = core_ledgers(of, rules)
        self.of = of
        self.holes: dict[_Hole, dict[tuple[str, str], None]] = {}

    def look(self) -> None:
        """Find every hole, with the periods and the classes it is open for."""
        classes = self.rules.classes or (None,)
        for each in classes:
            units = frozenset(
                unit.code for unit in self.roll if self.rules.class_of(unit.code, unit.kind) is each
            )
            if units:
                narrowed = self.rules.of_class(each)
                for item in narrowed.indicators():
                    self._indicator(item, units, each.name if each else "", narrowed.composition)
                for part in self.rules.deductions:
                    self._own(part, units, each.name if each else "")
                self._whole(narrowed, units, each.name if each else "")

    def _indicator(
        self, item: Indicator, units: frozenset[str], of_class: str, composition: Composition | None
    ) -> None:
        asked = composed_sources(self.rules, item)
        marks = {source: f"mark_{source}_{slug(item.code)}" for source in asked if source != item.source}
        given = {
            source: bool(self._fed(mark, self.period, self.base, units)) for source, mark in marks.items()
        }
        if composition is not None and composition.combine == "replaced" and any(given.values()):
            return
        if not asked or item.source in asked:
            self._own(item, units, of_class)
        for source, mark in marks.items():
            weighted = composition is not None and composition.combine == "weighted"
            if weighted and not given[source]:
                self._add(_Hole(item.code, source, mark), self.period, of_class)

    def _whole(self, narrowed: Rulebook, units: frozenset[str], of_class: str) -> None:
        """Look for the whole scores a total is composed of, where several are weighted."""
        composition = narrowed.composition
        if composition is None or composition.at != "total" or composition.combine != "weighted":
            return
        for part in composition.sources:
            if part.measure:
                asked = [part.measure]
            elif part.source == "reviewed":
                continue
            else:
                asked = [f"mark_{part.source}_{slug(item.code)}" for item in narrowed.indicators()]
            if not any(self._fed(measure, self.period, self.base, units) for measure in asked):
                self._add(_Hole("", part.source, part.measure), self.period, of_class)

    def _own(self, item: Scoring, units: frozenset[str], of_class: str) -> None:
        samples = {sample.measure for sample in item.samples.of} if item.samples else set()
        for period, base in self._periods(item):
            open_ones = [measure for measure in item.measures if not self._fed(measure, period, base, units)]
            if samples and not samples <= set(open_ones):
                # a mean over samples declares what a missing one does
                open_ones = [measure for measure in open_ones if measure not in samples]
            for measure in open_ones:
                self._add(_Hole(item.code, _OWN, measure), period, of_class)

    def _add(self, hole: _Hole, period: str, of_class: str) -> None:
        self.holes.setdefault(hole, {})[period, of_class] = None

    def _periods(self, item: Scoring) -> tuple[tuple[str, str], ...]:
        """Return the periods an item is scored for; what is counted for the whole only is asked of the whole."""
        periods = self.rules.periods if isinstance(item, Indicator) else None
        if periods is None or all(map(self._of_whole, item.measures)):
            return ((self.period, self.base),)
        return tuple(pair for part in periods.parts for pair in part.based(self.period, self.base))

    def _of_whole(self, measure: str) -> bool:
        periods = self.rules.periods
        parts = periods.within(self.period, self.base) if periods else ()
        return (
            bool(parts)
            and self.feed.counts(measure, self.period, self.base)
            and not any(self.feed.counts(measure, period, base) for period, base in parts)
        )

    def _fed(self, measure: str, period: str, base: str, units: frozenset[str]) -> bool:
        if period != self.period and self._of_whole(measure):
            period, base = self.period, self.base
        if catalogue.of(measure).compared:
            # of a new unit nobody can state what was before it
            units = units - self.of.new_in(parse_period(base, self.of.year_starts))
            if not units:
                return True
        record = catalogue.of(measure).record
        ledger = ledger_of(record.source) if record else ""
        if ledger in self.core and period == self.period and ledger in self.feed.arrived:
            units = units & self.feed.of(rows_of(ledger), period, "")
            if not units:
                return True
        return bool(units & self.feed.of(measure, period, base))


def unfed(
    document: Document,
    rules: Rulebook,
    arrived: Arrived,
    of: RoundSettings,
    statements: StatementFile,
) -> Iterator[Fault]:
    """Yield the items of a rule set that nothing feeds, each with its line and with what it asks for in vain.

    Args:
        document: the file of the rule set.
        rules: what it says.
        arrived: roll, ledgers, columns and files as the intake hands them over.
        of: the settings of the round.
        statements: what the office states of the units itself.
    """
    feed = _feed(rules, arrived, of, statements)
    asking = _Asking(rules, arrived.roll, of, feed)
    asking.look()
    places = dict(_places(document))
    named = {part.code: part.name for part in (*rules.indicators(), *rules.deductions)}
    for hole, open_for in asking.holes.items():
        record = catalogue.of(hole.measure).record
        periods = dict.fromkeys(period for period, _ in open_for if rules.periods)
        classes = dict.fromkeys(name for _, name in open_for if name)
        lacking = dict.fromkeys(
            text for period, _ in open_for for text in feed.lacking.get((hole.measure, period), ())
        )
        yield document.fault(
            f"rulebook_item_unfed{_kind(hole, feed)}" if hole.item else "rulebook_source_unfed",
            *places[hole.item or hole.source],
            item=hole.item,
            name=named.get(hole.item, ""),
            asked=catalogue.of(hole.measure).measure,
            composed=hole.source,
            column=hole.measure.split("_", 2)[-1].replace("_", "."),
            ledger=ledger_of(record.source) if record else "",
            periods=LIST_SIGN.join(periods),
            of_class=LIST_SIGN.join(classes),
            lacking=LIST_SIGN.join(lacking),
        )
    yield from _beside(document, rules, feed)
    yield from _strange_items(rules, arrived)
    yield from _replaced_items(rules, arrived)
    yield from _not_self_marked(document, rules, arrived, places)
    yield from _self_marks_kept_back(document, rules, arrived)


def _feed(rules: Rulebook, arrived: Arrived, of: RoundSettings, statements: StatementFile) -> Feed:
    asked = {measure for part in (*rules.indicators(), *rules.deductions) for measure in part.measures}
    sources = rules.composition.sources if rules.composition else ()
    asked |= {part.measure for part in sources if part.measure}
    marks = {f"mark_{part.source}_{slug(item.code)}" for item in rules.indicators() for part in sources}
    cores = {rows_of(ledger) for ledger in core_ledgers(of, rules)}
    stated: dict[tuple[str, str], frozenset[str]] = {}
    for each in statements.statements:
        key = each.measure, of.calendar.period.text
        stated[key] = stated.get(key, frozenset()) | {each.unit}
    return feed_of(arrived, of, {*asked, *marks, *cores}).with_stated(stated)


def _places(document: Document) -> Iterator[tuple[str, Location]]:
    for at, _ in (*indicators(document), *entries(document.data, (), "deductions")):
        yield document.written(*at, "code"), (*at, "code")
    for at, part in entries(part_of(document.data, "composition"), ("composition",), "sources"):
        yield str(part.get("source", "")), (*at, "source")


def _kind(hole: _Hole, feed: Feed) -> str:
    """Return the end of the check by what is missing: a fact, a mark, a whole ledger, years, reports."""
    if hole.measure.startswith(STATED):
        return "_fact"
    record = catalogue.of(hole.measure).record
    if hole.source != _OWN or (record is not None and record.is_mark and record.kind == "mark"):
        return "_mark"
    if record is None or ledger_of(record.source) not in feed.arrived:
        return "_ledger"
    return "_earlier" if any(measure == hole.measure for measure, _period in feed.lacking) else ""


def _beside(document: Document, rules: Rulebook, feed: Feed) -> Iterator[Fault]:
    """Yield bonuses, vetoes and falsifications over a ledger that has not arrived: they could befall nobody."""
    named = [
        *((bonus.code, bonus.name, level.measure) for bonus in rules.bonuses for level in bonus.levels),
        *((veto.code, veto.name, veto.measure) for veto in rules.vetoes),
        *((part.code, part.name, part.measure) for part in rules.falsification),
    ]
    first: dict[tuple[str, str], None] = {}
    lines = dict(_lines_beside(document))
    for code, name, measure in named:
        record = catalogue.of(measure).record
        ledger = ledger_of(record.source) if record else ""
        if ledger and ledger not in feed.arrived and (code, ledger) not in first:
            first[code, ledger] = None
            yield document.fault("rulebook_part_unfed", *lines[code], item=code, name=name, ledger=ledger)


def _lines_beside(document: Document) -> Iterator[tuple[str, Location]]:
    for key in ("bonuses", "vetoes", "falsification"):
        for at, _ in entries(document.data, (), key):
            yield document.written(*at, "code"), (*at, "code")


def _not_self_marked(
    document: Document, rules: Rulebook, arrived: Arrived, places: Mapping[str, Location]
) -> Iterator[Fault]:
    """Yield the items that the units' own sheets leave out though they mark others."""
    frame = arrived.ledgers.get("self_marks")
    marked = set() if frame is None else {slug(str(item).strip()) for item in frame["item"].dropna()}
    for item in rules.indicators() if marked else ():
        if slug(item.code) not in marked:
            yield document.fault(
                "rulebook_item_not_self_marked",
                *places[item.code],
                severity="warns",
                item=item.code,
                name=item.name,
            )


def _self_marks_kept_back(document: Document, rules: Rulebook, arrived: Arrived) -> Iterator[Fault]:
    """Yield the units that leave out self scores which others of their class give, where too high a one is false.

    Without them there is no difference to be caught by: they block, as nobody but the unit can say what it claims.
    """
    looking = [part for part in rules.falsification if part.difference is not None]
    frame = arrived.ledgers.get("self_marks")
    if not looking or frame is None:
        return
    given: dict[str, set[str]] = {}
    for unit, item in frame.loc[frame["mark"].notna(), ["unit", "item"]].itertuples(index=False):
        given.setdefault(slug(str(item).strip()), set()).add(str(unit))
    classes = {unit.code: rules.class_of(unit.code, unit.kind) for unit in arrived.roll}
    lines = dict(_lines_beside(document))
    for unit in arrived.roll:
        beside = {code for code, of_class in classes.items() if of_class is classes[unit.code]}
        kept = [
            item.code
            for item in rules.of_class(classes[unit.code]).indicators()
            if given.get(slug(item.code), set()) & beside and unit.code not in given[slug(item.code)]
        ]
        for part in looking if kept else ():
            told = {"item": part.code, "name": part.name, "kept": LIST_SIGN.join(kept), "of": unit.name}
            found = document.fault(
                "rulebook_self_mark_kept_back", *lines[part.code], severity="blocks", **told
            )
            yield replace(found, unit=unit.code)


def _strange_items(rules: Rulebook, arrived: Arrived) -> Iterator[Fault]:
    """Yield items of mark sheets that the rule set does not name: nobody would read their marks."""
    codes = [item.code for item in rules.indicators()]
    read = {measure for item in rules.indicators() for measure in item.measures}
    for sheet, ledger in MARK_SHEETS.items():
        frame = arrived.ledgers.get(ledger_of(ledger))
        if frame is None:
            continue
        if "source" in frame:
            frame = frame[frame["source"].eq(ledger.partition(" ")[2])]
        for item, rows in frame.groupby(frame["item"].str.strip(), sort=True):
            code = str(item)
            if code and code not in codes and f"{sheet}_{slug(code)}" not in read:
                row = rows.iloc[0]
                yield Fault(
                    "rulebook_mark_item_unknown",
                    file=str(row["file"]),
                    sheet=str(row["sheet"]),
                    cell=f"{row['column']}{row['row']}" if "column" in rows else "",
                    found=code,
                    severity="warns",
                    details={"suggestion": suggestion(code, codes)},
                )


def _replaced_items(rules: Rulebook, arrived: Arrived) -> Iterator[Fault]:
    """Yield the items that a sheet of marks calls otherwise than the rule set, or marks out of other points.

    Their code may have passed to another item, and what was marked is the one that had it before.
    """
    items = {slug(item.code): item for item in rules.indicators()}
    for ledger in dict.fromkeys(map(ledger_of, MARK_SHEETS.values())):
        frame = arrived.ledgers.get(ledger)
        if frame is None or "item" not in frame:
            continue
        titles, letters = _titles(arrived.columns, ledger), _letters(arrived.columns, ledger)
        told = [name for name in ("item", "item_name", "full") if name in frame]
        for (file, sheet), rows in frame.groupby(["file", "sheet"], sort=False):
            first = rows.assign(item=rows["item"].str.strip().map(slug)).drop_duplicates(told)
            marked = [row for row in rows_of_frame(first) if row["item"] in items]
            # a sheet marked out of 100 says nothing about the points of its items
            in_points = any(row["full"] == float(items[row["item"]].points) for row in marked)
            for row in marked:
                item = items[row["item"]]
                title = row.get("item_name") or titles.get((str(file), str(sheet), row["item"]), "")
                other_name = bool(title) and not any(map(partial(_alike, title), (item.name, item.name_en)))
                full = row["full"]
                other_points = in_points and not pd.isna(full) and full != float(item.points)
                if other_name or other_points:
                    field = "item_name" if other_name else "full"
                    column = letters.get((str(file), str(sheet), field), row["column"])
                    yield Fault(
                        "rulebook_item_renamed" if other_name else "rulebook_item_other_points",
                        file=str(file),
                        sheet=str(sheet),
                        cell=f"{column}{row['row']}",
                        found=title if other_name else f"{full:g}",
                        severity="warns",
                        details={"item": item.code, "name": item.name, "points": f"{float(item.points):g}"},
                    )


def _letters(columns: pd.DataFrame, ledger: str) -> dict[tuple[str, str, str], str]:
    """Return where the sheets of a ledger have their fields, by file, sheet and field."""
    own = columns[columns["ledger"].eq(ledger)]
    return {(row["file"], row["sheet"], row["field"]): row["column"] for row in rows_of_frame(own)}


def _titles(columns: pd.DataFrame, ledger: str) -> dict[tuple[str, str, str], str]:
    """Return what the sheets of a ledger with a column per item call these, by file, sheet and item.

    What a sheet says over several of them (得分) is no name.
    """
    own = columns[columns["ledger"].eq(ledger) & columns["field"].str.startswith("mark:")]
    own = own[~own.duplicated(["file", "sheet", "title"], keep=False)]
    return {
        (row["file"], row["sheet"], slug(row["field"].partition(":")[2])): row["title"]
        for row in rows_of_frame(own)
    }


def _alike(one: str, other: str) -> bool:
    """Return whether a name is the other one or shortens it: 专户 is 工资专用账户."""
    short, long = sorted((normal_name(one).lower(), normal_name(other).lower()), key=len)
    signs = iter(long)
    return bool(short) and all(sign in signs for sign in short)
