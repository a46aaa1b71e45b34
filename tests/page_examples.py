"""A small page of made-up units, built as a notebook from the displays; the publish tests export it.

Units, firms and figures are invented. The page has what the report has: a first screen with findings and a board
of nine, figures, a matrix, a long table, a ledger, the arithmetic of a score and an annex.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from fontTools import subset
from fontTools.ttLib import TTFont
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.render.blocks import (
    PAGE_MIME,
    Beside,
    Cell,
    ChangeBar,
    Chip,
    Column,
    Details,
    Display,
    Dot,
    Facts,
    Findings,
    Graphic,
    Group,
    Heading,
    Key,
    Link,
    Masthead,
    Muted,
    Picture,
    Prose,
    Row,
    Stages,
    Status,
    Table,
)
from analysis.render.fonts import FACES, font_folder
from analysis.words import Figure, Strong, Text

MARK = "示例数据（合成）"
TITLE = "云州市2020年度\u200b保障农民工工资支付工作\u200b考核报告"

#: unit, grade, score, then (change, verdict, printed) of cases, workers, amount
BOARD = (
    (
        "云上新区",
        "A",
        97.2,
        (-0.44, "too_few", "9→5"),
        (-0.51, "too_few", "84→41"),
        (-0.54, "too_few", "96→44"),
    ),
    ("海角区", "A", 95.1, (-0.399, "clear_fall", ""), (-0.459, "clear_fall", ""), (-0.505, "clear_fall", "")),
    ("石榴县", "A", 93.8, (-0.404, "clear_fall", ""), (-0.467, "clear_fall", ""), (-0.484, "not_clear", "")),
    ("白鹿区", "A", 90.5, (-0.227, "not_clear", ""), (-0.326, "not_clear", ""), (-0.34, "not_clear", "")),
    (
        "金桥开发区",
        "A",
        88.2,
        (-0.349, "clear_fall", ""),
        (-0.379, "clear_fall", ""),
        (-0.472, "clear_fall", ""),
    ),
    ("青梅县", "B", 87.4, (-0.096, "not_clear", ""), (-0.149, "not_clear", ""), (-0.108, "not_clear", "")),
    ("红枫县", "B", 75.7, (0.443, "clear_rise", ""), (0.361, "not_clear", ""), (0.382, "not_clear", "")),
    ("芦花区", "B", 74.1, (0.052, "not_clear", ""), (0.079, "not_clear", ""), (0.149, "not_clear", "")),
    ("望山区", "B", 69.4, (None, "not_reported", "未报"), (0.219, "not_clear", ""), (0.283, "not_clear", "")),
)


def figure(text: str, value: float, row: str) -> Figure:
    """Return a figure as `Words.figure` makes it."""
    return Figure(text, str(value), row)


def signed(change: float) -> str:
    """Return a change as the page prints it."""
    return f"{change:+.1%}".replace("-", "−")


def masthead() -> Masthead:
    """Return the head of the page."""
    meta = (
        "考核年度：2020",
        "通报：2022年3月31日",
        "数据截至：2022年3月31日",
        "公开级别：市级内部",
        "数字均为虚构",
    )
    return Masthead(TITLE, "云州市根治拖欠农民工工资工作领导小组办公室", meta, MARK)


def findings() -> Findings:
    """Return five findings of two lines."""
    cases = figure("−16.8%", -0.168, "130000.2020.2019.change_cases.exact")
    return Findings(
        (
            (
                Text(
                    "全市欠薪案件数、涉及人数、涉及金额同比变化为",
                    cases,
                    "、−21.7%、−25.1%，三项下降都明确。",
                ),
                Text("案件537→447件，涉及5,627→4,405人，6,487.3→4,856.8万元。"),
            ),
            (
                Text("五个单位评为A级，四个评为B级，没有C级。"),
                Text("第5名金桥开发区与第6名青梅县相差0.8分。"),
            ),
            (
                Text("海角区、石榴县、金桥开发区案件明确下降，红枫县明确上升44.3%。"),
                Text("云上新区件数过少，不作判断。"),
            ),
            (
                Text("核处化解率全市91.7%（410/447），望山区75.0%（27/36），明确偏低。"),
                Text("低于99.8%界限。"),
            ),
            (
                Text("上轮31个问题已解决22个，6个重复出现，3个加重。"),
                Text("本轮台账26项，截至3月31日有3项逾期。"),
            ),
        ),
        id="findings",
    )


def board() -> Table:
    """Return the board of nine units."""
    columns = (
        Column("unit", "单位", cls="nw"),
        Column("grade", "等次", cls="g"),
        Column("score", "得分", "right", cls="sc"),
        Column("cases", "欠薪案件", cls="dec"),
        Column("workers", "涉及人数", cls="dec"),
        Column("amount", "涉及金额", cls="dec"),
    )
    rows = []
    for place, (unit, grade, score, *changes) in enumerate(BOARD, 1):
        cells: list[Cell] = [
            Cell(unit, sort=place),
            Cell(Chip(grade), sort=grade),
            Cell(Text(Strong(Text(figure(f"{score:.1f}", score, f"grade.{place}")))), sort=score),
        ]
        for change, verdict, printed in changes:
            judged = verdict in {"clear_fall", "clear_rise", "not_clear"} and change is not None
            words = printed or signed(change or 0.0)
            content = Text(words) if judged else Muted(words)
            bar = ChangeBar(change, verdict, 0.6, word=verdict)
            cells.append(Cell(Beside((content, bar)), sort=change if judged else None))
        rows.append(Row(tuple(cells), "cut" if place == 5 else ""))
    return Table(
        "board", "考核结果一览", columns, tuple(rows), cls="board", phone="stack", caption_hidden=True
    )


def drawing(prefix: str, width: int, height: int) -> Picture:
    """Return a small bar chart like those of `charts`."""
    step = height / len(BOARD)
    bars = []
    for place, (unit, _grade, score, *_changes) in enumerate(BOARD):
        y = step * place
        bars.append(
            f'<text x="0" y="{y + step * 0.65:.1f}" style="font: 13px \'Report Sans SC\'; fill: #1f2933">{unit}</text>'
            f'<rect x="90" y="{y + 4:.1f}" width="{(width - 150) * score / 100:.1f}" height="{step - 8:.1f}" '
            'fill="#1f5a96"/>'
            f'<text x="{100 + (width - 150) * score / 100:.1f}" y="{y + step * 0.65:.1f}" '
            f"style=\"font: 13px 'Report Sans SC'; fill: #1f2933\">{score:.1f}</text>"
        )
    return Picture(width, height, f' id="{prefix}"', "".join(bars))


def graphic(ident: str = "fig-scores", number: str = "图1", height: int = 280) -> Graphic:
    """Return a figure with two drawings and its data."""
    data = Table(
        f"{ident}-data",
        f"{number}的数据",
        (Column("unit", "单位"), Column("score", "得分", "right")),
        tuple(Row((unit, Cell(f"{score:.1f}", sort=score))) for unit, _grade, score, *_rest in BOARD),
    )
    return Graphic(
        id=ident,
        number=number,
        title=Text(
            "失分集中在指标下降和案件查处，",
            figure("五个", 5, "130000.2020.units_grade_A"),
            "单位得分在85分以上",
        ),
        subtitle="得分，2020年度，九个单位按得分排列",
        alt=Text("条形图：云上新区得分", figure("97.2", 97.2, "grade.1"), "，望山区得分69.4。"),
        wide=drawing(f"{ident}-w", 840, height),
        slim=drawing(f"{ident}-s", 358, 260),
        source="来源：评分表（九个单位，162个得分）。",
        mark=MARK,
        data=data,
    )


def matrix() -> Table:
    """Return units × problem groups."""
    groups = ("排查化解力度不足", "工资支付制度不到位", "执法惩戒不够有力")
    columns = (
        Column("unit", "单位"),
        Column("grade", "等次", "center", cls="g"),
        *(Column(f"group{place}", words, "center") for place, words in enumerate(groups)),
        Column("groups", "类数", "center"),
    )
    rows = []
    for place, (unit, grade, *_rest) in enumerate(BOARD):
        marks = [(place + group) % 3 == 0 or (group == 2 and place > 6) for group in range(3)]
        dots = tuple(Dot(on, "点名" if on else "未点名") for on in marks)
        rows.append(
            Row(
                (unit, Chip(grade), *dots, str(sum(marks)) if any(marks) else "—"),
                "cut" if place == 4 else "",
            )
        )
    return Table(
        "problems-matrix",
        "五个A级单位中四个被点名",
        columns,
        tuple(rows),
        "圆点为点名的单位",
        "来源：省级反馈、问题整改台账。",
        "表1",
        MARK,
        cls="matrix",
    )


def ledger() -> Table:
    """Return problems with their deadlines."""
    columns = (
        Column("no", "编号", cls="nw"),
        Column("unit", "单位", cls="u nw"),
        Column("wording", "问题", cls="long"),
        Column("post", "责任人", cls="nw"),
        Column("deadline", "时限", "right"),
        Column("status", "状态", cls="s"),
    )
    lines: tuple[tuple[str, str, str, str, str, Status], ...] = (
        (
            "A-01",
            "望山区",
            "线索核处化解率75.0%（27/36），低于99.8%界限",
            "人社局局长",
            "5月31日",
            Status("late", "逾期"),
        ),
        (
            "B-04",
            "红枫县",
            "3个在建项目施工合同未约定人工费拨付周期",
            "住建局局长",
            "5月31日",
            Status("late", "逾期"),
        ),
        ("A-03", "芦花区", "省级转办线索超期办结4件", "人社局局长", "6月30日", Status("again", "反复")),
        (
            "C-02",
            "海角区",
            "2件查实案件仅追回工资、未立案查处",
            "人社局局长",
            "6月30日",
            Status("open", "整改中"),
        ),
        (
            "B-09",
            "石榴县",
            "劳动合同未约定劳动报酬（抽查40份中7份）",
            "人社局局长",
            "5月31日",
            Status("done", "已销号"),
        ),
    )
    rows = tuple(Row(tuple(Cell(cell) for cell in line)) for line in lines)
    return Table(
        "ledger",
        "26项整改问题，3项逾期，1项反复",
        columns,
        rows,
        "截至2022年3月31日；责任人写职务",
        "来源：问题整改台账。",
        "表2",
        MARK,
        cls="ledger",
        phone="stack",
    )


def long_table(rows: int = 70) -> Table:
    """Return a table longer than a page."""
    columns = (
        Column("code", "指标", cls="nw"),
        Column("name", "名称", cls="nw"),
        Column("definition", "口径", cls="long"),
        Column("points", "分值", "right"),
    )
    lines = tuple(
        Row(
            (
                f"{place // 9 + 1}.{place % 9 + 1}",
                f"第{place + 1}项指标",
                "分子为按期完成的件数，分母为应完成的全部件数；未报的单位不计分，也不以零代替。"
                * (1 + place % 2),
                Cell("2.0", sort=2.0),
            )
        )
        for place in range(rows)
    )
    return Table(
        "indicators", f"{rows}项指标的口径", columns, lines, "分值合计100分", "来源：规则集。", "表3", MARK
    )


def stages() -> Stages:
    """Return the three stages."""
    return Stages(
        (
            ("县区自查", "2021年1月至5月", ("评分表9/9份", "自查报告9/9份")),
            ("实地核查", "2021年10月", ("在建项目抽查54个", "线索案件抽查90件")),
            ("综合量化评价", "2021年11月至2022年3月", ("成员单位意见11/12份", "省级反馈问题14条")),
        )
    )


def key() -> Key:
    """Return the key of the board."""
    return Key(
        (("", "同比变化："), ("solid", "明确"), ("hollow", "不明确"), ("dashed", "件数过少，只列数量"))
    )


def sections() -> dict[str, Display]:
    """Return the page's sections by id."""
    body = (
        "2020年度考核分三个阶段进行。各阶段应报材料九个单位全部报齐，成员单位评价意见缺一份，不以零分代替。"
    )
    quote = "排查化解欠薪问题工作需加强。属地监管责任压得还不够实，“一还了之”、（时紧时松）问题仍然存在。"
    whole = Link("annex-scores", "附件二")
    return {
        "summary": Group((masthead(), findings(), board(), key())),
        "organisation": Group((Prose((Text(body), Text(body))), stages())),
        "results": Group(
            (Prose((Text(body * 2),)), graphic(), Heading("firmness", "等次是否稳固"), Prose((body,)))
        ),
        "declines": Group((Prose((Text(body),)), graphic("fig-declines", "图2", 420))),
        "problems": Group((Heading("", "（一）分布"), matrix(), Prose((quote,), "quote"))),
        "rectification": Group((ledger(), Prose(("推导见附件。",), "note"))),
        "requirements": Prose((Text(body),)),
        "annex-indicators": long_table(),
        "annex-scores": Group(
            (Details("其余各项", Prose((Text(body),))), Facts((("见", whole, Muted("推导")),)))
        ),
    }


def page_data(**changes: Any) -> dict[str, Any]:
    """Return what the set-up cell says about the page."""
    return {
        "kind": "report",
        "language": "zh",
        "title": TITLE,
        "round": "2020",
        "synthetic": True,
        "mark": MARK,
        "issuer": "云州市根治拖欠农民工工资工作领导小组办公室",
        "short_title": "2020年度考核报告",
        "as_of": "2022-03-31",
        "footer": ["各单位的数字均为虚构，只用于测试。", "规则集“示例” · 输入10个文件"],
        "extra_fonts": [],
    } | changes


def notebook(parts: dict[str, Display] | None = None, **changes: Any) -> nbformat.NotebookNode:
    """Return an executed notebook that shows the sections; `changes` go into the page's data."""
    setup = new_code_cell(
        "page = report.open(round_id, language)\npage", id="setup", metadata={"tags": ["setup"]}
    )
    setup.outputs = [new_output("execute_result", {PAGE_MIME: page_data(**changes), "text/plain": "page"})]
    parameters = new_code_cell('round_id = "2020"', id="parameters", metadata={"tags": ["parameters"]})
    cells = [new_markdown_cell("# 5 报告", id="title"), parameters, setup]
    for ident, display in (sections() if parts is None else parts).items():
        shown = new_code_cell(f"page.{ident.replace('-', '_')}()", id=f"{ident}-shown")
        shown.outputs = [new_output("execute_result", display._repr_mimebundle_())]
        cells += [new_markdown_cell(f"## {ident}", id=ident), shown]
    return new_notebook(cells=cells)


def extra_font(folder: Path) -> Path:
    """Write a font of one character, `✔` (drawn as A), which the package's fonts lack; return its path."""
    path = folder / "Extra.ttf"
    with TTFont(font_folder() / FACES["sans"].file, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(subset.Options(notdef_outline=True, layout_features=[]))
        cutter.populate(text="A")
        cutter.subset(font)
        for table in font["cmap"].tables:
            table.cmap = {ord("✔"): name for name in table.cmap.values()}
        for record in font["name"].names:
            record.string = (
                str(record).replace("Report Sans SC", "Example Extra").replace("ReportSansSC", "ExampleExtra")
            )
        font.save(path)
    return path
