"""The versions of the settings files, so that the rounds of earlier years still open when the program has moved on.

Every settings file of a round says of which version it is (`format: 2`); one that does not is of version 0. What an
older file says is taken on to the present form before anything reads it; the file itself stays as it is.

To change the form of a file, write a function that makes the data of the new form from those of the old, and put it
into a step of its own at the end of `STEPS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Data = dict[str, Any]
Migration = Callable[[Data], Data]
Step = Mapping[str, Migration]

#: the key of the version
FORMAT: Final = "format"


def _blanks_worst(rules: Data) -> Data:
    """Let `unstated_is_no` be `worst`, wherever a rule set says so; `as_stated` stays its own choice."""

    def renewed(part: Any) -> Any:
        if isinstance(part, list):
            return [renewed(each) for each in part]
        if not isinstance(part, dict):
            return part
        return {
            key: "worst" if (key, value) == ("partial", "unstated_is_no") else renewed(value)
            for key, value in part.items()
        }

    migrated_rules: Data = renewed(rules)
    return migrated_rules


#: what changed from each version to the next, by file; a file that a step does not name stayed as it was
STEPS: Final[tuple[Step, ...]] = (
    # from 0 to 1: the files say their version
    {},
    # from 1 to 2: what is not stated counts the worst way, not as not done where it could and as nothing elsewhere
    {"rulebook.yaml": _blanks_worst},
)
#: the version this program writes
CURRENT: Final = len(STEPS)


def migrated(data: Data, file: str, version: int, steps: Sequence[Step] = STEPS) -> Data:
    """Return the data of a settings file in their present form.

    Args:
        data: mappings, lists and scalars as the file has them, without its version.
        file: which settings file it is (`rulebook.yaml`).
        version: of which version they are, from 0 to `len(steps)`.
        steps: what changed from version to version.
    """
    for step in steps[version:]:
        if file in step:
            data = step[file](data)
    return data


def is_current(file: str, version: int, steps: Sequence[Step] = STEPS) -> bool:
    """Return whether a file of a version already has the present form, whatever number it carries."""
    return not any(file in step for step in steps[version:])
