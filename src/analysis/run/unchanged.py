"""Whether the edition asked for stands already, whole and of the very input there is now. Imports nothing heavy.

A run that is published notes everything it rests on and everything it left behind, by content. Asked for the same again
it has nothing to do where all of that is as noted; what the gates let pass then is what still stands there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.rounds import load_round
from analysis.run.fingerprints import MADE, digest_of, digest_of_file, files_of, libraries, program, sentences
from analysis.run.orders import CARD, NOTEBOOKS, Edition, Order, notebooks_folder
from analysis.run.report_folder import EDITIONS
from analysis.words import LANGUAGES

_NOTE: Final = "run.json"
_INDEX: Final = "index.html"
#: what a round takes from the one before it
_OF_THE_ROUND_BEFORE: Final = ("grades.csv", "problems.csv", "units.csv")


def told(order: Order) -> str | None:
    """Return what the last run of the same order said in the end, if nothing has changed since; else None."""
    if order.force:
        return None
    edition = Edition.of(order)
    try:
        note = json.loads(_note(order, edition).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        # without a readable note everything is looked at, which is always right
        return None
    if not isinstance(note, dict) or note.get("rests_on") != rests_on(order, edition):
        return None
    index = _index_note(order)
    if not index.is_file() or index.read_text(encoding="utf-8") != digest_of_file(order.reports / _INDEX):
        return None
    return str(note["told"]) if note.get("left") == _left(order, edition) else None


def note(order: Order, edition: Edition, resting: dict[str, str], said: str) -> None:
    """Note a run that was published: what it rests on, what it left and what it said in the end."""
    path = _note(order, edition)
    path.parent.mkdir(parents=True, exist_ok=True)
    content: dict[str, Any] = {"rests_on": resting, "left": _left(order, edition), "told": said}
    fresh = path.with_suffix(".writing")
    fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    fresh.replace(path)
    note_index(order)


def note_index(order: Order) -> None:
    """Note the page that leads to all editions as it was written now."""
    index = digest_of_file(order.reports / _INDEX)
    _index_note(order).parent.mkdir(parents=True, exist_ok=True)
    _index_note(order).write_text(index, encoding="utf-8", newline="\n")


def rests_on(order: Order, edition: Edition) -> dict[str, str]:
    """Return everything a run rests on, by content: program, libraries, the office's files, notebooks, the order."""
    asked = [
        edition.language,
        edition.level.name,
        *edition.formats,
        "",
        *order.units,
        "",
        # what a run says names files as seen from where it is started
        str(Path.cwd()),
        str(order.reports),
    ]
    notebooks = notebooks_folder(order.project)
    return {
        "program": program(),
        "sentences": sentences(),
        "libraries": libraries(),
        "raw": digest_of(files_of(order.project / "data" / "raw" / order.round_id)),
        # one of an analyst's own, or the desk, is no part of an edition
        "notebooks": digest_of(
            {name: digest_of_file(notebooks / f"{name}.ipynb") for name in (*NOTEBOOKS, CARD)}
        ),
        "beside": _beside(order),
        "order": digest_of(asked),
    }


def _beside(order: Order) -> str:
    """Return the hash of what a round takes from outside its folder: own fonts, what the round before it gave."""
    try:
        settings = load_round(order.project, order.round_id).settings
    except FaultsFoundError:
        return ""
    found = {name: digest_of_file(order.project / name) for name in settings.extra_fonts}
    if settings.compared_with:
        # as filed, or as computed from its files as they are
        final = order.project / "reports" / "final"
        filed = [
            path
            for name in _OF_THE_ROUND_BEFORE
            for path in sorted(final.glob(f"{settings.compared_with}-*/tables/{name}"))
        ]
        found |= {str(path): digest_of_file(path) for path in filed}
        found["raw"] = digest_of(files_of(order.project / "data" / "raw" / settings.compared_with))
        before = order.project / "data" / "processed" / settings.compared_with
        for place in (before, *(before / language for language in LANGUAGES)):
            for name in _OF_THE_ROUND_BEFORE:
                found[str(place / name)] = digest_of_file(place / name)
    return digest_of(found)


def _left(order: Order, edition: Edition) -> dict[str, str]:
    """Return the hash of every file a run leaves: of the edition, and of the frames in its language."""
    report = files_of(edition.place.below(order.reports))
    try:
        of = load_round(order.project, order.round_id)
    except FaultsFoundError:
        return {}
    frames = files_of(of.processed_in(edition.language))
    return {
        **{f"report/{name}": digest for name, digest in report.items() if _first(name) not in EDITIONS},
        **{f"frames/{name}": digest for name, digest in frames.items() if _first(name) not in LANGUAGES},
    }


def _first(name: str) -> str:
    return name.partition("/")[0]


def _note(order: Order, edition: Edition) -> Path:
    return order.project / MADE / edition.place.name / _NOTE


def _index_note(order: Order) -> Path:
    """Return where the hash of the page that leads to all editions is noted; every edition writes that page anew."""
    return order.project / MADE / f"index-{digest_of([str(order.reports)])[:12]}"
