"""The units against each other: contributions, points lost, distances to the cut, counts of units, and all of `peers`.

And the published facts beside the computed ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import pandas as pd

from analysis.comparison import peers
from analysis.indicators.catalogue import QUANTITIES, is_own_mark
from analysis.indicators.values import COMPARE_COLUMNS, USABLE, ValueIndex, value_rows
from analysis.intake.declared.ledgers import GROUPS
from analysis.rounds.frames import frame_of
from analysis.rounds.published import Published
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.rulebook.grades import GradeNames
from analysis.scoring.score_lineage import FINDINGS, GRADES, PUBLISHED

Row = Mapping[str, Any]

PROBLEM_STATES: Final = ("closed", "open", "overdue", "repeated")
_YES_NO: Final = {True: "yes", False: "no"}
#: what a published fact is where it is what is computed
_SAME_FACT: Final = ("agrees", "rounding")
#: how many of its costliest indicators are told of a unit
COSTLIEST: Final = 3


@dataclass(frozen=True)
class _Compared:
    """What is compared: the frames of the earlier stages, and the units they are about."""

    index: ValueIndex
    values: pd.DataFrame
    scores: pd.DataFrame
    grades: pd.DataFrame
    findings: pd.DataFrame
    problems: pd.DataFrame | None
    carried: pd.DataFrame | None
    published: pd.DataFrame | None
    roll: UnitRoll
    period: str
    base: str
    graded: GradeNames

    @cached_property
    def own_marks(self) -> pd.DataFrame:
        """The values that are marks the units gave themselves."""
        own = [measure for measure in self.values["measure"].unique() if is_own_mark(measure)]
        return self.values[self.values["measure"].isin(own)]


def compute(  # noqa: PLR0917 - the frames of all stages before, in their order
    values: pd.DataFrame,
    scores: pd.DataFrame,
    grades: pd.DataFrame,
    findings: pd.DataFrame,
    roll: UnitRoll,
    settings: RoundSettings,
    *,
    problems: pd.DataFrame | None = None,
    carried: pd.DataFrame | None = None,
    published: pd.DataFrame | None = None,
    graded: GradeNames | None = None,
) -> pd.DataFrame:
    """Return the value rows of the comparison stage.

    Args:
        values: the value table of the stages before.
        scores: the score table; empty without a rulebook.
        grades: the grade table; empty without a rulebook.
        findings: the findings per unit and group.
        roll: the units.
        settings: the round's settings.
        problems: the problems of the rectification ledger, one row each, with `unit` and `status` (one of
            `PROBLEM_STATES`); without it their counts are not reported.
        carried: the problems of the rounds before with `unit` and `state` (one of `PROBLEM_STATES`); without one
            nothing is counted of them.
        graded: the grades of the rule set; left out, A, B and C.
        published: what `compare_published` returned; without it the counts of facts are not applicable.

    Returns:
        Rows `contribution_<quantity>`, `points_lost`, `points_lost_<indicator>`, `points_lost_top3_share`,
        `score_base`, `score_self`, `score_self_difference`, `self_difference_<indicator>`,
        `findings_<status>` and `carried_<state>` of units; `score_gap_at_cut`, `units_grade_<name>`,
        `units_grade_<best>_named`, `units_named`, `units_named_<group>`, `findings_<status>`, `carried_<state>`,
        `facts_compared`, `facts_differing` of the city; and
        those of `peers`: funnel, gaps, ranks, spread, pooled and shrunken values, self-report against verification.
    """
    calendar = settings.calendar
    compared = _Compared(
        ValueIndex(values), values, scores, grades, findings, problems, carried, published, roll,
        calendar.period.text, calendar.base, graded or GradeNames(),
    )  # fmt: skip
    parts = (
        _contributions,
        _points,
        _distances,
        _unit_counts,
        _problem_counts,
        _carried_counts,
        _fact_counts,
    )
    rows = [{"period": compared.period, **row} for part in parts for row in part(compared)]
    rows += peers.rows(peers.Peers.of(compared.index, roll, settings), scores)
    return value_rows(rows, settings.round)


def members(
    found: pd.DataFrame, values: pd.DataFrame, roll: UnitRoll, settings: RoundSettings
) -> pd.DataFrame:
    """Return which values the rows of `compute` are made of, where they lead to no single one.

    Args:
        found: what `compute` returned.
        values: the value table it was computed from.
        roll: the units.
        settings: the round's settings.

    Returns:
        A frame `source, side, member` for `lineage.of_members`.
    """
    return peers.parts(peers.Peers.of(ValueIndex(values), roll, settings), found)


def _contributions(c: _Compared) -> Iterator[dict[str, Any]]:
    """Return what each unit adds to the city's change, as a fraction of the city's total in the base period."""
    for quantity in QUANTITIES:
        city = c.index.row(c.roll.city_code, c.period, f"change_{quantity}", c.base)
        for code in c.roll.codes:
            change = c.index.row(code, c.period, f"difference_{quantity}", c.base)
            row = {
                "unit": code,
                "base_period": c.base,
                "measure": f"contribution_{quantity}",
                "unit_of_measure": "ratio",
                "method": "share_of_base",
                "status": str(change["status"]),
                "source": change["id"],
            }
            if change["status"] in USABLE:
                row |= {"numerator": change["value"], "denominator": city["denominator"]}
                if city["denominator"]:
                    row["value"] = change["value"] / city["denominator"]
                else:
                    row["status"] = "zero_base"
            yield row


def _points(c: _Compared) -> Iterator[dict[str, Any]]:
    """Return points lost per indicator and in all, the base score, and the unit's own score beside it."""
    of_base = c.scores[c.scores["kind"] == "base"]
    for code in c.roll.codes:
        own = of_base[of_base["unit"] == code]
        got = [Decimal(points) for points in own["points"]]
        lost = [Decimal(most) - points for most, points in zip(own["points_possible"], got, strict=True)]
        for ident, indicator, points in zip(own["id"], own["indicator"], lost, strict=True):
            yield _point_row(
                code, f"points_lost_{indicator.replace('.', '_')}", "points", points, source=ident
            )
        total = f"score.{code}.total"
        base = sum(got, Decimal(0)) if got else None
        yield _point_row(code, "points_lost", "points", sum(lost, Decimal(0)) if got else None, source=total)
        yield _costliest_row(code, lost, source=total)
        yield _point_row(code, "score_base", "sum", base, source=total)
        self_score, row = _own_score(c, code)
        yield row
        gap = None if base is None or self_score is None else self_score - base
        difference = _point_row(code, "score_self_difference", "difference", gap, source=row["source"])
        yield difference if gap is None else difference | {"status": row["status"]}
        yield from _own_differences(c, code, own)


def _costliest_row(unit: str, lost: list[Decimal], *, source: str) -> dict[str, Any]:
    """Return the share of a unit's costliest indicators in all points it lost."""
    most, whole = sum(sorted(lost)[-COSTLIEST:], Decimal(0)), sum(lost, Decimal(0))
    row = _point_row(unit, f"points_lost_top{COSTLIEST}_share", "share", None, source=source)
    row |= {"unit_of_measure": "ratio"}
    if not lost:
        return row
    row |= {"numerator": float(most), "denominator": float(whole)}
    return row | (
        {"value": float(most / whole), "status": "reported"} if whole > 0 else {"status": "not_applicable"}
    )


def _own_score(c: _Compared, code: str) -> tuple[Decimal | None, dict[str, Any]]:
    """Return the score a unit gives itself, the sum of the marks of its self-check, and its row."""
    marks = c.own_marks[c.own_marks["unit"] == code]
    stated = marks[marks["status"].isin(USABLE)]
    total = sum((Decimal(str(mark)) for mark in stated["value"]), Decimal(0)) if len(stated) else None
    # the rows of the self-check are exactly the cells that are added up
    source = str(c.index.row(code, c.period, "rows_self_marks")["id"])
    row = _point_row(code, "score_self", "sum", total, source=source)
    if total is not None:
        row |= {"numerator": len(stated), "denominator": len(marks)}
        row["status"] = "reported" if (marks["status"] == "reported").all() else "partial"
    return total, row


def _own_differences(c: _Compared, code: str, own: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Return self − verified of every indicator the self-check speaks of, its mark put on the scale of the points."""
    for ident, indicator, possible, points in zip(
        own["id"], own["indicator"], own["points_possible"], own["points"], strict=True
    ):
        item = indicator.replace(".", "_")
        mark = c.index.get(code, c.period, f"mark_self_{item}")
        if mark is None:
            continue
        known = mark["status"] in USABLE and mark["denominator"] > 0
        gap = None
        if known:
            share = Fraction(str(mark["value"])) / Fraction(str(mark["denominator"]))
            gap = share * Fraction(possible) - Fraction(points)
        row = _point_row(code, f"self_difference_{item}", "difference", None, source=ident)
        yield row if gap is None else row | {"value": float(gap), "status": str(mark["status"])}


def _point_row(
    unit: str, measure: str, method: str, points: Decimal | None, *, source: str
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "unit": unit,
        "measure": measure,
        "unit_of_measure": "point",
        "method": method,
        "status": "not_reported",
        "source": source,
    }
    return row if points is None else row | {"value": float(points), "status": "reported"}


def _distances(c: _Compared) -> Iterator[dict[str, Any]]:
    """Return how far the last unit of the best grade and the first behind it are apart."""
    ranked = c.grades[c.grades["score"] != ""].sort_values("rank", kind="stable")
    of_best = ranked["grade"].isin(c.graded.best)
    best, rest = ranked[of_best], ranked[~of_best]
    at_cut = None
    if len(best) and len(rest) and not c.graded.by_class:
        at_cut = Decimal(best["score"].iloc[-1]) - Decimal(rest["score"].iloc[0])
    row = _point_row(c.roll.city_code, "score_gap_at_cut", "difference", at_cut, source=GRADES)
    yield row if at_cut is not None else row | {"status": "not_applicable"}


def _unit_counts(c: _Compared) -> Iterator[dict[str, Any]]:
    """Return how many units have which grade, and how many are named in which problem group."""
    named = c.findings[c.findings["named"].astype(bool)]
    first, *_ = c.graded.names
    best = set(c.grades.loc[c.grades["grade"] == first, "unit"])
    counted = {f"units_grade_{name}": (c.grades["grade"] == name).sum() for name in c.graded.names}
    counted |= {f"units_named_{group}": (named["group"] == group).sum() for group in GROUPS}
    counted["units_named"] = named["unit"].nunique()
    counted[f"units_grade_{first}_named"] = len(best & set(named["unit"]))
    for measure, count in counted.items():
        graded = len(c.grades) > 0 if "grade" in measure else True
        known = graded and (len(c.findings) > 0 if "named" in measure else True)
        source = FINDINGS if "named" in measure else GRADES
        count_known = int(count) if known else None
        yield _count_row(c.roll.city_code, measure, count_known, "not_applicable", source)


def _problem_counts(c: _Compared) -> Iterator[dict[str, Any]]:
    """Return how many problems of the rectification ledger there are in all and in each state."""
    for code in (*c.roll.codes, c.roll.city_code):
        source = FINDINGS if code == c.roll.city_code else f"{FINDINGS}.{code}"
        statuses: Sequence[str] | None = None
        if c.problems is not None:
            own = c.problems if code == c.roll.city_code else c.problems[c.problems["unit"] == code]
            statuses = [str(status) for status in own["status"]]
        for place in PROBLEM_STATES:
            count = None if statuses is None else statuses.count(place)
            yield _count_row(code, f"findings_{place}", count, "not_reported", source)
        count = None if statuses is None else len(statuses)
        yield _count_row(code, "findings_all", count, "not_reported", source)


def _carried_counts(c: _Compared) -> Iterator[dict[str, Any]]:
    """Return how many problems of the rounds before there are in all and in each state; nothing without any."""
    if c.carried is None or c.carried.empty:
        return
    for code in (*c.roll.codes, c.roll.city_code):
        source = FINDINGS if code == c.roll.city_code else f"{FINDINGS}.{code}"
        own = c.carried if code == c.roll.city_code else c.carried[c.carried["unit"] == code]
        yield _count_row(code, "carried_all", len(own), "not_reported", source)
        for state in PROBLEM_STATES:
            yield _count_row(
                code, f"carried_{state}", int(own["state"].eq(state).sum()), "not_reported", source
            )


def _fact_counts(c: _Compared) -> Iterator[dict[str, Any]]:
    """Return how many published facts were compared, and how many differ."""
    facts = c.published
    differing = None if facts is None else int((~facts["verdict"].isin(_SAME_FACT)).sum())
    compared = None if facts is None else len(facts)
    for measure, count in (("facts_compared", compared), ("facts_differing", differing)):
        yield _count_row(c.roll.city_code, measure, count, "not_applicable", PUBLISHED)


def _count_row(unit: str, measure: str, count: int | None, otherwise: str, source: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "unit": unit,
        "measure": measure,
        "unit_of_measure": "unit",
        "method": "count",
        "source": source,
    }
    if count is None:
        return row | {"status": otherwise}
    return row | {"numerator": count, "value": count, "status": "reported"}


def compare_published(
    published: Published | None, grades: pd.DataFrame, findings: pd.DataFrame, roll: UnitRoll
) -> pd.DataFrame:
    """Return the published grades, scores and named units beside the computed ones (contract 2).

    Args:
        published: the facts of the document; None where there is none.
        grades: the grade table.
        findings: the findings per unit and group.
        roll: the units, in whose order the facts stand.

    Returns:
        Frame `COMPARE_COLUMNS`: figures `grade <unit>`, `score <unit>` and `named <group> <unit>` (yes, no). Published
        facts about a unit outside the roll differ.
    """
    if published is None:
        return frame_of([], COMPARE_COLUMNS)
    return frame_of(
        (_judged(published, *fact) for fact in _facts(published, grades, findings, roll)), COMPARE_COLUMNS
    )


def _facts(
    published: Published, grades: pd.DataFrame, findings: pd.DataFrame, roll: UnitRoll
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield of every published fact the unit, what it is of, and what is printed and computed."""
    computed = dict(zip(grades["unit"], grades["grade"], strict=True))
    for code in _in_order(roll, [unit for letter in published.grades.values() for unit in letter]):
        if published.grade_of(code):
            printed = published.grade_of(code)
            yield (
                code,
                "grade",
                _fact(f"grade {code}", published.grades_place, printed, computed.get(code, "")),
            )
    if published.scores is not None:
        scores = dict(zip(grades["unit"], grades["score"], strict=True))
        for code in _in_order(roll, list(published.scores.printed)):
            if code in published.scores.printed:
                printed = str(published.scores.printed[code])
                yield (
                    code,
                    "score",
                    _fact(f"score {code}", published.scores.place, printed, scores.get(code, "")),
                )
    known = findings[findings["named"].astype(bool)]
    named = set(zip(known["group"], known["unit"], strict=True))
    for group in published.groups:
        for code in _in_order(roll, group.named):
            stated, found = _YES_NO[code in group.named], _YES_NO[(group.code, code) in named]
            yield code, group.code, _fact(f"named {group.code} {code}", group.place, stated, found)


def _fact(figure: str, place: str, printed: str, computed: str) -> dict[str, str]:
    return {"figure": figure, "place": place, "published": printed, "computed": computed}


def _judged(published: Published, unit: str, of: str, fact: dict[str, str]) -> dict[str, str]:
    """Return a fact with its verdict, and with the reason where the office gives one."""
    printed, computed = fact["published"], fact["computed"]
    if printed == computed:
        return fact | {"verdict": "agrees"}
    if fact["figure"].startswith("score ") and computed:
        one, other = Decimal(printed), Decimal(computed)
        if one == other or _only_rounded(one, other):
            return fact | {"verdict": "agrees" if one == other else "rounding"}
    why = published.difference(unit, of)
    if why is None:
        return fact | {"verdict": "differs"}
    return fact | {"verdict": why.kind, "reason": why.reason, "by": why.by}


def _only_rounded(one: Decimal, other: Decimal) -> bool:
    """Return whether two numbers are one number with more and with fewer decimals, rounded or cut off."""
    fewer = max(one.as_tuple().exponent, other.as_tuple().exponent)
    return abs(one - other) < Decimal(1).scaleb(int(fewer))


def _in_order(roll: UnitRoll, codes: Sequence[str]) -> list[str]:
    """Return the units of the roll, then further codes in the order given."""
    return [*roll.codes, *(code for code in codes if code not in roll.codes)]
