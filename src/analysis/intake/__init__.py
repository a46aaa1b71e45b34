"""The office's files become ledgers: read once, held against the maps, every doubtful cell named by its place."""

from analysis.intake.arrival import Intake, read_round
from analysis.intake.ledgers import LEDGERS
from analysis.intake.lines import fault_line, issues_frame
from analysis.intake.reading import empty_ledger

__all__ = ["LEDGERS", "Intake", "empty_ledger", "fault_line", "issues_frame", "read_round"]
