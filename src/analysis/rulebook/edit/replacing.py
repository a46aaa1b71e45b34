"""Files replaced so that a failure leaves the older ones as they were."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def replaced(contents: Mapping[Path, bytes]) -> None:
    """Write some files beside their places and, when all of them are whole, move them there.

    Raises:
        OSError: one of them cannot be written; where that is seen before the first is moved, none has changed.
    """
    building = {path: path.with_name(f".{path.name}.building") for path in contents}
    try:
        for path, content in contents.items():
            building[path].write_bytes(content)
        for path, built in building.items():
            built.replace(path)
    finally:
        for built in building.values():
            built.unlink(missing_ok=True)
