"""What a published document says of a unit, in words."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.words import Words


def published_item(figure: str, words: Words, units: Mapping[str, str]) -> str:
    """Return what was published (`grade 130302`, `score 130302`, `named resolution 130302`) in words.

    Args:
        figure: as the frame has it.
        words: the catalogue.
        units: names of the units.
    """
    kind, *rest = figure.split()
    unit = units.get(rest[-1], rest[-1])
    if kind in {"grade", "score"}:
        return words(f"report.{kind}_item", unit=unit).plain
    return words("report.named_item", group=words.label(f"report.problems.{rest[0]}"), unit=unit).plain
