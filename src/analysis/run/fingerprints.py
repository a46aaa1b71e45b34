"""What a run rests on, as hashes: the program, its libraries, the files it reads. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

from analysis.publish.manifest import LIBRARIES
from analysis.words.languages import holds_sentences

#: where what was made is kept for the next run, below the project; a folder no page and no analyst looks into
MADE: Final = Path("data", "processed", ".made")
_PACKAGE: Final = Path(__file__).resolve().parents[1]
_WORDS: Final = _PACKAGE / "words"


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file; empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(parts: Iterable[str] | Mapping[str, str]) -> str:
    """Return one SHA-256 of several texts, or of names with theirs."""
    items = (
        [f"{name}\0{text}" for name, text in sorted(parts.items())] if isinstance(parts, Mapping) else parts
    )
    return hashlib.sha256("\0\0".join(items).encode("utf-8")).hexdigest()


def program() -> str:
    """Return the hash of the package with templates and fonts, without its sentences: these are noted one by one."""
    return digest_of(files_of(_PACKAGE, lambda path: not holds_sentences(path)))


def sentences() -> str:
    """Return the hash of all sentences."""
    return digest_of(files_of(_WORDS, holds_sentences))


def libraries() -> str:
    """Return the versions of Python and of the libraries as one text."""
    versions = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    return digest_of([sys.version, sys.platform, *versions])


def files_of(folder: Path, wanted: Callable[[Path], bool] = Path.is_file) -> dict[str, str]:
    """Return the hash of every file below a folder by its path there; hidden and compiled files are left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder)
        hidden = any(part.startswith((".", "~$", "__pycache__")) for part in within.parts)
        if path.is_file() and not hidden and wanted(path):
            found[within.as_posix()] = digest_of_file(path)
    return found
