"""What an officer types into the empty workbook of a rule set: a part of a published set, with measures of its own.

The items are those of 石城县 2018 (https://github.com/chengran520/sc, tables for the responsible units), put to wage
payment; points add up to 100 by items of our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from openpyxl import load_workbook

#: row of the heads of every sheet to be filled in, and the first one below
HEADS, FIRST = 4, 5
Typed = tuple[Sequence[str], Sequence[Sequence[object]]]

#: by sheet: the heads, and what is typed under them; an empty text clears the cell
SHEETS: Final[Mapping[str, Typed]] = {
    "自定指标": (
        ("自定指标", "台账", "怎样数", "哪些行", "其中哪些（比率的分子）", "方向", "口径"),
        [
            ("30日内化解率", "线索案件台账", "比率", "查实", "化解日期在受理日期后 30 日以内", "越高越好",
             "受理后30日内化解的案件占查实案件的比重"),
            ("建筑业未化解案件数", "线索案件台账", "数行数", "查实而未化解；行业为建筑业", "", "越低越好",
             "建筑业查实而未化解的案件"),
        ],
    ),
    "认定事项": (("认定事项",), [("月报次数",), ("研究会议次数",), ("查处案件数",), ("工作不力",)]),
    "细则": (
        ("大类", "指标", "分值", "取数", "计分办法", "参数"),
        [
            ("通用项目（40 分）", "月报", 5, "月报次数", "达标得满分、每差一档扣分",
             "满分线 12；每差 1；扣分 0.5；取数单位 次；方向 越高越好"),
            ("", "研究部署", 3, "研究会议次数", "达标得满分、每差一档扣分",
             "满分线 3；每差 1；扣分 1；取数单位 次；方向 越高越好"),
            ("", "成员单位评价", 12, "成员单位评价得分", "按比例计分", "满分 100"),
            ("", "工资专用账户", 20, "工资专用账户覆盖率", "达到得满分、否则不得分", "不低于 80%"),
            ("履职项目（60 分）", "查处案件", 15, "查处案件数", "按比例计分", "比较：对象 目标值，目标值 10"),
            ("", "处理率", 10, "核处化解率", "达到得满分、否则不得分", "不低于 80%"),
            ("", "未处理的案件", 20, "建筑业未化解案件数", "每发生一起扣分", "扣分 10；计数单位 件"),
            ("", "按期化解", 15, "30日内化解率", "按比例计分", ""),
            ("扣分项", "进京赴省访", "", "进京赴省访", "每发生一起扣分", "扣分 2；计数单位 起；最低分 -10；未报 不扣"),
            ("一票否决", "群体性事件", "", "较大群体性事件", "", "不低于 2"),
        ],
    ),
    "等次与条件": (
        ("等次", "关系", "条件"),
        [("优秀", "", "得分不低于 85；名次前 3"), ("合格", "", "其余"), ("不合格", "符合其一", "触发一票否决"),
         ("", "", "认定 工作不力")],
    ),
    "认定": (
        ("被认定的单位", "认定事项", "是否成立", "次数", "依据"),
        [
            ("990001", "月报次数", "", 11, "办公室登记"),
            ("990001", "研究会议次数", "", 2, "会议纪要第1、4号"),
            ("990001", "查处案件数", "", 8, "监察台账"),
            ("990001", "工作不力", "否", "", "会议纪要第9号"),
        ],
    ),
}  # fmt: skip


def type_into(path: Path, sheets: Mapping[str, Typed] = SHEETS) -> None:
    """Type into the sheets of a workbook, from the first row below the heads on."""
    book = load_workbook(path)
    for name, (heads, rows) in sheets.items():
        page = book[name]
        columns = {cell.value: cell.column for cell in page[HEADS]}
        for row, texts in enumerate(rows, FIRST):
            for head, text in zip(heads, texts, strict=True):
                page.cell(row, columns[head]).value = text or None
    book.save(path)
