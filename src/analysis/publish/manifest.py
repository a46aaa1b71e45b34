"""The manifest of a published round: what went in, what came out, with which versions; no wall clock."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from analysis.rounds.levels import Level
from analysis.rounds.rounds import Round

FILE: Final = "manifest.json"
_PACKAGE: Final = "wage-payment-assessment"
#: whatever draws, prints or computes
LIBRARIES: Final = (
    "fonttools", "ipykernel", "ipython", "jinja2", "matplotlib", "matplotlib-inline", "mistune", "nbclient",
    "nbconvert", "nbformat", "numpy", "openpyxl", "pandas", "papermill", "pydantic", "python-calamine", "python-docx",
    "ruamel.yaml", "scipy", "seaborn", "statsmodels", "typst", _PACKAGE, "xlrd", "xlsxwriter",
)  # fmt: skip


def write(
    folder: Path,
    round: Round,
    parameters: Mapping[str, Any],
    *,
    language: str,
    level: Level,
    draft: bool,
    made_by: Mapping[str, str],
) -> Path:
    """Write `manifest.json` into a folder of outputs and return its path.

    Outside the office the names of the input files are not told, which may name units: only one fingerprint of all.

    Args:
        folder: the folder to be published; every file in it is listed, the manifest itself is not.
        round: the round; the files of its raw folder are the inputs.
        parameters: what the run was asked for.
        language: of the edition.
        level: its disclosure level.
        draft: whether it may not be taken for the result.
        made_by: hashes of what else it rests on, by name: the program, its sentences, the notebooks.
    """
    path = folder / FILE
    inputs = inputs_of(round)
    content = {
        "round": round.id,
        "period": round.period.text,
        "status": "draft" if draft else "final",
        "synthetic": round.settings.synthetic,
        "level": level.name,
        "language": language,
        "as_of": round.as_of.isoformat(),
        "parameters": dict(sorted(parameters.items())),
        "inputs": inputs if level.inputs else [],
        "inputs_sha256": combined(inputs),
        "data_sha256": combined_of("data", inputs),
        "settings_sha256": combined_of("settings", inputs),
        "made_by": dict(sorted(made_by.items())),
        "versions": versions(),
        "outputs": listed(folder, folder),
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def combined(files: Iterable[Mapping[str, str]]) -> str:
    """Return one SHA-256 of many files: of their own fingerprints, in the order of these."""
    return hashlib.sha256("".join(sorted(row["sha256"] for row in files)).encode("ascii")).hexdigest()


def inputs_of(round: Round) -> list[dict[str, str]]:
    """Return the files of a round's folder with their hashes, by their paths in the project."""
    return listed(round.folder, round.project)


def kind_of(path: str) -> str:
    """Return whether an input is one of the office's `settings` or of its files, the `data`."""
    return "settings" if path.endswith(".yaml") else "data"


def combined_of(kind: str, inputs: Iterable[Mapping[str, str]]) -> str:
    """Return one SHA-256 of all inputs of a kind."""
    return combined(row for row in inputs if kind_of(row["path"]) == kind)


def versions() -> dict[str, str]:
    """Return the versions of the package, of Python and of the libraries an output can depend on."""
    found = {
        "analysis": metadata.version(_PACKAGE),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
    return found | {name: metadata.version(name) for name in LIBRARIES if name != _PACKAGE}


def read(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder; None where there is none that can be read."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def listed(folder: Path, base: Path) -> list[dict[str, str]]:
    """Return every file below a folder with its hash: paths relative to `base`, in the order of the paths."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != FILE]
    files = [
        path
        for path in files
        if not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    ]
    rows = [
        {"path": path.relative_to(base).as_posix(), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in files
    ]
    return sorted(rows, key=lambda row: row["path"])
