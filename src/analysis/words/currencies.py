"""The currencies there are: those declared in `currencies.yaml`, all others as Babel knows them.

An entry says the units of a currency, its signs and its names per language.
"""

from __future__ import annotations

import functools
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_currency_name, get_currency_precision

_FILE: Final = "currencies.yaml"
#: the language whose names are taken where a language has none
_ELSE: Final = "en"

#: libyaml, where it is there, reads in a tenth of the time
_READER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def declared_in(file: Traversable) -> Any:
    """Return what a file of this room declares."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_READER)


def _known(code: str) -> dict[str, Any]:
    """Return the entry of a currency that is not declared; what it is called is asked of Babel when it is needed."""
    return {"unit": code.lower(), "minor": 10 ** get_currency_precision(code), "signs": [code]}


def _tender() -> list[str]:
    """Return the codes (ISO 4217) of the currencies that are legal tender somewhere today, in their order."""
    kept = get_global("territory_currencies").values()
    return sorted({code for used in kept for code, _since, until, tender in used if tender and until is None})


DECLARED: Final[dict[str, dict[str, Any]]] = {
    **{code: _known(code) for code in _tender()},
    **declared_in(resources.files("analysis.words").joinpath(_FILE)),
}


@functools.cache
def called(currency: str, language: str) -> dict[str, Any]:
    """Return what a currency is called in a language: `name` in sentences, the `full` name, `also` in sheets.

    Raises:
        KeyError: there is no such currency.
    """
    declared = DECLARED[currency]
    if _ELSE in declared:
        names: dict[str, Any] = declared.get(language, declared[_ELSE])
        return names
    locale = _locale(language)
    full = get_currency_name(currency, locale=locale)
    name = get_currency_name(currency, count=2, locale=locale)
    return {"name": name, "full": full, "also": list(dict.fromkeys((name, full, currency)))}


def _locale(language: str) -> Locale:
    """Return what Babel knows of a language; of English where it knows nothing of it."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_ELSE)
