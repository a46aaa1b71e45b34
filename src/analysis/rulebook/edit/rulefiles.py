"""The files a rule set is written in: `rulebook.yaml`, its own measures beside it, and what is stated of the units.

A workbook shows all of them and is read back into all of them, as one: they are checked together and saved together.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self, TypeVar

from analysis.indicators import catalogue
from analysis.indicators.own_measures import MEASURES_FILE, OwnMeasures, causes, declare_beside
from analysis.quantities import CURRENCIES
from analysis.rounds.faults import Fault
from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rounds.settings_files import Settings, read_document, validate
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook, load
from analysis.rulebook.edit.replacing import replaced
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.stated_facts import STATEMENTS_FILE, Statements, read_statements

Beside = TypeVar("Beside", bound=Settings)

#: what the files beside a rule set are, by name; each is one list, which may be empty
BESIDE: Final[dict[str, type[Settings]]] = {MEASURES_FILE: OwnMeasures, STATEMENTS_FILE: Statements}


def _empty(name: str) -> RuleFile:
    (key,) = BESIDE[name].model_fields
    return RuleFile(f"{key}: []\n")


@dataclass(frozen=True)
class RuleFiles:
    """The texts of a rule set.

    Attributes:
        rules: `rulebook.yaml`.
        measures: `measures.yaml`; an empty list where there is none.
        statements: `statements.yaml`; the same.
        roll: the units of whom facts are stated; None where none have arrived.
    """

    rules: RuleFile
    measures: RuleFile = field(default_factory=lambda: _empty(MEASURES_FILE))
    statements: RuleFile = field(default_factory=lambda: _empty(STATEMENTS_FILE))
    roll: UnitRoll | None = None

    @classmethod
    def read(cls, folder: Path, title: str, roll: UnitRoll | None = None) -> Self:
        """Read the files of a round.

        Args:
            folder: of the round.
            title: of the rule set that is begun where there is none.
            roll: the units of the round.

        Raises:
            UnicodeDecodeError: one of them is not UTF-8.
            YAMLError: one of them is no YAML mapping.
        """
        path = folder / RULEBOOK_FILE
        measures, statements = (
            RuleFile.read(folder / name) if (folder / name).is_file() else _empty(name) for name in BESIDE
        )
        return cls(
            RuleFile.read(path) if path.is_file() else RuleFile.begun(title), measures, statements, roll
        )

    def of(self, name: str) -> RuleFile:
        """Return one of the files by its name."""
        return self._by_name()[name]

    def having(self, name: str, file: RuleFile) -> Self:
        """Return the same with another text of a file."""
        if name == RULEBOOK_FILE:
            return replace(self, rules=file)
        return replace(self, measures=file) if name == MEASURES_FILE else replace(self, statements=file)

    def unlike(self, others: RuleFiles) -> dict[str, RuleFile]:
        """Return the files whose text differs, by name."""
        return {name: file for name, file in self._by_name().items() if file.text != others.of(name).text}

    def _by_name(self) -> dict[str, RuleFile]:
        return {RULEBOOK_FILE: self.rules, MEASURES_FILE: self.measures, STATEMENTS_FILE: self.statements}

    def beside(self, name: str, model: type[Beside]) -> Beside | None:
        """Return what a file beside the rule set says; None where its form is wrong."""
        with self._kept() as folder:
            document, _ = read_document(folder / name, name)
        return None if document is None else validate(document, model)[0]

    def declare(self) -> list[Fault]:
        """Declare the measures of the office instead of others, and return what is wrong with them."""
        with self._kept() as folder:
            return _declared(folder)

    def checked(self) -> tuple[Rulebook | None, list[Fault]]:
        """Return the rule set, and everything that is wrong with any of the files; its measures are declared."""
        with self._kept() as folder:
            of_measures = _declared(folder)
            known = sorted(catalogue.known_measures())
            rules, faults = load(folder / RULEBOOK_FILE, known=catalogue.is_known, measures=known)
            if of_measures:
                faults = [*of_measures, *causes(faults, folder)]
            if rules is not None:
                faults += read_statements(folder / STATEMENTS_FILE, rules, self.roll)[1]
        return rules, faults

    def save(self, folder: Path, before: RuleFiles) -> list[str]:
        """Replace the files of a folder that are no longer as they were, all or none; return their names."""
        unlike = self.unlike(before)
        replaced({folder / name: file.text.encode("utf-8") for name, file in unlike.items()})
        return [*unlike]

    @contextmanager
    def _kept(self) -> Iterator[Path]:
        """Keep the files in a folder for a while, as the readers of a round want them."""
        with tempfile.TemporaryDirectory() as name:
            for file, text in self._by_name().items():
                (Path(name) / file).write_bytes(text.text.encode("utf-8"))
            yield Path(name)


def _declared(folder: Path) -> list[Fault]:
    # the currency changes the unit of an amount, not what a rule may read
    return declare_beside(folder, CURRENCIES["CNY"])[1]
