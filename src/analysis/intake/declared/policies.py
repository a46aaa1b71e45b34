"""What is done with a cell that can be read in more than one way, or not for certain: the office's policy, by kind.

Actions
    accept        take the value and say nothing
    warn          take the value and say so
    not_reported  take nothing, and say so
    refuse        block the run until the source or the policy is changed
The other choices say how a form is read; what they read is told as well.
"""

from __future__ import annotations

from typing import Final, Literal

from analysis.quantities import Forms
from analysis.rounds.settings_files import Settings

Action = Literal["accept", "warn", "not_reported", "refuse"]
#: what counts where a number format shows something else than the cell holds
Seen = Literal["clear", "always", "never", "refuse"]


class ValuePolicy(Settings):
    """The section `values` of `maps.yaml`.

    Attributes:
        approximate: 约18万元, 20余人.
        separators: 253,24 and 1.234.567: `decimal` (a comma before decimals) or `thousands`.
        range: 10-12人: its `lower` or `upper` end.
        sign: a currency's sign written twice, as in $$600.00.
        unit_differs: a unit in the cell beside that of the column; the cell's own counts.
        month_only: a month without a day: its `first_day` or `last_day`.
        serial: a day number of a cell that lost its format.
        shown: what a number format makes of a number, where it says another one than is held (0.83 as 83%, 182500 as
            18.3): what is seen `always`, or `never`, or where the unit of the column bears the format out (`clear`).
        percent: 83% for a mark of a hundred.
        ditto: 〃 and 同上: the cell `above`, or nothing.
        unreadable: what is no number or no date at all.
        day_order: what is what in 3/4/2021, 3/4/21 and 19-Aug-14: `MDY`, `DMY` or `YMD`; refused where it is not said.
        calendar: `roc` reads 110/1/17 and 1100117 as a day, and 110 as the year, of the Republic of China.
        date_system: the first year of day numbers: 1900, or 1904 in old workbooks of the Macintosh.
    """

    approximate: Action = "warn"
    separators: Literal["refuse", "not_reported", "decimal", "thousands"] = "refuse"
    range: Literal["refuse", "not_reported", "lower", "upper"] = "refuse"
    sign: Action = "warn"
    unit_differs: Action = "warn"
    month_only: Literal["refuse", "not_reported", "first_day", "last_day"] = "refuse"
    serial: Action = "warn"
    shown: Seen = "clear"
    percent: Action = "warn"
    ditto: Literal["refuse", "above"] = "above"
    unreadable: Literal["refuse", "not_reported"] = "refuse"
    day_order: Literal["", "YMD", "MDY", "DMY"] = ""
    calendar: Literal["", "roc"] = ""
    date_system: Literal[1900, 1904] = 1900

    @property
    def forms(self) -> Forms:
        """How doubtful forms are read."""
        return Forms(
            separators=self.separators if self.separators in ("decimal", "thousands") else "",
            range=self.range if self.range in ("lower", "upper") else "",
            month=self.month_only if self.month_only in ("first_day", "last_day") else "",
            order=self.day_order,
            calendar=self.calendar,
            date_system=self.date_system,
        )

    def action(self, check: str, *, read: bool) -> Action:
        """Return what is done with a cell that a check found.

        Args:
            check: the check.
            read: whether the cell could be read all the same; if not, its value cannot be taken.
        """
        policy = getattr(self, _POLICY_OF[check]) if check in _POLICY_OF else "refuse"
        if policy in ("refuse", "not_reported"):
            return "not_reported" if policy == "not_reported" else "refuse"
        if not read:
            return "refuse"
        return "accept" if policy == "accept" else "warn"


_POLICY_OF: Final = {
    "value_approximate": "approximate",
    "value_separators": "separators",
    "value_range": "range",
    "value_sign": "sign",
    "value_unit_differs": "unit_differs",
    "date_month_only": "month_only",
    "date_serial": "serial",
    "value_shown": "shown",
    "day_shown_in_part": "shown",
    "value_percent": "percent",
    "not_a_number": "unreadable",
    "not_a_date": "unreadable",
    "not_a_whole_number": "unreadable",
}
