"""What the report says: first screen, results, declines, progress, gaps and problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import pandas as pd

from analysis.indicators.catalogue import BOUNDS, QUANTITIES
from analysis.indicators.values import USABLE
from analysis.indicators.verdicts import VERDICTS
from analysis.intake.declared.ledgers import GROUPS
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import RUNNING, say, supported
from analysis.report.claims.evidence import CLEAR, QUANTITY_STYLE, Evidence, Row
from analysis.report.claims.judgements import (
    FACTORS,
    clear_alone,
    ends,
    ends_however_filled,
    funnel_flag,
    graded,
    lowest_share,
    main_factor,
    named_in,
    points_lost_by,
    silent_in,
    usable,
    way,
)
from analysis.rounds.frames import rows_of
from analysis.words import Part, Text
from analysis.words.text import Listing, join

#: more units than these are no list a reader takes in
LISTED: Final = 12
#: a change below this prints as 0.0 %: the counts are told instead
SEEN: Final = 0.0005

# ------------------------------------------------------------------------------------------- first screen


def city_declines(e: Evidence) -> tuple[Text, Text]:
    """Return what happened to cases, workers and amount in the city, and the figures behind it.

    Of a quantity nobody reported it says so, and no more.
    """
    changes = {quantity: e.change(e.city, quantity) for quantity in e.quantities}
    verdicts = {quantity: e.verdict(e.city, quantity) for quantity in e.quantities}
    pairs = [e.pair(e.city, quantity, with_unit=True) for quantity in e.quantities]
    known = [
        e.words(f"message.declines.evidence_of.{quantity}", pair=e.compared(change, quantity))
        for quantity, change in changes.items()
        if e.is_told(e.city, quantity)
    ]
    evidence = e.words.sentence(e.words("message.declines.evidence", figures=e.words.clauses(known)))
    if any(row["status"] == "partial" for row in changes.values()):
        evidence = e.words.sentences([evidence, *_what_is_left_out(e, changes)])
    key = "message.declines."
    if not e.base_period:
        alone = e.words(
            key + "alone",
            quantities=named_quantities(e),
            period=e.period_name(e.period),
            figures=e.words.list(pairs),
        )
        return e.words.sentence(alone), Text()
    if not all(row["status"] in USABLE for row in changes.values()):
        return _counts(e, pairs, why_not_compared(e)), evidence
    values = [row["value"] for row in changes.values()]
    if {"too_few", "incomplete"} & {*verdicts.values()} or any(v and abs(v) < SEEN for v in values):
        return _counts(e, pairs, _tail(e, verdicts)), evidence
    compared = e.calendar.compared(e.words)
    ways = {q: way(e, e.city, q, e.base_period, e.period) for q in changes}
    claimed = [
        Claim("sign", ways[q], (e.city,), (q,), (e.base_period, e.period), (str(row["id"]),))
        for q, row in changes.items()
    ]
    one = "_one" if len(changes) == 1 else ""
    if {*ways.values()} == {"level"}:
        level = f"{key}level{one}"
        said = say(
            e,
            claimed,
            level,
            quantities=named_quantities(e),
            compared=compared,
            figures=e.words.list(_now(e)),
        )
        beside = [
            e.words.sentence(e.words("message.declines.evidence", figures=why)) for why in _unreported(e)
        ]
        return said, e.words.sentences(beside)
    form = next(iter(ways.values())) if len({*ways.values()}) == 1 else "mixed"
    style = "signed_percent" if form == "mixed" else "percent_size"
    figures = e.words.list(e.figure(row, style) for row in changes.values())
    tail, sentence = _tail(e, verdicts), f"{key}{form}{one}"
    said = say(
        e, claimed, sentence, quantities=named_quantities(e), tail=tail, compared=compared, figures=figures
    )
    return said, evidence


def named_quantities(e: Evidence) -> Listing:
    """Return the quantities somebody reported as a list in a sentence."""
    return e.words.list(e.words.label(f"message.declines.of.{quantity}") for quantity in e.quantities)


def _unreported(e: Evidence) -> list[Text]:
    """Return that quantities nobody reported are not compared; nothing where there are none."""
    unreported = [quantity for quantity in QUANTITIES if quantity not in e.quantities]
    return [why_not_compared(e, unreported)] if unreported else []


def _tail(e: Evidence, verdicts: Mapping[str, str]) -> Text:
    """Return which changes of the city are clear, and what is not compared as nobody reported it."""
    return e.words.statements([_clearness(e, verdicts), *_unreported(e)])


def _now(e: Evidence) -> list[Text]:
    """Return the quantities of the round's period with their units of measure."""
    return [
        e.words(
            "message.declines.pair_unit",
            pair=e.figure(e.value(e.city, quantity), QUANTITY_STYLE[quantity]),
            unit=e.words.label(f"report.quantity_unit.{quantity}"),
        )
        for quantity in e.quantities
    ]


def _counts(e: Evidence, pairs: Sequence[Text], tail: Text) -> Text:
    """Return the quantities of both periods without a change, and why there is none."""
    periods = {"base": e.period_name(e.base_period), "period": e.period_name(e.period)}
    counts = e.words.list(pairs)
    return e.words(
        "message.declines.counts", quantities=named_quantities(e), pairs=counts, tail=tail, **periods
    )


def why_not_compared(e: Evidence, quantities: Iterable[str] = QUANTITIES) -> Text:
    """Return why changes of the city cannot be told, each quantity with the reason its own row gives."""
    found: dict[str, list[str]] = {}
    for quantity in quantities:
        status = str(e.change(e.city, quantity)["status"])
        if status not in USABLE:
            found.setdefault(status, []).append(e.words.label(f"message.quantity.{quantity}"))
    clauses = [
        e.words(f"message.declines.absent.{status}", quantities=e.words.list(names))
        for status, names in found.items()
    ]
    if not clauses:
        return e.words("message.declines.not_apart")
    return e.words("message.declines.tail_absent", reasons=e.words.statements(clauses))


def _what_is_left_out(e: Evidence, changes: Mapping[str, Row]) -> list[Text]:
    """Return why figures of the city are partial: who did not report, whose file lacks what, what rows leave open.

    Where the evidence holds no unit's cases, which of these it is stays open.
    """
    if not any(e.index.get(code, e.period, "cases") for code in e.roll.codes):
        return [e.words("disclosure.partial")]
    silent = {
        quantity: _with_status(e, quantity, lambda status: status not in USABLE)
        for quantity in dict.fromkeys(("cases", *changes))
    }
    new = [code for code in silent["cases"] if e.change(code, "cases")["status"] == "new_unit"]
    gone = [code for code in silent["cases"] if code not in new]
    told = [e.words("message.declines.partial_new", units=e.names(new))] if new else []
    told += [e.words("message.declines.partial_units", units=e.names(gone))] if gone else []
    in_part = [code for code in e.roll.codes if any(_in_part(e, code, each) for each in _both(e))]
    told += [e.words("message.declines.partial_periods", units=e.names(in_part))] if in_part else []
    open_rows = []
    for quantity, change in changes.items():
        if change["status"] != "partial":
            continue
        what = e.words.label(f"message.declines.stated.{quantity}")
        if lacking := [code for code in silent[quantity] if code not in (*gone, *new)]:
            told.append(e.words("message.declines.partial_column", units=e.names(lacking), what=what))
        if any(
            e.value(code, quantity, each)["status"] == "partial" and not _in_part(e, code, each)
            for code in e.roll.codes
            for each in _both(e)
        ):
            open_rows.append(what)
    if open_rows:
        told.append(e.words("message.declines.partial_rows", what=e.words.list(open_rows)))
    return told


def _with_status(e: Evidence, quantity: str, asked: Callable[[str], bool]) -> list[str]:
    """Return the units whose quantity has a status that is asked for, in either period, in roll order."""
    return [
        code
        for code in e.roll.codes
        if any(asked(str(e.value(code, quantity, each)["status"])) for each in _both(e))
    ]


def _both(e: Evidence) -> tuple[str, str]:
    return e.period, e.base_period


def _in_part(e: Evidence, unit: str, period: str) -> bool:
    """Return whether a unit reported a part of a period only: what is lacking stands in no row, so nothing fills it."""
    if e.value(unit, "cases", period)["status"] != "partial":
        return False
    return not any(e.index.get(unit, period, f"{bound}_cases") for bound in BOUNDS)


def _clearness(e: Evidence, verdicts: Mapping[str, str]) -> Text:
    """Return which of the city's changes are clear, and of which that cannot be said, each with its own reason."""
    claims = [Claim("change", verdicts[q], (e.city,), (q,), (e.base_period, e.period)) for q in verdicts]
    key = "message.declines.tail_"
    three = len(verdicts) == len(QUANTITIES)
    if three and len(set(verdicts.values())) == 1:
        whole = {"clear_fall": "all_fall", "clear_rise": "all_rise", "not_clear": "none"}
        return say(e, claims, key + whole.get(verdicts["cases"], verdicts["cases"]))
    words = {q: "clear" if which in CLEAR else which for q, which in verdicts.items()}
    if three and {*words.values()} == {"clear"}:
        return say(e, claims, key + "all")
    parts = []
    for word in ("clear", "not_clear", "too_few", "incomplete"):
        told = [claim for claim in claims if words[claim.measures[0]] == word]
        if told:
            names = e.words.list(e.words.label(f"message.quantity.{claim.measures[0]}") for claim in told)
            parts.append(say(e, told, f"{key}some.{word}", quantities=names))
    return e.words.statements(parts)


def grades_given(e: Evidence) -> tuple[Text, Text]:
    """Return how many units got which grade and who, and how close the cut between the best grade and the rest is.

    Of a grade of more units than a sentence can list only their number is told.
    """
    if not len(e.grades):
        return e.words("message.grades.ungraded"), Text()
    parts = []
    for name in e.graded_as.names:
        claim, row = _counted(e, f"units_grade_{name}")
        said = e.graded_as.said(name, e.words)
        if row["value"]:
            units, counted = graded(e, name), e.figure(row, "han_count")
            if len(units) != row["value"] or len(units) > LISTED:
                parts.append(say(e, [claim], "message.grades.some", count=counted, letter=said))
                continue
            of = Claim("grade", name, tuple(units), ("grade",), (e.period,))
            names = e.names(units)
            parts.append(
                say(e, [claim, of], "message.grades.some_named", count=counted, letter=said, units=names)
            )
        else:
            key = "message.grades.none" if name.isascii() else "message.grades.none_named"
            parts.append(say(e, [claim], key, letter=said))
    return e.words("message.grades.given", grades=e.words.series(parts)), cut_between_grades(e)


def cut_between_grades(e: Evidence) -> Text:
    """Return how far the last unit of the best grade and the first behind it are apart; empty where there is no cut."""
    best = [row for row in e.by_score if row["grade"] in e.graded_as.best]
    rest = [row for row in e.by_score if row["grade"] not in e.graded_as.best and pd.notna(row["rank"])]
    if not best or not rest or e.graded_as.by_class:
        return Text()
    above, below = best[-1], rest[0]
    return e.words(
        "message.grades.gap",
        rank=e.figure(above, "rank", "rank"),
        above=e.short(above["unit"]),
        next=e.figure(below, "rank", "rank"),
        below=e.short(below["unit"]),
        gap=e.figure(e.count("score_gap_at_cut"), "scored"),
    )


def cut_unit(e: Evidence) -> str:
    """Return the last unit of the best grade in the order of scores; empty where there is no such place."""
    if e.graded_as.by_class:
        return ""
    return next((str(row["unit"]) for row in reversed(e.by_score) if row["grade"] in e.graded_as.best), "")


def units_changed(e: Evidence) -> tuple[Text, Text]:
    """Return which units' cases clearly fell or rose, and what can be said of the others."""
    clauses = [_clear_units(e, which) for which in CLEAR if e.units_with("cases", which)]
    first = (
        e.words("message.units.clear", clauses=e.words.statements(clauses))
        if clauses
        else say(e, [claim for claim, _ in _units_not_clear(e)], "message.units.none")
    )
    return first, _rest_of_units(e)


def units_moved(e: Evidence, which: str, *, rest: bool) -> tuple[Text, Text]:
    """Return which units' cases clearly fell, or rose, and with `rest` what can be said of those that did neither."""
    first = e.words("message.units.clear", clauses=_clear_units(e, which))
    return first, _rest_of_units(e) if rest else Text()


def _clear_units(e: Evidence, which: str) -> Text:
    """Return the clause on the units whose cases clearly fell, or rose."""
    units = e.units_with("cases", which)
    form = {"clear_fall": "fall", "clear_rise": "rise"}[which]
    return say(e, [_changed(e, which, units)], f"message.units.{form}", units=e.names(units))


def _units_not_clear(e: Evidence) -> list[tuple[Claim, list[str]]]:
    """Return the units whose cases did not clearly change by what can be said of them, with the claim of it."""
    found = {
        which: units for which in VERDICTS if which not in CLEAR if (units := e.units_with("cases", which))
    }
    return [(_changed(e, which, units), units) for which, units in found.items()]


def _rest_of_units(e: Evidence) -> Text:
    """Return what can be said of the units whose cases neither clearly fell nor rose; empty where all did."""
    rest, said = _units_not_clear(e), []
    for claim, units in rest:
        places: dict[str, Part | Text] = {"units": e.names(units)}
        claims = [claim]
        if claim.says == "not_clear":
            counted, row = _counted(e, "units_not_clear_cases", e.base_period)
            claims, places = [claim, counted], {"count": e.figure(row, "han_count")}
        said.append(say(e, claims, f"message.units.{claim.says}", **places))
    return e.words("message.units.rest", clauses=e.words.statements(said)) if said else Text()


def _counted(e: Evidence, measure: str, base: str = "") -> tuple[Claim, Row]:
    """Return the claim that a figure of all units together is what they give, and its row."""
    periods = (base, e.period) if base else (e.period,)
    return Claim("count", "", (e.city,), (measure,), periods), e.count(measure, base)


def _changed(e: Evidence, which: str, units: Sequence[str]) -> Claim:
    return Claim("change", which, tuple(units), ("cases",), (e.base_period, e.period))


def resolution(e: Evidence) -> tuple[Text, Text]:
    """Return the city's resolution rate with the units clearly below it, and those below the 95 % limit."""
    row = e.value(e.city, "rate_resolved")
    if row["status"] not in USABLE:
        return e.words("message.resolution.absent"), Text()
    flags = {code: funnel_flag(e, code) for code in e.roll.codes}
    city: dict[str, Part | Text] = {"rate": e.figure(row, "percent"), "fraction": e.fraction(row)}
    low = [code for code, flag in flags.items() if flag == "low_998"]
    low_95 = [code for code, flag in flags.items() if flag == "low_95"]
    high = [code for code, flag in flags.items() if flag.startswith("high")]
    claims = {
        code: Claim("funnel", flag, (code,), ("rate_resolved",), (e.period,)) for code, flag in flags.items()
    }

    def said(key: str, units: Sequence[str], **more: Part | Text) -> Text:
        named = [claims[code] for code in units]
        return say(e, named, f"message.resolution.{key}", units=_rates(e, units), **more)

    if low:
        first = said("low", low, **city)
    elif low_95:
        first = said("low_95", low_95, **city)
    else:
        first = say(e, claims.values(), "message.resolution.plain", **city)
    rest = [said("also_low", low_95)] if low and low_95 else []
    rest += [said("high", high)] if high else []
    return first, e.words.sentences(rest) or _lowest_rate(e, [*low, *low_95])


def _lowest_rate(e: Evidence, flagged: Sequence[str]) -> Text:
    """Return the lowest rate among the units chance may explain; empty where there is none, or all are alike."""
    flags = {code: funnel_flag(e, code) for code in e.roll.codes}
    rows = {
        code: e.value(code, "rate_resolved")
        for code, flag in flags.items()
        if flag in ("inside", "not_judged")
    }
    lowest = ends({code: float(row["value"]) for code, row in rows.items()}, min)
    if not lowest or len(lowest) == len(rows) > 1 or not ends_however_filled(e, rows, lowest, min):
        return Text()
    if "not_judged" in (flags[code] for code in lowest):
        return Text()
    claims = [Claim("funnel", "inside", (code,), ("rate_resolved",), (e.period,)) for code in lowest]
    key = "message.resolution.lowest_of_rest" if flagged else "message.resolution.lowest"
    return say(e, claims, key, unit=_rates(e, lowest))


def _rates(e: Evidence, units: Sequence[str]) -> Text:
    rows = [(unit, e.value(unit, "rate_resolved")) for unit in units]
    return e.words.list(
        e.words(
            "message.resolution.unit",
            name=e.short(unit),
            rate=e.figure(row, "percent"),
            fraction=e.fraction(row),
        )
        for unit, row in rows
    )


def problems_named(e: Evidence, as_of: str) -> tuple[Text, Text]:
    """Return how many units each problem group names, and how the rectification ledger stands at `as_of`.

    Without a rulebook nobody is named, and the ledger alone is told.
    """
    standing = ledger_standing(e, as_of)
    if not len(e.findings):
        return standing, Text()
    counted = {group: _counted(e, f"units_named_{group}") for group in GROUPS}
    counts = {group: e.figure(row, "han_count") for group, (_, row) in counted.items()}
    return say(e, [claim for claim, _ in counted.values()], "message.problems.named", **counts), standing


def ledger_standing(e: Evidence, as_of: str) -> Text:
    """Return how many problems of the rectification ledger there are, closed and overdue at `as_of`."""
    places = ("all", "closed", "overdue")
    if e.count("findings_all")["status"] not in USABLE:
        return e.words("message.problems.no_ledger")
    counts = {place: e.figure(e.count(f"findings_{place}"), "count") for place in places}
    return e.words("message.problems.ledger", as_of=as_of, **counts)


def grade_lists(e: Evidence) -> list[Text]:
    """Return the sentences listing the units of each grade by score, in their full names, as the bulletin does."""
    sentences = []
    for name in e.graded_as.names:
        units = graded(e, name)
        if units:
            claim = Claim("grade", name, tuple(units), ("grade",), (e.period,))
            names = e.words.list(e.grade_of[unit]["unit_name"] for unit in units)
            said = e.graded_as.said(name, e.words)
            sentences.append(say(e, [claim], "message.grades.list", letter=said, units=names))
    return sentences


def veto_sentence(e: Evidence) -> Text:
    """Return which units triggered a veto, and of which nobody knows as long as cells are empty."""
    vetoed, left_open = e.vetoed(), e.veto_open()
    claim = Claim("veto", "", tuple(vetoed), ("veto",), (e.period,))
    unsure = Claim("veto", "", tuple(left_open), ("veto_open",), (e.period,))
    said = [say(e, [claim], "message.grades.veto", units=e.names(vetoed))] if vetoed else []
    if left_open:
        said.append(say(e, [unsure], "message.grades.veto_open", units=e.names(left_open)))
    return e.words.sentences(said or [say(e, [claim, unsure], "message.grades.no_veto")])


def derivation_title(e: Evidence, unit: str) -> Text:
    """Return a unit with its score, the title of its derivations."""
    grade = e.grade_of[unit]
    if not grade["score"]:
        return e.words("message.scores.none", unit=e.short(unit))
    return e.words("message.scores.title", unit=e.short(unit), score=e.figure(grade, "scored", "score"))


def compare_title(e: Evidence) -> Text:
    """Return how many published facts differ from the computed ones."""
    all_, differs = e.count("facts_compared"), e.count("facts_differing")
    count = e.figure(all_, "count")
    if not differs["value"]:
        return e.words("message.compare.same", count=count)
    return e.words("message.compare.differs", count=count, differs=e.figure(differs, "count"))


def heat_title(e: Evidence, dimension_names: Mapping[str, str]) -> Text:
    """Return the finding of the heat map: who lost the most points, and where more than half of them were lost."""
    units = lost_most(e)
    if len(units) != 1:
        return losses_title(e)
    unit = units[0]
    costly = costly_dimensions(e, unit, dimension_names)
    most = _lost_most_claim(e, units)
    where = Claim("concentrated", "", (unit,), tuple(costly), (e.period,))
    if not costly or not supported(e, where):
        return losses_title(e)
    names = e.words.list(e.words.inside(dimension_names[code]) for code in costly)
    return say(e, [most, where], "message.heat.title_low", units=e.short(unit), dimensions=names)


def lost_most(e: Evidence) -> list[str]:
    """Return who lost the most points of the base score, all of them where several lost as many; nobody lost none."""
    rows = {code: e.index.get(code, e.period, "points_lost") for code in e.roll.codes}
    lost = {code: float(row["value"]) for code, row in rows.items() if row is not None and usable(row)}
    return ends({code: points for code, points in lost.items() if points > 0}, max)


def _lost_most_claim(e: Evidence, units: Sequence[str]) -> Claim:
    return Claim("most", "", tuple(units), ("points_lost",), (e.period,))


def costly_dimensions(e: Evidence, unit: str, dimensions: Iterable[str]) -> list[str]:
    """Return the one or two dimensions that cost a unit most points, as few as hold half of all; [] if none do so."""
    lost = points_lost_by(e, unit, dimensions)
    ordered = sorted(lost, key=lambda code: -lost[code])
    for many in (1, 2):
        if sum(lost[code] for code in ordered[:many]) * 2 >= sum(lost.values()) > 0:
            return ordered[:many]
    return []


def heat_alt(e: Evidence, dimension_names: Mapping[str, str]) -> Text:
    """Return the heat map in words: every unit's score and its weakest dimensions; the score alone where none is."""
    units = []
    for row in e.by_score:
        if not row["score"]:
            continue
        unit, score = row["unit"], e.figure(row, "scored", "score")
        weakest = lowest_share(e, unit)
        if not weakest:
            units.append(e.words("message.heat.unit_alike", name=e.short(unit), score=score))
            continue
        claim = Claim("order", "share_of_points", (unit,), tuple(weakest), (e.period,))
        names = e.words.list(e.words.inside(dimension_names[code]) for code in weakest)
        units.append(say(e, [claim], "message.heat.unit", name=e.short(unit), score=score, dimension=names))
    return e.words("message.heat.alt", units=e.words.series(units))


# ------------------------------------------------------------------------------------------- declines


def intervals(e: Evidence) -> Text:
    """Return the 95 % intervals of the city's three changes; empty where one has none."""
    rows = {quantity: e.change(e.city, quantity) for quantity in QUANTITIES}
    if any(pd.isna(row["lower"]) or pd.isna(row["upper"]) for row in rows.values()):
        return Text()
    ends = e.words(
        "message.declines.intervals", **{quantity: interval(e, row) for quantity, row in rows.items()}
    )
    corrected = [quantity for quantity, row in rows.items() if clear_alone(e, row)]
    if not corrected:
        return ends
    claim = Claim("change", "not_clear", (e.city,), tuple(corrected), (e.base_period, e.period))
    names = e.words.list(e.words.label(f"message.quantity.{quantity}") for quantity in corrected)
    return e.words.sentences([ends, say(e, [claim], "message.declines.clear_alone", quantities=names)])


def interval(e: Evidence, row: Row, style: str = "signed_percent") -> Text:
    """Return `−26.7%～−5.5%` of a row with an interval."""
    return e.words(
        "message.declines.interval", lower=e.figure(row, style, "lower"), upper=e.figure(row, style, "upper")
    )


def change_title(e: Evidence) -> Text:
    """Return the finding of the chart of declines, without its full stop; that nothing is clear is no title."""
    clear = [*e.units_with("cases", "clear_fall"), *e.units_with("cases", "clear_rise")]
    return e.words.without_stop(units_changed(e)[0]) if clear else e.words("message.change_chart.plain")


def verdict_word(e: Evidence, unit: str, quantity: str, *, why: bool = False) -> Text:
    """Return the word for what can be said of a unit's change.

    Args:
        e: the evidence.
        unit: its code, or that of the city.
        quantity: cases, workers or amount.
        why: where the interval printed beside it does not hold zero, say why the change is not clear all the same.
    """
    row = e.change(unit, quantity)
    which = e.judged(row)
    claim = Claim("change", which, (unit,), (quantity,), (e.base_period, e.period), (str(row["id"]),))
    return say(e, [claim], f"verdict.{'clear_alone' if why and clear_alone(e, row) else which}")


def change_alt(e: Evidence) -> Text:
    """Return the chart of declines in words."""
    units = [
        e.words(
            "message.change_chart.unit",
            name=e.short(code),
            previous=e.figure(e.value(code, "cases", e.base_period), "count"),
            current=e.figure(e.value(code, "cases"), "count"),
            verdict=verdict_word(e, code, "cases"),
        )
        for code in e.roll.codes
    ]
    return e.words("message.change_chart.alt", units=e.words.series(units))


def comparable(e: Evidence) -> bool:
    """Whether the city's cases, workers and amount can be compared with the base period."""
    return all(e.change(e.city, quantity)["status"] in USABLE for quantity in QUANTITIES)


def decomposition_title(e: Evidence) -> Text:
    """Return what most of the change of the amount comes from."""
    effects = {factor: e.value(e.city, f"effect_{factor}", base=e.base_period) for factor in FACTORS}
    total = e.value(e.city, "difference_amount_stated", base=e.base_period)
    if not all(row["status"] in USABLE for row in (*effects.values(), total)):
        return why_not_compared(e, ["amount"])
    side = "fall" if total["value"] < 0 else "rise"
    factor = main_factor(e)
    if not factor:
        return e.words("message.decomposition.plain", total=e.figure(total, "signed_money"))
    claim = Claim("share", side, (e.city,), (factor,), (e.base_period, e.period))
    return say(
        e,
        [claim],
        f"message.decomposition.{side}",
        total=e.figure(total, "money_size"),
        share=e.figure(e.value(e.city, f"share_{factor}", base=e.base_period), "percent"),
        factor=e.words(f"message.decomposition.{factor}_{side}"),
    )


def decomposition_alt(e: Evidence) -> Text:
    """Return the waterfall in words."""
    effects = {factor: e.value(e.city, f"effect_{factor}", base=e.base_period) for factor in FACTORS}
    return e.words(
        "message.decomposition.alt",
        previous=e.figure(e.value(e.city, "amount_stated", e.base_period), "money"),
        current=e.figure(e.value(e.city, "amount_stated"), "money"),
        cases=e.figure(effects["cases"], "signed_money"),
        workers=e.figure(effects["workers_per_case"], "signed_money"),
        amount=e.figure(effects["amount_per_worker"], "signed_money"),
    )


def left_out(e: Evidence) -> list[Text]:
    """Return how many cases the decomposition leaves out, as they do not state people and amount; nothing for none."""
    row = e.value(e.city, "effect_left_out", base=e.base_period)
    if row["status"] not in USABLE or not row["value"]:
        return []
    return [e.words("message.decomposition.left_out", cases=e.figure(row, "count"))]


def contributions_title(e: Evidence) -> Text:
    """Return who moved the city's number of cases most, and who worked against it."""
    rows = [(code, e.value(code, "contribution_cases", base=e.base_period)) for code in e.roll.codes]
    rows = [(code, row) for code, row in rows if row["status"] in USABLE]
    city = e.change(e.city, "cases")
    if not rows or city["status"] not in USABLE:
        return why_not_compared(e, ["cases"])
    if not city["value"]:
        return e.words("message.contributions.plain")
    shares = {code: float(row["value"]) for code, row in rows}
    towards, against = ("least", "most") if city["value"] < 0 else ("most", "least")
    (best, leading), (worst, opposed) = (
        (units, Claim(kind, "", tuple(units), ("contribution_cases",), (e.base_period, e.period)))
        for kind in (towards, against)
        for units in [ends(shares, max if kind == "most" else min)]
    )
    known: dict[str, Part | Text] = {
        "city": e.figure(city, "signed_percent"),
        "best": e.names(best),
        "best_points": e.figure(dict(rows)[best[0]], "signed_percentage_points"),
    }
    if not supported(e, leading):
        return e.words("message.contributions.plain")
    # nobody worked against it whose part is zero or goes the way of the city
    if shares[worst[0]] * city["value"] >= 0:
        return say(e, [leading], "message.contributions.title_same", **known)
    side = Claim("sign", "rise" if city["value"] < 0 else "fall", opposed.units, ("cases",), opposed.periods)
    return say(
        e,
        [leading, opposed, side],
        "message.contributions.title",
        worst=e.names(worst),
        worst_points=e.figure(dict(rows)[worst[0]], "percentage_points_size"),
        **known,
    )


def contributions_alt(e: Evidence) -> Text:
    """Return the chart of contributions in words."""
    rows = [(code, e.value(code, "contribution_cases", base=e.base_period)) for code in e.roll.codes]
    units = [
        e.words(
            "message.contributions.unit", name=e.short(code), points=e.figure(row, "signed_percentage_points")
        )
        for code, row in rows
        if row["status"] in USABLE
    ]
    return e.words("message.contributions.alt", units=e.words.clauses(units))


# ------------------------------------------------------------------------------------------- progress and gaps


def past_title(e: Evidence) -> Text:
    """Return who halved its cases since the first period of the series, and whose rose in its last two steps.

    A rise running is told where its last step is clear; the title names no more than the figures where neither is so.
    """
    halved, rising = [], []
    steps = e.calendar.steps_back[:RUNNING]
    last = (*(earlier.text for _, earlier in reversed(steps)), e.period)
    for code in e.roll.codes:
        half = Claim("halved", "fall", (code,), ("cases",), e.calendar_span)
        rise = Claim("run", "clear_rise", (code,), ("cases",), last)
        halved += [half] if supported(e, half) else []
        rising += [rise] if supported(e, rise) else []
    clauses = []
    if halved:
        first = e.period_name(e.calendar_span[0])
        clauses.append(say(e, halved, "message.past.title_fall", units=_of(e, halved), first=first))
    if rising:
        clauses.append(say(e, rising, "message.past.title_up", units=_of(e, rising)))
    if not clauses:
        return e.words("message.past.title_plain")
    return e.words("message.past.title", clauses=e.words.statements(clauses))


def _of(e: Evidence, claims: Sequence[Claim]) -> Text:
    """Return the names of those of whom claims of one kind are made."""
    return e.names(unit for claim in claims for unit in claim.units)


def case_series(e: Evidence) -> dict[str, list[Row]]:
    """Return the rows of cases of every unit over the round's series, in roll order."""
    periods = e.calendar.series
    return {code: [e.value(code, "cases", period.text) for period in periods] for code in e.roll.codes}


def last_verdict(e: Evidence, unit: str) -> str:
    """Return what can be said of the last step of a unit's series of cases; `not_compared` where there is none."""
    for later, earlier in e.calendar.steps_back[:1]:
        row = e.index.get(unit, later.text, "change_cases", earlier.text)
        if row is not None:
            return e.judged(row)
    return "not_compared"


def past_alt(e: Evidence) -> Text:
    """Return the small multiples in words: first and last value of every unit."""
    units = [
        e.words(
            "message.past.unit",
            name=e.short(code),
            first=e.figure(rows[0], "count"),
            last=e.figure(rows[-1], "count"),
        )
        for code, rows in case_series(e).items()
    ]
    return e.words("message.past.alt", units=e.words.series(units))


def any_rate(e: Evidence) -> bool:
    """Whether any unit has a resolution rate to be drawn, and the city too."""
    return e.value(e.city, "rate_resolved")["status"] in USABLE


def funnel_title(e: Evidence) -> Text:
    """Return the finding of the funnel, without its full stop; where nobody stands out, the city's rate alone."""
    row = e.value(e.city, "rate_resolved")
    if row["status"] in USABLE and not any(funnel_flag(e, code).startswith("low") for code in e.roll.codes):
        return e.words("message.funnel.plain", rate=e.figure(row, "percent"), fraction=e.fraction(row))
    return e.words.without_stop(resolution(e)[0])


def funnel_alt(e: Evidence) -> Text:
    """Return the funnel in words."""
    reported = [code for code in e.roll.codes if e.value(code, "rate_resolved")["status"] in USABLE]
    return e.words(
        "message.funnel.alt",
        city=e.figure(e.value(e.city, "rate_resolved"), "percent"),
        units=_rates(e, reported),
    )


def losses_title(e: Evidence) -> Text:
    """Return who lost the most points."""
    units = lost_most(e)
    if not units:
        return e.words("message.losses.plain")
    points = e.figure(e.value(units[0], "points_lost"), "scored")
    key = "message.losses.title" if len(units) == 1 else "message.losses.title_tied"
    return say(e, [_lost_most_claim(e, units)], key, units=e.names(units), points=points)


# ------------------------------------------------------------------------------------------- problems


def group_sentence(e: Evidence, group: str, name: str, threshold: int) -> Text:
    """Return which units a problem group names, with the threshold of the rulebook."""
    order = named_in(e, group)
    claim = Claim("named", "", tuple(order), (group,), (e.period,))
    if not order:
        return say(e, [claim], "message.problems.group_none", name=name)
    rows = {row["unit"]: row for row in rows_of(e.findings[e.findings["group"] == group])}
    units = [
        join(
            [
                e.words(
                    "message.problems.name",
                    name=e.short(code),
                    count=e.figure(rows[code], "count", "findings"),
                ),
                e.of_before(code, group, counted=True),
            ],
            "",
        )
        for code in order
    ]
    listed = e.words.list(units)
    return say(e, [claim], "message.problems.group", name=name, units=listed, threshold=str(threshold))


def named_outside(e: Evidence, group: str, name: str) -> Text:
    """Return which units a problem group names, without their numbers of problems."""
    units = named_in(e, group)
    claim = Claim("named", "", tuple(units), (group,), (e.period,))
    if not units:
        return say(e, [claim], "disclosure.named_none", group=name)
    return say(
        e,
        [claim],
        "disclosure.named",
        group=name,
        units=e.words.list(f"{e.short(code)}{e.of_before(code, group)}" for code in units),
    )


def rectification_title(e: Evidence) -> Text:
    """Return how many problems there are, how many overdue and how many open."""
    return e.words(
        "message.problems.rectification",
        all=e.figure(e.count("findings_all"), "count"),
        overdue=e.figure(e.count("findings_overdue"), "count"),
        open=e.figure(e.count("findings_open"), "count"),
    )


def missing_arrivals(e: Evidence, ledgers: Iterable[str]) -> Text:
    """Return which unit did not report which ledger."""
    silent = {ledger: silent_in(e, ledger) for ledger in ledgers}
    claims = [Claim("silent", "", tuple(units), (ledger,), (e.period,)) for ledger, units in silent.items()]
    missing = [
        e.words("message.arrivals.item", unit=e.short(code), ledger=e.words.label(f"ledger.{ledger}"))
        for code in e.roll.codes
        for ledger, units in silent.items()
        if code in units
    ]
    if not missing:
        return say(e, claims, "message.arrivals.all")
    return say(e, claims, "message.arrivals.missing", list=e.words.list(missing))


def matrix_title(e: Evidence) -> Text:
    """Return how many units of the best grade are named all the same, or how many units are named."""
    first = e.graded_as.names[0]
    best, of_best = _counted(e, f"units_grade_{first}_named")
    if of_best["value"]:
        grade, count = e.graded_as.said(first, e.words), e.figure(of_best, "han_count")
        return say(e, [best], "message.problems.matrix", count=count, grade=grade)
    claim, row = _counted(e, "units_named")
    return say(e, [claim], "message.problems.matrix_all", count=e.figure(row, "han_count"))
