"""Where every figure of a page comes from: name, parts, status and arithmetic, then file, sheet and cells.

`origins` answers for the rows a page shows; `render.origins` says how the answers are written into a notebook or a
page. Of all cells behind a figure at most `SHOWN` are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.filter_words import FilterWords
from analysis.indicators.naming import MeasureNames
from analysis.questions.explain import SHOWN, first_cells
from analysis.render.origins import Cited, Origin, Place
from analysis.rounds.frames import rows_of
from analysis.rounds.periods import name_of_period
from analysis.words import Words
from analysis.words.formats import number, percent, stored_number

#: ratios that are no share of anything and are not told in per cent
_NO_SHARE: Final = re.compile(
    r"trend_(?!p_)|verified_kappa|spread_cv|spread_max_min|funnel_(?:phi|tau2)|dispersion_"
)
#: differences of shares, which move in percentage points
_POINTS: Final = re.compile(
    r"slope_(?:rate|coverage)|within_|between_|contribution_|gap_to_(?:best|mean|city)_"
)
#: measures whose parts count the periods looked at and say nothing to the reader
_OVER_PERIODS: Final = ("slope_", "growth_", "trend_p_", "spread_", "dispersion_", "p_", "q_")


@dataclass(frozen=True)
class Records:
    """The frames that explain a page's figures.

    Attributes:
        values: the value table.
        scores: the scores that count.
        grades: the grades.
        findings: the findings by unit and group.
        lineage: from sources to cells.
        units: names of the units and of the city, by code.
        items: names of the indicators, bonuses, vetoes and dimensions, by code.
        words: of the page's language.
    """

    values: pd.DataFrame
    scores: pd.DataFrame
    grades: pd.DataFrame
    findings: pd.DataFrame
    lineage: pd.DataFrame
    units: Mapping[str, str]
    items: Mapping[str, str]
    words: Words

    @cached_property
    def filters(self) -> FilterWords:
        """Says what was looked for in cells."""
        return FilterWords(self.words, self.items, self.units)

    @cached_property
    def sought(self) -> Callable[[str, str], str]:
        """Says what was looked for in cells as `filters` does, the same words once."""
        return cache(self.filters)

    @cached_property
    def cited(self) -> dict[tuple[str, str], Cited]:
        """The places of the sources asked for so far, by source and item: many figures rest on the same cells."""
        return {}


def origins(records: Records, rows: Iterable[str]) -> dict[str, Origin]:
    """Return where the figures of some rows come from, by row id; a row that is not there gets no answer."""
    wanted = list(dict.fromkeys(rows))
    told: dict[str, tuple[str, tuple[tuple[str, str], ...], str, str]] = {}
    for row in _rows(records.values, wanted):
        told[row["id"]] = (*_of_value(row, records), str(row["source"]), "")
    for row in _rows(records.scores, wanted):
        told[row["id"]] = (*_of_score(row, records), str(row["id"]), str(row["indicator"]))
    for row in _rows(records.grades, wanted):
        told[row["id"]] = (*_of_grade(row, records), str(row["id"]), "")
    for row in _rows(records.findings, wanted):
        told[row["id"]] = (*_of_finding(row, records), f"findings.{row['unit']}", "")
    cited = records.cited
    new = {(source, item) for _, _, source, item in told.values()} - cited.keys()
    by_source = _by_source(records.lineage, {source for source, _ in new})
    for source, item in new:
        cited[source, item] = _cited(by_source.get(source, ()), item, records)
    return {
        row: Origin(told[row][0], told[row][1], cited[told[row][2], told[row][3]])
        for row in wanted
        if row in told
    }


def _rows(frame: pd.DataFrame, wanted: Sequence[str]) -> list[dict[str, Any]]:
    return rows_of(frame[frame["id"].isin(wanted)])


# ------------------------------------------------------------------------------------------ what is told


def _of_value(row: Mapping[str, Any], records: Records) -> tuple[str, tuple[tuple[str, str], ...]]:
    words, measure, unit = records.words, str(row["measure"]), str(row["unit_of_measure"])
    period = name_of_period(str(row["period"]), words)
    if row["base_period"]:
        base = name_of_period(str(row["base_period"]), words)
        period = _say(words, "against", period=period, base=base)
    facts = [("unit", records.units.get(row["unit"], row["unit"])), ("period", period)]
    if pd.notna(row["value"]):
        facts.append(("value", _quantity(row["value"], unit, measure, words)))
    facts += _parts(row, words)
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        lower, upper = (_quantity(row[side], unit, measure, words) for side in ("lower", "upper"))
        facts.append(("interval", _say(words, "between", lower=lower, upper=upper)))
    facts.append(("status", words.label(f"status.{row['status']}")))
    method = f"page.origin.method_of.{row['method']}"
    facts.append(("method", words.label(method) if method in words else str(row["method"])))
    labelled = [(_label(words, key, row), text) for key, text in facts]
    return _measure(measure, records), tuple(labelled)


def _label(words: Words, key: str, row: Mapping[str, Any]) -> str:
    """Return the label of a fact; that of an interval says how sure it is."""
    if key == "interval":
        sure = "—" if pd.isna(row["confidence"]) else percent(row["confidence"], 0)
        return _say(words, "interval", confidence=sure)
    return words.label(f"page.origin.{key}")


def _parts(row: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Return numerator and denominator, or this period and the base period."""
    if row["method"] in ("count", "sum"):
        counted = row["denominator"]
        return (
            [("counted", number(counted))]
            if pd.notna(counted) and counted != row["value"] and row["method"] == "sum"
            else []
        )
    if str(row["measure"]).startswith(_OVER_PERIODS):
        return []
    code = catalogue.of(str(row["measure"]))
    # the two parts of what sets a period against another one are not a fraction
    comparing = code.compared or code.text.startswith("effect_")
    keys = ("now", "before") if comparing else ("numerator", "denominator")
    return [
        (key, percent(row[column], 2) if code.is_rate_difference else _plain(row[column]))
        for key, column in zip(keys, ("numerator", "denominator"), strict=True)
        if pd.notna(row[column])
    ]


def _of_score(row: Mapping[str, Any], records: Records) -> tuple[str, tuple[tuple[str, str], ...]]:
    words, code = records.words, str(row["indicator"])
    facts = [("unit", records.units.get(row["unit"], row["unit"]))]
    facts += [("points", stored_number(row["points"])), ("possible", stored_number(row["points_possible"]))]
    facts.append(("derivation", str(row["derivation"])))
    source = f"page.origin.source_of.{row['source']}"
    facts.append(("score_source", words.label(source) if source in words else ""))
    facts.append(("status", words.label(f"status.{row['status']}")))
    return records.filters.item(code), _labelled(facts, words)


def _of_grade(row: Mapping[str, Any], records: Records) -> tuple[str, tuple[tuple[str, str], ...]]:
    rank = "" if pd.isna(row["rank"]) else str(row["rank"])
    facts = [("unit", str(row["unit_name"])), ("score", str(row["score"])), ("rank", rank)]
    facts += [("grade", str(row["grade"])), ("clause", str(row["clause"]))]
    facts.append(("nearest", str(row["nearest_clause"])))
    return records.words.label("page.origin.grade"), _labelled(facts, records.words)


def _of_finding(row: Mapping[str, Any], records: Records) -> tuple[str, tuple[tuple[str, str], ...]]:
    words = records.words
    facts = [("unit", records.units.get(row["unit"], row["unit"])), ("findings", number(row["findings"]))]
    facts.append(("named", words.label("page.origin.yes" if row["named"] else "page.origin.no")))
    return words.label(f"report.problems.{row['group']}"), _labelled(facts, words)


def _labelled(facts: Iterable[tuple[str, str]], words: Words) -> tuple[tuple[str, str], ...]:
    return tuple((words.label(f"page.origin.{key}"), text) for key, text in facts if text)


def _say(words: Words, key: str, **parts: str) -> str:
    return words(f"page.origin.{key}", **parts).plain


def _measure(measure: str, records: Records) -> str:
    """Return the name of a measure, one of the rule set's own included."""
    found = MeasureNames(records.words, records.items, records.units).found(measure)
    return found or records.items.get(measure, measure)


def _quantity(value: float, unit: str, measure: str, words: Words) -> str:
    """Return a value with its unit; shares in per cent with two places."""
    if unit == "ratio":
        if catalogue.of(measure).is_rate_difference or _POINTS.match(measure):
            return _say(words, "percentage_points", number=number(value * 100, 2, sign=True))
        return number(value, 3) if _NO_SHARE.match(measure) else percent(value, 2)
    key = f"unit_of_measure.{unit}"
    printed = _plain(value)
    return _say(words, "quantity", number=printed, unit=words.label(key)) if key in words else printed


def _plain(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 2)


# ------------------------------------------------------------------------------------------ cells


def _by_source(lineage: pd.DataFrame, sources: set[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(lineage[lineage["source"].isin(sources)]):
        found.setdefault(str(row["source"]), []).append(row)
    return found


def _cited(rows: Iterable[Mapping[str, Any]], item: str, records: Records) -> Cited:
    """Return the places of a source; the cells named are shared out among them."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        key = (str(row["file"]), str(row["sheet"]), records.sought(str(row["filter"]), item))
        found.setdefault(key, []).append(str(row["cells"]))
    named = {key: ",".join(part for part in parts if part) for key, parts in found.items()}
    sizes = [first_cells(cells, 0)[1] for cells in named.values()]
    room = share_out(sizes[:SHOWN], SHOWN)
    places = []
    for (file, sheet, what), cells, most in zip(named, named.values(), room, strict=False):
        shown, more = first_cells(cells, most)
        places.append(Place(file, sheet, what, ",".join(shown), more))
    return Cited(tuple(places), len(sizes) - len(places), sum(sizes[len(places) :]))


def share_out(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many cells of every place are named: all if there is room, else as evenly as can be.

    `[2, 500, 500]` with room for 20 gives `[2, 9, 9]`.
    """
    given = [0] * len(sizes)
    while most and any(has < size for has, size in zip(given, sizes, strict=True)):
        for place, size in enumerate(sizes):
            if given[place] < size and most:
                given[place] += 1
                most -= 1
    return given
