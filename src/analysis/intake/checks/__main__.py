"""Print `docs/checks.md`: `python -m analysis.intake.checks > docs/checks.md`."""

from __future__ import annotations

import sys

from analysis.intake.checks.table import document

if __name__ == "__main__":
    # the same bytes on every platform and console
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(document())
