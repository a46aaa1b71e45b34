"""The presets shown at work: one table of made-up units, scored and graded under each of them.

`python -m analysis.scoring.presets_page` prints `docs/presets.md`; a test holds the document to what is computed here.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pandas as pd

from analysis import rulebook as rulebooks
from analysis.indicators.catalogue import of as code_of
from analysis.indicators.values import value_rows
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import City, RoundSettings
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Rulebook, grade_sentences, veto_sentence
from analysis.rulebook.presets import MADE_UP_UNITS, PRESETS, preset_file
from analysis.scoring import grading, scoring
from analysis.words import OFFICE, words

_PERIOD: Final = "2020"
#: what is told of a unit beside its score: measure → one, several
_RECORD: Final = {
    "events_mass": "mass",
    "events_mass_government": "government-project",
    "events_extreme": "extreme",
}
_INNOVATIONS: Final = ("innovation_state", "innovation_province", "innovation_city")
_HEAD: Final = """\
# Presets of the grade rules

Rule sets to begin with (预设), one file each in `src/analysis/rulebook/presets/`: copy one to
`data/raw/<round>/rulebook.yaml`, put in the office's own indicators, and hold every line beside the signed text.

The sentences on who gets which grade (等次规则) come from published rules or bulletins of the places named.
`national_style` is made **after secondary reports, not the official text / 据二手材料整理，非官方文本**. Whatever a
source leaves open (ties at the cut 并列, whether a vetoed unit frees its slot 名额顺延, rounding 修约, how "sound
institutions" 制度健全 or "poor work" 工作不力 is found) is marked `assumed: true`（假定）in the file. The indicators
and their points 指标与分值 are assumed throughout: one simple set of six dimensions and 100 points, the same in all.

## What a grade rule may say

Of three grades A is a conjunction, `A: {all_of: [...]}`; C is a disjunction of clauses, each a conjunction,
`C: {any_of: [[...], [...]]}`; the rest is B (`otherwise: B`). Any number of grades with any names are `levels`, the
best first; one of them asks for nothing and takes the rest, and the grades below it beat those above it:

```yaml
grades:
  slots: {vetoed: freed, barred: kept}
  levels:
    - {name: 优秀, all_of: [{kind: score_at_least, points: 900}]}
    - {name: 良好, all_of: [{kind: score_at_least, points: 800}]}
    - {name: 合格}
    - {name: 不合格, any_of: [[{kind: score_below, points: 700}], [{kind: veto}]]}
  alone: no_grade
  few_units: no_places
```

Units of different `classes` are ranked and graded apart. A class may have its own number of places
(`places: {优秀: 3}`), its own `grades`, and its own full mark (`base_points: 150`). More places than units, also first
and last places together, are refused unless `few_units` says what holds there: `no_grade`, no grade is given by places;
`no_places`, conditions on places hold for nobody; `places`, they are given as far as there are units. `alone` says the
same of the only unit of a class. Any condition may carry `assumed: true` and a `basis` 依据.

| `kind` | keys | holds if |
|---|---|---|
| `top` | `places` | among the first n of the units that hold a slot 名额 |
| `last` | `places`, `among` | among the last n of the units with a score (`graded`), of `all` (units without a score \
take the last places), or of those no other clause of C takes (`unvetoed`) |
| `score_at_least`, `score_above` | `points` | score ≥, > |
| `score_below`, `score_at_most` | `points` | score <, ≤ |
| `gate` | `measure`, `at_least`, `read`, `full` | a measure ≥, or with `read: mark` a mark as a share of its full |
| `below` | `measure`, `below`, `read`, `full`, `missing` | the same, <; below the rest silence counts, \
but for `missing: unmet` |
| `part_at_least`, `part_below` | `items`, `share`, `name` | points of dimensions or indicators together, as a share |
| `count`, `count_at_most` | `measures`, `number`, `name`, `counted` | events, innovations … together, ≥ n, ≤ n |
| `stated` | `fact`, `holds` | the office states a fact 认定事项 of the unit, or states that it does not hold |
| `previous` | `grades`, `holds` | grade of the previous round (`compared_with`); not applied where there is none |
| `veto` | | a veto 一票否决, or a falsification 弄虚作假, with the effect `lowest_grade` is triggered |

Without any condition the effect `top_barred` keeps from the best grade, and `one_lower` 降一个等次 lowers the grade
given by one, however many such events there are.

`slots: {vetoed, barred, lowered}` says whether a unit that cannot have the grade leaves its slot to the next (`freed`,
`kept`);
`ties: {at_top, at_last}` whether equal scores at a cut are `all_in`, `all_out`, or told apart (`tie_break`, a list of
`measure` and `better: high | low`; `unresolved` for what remains equal); `consequences` what follows from a grade,
also from the same grade in the `previous` round. Facts are declared under `facts` and stated in `statements.yaml` of
the round, each with its basis 依据 (where every event has its own deduction at discretion, `shape: discretion` with
`counted`, a line per event; their points are added up):

```yaml
statements:
  - {unit: "130302", fact: poor_work, holds: true, basis: 领导小组会议纪要第3号}
  - {unit: "130303", fact: group_visits, count: 3, basis: 信访部门通报}
  - {unit: "130304", fact: handling, off: 1.5, basis: 核查记录第7号}
  - {unit: "130304", fact: handling, off: 2, basis: 核查记录第9号}
```

This page is printed by `python -m analysis.scoring.presets_page`; `tests/test_presets.py` holds it to what the program
computes.
"""
_TABLE: Final = """
## The same made-up units under each preset

All {units} units are invented (虚构): no county or city stands behind any of them. Their values are in
`made_up_units.csv` beside the presets. Places and slots are applied as published, whatever the number of units they
were written for. "On record" are verified events 事件, innovations 创新 and the facts stated by the office 认定事项. A
unit without any report has no score and no grade (—); equal scores share the better rank.

"""


@dataclass(frozen=True)
class Shown:
    """The made-up units under one preset.

    Attributes:
        name: the preset.
        rules: its rule set.
        grades: the grade table.
    """

    name: str
    rules: Rulebook
    grades: pd.DataFrame


@cache
def preset(name: str) -> Rulebook:
    """Return a preset.

    Raises:
        KeyError: no such preset.
        FaultsFoundError: its file is not a right rule set.
    """
    rules, faults = rulebooks.load(preset_file(name))
    if rules is None:
        raise FaultsFoundError(faults)
    return rules


@cache
def made_up_units() -> tuple[dict[str, str], ...]:
    """Return the invented units as they stand in their file: code, name and one column per measure."""
    with MADE_UP_UNITS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def made_up_values() -> pd.DataFrame:
    """Return their values as the value table (contract 1); an empty cell is a value not reported."""
    return value_rows((row for unit in made_up_units() for row in _values(unit)), _PERIOD)


def made_up_roll() -> UnitRoll:
    """Return the roll of the invented units."""
    units = [
        Unit(unit["code"], unit["name"], unit["name"], order=place)
        for place, unit in enumerate(made_up_units(), 1)
    ]
    return UnitRoll(units, "M00", "虚构市")


@cache
def shown(name: str) -> Shown:
    """Return the invented units scored and graded under a preset."""
    rules, values, roll, of = preset(name), made_up_values(), made_up_roll(), _settings()
    scores = scoring.score(values, rules, roll, of, catalogue=words(OFFICE))
    return Shown(name, rules, grading.grade(scores, values, rules, roll, of, catalogue=words(OFFICE)))


def document() -> str:
    """Return `docs/presets.md`."""
    presets = [shown(name) for name in PRESETS]
    return "".join([_HEAD, *(_rules(each) for each in presets), *_table(presets), *_clauses(presets)])


def main() -> None:
    """Print the document."""
    sys.stdout.write(document())


def _settings() -> RoundSettings:
    return RoundSettings(
        round=_PERIOD,
        title="虚构单位",
        city=City(code="M00", name="虚构市", short="虚构市"),
        issuer="虚构办公室",
        periods=[_PERIOD],
        base_period="2019",
        history=["2019", _PERIOD],
        as_of=dt.date(2021, 3, 31),
        synthetic=True,
    )


def _values(unit: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    full = {item.measure: item.full or item.points for item in preset(PRESETS[0]).indicators()}
    for measure, written in unit.items():
        if measure in ("code", "name") or not written:
            continue
        row: dict[str, Any] = {
            "unit": unit["code"],
            "period": _PERIOD,
            "measure": measure,
            "status": "reported",
        }
        above, _, below = written.partition("/")
        if below:
            yield row | {
                "numerator": float(above),
                "denominator": float(below),
                "value": float(above) / float(below),
                "unit_of_measure": "ratio",
                "method": "wilson",
            }
        elif measure == "mark_departments":
            yield row | {
                "numerator": float(above),
                "denominator": 1.0,
                "value": float(above),
                "unit_of_measure": "point",
                "method": "mean",
            }
        elif code_of(measure).is_mark:
            yield row | {
                "denominator": float(full[measure]),
                "value": float(above),
                "unit_of_measure": "point",
                "method": "stated",
            }
        else:
            stated = measure.startswith("stated_")
            yield row | {
                "value": float(above),
                "unit_of_measure": "unit" if stated else "event",
                "method": "stated" if stated else "count",
            }


def _rules(each: Shown) -> str:
    catalogue = words(OFFICE)
    sentences = [*grade_sentences(each.rules.grades, each.rules, catalogue)]
    sentences += [veto_sentence(veto, each.rules, catalogue) for veto in each.rules.vetoes]
    lines = "".join(f"- {sentence.plain}\n" for sentence in sentences)
    return f"\n## {each.name} · {each.rules.name_en}\n\n{lines}"


def _table(presets: list[Shown]) -> Iterator[str]:
    yield _TABLE.format(units=len(made_up_units()))
    head = ["unit", "score", "rank", "on record", *(each.name for each in presets)]
    yield f"| {' | '.join(head)} |\n|---|---:|---:|---|{':-:|' * len(presets)}\n"
    graded = [{row["unit"]: row for row in rows_of(each.grades)} for each in presets]
    record = {unit["code"]: _on_record(unit, presets) for unit in made_up_units()}
    for code, first in graded[0].items():
        rank = "—" if pd.isna(first["rank"]) else str(first["rank"])
        letters = [str(grades[code]["grade"]) or "—" for grades in graded]
        cells = [first["unit_name"], first["score"] or "—", rank, record[code], *letters]
        yield f"| {' | '.join(cells)} |\n"
    for letter in "ABC":
        numbers = [str((each.grades["grade"] == letter).sum()) for each in presets]
        yield f"| **{letter} in all** | | | | {' | '.join(numbers)} |\n"


def _on_record(unit: Mapping[str, str], presets: list[Shown]) -> str:
    told = [f"{unit[measure]} {name}" for measure, name in _RECORD.items() if unit[measure] not in ("", "0")]
    innovations = sum(int(unit[measure] or 0) for measure in _INNOVATIONS)
    if innovations:
        told.append(f"{innovations} innovation")
    facts = {fact.measure: fact for each in presets for fact in each.rules.facts}
    for measure, fact in facts.items():
        stated = unit[measure]
        if fact.otherwise:
            told += {"0": [fact.otherwise_en], "": [f"not stated: {fact.name_en}"], "1": []}[stated]
        elif stated not in ("", "0"):
            told.append(fact.name_en if stated == "1" else f"{stated} {fact.name_en}")
    return "; ".join(told) if unit["mark_field_1_1"] else "nothing reported"


def _clauses(presets: list[Shown]) -> Iterator[str]:
    yield (
        "\n## The clause that decided, and the nearest one\n\n"
        "For the unit of the last A, the first B that is not C, and one C of each preset.\n"
    )
    for each in presets:
        yield f"\n**{each.name}**\n\n"
        rows = rows_of(each.grades)
        for letter, pick in (("A", -1), ("B", 0), ("C", 0)):
            held = [row for row in rows if row["grade"] == letter]
            if held:
                row = held[pick]
                yield f"- {letter} · {row['unit_name']}：{row['clause']}{row['nearest_clause']}\n"


if __name__ == "__main__":
    main()
