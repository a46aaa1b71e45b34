"""The currencies there are, each in one entry of `currencies.yaml`: its units, its signs and its names per language."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml

_FILE: Final = "currencies.yaml"
#: the language whose names are taken where a language has none
_ELSE: Final = "en"

#: libyaml, where it is there, reads in a tenth of the time
_READER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def declared_in(file: Traversable) -> Any:
    """Return what a file of this room declares."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_READER)


DECLARED: Final[dict[str, dict[str, Any]]] = declared_in(resources.files("analysis.words").joinpath(_FILE))


def called(currency: str, language: str) -> dict[str, Any]:
    """Return what a currency is called in a language: `name` in sentences, the `full` name, `also` in sheets.

    Raises:
        KeyError: there is no such currency.
    """
    declared = DECLARED[currency]
    names: dict[str, Any] = declared.get(language, declared[_ELSE])
    return names
