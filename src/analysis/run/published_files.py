"""The files of a published edition, as its manifest names them and as they stand now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.publish import manifest
from analysis.run.fingerprints import digest_of_file
from analysis.run.report_folder import EDITIONS


def hashes(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the SHA-256 of files by path, of rows of a manifest."""
    return {row["path"]: row["sha256"] for row in rows}


def standing(folder: Path, told: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of every file of an edition, those within it that are editions of their own left out.

    Args:
        folder: of the edition.
        told: its manifest; a file that it names and that is gone has an empty hash.
    """
    there = hashes(manifest.listed(folder, folder))
    own = {path: digest for path, digest in there.items() if path.partition("/")[0] not in EDITIONS}
    return {path: digest_of_file(folder / path) for path in hashes(told["outputs"]) if path not in own} | own


def touched(folder: Path, told: Mapping[str, Any]) -> list[str]:
    """Return the files of an edition that are not as they were published: changed, new or gone, in order of path."""
    published = hashes(told["outputs"])
    return sorted(path for path, digest in standing(folder, told).items() if published.get(path) != digest)
