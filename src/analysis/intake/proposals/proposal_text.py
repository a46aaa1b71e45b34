"""A proposal as a part of `maps.yaml`, each guess with its reason as a comment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from analysis.intake.declared.maps_file import known_fields
from analysis.intake.proposals.proposal import IGNORED, PERSONS, Guess, Proposal
from analysis.intake.template_workbooks.filled_templates import field_key
from analysis.rounds.units import normal_name
from analysis.words import Words


def written(proposal: Proposal, said: Words) -> str:
    """Return a proposal as a part of `maps.yaml`, each guess with its reason as a comment."""
    return "\n".join(_lines(proposal, said)) + "\n"


def _lines(p: Proposal, said: Words) -> Iterator[str]:
    yield f"# {said.label('mapping.head')}"
    second = said("mapping.runner_up", ledger=p.runner_up).plain if p.runner_up else ""
    yield f"# {said('mapping.ledger', ledger=p.ledger.name, name=said.label(f'ledger.{p.ledger.name}')).plain}{second}"
    yield from (f"# {question}" for question in questions(p, said))
    if p.codes:
        # a key under which all is a comment would hold nothing
        known = {name for name, answers in p.codes.items() if any(answers.values())}
        yield "codes:" if known else "# codes:"
        for name, answers in p.codes.items():
            yield f"  {name}:" if name in known else f"  # {name}:"
            yield from (_answer_line(p, name, written, said) for written in answers)
    if p.aliases:
        yield f"aliases:   # {said.label('mapping.aliases')}"
        yield from (
            f"  {_quoted(unit)}: [{', '.join(map(_quoted, texts))}]" for unit, texts in p.aliases.items()
        )
    yield "ledgers:"
    yield f"  {p.ledger.name}:"
    yield from _place_lines(p, said)
    if p.encoding:
        yield f"    encoding: {p.encoding}"
    if p.body.footer:
        yield f"    footer: {_quoted(p.body.footer)}   # {said.label('mapping.footer')}"
    if len(p.orders) == 1:
        yield f"    values: {{day_order: {p.orders[0]}}}   # {said.label('mapping.day_order')}"
    if p.without_day:
        yield f"    without_day: [{', '.join(p.without_day)}]   # {said.label('mapping.without_day')}"
    if p.unit_of_measure:
        yield "    unit_of_measure:"
        for name, measure in p.unit_of_measure.items():
            yield f"      {name}: {measure}   # {said.label('mapping.unit_of_measure')}"
    yield from _field_lines(p, said)


def _place_lines(p: Proposal, said: Words) -> Iterator[str]:
    """Yield where the table stands, and what the names there say."""
    yield f"    file: {_listed(p.place.files)}"
    if p.place.sheets:
        yield f"    sheet: {_listed(p.place.sheets)}"
    if p.ranges:
        yield f"    range: [{', '.join(p.ranges)}]   # {said.label('mapping.range')}"
    if p.blocks:
        yield f"    block: {_quoted(p.blocks.pattern)}   # {said.label('mapping.block')}"
    by = json.dumps(p.place.unit_pattern)
    of_unit = f"{{name: {p.unit_from}, pattern: {by}}}" if p.place.unit_pattern else p.unit_from
    unit = _quoted(p.place.unit) if p.place.unit else ""
    for key, name in (("unit_from", of_unit), ("unit", unit), ("year_from", p.place.year_from)):
        if name:
            yield f"    {key}: {name}   # {said.label(f'mapping.{key}')}"
    if p.snapshot:
        yield f"    snapshot: {p.snapshot}   # {said.label('mapping.snapshot')}"
    where = said.label("mapping.header_rows_of_block" if p.blocks else "mapping.header_rows")
    yield f"    header_rows: [{', '.join(map(str, p.header_rows))}]   # {where}"


def questions(p: Proposal, said: Words) -> Iterator[str]:
    """Yield what a person has to decide before the map can be right."""
    if p.missing:
        fields = said.label("punctuation.list").join(field_named(p, name, said) for name in p.missing)
        yield said("mapping.missing", fields=fields).plain
    if p.units_across > 1:
        yield said("mapping.units_across", number=str(p.units_across)).plain
    if p.body.second:
        yield said("mapping.second", row=str(p.body.second)).plain
    for number, reading in enumerate(p.readings, 1):
        columns = [
            said("mapping.total", field=field, header=header, total=total).plain
            for field, (header, total) in reading.columns.items()
        ]
        listed = said.label("punctuation.list").join(columns)
        yield said("mapping.reading", number=str(number), columns=listed).plain
    if len(p.orders) > 1:
        yield said("mapping.day_orders", orders=said.label("punctuation.list").join(p.orders)).plain


def field_named(p: Proposal, name: str, said: Words) -> str:
    """Return how the templates call a field, with its code: 受理日期〔received_on〕."""
    return f"{said.label(f'{field_key(p.ledger, name)}.header')}〔{name}〕"


def _field_lines(p: Proposal, said: Words) -> Iterator[str]:
    named = [guess for guess in p.guesses if guess.field in known_fields(p.ledger)]
    yield "    fields:" if named else "    fields: {}"
    for guess in named:
        yield f"      {guess.field}: [{_quoted(called(p, guess))}]   # {reason_of(guess, said)}"
    if p.wide[0]:
        yield f"    wide:   # {said.label('mapping.reason.item')}"
        yield f"      item: '{p.wide[0]}'"
        if p.wide[1]:
            yield f"      full: '{p.wide[1]}'"
    for name in (PERSONS, IGNORED):
        if found := p.of(name):
            yield f"    {name}:"
            yield from (
                f"      - {_quoted(called(p, guess))}   # {reason_of(guess, said)}" for guess in found
            )


def _answer_line(p: Proposal, name: str, written: str, said: Words) -> str:
    answer = p.codes[name][written]
    if answer is None:
        return f"    # {_quoted(written)}: ?   # {said.label('mapping.unknown_code')}"
    why = f"   # {said.label('mapping.usual_code')}" if (name, written) in p.usual else ""
    return f'    {_quoted(written)}: "{answer}"{why}'


def reason_of(guess: Guess, said: Words) -> str:
    """Return how sure a guess is, and why."""
    sure = said.label(f"mapping.confidence.{guess.confidence}")
    return said("mapping.guess", confidence=sure, reason=said.label(f"mapping.reason.{guess.reason}")).plain


def _listed(names: tuple[str, ...]) -> str:
    return _quoted(names[0]) if len(names) == 1 else f"[{', '.join(map(_quoted, names))}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def called(proposal: Proposal, guess: Guess) -> str:
    """Return by which name a map calls a column: its lowest level, or all of them where that stands twice."""
    ledger = proposal.ledger
    often = Counter(normal_name(one.header.last) for one in proposal.guesses)
    # in a wide summary one name stands over the columns of all periods
    of_all = ledger.measures and proposal.wide[0] and guess.field in ledger.measures
    return guess.header.last if often[normal_name(guess.header.last)] == 1 or of_all else guess.header.full


def source_of(proposal: Proposal) -> dict[str, Any]:
    """Return the source of a proposal as `maps.yaml` has it, without what its columns are taken for."""
    place = proposal.place
    item, full = proposal.wide
    found: dict[str, Any] = {
        "file": list(place.files),
        "sheet": list(place.sheets),
        "range": list(proposal.ranges),
        "block": [proposal.blocks.pattern] if proposal.blocks else [],
        "unit_from": (
            {"name": proposal.unit_from, "pattern": place.unit_pattern}
            if place.unit_pattern
            else proposal.unit_from
        ),
        "unit": place.unit,
        "year_from": place.year_from,
        "snapshot": proposal.snapshot,
        "encoding": proposal.encoding,
        "header_rows": list(proposal.header_rows),
        "footer": proposal.body.footer,
        "without_day": list(proposal.without_day),
        "values": {"day_order": proposal.orders[0]} if len(proposal.orders) == 1 else {},
        "fields": {},
    }
    if item:
        found["wide"] = {"item": item, **({"full": full} if full else {})}
    return {name: value for name, value in found.items() if value or name == "fields"}
