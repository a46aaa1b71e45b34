"""What the office states of the units as a list: which unit, which fact, whether it holds, and on what it rests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.settings_files import suggestion
from analysis.rulebook import Rulebook
from analysis.rulebook.edit.entrylist import EntryList, ListKind, Value
from analysis.rulebook.edit.rulecell import CellRead, number_said
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.ruleterms import RuleTerms
from analysis.rulebook.predicates import STATED
from analysis.rulebook.stated_facts import STATEMENTS_FILE, Statement, Statements

STATEMENTS: Final = ListKind(
    "statements",
    Statement,
    {
        "unit": ("stated_unit", 20),
        "fact": ("fact", 30),
        "holds": ("stated_holds", 10),
        "count": ("stated_count", 8),
        "off": ("stated_off", 8),
        "basis": ("stated_basis", 46),
    },
    "",
    STATEMENTS_FILE,
)
#: of these one is written: whether the fact holds, how often, or what it takes off
_ANSWERS: Final = ("holds", "count", "off")


class StatementList(EntryList):
    """The statements of a round, and their file with edited ones."""

    def __init__(self, files: RuleFiles, terms: RuleTerms, rulebook: Rulebook | None) -> None:
        self._facts = {fact.code: fact for fact in rulebook.facts} if rulebook is not None else {}
        whole = files.beside(STATEMENTS_FILE, Statements) is not None
        self._roll = files.roll
        written = files.statements.at(STATEMENTS.location) or ()
        super().__init__(STATEMENTS, files.statements, terms, written if whole else ())

    def _choices(self, key: str) -> tuple[str, ...]:
        if key == "holds":
            return tuple(self._words.label(f"ruletable.choice.{code}") for code in ("true", "false"))
        return tuple(unit.short for unit in self._roll) if key == "unit" and self._roll is not None else ()

    def _list_of(self, key: str) -> tuple[str, str] | None:
        return ("facts", "name") if key == "fact" else None

    def _shown(self, key: str, value: Any, entry: Mapping[str, Any]) -> str:
        text = str(value)
        if key == "unit" and self._roll is not None and self._roll.by_code(text) is not None:
            return self._roll.short(text)
        if key == "fact":
            return self._terms.facts.get(f"{STATED}{text}", text)
        return self._terms.value(text) if key == "holds" else text

    def _value(self, key: str, text: str, texts: Mapping[str, str], found: CellRead) -> Value:
        if key == "unit":
            return self._unit(text, found)
        if key == "fact":
            names = {name: code.removeprefix(STATED) for code, name in self._terms.facts.items()}
            if text not in names and text not in names.values():
                details = {"name": text, "suggestion": suggestion(text, list(names))}
                found.faults.append(("ruletable_fact_unknown", details))
            return names.get(text, text)
        if key == "holds":
            code = self._terms.code(text, ("true", "false"))
            if not code:
                label = self._words.label("ruletable.column.stated_holds")
                details = {"label": label, "value": text, "allowed": LIST_SIGN.join(self._choices(key))}
                found.faults.append(("ruletable_not_a_choice", details))
            return code or text
        return number_said(text) if key in _ANSWERS else text

    def _unit(self, text: str, found: CellRead) -> str:
        if self._roll is None:
            return text
        unit = self._roll.by_name(text) or self._roll.by_code(text)
        if unit is None:
            near = suggestion(text, [each.short for each in self._roll])
            found.faults.append(("ruletable_unit_unknown", {"name": text, "suggestion": near}))
        return text if unit is None else unit.code

    def _said(self, model: Any) -> str:
        """Return a statement as a sentence; `model` is the entry as it is written."""
        words, fact = self._words, self._facts.get(str(model.get("fact")))
        said = {key: self._shown(key, model.get(key, ""), model) for key in STATEMENTS.columns}
        if fact is not None:
            said["fact"] = fact.said(model.get("holds") != "false", words)
        answer = next(key for key in _ANSWERS if key in model)
        return words(f"ruletable.stated_said.{answer}", **said).plain
