"""What changed between two states of a round, or between two rounds: every row that differs, with its cause.

A cause is named from what the two states record of themselves: hashes of the files behind a figure, corrections, the
parts of the rule set, the definitions, the units, the program. Where several of these differ that can touch a figure,
all are named, for nobody can tell them apart without computing again; where none can, so it is said (`unknown`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, Literal, NamedTuple

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.own_measures import MEASURES_FILE
from analysis.intake.declared.corrections import CORRECTIONS_FILE
from analysis.intake.declared.maps_file import MAPS_FILE
from analysis.results.edition import DEFINING, PERIODS, Edition
from analysis.rounds.bulletin_texts import BULLETIN_FILE
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import ROUND_FILE, RULEBOOK_FILE

Change = Literal["revised", "appeared", "disappeared"]
Row = Mapping[str, Any]

#: one row per figure, sentence or unit that is not the same; `moved` orders them within their kind
COLUMNS: Final = (
    "kind", "change", "id", "unit", "item", "period", "base_period", "method", "old", "new", "moved", "causes",
)  # fmt: skip
#: kinds of rows, the worst first; those on one line stand beside each other
ORDER: Final[Mapping[str, int]] = {
    "grade": 0,
    "rank": 1, "score": 1, "item_score": 1,
    "published": 2, "city_value": 2,
    "unit": 3, "finding": 3, "problem": 3, "value": 3, "sentence": 3,
}  # fmt: skip
#: what can be behind a difference, in the order in which causes are named
CAUSES: Final = (
    "period", "source", "correction_added", "correction_expired", "rule", "definition", "unit_new", "unit_gone",
    "unit_merged", "unit_renamed", "unit_class", "code", "untold", "unknown",
)  # fmt: skip
#: files of a round that are no source of figures
_SETTINGS_FILES: Final = frozenset({
    ROUND_FILE, RULEBOOK_FILE, MAPS_FILE, MEASURES_FILE, CORRECTIONS_FILE, BULLETIN_FILE, "README.md",
})  # fmt: skip
#: settings of which another round has others because it is another round
_OF_THE_YEAR: Final = frozenset({"as_of", "new_units", "nil_returns"})
#: corrections that only say that a warning is right as it stands
_ACCEPTED: Final = "accept"
#: numbers that differ by less, relatively, are one number computed on two machines
_SAME: Final = 1e-9
_LISTED: Final = re.compile(r"[\s;,]+")


class Cause(NamedTuple):
    """What is behind a difference, or may be.

    Attributes:
        kind: one of `CAUSES`.
        detail: the file, place, item, setting or unit it is about; empty where there is only one such cause.
    """

    kind: str
    detail: str = ""


def changed(old: Edition, new: Edition) -> pd.DataFrame:
    """Return what is not the same in two states, the worst first.

    Of two rounds only values of periods that both count are held against each other (figures restated since); grades,
    ranks and scores are those of each round's own period.

    Returns:
        A frame with `COLUMNS`: `old` and `new` as text (empty where there is none), `moved` in ranks, points or, for
        other figures, as a share of the larger one (1 for what appeared or disappeared), `causes` a tuple of `Cause`.
    """
    found = _Comparison(old, new)
    rows = [*found.units(), *found.values(), *found.items(), *found.totals(), *found.others()]
    rows += found.sentences(rows)
    rows.sort(key=lambda row: (ORDER[row["kind"]], row["kind"] == "item_score", -row["moved"]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def not_compared(old: Edition, new: Edition) -> tuple[tuple[str, str], ...]:
    """Return what could not be held against each other: the name of the state and of the table it does not have."""
    return tuple(
        (state.name, name)
        for state in (old, new)
        for name in (*state.lacks, *(() if state.basis is not None else ("basis",)))
    )


@dataclass(frozen=True)
class _Correction:
    """A correction that one state has and the other has not."""

    cause: Cause
    unit: str
    file: str


class _Comparison:
    """Two states side by side, and what differs in what they rest on."""

    def __init__(self, old: Edition, new: Edition) -> None:
        self.old, self.new = old, new
        self.two_rounds = old.round != new.round
        self._new_code = self._renumbered()

    # ---------------------------------------------------------------------------------- what the states rest on

    @cached_property
    def period(self) -> tuple[Cause, ...]:
        """That the two are about different periods."""
        told = f"{self.old.period} → {self.new.period}"
        return (Cause("period", told),) if self.old.period != self.new.period else ()

    @cached_property
    def files(self) -> frozenset[str]:
        """The sources that are not the same in both: a file that only has another name is."""
        before, after = self._hashes(self.old), self._hashes(self.new)
        revised = {name for name, digest in before.items() if digest not in after.values()}
        return frozenset(revised | {name for name, digest in after.items() if digest not in before.values()})

    @staticmethod
    def _hashes(state: Edition) -> dict[str, str]:
        files = dict(state.basis["files"]) if state.basis else {}
        lineage = state.tables.get("lineage")
        if lineage is not None:
            files |= dict(zip(lineage["file"], lineage["sha256"], strict=True))
        return {name: digest for name, digest in files.items() if name not in _SETTINGS_FILES and digest}

    @cached_property
    def behind(self) -> Mapping[str, frozenset[str]]:
        """The files behind every source of the lineage of either state."""
        found: dict[str, set[str]] = {}
        for state in (self.old, self.new):
            lineage = state.tables.get("lineage")
            if lineage is not None:
                for source, file in zip(lineage["source"], lineage["file"], strict=True):
                    found.setdefault(source, set()).add(file)
        return {source: frozenset(files) for source, files in found.items()}

    @cached_property
    def corrections(self) -> tuple[_Correction, ...]:
        """The corrections that only one of the two has."""
        before, after = self._corrections(self.old), self._corrections(self.new)
        gone = [_corrected("correction_expired", row) for key, row in before.items() if key not in after]
        return (
            *gone,
            *(_corrected("correction_added", row) for key, row in after.items() if key not in before),
        )

    @staticmethod
    def _corrections(state: Edition) -> dict[tuple[str, ...], Row]:
        columns = ("kind", "unit", "ledger", "field", "file", "sheet", "cells", "was", "is")
        rows = rows_of(state.tables["corrections"]) if "corrections" in state.tables else []
        return {tuple(row[column] for column in columns): row for row in rows if row["kind"] != _ACCEPTED}

    @cached_property
    def rules(self) -> frozenset[str]:
        """The parts of the rule set that are not the same."""
        return frozenset(_unlike(self._of_basis(self.old, "rules"), self._of_basis(self.new, "rules")))

    @cached_property
    def definitions(self) -> tuple[Cause, ...]:
        """The settings and files that say how is counted, and are not the same."""
        before, after = (self._of_basis(state, "settings") for state in (self.old, self.new))
        known = DEFINING if self.two_rounds else (*DEFINING, *PERIODS)
        settings = [name for name in known if before.get(name) != after.get(name)]
        return tuple(Cause("definition", name) for name in (*settings, *self._unlike_files(MAPS_FILE)))

    @cached_property
    def own_measures(self) -> frozenset[str]:
        """The round's own measures, where their definitions are not the same."""
        if not self._unlike_files(MEASURES_FILE):
            return frozenset()
        return frozenset(
            code
            for state in (self.old, self.new)
            for code in (state.basis["measures"] if state.basis else ())
        )

    def _unlike_files(self, name: str) -> list[str]:
        before, after = (self._of_basis(state, "files") for state in (self.old, self.new))
        return [name] if before.get(name) != after.get(name) else []

    @cached_property
    def touched(self) -> Mapping[str, Cause]:
        """The units of which more than the name is another: new, gone, merged, in another class."""
        before, after = self._rolls
        formers = {code: self._formers(code) for code in after if code not in self._new_code.values()}
        absorbed = {former for known in formers.values() for former in known}
        found = {}
        for code, row in before.items():
            present = self._new_code.get(code, code)
            if present not in after:
                found[code] = Cause("unit_merged" if code in absorbed else "unit_gone", row["short"])
            elif self._class_of(code) != self._class_of(present, new=True):
                found[present] = Cause("unit_class", after[present]["short"])
        for code, known in formers.items():
            if known:
                found[code] = Cause("unit_merged", after[code]["short"])
            elif code not in before:
                found[code] = Cause("unit_new", after[code]["short"])
        return found

    def _class_of(self, code: str, *, new: bool = False) -> tuple[str, str]:
        state = self.new if new else self.old
        return self._rolls[new][code]["kind"], str(self._of_basis(state, "classes").get(code, ""))

    @cached_property
    def _rolls(self) -> tuple[dict[str, Row], dict[str, Row]]:
        before, after = self._roll(self.old), self._roll(self.new)
        # without one of the two nothing can be said of the units
        return (before, after) if before and after else ({}, {})

    @staticmethod
    def _roll(state: Edition) -> dict[str, Row]:
        return {row["code"]: row for row in rows_of(state.tables["units"])} if "units" in state.tables else {}

    def _formers(self, code: str) -> list[str]:
        """Return the units of the old roll that a unit of the new one was before, itself left out."""
        before, after = self._rolls
        return [
            former for former in after[code]["former_codes"].split(";") if former in before and former != code
        ]

    def _renumbered(self) -> dict[str, str]:
        """Return the new code by the old one, of units that only have another."""
        before, after = self._rolls
        single = {code: self._formers(code) for code in after if code not in before}
        return {
            formers[0]: code
            for code, formers in single.items()
            if len(formers) == 1 and formers[0] not in after
        }

    @cached_property
    def program(self) -> tuple[Cause, ...]:
        """That the program is another."""
        before, after = ((state.basis or {}).get("code") for state in (self.old, self.new))
        return (Cause("code"),) if before and after and before != after else ()

    @cached_property
    def untold(self) -> tuple[Cause, ...]:
        """What one of the two does not tell of what it rests on: whatever it is, it may be behind any difference."""
        lacking = dict.fromkeys(
            name
            for _state, name in not_compared(self.old, self.new)
            if name in {"basis", "lineage", "corrections", "units"}
        )
        return tuple(Cause("untold", name) for name in lacking)

    def _of_basis(self, state: Edition, part: str) -> Mapping[str, Any]:
        """Return a part of what a state tells of itself; nothing where the other state tells nothing."""
        both = self.old.basis is not None and self.new.basis is not None
        return state.basis[part] if both and state.basis is not None else {}

    # ---------------------------------------------------------------------------------- causes of one row

    def causes(
        self,
        sources: Iterable[str],
        *,
        rules: Collection[str] = (),
        units: Collection[str] | None = None,
        measure: str = "",
        of_period: bool = False,
    ) -> tuple[Cause, ...]:
        """Return what can be behind the difference of a row.

        Args:
            sources: of its lineage.
            rules: the parts of the rule set it hangs on.
            units: the units whose corrections and changes can touch it; None for all.
            measure: the code of its measure, where it has one.
            of_period: whether it is about the round's own period, so that of another round it is another figure.
        """
        behind = frozenset[str]().union(*(self.behind.get(source, frozenset()) for source in sources))
        found = [Cause("rule", part) for part in self.rules.intersection(rules)]
        found += [cause for code, cause in self.touched.items() if units is None or code in units]
        definitions = list(self.definitions)
        if of_period and self.period:
            found += self.period
            definitions = [each for each in definitions if each.detail not in {*_OF_THE_YEAR, MAPS_FILE}]
        else:
            found += [Cause("source", file) for file in self.files & behind]
            found += [
                each.cause
                for each in self.corrections
                if each.file in behind and (units is None or not each.unit or each.unit in units)
            ]
        if measure in self.own_measures:
            found.append(Cause("definition", MEASURES_FILE))
        found += [*definitions, *self.program, *self.untold]
        return _in_order(found) or self._any

    @cached_property
    def _any(self) -> tuple[Cause, ...]:
        """Everything that differs, for a row none of it is known to touch."""
        found = [Cause("source", file) for file in self.files]
        found += [each.cause for each in self.corrections]
        found += [Cause("rule", part) for part in self.rules]
        found += self.touched.values()
        found += [Cause("definition", MEASURES_FILE)] if self.own_measures else []
        return _in_order([*self.period, *found]) or (Cause("unknown"),)

    # ---------------------------------------------------------------------------------- the rows

    def units(self) -> Iterator[dict[str, Any]]:
        """Yield the units that are new, gone, renamed, renumbered, or of another kind or class."""
        before, after = self._rolls
        for code in before:
            present = self._new_code.get(code, code)
            if present not in after:
                yield _row("unit", code, before[code]["name"], "", (self.touched[code],))
                continue
            pairs = (
                (code, present),
                (before[code]["name"], after[present]["name"]),
                (before[code]["short"], after[present]["short"]),
                *zip(self._class_of(code), self._class_of(present, new=True), strict=True),
            )
            for item, (was, now) in zip(("code", "name", "short", "kind", "class"), pairs, strict=True):
                if was != now:
                    other = "unit_class" if item in {"kind", "class"} else "unit_renamed"
                    what = Cause(other, after[present]["short"])
                    yield _row("unit", present, was, now, (what,), item=item)
        for code in after:
            if code not in before and code not in self._new_code.values():
                yield _row("unit", code, "", after[code]["name"], (self.touched[code],))

    def values(self) -> Iterator[dict[str, Any]]:
        """Yield the values that differ, of the periods both states count."""
        key = ("unit", "period", "base_period", "measure", "method")
        before, after = (self._table(state, "values", key) for state in (self.old, self.new))
        if self.two_rounds:
            both = {place[1] for place in before} & {place[1] for place in after}
            before, after = ({k: v for k, v in rows.items() if k[1] in both} for rows in (before, after))
        for place, was, now in _differing(before, after, _value):
            unit, period, base, measure, method = place
            own = catalogue.of(measure)
            counted = own.record is not None and unit in (self._rolls[0] or self._rolls[1])
            causes = self.causes(
                _sources(was, now),
                rules=() if own.record is not None else self.rules,
                units={unit} if counted else None,
                measure=own.measure,
            )
            of_unit = not self._rolls[1] or unit in self._rolls[1] or unit in self._rolls[0]
            yield _row(
                "value" if of_unit else "city_value",
                unit, _value(was), _value(now), causes, id=_id(was, now), item=measure, period=period,
                base_period=base, method=method,
            )  # fmt: skip

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield the scores of items and dimensions that differ."""
        before, after = (
            self._table(state, "scores", ("unit", "indicator", "kind", "source"))
            for state in (self.old, self.new)
        )
        for place, was, now in _differing(before, after, _points):
            unit, item, _kind, source = place
            if item == "total":
                continue
            causes = self.causes(_ids(was, now), rules={item, *self._below(item), "*"}, of_period=True)
            yield _row(
                "item_score",
                unit,
                _points(was),
                _points(now),
                causes,
                id=_id(was, now),
                item=item,
                method=source,
            )

    def _below(self, item: str) -> list[str]:
        within = {**self._of_basis(self.old, "items"), **self._of_basis(self.new, "items")}
        return [code for code, dimension in within.items() if dimension == item]

    def totals(self) -> Iterator[dict[str, Any]]:
        """Yield the grades, ranks and scores that differ."""
        before, after = (self._table(state, "grades", ("unit",)) for state in (self.old, self.new))
        items = self.rules - {"grades", "problem_groups"}
        # of a grade, a rank or a total all that counts for all units may be the cause
        of = {
            "grade": (self.rules - {"problem_groups"}, "grades"),
            "rank": (items, "grades"),
            "score": (items, "total"),
        }
        for kind, (rules, source) in of.items():
            for (unit,), was, now in _differing(before, after, partial(_text, column=kind)):
                lineage = [f"score.{unit}.total"] if source == "total" else ["grades", f"grade.{unit}"]
                causes = self.causes(lineage, rules=rules, of_period=True)
                yield _row(
                    kind, unit, _text(was, kind), _text(now, kind), causes, id=_id(was, now),
                    moved=_ranks(was, now) if kind == "grade" else None,
                )  # fmt: skip

    def others(self) -> Iterator[dict[str, Any]]:
        """Yield the findings, the problems, and the computed figures beside published ones, that differ."""
        before, after = (self._table(state, "findings", ("unit", "group")) for state in (self.old, self.new))
        for (unit, group), was, now in _differing(before, after, _finding):
            causes = self.causes(_ids(was, now), rules={"problem_groups"}, of_period=True)
            yield _row("finding", unit, _finding(was), _finding(now), causes, id=_id(was, now), item=group)
        before, after = (self._table(state, "problems", ("id",)) for state in (self.old, self.new))
        for (ident,), was, now in _differing(before, after, partial(_text, column="status")):
            # two rounds have different problems by their nature; of each that both follow, only its state is compared
            if self.two_rounds and (was is None or now is None):
                continue
            states = _text(was, "status"), _text(now, "status")
            yield _row(
                "problem", _text(now or was, "unit"), *states, self._any_with_rest, id=ident, item=ident
            )
        if not self.two_rounds:
            before, after = (
                self._table(state, "compare", ("figure", "place")) for state in (self.old, self.new)
            )
            for (figure, place), was, now in _differing(before, after, partial(_text, column="computed")):
                computed = _text(was, "computed"), _text(now, "computed")
                yield _row("published", "", *computed, self._any_with_rest, item=figure, method=place)

    @cached_property
    def _any_with_rest(self) -> tuple[Cause, ...]:
        known = [cause for cause in self._any if cause.kind != "unknown"]
        return _in_order([*known, *self.definitions, *self.program, *self.untold]) or (Cause("unknown"),)

    def sentences(self, moved: Iterable[Row]) -> Iterator[dict[str, Any]]:
        """Yield the sentences that differ, where both states have them; behind them are the figures they rest on."""
        of_rows = {row["id"]: row["causes"] for row in moved if row["id"]}
        # another round says everything of another period
        if self.two_rounds or not all("sentences" in state.tables for state in (self.old, self.new)):
            return
        before, after = (
            self._table(state, "sentences", ("product", "unit", "id")) for state in (self.old, self.new)
        )
        # of a card that only one of them has, every sentence would be another: that the unit is new or gone is told
        both = {key[:2] for key in before} & {key[:2] for key in after}
        for (product, unit, ident), was, now in _differing(before, after, partial(_text, column="text")):
            if (product, unit) not in both:
                continue
            rests = {name for row in (was, now) if row for name in _LISTED.split(row["rows"]) if name}
            found = _in_order(cause for name in sorted(rests) for cause in of_rows.get(name, ()))
            causes = found or self._any_with_rest
            yield _row(
                "sentence", unit, _text(was, "text"), _text(now, "text"), causes, id=ident,
                item=_text(now or was, "place"), method=product,
            )  # fmt: skip

    def _table(self, state: Edition, name: str, key: tuple[str, ...]) -> dict[tuple[str, ...], Row]:
        """Return the rows of a table by their key, units of the old state under their new code.

        Where one of the two states lacks the table, there is nothing to compare.
        """
        if name not in self.old.tables or name not in self.new.tables:
            return {}
        found: dict[tuple[str, ...], Row] = {}
        for row in rows_of(state.tables[name]):
            if state is self.old and "unit" in row:
                row["unit"] = self._new_code.get(row["unit"], row["unit"])
            found[tuple(str(row[column]) for column in key)] = row
        return found


def _corrected(kind: str, row: Row) -> _Correction:
    place = " › ".join(filter(None, (row["file"], row["sheet"], row["cells"])))
    return _Correction(Cause(kind, place), row["unit"], row["file"])


def _in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(set(causes), key=lambda cause: (CAUSES.index(cause.kind), cause.detail)))


def _unlike(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]


def _differing(
    before: Mapping[tuple[str, ...], Row],
    after: Mapping[tuple[str, ...], Row],
    shown: Callable[[Row | None], str],
) -> Iterator[tuple[tuple[str, ...], Row | None, Row | None]]:
    """Yield the keys whose rows do not show the same, with both rows."""
    for key in {**before, **after}:
        was, now = before.get(key), after.get(key)
        if was is None or now is None or not _same(shown(was), shown(now)):
            yield key, was, now


def _same(was: str, now: str) -> bool:
    if was == now:
        return True
    one, other = _number(was), _number(now)
    return one is not None and other is not None and math.isclose(one, other, rel_tol=_SAME)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _text(row: Row | None, column: str) -> str:
    return "" if row is None else str(row[column])


def _value(row: Row | None) -> str:
    """Return a value, for want of one its status."""
    return "" if row is None else str(row["value"] or row["status"])


def _points(row: Row | None) -> str:
    return "" if row is None else str(row["points"] or row["status"])


def _finding(row: Row | None) -> str:
    """Return how many problems a unit has, marked where it is named for them."""
    return "" if row is None else f"{row['findings']}{'*' if row['named'] == 'True' else ''}"


def _id(was: Row | None, now: Row | None) -> str:
    return _text(now or was, "id")


def _ids(was: Row | None, now: Row | None) -> list[str]:
    return [str(row["id"]) for row in (was, now) if row is not None]


def _sources(was: Row | None, now: Row | None) -> list[str]:
    return [str(row["source"]) for row in (was, now) if row is not None]


def _ranks(was: Row | None, now: Row | None) -> float:
    """Return by how many ranks a unit whose grade is another moved; without two ranks as far as one can."""
    before, after = _number(_text(was, "rank")), _number(_text(now, "rank"))
    return abs(after - before) if before is not None and after is not None else math.inf


def _row(
    kind: str,
    unit: str,
    old: str,
    new: str,
    causes: tuple[Cause, ...],
    *,
    moved: float | None = None,
    **more: str,
) -> dict[str, Any]:
    change: Change = "appeared" if not old else "disappeared" if not new else "revised"
    told = {"id": "", "item": "", "period": "", "base_period": "", "method": "", **more}
    size = _moved(kind, old, new) if moved is None else moved
    return {
        "kind": kind, "change": change, "unit": unit, "old": old, "new": new, "moved": size, "causes": causes, **told,
    }  # fmt: skip


def _moved(kind: str, old: str, new: str) -> float:
    before, after = _number(old), _number(new)
    if before is None or after is None:
        return 1.0
    apart = abs(after - before)
    absolute = kind in {"rank", "score", "item_score"}
    return apart if absolute else apart / max(abs(before), abs(after))
