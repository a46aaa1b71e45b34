"""A final edition: what stands published is filed under a number of its own, with its tables, and never overwritten.

It stands in `reports/final/<round>-<n>`, outside the folder that a run replaces. A corrected edition gets the next
number and names the one it replaces.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.publish import index, manifest
from analysis.publish.printed_sentences import printed_sentences
from analysis.report.published_items import published_item
from analysis.results.assessment import STAGES
from analysis.results.edition import BASIS, FINAL, TABLES, basis_of, finals
from analysis.results.store import as_csv
from analysis.rounds.rounds import load_round
from analysis.run import stages, unchanged
from analysis.run.orders import Edition, Order
from analysis.run.published_files import hashes, touched
from analysis.run.report_folder import one_run_at_a_time
from analysis.words import Words

_TABLES: Final = "tables"
_SENTENCES: Final = "sentences.csv"
_FINISHED: Final = "final"


class NotFiledError(Exception):
    """What stands published cannot be a final edition, for a reason that is the user's to mend."""

    key = ""

    def sentence(self, said: Words) -> str:
        """Return why, and what to do."""
        return said(f"cli.final.{self.key}").plain


class DraftError(NotFiledError):
    """What stands published is a draft."""

    key = "draft"


class OutOfDateError(NotFiledError):
    """What stands published was made from other files or settings than there are now: its tables would be others."""

    key = "out_of_date"


class UnexplainedError(NotFiledError):
    """What was published and what is computed differ, and nobody says why.

    Attributes:
        facts: those, as the frame `compare` calls them.
    """

    def __init__(self, facts: list[str], units: Mapping[str, str]) -> None:
        self.facts = tuple(facts)
        self._units = units
        super().__init__(*facts)

    def sentence(self, said: Words) -> str:
        """Name the facts, and where a reason is written."""
        facts = said.label("cli.list").join(published_item(fact, said, self._units) for fact in self.facts)
        return said("cli.final.unexplained", count=str(len(self.facts)), places=facts).plain


class TouchedError(NotFiledError):
    """Files of what stands published are not as they were published.

    Attributes:
        round_id: the round.
        files: their paths in the folder of the edition: changed, new or gone.
    """

    def __init__(self, round_id: str, files: list[str]) -> None:
        self.round_id, self.files = round_id, tuple(files)
        super().__init__(round_id, *files)

    def sentence(self, said: Words) -> str:
        """Name the files, and what becomes of them."""
        files = said.label("cli.list").join(self.files)
        places = {"folder": f"reports/{self.round_id}", "files": files, "round": self.round_id}
        return said("cli.final.touched", **places).plain


@dataclass(frozen=True)
class Filed:
    """A final edition.

    Attributes:
        folder: where it stands.
        replaces: name of the edition it corrects; empty where it is the first.
        new: whether it was filed now; what is the same byte for byte is not filed twice.
    """

    folder: Path
    replaces: str = ""
    new: bool = True


def file_final(order: Order) -> Filed:
    """File the edition that was published for an order, which asked for all of it at the internal level.

    Raises:
        NotFiledError: it is a draft (`DraftError`), was changed by hand (`TouchedError`), rests on other files or
            settings than there are now (`OutOfDateError`), or is not what was printed before, without a reason
            (`UnexplainedError`).
        RoundBusyError: another process computes the round.
        OSError: it cannot be written; then nothing of it stands.
    """
    edition = Edition.of(order)
    with one_run_at_a_time(order.project / "data" / "processed", order.round_id):
        published = edition.place.below(order.reports)
        told = json.loads((published / manifest.FILE).read_text(encoding="utf-8"))
        if told["status"] != _FINISHED:
            raise DraftError(order.round_id)
        if by_hand := touched(published, told):
            raise TouchedError(order.round_id, by_hand)
        of = load_round(order.project, order.round_id)
        if told["inputs_sha256"] != manifest.combined(manifest.inputs_of(of)):
            raise OutOfDateError(order.round_id)
        assessment = stages.open_assessment(order.round_id, STAGES[-1], edition.language, order.project)
        facts = assessment.compare
        if unexplained := list(facts["figure"][facts["verdict"].eq("differs")]):
            raise UnexplainedError(unexplained, {unit.code: unit.short for unit in assessment.roll})
        frames = assessment.round.processed_in(edition.language)
        paths = (frames / f"{name}.csv" for name in TABLES)
        tables = {path.name: path.read_bytes() for path in paths if path.is_file()}
        tables[_SENTENCES] = as_csv(printed_sentences(published / "notebooks"))
        outputs = [
            *told["outputs"],
            *({"path": f"{_TABLES}/{name}", "sha256": _hash(content)} for name, content in tables.items()),
        ]
        before = finals(order.project, order.round_id)
        last = before[max(before)] if before else None
        if last is not None and _manifest(last)["outputs"] == outputs:
            return Filed(last, new=False)
        number = max(before, default=0) + 1
        folder = order.project / FINAL / f"{order.round_id}-{number}"
        building = folder.with_name(f".{folder.name}.building")
        shutil.rmtree(building, ignore_errors=True)
        try:
            (building / _TABLES).mkdir(parents=True)
            for name in hashes(told["outputs"]):
                (building / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(published / name, building / name)
            for name, table in tables.items():
                (building / _TABLES / name).write_bytes(table)
            more = {"edition": number, "replaces": last.name if last else None, "outputs": outputs}
            content = {**told, **more, BASIS: basis_of(assessment)}
            text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
            (building / manifest.FILE).write_text(text, encoding="utf-8", newline="\n")
            building.rename(folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return Filed(folder, last.name if last else "")


def refuse_touched(order: Order) -> None:
    """Refuse an edition that was changed by hand; where none stands there is nothing to refuse.

    Raises:
        TouchedError: it was.
    """
    published = Edition.of(order).place.below(order.reports)
    told = manifest.read(published)
    if told is not None and (by_hand := touched(published, told)):
        raise TouchedError(order.round_id, by_hand)


def lead_to(order: Order) -> None:
    """Let the page that leads to all editions lead to the final ones there are now.

    Raises:
        OSError: it cannot be written.
    """
    index.write(order.reports)
    unchanged.note_index(order)


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / manifest.FILE).read_text(encoding="utf-8"))
    return found


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
