"""How blocks travel in an executed notebook: as JSON that says what they are, written and read here only.

A block is `{"is": name, field: value, …}` without the fields that have their default; tuples are lists, a `Text` is
`{"text": [span, …]}`, a span is words, a figure `[printed, value, row, column, form, marks, counter]` with the last
ones left out where they say nothing, or `{"strong": [span, …]}`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from analysis.render.blocks import Display, Part
from analysis.words.formats import Form
from analysis.words.text import Figure, Strong, Text

BLOCK_MIME: Final = "application/vnd.assess.block+json"
_USUAL: Final = Form()
_SCALARS: Final = (str, int, bool, type(None))


class UnknownBlockError(ValueError):
    """The JSON names a block that does not exist, or gives it what it does not take: another version wrote it."""


def to_json(block: Display) -> dict[str, Any]:
    """Return a block as JSON.

    Raises:
        TypeError: something in it cannot be written; names what.
    """
    written: dict[str, Any] = _written(block)
    return written


def from_json(record: Mapping[str, Any]) -> Display:
    """Return the block `to_json` has written.

    Raises:
        UnknownBlockError: no version known here has written it.
    """
    block = _read(record)
    if not isinstance(block, Display):
        raise UnknownBlockError(f"{record.get('is')!r} is no block")
    return block


def _written(value: object) -> Any:
    match value:
        case Part():
            given = ((field, getattr(value, field.name)) for field in fields(value))  # type: ignore[arg-type]  # all are dataclasses
            told = {field.name: _written(item) for field, item in given if not _is(item, field.default)}
            return {"is": value.kind_name, **told}
        case Text():
            return {"text": [_span(span) for span in value.parts]}
        case tuple():
            return [_written(item) for item in value]
        case float():
            return value if math.isfinite(value) else {"number": str(value)}
        case Mapping():
            return {"data": value}
    if isinstance(value, _SCALARS):
        return value
    raise TypeError(f"a block cannot hold {value!r} ({type(value).__name__})")


def _is(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default


def _span(span: str | Figure | Strong) -> Any:
    match span:
        case Figure():
            told = [span.text, span.value, span.row, span.column]
            if span.marks:
                known = [*told, span.form and _form(span.form), span.marks]
                return [*known, span.counter] if span.counter else known
            if span.form:
                return [*told, _form(span.form)]
            return told if span.column != Figure.column else told[:3]
        case Strong():
            return {"strong": [_span(part) for part in span.text.parts]}
    return span


def _form(form: Form) -> dict[str, Any]:
    given = {field.name: getattr(form, field.name) for field in fields(form)}
    told = {name: value for name, value in given.items() if value != getattr(_USUAL, name)}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in told.items()}


def _read(value: Any) -> Any:
    match value:
        case {"is": name, **given}:
            return _part(name, given)
        case {"text": spans}:
            return _text(spans)
        case {"number": number}:
            return float(number)
        case {"data": data}:
            return data
        case list():
            return tuple(_read(item) for item in value)
    return value


def _part(name: Any, given: Mapping[Any, Any]) -> Part:
    if name not in Part.kinds:
        raise UnknownBlockError(f"no block is called {name!r}")
    try:
        return Part.kinds[name](**{field: _read(value) for field, value in given.items()})
    except TypeError as error:
        raise UnknownBlockError(f"{name}: {error}") from error


def _text(spans: Sequence[Any]) -> Text:
    return Text(*(_span_read(span) for span in spans))


def _span_read(span: Any) -> str | Figure | Strong:
    match span:
        case [text, value, row, column, form, *marked]:
            return Figure(text, value, row, column, form if form is None else _form_read(form), *marked)
        case [text, value, row, *column]:
            return Figure(text, value, row, *column)
        case {"strong": spans}:
            return Strong(_text(spans))
    return str(span)


def _form_read(told: Mapping[str, Any]) -> Form:
    return Form(**{**told, "divisor": Decimal(told.get("divisor", _USUAL.divisor))})
