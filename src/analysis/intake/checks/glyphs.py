"""Signs that no font of the reports has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.intake.checks.base import Check, Context
from analysis.render import fonts
from analysis.rounds.faults import LIST_SIGN, Fault

#: kinds of fields whose words are printed as they were written
_PRINTED: Final = frozenset({"text", "names", "code", "codes"})


def _without_glyph(context: Context) -> Iterator[Fault]:
    """Yield the first cell of every field that holds a sign the fonts lack; one sign is told once per field."""
    round_ = context.round
    extra = [path for name in round_.settings.extra_fonts if (path := round_.project / name).is_file()]
    for reading in context.readings.values():
        for name, field in reading.ledger.fields.items():
            values = reading.entries.values.get(name) if field.kind in _PRINTED else None
            waiting = set(fonts.lacking("".join(filter(None, {*(values or ())})), extra))
            for entry, text in enumerate(values or ()):
                if not waiting:
                    break
                if signs := sorted(waiting & set(text or "")):
                    waiting -= set(signs)
                    named = LIST_SIGN.join(f"{sign}（U+{ord(sign):04X}）" for sign in signs)
                    header = reading.header(entry, name)
                    yield reading.fault(
                        "sign_without_glyph", entry, name, found=text, field=header, signs=named
                    )


CHECKS: Final = (Check("sign_without_glyph", "warns", run=_without_glyph, mended_by="office"),)
