"""What a round decides about the checks: how grave, beyond which number, or not at all (`checks` in `round.yaml`).

What blocks stays so: a cell that cannot be read would otherwise count as not reported without a word. A single place of
it is decided in `corrections.yaml`. A check that is turned off is noted in the list with the number of its faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from analysis.intake.checks.base import Check
from analysis.rounds.faults import Fault
from analysis.rounds.rounds import Round
from analysis.rounds.settings_files import Document, suggestion


def check_settings(document: Document, round: Round, known: Mapping[str, Check]) -> Iterator[Fault]:
    """Yield what is wrong with the settings of checks, each with its line.

    Args:
        document: `round.yaml` as it stands.
        round: the round.
        known: the checks by id.
    """
    for name, setting in round.settings.checks.items():
        check = known.get(name)
        if check is None:
            near = suggestion(name, [*known])
            fault = document.fault(
                "settings_unknown_key", "checks", name, suggestion=near, known="docs/checks.md"
            )
            yield replace(fault, found=name)
        elif check.severity == "blocks" and setting.severity not in ("", "blocks"):
            yield replace(document.fault("check_lowered", "checks", name), found=name)
        elif setting.threshold is not None and check.threshold is None:
            yield replace(document.fault("check_without_threshold", "checks", name), found=name)


def tuned(faults: Iterable[Fault], round: Round, document: Document | None) -> list[Fault]:
    """Return the faults as grave as the round wants them, and a note for each check it turned off."""
    wanted = round.settings.checks
    kept: list[Fault] = []
    left = Counter({name: 0 for name, setting in wanted.items() if setting.severity == "off"})
    for fault in faults:
        severity = wanted[fault.check].severity if fault.check in wanted else ""
        # what the office accepted place by place is decided, whatever it wants of the check
        if not severity or fault.severity == "blocks" or "accepted" in fault.details:
            kept.append(fault)
        elif severity == "off":
            left[fault.check] += 1
        else:
            kept.append(replace(fault, severity=severity))
    if document is not None:
        for name, count in left.items():
            note = document.fault("check_off", "checks", name, severity="notes")
            details = {**note.details, "check": name, "places": str(count)}
            kept.append(replace(note, found=name, details=details))
    return kept
