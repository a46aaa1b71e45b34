"""The table of all checks in both languages, and what becomes of empty cells, for `docs/checks.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, takewhile
from typing import Final

from analysis.intake.checks import CHECKS
from analysis.intake.checks.base import Check
from analysis.words import LANGUAGES, Words, words

_PLACE: Final = re.compile(r"\{[^}]*\}")
_HEADS: Final = ("id", "name", "severity", "threshold", "sentence", "remedy")


def document() -> str:
    """Return the document: how checks are set, and one row per check and language."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield f"<!-- {words('en').label('checktable.made')} -->\n"
    for language in LANGUAGES:
        said = words(language)
        yield f"\n# {said.label('checktable.title')}\n\n{said.label('checktable.about')}\n\n"
        yield "```yaml\nchecks:\n"
        for place, example in enumerate(
            ("amount_outlier: {severity: notes, threshold: 8}", "duplicates_alike: off")
        ):
            comment = said.label(f"checktable.example.{place}")
            yield f"  {example:<50}# {comment}\n"
        yield "```\n\n"
        yield "| " + " | ".join(said.label(f"checktable.head.{head}") for head in _HEADS) + " |\n"
        yield "|" + "---|" * len(_HEADS) + "\n"
        yield from (_row(check, said) for check in CHECKS.values())
        yield from _blanks(said)


def _blanks(said: Words) -> Iterator[str]:
    """Yield what becomes of empty cells, and those of which the emptiness is itself an answer."""
    key = "checktable.blanks"
    yield f"\n## {said.label(f'{key}.title')}\n\n{said.label(f'{key}.about')}\n\n"
    yield f"| {said.label(f'{key}.cell')} | {said.label(f'{key}.reason')} |\n|---|---|\n"
    rows = (said.label(row) for row in takewhile(said.__contains__, (f"{key}.rows.{n}" for n in count())))
    yield from ("| " + row.replace("｜", " | ") + " |\n" for row in rows)


def _row(check: Check, said: Words) -> str:
    threshold = "" if check.threshold is None else f"{check.threshold:g}"
    unit = f"checktable.threshold.{check.id}"
    if threshold and unit in said:
        threshold = said(unit, number=threshold).plain
    cells = (
        f"`{check.id}`",
        said.label(f"check.{check.id}"),
        said.label(f"issues.severity.{check.severity}"),
        threshold,
        *(
            _PLACE.sub("…", said.label(f"faults.{check.id}.{part}")).strip()
            for part in ("sentence", "remedy")
        ),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
