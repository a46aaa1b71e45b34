"""What was tried against the program and what came of it: `docs/reliability.md`, printed from one command.

python -m tests.reliability        prints the page; every figure on it is measured while it is printed
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from openpyxl import load_workbook

ROOT: Final = Path(__file__).parents[1]
# the tests' own modules stand beside this one, however it is started
sys.path.insert(0, str(Path(__file__).parent))

import disclosure_attack  # noqa: E402
import mutants  # noqa: E402
import publishing_faults  # noqa: E402
from person_forms import UNIT_CODES, Form, Nobodys, forms, leaks, nobodys  # noqa: E402

from analysis.intake.persons.person_numbers import MASK, mask  # noqa: E402

KINDS: Final = {
    "identity": "identity numbers, 18 and 15 signs",
    "phone": "telephones",
    "card": "bank cards",
    "email": "e-mail",
    "plate": "plates of cars",
    "passport": "passports and permits",
    "account": "QQ and WeChat accounts",
}
#: a rule that holds for most numbers of a kind shows only over several
SEEDS: Final = range(12)
EXAMPLE: Final = "every text of the example round"


@cache
def all_forms() -> tuple[Form, ...]:
    """Return every form with several numbers."""
    return tuple(form for seed in SEEDS for form in forms(seed))


@cache
def all_nobodys() -> tuple[Nobodys, ...]:
    """Return every text with numbers that are nobody's."""
    return tuple(each for seed in SEEDS for each in nobodys(seed, 10))


@cache
def leaked() -> Mapping[str, list[str]]:
    """Return for every kind of number the ways of writing that pass the mask."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for form in all_forms():
        masked = mask(form.text, UNIT_CODES)
        # a number that is taken for one of another kind is out as well
        if leaks(form, masked.text) or not masked.kinds:
            found[form.kind].append(form.way)
    return found


@cache
def false_alarms() -> Mapping[str, list[str]]:
    """Return for every kind of number that is nobody's the texts that are masked."""
    found: dict[str, list[str]] = {}
    for each in all_nobodys():
        found.setdefault(each.kind, [])
        if mask(each.text, UNIT_CODES).kinds:
            found[each.kind].append(each.text)
    found[EXAMPLE] = [text for text in texts_of_the_example() if mask(text, UNIT_CODES).kinds]
    return found


@cache
def texts_of_the_example() -> tuple[str, ...]:
    """Return every different text in the files of the example round, its settings line by line."""
    folder = ROOT / "data" / "raw" / "2020"
    return tuple(dict.fromkeys(_texts(folder)))


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        yield path.name
        if path.suffix == ".xlsx":
            for sheet in load_workbook(path, read_only=True, data_only=True):
                yield sheet.title
                for row in sheet.iter_rows(values_only=True):
                    yield from (cell for cell in row if isinstance(cell, str))
        elif path.suffix == ".csv":
            data = path.read_bytes()
            encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "gb18030"
            for cells in csv.reader(data.decode(encoding).splitlines()):
                yield from cells
        elif path.suffix == ".yaml":
            yield from path.read_text(encoding="utf-8").splitlines()


def document() -> str:
    """Return the page."""
    return "\n".join(_document()) + "\n"


def _publishing() -> Iterator[str]:
    """Yield what came of killing and refusing the steps of publishing."""
    tries = publishing_faults.tried()
    yield "## Publishing, killed and refused"
    yield ""
    yield (
        "An edition with 20 files was published over the last one, with three others in the same round; at a step "
        f"drawn by lot ({publishing_faults.TRIES} steps for each of four editions, with and without an exchange of "
        "folders by the system) the process was ended without any tidying, or the step was refused by the machine "
        f"({', '.join(publishing_faults.REFUSALS)}). It is wrong if a reader finds an edition that is damaged or "
        "missing (without the exchange: until the next command), if the next command leaves anything behind, or if a "
        "failure "
        "is not told."
    )
    yield ""
    yield "| steps | tried | wrong |"
    yield "|---|--:|--:|"
    for kind, (count, wrong) in tries.items():
        yield f"| {kind} | {count} | {len(wrong)} |"


def _attacked() -> Iterator[str]:
    """Yield what came of solving for withheld counts, as the tally has it."""
    tally = disclosure_attack.tally()
    yield "## Withheld counts, solved for"
    yield ""
    yield (
        f"{tally['rounds']} rounds of three to seven units with few cases each were made up, small counts being "
        "those below 3 or below 5. From all the rows an outer edition shows, and all a unit knows of itself, the "
        "least and the most of every small count were solved for in whole numbers (`tests/disclosure_attack.py`): "
        "the city's, and what is left of it without the unit's own share. A count is found out where it can have one "
        "value only, narrowed where fewer values are left than the rule itself leaves. Two units that put their cards "
        "side by side can take both shares off; nothing that is printed for each of them alone can prevent it, and "
        "the runbook says so."
    )
    yield ""
    yield "| reader | small counts | found out | narrowed |"
    yield "|---|--:|--:|--:|"
    for name in ("letters", "card", "two cards"):
        of = tally[name]
        yield f"| {name} | {of['secrets']} | {of['found']} | {of['narrowed']} |"


def _made_up_rounds() -> Iterator[str]:
    """Yield what came of computing made-up rounds, as the tallies have it."""
    blanks, claims, rounds, counted, scored = (
        json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
        for name in ("blanks_tally", "claim_rounds", "random_rounds", "plain_counting", "plain_scoring")
    )
    values = counted["reported"] + counted["partial"] + counted["not_applicable"]
    rows = (
        ("cells of one unit emptied at random: no good news for it (`tests/blanks.py`)", f"{blanks['cases']} cases", 0),
        ("all sentences of a round held against the ledgers by another way (`tests/claim_rounds.py`)",
         f"{claims['rounds']} rounds", len(claims["false"])),
        ("units, signs, gaps and names of every kind: what check passes runs to its end (`tests/random_rounds.py`)",
         f"{rounds['rounds']} rounds", len(rounds["failed"])),
        ("the same as whole runs of all notebooks",
         f"{rounds['whole']['rounds']} rounds", len(rounds["whole"]["failed"])),
        ("points of made-up rule sets counted the plain way, with every way to fill in empty cells "
         "(`tests/plain_scoring.py`)",
         f"{scored['rounds']} rule sets, {scored['points']} points of items, {scored['totals']} totals", 0),
        ("values counted row by row, with every way to fill in empty cells (`tests/plain_counting.py`)",
         f"{counted['rounds']} rounds, {values} values, {counted['fillings']} lowest and highest fillings", 0),
    )  # fmt: skip
    yield "## Rounds made up"
    yield ""
    yield (
        "Each program draws rounds from its seeds and goes on where it stopped. The first and the last two stop at a "
        "round that is wrong and keep no tally beyond it. Of the rule sets no composition of sources or periods, and "
        "no grade, was counted the plain way."
    )
    yield ""
    yield "| what is tried | tried | wrong |"
    yield "|---|---|--:|"
    for what, tried, wrong in rows:
        yield f"| {what} | {tried} | {wrong} |"


def _mutants() -> Iterator[str]:
    """Yield what came of changing the program, as the tally has it."""
    kept = mutants.tally()
    rooms = dict.fromkeys(name.split(".")[0] for name in mutants.TESTS)
    yield "## The program, changed"
    yield ""
    yield (
        "One comparison, operator, number or truth value of a module that computes is changed, drawn by lot, and the "
        "tests named for the module are run (`tests/mutants.py`); other tests might notice more. Those that nothing "
        "noticed stand in `tests/mutants.json` with their lines. Only those that have a reason there were looked at."
    )
    yield ""
    outcomes = ("noticed", "survived", "no answer in time")
    yield f"| room | mutants | {' | '.join(outcomes)} | looked at |"
    yield "|---|--:|--:|--:|--:|--:|"
    for room in rooms:
        own = [one for name, one in kept.items() if name.startswith(f"{room}.")]
        found = Counter(one["outcome"] for one in own)
        told = " | ".join(str(found[outcome]) for outcome in outcomes)
        yield f"| {room} | {len(own)} | {told} | {sum('why' in one for one in own)} |"


def _document() -> Iterator[str]:
    yield "<!-- printed by python -m tests.reliability; do not edit -->"
    yield "# What was tried, and what came of it"
    yield ""
    yield (
        "Every figure on this page was measured when it was printed, or is in a tally that stands beside the tests. "
        "What was not tried is not on it."
    )
    yield ""
    yield from _publishing()
    yield ""
    yield from _attacked()
    yield ""
    yield from _made_up_rounds()
    yield ""
    yield from _mutants()
    yield ""
    yield "## Numbers of persons"
    yield ""
    yield (
        "Numbers with right check digits were made up and written in the ways people and programs write them: other "
        "scripts and Han digits, groupings, dashes, dots, blanks and line breaks of every kind, signs that are not "
        "seen, behind 编号, No., a letter, before 元, in addresses, inside longer runs of digits "
        f"(`tests/person_forms.py`): {len(forms())} forms, each with {len(SEEDS)} numbers. A text leaks if six signs "
        f"of its number in a row can still be read beside `{MASK}`."
    )
    yield ""
    yield from _table(
        ("number", "texts", "leaks"), KINDS, Counter(form.kind for form in all_forms()), leaked()
    )
    yield ""
    yield (
        "A false alarm is a text without a number of a person that is masked all the same. The lists are made up; the "
        "example is every different text in its files, with file and sheet names and the lines of its settings."
    )
    yield ""
    texts = Counter(each.kind for each in all_nobodys()) + Counter({EXAMPLE: len(texts_of_the_example())})
    yield from _table(
        ("texts with", "texts", "false alarms"), {kind: kind for kind in texts}, texts, false_alarms()
    )
    yield ""
    yield "No rule can be right about these, and this is what is done:"
    yield ""
    yield "- QQ and WeChat accounts without their name are not found; a WeChat account that begins with `wxid_` is."
    yield (
        "- Eleven digits without a name are a telephone unless the ledgers use them as a number of their own. Behind "
        "编号, 线索 and the like they are not where they begin with the code of a unit of the round."
    )
    yield "- Eleven digits before 元 or with cents are an amount."
    yield (
        "- Sixteen to nineteen digits that begin as an issuer's cards and have the check digit of Luhn are a card "
        "unless they begin with a region and a year: one in ten of other such numbers has that check digit."
    )
    yield "- E or G and eight digits are a passport unless they begin with a year from 2010 to 2029."
    yield (
        "- A social credit code of digits alone that is an identity number by region, day and check digit as well is "
        "masked, unless 信用代码 stands before it."
    )
    yield "- A telephone parted by blanks in a row with two more figures is taken for figures."
    yield "- Letters in the place of digits (O for 0, l for 1) are not read as digits."


def _table(
    heads: tuple[str, str, str],
    names: Mapping[str, str],
    sizes: Mapping[str, int],
    found: Mapping[str, list[str]],
) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---|--:|--:|"
    for kind, name in names.items():
        yield f"| {name} | {sizes[kind]} | {len(found[kind])} |"
    yield f"| **all** | **{sum(sizes.values())}** | **{sum(map(len, found.values()))}** |"


if __name__ == "__main__":
    # the same bytes on every platform and console
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(document())
