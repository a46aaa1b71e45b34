"""The measures: one record each, and what the code of one says.

Everything that is particular to a measure stands in its record: what is counted, added up or divided by what, in which
unit, which way is good, what it is compared by, which measures it is made of, and what an outer edition must withhold
together with it. Counting, changes, lineage, what-if, disclosure, rule sets and documentation read it here. Names and
definitions stand in the words under the same code.

To add a measure, add its record here, and `measure.<code>` and `definition.<code>` to the words of every language.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from analysis.indicators import conditions
from analysis.indicators.cohorts import MONEY_FIELDS, SCALE, SOURCES, ledger_of
from analysis.indicators.conditions import Condition
from analysis.intake.declared.ledgers import INSTITUTIONS, LEDGERS, MARK_SOURCES
from analysis.quantities import MONEY_UNITS, Currency

Kind = Literal["count", "stated", "sum", "rate", "rate_of_sums", "mark", "mean", "waiting"]
Comparison = Literal["change", "difference"]
#: what a value would be if the cells left empty were filled in one way or the other (`fillings`)
Bound = Literal["lowest", "highest"]
BOUNDS: Final[tuple[Bound, ...]] = get_args(Bound)
COMPARISONS: Final[tuple[Comparison, ...]] = get_args(Comparison)


@dataclass(frozen=True)
class Told:
    """What the office calls a measure of its own, and what it says it means."""

    name: str
    definition: str
    name_en: str = ""
    definition_en: str = ""


@dataclass(frozen=True)
class Measure:
    """One measure: what of which ledger is counted, added up, or divided by what.

    Attributes:
        code: its name in the value table.
        source: the cohort it is counted in (a key of `cohorts.SOURCES`).
        kind: `count` of rows; `stated` 1 or 0; `sum` of a field; `rate` of rows; `rate_of_sums` of two fields;
            `mark` out of a full mark; `mean` of marks; `waiting`, the days until it happened to more than half.
        unit_of_measure: clue, case, person, yuan, ratio, point, event, project or unit.
        top: condition of the rows counted, added up, or in the numerator.
        cell: the field whose cells decide that (for a sum: the field added up), empty where the mere date of a row
            does; its cells are the lineage.
        base: condition of the denominator; for a sum, of all rows that ought to state the field; for a count, of
            all rows that ought to say whether they count.
        base_cell: the field whose cells decide the denominator, or are added up there.
        rises_are_good: whether a rise is good news; None where it is neither.
        compared: whether a `change` in per cent and a `difference`, only the latter, or neither is computed.
        leading: whether trends, comparison and report show it throughout: a quantity that ought to fall, or a rate.
        parts: of a rate, the measures above and below; by them it is recomputed and may be stated in a summary.
        within: the count or sum of which it is a part.
        same_as: the measure of which it is another name.
        cells: the counts printed with it, each a cell that an outer edition may have to withhold; `.numerator` and
            `.denominator` behind a code are the two ends of a rate. One without cells never leaves the office.
        institution: that it is about.
        minor: minor units of the currency of an amount.
        told: how the office calls a measure of its own; None for one that the words know.
    """

    code: str
    source: str
    kind: Kind
    unit_of_measure: str
    top: Condition
    cell: str = ""
    base: Condition | None = None
    base_cell: str = ""
    rises_are_good: bool | None = None
    compared: Comparison | None = None
    leading: bool = False
    parts: tuple[str, ...] = ()
    within: str = ""
    same_as: str = ""
    cells: tuple[str, ...] = ()
    institution: str = ""
    minor: int = SCALE["amount"]
    told: Told | None = None

    def __post_init__(self) -> None:
        """Hold the fields and conditions against the ledger.

        Raises:
            ValueError: the ledger has no such field, or its rows cannot be asked such a condition.
        """
        ledger = ledger_of(self.source)
        for name in filter(None, (self.cell, self.base_cell)):
            if name not in LEDGERS[ledger].fields:
                raise ValueError(f"{self.code}: {ledger} has no field {name}")
        for atom in (*self.top.atoms, *(self.base.atoms if self.base else ())):
            if atom.ledgers and ledger not in atom.ledgers:
                raise ValueError(f"{self.code}: {ledger} cannot be asked: {atom.code}")

    @property
    def method(self) -> str:
        """How the value came about, as the value table says it."""
        methods = {
            "rate": "wilson",
            "rate_of_sums": "no_interval",
            "mark": "stated",
            "waiting": "kaplan_meier",
        }
        return methods.get(self.kind, self.kind)

    @property
    def scale(self) -> int:
        """Whole numbers of the ledger per unit of measure (fen per yuan)."""
        if self.cell in MONEY_FIELDS:
            return self.minor if self.kind in ("sum", "rate_of_sums", "mean") else 1
        return SCALE.get(self.cell, 1) if self.kind in ("sum", "mark", "mean", "rate_of_sums") else 1

    @property
    def is_rate(self) -> bool:
        """Whether it is a share of something, between none and all."""
        return self.kind in ("rate", "rate_of_sums")

    @property
    def is_mark(self) -> bool:
        """Whether it is a mark somebody gave, or the mean of such."""
        return self.kind == "mark" or (self.kind == "mean" and self.cell == "mark")

    def in_currency(self, currency: Currency) -> Measure:
        """Return the measure with its amounts in a currency."""
        money = self.unit_of_measure in MONEY_UNITS
        return replace(
            self,
            unit_of_measure=currency.unit if money else self.unit_of_measure,
            minor=currency.minor,
        )


#: what the code of a rate ends with that counts only what happened within the window every case had
IN_WINDOW: Final = "_in_window"


# ------------------------------------------------------------------------------------------------ the records


def _count(code: str, unit: str, top: Condition, cell: str = "", **more: Any) -> Measure:
    """Return a count of clues that an outer edition tells unless it is small."""
    return Measure(code, "clues", "count", unit, top, cell, **{"cells": (code,)} | more)


def _total(code: str, unit: str, stated: Condition, cell: str, **more: Any) -> Measure:
    """Return a sum over the confirmed clues; it is told where their number is."""
    top = conditions.CONFIRMED & stated
    cells = {"cells": ("cases",)} | more
    return Measure(code, "clues", "sum", unit, top, cell, base=conditions.CONFIRMED, **cells)


def _rate(code: str, top: Condition, cell: str, base: Condition, base_cell: str = "", **more: Any) -> Measure:
    return Measure(code, "clues", "rate", "ratio", top, cell, base, base_cell, rises_are_good=True, **more)


def _clues() -> Iterator[Measure]:
    falls: dict[str, Any] = {"rises_are_good": False, "compared": "change", "leading": True}
    moves: dict[str, Any] = {"compared": "difference", "leading": True}
    yield _count("clues_received", "clue", conditions.RECEIVED, compared="difference")
    yield _count(
        "clues_checked", "clue", conditions.CHECKED, "checked", rises_are_good=True, within="clues_received"
    )
    yield _count(
        "clues_confirmed", "clue", conditions.CONFIRMED, "confirmed", same_as="cases", within="clues_checked",
        cells=("cases",),
    )  # fmt: skip
    yield _count(
        "clues_resolved", "clue", conditions.RESOLVED, "resolved_on", rises_are_good=True, within="cases"
    )
    yield _count(
        "clues_closed", "clue", conditions.CLOSED, "closed_on", rises_are_good=True, within="clues_received"
    )
    yield _count("cases", "case", conditions.CONFIRMED, "confirmed", within="clues_checked", **falls)
    yield _total(
        "workers", "person", conditions.WORKERS_STATED, "workers", cells=("workers", "cases"), **falls
    )
    yield _total("amount", "yuan", conditions.AMOUNT_STATED, "amount", **falls)
    yield _total("amount_owed", "yuan", conditions.AMOUNT_STATED, "amount")
    yield _total("amount_paid", "yuan", conditions.PAID_STATED, "amount_paid", rises_are_good=True)
    # what may be taken apart: the cases that state their people and their amount
    both = conditions.WORKERS_AND_AMOUNT_STATED
    yield _count(
        "cases_stated", "case", conditions.CONFIRMED & both, "workers", base=conditions.CONFIRMED,
        compared="difference", within="cases", cells=("cases",),
    )  # fmt: skip
    yield _total(
        "workers_stated", "person", both, "workers", compared="difference", within="workers",
        cells=("workers", "cases"),
    )  # fmt: skip
    yield _total("amount_stated", "yuan", both, "amount", compared="difference", within="amount")
    yield _rate(
        "rate_checked", conditions.CHECKED, "checked", conditions.RECEIVED,
        parts=("clues_checked", "clues_received"), cells=("clues_checked", "clues_received"), **moves,
    )  # fmt: skip
    yield _rate(
        "rate_resolved", conditions.RESOLVED, "resolved_on", conditions.CONFIRMED, "confirmed",
        parts=("clues_resolved", "clues_confirmed"), cells=("clues_resolved", "cases"), **moves,
    )  # fmt: skip
    yield _rate(
        "rate_closed", conditions.CLOSED, "closed_on", conditions.RECEIVED,
        parts=("clues_closed", "clues_received"), cells=("clues_closed", "clues_received"), **moves,
    )  # fmt: skip
    # what is not said to be paid is not paid; what was owed must be known for a payment to be a part of it
    paid = conditions.CONFIRMED & conditions.BOTH_AMOUNTS_STATED
    owed = conditions.CONFIRMED & conditions.AMOUNT_STATED
    yield Measure(
        "rate_paid", "clues", "rate_of_sums", "ratio", paid, "amount_paid", owed, "amount", rises_are_good=True,
        parts=("amount_paid", "amount_owed"), cells=("cases",), **moves,
    )  # fmt: skip
    for rate, top, cell, base, base_cell in (
        ("rate_resolved", conditions.RESOLVED_IN_WINDOW, "resolved_on", conditions.CONFIRMED, "confirmed"),
        ("rate_closed", conditions.CLOSED_IN_WINDOW, "closed_on", conditions.RECEIVED, ""),
    ):
        yield _rate(f"{rate}{IN_WINDOW}", top, cell, base, base_cell, compared="difference")
    yield Measure(
        "waiting_resolved", "clues", "waiting", "day", conditions.RESOLVED & conditions.WAITING_KNOWN, "resolved_on",
        conditions.WAITING_KNOWN, "confirmed", rises_are_good=False,
    )  # fmt: skip
    yield _rate("rate_filed", conditions.FILED, "filed", conditions.FILE_DUE, "file_due")
    yield _rate("rate_listed", conditions.LISTED, "listed", conditions.LIST_DUE, "list_due")
    yield _rate("rate_published", conditions.PUBLISHED, "published", conditions.PUBLISH_DUE, "publish_due")
    yield Measure(
        "backlog", "clues before", "count", "case", conditions.UNRESOLVED, "resolved_on", rises_are_good=False,
        cells=("backlog",),
    )  # fmt: skip
    # what still waits of this period, told within the office alone
    waiting = conditions.UNRESOLVED
    yield _count(
        "cases_unresolved", "case", waiting, "resolved_on", rises_are_good=False, within="cases", cells=()
    )
    for what, unit, known in (
        ("workers", "person", conditions.WORKERS_STATED),
        ("amount", "yuan", conditions.AMOUNT_STATED),
    ):
        yield Measure(
            f"{what}_unresolved", "clues", "sum", unit, waiting & known, what, base=waiting, rises_are_good=False,
            within=what,
        )  # fmt: skip


def _event(code: str, top: Condition, cell: str, **more: Any) -> Measure:
    top = conditions.VERIFIED & top
    return Measure(code, "events", "count", "event", top, cell, rises_are_good=False, cells=(code,), **more)


def rows_of(ledger: str) -> str:
    """Return the code of the measure that counts the rows handed in of a ledger."""
    return f"rows_{ledger}"


def _others() -> Iterator[Measure]:
    yield _event("petitions", conditions.TO_THE_TOP, "kind", compared="difference")
    yield _event("events_mass", conditions.LARGE, "people")
    yield _event(
        "events_mass_government", conditions.LARGE & conditions.FUNDED, "government_funded", within="events_mass"
    )  # fmt: skip
    yield _event("events_extreme", conditions.EXTREME & conditions.SERIOUS, "serious")
    for institution in INSTITUTIONS:
        yield from _of_projects(institution)
    yield Measure(
        "emergency_fund", "funds", "stated", "unit", conditions.ESTABLISHED, "established",
        rises_are_good=True,
    )  # fmt: skip
    for level in ("state", "province", "city"):
        top = conditions.taken_up_by(level)
        yield Measure(f"innovation_{level}", "innovation", "count", "unit", top, "level", rises_are_good=True)
    yield Measure(
        "migrant_workers", "units", "sum", "person", conditions.MIGRANT_WORKERS_STATED, "migrant_workers",
        base=conditions.ANY_ROW,
    )  # fmt: skip
    cells = {"funds": "established", "self_marks": "mark", "field_marks": "mark", "department_marks": "mark"}
    for source in SOURCES:
        # the roll is no ledger that a unit hands in
        if source == ledger_of(source) and source != "units" and not SOURCES[source].by_period:
            cell = cells.get(source, "no" if "no" in LEDGERS[source].fields else "")
            yield Measure(rows_of(source), source, "count", "unit", conditions.HANDED_IN, cell)
    yield Measure(
        "mark_departments", "department_marks", "mean", "point", conditions.MARK_STATED, "mark",
        rises_are_good=True,
    )  # fmt: skip


def _of_projects(institution: str) -> Iterator[Measure]:
    def measure(what: str, kind: Kind, top: Condition, cell: str = institution, **more: Any) -> Measure:
        unit = "ratio" if kind == "rate" else "project"
        return Measure(
            f"{what}_{institution}", "projects", kind, unit, top, cell, institution=institution, **more
        )

    owed = conditions.has_or_lacks(institution)
    sampled = owed & conditions.SAMPLED
    yield measure(
        "coverage", "rate", conditions.has(institution), base=owed, base_cell=institution, rises_are_good=True,
        cells=(f"coverage_{institution}.numerator", f"coverage_{institution}.denominator"),
    )  # fmt: skip
    yield measure("sampled", "count", sampled, "sampled")
    # a project of which nobody says whether it was sampled leaves open whether it was found wanting
    wanting = conditions.lacks(institution) & conditions.SAMPLED
    yield measure("deficient", "count", wanting, base=sampled, rises_are_good=False)
    # a rule set may count what is left blank as not done
    yield measure("unstated_coverage", "count", conditions.silent_about(institution))


#: every measure with a fixed name; the marks of score sheets (`mark_field_1_1`) are added from the sheets' items
MEASURES: Final[dict[str, Measure]] = {measure.code: measure for measure in (*_clues(), *_others())}
#: the measures of the round at hand that the office has declared itself (`own_measures`)
_OWN: dict[str, Measure] = {}
#: the three quantities that ought to fall, and the rates, which trends, comparison and report show throughout
QUANTITIES: Final = tuple(m.code for m in MEASURES.values() if m.leading and not m.is_rate)
RATES: Final = tuple(m.code for m in MEASURES.values() if m.leading and m.is_rate)
#: the rates within the window that trends and verdicts on a rate use; the score keeps the rate at the cut-off
WINDOWED: Final = tuple(code for code in MEASURES if code.endswith(IN_WINDOW))
#: what the codes of the marks of a score sheet begin with, and the ledger of the sheet
MARK_SHEETS: Final = {
    "mark_self": "self_marks",
    "mark_field": "field_marks",
    **{f"mark_{source}": f"marks {source}" for source in MARK_SOURCES},
}
_MARK_CODE: Final = re.compile(rf"({'|'.join(MARK_SHEETS)})(?:_([0-9A-Za-z][0-9A-Za-z_]*))?")


def mark_of(sheet: str, item: str) -> Measure:
    """Return the measure of an item of a score sheet (`mark_self`, `1.1`); without an item that of the whole unit."""
    stated = conditions.item_stated(item) if item else conditions.WHOLE_MARK_STATED
    code = f"{sheet}_{conditions.slug(item)}" if item else sheet
    return Measure(
        code, MARK_SHEETS[sheet], "mark", "point", stated, "mark", stated, "full", rises_are_good=True
    )


# ------------------------------------------------------------------------------------------------ asked by code


@dataclass(frozen=True)
class Code:
    """What the code of a measure says.

    Attributes:
        text: the code.
        measure: the code of the measure behind it; its own where nothing is compared.
        compared: whether it is a change or a difference of that measure.
        record: of the measure; None for one that is not in the catalogue (a rule set's own, a derived one).
        filling: whether it is the lowest or the highest filling of that measure, empty where it is as stated.
    """

    text: str
    measure: str
    compared: Comparison | None
    record: Measure | None
    filling: Bound | Literal[""] = ""

    @property
    def is_rate(self) -> bool:
        """Whether its value is a share between none and all."""
        return self.compared is None and self.record is not None and self.record.is_rate

    @property
    def is_mark(self) -> bool:
        """Whether its value is a mark somebody gave."""
        return self.compared is None and self.record is not None and self.record.is_mark

    @property
    def is_stated(self) -> bool:
        """Whether its value is the yes or no of a ledger."""
        return self.compared is None and self.record is not None and self.record.kind == "stated"

    @property
    def is_rate_difference(self) -> bool:
        """Whether it is the difference of two rates, which moves in percentage points."""
        return self.compared == "difference" and self.record is not None and self.record.is_rate

    @property
    def is_share(self) -> bool:
        """Whether it is told in per cent."""
        return self.compared == "change" or self.is_rate or self.is_rate_difference

    @property
    def computed(self) -> bool:
        """Whether somebody computes it."""
        if self.record is None or self.filling:
            return False
        return self.compared is None or self.record.compared in ("change", self.compared)


@functools.cache
def of(code: str) -> Code:
    """Return what the code of a measure says."""
    for compared in COMPARISONS:
        measure = code.removeprefix(f"{compared}_")
        if measure != code:
            return Code(code, measure, compared, _record(measure))
    for filling in BOUNDS:
        measure = code.removeprefix(f"{filling}_")
        if measure != code:
            return Code(code, measure, None, _record(measure), filling)
    return Code(code, code, None, _record(code))


def _record(code: str) -> Measure | None:
    mark = None if code in MEASURES else _MARK_CODE.fullmatch(code)
    if mark and (mark[2] or MARK_SHEETS[mark[1]].startswith("marks ")):
        return mark_of(mark[1], mark[2] or "")
    return MEASURES.get(code) or _OWN.get(code)


def declare(measures: Iterable[Measure]) -> None:
    """Take the measures an office declares for the round at hand, instead of those of another round.

    They count like those of the catalogue wherever a code is looked up, until another round is opened.
    """
    found = {measure.code: measure for measure in measures}
    if found != _OWN:
        _OWN.clear()
        _OWN.update(found)
        of.cache_clear()


@contextmanager
def others_declared() -> Iterator[None]:
    """Let another round declare its measures for a while; afterwards those of the round at hand count again."""
    own = tuple(_OWN.values())
    try:
        yield
    finally:
        declare(own)


def every() -> Iterator[Measure]:
    """Yield every measure with a name: those of the catalogue, and those of the office."""
    yield from MEASURES.values()
    yield from _OWN.values()


def known_measures() -> frozenset[str]:
    """Return the codes of all measures with a fixed name, changes and differences included."""
    return frozenset(code for each in every() for code in codes_of(each.code) if of(code).computed)


def is_known(code: str) -> bool:
    """Return whether somebody computes a measure of this code; the marks of any item of a sheet count as known."""
    return of(code).computed


def is_own_mark(code: str) -> bool:
    """Return whether a measure is the mark that a unit gave itself for an item."""
    record = of(code).record
    return record is not None and record.kind == "mark" and record.source == MARK_SHEETS["mark_self"]


def rises_are_good(code: str) -> bool | None:
    """Return whether a rise of a measure, or of a change or difference of it, is good news; None: neither."""
    record = of(code).record
    return record.rises_are_good if record else None


def codes_of(measure: str) -> tuple[str, ...]:
    """Return the code of a measure and those of its change and its difference, whether they are computed or not."""
    return (measure, *(f"{compared}_{measure}" for compared in COMPARISONS))


def with_bounds(codes: Iterable[str]) -> tuple[str, ...]:
    """Return codes of measures and those of their lowest and highest fillings."""
    return tuple(name for code in codes for name in (code, *(f"{bound}_{code}" for bound in BOUNDS)))


def names_of(code: str) -> tuple[str, ...]:
    """Return the code of a measure and its other name (`cases`, `clues_confirmed`)."""
    first = (MEASURES[code].same_as if code in MEASURES else "") or code
    return (code, *(m.code for m in MEASURES.values() if code != m.code and first in (m.code, m.same_as)))


def wholes_of(code: str) -> tuple[str, ...]:
    """Return the counts that a measure is counted among, under all their names."""
    record = MEASURES.get(code)
    if record is None:
        return ()
    above = (*names_of(record.within), *wholes_of(record.within)) if record.within else ()
    return tuple(dict.fromkeys((*names_of(code)[1:], *above)))
