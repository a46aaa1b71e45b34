"""The currencies there are, each in one entry of `currencies.yaml`: its units, its signs and its names per language."""

from __future__ import annotations

from importlib import resources
from typing import Any, Final

from ruamel.yaml import YAML

_FILE: Final = "currencies.yaml"
#: the language whose names are taken where a language has none
_ELSE: Final = "en"

DECLARED: Final[dict[str, dict[str, Any]]] = YAML(typ="safe").load(
    resources.files("analysis.words").joinpath(_FILE).read_text(encoding="utf-8")
)


def called(currency: str, language: str) -> dict[str, Any]:
    """Return what a currency is called in a language: `name` in sentences, the `full` name, `also` in sheets.

    Raises:
        KeyError: there is no such currency.
    """
    declared = DECLARED[currency]
    names: dict[str, Any] = declared.get(language, declared[_ELSE])
    return names
