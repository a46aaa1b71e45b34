"""The checks made while files, tables and cells are read; here stands only how grave they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.intake.checks.base import Check, MendedBy
from analysis.rounds.faults import Severity

_BLOCKS: Final = """
    file_missing file_unreadable file_ending_unknown file_empty file_encrypted file_too_much file_aborted
    file_damaged file_is_another not_a_csv
    encoding_unknown encoding_doubtful encoding_wrong sheet_missing template_unknown
    year_not_in_name unit_not_in_name snapshot_not_in_name unit_of_name_unknown unit_differs_from_name
    table_missing block_missing rows_below_footer rows_unread rows_read_twice left_out_is_read table_beside
    column_missing column_twice unit_of_measure_differs unit_of_measure_missing unit_of_measure_changes
    merged_row_says_more row_too_long pivot_table
    unit_missing unit_unknown unit_code_name_disagree
    required_empty not_a_number not_a_whole_number number_too_large negative_number not_a_date not_a_year not_a_period
    not_in_code_list mark_above_full formula_without_value formula_failed
    number_twice entry_twice snapshot_other_entry
    value_separators value_range value_currency_differs unit_of_measure_foreign date_month_only
    date_order digits_lost picture_in_cell
    persons_column_mapped person_number_as_key person_name_in_place person_number_in_place
    person_number_in_settings period_of_no_kind
"""
_WARNS: Final = """
    filter_value_absent file_unused file_linked
    sheets_hidden_unread sheet_hidden rows_hidden column_hidden column_unknown column_without_header row_too_short
    of_which_row footer_missing control_total_differs subtotal_differs records_differ merged_number merged_across
    value_approximate value_sign value_unit_differs date_serial ditto value_shown value_percent
    day_shown_in_part rows_struck cells_struck persons_column_dropped person_number_masked
    person_name_masked
    year_differs_from_name formula_blank number_twice_same snapshot_left_out period_outside_history
"""
_NOTES: Final = """
    rows_left_out filled_down source_superseded
    sheet_unread header_repeated subtotal_row note_row example_row rows_folded
    merged_filled cells_commented entry_in_two_files snapshot_history
"""
#: what is mended in the settings, in the roll, or by arranging the files anew
_BY_OFFICE: Final = """
    file_missing sheet_missing year_not_in_name unit_not_in_name snapshot_not_in_name unit_of_name_unknown
    table_missing block_missing rows_unread rows_read_twice left_out_is_read table_beside column_unknown
    filter_value_absent sheet_unread date_order persons_column_mapped person_number_in_settings unit_of_measure_foreign
    period_of_no_kind period_outside_history encoding_wrong source_superseded file_unused file_linked
"""
#: what only tells how something was read
_BY_NOBODY: Final = """
    rows_left_out filled_down header_repeated subtotal_row note_row example_row rows_folded merged_filled
    entry_in_two_files snapshot_history
"""
#: what says that the content of a cell may be wrong
_OF_VALUE: Final = """
    merged_number value_approximate value_sign value_unit_differs date_serial ditto value_shown
    value_percent day_shown_in_part rows_struck cells_struck year_differs_from_name
"""


def _mended_by(name: str) -> MendedBy:
    return "office" if name in _BY_OFFICE.split() else "nobody" if name in _BY_NOBODY.split() else "unit"


_BY_SEVERITY: Final[Mapping[Severity, str]] = {"blocks": _BLOCKS, "warns": _WARNS, "notes": _NOTES}
CHECKS: Final = tuple(
    Check(name, severity, mended_by=_mended_by(name), of_value=name in _OF_VALUE.split())
    for severity, names in _BY_SEVERITY.items()
    for name in names.split()
)
