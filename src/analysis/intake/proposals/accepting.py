"""What was proposed and confirmed, written into `maps.yaml`: the rest of the file and its comments stay as they are."""

from __future__ import annotations

import copy
import io
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from analysis.intake.declared.maps_file import MAPS_FILE, load_maps
from analysis.rounds.faults import Fault

_WIDTH: Final = 4096
#: as the maps write them, and as they are meant
_ANSWERS: Final = {True: "yes", False: "no"}
#: how people indent lists in such files
_INDENTS: Final = ({"mapping": 2, "sequence": 2, "offset": 0}, {"mapping": 2, "sequence": 4, "offset": 2})


@dataclass(frozen=True)
class Accepted:
    """A file of maps with what was accepted.

    Attributes:
        text: the file as it is to be.
        faults: what the maps would have against it that they did not have before; with one that blocks nothing is
            to be written.
    """

    text: str
    faults: tuple[Fault, ...]

    @property
    def is_sound(self) -> bool:
        """Whether it may be written."""
        return all(fault.severity != "blocks" for fault in self.faults)


def accept(folder: Path, parts: Iterable[Any]) -> Accepted:
    """Return the maps of a round with parts of maps taken into them.

    A ledger without a source gets one. Of a source with the same files and sheets the parts' keys are replaced, and
    another becomes one more source of the ledger. What the shared code lists do not say becomes the source's own: what
    one office means by 无 says nothing of another's.

    Args:
        folder: of the round.
        parts: each with `ledgers`, and `codes` and `aliases` or not, as `maps.yaml` has them.

    Raises:
        OSError: the file cannot be read.
        ruamel.yaml.error.YAMLError: it is no YAML.
    """
    path = folder / MAPS_FILE
    before = path.read_bytes().decode("utf-8-sig") if path.is_file() else "ledgers: {}\n"
    root, yaml = _loaded(before)
    for part in parts:
        own = _own_codes(root.get("codes") or {}, part.get("codes", {}))
        for unit, texts in part.get("aliases", {}).items():
            spellings = root.setdefault("aliases", CommentedMap())
            known = spellings.get(unit, [])
            known = [known] if isinstance(known, str) else known
            spellings[unit] = [*known, *(text for text in texts if text not in known)]
        if root.get("ledgers") is None or not root["ledgers"]:
            root["ledgers"] = CommentedMap()
        for name, source in part["ledgers"].items():
            if own:
                source["codes"] = own
            _take(root["ledgers"], name, source)
    after = _dumped(yaml, root)
    old, new = _faults_of(before), _faults_of(after)
    told = {(fault.check, fault.found) for fault in old}
    return Accepted(after, tuple(fault for fault in new if (fault.check, fault.found) not in told))


def parsed(text: str) -> Any:
    """Return a part of maps as it is taken over, with its comments."""
    return YAML().load(text)


def save(accepted: Accepted, folder: Path) -> None:
    """Write the maps of a round, with the line ends and the mark of byte order they had.

    Raises:
        OSError: they cannot be written.
    """
    path = folder / MAPS_FILE
    was = path.read_bytes() if path.is_file() else b""
    text = accepted.text.replace("\n", "\r\n") if b"\r\n" in was else accepted.text
    mark = b"\xef\xbb\xbf" if was.startswith(b"\xef\xbb\xbf") else b""
    path.write_bytes(mark + text.encode("utf-8"))


def _loaded(text: str) -> tuple[Any, YAML]:
    """Return the file and a writer that indents as it does."""
    for indent in reversed(_INDENTS):
        yaml = YAML()
        yaml.preserve_quotes, yaml.width, yaml.allow_unicode = True, _WIDTH, True
        yaml.indent(**indent)
        root = yaml.load(text.replace("\r\n", "\n"))
        if _dumped(yaml, root) == text.replace("\r\n", "\n"):
            break
    return root, yaml


def _dumped(yaml: YAML, root: Any) -> str:
    out = io.StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _own_codes(shared: Mapping[str, Mapping[Any, Any]], stated: Any) -> Any:
    """Return the answers that the shared code lists do not have, or have with another meaning, with their comments."""
    own = copy.deepcopy(stated)
    for name, answers in stated.items():
        for written, answer in shared.get(name, {}).items():
            if answers.get(str(written)) == _ANSWERS.get(answer, answer):
                del own[name][str(written)]
        if not own[name]:
            del own[name]
    return own


def _take(ledgers: Any, name: str, source: Any) -> None:
    """Take one source into the ledgers."""
    there = ledgers.get(name)
    if there is None:
        ledgers[name] = source
        return
    sources = there if isinstance(there, list) else [there]
    for one in sources:
        if _place(one) == _place(source):
            # what says the same stays as the office wrote it, with its comments
            one.update({key: value for key, value in source.items() if one.get(key) != value})
            return
    if not isinstance(there, list):
        ledgers[name] = CommentedSeq(sources)
    ledgers[name].append(source)


def _place(source: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return files and sheets of a source, to tell whether another is the same."""
    named = [source.get(key, []) for key in ("file", "sheet")]
    files, sheets = ([name] if isinstance(name, str) else list(map(str, name)) for name in named)
    return files, sheets


def _faults_of(text: str) -> list[Fault]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / MAPS_FILE).write_text(text, encoding="utf-8")
        return load_maps(Path(folder))[1]
