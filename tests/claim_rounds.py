"""Random rounds, every sentence said of them, and a checker that reads the sentences and counts the ledgers itself.

    python -m tests.claim_rounds 1000     goes on from the tally in tests/claim_rounds.json

The checker knows nothing of claims and verdicts: it reads the sentences of the report, the bulletin and the cards, in
Chinese and in English, counts the rows of the ledger, and tests with scipy. What `report/claims/assertions` lists as a
claim has to have passed the gate of its product. A round is made from its number alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unittest.mock import patch

import numpy as np
import pandas as pd
from scipy.stats import binom

sys.path.insert(0, str(Path(__file__).parent))

from ledger_examples import CITY, settings
from rule_examples import rules_2020

from analysis.render.blocks import Display, Prose
from analysis.render.plain_blocks import plain
from analysis.report import figure_sources, graphics
from analysis.report.claims import assertions
from analysis.report.sections import PRODUCTS
from analysis.results.assessment import Assessment
from analysis.rounds.units import Unit, UnitRoll
from analysis.run import in_memory, pages
from analysis.words import OFFICE
from analysis.words.wording import noting_sentences

TALLY: Final = Path(__file__).parent / "claim_rounds.json"
YEARS: Final = ("2016", "2017", "2018", "2019", "2020")
NAMES: Final = "甲乙丙丁戊己"
COLUMNS: Final = (
    "unit", "no", "received_on", "checked", "confirmed", "resolved_on", "workers", "amount",
)  # fmt: skip
QUANTITIES: Final = ("cases", "workers", "amount")
#: the languages the checker reads
READ: Final = ("zh", "en")
#: a clear change, or a place outside the limits, is at least so improbable by itself
CHANCE: Final = 0.05
NUMBERS: Final = {
    **{word: number for number, word in enumerate("零一二三四五六七八九")},
    **{word: number for number, word in enumerate(("no", "one", "two", "three", "four", "five"))},
    "两": 2,
}
WAYS: Final = {
    "下降": -1, "fell": -1, "falling": -1, "上升": 1, "rose": 1, "rising": 1, "变化": 0, "changed": 0,
}  # fmt: skip
CITY_NAMES: Final = ("全市欠薪案件数", "全市", "the city's cases", "The city's cases", "the city")


def made(number: int) -> tuple[UnitRoll, pd.DataFrame]:
    """Return roll and clues of a random round: few and many cases, falls, rises, ties, blanks, a column left out."""
    rng = np.random.default_rng(number)
    units = [
        Unit(f"99000{place}", f"{name}县", f"{name}县", order=place) for place, name in enumerate(NAMES, 1)
    ]
    units = units[: int(rng.integers(2, 7))]
    rows = []
    whole = rng.random()
    for unit in units:
        level, slope = rng.choice([2, 12, 40, 90]), rng.choice([0.6, 0.8, 1.0, 1.0, 1.3])
        unresolved, blank = rng.choice([0.0, 0.05, 0.3]), rng.choice([0.0, 0.0, 0.05, 0.3])
        for place, year in enumerate(YEARS):
            expected = level * slope**place
            # now and then every year is alike, so that nothing changes
            count = round(expected) if whole < 0.1 else int(rng.poisson(expected))
            for case in range(count):
                size = 8 if whole < 0.1 else 2 + int(rng.geometric(0.15))
                open_ = rng.random() < unresolved
                rows.append(
                    {
                        "unit": unit.code,
                        "no": f"{year}-{unit.code}-{case}",
                        "received_on": pd.Timestamp(int(year), 1 + case % 12, 1 + case % 28),
                        "checked": True,
                        "confirmed": True
                        if rng.random() < 0.9 or whole < 0.1
                        else None
                        if rng.random() < blank
                        else False,
                        "resolved_on": None if open_ else pd.Timestamp(int(year) + 1, 1, 15),
                        "workers": None if rng.random() < blank else size,
                        "amount": None if rng.random() < blank else size * 9000.0,
                    }
                )
    clues = pd.DataFrame(
        rows,
        columns=["unit", "no", "received_on", "checked", "confirmed", "resolved_on", "workers", "amount"],
    )
    for column in ("checked", "confirmed"):
        clues[column] = clues[column].astype("boolean")
    clues["resolved_on"] = pd.to_datetime(clues["resolved_on"])
    if rng.random() < 0.1:
        clues = clues.drop(columns=[str(rng.choice(["workers", "amount"]))])
    return UnitRoll(units, CITY, "全市"), clues


def _confirmed(rng: np.random.Generator, doubtful: float, blank: float) -> bool | None:
    """Return whether a clue is confirmed; a doubtful one is not, or leaves it open."""
    return True if rng.random() >= doubtful else None if rng.random() < blank else False


def computed(number: int) -> tuple[Assessment, pd.DataFrame]:
    """Return a random round computed to the end, with its clues; every fourth one with its firmness."""
    roll, clues = made(number)
    of_round = settings(history=list(YEARS))
    arrived = in_memory.intake_of(of_round, roll, {"clues": clues})
    declared = in_memory.declared_of(of_round, rules_2020() if number % 2 else None)
    draws = 60 if number % 4 == 1 else 0
    return in_memory.assess(declared, arrived, with_lineage=False, told=False, draws=draws), clues


def said(a: Assessment, language: str = OFFICE) -> tuple[dict[str, list[str]], list[str]]:
    """Return every line the products of a round say, and what was said past the gate.

    A chart is its title and alternative text, not drawn; where figures come from is not looked up.
    """

    def undrawn(drawing: graphics.Drawing) -> Display:
        return Prose((drawing.title, drawing.alt))

    told = Assessment(a.settings, language, a.stamp, a.store)

    products = [("report", "report", ""), ("bulletin", "bulletin", "")]
    products += [(unit.short, "card", unit.code) for unit in a.roll]
    lines: dict[str, list[str]] = {}
    past = []
    with (
        patch.object(graphics.Drawing, "graphic", undrawn),
        patch.object(figure_sources, "origins", lambda *_: {}),
    ):
        for product, name, unit in products:
            page = pages.page_of(told, name, unit=unit)
            with noting_sentences() as noted:
                shown = [getattr(page, section.method)() for section in PRODUCTS[name].sections]
            # without the mark of figures of which some rows are left open
            lines[product] = [line.replace("†", "") for block in shown for line in plain(block).splitlines()]
            let_through = {sentence for _, sentence in page.evidence.told.claims}
            past += [
                f"{product}: {key} passed no gate"
                for _, key in sorted(noted)
                if assertions.kinds_of(key) and key not in let_through
            ]
    return lines, past


@dataclass
class Facts:
    """What the ledger of a round holds, counted here: each quantity by name of unit (and 全市) and year."""

    counts: dict[str, dict[str, list[float]]]
    resolved: dict[str, int]
    clues: pd.DataFrame
    lost: dict[str, float]
    #: whether a unit states a quantity in a year at all
    stated: dict[str, dict[str, list[bool]]]
    #: letter of every unit, and the smallest probability with which it is kept in what was drawn
    letters: dict[str, str] = field(default_factory=dict)
    kept: dict[str, float] = field(default_factory=dict)

    def pair(self, quantity: str, name: str, place: int = -1) -> tuple[float, float]:
        """A quantity in a year and the one before; of the city over the units that state both."""
        if name != "全市":
            return self.counts[quantity][name][place - 1], self.counts[quantity][name][place]
        both = [of for of, told in self.stated[quantity].items() if told[place - 1] and told[place]]
        return tuple(sum(self.counts[quantity][of][at] for of in both) for at in (place - 1, place))  # type: ignore[return-value]

    def falls(self, name: str) -> int:
        """How many years running all three fell, up to the last."""
        years = 0
        for place in range(len(YEARS) - 1, 0, -1):
            if not all(now < before for before, now in (self.pair(q, name, place) for q in QUANTITIES)):
                break
            years += 1
        return years

    def chance(self, name: str) -> float:
        """How probable so different numbers of cases in the last two years are (exact, two-sided, Poisson alone)."""
        before, now = map(int, self.pair("cases", name))
        n = before + now
        return min(1.0, 2 * min(binom.cdf(now, n, 0.5), binom.sf(now - 1, n, 0.5)))

    def sign(self, name: str) -> int:
        """Which way the cases went in the last year: -1, 0 or 1."""
        before, now = self.pair("cases", name)
        return int(now > before) - int(now < before)

    def rate(self, name: str) -> float:
        """The resolution rate of the last year."""
        return self.resolved[name] / self.counts["cases"][name][-1]


def _stated(a: Assessment, clues: pd.DataFrame, cases: pd.DataFrame) -> dict[str, dict[str, list[bool]]]:
    found: dict[str, dict[str, list[bool]]] = {q: {} for q in QUANTITIES}
    for unit in a.roll:
        for q in QUANTITIES:
            frame = clues if q == "cases" else cases
            column = "confirmed" if q == "cases" else q
            own = frame[frame["unit"] == unit.code]
            of_year = [own[own["received_on"].dt.year == int(year)] for year in YEARS]
            arrived = [
                (clues["unit"].eq(unit.code) & clues["received_on"].dt.year.eq(int(y))).any() for y in YEARS
            ]
            # no case at all is nought people and nought money, where it is said which clues are cases
            nought = [
                there and q != "cases" and found["cases"][unit.short][at] for at, there in enumerate(arrived)
            ]
            found[q][unit.short] = [
                bool((none and part.empty) or (column in part and part[column].notna().any()))
                for none, part in zip(nought, of_year, strict=True)
            ]
    return found


def facts(a: Assessment, clues: pd.DataFrame) -> Facts:
    """Count the ledger."""
    cases = clues[clues["confirmed"].fillna(False).astype(bool)]
    year = cases["received_on"].dt.year.astype(str)
    counts: dict[str, dict[str, list[float]]] = {q: {} for q in QUANTITIES}
    resolved = {}
    for name, code in [("全市", ""), *((unit.short, unit.code) for unit in a.roll)]:
        own = cases[cases["unit"] == code] if code else cases
        of_year = [own[year.loc[own.index] == y] for y in YEARS]
        counts["cases"][name] = [float(len(part)) for part in of_year]
        for q in ("workers", "amount"):
            counts[q][name] = [float(part[q].sum()) if q in part else float("nan") for part in of_year]
        resolved[name] = int(of_year[-1]["resolved_on"].notna().sum())
    base = a.scores[a.scores["kind"] == "base"] if len(a.scores) else a.scores
    lost = {
        unit.short: sum(
            round(float(row["points_possible"]) - float(row["points"]), 6)
            for row in base[base["unit"] == unit.code].to_dict("records")
            if row["points"]
        )
        for unit in a.roll
    }
    names = {unit.code: unit.short for unit in a.roll}
    letters = {names[row["unit"]]: str(row["grade"]) for row in a.grades.to_dict("records")}
    drawn = a.values[a.values["measure"].isin([f"probability_grade_{letter}" for letter in "ABC"])]
    kept: dict[str, float] = {}
    for row in drawn.to_dict("records"):
        name = names.get(row["unit"], "")
        if row["measure"].endswith(letters.get(name, "?")) and not pd.isna(row["value"]):
            kept[name] = min(kept.get(name, 1.0), float(row["value"]))
    return Facts(counts, resolved, clues, lost, _stated(a, clues, cases), letters, kept)


# ------------------------------------------------------------------------------------------- the checker

Check = Callable[[re.Match[str], Facts], Iterable[str]]


def _names(listed: str) -> list[str]:
    """Return the names of units and the city in a list of either language."""
    for name in CITY_NAMES:
        listed = listed.replace(name, "全市")
    return re.findall(r"[甲乙丙丁戊己]县|全市", listed)


def _changed(match: re.Match[str], f: Facts) -> Iterator[str]:
    for name in _names(match["units"]):
        if f.sign(name) != WAYS[match["way"]] or f.chance(name) > CHANCE:
            yield f"{name} did not clearly change so: {f.counts['cases'][name][-2:]}"


def _running(match: re.Match[str], f: Facts) -> Iterator[str]:
    for clause in re.split("，|; ", match["clauses"]):
        found = re.fullmatch(r"(.+?)连续(.)年|in (.+?) (\w+) years? running", clause)
        if found is None:
            yield f"{clause!r} is no clause on falls running"
            continue
        listed, years = (part for part in found.groups() if part)
        for name in _names(listed):
            if f.falls(name) != NUMBERS[years] or f.chance(name) > CHANCE:
                yield f"{name} fell {f.falls(name)} years, not clearly {years}"


def _halved(match: re.Match[str], f: Facts) -> Iterator[str]:
    for name in _names(match["units"]):
        counts = f.counts["cases"][name]
        if counts[-1] * 2 > counts[YEARS.index(match["year"])]:
            yield f"{name} has not halved: {counts}"


def _risen_twice(match: re.Match[str], f: Facts) -> Iterator[str]:
    for name in _names(match["units"]):
        first, second, third = f.counts["cases"][name][-3:]
        if not first < second < third or f.chance(name) > CHANCE:
            yield f"{name} has not clearly risen twice: {first, second, third}"


def _trend(match: re.Match[str], f: Facts) -> Iterator[str]:
    for name in _names(match["units"]):
        slope = np.polyfit(range(len(YEARS)), f.counts["cases"][name], 1)[0]
        if slope * WAYS[match["way"]] <= 0:
            yield f"{name} goes the other way: {f.counts['cases'][name]}"


def _told(match: re.Match[str]) -> list[str]:
    """Return the quantities a sentence on the city names, in their order."""
    return [quantity for quantity in QUANTITIES if re.search(CALLED[quantity], match["what"])]


def _left_out(match: re.Match[str], f: Facts) -> Iterator[str]:
    for quantity in {*QUANTITIES} - {*_told(match)}:
        if any(any(of_years) for of_years in f.stated[quantity].values()):
            yield f"{quantity} is left out, and reported"


def _city(match: re.Match[str], f: Facts) -> Iterator[str]:
    yield from _left_out(match, f)
    for quantity, printed in zip(_told(match), re.findall(r"[−+]?[\d.]+%", match["changes"]), strict=True):
        before, now = f.pair(quantity, "全市")
        size = (now - before) / before
        shown = float(printed.strip("%+").replace("−", "-")) / 100 * (WAYS[match["way"]] or 1)
        if abs(shown - size) > 0.0006 or (shown == 0 and size != 0):
            yield f"{quantity} changed by {size}, not {shown}"


def _level(match: re.Match[str], f: Facts) -> Iterator[str]:
    yield from _left_out(match, f)
    for quantity in _told(match):
        before, now = f.pair(quantity, "全市")
        if before != now:
            yield f"{quantity} changed: {before, now}"


def _lost(match: re.Match[str], f: Facts) -> Iterator[str]:
    most = {name for name, points in f.lost.items() if abs(points - max(f.lost.values())) < 1e-6}
    if set(_names(match["units"])) != most:
        yield f"{most} lost the most: {f.lost}"


RATE: Final = re.compile(r"(.县) ?[\d.]+% ?[（(](\d+)/(\d+)[）)]")


def _low(match: re.Match[str], f: Facts) -> Iterator[str]:
    for name, top, below in RATE.findall(match["units"]):
        cases = int(f.counts["cases"][name][-1])
        if (int(top), int(below)) != (f.resolved[name], cases):
            yield f"{name} has {f.resolved[name]}/{cases}"
        tail = binom.cdf(f.resolved[name], cases, f.rate("全市"))
        if tail > CHANCE / 2:
            yield f"{name} is not low: tail {tail}"


def _inside(match: re.Match[str], f: Facts) -> Iterator[str]:
    for name, top, below in RATE.findall(match["units"]):
        tail = binom.cdf(int(top), int(below), f.rate("全市"))
        if f.rate(name) != int(top) / int(below) or tail <= CHANCE / 2:
            yield f"{name} is not inside: tail {tail}"


def _beside(match: re.Match[str], f: Facts) -> Iterator[str]:
    name, better = match["unit"], match["side"] in ("好于", "better")
    if re.search("核处化解率|resolution rate", match["what"]):
        n, done, city = int(f.counts["cases"][name][-1]), f.resolved[name], f.rate("全市")
        tail = binom.sf(done - 1, n, city) if better else binom.cdf(done, n, city)
        if tail > CHANCE / 2:
            yield f"{name} {done}/{n} beside {city}: chance {tail}"
    if re.search("欠薪案件数变化|change in cases", match["what"]):
        (b, n), (cb, cn) = f.pair("cases", name), f.pair("cases", "全市")
        if (n / b < cn / cb) is not better or f.chance(name) > CHANCE:
            yield f"{name} {b}→{n} beside {cb}→{cn}"


def _from_to(match: re.Match[str], f: Facts) -> Iterator[str]:
    before, now = f.counts["cases"][match["unit"]][-2:]
    told = [int(match[place].replace(",", "")) for place in ("before", "now")]
    if told != [before, now] or WAYS[match["way"]] * (now - before) <= 0:
        yield f"{match['unit']} went {before}→{now}"


def _contributed(match: re.Match[str], f: Facts) -> Iterator[str]:
    told = [name for name, stated in f.stated["cases"].items() if stated[-2] and stated[-1]]
    moved = {name: f.pair("cases", name)[1] - f.pair("cases", name)[0] for name in told}
    end = min if f.sign("全市") < 0 else max
    if set(_names(match["units"])) != {name for name, by in moved.items() if by == end(moved.values())}:
        yield f"not {match['units']}: {moved}"


#: a column of the ledger, and what both languages call it
CALLED: Final = {
    "cases": "欠薪案件数|cases of wage arrears",
    "confirmed": "是否查实|whether they are confirmed",
    "workers": "人数|number of workers|workers affected",
    "amount": "金额|the amount",
}


def _unstated(match: re.Match[str], f: Facts) -> Iterator[str]:
    for column, called in CALLED.items():
        blank = column in f.clues and f.clues[column].isna().any()
        if re.search(called, match["what"]) and not blank:
            yield f"every row states {column}"


def _absent(match: re.Match[str], f: Facts) -> Iterator[str]:
    for column in ("workers", "amount"):
        stated = all(told[-1] and told[-2] for told in f.stated[column].values())
        if re.search(CALLED[column], match["what"]) and column in f.clues and stated:
            yield f"{column} is reported"


def _graded(match: re.Match[str], f: Facts) -> Iterator[str]:
    of = {name for name, letter in f.letters.items() if letter == match["letter"]}
    if set(_names(match["units"])) != of:
        yield f"{of} have the grade {match['letter']}"


def _counted(match: re.Match[str], f: Facts) -> Iterator[str]:
    of = [name for name, letter in f.letters.items() if letter == match["letter"]]
    if NUMBERS[match["number"].lower()] != len(of):
        yield f"{of} have the grade {match['letter']}"


def _firm(match: re.Match[str], f: Facts) -> Iterator[str]:
    loose = {name for name, chance in f.kept.items() if chance < 0.85}
    if set(_names(match["units"])) != loose:
        yield f"{loose} are not firm: {f.kept}"


def _card_firm(match: re.Match[str], f: Facts) -> Iterator[str]:
    if (f.kept[match["unit"]] >= 0.85) is not (match["firm"] in ("稳固", "firm")):
        yield f"kept with {f.kept[match['unit']]}"


OF_CARD: Final = r"【(?P<unit>.县)】"
ZH: Final = r"(?P<units>(?:.县、)*.县"
EN: Final = r"(?P<units>.县(?:(?:, | and ).县)*"
_RATED: Final = r"(?P<units>(?:.县 [\d.]+% \(\d+/\d+\)(?:, | and )?)+)"
#: what a sentence says, its form in Chinese and in English, and what has to be so
CHECKS: Final[dict[str, tuple[str, str, Check]]] = {
    "clear change": (
        ZH + r")案件明确(?P<way>下降|上升)",
        r"[Cc]ases (?P<way>fell|rose) clearly in " + EN + ")",
        _changed,
    ),
    "falls running": (r"同时下降：(?P<clauses>[^。]+)。", r"all fell: (?P<clauses>[^.]+)\.", _running),
    "halved": (
        ZH + r")案件数比(?P<year>\d{4})年少一半以上",
        r"down by half or more since (?P<year>\d{4}) in " + EN + ")",
        _halved,
    ),
    "rise running": (ZH + ")连续两年上升", "rose two years running in " + EN + ")", _risen_twice),
    "trend": (
        ZH + "|全市欠薪案件数)呈(?P<way>下降|上升)趋势",
        EN + "|[Tt]he city's cases) shows? a (?P<way>falling|rising) trend",
        _trend,
    ),
    "changes of the city": (
        r"全市(?P<what>[^，。；]+)同比(?:分别)?(?P<way>下降|上升|变化)(?P<changes>(?:[−+]?[\d.]+%、?)+)",
        r"Across the city, (?P<what>[^.;]+) (?P<way>fell|rose|changed) by "
        r"(?P<changes>(?:[−+]?[\d.]+%(?:, | and )?)+)",
        _city,
    ),
    "no change": (
        "全市(?P<what>[^，。；]+)同比(?:均无|没有)变化",
        "Across the city, (?P<what>[^.;]+) did not change",
        _level,
    ),
    "most points lost": (
        "失分最多的是" + ZH + ")，[共各]",
        EN + ") lost the most points of the base score",
        _lost,
    ),
    "low": (
        r"(?P<units>[^，；。]+）)(?:明确偏低|低于95%界限)",
        _RATED + r" (?:(?:is|are) clearly lower|lies? below the 95% limit)",
        _low,
    ),
    "lowest inside": (
        "最低的是(?P<units>[^。]+?)(?:，仍在偶然波动范围以内)?。",
        "(?:The lowest|the lowest of them) is " + _RATED,
        _inside,
    ),
    "better or worse": (
        OF_CARD + ".*?(?P<what>[^，】]+?)明确(?P<side>好于|差于)全市",
        OF_CARD + ".*?[Cc]learly (?P<side>better|worse)(?: than the city)? in (?P<what>[^;]+)",
        _beside,
    ),
    "from, to": (
        OF_CARD + r".*案件数由2019年的(?P<before>[\d,]+)件[升降]到(?P<now>[\d,]+)件，(?P<way>下降|上升)明确",
        OF_CARD + r".*Cases (?P<way>fell|rose) clearly, from (?P<before>[\d,]+) in 2019 to (?P<now>[\d,]+)",
        _from_to,
    ),
    "contribution": (
        r"全市案件数变化[−+][\d.]+%，" + ZH + ")贡献",
        r"The city's cases changed by [−+][\d.]+%: " + EN + ") contributed",
        _contributed,
    ),
    "not stated": (r"个别案件未填(?P<what>[^，]+)，", "Some cases do not state (?P<what>[^;]+);", _unstated),
    "not reported": (
        r"，(?P<what>[^，]+)未报，不作比较",
        "not compared: (?P<what>[^;.]+?) not reported",
        _absent,
    ),
    "list of a grade": (
        "考核评价为(?P<letter>[ABC])级的是：" + ZH + ")",
        "[Gg]rade (?P<letter>[ABC])(?::| goes to) " + EN + ")",
        _graded,
    ),
    "number of a grade": (
        "(?P<number>[零一二两三四五六])个单位评为(?P<letter>[ABC])级",
        r"(?P<number>\w+) units? (?:was|were) graded (?P<letter>[ABC])",
        _counted,
    ),
    "not firm": (ZH + ")的等次不稳固", "[Tt]he grades of " + EN + ") are not firm", _firm),
    "firm": (
        OF_CARD + ".*?名次大致在.*等次(?P<firm>稳固|不稳固)。",
        OF_CARD + ".*?Rank roughly.*grade is (?P<firm>firm|not firm)",
        _card_firm,
    ),
}
#: what one card must not say together, by language
APART: Final = {
    "zh": (
        ("连续.年同时下降", "变化不明确|件数过少|填报不全"),
        ("(下降|上升)明确$", r"1\. 案件数[^，]*（(变化不明确|件数过少|填报不全)"),
        ("明确好于全市", "所列各项都差于"),
    ),
    "en": (
        (r"have all fallen \w+ years? running", "no clear change|too few cases|too much left blank"),
        (
            "^Cases (fell|rose) clearly",
            r"1\. Cases [^,]*\((no clear change|too few cases|too much left blank)",
        ),
    ),
}
#: what nobody may say at all
NEVER: Final = (
    r"分别变化0\.0%、0\.0%、0\.0%", r"[高低]0\.00?分", "看不出趋势", r"（0/0）",
    r"changed by 0\.0%, 0\.0% and 0\.0%", r"\(0/0\)", "no trend",
)  # fmt: skip


def faults(
    products: dict[str, list[str]], f: Facts, seen: Counter[str], language: str = OFFICE
) -> Iterator[str]:
    """Yield what is false or contradicts itself in what a round says, and count in `seen` what was looked at."""
    place = READ.index(language)
    for product, lines in products.items():
        of_unit = product in f.lost
        for line in lines:
            told = f"【{product}】{line}" if of_unit else line
            for name, check in CHECKS.items():
                for match in re.finditer(check[place], told):
                    seen[f"{name} ({language})"] += 1
                    yield from (f"{product}: {line}: {fault}" for fault in check[-1](match, f))
            yield from (f"{product}: {line}" for never in NEVER if re.search(never, line))
        for one, other in APART[language] if of_unit else ():
            if all(any(re.search(part, line) for line in lines) for part in (one, other)):
                yield f"{product}: {one} beside {other}"


def tried(number: int, seen: Counter[str]) -> list[str]:
    """Return what is false in one random round, or was said past the gate."""
    a, clues = computed(number)
    counted = facts(a, clues)
    found = []
    for language in READ:
        products, past = said(a, language)
        found += [*past, *faults(products, counted, seen, language)]
    return [f"round {number}, {fault}" for fault in found]


def main(wanted: int) -> None:
    """Go on until so many rounds were tried, and keep the tally after each."""
    kept = (
        json.loads(TALLY.read_text("utf-8"))
        if TALLY.exists()
        else {"rounds": 0, "false": [], "looked_at": {}}
    )
    seen: Counter[str] = Counter(kept["looked_at"])
    for number in range(kept["rounds"], wanted):
        kept["false"] += tried(number, seen)
        kept |= {"rounds": number + 1, "looked_at": dict(sorted(seen.items()))}
        TALLY.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]))
