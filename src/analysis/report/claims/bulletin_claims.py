"""What the bulletin says by itself: the lists of grades by score, and the units each problem group names.

Letters only: no score, place or number of problems is in these sentences. Every unit's name carries the row that
put it there, of the grades or of the findings.
"""

from __future__ import annotations

from collections.abc import Iterable

from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import admit, say
from analysis.report.claims.evidence import Evidence, Row
from analysis.report.claims.judgements import graded, named_in
from analysis.rounds.frames import rows_of
from analysis.words import Figure, Text
from analysis.words.text import Listing, join


def bulletin_grades(e: Evidence) -> Text:
    """Return the lists of grades in the bulletin's form, units by score, and who triggered a veto, if anyone did.

    Args:
        e: the evidence; of the grades only unit, rank and letter are read.
    """
    lists = []
    for name in e.graded_as.names:
        units = [_graded(e, row) for row in e.by_score if row["grade"] == name]
        if units:
            claim = Claim("grade", name, tuple(graded(e, name)), ("grade",), (e.period,))
            grade = e.graded_as.said(name, e.words)
            lists.append(say(e, [claim], "bulletin.results.list", letter=grade, units=e.words.list(units)))
    if not lists:
        return e.words("bulletin.results.ungraded")
    said = [e.words("bulletin.results.given", period=e.calendar.name(e.words), lists=e.words.series(lists))]
    unrated = [_graded(e, row) for row in e.by_score if not row["grade"]]
    if unrated:
        claim = Claim("grade", "", tuple(graded(e, "")), ("grade",), (e.period,))
        said.append(say(e, [claim], "bulletin.results.unrated", units=e.words.list(unrated)))
    vetoed = e.vetoed()
    if vetoed:
        claim = Claim("veto", "", tuple(vetoed), ("veto",), (e.period,))
        barred = e.words.list(_graded(e, e.grade_of[unit]) for unit in vetoed)
        said.append(say(e, [claim], "bulletin.results.veto", units=barred))
    return e.words.sentences(said)


def _graded(e: Evidence, row: Row) -> Figure:
    """Return a unit's name as a figure of its grade row; it stands for the grade."""
    return e.words.statement(row, "unit_name", "grade")


def bulletin_units(e: Evidence, group: str) -> Listing | None:
    """Return the units a problem group names as they stand in a sentence, in roll order; None where it names none."""
    rows = {row["unit"]: row for row in rows_of(e.findings[e.findings["group"] == group])}
    admit(e, [_named(e, group)], "bulletin.problems.named")
    named = [
        e.words.statement({**rows[code], "short": e.short(code) + e.of_before(code, group)}, "short", "named")
        for code in named_in(e, group)
    ]
    if not named:
        return None
    sign, last = e.words.label("punctuation.list"), e.words.label("bulletin.list_last")
    return Listing(join(named, sign, last), len(named))


def _named(e: Evidence, group: str) -> Claim:
    return Claim("named", "", tuple(named_in(e, group)), (group,), (e.period,))


def bulletin_named(e: Evidence, units: Listing) -> Text:
    """Return the sentence that names the units of a problem group, as `bulletin_units` lists them."""
    return e.words(f"bulletin.problems.{'named_one' if units.count == 1 else 'named'}", units=units)


def bulletin_nobody(e: Evidence, groups: Iterable[str]) -> Text:
    """Return that no unit is named; where there are no problem groups, that nobody was judged by them."""
    claims = [Claim("named", "", (), (group,), (e.period,)) for group in groups]
    return say(e, claims, f"bulletin.problems.{'none' if claims else 'not_judged'}")
