"""Measures an office declares itself: `measures.yaml`, of which ledger, which rows, counted, added up, a share, a mean.

They become records like those of the catalogue, and from there on are counted, traced, compared and told like them:

    measures:
      - code: resolved_in_30_days
        name: 30日内化解率
        definition: 受理后30日内化解的案件占查实案件的比重
        ledger: clues
        kind: share
        where: [confirmed]
        that: [{field: resolved_on, within_days: 30, after: received_on}]
        direction: up
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from analysis.indicators import catalogue
from analysis.indicators.catalogue import COMPARISONS, MARK_SHEETS, MEASURES, Comparison, Kind, Measure, Told
from analysis.indicators.cohorts import MONEY_FIELDS, SOURCES
from analysis.indicators.conditions import ANY_ROW, RECEIVED, Condition
from analysis.indicators.own_conditions import OWN, FieldCondition, named, stated
from analysis.intake.declared.ledgers import LEDGERS
from analysis.quantities import Currency
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.settings_files import Document, Settings, read_document, suggestion, validate
from analysis.words import OFFICE, words

#: name of the file in the folder of a round; a round without measures of its own has none
MEASURES_FILE: Final = "measures.yaml"
#: what a rule set is told of a measure that nobody knows
_OF_UNKNOWN: Final = frozenset({"rulebook_measure_unknown", "rulebook_reading"})
#: ledgers an office may count rows of
COUNTED: Final = tuple(
    name for name, ledger in LEDGERS.items() if name in SOURCES and ledger.has_unit and name != "summary"
)
#: kinds of fields that can be added up
_NUMBERS: Final = ("count", "money", "mark")
#: what the rows of a ledger are counted in where nothing else is declared
_UNITS: Final = {"clues": "case", "events": "event", "projects": "project"}
_TAKEN: Final = (
    *(f"{what}_" for what in (*COMPARISONS, *catalogue.BOUNDS)),
    *(f"{sheet}_" for sheet in MARK_SHEETS),
    "stated_",
    "rows_",
)
_KINDS: Final[dict[str, Kind]] = {"count": "count", "sum": "sum", "share": "rate", "mean": "mean"}

#: so many texts that rows say are listed
_SHOWN: Final = 10

_COMPARED: Final[dict[str, Comparison]] = {"count": "change", "sum": "change", "share": "difference"}

Unit = Literal["clue", "case", "person", "event", "project", "unit", "point"]


class OwnMeasure(Settings):
    """One measure of the office.

    Attributes:
        code: by which rules name it.
        name: what it is called.
        definition: what it means.
        ledger: whose rows are asked.
        kind: counting rows, adding a field up, a share, or a mean of a field.
        where: which rows; of a share, those that are the whole. Codes of the catalogue, or conditions on a field.
        that: of a share, which of these rows are the part.
        field: what is added up or averaged; of a share, what is added up over the part instead of counting rows.
        of_field: of such a share, what is added up over the whole.
        unit: what rows, or a field of numbers, are counted in.
        direction: whether more of it is better, worse, or neither.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: str
    name_en: str = ""
    definition: str
    definition_en: str = ""
    ledger: str
    kind: Literal["count", "sum", "share", "mean"]
    where: tuple[str | FieldCondition, ...] = ()
    that: tuple[str | FieldCondition, ...] = ()
    field: str = ""
    of_field: str = ""
    unit: Unit | None = None
    direction: Literal["up", "down", "neither"] = "neither"

    def record(self, money: Currency) -> Measure:
        """Return it as a record of the catalogue.

        Args:
            money: the round's currency.
        """
        whole = self._joined(self.where, money) or (RECEIVED if self.ledger == "clues" else ANY_ROW)
        part = self._joined(self.that, money)
        top: Condition = whole if part is None else whole & part
        base: Condition | None = None if self.kind == "count" else whole
        kind, fields = _KINDS[self.kind], [name for name in (self.field, self.of_field) if name]
        if fields:
            top = top & stated(self.ledger, *fields)
        if self.of_field:
            kind, base = "rate_of_sums", whole & stated(self.ledger, self.of_field)
        return Measure(
            self.code,
            self.ledger,
            kind,
            self._unit(money),
            top,
            self.field or _deciding(part or whole),
            base,
            self.of_field or (_deciding(whole) if self.kind == "share" else ""),
            rises_are_good={"up": True, "down": False}.get(self.direction),
            compared=_COMPARED.get(self.kind),
            told=Told(self.name, self.definition, self.name_en, self.definition_en),
        )

    def _joined(self, written: Sequence[str | FieldCondition], money: Currency) -> Condition | None:
        """Return the condition that all of some conditions hold; None where there is none."""
        known = named(self.ledger)
        joined: Condition | None = None
        for each in written:
            atoms = [known[each]] if isinstance(each, str) else each.atoms(self.ledger, money)
            for atom in atoms:
                joined = atom if joined is None else joined & atom
        return joined

    def _unit(self, money: Currency) -> str:
        if self.kind == "share":
            return "ratio"
        if self.kind != "count" and self.field in MONEY_FIELDS:
            return money.unit
        if self.unit is not None:
            return self.unit
        if self.kind == "count":
            return _UNITS.get(self.ledger, "unit")
        return "point" if LEDGERS[self.ledger].fields[self.field].kind == "mark" else "person"


def _deciding(condition: Condition) -> str:
    """Return the field whose cells decide a condition: that of its last part; empty where a mere row does."""
    last = condition.atoms[-1]
    fields = last.fields[:1] if last.code.startswith(OWN) else last.fields[-1:]
    return fields[0] if fields else ""


class OwnMeasures(Settings):
    """The content of `measures.yaml`."""

    measures: tuple[OwnMeasure, ...]


def read_measures(path: Path, money: Currency) -> tuple[tuple[Measure, ...], list[Fault]]:
    """Read the measures an office declares for a round.

    Args:
        path: the file `measures.yaml`; a round without measures of its own has none.
        money: the round's currency.

    Returns:
        Their records, none where anything is wrong; and every fault: those of `settings_files.read_document` and
        `validate`, and `measures_*` for names that a ledger does not know.
    """
    if not path.exists():
        return (), []
    document, faults = read_document(path, path.name)
    if document is None:
        return (), faults
    found, wrong = validate(document, OwnMeasures)
    faults += wrong
    if found is not None:
        faults += _faults(document, found)
    if found is None or faults:
        return (), sorted(faults, key=lambda fault: fault.line)
    return tuple(each.record(money) for each in found.measures), []


def declare_beside(folder: Path, money: Currency) -> tuple[tuple[Measure, ...], list[Fault]]:
    """Declare the measures of a round's folder, instead of those of another round; return them and every fault.

    Args:
        folder: of the round.
        money: its currency.
    """
    found, faults = read_measures(folder / MEASURES_FILE, money)
    catalogue.declare(found)
    return found, faults


def causes(faults: Iterable[Fault], folder: Path) -> list[Fault]:
    """Return the faults of a rule set without those that only follow from what is wrong in `measures.yaml`.

    Where a measure could not be declared, nobody knows it; that is told once, as what is wrong with the measure.

    Args:
        faults: of a rule set read with the measures of the folder.
        folder: of the round, with faults in its `measures.yaml`.
    """
    document, _told = read_document(folder / MEASURES_FILE, MEASURES_FILE)
    listed = document.data.get("measures") if document is not None else None
    codes = (
        {str(each.get("code", "")) for each in listed if isinstance(each, dict)}
        if isinstance(listed, list)
        else None
    )
    return [
        fault
        for fault in faults
        if fault.check not in _OF_UNKNOWN or not (codes is None or catalogue.of(fault.found).measure in codes)
    ]


def _faults(document: Document, found: OwnMeasures) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for place, each in enumerate(found.measures):
        at: tuple[str | int, ...] = ("measures", place)
        if each.code in MEASURES or each.code.startswith(_TAKEN) or f"measure.{each.code}" in words(OFFICE):
            yield document.fault("measures_code_taken", *at, "code")
        line = document.line(*at, "code")
        if first.setdefault(each.code, line) != line:
            yield document.fault("measures_code_twice", *at, "code", first=str(first[each.code]))
        if each.ledger not in COUNTED:
            yield _unknown(document, (*at, "ledger"), "measures_ledger_unknown", each.ledger, COUNTED)
            continue
        yield from _of_fields(document, at, each)
        for name in ("where", "that"):
            yield from _of_conditions(document, (*at, name), each, getattr(each, name))


def _of_fields(document: Document, at: tuple[str | int, ...], each: OwnMeasure) -> Iterator[Fault]:
    numbers = [name for name, field in LEDGERS[each.ledger].fields.items() if field.kind in _NUMBERS]
    for name in ("field", "of_field"):
        written = getattr(each, name)
        if written and written not in numbers:
            yield _unknown(document, (*at, name), "measures_field_unknown", written, numbers)
    if each.kind == "share" and {each.field, each.of_field} <= {*numbers}:
        part, of = (LEDGERS[each.ledger].fields[name].kind for name in (each.field, each.of_field))
        if part != of:
            # the amounts are whole fen inside: divided by people they would come out a hundredfold
            yield document.fault("measures_share_of_unlike", *at, "field", of=each.of_field)
    needs = {
        "count": not each.field and not each.that,
        "sum": bool(each.field) and not each.that,
        "mean": bool(each.field) and not each.that,
        "share": bool(each.that) != bool(each.field and each.of_field),
    }
    if not needs[each.kind] or (each.of_field and each.kind != "share"):
        yield document.fault(f"measures_incomplete_{each.kind}", *at, "kind")


def _of_conditions(
    document: Document, at: tuple[str | int, ...], each: OwnMeasure, written: Sequence[str | FieldCondition]
) -> Iterator[Fault]:
    known = named(each.ledger)
    for place, condition in enumerate(written):
        if isinstance(condition, str):
            if condition not in known:
                yield _unknown(document, (*at, place), "measures_condition_unknown", condition, list(known))
            continue
        for inner, check, there in condition.faults(each.ledger):
            text = document.written(*at, place, *inner)
            yield _unknown(document, (*at, place, *inner), check, text, there)


def _unknown(
    document: Document, at: tuple[str | int, ...], check: str, written: str, there: Sequence[str]
) -> Fault:
    details: dict[str, Any] = {
        "suggestion": suggestion(written, list(there)),
        "allowed": LIST_SIGN.join(there),
    }
    return document.fault(check, *at, **details)


def absent_texts(frames: dict[str, Any], path: Path) -> Iterator[Fault]:
    """Yield the texts that conditions ask for and that no row of the ledger says, each with what rows say instead.

    Args:
        frames: the ledgers that arrived, by name.
        path: the file of the measures, which has no other faults.
    """
    document, _told_before = read_document(path, path.name) if path.exists() else (None, [])
    found = validate(document, OwnMeasures)[0] if document is not None else None
    if document is None or found is None:
        return
    for place, each in enumerate(found.measures):
        for name in ("where", "that"):
            for number, condition in enumerate(getattr(each, name)):
                if isinstance(condition, str) or LEDGERS[each.ledger].fields[condition.field].kind != "text":
                    continue
                frame = frames.get(each.ledger)
                said = [] if frame is None else sorted(set(frame[condition.field].dropna()) - {""})
                for key in ("one_of", "not_one_of"):
                    for at, text in enumerate(getattr(condition, key)):
                        if text not in said:
                            where = ("measures", place, name, number, key, at)
                            fault = _unknown(document, where, "measures_text_absent", text, said[:_SHOWN])
                            yield replace(fault, severity="warns", found=text)
