"""Walking a rule set as it is written, before it fits any model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from analysis.rounds.settings_files import Location
from analysis.rulebook.exact_numbers import Points, Quantity, Share

Entry = tuple[Location, Mapping[str, Any]]

_POINTS: Final = TypeAdapter(Points)
_SHARE: Final = TypeAdapter(Share)
_QUANTITY: Final = TypeAdapter(Quantity)


def entries(above: Mapping[Any, Any], at: Location, key: str | int) -> Iterator[Entry]:
    """Yield the mappings of the list `key` with their locations; what is no list of mappings is the model's fault."""
    items = above.get(key)
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, Mapping):
            yield (*at, key, place), item


def part_of(above: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping under a key, empty where there is none."""
    part = above.get(key)
    return part if isinstance(part, Mapping) else {}


def texts(value: object) -> list[tuple[int, str]]:
    """Return the scalars of a list as text with their places; codes may be written without quotes."""
    items = value if isinstance(value, list) else []
    return [(place, str(item)) for place, item in enumerate(items) if isinstance(item, str | int | float)]


def points_of(value: object) -> Decimal | None:
    """Return points of the file, or None where the model already objects to them."""
    return _number(_POINTS, value)


def share_of(value: object) -> Decimal | None:
    """Return a share of the file, or None where the model already objects to it."""
    return _number(_SHARE, value)


def quantity_of(value: object) -> Decimal | None:
    """Return a threshold of the file, or None where the model already objects to it."""
    return _number(_QUANTITY, value)


def _number(adapter: TypeAdapter[Decimal], value: object) -> Decimal | None:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None
