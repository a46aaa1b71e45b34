"""What the leader is asked to decide, from what the round shows; nothing is asked that nobody is named in."""

from __future__ import annotations

from analysis.report.claims.city_claims import LISTED
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import say
from analysis.report.claims.evidence import Evidence
from analysis.report.claims.firmness_claims import firm_claim, not_firm
from analysis.report.claims.judgements import usable
from analysis.words import Text


def decisions(e: Evidence) -> list[Text]:
    """Return what is asked for: the grades, of whom those not firm, what is overdue, and what still waits."""
    asked = [*_grades(e)]
    for what in ("findings_overdue", "cases_unresolved"):
        row = e.index.get(e.city, e.period, what)
        if row is None or not usable(row) or not row["value"]:
            continue
        count, units = e.figure(row, "count"), _with_counts(e, what)
        if units:
            asked.append(e.words(f"message.decisions.{what}", count=count, units=units))
    return asked


def _grades(e: Evidence) -> list[Text]:
    """Return that the grades are to be decided; of whom nobody knows whether it met a veto that comes first."""
    if not len(e.grades):
        return []
    left_open, loose = e.veto_open(), not_firm(e)
    asked = []
    if left_open:
        unsure = Claim("veto", "", tuple(left_open), ("veto_open",), (e.period,))
        asked.append(say(e, [unsure], "message.decisions.veto_open", units=e.names(left_open)))
    if loose:
        claims = [firm_claim(e, code) for code in loose]
        asked.append(say(e, claims, "message.decisions.grades_loose", units=e.names(loose)))
    else:
        asked.append(e.words("message.decisions.grades"))
    return asked


def _with_counts(e: Evidence, measure: str) -> Text:
    """Return the units that have some of a count, the most first; empty where nobody is known to, or too many are."""
    rows = {code: row for code in e.roll.codes if usable(row := e.index.get(code, e.period, measure))}
    counts = {code: float(row["value"]) for code, row in rows.items() if row is not None and row["value"]}
    if not counts or len(counts) > LISTED:
        return Text()
    return e.words.list(
        e.words(
            "message.decisions.of_unit", name=e.short(code), count=e.figure(e.value(code, measure), "count")
        )
        for code in sorted(counts, key=lambda code: -counts[code])
    )
