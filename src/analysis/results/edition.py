"""A state of a round as tables: a final edition as it was filed, or a round as computed now; one form for both.

A final edition stands in `reports/final/<round>-<n>/`: its tables in `tables/`, what it rests on in `manifest.json`.
Every table is read as text, exactly as it stands in its file, so that two states are the same where their files are.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analysis.results.assessment import Assessment
from analysis.results.store import digest_of_code, raw_files, restored
from analysis.rounds.rounds import FINAL_FOLDER, RoundSettings
from analysis.rulebook import Rulebook

FINAL: Final = Path("reports", FINAL_FOLDER)
MANIFEST: Final = "manifest.json"
#: what an edition is compared by; one that lacks some says so (`Edition.lacks`)
TABLES: Final = (
    "values", "scores", "grades", "findings", "lineage", "compare", "corrections", "units", "problems", "sentences",
)  # fmt: skip
#: the part of a manifest that says by which definitions, rules and program the tables were made (`basis_of`)
BASIS: Final = "basis"
#: settings of a round on which its figures hang, beside the periods, of which other rounds have others
DEFINING: Final = (
    "as_of", "breaks", "city", "core_ledgers", "currency", "date_field", "new_units", "nil_returns", "year_starts",
)  # fmt: skip
PERIODS: Final = ("periods", "base_period", "history")
#: parts of a rule set that only say what it is called
_NAMES: Final = frozenset({"name", "name_en", "note", "note_en", "ours"})
_ITEMS: Final = ("bonuses", "deductions", "vetoes")


class NoEditionError(Exception):
    """A folder holds no edition that can be read.

    Attributes:
        folder: it.
        lacking: the file that is missing, or that is not what it should be.
    """

    def __init__(self, folder: Path, lacking: str) -> None:
        self.folder, self.lacking = folder, lacking
        super().__init__(f"{folder}: {lacking}")


@dataclass(frozen=True)
class Edition:
    """A state of a round.

    Attributes:
        tables: its tables by name (`TABLES`), every cell the text of the file; those it does not have are not there.
        manifest: what it rests on: `round`, `period`, `synthetic`, and under `BASIS` what `basis_of` returns, where it
            is told.
        name: of its folder (`2020-1`) where it is final, else the round's.
        final: whether it was filed.
    """

    tables: Mapping[str, pd.DataFrame]
    manifest: Mapping[str, Any]
    name: str
    final: bool

    @property
    def round(self) -> str:
        """The round's name."""
        return str(self.manifest["round"])

    @property
    def period(self) -> str:
        """The text of the round's period; an older manifest tells only the round."""
        return str(self.manifest.get("period", self.round))

    @property
    def basis(self) -> Mapping[str, Any] | None:
        """By which definitions, rules and program it was made; None where that is not told."""
        return self.manifest.get(BASIS)

    @property
    def lacks(self) -> tuple[str, ...]:
        """The tables it does not have."""
        return tuple(name for name in TABLES if name not in self.tables)


def read_edition(folder: Path) -> Edition:
    """Return the final edition of a folder.

    Raises:
        NoEditionError: there is no manifest or no folder `tables`, the manifest does not say which round it is of, or a
            table is not the one that was filed.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise NoEditionError(folder, MANIFEST) from wrong
    if not isinstance(manifest, dict) or "round" not in manifest:
        raise NoEditionError(folder, MANIFEST)
    if not (folder / "tables").is_dir():
        raise NoEditionError(folder, "tables")
    filed = {row["path"]: row["sha256"] for row in manifest.get("outputs", ())}
    tables = {
        name: _table(folder, path, filed.get(path))
        for name in TABLES
        if (path := f"tables/{name}.csv") in filed or (folder / path).is_file()
    }
    return Edition(tables, manifest, folder.name, final=True)


def _table(folder: Path, path: str, filed: str | None) -> pd.DataFrame:
    """Return a table of an edition, `filed` the hash its manifest tells of it."""
    try:
        content = (folder / path).read_bytes()
        if filed is None or hashlib.sha256(content).hexdigest() == filed:
            return _as_text(content).map(restored)
    except (OSError, ValueError) as wrong:
        raise NoEditionError(folder, path) from wrong
    raise NoEditionError(folder, path)


def last_final(project: Path, round_id: str) -> Edition | None:
    """Return the last final edition of a round; None where none has been filed.

    Raises:
        NoEditionError: it cannot be read.
    """
    found = finals(project, round_id)
    return read_edition(found[max(found)]) if found else None


def has_final(project: Path, round_id: str) -> bool:
    """Return whether a final edition of a round is filed."""
    return bool(finals(project, round_id))


def finals(project: Path, round_id: str) -> dict[int, Path]:
    """Return the folders of the final editions of a round by their numbers."""
    name = re.compile(rf"{re.escape(round_id)}-([1-9]\d*)")
    folders = (project / FINAL).glob("*")
    return {int(match[1]): folder for folder in folders if (match := name.fullmatch(folder.name))}


def computed_edition(assessment: Assessment) -> Edition:
    """Return a round as computed now, in files or in the memory; what its pages say is not asked (`with_sentences`)."""
    kept = {"values": assessment.values_told}
    kept |= {
        name: assessment.store.read(name)
        for name in TABLES
        if name != "values" and assessment.store.has(name)
    }
    tables = {name: _as_text(frame.to_csv(index=False).encode("utf-8")) for name, frame in kept.items()}
    of = assessment.round
    manifest = {
        "round": of.id,
        "period": of.period.text,
        "synthetic": of.settings.synthetic,
        BASIS: basis_of(assessment),
    }
    return Edition(tables, manifest, of.id, final=False)


def with_sentences(edition: Edition, sentences: pd.DataFrame) -> Edition:
    """Return a computed round with what its pages say."""
    return replace(edition, tables={**edition.tables, "sentences": sentences})


def basis_of(assessment: Assessment) -> dict[str, Any]:
    """Return by which definitions, rules and program a round is computed, in a form for JSON.

    Returns:
        `settings` (those of `DEFINING` and `PERIODS`), `rules` (a hash of every item by its code, of the grade rule as
        `grades`, of the `problem_groups`, and of everything declared for all items as `*`), `items` (per item the
        dimension it stands in), `measures` (codes of the round's own), `classes` (of the units by code), `files`
        (SHA-256 by path in the round's folder) and `code` (hash of the program).
    """
    of, rules = assessment.round, assessment.settings.rulebook
    return {
        "settings": _settings(of.settings),
        "rules": {} if rules is None else _rules(rules),
        "items": {} if rules is None else _items(rules),
        "measures": sorted(measure.code for measure in assessment.settings.measures),
        "classes": {} if rules is None else dict(rules.classes_of(assessment.roll)),
        "files": file_hashes(of.folder),
        "code": digest_of_code(),
    }


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a round's folder by its path there; nothing where there is no such folder."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in raw_files(folder)
    }


def _settings(settings: RoundSettings) -> dict[str, Any]:
    found: dict[str, Any] = settings.model_dump(mode="json", include={*DEFINING, *PERIODS})
    return found


def _rules(rules: Rulebook) -> dict[str, str]:
    # a rule is dumped as the shape it is, not as what all shapes have in common
    written: dict[str, Any] = rules.model_dump(mode="json", serialize_as_any=True)
    parts: dict[str, Any] = {part: written.pop(part) for part in ("grades", "problem_groups")}
    for dimension in written["dimensions"]:
        parts |= {item["code"]: item for item in dimension.pop("indicators")}
        for group in dimension["groups"]:
            group["indicators"] = [item["code"] for item in group["indicators"]]
    for kind in _ITEMS:
        parts |= {item["code"]: item for item in written.pop(kind)}
    parts["*"] = {key: value for key, value in written.items() if key not in _NAMES}
    return {
        code: hashlib.sha256(json.dumps(part, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()
        for code, part in sorted(parts.items())
    }


def _items(rules: Rulebook) -> dict[str, str]:
    within = {item.code: dimension.code for dimension in rules.dimensions for item in dimension.indicators}
    return within | {item.code: "" for kind in _ITEMS for item in getattr(rules, kind)}


def _as_text(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype="str", keep_default_na=False)
