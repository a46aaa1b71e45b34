"""The stages of the road as pure functions: what is declared and what arrived → every frame; no file is touched.

    intake      what arrived                → ledgers, units, files, columns, corrections, reconciliation
    indicators  ledgers, marks, rulebook    → values, lineage, stated, waits, scores, grades, findings
    trends      values of several periods   → more values (each unit against its own past), lineage
    comparison  values, scores, grades      → more values (the units against each other, firmness), lineage, compare

Every function returns the frames it makes by the name under which they are kept; a name that a stage before made is
replaced. `stages` keeps them in `data/processed`, `in_memory` in the memory.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis import intake
from analysis.comparison import comparison as compared
from analysis.indicators import measures
from analysis.indicators.lineage import Register, of_members
from analysis.quantities import Currency
from analysis.results.assessment import LEDGERS, VALUES, Assessment, Declared
from analysis.rounds.published import PUBLISHED_FILE
from analysis.rulebook.stated_facts import StatementFile
from analysis.scoring import distances, firmness, problem_list, score_lineage
from analysis.scoring import problems as findings
from analysis.scoring.outcome import outcome_of
from analysis.trends import series
from analysis.trends import trends as past
from analysis.words import Words

Made = dict[str, pd.DataFrame]


def of_intake(arrived: intake.Intake, money: Currency) -> Made:
    """Return what arrived as frames: ledgers with their money in the round's currency, and what they came from."""
    return {
        **{
            LEDGERS + name: intake.in_currency(name, ledger, money)
            for name, ledger in arrived.ledgers.items()
        },
        "corrections": arrived.corrections,
        "doubted": intake.doubted(arrived.faults),
        "columns": arrived.columns,
        "files": arrived.files,
        "reconciliation": arrived.reconciliation,
        "nil_returns": arrived.nil_returns,
        "units": arrived.roll.to_frame(),
    }


def of_indicators(
    declared: Declared,
    arrived: intake.Intake,
    said: Words,
    *,
    statements: StatementFile,
    previous: Mapping[str, str] | None,
    earlier: pd.DataFrame | None = None,
    with_lineage: bool = True,
    told: bool = True,
) -> Made:
    """Return what is counted, how it scores, and which problems are named.

    Args:
        declared: what the office declared.
        arrived: what its files hold; a ledger that is missing is empty.
        said: the words of derivations and clauses.
        statements: what the office states of the units itself.
        previous: grade of the round before by unit; None where there is none.
        earlier: its problems, with present codes of units; None where there are none.
        with_lineage: whether every value is led back to its cells, which takes a third of the time.
        told: whether the scores have their derivation as a sentence.
    """
    of, rules, roll = arrived.settled(declared.round), declared.rulebook, arrived.roll
    measured = measures.compute(arrived, of.settings, with_lineage=with_lineage)
    values = measured.values
    if statements.statements:
        values = pd.concat([values, statements.values(of.id, of.period.text)], ignore_index=True)
    result = outcome_of(values, rules, roll, of.settings, previous=previous, sentences=told, catalogue=said)
    problems, feedback = (_ledger(arrived, name) for name in ("findings", "feedback"))
    named, of_named = findings.count(
        problems, feedback, rules, roll, of, arrived=arrived if with_lineage else None
    )
    lineage = [measured.lineage]
    if with_lineage:
        if statements.statements:
            lineage.append(statements.lineage(of.period.text))
        cells = pd.concat(lineage, ignore_index=True)
        register = Register.of(arrived.columns, arrived.files)
        lineage += [of_named, score_lineage.of_problems(problems, roll, register, of.as_of.isoformat())]
        if rules:
            lineage.append(score_lineage.of_scores(rules, values, cells, roll, of))
    return {
        VALUES + "indicators": values,
        "lineage": pd.concat(lineage, ignore_index=True),
        "stated": measured.stated,
        "waits": measured.waits,
        "scores": result.scores,
        "grades": result.grades,
        "findings": named,
        "problems": problem_list.listed(problems, feedback, of, values=values, rules=rules, before=earlier),
    }


def of_trends(before: Assessment, *, with_lineage: bool = True) -> Made:
    """Return every unit against its own past.

    Args:
        before: the round with the stages before.
        with_lineage: whether every value is led back to its cells.
    """
    made = {VALUES + "trends": past.compute(before.values, before.roll, before.round.settings)}
    if with_lineage:
        cells = before.lineage[~before.lineage["source"].str.startswith(f"{series.SOURCE}.")]
        trail = series.trail(before.values, cells, before.roll, before.round.settings)
        made["lineage"] = pd.concat([cells, trail], ignore_index=True)
    return made


def of_comparison(
    before: Assessment,
    *,
    previous: Mapping[str, str] | None,
    with_lineage: bool = True,
    draws: int = firmness.DRAWS,
) -> Made:
    """Return the units against each other, how firm the result is, and the published facts beside it.

    Args:
        before: the round with the stages before.
        previous: grade of the round before by unit; None where there is none.
        with_lineage: whether every value is led back to its cells.
        draws: how often counts and weights are drawn for the firmness; 0 leaves the firmness out.
    """
    of, rules, published = before.round, before.settings.rulebook, before.settings.published
    compare = compared.compare_published(published, before.grades, before.findings, before.roll)
    values = compared.compute(
        before.values,
        before.scores,
        before.grades,
        before.findings,
        before.roll,
        of.settings,
        # without a ledger of problems there are not none: nothing is known of them
        problems=findings.status(before.ledger("findings"), of.as_of) if before.keeps("findings") else None,
        carried=problem_list.standings(before.problems, of.id),
        published=compare if published else None,
        graded=rules.grade_names if rules else None,
    )
    of_grades = distances.compute(
        before.values, before.scores, before.grades, rules, before.roll, of, previous=previous
    )
    parts = [values, of_grades]
    if draws:
        firm = firmness.compute(
            before.values,
            before.scores,
            before.grades,
            rules,
            before.roll,
            of,
            previous=previous,
            draws=draws,
        )
        parts.append(firm)
    made = {"compare": compare, VALUES + "comparison": pd.concat(parts, ignore_index=True)}
    if with_lineage:
        members = compared.members(values, before.values, before.roll, of.settings)
        made_here = {score_lineage.PUBLISHED, *members["source"]}
        lineage = before.lineage[~before.lineage["source"].isin(made_here)]
        trails = [lineage, of_members(members, lineage)]
        if published:
            sha256 = before.settings.published_sha256
            trails.insert(1, score_lineage.of_published(PUBLISHED_FILE, sha256, len(compare)))
        made["lineage"] = pd.concat(trails, ignore_index=True)
    return made


def _ledger(arrived: intake.Intake, name: str) -> pd.DataFrame:
    return arrived.ledgers[name] if name in arrived.ledgers else intake.empty_ledger(name)
