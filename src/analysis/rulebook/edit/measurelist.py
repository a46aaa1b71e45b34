"""The measures of the office as a list: of which ledger, which rows, how they become a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from analysis.indicators.conditions import ANY_ROW, RECEIVED
from analysis.indicators.own_measures import COUNTED, MEASURES_FILE, OwnMeasure, OwnMeasures, Unit
from analysis.rounds.faults import LIST_SIGN
from analysis.rulebook.edit.entrylist import EntryList, ListKind, Value
from analysis.rulebook.edit.owncell import OwnCell
from analysis.rulebook.edit.rulecell import CellRead
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.ruleterms import RuleTerms, tidy

OWN_MEASURES: Final = ListKind(
    "own_measures",
    OwnMeasure,
    {
        "name": ("own_measure", 24),
        "ledger": ("ledger", 16),
        "kind": ("own_kind", 10),
        "where": ("own_where", 34),
        "that": ("own_that", 34),
        "field": ("own_field", 14),
        "of_field": ("own_of_field", 14),
        "unit": ("own_unit", 9),
        "direction": ("own_direction", 11),
        "definition": ("definition", 40),
        "code": ("own_code", 18),
        "name_en": ("own_measure_en", 24),
        "definition_en": ("own_definition_en", 34),
    },
    "own_",
    MEASURES_FILE,
    "measures",
)
_CONDITIONS: Final = ("where", "that")
_FIELDS: Final = ("field", "of_field")
#: what may be chosen, by column; the ledgers are asked of the words of ledgers
_CODED: Final[Mapping[str, tuple[str, ...]]] = {
    "ledger": COUNTED,
    "kind": get_args(OwnMeasure.model_fields["kind"].annotation),
    "unit": get_args(Unit),
    "direction": get_args(OwnMeasure.model_fields["direction"].annotation),
}


class MeasureList(EntryList):
    """The measures of the office, and their file with edited ones."""

    def __init__(self, files: RuleFiles, terms: RuleTerms) -> None:
        whole = files.beside(MEASURES_FILE, OwnMeasures) is not None
        self._elsewhere = terms.words("ruletable.in_file", file=MEASURES_FILE).plain
        written = files.measures.at(OWN_MEASURES.location) or ()
        super().__init__(OWN_MEASURES, files.measures, terms, written if whole else ())

    def _choices(self, key: str) -> tuple[str, ...]:
        return tuple(self._called(key, code) for code in _CODED.get(key, ()))

    def _called(self, key: str, code: str) -> str:
        label = f"ledger.{code}" if key == "ledger" else f"ruletable.own.{key}.{code}"
        return self._words.label(label) if label in self._words else code

    def _cell_of(self, entry: Mapping[str, Any]) -> OwnCell | None:
        ledger = self._code("ledger", str(entry.get("ledger", "")))
        return OwnCell(ledger, self._words) if ledger else None

    def _code(self, key: str, text: str) -> str:
        said = tidy(text)
        return next((code for code in _CODED[key] if said in (code, tidy(self._called(key, code)))), "")

    def _shown(self, key: str, value: Any, entry: Mapping[str, Any]) -> str:
        if key in _CODED and value:
            return self._called(key, str(value))
        cell = self._cell_of(entry)
        if key in _CONDITIONS and value:
            return (cell.shown(value) if cell is not None else None) or self._elsewhere
        if key in _FIELDS and cell is not None:
            return cell.heads.get(str(value), str(value))
        return str(value)

    def _value(self, key: str, text: str, texts: Mapping[str, str], found: CellRead) -> Value:
        if key in _CODED:
            code = self._code(key, text)
            if not code:
                allowed = LIST_SIGN.join(self._choices(key))
                self._unknown(key, text, allowed, found)
            return code or text
        cell = self._cell_of(texts)
        # without a ledger nobody knows its fields; its own cell says so
        if key in _CONDITIONS and cell is not None and text != self._elsewhere:
            return cell.read(text, found)
        if key in _FIELDS and cell is not None:
            name = cell.field(text)
            if name not in cell.numbers():
                known = LIST_SIGN.join(cell.heads.get(each, each) for each in cell.numbers())
                self._unknown(key, text, known, found)
            return name or text
        return text

    def _unknown(self, key: str, text: str, allowed: str, found: CellRead) -> None:
        label = self._words.label(f"ruletable.column.{OWN_MEASURES.columns[key][0]}")
        found.faults.append(("ruletable_not_a_choice", {"label": label, "value": text, "allowed": allowed}))

    def _said(self, model: Any) -> str:
        """Return what is counted, as a sentence; `model` is the entry as it is written."""
        words = self._words
        said = {key: self._shown(key, model.get(key, ""), model) for key in OWN_MEASURES.columns}
        usual = RECEIVED if model.get("ledger") == "clues" else ANY_ROW
        said["where"] = said["where"] or words(f"lineage.condition.{usual.code}", about="").plain
        kind = "share_of_sums" if said["of_field"] else model.get("kind")
        told = [words(f"ruletable.own.said.{kind}", **said)]
        if f"ruletable.own.said.{model.get('direction')}" in words:
            told.append(words(f"ruletable.own.said.{model['direction']}"))
        return words.paragraph(told).plain
