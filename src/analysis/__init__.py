"""Yearly assessment of counties and districts on the payment of migrant workers' wages.

The package follows the office's road: what arrived (`intake`), what it counts to (`indicators`), how it scores
(`scoring`), what changed (`trends`), how the units compare (`comparison`) and what is reported (`report`, `publish`).
Nothing heavy is imported here, so that `assess --help` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.run.desk import Desk
    from analysis.run.opening import OpenRound

__all__ = ["__version__", "open_desk", "open_round"]
__version__ = "0.1.0"


def open_round(
    round_id: str | int, language: str | None = None, project: str | Path | None = None
) -> OpenRound:
    """Return a round by its name, open for questions; see `analysis.run.opening.open_round`."""
    from analysis.rounds import notebook_guard  # noqa: PLC0415
    from analysis.run import opening  # noqa: PLC0415

    notebook_guard.check(Path(project) if project else None)
    return opening.open_round(round_id, language, project)


def open_desk(round_id: str | int, language: str | None = None, project: str | Path | None = None) -> Desk:
    """Return how far a round is, part by part, for the notebook of the desk; see `analysis.run.desk.Desk`."""
    from analysis.rounds import notebook_guard  # noqa: PLC0415
    from analysis.run.desk import Desk  # noqa: PLC0415

    notebook_guard.check(Path(project) if project else None)
    return Desk(round_id, language, Path(project).resolve() if project else None)
