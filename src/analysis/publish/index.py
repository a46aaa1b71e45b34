"""The page that leads to all published rounds: `reports/index.html`, made from their manifests.

It names every unit, so it belongs to the internal edition; what is sent to a unit goes without it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from analysis.publish import manifest
from analysis.publish.plain_page import plain_page
from analysis.rounds.levels import LEVELS
from analysis.rounds.periods import is_period, name_of_period
from analysis.rounds.rounds import FINAL_FOLDER
from analysis.words import OFFICE, Text, Words, language_of, words

FILE: Final = "index.html"
#: files of an edition the index leads to, with the words of the link, in the order of the page
_FILES: Final = (
    ("report.html", "index.file.report_html"),
    ("onepage.pdf", "index.file.onepage_pdf"),
    ("report.pdf", "index.file.report_pdf"),
    ("annex.pdf", "index.file.annex_pdf"),
    ("bulletin.docx", "index.file.bulletin_docx"),
    ("bulletin.pdf", "index.file.bulletin_pdf"),
    ("workbook.xlsx", "index.file.workbook"),
    ("cards.zip", "index.file.cards"),
    (manifest.FILE, "index.file.manifest"),
)
_CARD: Final = re.compile(r"(?:units/)?(?P<code>[0-9A-Za-z]+)\.(?P<kind>html|pdf|zip)")
_NO_UNITS: Final = frozenset(path.partition(".")[0] for path, _words in _FILES)
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)
#: a round, a level or a language, and a level within a language
_DEPTHS: Final = ("*", "*/*", "*/*/*")
_FILED: Final = re.compile(r"(?P<round>.+)-(?P<number>[1-9]\d*)")
#: signs of a hash that tell files apart
_SHORT: Final = 12


@dataclass(frozen=True)
class Edition:
    """A published edition of a round, as its manifest tells it.

    Attributes:
        round: the round's name.
        period: the text of its period.
        level: how much it discloses, a level of `analysis.rounds.levels`.
        language: `zh` or `en`.
        folder: where it stands, relative to the index, with `/` between the parts.
        title: of its report; empty where it has none.
        as_of: the cut-off of its data.
        synthetic: whether the data are the example's.
        inputs: the SHA-256 of every file it rests on, by path; empty where the level does not tell them.
        fingerprint: one SHA-256 of all files it rests on.
        files: names of the files the index leads to, in the order of the page.
        cards: file names by unit code and format (`html`, `pdf`, `zip`).
        units: short names of the units by code, where a card tells them.
    """

    round: str
    period: str
    level: str
    language: str
    folder: str
    title: str
    as_of: date
    synthetic: bool
    inputs: Mapping[str, str]
    fingerprint: str
    files: tuple[str, ...]
    cards: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str]

    def rests_on_others_than(self, other: Edition) -> bool:
        """Return whether the files it rests on are not those of another edition."""
        return self.fingerprint != other.fingerprint

    def changed_from(self, other: Edition) -> list[str]:
        """Return the inputs that are not those of another edition: changed, new or gone, in order of path.

        None can be named where one of the two does not tell its inputs.
        """
        if not (self.inputs and other.inputs):
            return []
        return sorted({path for path, _hash in self.inputs.items() ^ other.inputs.items()})


@dataclass(frozen=True)
class Filed:
    """A final edition of a round.

    Attributes:
        round: the round's name.
        number: its number among those of the round.
        name: of its folder.
        edition: what its manifest tells; None where it cannot be read.
        replaces: name of the edition it corrects; empty for the first.
    """

    round: str
    number: int
    name: str
    edition: Edition | None
    replaces: str = ""


def write(reports_root: Path, language: str | None = None) -> Path:
    """Write `index.html` over all editions found below a folder and return its path.

    Args:
        reports_root: the folder with one folder per round; folders whose name begins with a dot are not finished.
        language: of the index; None takes that of the last round.

    Raises:
        OutsideResourceError: the page refers to something outside the folder.
    """
    reports_root.mkdir(parents=True, exist_ok=True)
    path = reports_root / FILE
    # a reader finds the old page or the new one
    fresh = path.with_name(f".{FILE}.writing")
    shown = text(editions(reports_root), language, filed(reports_root))
    fresh.write_text(shown, encoding="utf-8", newline="\n")
    return fresh.replace(path)


def text_with(reports_root: Path, anew: Path, place: Path) -> str:
    """Return the page as it will be once an edition in the making has taken its place.

    Args:
        reports_root: the folder with one folder per round.
        anew: where the edition stands now, with its manifest.
        place: where it will stand.
    """
    others = [each for each in editions(reports_root) if reports_root / each.folder != place]
    made = replace(
        _edition(anew / manifest.FILE, reports_root), folder=place.relative_to(reports_root).as_posix()
    )
    return text([*others, made], finals=filed(reports_root))


def text(found: Iterable[Edition], language: str | None = None, finals: Sequence[Filed] = ()) -> str:
    """Return the page over editions and final editions; without a language in that of the last round."""
    rounds = by_round(found)
    if language is None:
        language = next(iter(rounds.values()))[0].language if rounds else OFFICE
    return page(rounds, words(language), finals)


def editions(reports_root: Path) -> list[Edition]:
    """Return the finished editions below a folder of reports."""
    found = [
        path
        for depth in _DEPTHS
        for path in sorted(reports_root.glob(f"{depth}/{manifest.FILE}"))
        if not any(
            part.startswith(".") or part.endswith(".failed") for part in path.relative_to(reports_root).parts
        )
        # what is filed for good is not what stands now
        and path.relative_to(reports_root).parts[0] != FINAL_FOLDER
    ]
    return [_edition(path, reports_root) for path in found]


def filed(reports_root: Path) -> list[Filed]:
    """Return the final editions below a folder of reports, the last of a round first."""
    found = []
    for folder in (reports_root / FINAL_FOLDER).glob("*"):
        name = _FILED.fullmatch(folder.name)
        if name and folder.is_dir():
            told = manifest.read(folder)
            edition = _edition(folder / manifest.FILE, reports_root) if told else None
            replaces = str((told or {}).get("replaces") or "")
            found.append(Filed(name["round"], int(name["number"]), folder.name, edition, replaces))
    return sorted(found, key=lambda each: (each.round, -each.number))


def by_round(found: Iterable[Edition]) -> dict[str, list[Edition]]:
    """Return editions by round, the last round first; within one the most open first, the round's own language first.

    The round's own language is that of the edition that stands in the round's folder itself.
    """
    rounds: dict[str, list[Edition]] = {}
    for edition in sorted(
        found,
        key=lambda e: (LEVELS.index(e.level), e.folder.count("/"), e.folder),
    ):
        rounds.setdefault(edition.round, []).append(edition)
    return dict(sorted(rounds.items(), reverse=True))


def page(rounds: Mapping[str, Sequence[Edition]], catalogue: Words, finals: Sequence[Filed] = ()) -> str:
    """Return the index as one page without anything outside it.

    Args:
        rounds: editions by round, as `by_round` gives them.
        catalogue: the words of the page's language.
        finals: the final editions, the last of a round first.

    Raises:
        OutsideResourceError: the page refers to something outside the folder.
    """
    parts = {
        "language": catalogue.habits.tag,
        "say": catalogue.label,
        "mark": catalogue.label("index.example")
        if any(edition.synthetic for edition in _all(rounds, finals))
        else "",
        "rounds": [
            _round(rounds.get(name, ()), [each for each in finals if each.round == name], catalogue)
            for name in sorted({*rounds, *(each.round for each in finals)}, reverse=True)
        ],
        "across": _across(rounds, catalogue) if len(rounds) > 1 else None,
    }
    return plain_page("index.html.j2", parts)


# ------------------------------------------------------------------------------------------ reading


def _edition(path: Path, reports_root: Path) -> Edition:
    """Return what the index says of an edition; names are those of its pages."""
    content = json.loads(path.read_text(encoding="utf-8"))
    folder = path.parent
    parameters = content.get("parameters", {})
    language = content.get("language") or parameters.get("language", OFFICE)
    outputs = [row["path"] for row in content["outputs"] if (folder / row["path"]).is_file()]
    cards: dict[str, dict[str, str]] = {}
    for name in outputs:
        found = _CARD.fullmatch(name)
        if found and found["code"] not in _NO_UNITS:
            cards.setdefault(found["code"], {})[found["kind"]] = name
    # an older edition says its round only
    period = content.get("period", content["round"])
    return Edition(
        round=content["round"],
        period=period,
        level=content.get("level") or parameters.get("disclosure", LEVELS[0]),
        language=language,
        folder=folder.relative_to(reports_root).as_posix(),
        title=_title(folder / "report.html") if "report.html" in outputs else "",
        as_of=date.fromisoformat(content["as_of"]),
        synthetic=content["synthetic"],
        inputs={row["path"]: row["sha256"] for row in content["inputs"]},
        fingerprint=content.get("inputs_sha256") or manifest.combined(content["inputs"]),
        files=tuple(name for name, _words in _FILES if name in (*outputs, manifest.FILE)),
        cards=dict(sorted(cards.items())),
        units={
            code: _unit_of(_title(folder / names["html"]), period, words(language))
            for code, names in cards.items()
            if "html" in names
        },
    )


def _title(page: Path) -> str:
    """Return the title of a page without its example mark, read from the page's head."""
    with page.open(encoding="utf-8") as file:
        found = _TITLE.search(file.read(4096))
    return html.unescape(found[1]).partition(" · ")[0] if found else page.stem


def _period(text: str, catalogue: Words) -> str:
    return name_of_period(text, catalogue, "assessed") if is_period(text) else text


def _unit_of(title: str, period: str, catalogue: Words) -> str:
    """Return the unit's name in the title of its card, or the whole title where it is worded otherwise."""
    before, _, after = (
        catalogue.label("card.title").replace("{period}", _period(period, catalogue)).partition("{unit}")
    )
    if title.startswith(before) and title.endswith(after):
        return title[len(before) : len(title) - len(after)]
    return title


# ------------------------------------------------------------------------------------------ telling


def _name(edition: Edition, catalogue: Words) -> str:
    key = f"index.language.{edition.language}"
    return catalogue(
        "index.edition",
        level=catalogue.label(f"report.disclosure.{edition.level}"),
        # by its own name, where this language has none for it
        language=catalogue.label(key) if key in catalogue else language_of(edition.language).name,
    ).plain


def _all(rounds: Mapping[str, Sequence[Edition]], finals: Sequence[Filed]) -> Iterator[Edition]:
    yield from (edition for found in rounds.values() for edition in found)
    yield from (each.edition for each in finals if each.edition is not None)


def _filed(finals: Sequence[Filed], catalogue: Words) -> list[dict[str, Any]]:
    """Return what the page says of the final editions of a round, and which of them stands for another."""
    by = {each.replaces: each.name for each in finals if each.replaces}
    rows = []
    for each in finals:
        state = [catalogue("index.corrects", name=each.replaces)] if each.replaces else []
        state += [catalogue("index.corrected", name=by[each.name])] if each.name in by else []
        if each.edition is None:
            state = [Text(catalogue.label("index.unreadable"))]
        rows.append({
            "name": each.name,
            "files": _links(each.edition, catalogue) if each.edition else [],
            "state": catalogue.clauses(state or [Text(catalogue.label("index.stands"))]).plain,
            "stale": each.edition is None or each.name in by,
        })  # fmt: skip
    return rows


def _links(edition: Edition, catalogue: Words) -> list[tuple[str, str]]:
    return [
        (catalogue.label(key), f"{edition.folder}/{name}") for name, key in _FILES if name in edition.files
    ]


def _round(found: Sequence[Edition], finals: Sequence[Filed], catalogue: Words) -> dict[str, Any]:
    """Return what the page says of a round; one that stands nowhere but in its final editions is told by the last."""
    known = [*found, *(each.edition for each in finals if each.edition is not None)]
    if not known:
        title = catalogue("index.round", period=finals[0].round).plain
        return {
            "title": title, "language": "", "as_of": "", "mark": "", "editions": [],
            "filed": _filed(finals, catalogue), "cards": None, "inputs": None,
        }  # fmt: skip
    first = known[0]
    reference = first if first.level == LEVELS[0] else None
    titled = [edition for edition in (found or known[:1]) if edition.title]
    # in the page's language, if there is one
    titled.sort(key=lambda edition: edition.language != catalogue.language)
    title = (
        titled[0].title if titled else catalogue("index.round", period=_period(first.period, catalogue)).plain
    )
    language = titled[0].language if titled else catalogue.language
    with_cards = [edition for edition in found if edition.cards]
    return {
        "title": title,
        "language": "" if language == catalogue.language else language_of(language).tag,
        "as_of": catalogue("index.as_of", date=catalogue.date(first.as_of)).plain,
        "mark": catalogue.label("index.example") if first.synthetic else "",
        "editions": [
            {
                "name": _name(edition, catalogue),
                "files": _links(edition, catalogue),
                "state": _state(edition, reference, catalogue),
                "stale": reference is not None and edition.rests_on_others_than(reference),
            }
            for edition in found
        ],
        "filed": _filed(finals, catalogue),
        "cards": _cards(
            [(_name(edition, catalogue), edition) for edition in with_cards], catalogue.label("index.no_card")
        ),
        "inputs": {
            "title": catalogue("index.inputs", count=str(len(first.inputs))).plain,
            "caption": catalogue("index.inputs_caption", edition=_name(first, catalogue)).plain,
            "rows": [(path, digest[:_SHORT]) for path, digest in sorted(first.inputs.items())],
        }
        if found and first.inputs
        else None,
    }


def _state(edition: Edition, reference: Edition | None, catalogue: Words) -> str:
    """Return what an edition rests on, and whether that is what the internal one rests on."""
    if reference is None:
        return catalogue.label("index.alone")
    if edition is reference:
        return catalogue("index.reference", count=str(len(edition.inputs))).plain
    if not edition.rests_on_others_than(reference):
        return catalogue.label("index.same")
    changed = edition.changed_from(reference)
    if not changed:
        return catalogue.label("index.stale")
    names = catalogue.list(path.rpartition("/")[2] for path in changed)
    return catalogue("index.stale_files", count=str(len(changed)), files=names).plain


def _across(rounds: Mapping[str, Sequence[Edition]], catalogue: Words) -> dict[str, Any] | None:
    """Return the table of units by rounds: the cards of every round's first edition that has any."""
    firsts = [next((edition for edition in found if edition.cards), None) for found in rounds.values()]
    return _cards(
        [(edition.round, edition) for edition in firsts if edition], catalogue.label("index.no_card")
    )


def _cards(columns: Sequence[tuple[str, Edition]], none: str) -> dict[str, Any] | None:
    """Return a table of cards, one row per unit and one column per edition, or None without any card."""
    if not columns:
        return None
    # the first column that knows a unit names it
    names: dict[str, str] = {}
    for _head, edition in columns:
        for code in edition.cards:
            names.setdefault(code, edition.units.get(code, ""))
            names[code] = names[code] or edition.units.get(code, "")
    return {
        "heads": [head for head, _edition in columns],
        "none": none,
        "rows": [
            {
                "unit": name or code,
                "cells": [
                    [
                        (kind.upper() if kind != "zip" else kind, f"{edition.folder}/{path}")
                        for kind, path in sorted(edition.cards.get(code, {}).items())
                    ]
                    for _head, edition in columns
                ],
            }
            for code, name in sorted(names.items())
        ],
    }
