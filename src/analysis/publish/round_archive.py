"""A round in one zip file that opens years later: inputs, settings, lock, program, final editions, and a hash of all.

Unpacked it is a project: the round can be computed again with the versions of its lock. The hashes stand in a file of
the common form, so that they can be checked without this program too. What is packed are the office's files as
received: the archive holds data of persons, and says so.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.results.edition import finals
from analysis.results.store import raw_files
from analysis.rounds.rounds import load_round
from analysis.words import LANGUAGES, words

#: the hashes, in the form of sha256sum
SUMS: Final = "SHA256SUMS"
#: what the archive is, in all languages
ABOUT: Final = "README.txt"
#: the program and its lock, where the project folder has them
_PROGRAM: Final = (
    "pyproject.toml", "requirements.lock", "environment.yml", "Makefile", "README.md", "README.zh-CN.md", "LICENSE",
)  # fmt: skip
_PROGRAM_FOLDERS: Final = ("src", "notebooks", "docs")
#: what a machine leaves beside a program
_LEAVINGS: Final = frozenset({"__pycache__", ".ipynb_checkpoints"})
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16
_UNIX: Final = 3
_PART: Final = 1 << 20


@dataclass(frozen=True)
class Packed:
    """An archive just made: how many files are in it, and the final editions among them."""

    files: int
    finals: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """What an archive is: how many of its files are as they were packed, and which are not.

    Attributes:
        sound: number of files whose hash is the one on record.
        changed: files whose content is another, or cannot be read.
        missing: files on record that are not there.
        unlisted: files that nobody put there when it was made.
    """

    sound: int
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether everything is as it was packed."""
        return not (self.changed or self.missing or self.unlisted)


class NoArchiveError(Exception):
    """A file is no archive of a round, or is damaged so that nothing can be read of it."""


def pack(project: Path, round_id: str, target: Path) -> Packed:
    """Pack a round into a zip file; the same files give the same bytes.

    Args:
        project: the project folder.
        round_id: the round.
        target: the file to be made.

    Raises:
        FaultsFoundError: its settings cannot be read.
        OSError: a file cannot be read, or the archive not be written.
    """
    of = load_round(project, round_id)
    filed = [folder for _, folder in sorted(finals(project, round_id).items())]
    sources = [*raw_files(of.folder), *_below(filed), *_before(project, of.settings.compared_with)]
    sources += _program(project)
    files = {path.relative_to(project).as_posix(): path for path in sources}
    building = target.with_name(f".{target.name}.building")
    try:
        with zipfile.ZipFile(building, "w") as archive:
            about = "\n\n".join(
                words(language)("archive.about", round=round_id).plain for language in LANGUAGES
            )
            sums = [_put(archive, ABOUT, f"{about}\n".encode("utf-8-sig"))]
            sums += [_put(archive, name, path) for name, path in sorted(files.items())]
            _put(archive, SUMS, "".join(sums).encode("utf-8"))
        building.replace(target)
    finally:
        building.unlink(missing_ok=True)
    return Packed(len(sums), tuple(folder.name for folder in filed))


def check(path: Path) -> Checked:
    """Return whether the files of an archive are those that were packed.

    Raises:
        NoArchiveError: it is none, or cannot be read at all.
        OSError: it cannot be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            told = archive.read(SUMS).decode("utf-8").splitlines()
            sums = {line[66:]: line[:64] for line in told}
            names = [name for name in archive.namelist() if name != SUMS]
            found = {name: _hash_in(archive, name) for name in names}
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, NotImplementedError, zlib.error) as wrong:
        raise NoArchiveError(path.name) from wrong
    # a name that stands twice is read as either of the two by different programs
    twice = {name for name in names if names.count(name) > 1} if len(names) > len(found) else set()
    return Checked(
        sound=sum(found.get(name) == digest for name, digest in sums.items()),
        changed=tuple(name for name, digest in sums.items() if name in found and found[name] != digest),
        missing=tuple(name for name in sums if name not in found),
        unlisted=tuple(sorted({*found} - {*sums} | twice)),
    )


def _before(project: Path, round_id: str | None) -> Iterator[Path]:
    """Yield what a round takes from the one before it: its last final edition."""
    filed = finals(project, round_id) if round_id else {}
    if filed:
        yield from _below([filed[max(filed)]])


def _below(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _program(project: Path) -> Iterator[Path]:
    yield from (project / name for name in _PROGRAM if (project / name).is_file())
    for path in _below([project / name for name in _PROGRAM_FOLDERS]):
        parts = path.relative_to(project).parts
        if not _LEAVINGS.intersection(parts) and not any(part.endswith(".egg-info") for part in parts):
            yield path


def _put(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> str:
    """Put a file into an archive and return its line of the hashes."""
    entry = zipfile.ZipInfo(name, _DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _READABLE
    entry.create_system = _UNIX
    data = content if isinstance(content, bytes) else content.read_bytes()
    archive.writestr(entry, data)
    return f"{hashlib.sha256(data).hexdigest()}  {name}\n"


def _hash_in(archive: zipfile.ZipFile, name: str) -> str:
    """Return the hash of a file of an archive; nothing where it is damaged."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            while part := stream.read(_PART):
                digest.update(part)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError):
        return ""
    return digest.hexdigest()
