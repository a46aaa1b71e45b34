"""Zip files to send out: the same files give the same bytes, on whatever day they are packed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

#: the earliest day a zip file can state
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16
_UNIX: Final = 3


def pack(files: Iterable[Path], target: Path) -> Path:
    """Write files into a zip file under their bare names, in the order of the names, and return its path.

    Raises:
        ValueError: two files of one name.
    """
    chosen = sorted(files, key=lambda path: path.name)
    names = [path.name for path in chosen]
    if len(set(names)) < len(names):
        raise ValueError(f"two files of one name for {target.name}")
    with zipfile.ZipFile(target, "w") as archive:
        for path in chosen:
            entry = zipfile.ZipInfo(path.name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE
            entry.create_system = _UNIX
            archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return target


def pack_cards(cards: Path, target: Path) -> list[Path]:
    """Pack the cards of an edition: `<code>.zip` for every unit, and all of them as `cards.zip`.

    Args:
        cards: the folder of the cards, `<code>.html` and `<code>.pdf`.
        target: where the zip files go.
    """
    files = sorted(path for path in cards.iterdir() if path.suffix in {".html", ".pdf"})
    codes = dict.fromkeys(path.stem for path in files)
    packed = [pack([p for p in files if p.stem == code], target / f"{code}.zip") for code in codes]
    return [*packed, pack(files, target / "cards.zip")] if files else []
