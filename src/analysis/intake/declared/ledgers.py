"""The ledgers the office keeps: which fields each has, of which kind, and what makes a row the same row.

One definition serves reading, templates and the data dictionary. How a round's files call the fields stands in the
round's `maps.yaml`; what the fields mean stands here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

FilledBy = Literal["unit", "city"]
Kind = Literal["text", "code", "codes", "names", "count", "money", "mark", "day", "period", "yes", "choice"]

#: column types of the frames, by kind of field; a missing value is NA, NaT or an empty text, never 0
DTYPES: Final[dict[Kind, str]] = {
    "text": "str",
    "code": "str",
    "codes": "str",
    "names": "str",
    "count": "Int64",
    "money": "Int64",
    "mark": "float64",
    "day": "datetime64[s]",
    "period": "str",
    "yes": "boolean",
    "choice": "str",
}
#: the two fields by which a row names its unit; they become the column `unit`
UNIT_FIELDS: Final = ("unit_code", "unit_name")
#: the field of the year, which a ledger with dates may state instead of days; it is a column only where it is stated
YEAR: Final = "year"


@dataclass(frozen=True)
class Field:
    """One field of a ledger.

    Attributes:
        kind: text; code (a number used as a name); codes, names (several, joined by `;`); count; money (stored in
            minor units); mark; day; period (2020, 2020H1, 2020-03); yes (truth value); choice (one of `choices`).
        required: the column must be mapped, and no row may leave it empty.
        code_list: the list of `maps.yaml` that translates what is written (kinds yes and choice).
        choices: what the code list may lead to.
        optional: a sheet may lack the column although it is mapped.
        of_city: the city fills it in, whoever hands in the ledger.
        seldom: a column of the ledger's frame only where somebody states it.
    """

    kind: Kind
    required: bool = False
    code_list: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    of_city: bool = False
    seldom: bool = False


@dataclass(frozen=True)
class Ledger:
    """One ledger.

    Attributes:
        name: its name in `maps.yaml` and of its frame.
        fields: its fields by name, beside the two of the unit.
        key: the fields that make two rows entries on one thing; they must then be the same row.
        wide_key: the field that the headers of a wide sheet fill (one row per unit, one column per item); empty if
            the ledger has no wide form.
        measures: fields that each state a number of their own: every cell of them is an entry with a measure and a
            value.
        by_year: the date by whose year a unit is expected to have rows; empty if rows have no year.
        expected: whether a unit without rows is worth a warning.
        has_unit: whether every row belongs to a unit (the roll of units itself does not).
        filled_by: who answers for an empty cell where the maps do not say: the unit it is about, against which it then
            counts, or the city and its departments, who have to answer before anything is computed.
        of_districts: whether the districts keep it themselves, so that the workbook they fill in has a sheet for it.
    """

    name: str
    fields: dict[str, Field]
    key: tuple[str, ...]
    wide_key: str = ""
    measures: tuple[str, ...] = ()
    by_year: str = ""
    expected: bool = True
    has_unit: bool = True
    filled_by: FilledBy = "unit"
    of_districts: bool = False


#: days of which a source may say only that they have come, by ledger
UNDATED_FIELDS: Final = {"clues": ("resolved_on", "closed_on")}

#: what a problem is about, in the order of reports
GROUPS: Final = ("resolution", "institutions", "enforcement")

_TEXT: Final = Field("text")
_CODE: Final = Field("code")
_DAY: Final = Field("day")
_COUNT: Final = Field("count")
_NUMBER: Final = Field("code", required=True)
YES_NO: Final = Field("yes", code_list="yes_no", choices=("yes", "no"))
_UNKNOWN: Final = Field("choice", code_list="yes_no_unknown", choices=("yes", "no", "unknown"))
_INSTITUTION: Final = Field("choice", code_list="institution", choices=("yes", "no", "exempt"))
_GROUP: Final = Field("choice", required=True, code_list="group", choices=GROUPS)
_EVENT: Final = Field(
    "choice",
    required=True,
    code_list="event_kind",
    choices=("mass", "extreme", "beijing", "province", "city"),
)
_LEVEL: Final = Field(
    "choice", required=True, code_list="level", choices=("state", "province", "city", "county")
)
_ITEM_NAME: Final = Field("text", seldom=True)
_MARKS: Final = {
    "item": Field("code", required=True),
    "item_name": _ITEM_NAME,
    "mark": Field("mark", required=True),
    "full": Field("mark"),
}
#: who else marks units, on sheets with a source and a period
MARK_SOURCES: Final = (
    "third_party", "unannounced", "satisfaction", "province", "everyday", "reviewed",
)  # fmt: skip
INSTITUTIONS: Final = (
    "account",
    "realname",
    "bankpay",
    "deposit",
    "guarantee",
    "labour_cost",
    "settlement",
    "notice",
    "contract",
    "attendance",
)

#: what a summary may state: codes of measures
SUMMARY_COUNTS: Final = (
    "clues_received",
    "clues_checked",
    "clues_confirmed",
    "clues_resolved",
    "clues_closed",
    "cases",
    "workers",
    "petitions",
    "backlog",
)
SUMMARY_AMOUNTS: Final = ("amount", "amount_owed", "amount_paid")

_LEDGERS: Final = (
    Ledger(
        "units",
        {
            "order": Field("count", required=True),
            "code": Field("code", required=True),
            "name": Field("text", required=True),
            "short": Field("text", required=True),
            "aliases": Field("names"),
            "kind": _TEXT,
            "former_codes": Field("codes"),
            "migrant_workers": Field("count", optional=True),
        },
        key=("code",),
        expected=False,
        has_unit=False,
        filled_by="city",
    ),
    Ledger(
        "clues",
        {
            "no": _NUMBER,
            "source": _TEXT,
            "received_on": Field("day", required=True),
            "sector": _TEXT,
            "project": _TEXT,
            "government_funded": _UNKNOWN,
            "workers": _COUNT,
            "amount": Field("money"),
            "duplicate_of": _CODE,
            "checked": YES_NO,
            "confirmed": YES_NO,
            "conclusion": _TEXT,
            "resolved_on": _DAY,
            "closed_on": _DAY,
            "workers_paid": _COUNT,
            "amount_paid": Field("money"),
            "file_due": YES_NO,
            "filed": YES_NO,
            "moved": YES_NO,
            "list_due": YES_NO,
            "listed": YES_NO,
            "publish_due": YES_NO,
            "published": YES_NO,
        },
        key=("no",),
        by_year="received_on",
        of_districts=True,
    ),
    Ledger(
        "events",
        {
            "no": _NUMBER,
            "occurred_on": Field("day", required=True),
            "people": _COUNT,
            "kind": _EVENT,
            "government_funded": _UNKNOWN,
            "serious": YES_NO,
            "verified": YES_NO,
            "case_no": _CODE,
        },
        key=("no",),
        by_year="occurred_on",
        filled_by="city",
        of_districts=True,
    ),
    Ledger(
        "projects",
        {
            "no": _NUMBER,
            "project": _TEXT,
            **dict.fromkeys(INSTITUTIONS, _INSTITUTION),
            "sampled": replace(YES_NO, of_city=True),
        },
        key=("no",),
        of_districts=True,
    ),
    Ledger(
        "funds",
        {"established": YES_NO, "amount": Field("money")},
        key=("unit",),
        of_districts=True,
    ),
    Ledger("self_marks", _MARKS, key=("unit", "item"), wide_key="item", of_districts=True),
    Ledger("field_marks", _MARKS, key=("unit", "item"), wide_key="item", filled_by="city"),
    Ledger(
        "department_marks",
        {"department": Field("text", required=True), "mark": Field("mark", required=True)},
        key=("unit", "department"),
        wide_key="department",
        filled_by="city",
    ),
    Ledger(
        "marks",
        {
            "source": Field("choice", required=True, code_list="mark_source", choices=MARK_SOURCES),
            "period": Field("period"),
            "item": Field("code"),
            "item_name": _ITEM_NAME,
            "mark": Field("mark", required=True),
            "full": Field("mark"),
        },
        key=("unit", "source", "period", "item"),
        wide_key="item",
        expected=False,
        filled_by="city",
    ),
    Ledger(
        "figures",
        {
            "item": Field("text", required=True),
            "period": Field("period"),
            "figure": Field("mark"),
            "of_figure": Field("mark"),
        },
        key=("unit", "item", "period"),
        expected=False,
        filled_by="city",
    ),
    Ledger(
        "feedback",
        {"no": _NUMBER, "group": _GROUP, "wording": _TEXT, "finding_no": _CODE},
        key=("no",),
        expected=False,
        filled_by="city",
    ),
    Ledger(
        "innovation",
        {"no": _NUMBER, "title": _TEXT, "level": _LEVEL, "evidence": _TEXT},
        key=("no",),
        expected=False,
        filled_by="city",
        of_districts=True,
    ),
    Ledger(
        "findings",
        {
            "no": _NUMBER,
            "group": _GROUP,
            "source": _TEXT,
            "wording": _TEXT,
            "measure": _TEXT,
            "post": _TEXT,
            "found_on": _DAY,
            "deadline": _DAY,
            "progress": _TEXT,
            "evidence": _TEXT,
            "verified_by": _TEXT,
            "closed_on": _DAY,
            "same_as": _CODE,
            "indicator": Field("code", optional=True, seldom=True),
        },
        key=("no",),
        expected=False,
        filled_by="city",
    ),
    Ledger(
        "summary",
        {
            "period": Field("period", required=True),
            **dict.fromkeys(SUMMARY_COUNTS, _COUNT),
            **dict.fromkeys(SUMMARY_AMOUNTS, Field("money")),
        },
        key=("unit", "period", "measure"),
        wide_key="period",
        measures=(*SUMMARY_COUNTS, *SUMMARY_AMOUNTS),
    ),
)

#: every ledger by name, in the order in which they are read; the roll of units comes first
LEDGERS: Final = {ledger.name: ledger for ledger in _LEDGERS}
#: the sheets of marks, of one year each where they do not state a period
MARK_LEDGERS: Final = tuple(ledger.name for ledger in _LEDGERS if "mark" in ledger.fields)
#: ledgers whose rows state the period they are about
BY_PERIOD: Final = tuple(ledger.name for ledger in _LEDGERS if "period" in ledger.fields)
