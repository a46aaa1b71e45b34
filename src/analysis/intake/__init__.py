"""The office's files become ledgers: read once, held against the maps, every doubtful cell named by its place."""

from analysis.intake.arrival import Intake, filled_by_city, read_roll, read_round
from analysis.intake.cell_reading.ledger_money import as_written, in_currency, in_minor_units
from analysis.intake.declared.ledgers import LEDGERS
from analysis.intake.fault_lists.doubted import doubted
from analysis.intake.fault_lists.lines import (
    check_name,
    expected_of,
    fault_line,
    issues_frame,
    place_corrected,
    place_of,
    remedy_of,
    sentence_of,
    spot_of,
)
from analysis.intake.fault_lists.lost_rows import rows_lost
from analysis.intake.sheet_tables.reading import empty_ledger
from analysis.intake.template_workbooks.nil_returns import filed

__all__ = [
    "LEDGERS",
    "Intake",
    "as_written",
    "check_name",
    "doubted",
    "empty_ledger",
    "expected_of",
    "fault_line",
    "filed",
    "filled_by_city",
    "in_currency",
    "in_minor_units",
    "issues_frame",
    "place_corrected",
    "place_of",
    "read_roll",
    "read_round",
    "remedy_of",
    "rows_lost",
    "sentence_of",
    "spot_of",
]
