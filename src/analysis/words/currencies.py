"""The currencies there are: those with names of their own in `currencies.yaml`, all others by their ISO code.

An entry says the units of a currency, its signs and its names per language.
"""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml

_FILE: Final = "currencies.yaml"
_BY_CODE: Final = "iso4217.yaml"
#: the language whose names are taken where a language has none
_ELSE: Final = "en"

#: libyaml, where it is there, reads in a tenth of the time
_READER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def declared_in(file: Traversable) -> Any:
    """Return what a file of this room declares."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_READER)


def _by_code(code: str, places: int) -> dict[str, Any]:
    """Return the entry of a currency that is called by its code."""
    named = {"name": code, "full": code, "also": [code]}
    return {"unit": code.lower(), "minor": 10**places, "signs": [code], _ELSE: named}


_ROOM: Final = resources.files("analysis.words")
DECLARED: Final[dict[str, dict[str, Any]]] = {
    **{
        code: _by_code(code, places)
        for places, codes in declared_in(_ROOM.joinpath(_BY_CODE)).items()
        for code in codes
    },
    **declared_in(_ROOM.joinpath(_FILE)),
}


def called(currency: str, language: str) -> dict[str, Any]:
    """Return what a currency is called in a language: `name` in sentences, the `full` name, `also` in sheets.

    Raises:
        KeyError: there is no such currency.
    """
    declared = DECLARED[currency]
    names: dict[str, Any] = declared.get(language, declared[_ELSE])
    return names
