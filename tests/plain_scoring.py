"""Points counted the plain way: what docs/shapes.yaml and docs/decisions say of rules, in a few lines for each.

A made-up rule set scores made-up units: every shape, comparisons with the other units, conditions, exceptions, sums of
parts, caps and floors, bonuses, deductions, vetoes and falsification, rounding of every item or of the total, classes,
100 and 150 points. What an empty cell costs is said here by one rule only: score every way it can be filled in, and
take the least. Nothing here knows how the product scores; numbers are fractions.

`make fuzz ROUNDS=2000` draws so many rounds more, from the seed at which the last call stopped, and keeps the tally
in `plain_scoring.json`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from math import ceil, floor
from pathlib import Path
from typing import Any, Final

from plain_rules import NOTHING, SHARES, UNITS, Draws, Said, measures
from rule_examples import CITY, ZH, roll, round_2020, rules, table, value

from analysis.scoring import scoring

TALLY: Final = Path(__file__).with_suffix(".json")
Item = Mapping[str, Any]
MISSING: Final = ("not_reported", "withheld")


def number(written: Any) -> Fraction:
    """Return a number as a rule set writes it: 98% is 98 of a hundred."""
    text = str(written)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


Unit = Mapping[str, Said]


@dataclass(frozen=True)
class Worth:
    """Points, and whether the item is taken out of the whole, or rests on nothing said."""

    points: Fraction
    out: bool = False
    silent: bool = False


@dataclass
class Plain:
    """The plain way to score the units that are compared with one another.

    Attributes:
        book: the rule set as written.
        said: what the units said, by unit and measure.
        city: what the city as a whole comes to, by measure.
    """

    book: Item
    said: Mapping[str, Unit]
    city: Unit
    notes: Counter[str] = field(default_factory=Counter)

    # ---------------------------------------------------------------------------------------------- one item

    def item(self, item: Item, unit: str, declared: Item | None = None, own: Unit | None = None) -> Worth:
        """Return the points of an item for a unit, before rounding: the least that any filling gives.

        A part is given what the whole declares, and what the unit said, filled in where the whole asks for it itself.
        """
        of_set = {**self.book, "order": self.book["item_order"]}
        declared = {**(declared or of_set), **item.get("exceptions", {})}
        own = self.said[unit] if own is None else own
        if declared["partial"] == "worst":
            choices = {m: own[m].ways for m in asked(item) if own[m].ways}
            found = [
                self.once(item, unit, {**own, **dict(zip(choices, filled, strict=True))}, declared)
                for filled in product(*choices.values())
            ]
            self.notes["filled in"] += len(found) - 1
            if any(one.out for one in found) and not all(one.out for one in found):
                # nobody knows whether it counts at all: the points are lost, and nothing makes it good
                return self.unknown(item, declared, "no_points")
            return min(found, key=lambda one: one.points)
        return self.once(item, unit, own, declared)

    def given(self, item: Item, what: str) -> Worth:
        """Return points given whatever the rule says."""
        return Worth(number(item["points"]) if what == "full_points" else Fraction(0), what == "taken_out")

    def unknown(self, item: Item, declared: Item, what: str) -> Worth:
        """Return what silence is worth: under the worst filling no more than the least a rule can give."""
        least = lowest(item)
        if what == "no_points" and declared["partial"] == "worst" and least is not None and least < 0:
            return Worth(least)
        return self.given(item, what)

    def once(self, item: Item, unit: str, own: Unit, declared: Item) -> Worth:
        """Return the points of an item for numbers that are as they are."""
        if unit in item.get("not_for", ()):
            return self.given(item, declared["not_applicable"])
        applies = self.holds(item.get("applies_when"), item, unit, own, declared)
        if applies is False:
            return self.given(item, declared["not_applicable"])
        if applies is None and hangs(item.get("applies_when"), own, declared):
            return self.unknown(item, declared, declared["missing"])
        nothing = self.holds(item.get("nothing_when"), item, unit, own, declared)
        if nothing:
            return self.given(item, declared["nothing_to_assess"])
        # silence gains nothing where nothing to assess is worth the most there is
        most = number(item.get("cap", item["points"])) <= number(item["points"])
        harmless = declared["nothing_to_assess"] == "full_points" and most
        if nothing is None and not harmless and hangs(item.get("nothing_when"), own, declared):
            return self.unknown(item, declared, declared["missing"])
        shape = item["rule"]["shape"]
        if shape == "items":
            return self.listed(item, unit, own, declared)
        if shape == "matrix":
            return self.matrix(item, unit, own, declared)
        if shape == "sum":
            return self.sum(item, unit, own, declared)
        if shape == "all_or_nothing" and "when" in item["rule"]:
            holds = self.holds(item["rule"]["when"], item, unit, own, declared)
            if holds is None:
                return self.unknown(item, declared, declared["missing"])
            full = number(item["points"])
            lost = full if "off" not in item["rule"] else number(item["rule"]["off"])
            return self.bounded(item, full if holds else full - lost, unit, own, declared)
        return self.by_number(item, unit, own, declared)

    def by_number(self, item: Item, unit: str, own: Unit, declared: Item) -> Worth:
        """Return the points of an item that reads one number."""
        read = reading(item, own)
        if read.status == "new_unit" and declared["new_unit"] == "city":
            return self.of_city(item, unit, own, declared)
        decreed = self.decreed(item, read, declared)
        if decreed is not None:
            return decreed
        small = declared["small_base"]
        if item["measure"] == "change_cases" and read.cases is not None and read.cases < small["cases_below"]:
            self.notes["small base"] += 1
            if small["use"] == "city":
                return self.of_city(item, unit, own, declared)
            if small["use"] == "full_if_no_more":
                return self.given(item, "no_points" if (read.value or 0) > 0 else "full_points")
            if small["use"] != "unit":
                return self.given(item, small["use"])
        return self.ruled(item, read, unit, own, declared)

    def of_city(self, item: Item, unit: str, own: Unit, declared: Item) -> Worth:
        """Return the points the city's number gives in place of the unit's own."""
        read = self.city[item["measure"]]
        # what a condition asks about the number read is then asked of the city's
        own = {**own, "": read}
        decreed = self.decreed(item, read, declared)
        return self.ruled(item, read, unit, own, declared) if decreed is None else decreed

    def decreed(self, item: Item, read: Said, declared: Item) -> Worth | None:
        """Return what is given where there is no number to score; None where there is one."""
        by_status = {"not_comparable": "not_comparable", "not_applicable": "nothing_to_assess"}
        if read.status in by_status:
            return self.given(item, declared[by_status[read.status]])
        if read.status == "new_unit":
            return self.given(item, declared["new_unit"] or "no_points")
        if read.status == "zero_base":
            use = declared["zero_base"]
            if use == "full_if_none_now":
                use = "no_points" if read.top else "full_points"
            return self.given(item, use)
        if read.value is None:
            return replace(self.unknown(item, declared, declared["missing"]), silent=read.status in MISSING)
        if read.status == "partial" and declared["partial"] != "as_stated":
            return self.unknown(item, declared, "no_points")
        return None

    def ruled(self, item: Item, read: Said, unit: str, own: Unit, declared: Item) -> Worth:
        """Return the points a rule gives for a number."""
        x = self.entering(item, read, declared)
        compared = self.compared(item, x, read, unit, own, declared)
        if isinstance(compared, Worth):
            return compared
        rule, full = item["rule"], number(item["points"])
        place = compared if (item.get("compare") or {}).get("to") == "rank" else None
        if rule["shape"] == "places":
            assert place is not None
            return self.bounded(item, by_place(rule, *place, declared), unit, own, declared)
        if place is not None:
            x = Fraction(place[0] + place[1] - 1 if declared["rank_ties"] == "worse" else place[0])
        elif compared is not None:
            x = compared
        terms = {**declared, "rising": rising(item), "relative": relative(item, declared)}
        if rule["shape"] == "first":
            for case in rule["cases"]:
                holds = self.holds(case["when"], item, unit, own, declared)
                if holds is None:
                    return self.unknown(item, declared, declared["missing"])
                if holds:
                    points = (
                        number(case["points"]) if "points" in case else on_curve(case["rule"], x, full, terms)
                    )
                    return self.bounded(item, points, unit, own, declared)
            rule = rule["otherwise"]
        return self.bounded(item, on_curve(rule, x, full, terms), unit, own, declared)

    def bounded(self, item: Item, points: Fraction, unit: str, own: Unit, declared: Item) -> Worth:
        """Return points with what is waived given back, no fewer than the floor and no more than the cap."""
        full = number(item["points"])
        if points < full and self.holds(item.get("waived_when"), item, unit, own, declared):
            points = full
        least, most = lowest(item), number(item.get("cap", item["points"]))
        return Worth(min(points if least is None else max(points, least), most))

    def entering(self, item: Item, read: Said, declared: Item) -> Fraction:
        """Return the number a rule is asked about, rounded first where the set says so."""
        assert read.value is not None
        x = -read.value if item["read"] == "decline" else read.value
        if declared.get("reading_places") is None:
            return x
        scale = 100 if share(item) else 1
        rule = declared["rounding"]["rule"]
        return rounded(x * scale, declared["reading_places"], rule) / scale

    # ---------------------------------------------------------------------------------------------- conditions

    def holds(self, asked: Item | None, item: Item, unit: str, own: Unit, declared: Item) -> bool | None:
        """Return whether a condition holds; None where that hangs on something nobody said."""
        if asked is None:
            return None
        for joined, settles in (("all_of", False), ("any_of", True)):
            if joined in asked:
                found = [self.holds(part, item, unit, own, declared) for part in asked[joined]]
                return settles if settles in found else None if None in found else not settles
        if "measure" not in asked:
            read = own.get("") or reading(item, own)
            if self.decreed(item, read, declared) is not None:
                return None
            x: Fraction | None = self.entering(item, read, declared)
        else:
            x = told(own[asked["measure"]], declared)
        if "above_mean_of" in asked:
            others = [
                one[asked["measure"]].value
                for name, one in {**self.said, unit: own}.items()
                if not (name == unit and asked["above_mean_of"] == "others")
            ]
            known = [each for each in others if each is not None]
            if x is None or not known:
                return None
            mean = sum(known, Fraction(0)) / len(known)
            if asked["measure"] in SHARES or x == mean:
                x -= mean
            elif not mean:
                return None
            else:
                x = (x - mean) / mean
        return None if x is None else within(asked, x)

    # ---------------------------------------------------------------------------------------------- comparisons

    def compared(
        self, item: Item, x: Fraction, read: Said, unit: str, own: Unit, declared: Item
    ) -> Worth | Fraction | tuple[int, int] | None:
        """Return what a number is beside the target or the others (of ranks the place and how many hold it)."""
        compare = item.get("compare")
        if not compare:
            return None
        if compare["to"] == "target":
            return x / number(compare["target"])
        peers = self.peers(item, unit, own, declared)
        up = good(item)
        numbers = [each for each, _ in peers.values()]
        if not numbers:
            return self.given(item, declared["nothing_to_assess"])
        if compare["to"] == "rank":
            better = sum(each > x if up else each < x for each in numbers)
            return better + 1, max(numbers.count(x), 1)
        if compare["to"] == "best":
            best = max(numbers) if up else min(numbers)
            zero_best = compare.get("zero_best", "no_points")
            if up:
                return x / best if best else self.given(item, zero_best)
            if not best and zero_best == "as_one":
                return 1 / max(x, Fraction(1))
            return best / x if x else Fraction(1)
        if compare.get("of") == "others":
            peers = {name: one for name, one in peers.items() if name != unit}
        if not peers:
            return self.given(item, declared["nothing_to_assess"])
        if compare.get("kind") == "pooled":
            tops, bases = (sum((getattr(one, side) for _, one in peers.values()), Fraction(0))
                           for side in ("top", "base"))  # fmt: skip
            mean = tops / bases
        else:
            mean = sum((each for each, _ in peers.values()), Fraction(0)) / len(peers)
        gap = x - mean if up else mean - x
        if share(item) and declared["percent"] == "percentage_points":
            return gap
        if not mean and gap:
            # nothing is a part of nothing: who is better has the most, who is worse the least there is
            least = lowest(item)
            return (
                self.given(item, "full_points") if gap > 0 else Worth(min(least or Fraction(0), Fraction(0)))
            )
        return gap / abs(mean) if gap else gap

    def peers(self, item: Item, unit: str, own: Unit, declared: Item) -> dict[str, tuple[Fraction, Said]]:
        """Return the numbers of all units that have one; what others left empty is filled in worst for them."""
        found = {}
        for name, said in {**self.said, unit: own}.items():
            if name in item.get("not_for", ()):
                continue
            read = reading(item, said)
            if (
                name != unit
                and declared["partial"] == "worst"
                and "against" in item
                and bounded_by(said, item)
            ):
                # what is made of two numbers is held against the others as it is stated
                read = replace(read, status="reported")
            if read.ways and declared["partial"] == "worst":
                read = (min if good(item) else max)(read.ways, key=lambda way: way.value or Fraction(0))
            if self.decreed(item, read, declared) is None:
                found[name] = (self.entering(item, read, declared), read)
        return found

    # ---------------------------------------------------------------------------------------------- several things

    def listed(self, item: Item, unit: str, own: Unit, declared: Item) -> Worth:
        """Return the points of what is there; in order, of nothing behind what is not."""
        rule, points, open_to = item["rule"], Fraction(0), True
        found = [self.holds(part["when"], item, unit, own, declared) for part in rule["items"]]
        if all(holds is None for holds in found):
            return self.given(item, declared["missing"])
        for part, holds in zip(rule["items"], found, strict=True):
            there = holds or (holds is None and declared["missing"] == "full_points")
            if there and open_to:
                points += number(part["points"])
            open_to = (open_to and bool(there)) or not rule.get("in_order")
        return self.bounded(item, points, unit, own, declared)

    def matrix(self, item: Item, unit: str, own: Unit, declared: Item) -> Worth:
        """Return full points less what the events cost by severity and number; each costs in one row only."""
        rule, costs = item["rule"], []
        if any(told(own[row["measure"]], declared) is None for row in rule["rows"]):
            return replace(self.unknown(item, declared, declared["missing"]), silent=True)
        for row in rule["rows"]:
            count = sum((own[m].value for m in (row["measure"],)), Fraction(0))
            count -= sum((own[m].value or Fraction(0) for m in row.get("includes", ())), Fraction(0))
            cost = Fraction(0)
            for place in range(1, int(max(count, 0)) + 1):
                more = place > len(row["off"])
                cost = cost + number(row.get("further", 0)) if more else number(row["off"][place - 1])
            costs.append(cost)
        lost = max(costs) if rule.get("merge") == "highest" else sum(costs, Fraction(0))
        if "most" in rule:
            lost = min(lost, number(rule["most"]))
        return self.bounded(item, number(item["points"]) - lost, unit, own, declared)

    def sum(self, item: Item, unit: str, own: Unit, declared: Item) -> Worth:
        """Return the sum of the parts, with bonus, deduction, cap and floor in their order."""
        full, parts = number(item["points"]), item["rule"]["parts"]
        worth = [self.item(part, unit, declared, own) for part in parts]
        if all(one.out for one in worth):
            return Worth(Fraction(0), out=True)

        def of(adds: str) -> Fraction:
            pairs = zip(parts, worth, strict=True)
            return sum((one.points for part, one in pairs if part["adds"] == adds), Fraction(0))

        points = of("base")
        out = sum((number(part["points"]) for part, one in zip(parts, worth, strict=True)
                   if one.out and part["adds"] == "base"), Fraction(0))  # fmt: skip
        if out != full:
            points = points * full / (full - out)
        least, most = lowest(item), number(item.get("cap", item["points"]))
        for what in declared["order"]:
            if what in ("bonus", "deduction"):
                points += of(what)
            elif what == "cap":
                points = min(points, most)
            elif least is not None:
                points = max(points, least)
        if points < full and self.holds(item.get("waived_when"), item, unit, own, declared):
            points = full
        return Worth(points)

    # ---------------------------------------------------------------------------------------------- the whole

    def finished(self, points: Fraction, item: Item | None = None) -> Fraction:
        """Return points rounded where every item is, or this one."""
        rounding, own = self.book["rounding"], (item or {}).get("exceptions", {}).get("rounding")
        if own:
            return rounded(points, own["places"], own["rule"])
        if rounding["moment"] == "indicator":
            return rounded(points, rounding["places"], rounding["rule"])
        return points

    def unit(self, unit: str) -> dict[str, Fraction]:
        """Return all points of a unit by code, those of the whole under `total`."""
        book, own, found = self.book, self.said[unit], dict[str, Fraction]()
        caught = [one for one in book["falsification"] if (own[one["measure"]].value or 0) >= one["at_least"]]
        lost = {code for one in caught for code in one["loses"]}
        points, assessed, whole = Fraction(0), Fraction(0), number(book["base_points"])
        for dimension in book["dimensions"]:
            of_dimension, out = Fraction(0), Fraction(0)
            for item in dimension["indicators"]:
                worth = self.item(item, unit)
                got = self.finished(worth.points, item)
                if {item["code"], dimension["code"]} & lost:
                    got = Fraction(0)
                found[item["code"]] = got
                of_dimension += got
                out += number(item["points"]) if worth.out else 0
            full = number(dimension["points"])
            if out == full:
                of_dimension = Fraction(0)
            elif out and book["renormalise"] == "dimension":
                # what is left makes good for what is taken out, here and not in the whole
                of_dimension, out = self.finished(of_dimension * full / (full - out)), Fraction(0)
            found[dimension["code"]] = of_dimension
            points, assessed = points + of_dimension, assessed + full - out
        scale = number(book.get("scale") or whole)
        if assessed:
            points = points * scale / assessed
        bonuses = {part["code"]: self.finished(self.bonus(part, own)) for part in book["bonuses"]}
        taken = {part["code"]: self.finished(self.taken(part, unit), part) for part in book["deductions"]}
        found |= bonuses | taken
        for what in book["order"]:
            if what == "bonus":
                points += sum(bonuses.values())
            elif what == "deduction":
                points += sum(taken.values()) - sum(number(one["off"]) for one in caught)
            elif what == "cap" and not book["bonus_may_pass"]:
                points = min(points, scale)
            elif what == "floor" and not book["total_may_fall_below_zero"]:
                points = max(points, Fraction(0))
        for veto in book["vetoes"]:
            said = own[veto["measure"]]
            counts = [said.value or 0, *(way.value or 0 for way in said.ways if book["partial"] == "worst")]
            # of rows of which nobody knows how many more there are, there may be any number
            endless = said.status == "partial" and not said.ways and book["partial"] == "worst"
            if endless or max(counts) >= veto["at_least"]:
                points = min(points, Fraction(0))
        rounding = book["rounding"]
        found["total"] = rounded(points, rounding["places"], rounding["rule"])
        return found

    def bonus(self, bonus: Item, own: Unit) -> Fraction:
        """Return what a bonus adds by level."""
        added = [(own[level["measure"]].value or 0) * number(level["points"]) for level in bonus["levels"]]
        if "level_cap" in bonus:
            added = [min(each, number(bonus["level_cap"])) for each in added]
        told = max(added) if bonus.get("levels_count") == "highest" else sum(added)
        return min(Fraction(told), number(bonus["points"]))

    def taken(self, part: Item, unit: str) -> Fraction:
        """Return what a deduction takes, as a number below zero; silence costs what the set says."""
        found = self.item(part, unit)
        if not found.silent:
            return found.points
        return lowest(part) or Fraction(0) if part["unreported"] == "most" else Fraction(0)


# ------------------------------------------------------------------------------------------------ numbers and curves


def told(said: Said, declared: Item) -> Fraction | None:
    """Return what a unit said of a measure; under the worst filling nothing where rows leave it open without bounds."""
    boundless = said.status == "partial" and not said.ways and declared["partial"] == "worst"
    return None if boundless else said.value


def hangs(asked: Item | None, own: Unit, declared: Item) -> bool:
    """Return whether a condition asks for something that was not reported, or that may be any number."""
    if asked is None:
        return False
    parts = [*asked.get("all_of", ()), *asked.get("any_of", ())]
    if parts:
        return any(hangs(part, own, declared) for part in parts)
    if "measure" not in asked:
        return False
    said = own[asked["measure"]]
    return said.status in MISSING or (told(said, declared) is None and said.value is not None)


def rounded(x: Fraction, places: int, rule: str) -> Fraction:
    """Return a number at so many places; one half-way goes away from zero, or to the even neighbour."""
    scaled = abs(x) * 10**places
    whole = floor(scaled)
    rest = scaled - whole
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (rule == "half_up" or whole % 2)):
        whole += 1
    return Fraction(whole if x > 0 else -whole, 10**places)


def lowest(item: Item) -> Fraction | None:
    """Return the least an item gives; None where nothing stops it."""
    return None if item.get("floor") == "unlimited" else number(item.get("floor", 0))


def share(item: Item) -> bool:
    """Return whether an item reads a share of something."""
    return item["read"] in ("rate", "mark", "samples") or (
        item["read"] != "shortage" and item["measure"] in SHARES
    )


def good(item: Item) -> bool:
    """Return whether more of what an item reads is better."""
    return item["read"] != "shortage" and (
        item["direction"] == "up" or item["read"] in ("decline", "mark", "samples")
    )


def rising(item: Item) -> bool:
    """Return whether more of the number that enters the rule is better: beside the others it is, of a place fewer."""
    to = (item.get("compare") or {}).get("to", "target")
    return good(item) if to == "target" else to != "rank"


def relative(item: Item, declared: Item) -> bool:
    """Return whether 1% of a step on a rate is one per cent of the line."""
    plain = not item.get("compare") and item["read"] != "decline"
    return declared["percent"] == "percent" and share(item) and plain


def asked(item: Item) -> list[str]:
    """Return the measures an item asks about itself; its parts ask for theirs."""
    found = [] if item["rule"]["shape"] == "sum" else [item["measure"], item.get("against", "")]
    found += [one["measure"] for one in (item.get("samples") or {}).get("of", ())]
    parts = [item.get(name) for name in ("waived_when", "nothing_when", "applies_when")]
    if item["rule"]["shape"] != "sum":
        parts.append(item["rule"])
    for part in parts:
        found += named(part)
    return [measure for measure in dict.fromkeys(found) if measure]


def named(part: Any) -> Iterator[str]:
    """Yield the measures named anywhere in a part of a rule."""
    if isinstance(part, Mapping):
        yield from [part["measure"]] if "measure" in part else []
        yield from part.get("includes", ())
        for each in part.values():
            yield from named(each)
    elif isinstance(part, list):
        for each in part:
            yield from named(each)


def reading(item: Item, own: Unit) -> Said:
    """Return what an item reads of a unit: a value, or what is made of two or of several."""
    said, read = own[item["measure"]], item["read"]
    if read in ("value", "decline"):
        return said
    if read == "mark":
        full = number(item["full"]) if "full" in item else said.base
        return said if said.value is None or not full else replace(said, value=said.value / full)
    if read == "samples":
        shares = []
        for one in item["samples"]["of"]:
            each, weight = own[one["measure"]], number(one.get("weight", 1))
            if each.value is not None and each.base:
                shares.append((each.value / each.base, weight, True))
            elif item["samples"]["missing"] == "missing":
                return NOTHING
            elif item["samples"]["missing"] == "none":
                shares.append((Fraction(0), weight, False))
        if not any(known for *_, known in shares):
            return NOTHING
        mean = sum(each * weight for each, weight, _ in shares) / sum(weight for _, weight, _ in shares)
        return Said("reported", Fraction(mean))
    other = own[item["against"]]
    if said.value is None or other.value is None:
        return NOTHING
    status = "partial" if "partial" in (said.status, other.status) else "reported"
    if read == "shortage":
        return Said(status, max(other.value - said.value, Fraction(0)))
    if not other.value:
        return Said("not_applicable")
    return Said(status, said.value / other.value, said.value, other.value)


def bounded_by(own: Unit, item: Item) -> bool:
    """Return whether both numbers of a pair are partial at most within known bounds, and one of them is."""
    pair = [own[item["measure"]], own[item["against"]]]
    known = all(said.ways or said.status != "partial" for said in pair)
    return known and any(said.ways for said in pair)


def within(ends: Item, x: Fraction) -> bool:
    """Return whether a number lies between the ends a condition or a band states."""
    return (
        ("at_least" not in ends or x >= number(ends["at_least"]))
        and ("above" not in ends or x > number(ends["above"]))
        and ("at_most" not in ends or x <= number(ends["at_most"]))
        and ("below" not in ends or x < number(ends["below"]))
    )


def by_place(rule: Item, place: int, tied: int, declared: Item) -> Fraction:
    """Return the points of a place held by so many."""
    worth = [number(each) for each in rule["points"]]
    held = [
        worth[at - 1] if at <= len(worth) else number(rule["beyond"]) for at in range(place, place + tied)
    ]
    ties = rule.get("ties", declared["rank_ties"])
    return {"better": held[0], "worse": held[-1], "mean": sum(held, Fraction(0)) / tied}[ties]


def steps(size: Fraction, how: str, least: int) -> Fraction:
    """Return how many steps count: in proportion, whole ones only, or each that has begun."""
    if how == "pro_rata":
        return size
    return Fraction(floor(size) if how == "whole" else max(ceil(size), least))


def on_curve(rule: Item, x: Fraction, full: Fraction, terms: Item) -> Fraction:
    """Return the points of a rule for one number, before floor and cap."""
    shape, up, nothing = rule["shape"], terms["rising"], Fraction(0)

    def of(name: str) -> Fraction:
        return number(rule[name])

    def reaches(line: Fraction, end: str) -> bool:
        return (x > line if up else x < line) or (end == "closed" and x == line)

    if shape == "all_or_nothing":
        if reaches(of("at_least"), rule.get("end", terms["ends"])):
            return full
        return full - of("off") if "off" in rule else nothing
    if shape == "proportional":
        if "zero_below" in rule and x < of("zero_below"):
            return nothing
        return full if "full_at" in rule and x >= of("full_at") else full * x
    if shape == "line":
        if reaches(of("full_at"), "closed"):
            return full
        part = (x - of("zero_at")) / (of("full_at") - of("zero_at"))
        return full * max(part, nothing)
    if shape == "bands":
        return next((number(band["points"]) for band in rule["bands"] if within(band, x)), nothing)
    if shape == "each":
        free = rule.get("start_at", 1) - 1
        count = nothing if x <= free else x - free if rule.get("counting") == "beyond" else x
        return full - min(count * of("off"), of("most") if "most" in rule else count * of("off"))
    if shape == "each_adds":
        return x * of("add")
    if shape == "pass_down":
        lost = x * of("factor")
        return full - (min(lost, of("most")) if "most" in rule else lost)
    if shape == "discretion":
        lost = max(x, of("least")) if x else nothing
        return full - (lost if "counted" in rule else min(lost, of("most")))
    assert shape == "shortfall"
    line, how, end = of("full_at"), rule.get("steps", terms["steps"]), rule.get("end", terms["ends"])
    start = of("start") if "start" in rule else full
    beyond = x - line if up else line - x
    size = abs(beyond) / abs(line) if terms["relative"] and line else abs(beyond)
    if reaches(line, end):
        above = rule.get("above")
        if not above or not beyond:
            return start
        added = steps(size / number(above["each"]), "whole" if how == "started" else how, 0)
        added *= number(above["add"])
        return start + (min(added, number(above["most"])) if "most" in above else added)
    if "zero_below" in rule and (x < of("zero_below") if up else x > of("zero_below")):
        return nothing
    lost = steps(size / of("each"), how, 0 if end == "closed" else 1) * of("off")
    return start - (min(lost, of("most")) if "most" in rule else lost)


# ------------------------------------------------------------------------------------------- held against the product


def rows_of(unit: str, measure: str, said: Said) -> Iterator[dict[str, Any]]:
    """Yield the rows of the value table that say the same."""

    def row(name: str, status: str, one: Said) -> dict[str, Any]:
        told = {"value": one.value, "numerator": one.top, "denominator": one.base}
        return value(unit, name, status=status, unit_of_measure="event",
                     **{key: float(each) for key, each in told.items() if each is not None})  # fmt: skip

    if said != NOTHING:
        yield row(measure, said.status, said)
    if said.ways:
        yield row(f"lowest_{measure}", "reported", min(said.ways, key=lambda way: way.value or 0))
        yield row(f"highest_{measure}", "reported", max(said.ways, key=lambda way: way.value or 0))
    if measure == "change_cases" and said.cases is not None:
        yield value(unit, "cases", period="2019", value=float(said.cases), unit_of_measure="case")


def world(seed: int) -> tuple[Item, dict[str, dict[str, Said]]]:
    """Return a made-up rule set, and what every unit and the city said."""
    draws = Draws(seed)
    book = draws.book()
    said = {unit: {measure: draws.said(measure) for measure in measures()} for unit in UNITS}
    city = dict.fromkeys(measures(), NOTHING)
    before, now = draws.chance.randrange(50, 300), draws.chance.randrange(20, 300)
    change = Fraction(now - before, before)
    city["change_cases"] = Said("reported", change, Fraction(now), Fraction(before), Fraction(before))
    return book, {**said, CITY: city}


def narrowed(book: Item, among: Item | None) -> Item:
    """Return a rule set as it holds for a class."""
    if among is None:
        return book
    kept = [each for each in book["dimensions"] if each["code"] in among["items"]]
    return {**book, "dimensions": kept, "base_points": among.get("base_points", book["base_points"])}


def counted(
    book: Item, said: Mapping[str, Mapping[str, Said]], notes: Counter[str]
) -> dict[str, dict[str, Fraction]]:
    """Return all points of all units, each compared with those of its class."""
    found = {}
    for among in book["classes"] or [None]:
        units = among["units"] if among else UNITS
        plain = Plain(narrowed(book, among), {unit: said[unit] for unit in units}, said[CITY], notes)
        found |= {unit: plain.unit(unit) for unit in units}
    return found


def compared(seed: int, seen: Counter[str]) -> list[str]:
    """Return where the product scores a made-up round otherwise; what was compared is added to `seen`."""
    book, said = world(seed)
    rows = [
        row
        for unit, own in said.items()
        for measure, one in own.items()
        for row in rows_of(unit, measure, one)
    ]
    scores = scoring.score(
        table(rows), rules(**book), roll(*UNITS), round_2020().settings, catalogue=ZH, sentences=False
    )
    product_points = {
        (str(row["unit"]), str(row["indicator"])): str(row["points"])
        for row in scoring.official(scores).to_dict("records")
    }
    wrong = []
    for unit, points in counted(book, said, seen).items():
        for code, plain in points.items():
            told = product_points[unit, code]
            seen["totals" if code == "total" else "points"] += 1
            exact = code == "total" or book["rounding"]["moment"] == "indicator"
            if not told or abs(Fraction(told) - plain) > (0 if exact else Fraction(1, 10**10)):
                wrong.append(f"{seed} {unit} {code}: {told}, and is {float(plain):.6f}")
    return wrong


def main(wanted: int) -> None:
    """Draw so many rounds more and keep the tally.

    Raises:
        AssertionError: the product scores one of them otherwise; the tally stays at the seed before.
    """
    kept = json.loads(TALLY.read_text("utf-8")) if TALLY.exists() else {"rounds": 0}
    seen = Counter({name: count for name, count in kept.items() if name != "rounds"})
    for seed in range(kept["rounds"], kept["rounds"] + wanted):
        wrong = compared(seed, seen)
        assert not wrong, "\n".join(wrong)
        told = {"rounds": seed + 1, **dict(sorted(seen.items()))}
        TALLY.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(TALLY.read_text("utf-8"), end="")


if __name__ == "__main__":
    main(int(sys.argv[1]))
