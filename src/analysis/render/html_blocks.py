"""Blocks as HTML: bare and semantic; how it looks stands in the style sheet of the page or of the notebook."""

from __future__ import annotations

import html
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.render.blocks import (
    Beside,
    ChangeBar,
    Chip,
    Column,
    Details,
    Dot,
    Facts,
    Findings,
    Foreign,
    Graphic,
    Group,
    Heading,
    Key,
    Lines,
    Link,
    Masthead,
    Muted,
    Picture,
    Prose,
    Row,
    Stages,
    Status,
    Table,
    Traced,
    Trend,
    Verbatim,
)
from analysis.render.chinese_parts import mark_chinese, mark_words
from analysis.render.column_widths import is_dense
from analysis.render.official_content import Blocks, Closing, Head, Line, OfficialPart, Run
from analysis.render.renderer import Renderer
from analysis.words import OFFICE, language_of, words
from analysis.words.text import MARKS, Figure, Strong, Text

#: size of a bar of change in px
BAR_WIDTH, BAR_HEIGHT = 96, 16


@dataclass(frozen=True)
class Html(Renderer):
    """Turns blocks into HTML.

    Attributes:
        language: of the page; on a page of one that writes no Chinese characters they are marked as Chinese.
    """

    language: str = OFFICE

    def words(self, words: str) -> str:
        """Return plain words, escaped."""
        return self.marked(html.escape(words))

    def marked(self, escaped: str) -> str:
        """Return words that are escaped already, Chinese marked as such where the language writes none itself."""
        return escaped if language_of(self.language).han else mark_words(escaped)

    def text(self, text: Text) -> str:
        """Return a text, every figure as `<data value="…" data-row="…">`."""
        out = []
        for kind, parts in itertools.groupby(text.parts, type):
            if kind is str:
                out.append(self.words("".join(map(str, parts))))
            else:
                out += [self._span(part) for part in parts]
        return "".join(out)

    def _span(self, span: str | Figure | Strong) -> str:
        match span:
            case Figure() if span.row:
                known = attribute("value", span.value) + attribute("data-row", span.row)
                return f"<data{known}>{self(span.text)}</data>{self(span.counter)}{self._marks(span)}"
            case Figure():
                return self(span.text)
            case Strong():
                return f"<b>{self(span.text)}</b>"
            case _:
                return self(span)

    def _marks(self, figure: Figure) -> str:
        """Return the signs behind a figure, each with what it means for whoever rests on it."""
        said = words(self.language)
        titles = [attribute("title", said.label(f"publish.{MARKS[sign]}")) for sign in figure.marks]
        return "".join(
            f'<sup class="inc"{title}>{sign}</sup>' for sign, title in zip(figure.marks, titles, strict=True)
        )

    # -------------------------------------------------------------------------------------- marks

    def chip(self, chip: Chip) -> str:
        """Return the grade in its chip."""
        return f"<span{_classes('chip', chip.tier)}>{self(chip.grade)}</span>"

    def change_bar(self, bar: ChangeBar) -> str:
        """Return the bar as a decorative SVG and the verdict as hidden words."""
        zero, fill, share = BAR_WIDTH / 2, bar.fill, bar.share
        end = zero + share * (zero - 2)
        hue = "fall" if share < 0 else "rise"
        drawing = ""
        if fill == "dashed":
            drawing = f'<path class="dash" d="M{zero:.1f} 8H{end:.1f}"/>'
        elif fill != "none":
            shoulder = end - math.copysign(5, share) if bar.cut else end
            inset = 0.6 if fill == "hollow" else 0.0
            top, bottom = 3 + inset, 13 - inset
            drawing = (
                f'<path class="{fill} {hue}" d="M{zero:.1f} {top}H{shoulder:.1f}L{end:.1f} 8'
                f'L{shoulder:.1f} {bottom}H{zero:.1f}Z"/>'
                if bar.cut
                else f'<path class="{fill} {hue}" d="M{zero:.1f} {top}H{end:.1f}V{bottom}H{zero:.1f}Z"/>'
            )
        axis = "" if fill == "none" else f'<path class="zero" d="M{zero:.1f} 0V{BAR_HEIGHT}"/>'
        hidden = f'<span class="vh">{self(bar.word)}</span>' if bar.word else ""
        return (
            f'<svg class="bar" viewBox="0 0 {BAR_WIDTH} {BAR_HEIGHT}" width="{BAR_WIDTH}" '
            f'height="{BAR_HEIGHT}" aria-hidden="true" focusable="false">{drawing}{axis}</svg>{hidden}'
        )

    def status(self, status: Status) -> str:
        """Return the word, whose mark the style draws."""
        return f'<span class="st {status.kind}">{self(status.word)}</span>'

    def dot(self, dot: Dot) -> str:
        """Return the mark with its hidden word."""
        kind = "on" if dot.on else "off"
        return f'<span class="{kind}" aria-hidden="true"></span><span class="vh">{self(dot.word)}</span>'

    def lines(self, lines: Lines) -> str:
        """Return every line on its own."""
        return "".join(f'<span class="line">{self(line)}</span>' for line in lines.lines)

    def beside(self, beside: Beside) -> str:
        """Return every part in its own span."""
        return "".join(f'<span class="part">{self(part)}</span>' for part in beside.parts)

    def muted(self, muted: Muted) -> str:
        """Return the content in the secondary colour."""
        return f'<span class="sec">{self(muted.content)}</span>'

    def trend(self, trend: Trend) -> str:
        """Return the content in the colour of better or worse."""
        return f'<span class="{"better" if trend.better else "worse"}">{self(trend.content)}</span>'

    def link(self, link: Link) -> str:
        """Return the link."""
        return f"<a{attribute('href', f'#{link.target}')}>{self(link.content)}</a>"

    # -------------------------------------------------------------------------------------- text

    def prose(self, prose: Prose) -> str:
        """Return the paragraphs."""
        if prose.kind == "quote":
            inner = "".join(f"<p>{self(text)}</p>" for text in prose.texts)
            return f'<blockquote class="kai">{inner}</blockquote>'
        mark = "" if prose.kind == "body" else _classes(prose.kind)
        return "".join(f"<p{mark}>{self(text)}</p>" for text in prose.texts)

    def key(self, key: Key) -> str:
        """Return the key on one line."""
        spans = []
        for kind, content in key.items:
            mark = f"<i{_classes(kind)}></i>" if kind else ""
            spans.append(f"<span>{mark}{self(content)}</span>")
        return f'<p class="key">{"".join(spans)}</p>'

    def findings(self, findings: Findings) -> str:
        """Return an ordered list."""
        items = "".join(
            f"<li><b>{self(finding)}</b>"
            + (f'<span class="e">{self(evidence)}</span>' if evidence else "")
            + "</li>"
            for finding, evidence in findings.items
        )
        return f'<ol class="find"{_ident(findings.id)}>{items}</ol>'

    def heading(self, heading: Heading) -> str:
        """Return the heading with its id."""
        return f"<h{heading.level}{_ident(heading.id)}>{self(heading.content)}</h{heading.level}>"

    def masthead(self, masthead: Masthead) -> str:
        """Return the head of the page."""
        mark = f'<span class="mark">{self(masthead.mark)}</span>' if masthead.mark else ""
        title = "<wbr>".join(map(self, masthead.title.split("\u200b")))
        meta = "".join(f"<span>{self(item)}</span>" for item in masthead.meta)
        return (
            f'<header><div class="mast"><span>{self(masthead.issuer)}</span>{mark}</div>'
            f'<h1>{title}</h1><p class="meta">{meta}</p></header>'
        )

    def stages(self, stages: Stages) -> str:
        """Return an ordered list."""
        items = "".join(
            f'<li><b>{self(name)}</b><span class="t">{self(dates)}</span>'
            + "".join(f'<span class="line">{self(line)}</span>' for line in lines)
            + "</li>"
            for name, dates, lines in stages.items
        )
        return f'<ol class="stages">{items}</ol>'

    def facts(self, facts: Facts) -> str:
        """Return a description list."""
        items = "".join(
            f"<div><dt>{self(label)}</dt><dd>{self(figure)}"
            + (f"<small>{self(note)}</small>" if note else "")
            + "</dd></div>"
            for label, figure, note in facts.items
        )
        return f'<dl class="facts">{items}</dl>'

    def details(self, details: Details) -> str:
        """Return the body behind its summary."""
        summary = f"<summary>{self(details.summary)}</summary>"
        return f'<details class="fold"{_of_unit(details.unit)}>{summary}{self(details.body)}</details>'

    def group(self, group: Group) -> str:
        """Return the blocks in order."""
        return "".join(map(self, group.items))

    def traced(self, traced: Traced) -> str:
        """Return the body; where its figures come from is told apart from it."""
        return self(traced.body)

    def verbatim(self, verbatim: Verbatim) -> str:
        """Return the text as it is."""
        return f"<pre>{self(verbatim.text)}</pre>"

    def foreign(self, foreign: Foreign) -> str:
        """Return the markup, in which Chinese can only be found by reading it."""
        return foreign.markup if language_of(self.language).han else mark_chinese(foreign.markup)

    # -------------------------------------------------------------------------------------- tables

    def table(self, table: Table) -> str:
        """Return the table in its wrapper with source line; folded if it is foldable."""
        body = self._bare_table(table, caption_hidden=table.caption_hidden or table.foldable)
        body += self._source(table.source, table.mark)
        if table.foldable:
            number = f'<span class="no">{self(table.number)}</span>' if table.number else ""
            summary = f"<summary>{number}{self(table.caption)}</summary>"
            return f'<details class="fold"{_ident(table.id)}>{summary}{body}</details>'
        return f"<div{_classes('tbl', table.kind)}{_ident(table.id)}>{body}</div>"

    def _bare_table(self, table: Table, *, caption_hidden: bool) -> str:
        sortable = len(table.rows) > 2 and any(column.sortable for column in table.columns)
        names = _classes(
            table.cls, "dense" if is_dense(table) else "", "sort" if sortable else "", table.phone
        )
        head = "".join(self._head_cell(column, sortable) for column in table.columns)
        numeric = [_is_numeric(table, place) for place in range(len(table.columns))]
        body = "".join(self._body_row(table.columns, row, numeric) for row in table.rows)
        made = (
            f'<table{names} role="table">{self._caption(table, hidden=caption_hidden)}'
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
            f'<tbody role="rowgroup">{body}</tbody></table>'
        )
        return f'<div class="scroll">{made}</div>' if table.phone == "scroll" else made

    def _caption(self, table: Table, *, hidden: bool) -> str:
        sub = self(table.subtitle)
        if hidden:
            below = f'<p class="sub">{sub}</p>' if sub and table.foldable else ""
            return f'<caption>{below}<span class="vh">{self(table.caption)}</span></caption>'
        number = f'<span class="no">{self(table.number)}</span> ' if table.number else ""
        below = f'<span class="sub">{sub}</span>' if sub else ""
        return f"<caption>{number}{self(table.caption)}{below}</caption>"

    def _head_cell(self, column: Column, sortable: bool) -> str:
        fixed = " data-nosort" if sortable and not (column.sortable and column.label) else ""
        classes = _classes(column.classes())
        return f'<th role="columnheader" scope="col"{classes}{fixed}>{self(column.label)}</th>'

    def _body_row(self, columns: Sequence[Column], row: Row, numeric: Sequence[bool]) -> str:
        cells = []
        for place, (column, cell) in enumerate(zip(columns, row.complete(), strict=True)):
            names = _classes(column.classes(), cell.cls)
            key = _sort_attribute(cell.sort, numeric[place])
            shown = self(cell.content)
            if place == 0:
                cells.append(f'<th role="rowheader" scope="row"{names}{key}>{shown}</th>')
            else:
                label = attribute("data-l", column.label) if column.label else ""
                cells.append(f'<td role="cell"{names}{label}{key}>{shown}</td>')
        return f'<tr role="row"{_classes(row.cls)}{_of_unit(row.unit)}>{"".join(cells)}</tr>'

    # -------------------------------------------------------------------------------------- figures

    def graphic(self, graphic: Graphic) -> str:
        """Return the figure with caption, both drawings, source and data."""
        label = f"{graphic.id}-alt"
        named = attribute("aria-labelledby", label)
        wide, slim = labelled_svg(graphic.wide, "wide", named), labelled_svg(graphic.slim, "slim", named)
        alt = f"<p{_ident(label)} hidden>{self(graphic.alt)}</p>"
        return self._figure(graphic, f"{alt}{wide}{slim}")

    def _figure(self, graphic: Graphic, drawn: str) -> str:
        number = f'<span class="no">{self(graphic.number)}</span> ' if graphic.number else ""
        sub = f'<span class="sub">{self(graphic.subtitle)}</span>' if graphic.subtitle else ""
        key = f'<p class="key">{self(graphic.key)}</p>' if graphic.key else ""
        data = ""
        if graphic.data:
            summary = f"<summary>{self(graphic.data.caption)}</summary>"
            data = f'<details class="data">{summary}{self._bare_table(graphic.data, caption_hidden=True)}</details>'
        return (
            f"<figure{_ident(graphic.id)}><figcaption>{number}<strong>{self(graphic.title)}</strong>{sub}"
            f"</figcaption>{key}{drawn}{self._source(graphic.source, graphic.mark)}{data}</figure>"
        )

    def _source(self, source: str, mark: str) -> str:
        if not source and not mark:
            return ""
        marked = f"<span{_classes('mk', '' if source else 'alone')}>{self(mark)}</span>" if mark else ""
        return f'<p class="src">{self(source)}{marked}</p>'

    # -------------------------------------------------------------------------------------- the bulletin

    def head(self, head: Head) -> str:
        """Return the note for the reader of the notebook and the lines as paragraphs."""
        return "".join(f'<p class="note">{self(text)}</p>' for text in head.note) + self._official(head)

    def blocks(self, blocks: Blocks) -> str:
        """Return headings below the first level as headings; that of the first level heads the section itself."""
        told = replace(self, language=blocks.language)
        out = []
        for block in blocks.blocks:
            if block.heading and not block.body:
                out.append("" if block.level == 1 else f"<h3>{told._line(block.heading)}</h3>")
            else:
                out.append(told._paragraph((*block.heading, *block.body)))
        return "".join(out)

    def closing(self, closing: Closing) -> str:
        """Return the lines as paragraphs."""
        return self._official(closing)

    def _official(self, part: OfficialPart) -> str:
        return "".join(map(replace(self, language=part.language)._paragraph, part.lines()))

    def _paragraph(self, line: Line) -> str:
        return f"<p>{self._line(line)}</p>" if line else ""

    def _line(self, line: Line) -> str:
        return "".join(map(self._run, line))

    def _run(self, run: Run) -> str:
        inner = self(run.text)
        if run.kind == "gap":
            return f"<mark>{inner}</mark>"
        inner = f"<b>{inner}</b>" if run.kind == "lead" else inner
        return f'<span class="kai">{inner}</span>' if run.office else inner


# ------------------------------------------------------------------------------------------ attributes


def attribute(name: str, value: str) -> str:
    """Return an attribute, a space before it, its value escaped."""
    return f' {name}="{html.escape(value)}"'


def _ident(ident: str) -> str:
    return attribute("id", ident) if ident else ""


def _of_unit(code: str) -> str:
    return attribute("data-unit", code) if code else ""


def _classes(*names: str) -> str:
    joined = " ".join(name for name in names if name)
    return attribute("class", joined) if joined else ""


def _is_numeric(table: Table, place: int) -> bool:
    """Return whether a column is sorted by numbers: then a cell without a number sorts last."""
    return any(isinstance(row.complete()[place].sort, int | float) for row in table.rows)


def _sort_attribute(key: float | str | None, numeric: bool) -> str:
    if isinstance(key, int | float):
        return attribute("data-v", "" if math.isnan(key) else f"{key:.10g}")
    if isinstance(key, str):
        return attribute("data-v", key)
    return attribute("data-v", "") if numeric else ""


def labelled_svg(picture: Picture, cls: str, named: str) -> str:
    """Return a drawing as it stands in a page: an image named by the attribute `named`."""
    return picture.svg(f' class="{cls}" role="img"{named} focusable="false"')
