"""How a source is read, as key and text for the sheet in which a person confirms it, and back.

Everything that is proposed of a source beside its columns and codes is a key here, so that nothing of it is confirmed
unseen; and what nobody could propose (the unit of a file that does not name it) can be stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from analysis.intake.declared.ledgers import Ledger
from analysis.intake.declared.maps import ENCODINGS
from analysis.intake.files import Range
from analysis.intake.proposals.proposal import Snapshot

_NAMES: Final = ("file", "sheet", "block")
#: key → where in the source it stands
_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "file": ("file",), "sheet": ("sheet",), "range": ("range",), "block": ("block",), "encoding": ("encoding",),
    "header_rows": ("header_rows",), "footer": ("footer",), "unit": ("unit",), "unit_from": ("unit_from", "name"),
    "unit_pattern": ("unit_from", "pattern"), "year_from": ("year_from",), "snapshot": ("snapshot",),
    "without_day": ("without_day",),
    "day_order": ("values", "day_order"), "wide_item": ("wide", "item"), "wide_full": ("wide", "full"),
}  # fmt: skip
#: what a key may be, where that is one of a few
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "unit_from": _NAMES, "year_from": _NAMES, "snapshot": tuple(filter(None, get_args(Snapshot))),
    "day_order": ("YMD", "MDY", "DMY"), "encoding": tuple(filter(None, ENCODINGS)),
}  # fmt: skip
#: several, one on a line each
_LISTS: Final = ("file", "sheet", "range", "block", "header_rows", "without_day")
_REQUIRED: Final = ("file", "header_rows")
#: to be seen even where nothing was proposed; the others only where something was
_ALWAYS: Final = ("file", "header_rows", "footer", "unit", "unit_from", "year_from", "snapshot", "day_order")


class NoReadingError(ValueError):
    """A text is nothing that a key may be."""


def readings_of(source: Mapping[str, Any], ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield the keys of a source with their texts, empty where nothing was proposed."""
    for key, path in _PATHS.items():
        value = _found(source, path)
        if (value or key in _ALWAYS) and (ledger.has_unit or not key.startswith("unit")):
            yield key, "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def state(source: dict[str, Any], key: str, text: str) -> None:
    """Put what a person stated for a key into a source; nothing takes it out.

    Raises:
        NoReadingError: there is no such key, or it cannot be that.
    """
    if key not in _PATHS or (not text and key in _REQUIRED):
        raise NoReadingError
    value = _value(key, text)
    *above, last = _PATHS[key]
    for name in above:
        inner = source.get(name) or {}
        # `unit_from: file` is short for one without a pattern
        source[name] = source = {"name": inner} if isinstance(inner, str) else inner
    source.pop(last, None)
    if value:
        source[last] = value


def in_short(source: dict[str, Any]) -> None:
    """Write a source as people do: without what is empty, and a name without a pattern by itself."""
    for key in ("unit_from", "values", "wide"):
        if source.get(key) == {}:
            del source[key]
    if isinstance(source.get("unit_from"), dict) and source["unit_from"].keys() == {"name"}:
        source["unit_from"] = source["unit_from"]["name"]


def _found(source: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = source
    for name in path:
        if isinstance(value, str):
            return value if name == "name" else None
        value = (value or {}).get(name)
    return value


def _value(key: str, text: str) -> Any:
    if text and key in CHOICES and text not in CHOICES[key]:
        raise NoReadingError
    if key not in _LISTS:
        return text
    parts = [part.strip() for part in text.splitlines() if part.strip()]
    if key == "header_rows":
        if not all(part.isdecimal() and int(part) for part in parts):
            raise NoReadingError
        return [int(part) for part in parts]
    if key == "range":
        try:
            [Range.parse(part) for part in parts]
        except ValueError:
            raise NoReadingError from None
    return parts
