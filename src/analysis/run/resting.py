"""What a published edition rests on that is no longer as it was: files, settings, program, the round before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.publish import manifest
from analysis.results.previous import given_by_round_before
from analysis.rounds.rounds import Round
from analysis.run.fingerprints import digest_of, digest_of_file
from analysis.run.published_files import hashes


@dataclass(frozen=True)
class Cause:
    """What an edition rests on that is no longer as it was.

    Attributes:
        kind: `touched` (files of the edition changed after it was published), `data`, `settings`, `version` or a name
            of what the manifest calls `made_by`.
        what: files or packages, where they can be named.
    """

    kind: str
    what: tuple[str, ...] = ()


def made_by(of: Round, resting: Mapping[str, str]) -> dict[str, str]:
    """Return the hashes of what an edition rests on beside the files of its round, by name; none depends on a place.

    Args:
        of: the round.
        resting: what `unchanged.rests_on` returned.
    """
    return {
        **{name: resting[name] for name in ("program", "sentences", "notebooks")},
        "fonts": digest_of({name: digest_of_file(of.project / name) for name in of.settings.extra_fonts}),
        "round_before": digest_of(given_by_round_before(of)),
    }


def causes(before: Mapping[str, Any], of: Round, now: Mapping[str, str]) -> tuple[Cause, ...]:
    """Return everything an edition rests on that is not as it was when it was made.

    Args:
        before: its manifest.
        of: the round as it is now.
        now: what `made_by` returns of it.
    """
    return (*_inputs(before, manifest.inputs_of(of)), *_others(before, now))


def _inputs(before: Mapping[str, Any], inputs: list[dict[str, str]]) -> Iterator[Cause]:
    """Yield which of the office's files and settings are others; by name where the edition told their names."""
    then = hashes(before["inputs"])
    other = sorted({path for path, _digest in then.items() ^ hashes(inputs).items()} if then else ())
    for kind in ("data", "settings"):
        if manifest.combined_of(kind, inputs) != before.get(f"{kind}_sha256"):
            yield Cause(kind, tuple(path for path in other if manifest.kind_of(path) == kind))


def _others(before: Mapping[str, Any], now: Mapping[str, str]) -> Iterator[Cause]:
    """Yield what of the program and its surroundings is another than the one that made the edition."""
    then = before.get("made_by", {})
    for name, digest in now.items():
        if then.get(name) != digest:
            yield Cause(name)
    old, new = before["versions"], manifest.versions()
    other = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if other:
        yield Cause("version", tuple(f"{name} {old.get(name, '–')} → {new.get(name, '–')}" for name in other))
