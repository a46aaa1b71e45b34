"""`assess map`: maps proposed for strange files, confirmed in a workbook or taken over at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from analysis.cli.shared import (
    DATA_BLOCK,
    WRONG_USAGE,
    LanguageOption,
    ProjectOption,
    help_of,
    list_faults,
    listed,
    opened,
    say,
    words_of,
    wrong_usage,
)
from analysis.rounds.faults import Fault
from analysis.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from analysis.intake.declared.maps import Maps
    from analysis.intake.files import Sheet
    from analysis.intake.proposals.proposal import Proposal
    from analysis.rounds.units import UnitRoll


class _Wanted(NamedTuple):
    """What is to be looked at, and how."""

    files: Sequence[Path]
    ledger: str
    sheet: str
    encoding: str


def propose_map(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help=help_of("map_file"), show_default=False)
    ] = None,
    round_id: Annotated[str, typer.Option("--round", help=help_of("map_round"), show_default=False)] = "",
    ledger: Annotated[str, typer.Option("--ledger", help=help_of("map_ledger"), show_default=False)] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=help_of("map_sheet"), show_default=False)] = "",
    encoding: Annotated[
        str, typer.Option("--encoding", help=help_of("map_encoding"), show_default=False)
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help=help_of("map_out"), show_default=False)] = None,
    accept: Annotated[bool, typer.Option("--accept", help=help_of("map_accept"))] = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help=help_of("map_xlsx"), show_default=False)] = None,
    from_xlsx: Annotated[
        Path | None, typer.Option("--from-xlsx", help=help_of("map_from_xlsx"), show_default=False)
    ] = None,
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Propose maps for strange files."""
    folder, said = opened(project, round_id, lang) if round_id else (None, words_of(lang))
    home = folder / "data" / "raw" / round_id if folder else None
    if (accept or from_xlsx) and home is None:
        wrong_usage(said, "map_needs_round")
    if from_xlsx is not None:
        _read_back(from_xlsx, home, said)
        return
    if not files:
        wrong_usage(said, "map_needs_file")
    proposals, roll = _proposed(_Wanted(files, ledger, sheet, encoding), folder, round_id, said)
    from analysis.intake.proposals import confirming, proposal_text

    if accept and home is not None:
        for file in files:
            if file.resolve().parent != home.resolve():
                wrong_usage(said, "map_not_in_round", file=file.name, folder=str(home))
        _accepted(proposals, home, said)
        return
    if xlsx is not None:
        _written(xlsx, confirming.workbook(proposals, said, roll), said)
        say(said, "map.to_confirm", file=str(xlsx))
        return
    text = "---\n".join(proposal_text.written(one, said) for one in proposals)
    if out is None:
        typer.echo(text, nl=False)
        return
    _written(out, text.encode("utf-8"), said)
    typer.echo(said("mapping.made", place=str(out)).plain)


def _accepted(proposals: Sequence[Proposal], home: Path, said: Words) -> None:
    """Take proposals into the maps of a round; those that lack a field are left out, and told."""
    from analysis.intake.proposals import accepting, proposal_text

    whole = [one for one in proposals if not one.missing]
    parts = [accepting.parsed(proposal_text.written(one, said)) for one in whole]
    if parts:
        _taken_over(parts, home, said)
    doubtful = sum(guess.confidence == "low" for one in whole for guess in one.guesses)
    open_codes = sum(answer is None for one in whole for of in one.codes.values() for answer in of.values())
    if doubtful or open_codes:
        say(said, "map.to_check", columns=str(doubtful), codes=str(open_codes))
    for one in proposals:
        if one.missing:
            fields = listed(said, [proposal_text.field_named(one, name, said) for name in one.missing])
            _first, *others = proposal_text.questions(one, said)
            more = " ".join(others)
            say(said, "map.left_out", file=one.sheet.file, sheet=one.sheet.name, fields=fields, more=more)
    if len(whole) < len(proposals):
        raise typer.Exit(DATA_BLOCK)


def _written(path: Path, content: bytes, said: Words) -> None:
    try:
        path.write_bytes(content)
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(path), reason=refused.strerror or "")


def _proposed(
    wanted: _Wanted, folder: Path | None, round_id: str, said: Words
) -> tuple[list[Proposal], UnitRoll | None]:
    """Return what is proposed for the sheets, and the roll; without a header, or with one file unreadable, end."""
    from analysis.intake import LEDGERS
    from analysis.intake.declared.maps import ENCODINGS
    from analysis.intake.proposals import proposing, together

    if wanted.ledger and wanted.ledger not in LEDGERS:
        wrong_usage(said, "unknown_ledger", name=wanted.ledger, known=listed(said, list(LEDGERS)))
    if wanted.encoding not in ENCODINGS:
        known = listed(said, [name for name in ENCODINGS if name])
        wrong_usage(said, "map_encoding_unknown", name=wanted.encoding, known=known)
    roll, maps = _known(folder, round_id) if folder else (None, None)
    sheets = _sheets(wanted, said)
    chosen = [one for one in sheets if not wanted.sheet or one.name == wanted.sheet]
    if not chosen:
        typer.echo(said("mapping.sheets", known=listed(said, [one.name for one in sheets])).plain, err=True)
        raise typer.Exit(WRONG_USAGE)
    found = []
    for one in chosen:
        proposal = proposing.propose(
            one, roll=roll, maps=maps, ledger=wanted.ledger, encoding=wanted.encoding
        )
        if proposal is None:
            typer.echo(said("mapping.none", file=one.file, sheet=one.name).plain, err=True)
        else:
            found.append(proposal)
    if not found:
        raise typer.Exit(DATA_BLOCK)
    if folder and roll is None and any(one.ledger.has_unit for one in found):
        say(said, "map.no_roll")
    beside = {
        path.name for file in wanted.files for path in file.resolve().parent.iterdir() if path.is_file()
    }
    of_file: dict[str, tuple[str, ...]] = {}
    for one in sheets:
        of_file[one.file] = (*of_file.get(one.file, ()), one.name)
    return together.together(found, together.Holdings(tuple(sorted(beside)), of_file), roll), roll


def _known(folder: Path, round_id: str) -> tuple[UnitRoll | None, Maps | None]:
    """Return the units and the maps of a round, as far as they can be read: faults of a rule set do not matter here."""
    from analysis.intake import read_round
    from analysis.intake.declared.maps_file import load_maps
    from analysis.rounds.faults import FaultsFoundError
    from analysis.rounds.rounds import load_round

    try:
        of = load_round(folder, round_id)
    except FaultsFoundError:
        return None, None
    roll = read_round(of).roll
    # maps with faults know names all the same
    return (roll if len(roll) else None), load_maps(of.folder)[0]


def _sheets(wanted: _Wanted, said: Words) -> list[Sheet]:
    """Return the sheets of the files; where a file cannot be read, end."""
    from analysis.intake.proposals import proposing

    sheets: list[Sheet] = []
    faults: list[Fault] = []
    for file in wanted.files:
        if not file.is_file():
            wrong_usage(said, "no_file", file=str(file))
        read = proposing.sheets_of(file, wanted.encoding)
        if isinstance(read, Fault):
            faults.append(read)
        else:
            sheets += read
    if faults:
        list_faults(said, faults)
        raise typer.Exit(DATA_BLOCK)
    return sheets


def _read_back(workbook: Path, home: Path | None, said: Words) -> None:
    """Take over what a person confirmed in a workbook."""
    from analysis.intake.proposals import confirming

    if not workbook.is_file():
        wrong_usage(said, "no_file", file=str(workbook))
    parts, faults = confirming.read_back(workbook, said)
    if faults:
        list_faults(said, faults)
        raise typer.Exit(DATA_BLOCK)
    if home is not None:
        _taken_over(parts, home, said)


def _taken_over(parts: Sequence[Mapping[str, Any]], home: Path, said: Words) -> None:
    """Write parts into the maps of a round if the maps are sound with them."""
    from analysis.intake.proposals import accepting

    accepted = accepting.accept(home, parts)
    list_faults(said, accepted.faults)
    if not accepted.is_sound:
        say(said, "map.refused")
        raise typer.Exit(DATA_BLOCK)
    try:
        accepting.save(accepted, home)
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(home), reason=refused.strerror or "")
    say(said, "map.accepted", count=str(len(parts)))
