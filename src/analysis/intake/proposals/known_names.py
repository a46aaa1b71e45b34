"""By which names the fields are known, and whether a header says one of them, or something near it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.intake.declared.ledgers import LEDGERS, UNIT_FIELDS, YEAR, Ledger
from analysis.intake.declared.maps import Maps
from analysis.intake.declared.maps_file import known_fields
from analysis.intake.sheet_tables.header_columns import narrow_header
from analysis.intake.sheet_tables.ledger_tables import Header
from analysis.intake.template_workbooks.filled_templates import field_key
from analysis.rounds.units import normal_name
from analysis.words import LANGUAGES, OFFICE, words

Nearness = Literal["name", "like", "part"]
Names = Mapping[str, Mapping[str, frozenset[str]]]

_SEVERAL: Final = re.compile(r"[、,;，；]\s*")
_NOT_A_SIGN: Final = re.compile(r"[\W_]+")
_LATIN: Final = re.compile(r"[a-z]")
_SHORTEST: Final = 2
#: what a header says it holds; a field of another kind is not meant, whatever else the header says
_KINDS: Final = {
    "day": re.compile(
        r"日期|时间|[日月]$|月份|年月|季度|年度|\b(?:dates?|days?|months?|years?|quarters?|time)\b"
    ),
    "code": re.compile(r"代码|编码|编号|号码|\b(?:codes?|naics|sic|zip|ids?)\b"),
    "rate": re.compile(r"率|占比|比例|比重|百分|%|\b(?:rate|ratio|percent(?:age)?|share|pct)\b"),
    "mean": re.compile(r"平均|人均|户均|\b(?:average|mean|median|per)\b"),
    "length": re.compile(r"天数|工期|时长|\b(?:duration|weeks|hours)\b"),
}
_OF_FIELD: Final = {"day": {"day"}, "period": {"day"}, "code": {"code"}, "codes": {"code"}, "year": {"day"}}
#: 应公布 is not 已公布, and 未支付 not 已支付; 应急 and 对应 say nothing of the kind
_DUE: Final = re.compile(r"(?<![反对供适响相])应(?![急用对邀])|须|需要|\b(?:due|to be|should|must)\b")
_NOT: Final = re.compile(r"未|尚无|没有|\b(?:not|un\w+|non|without|outstanding)\b")
#: a name of one of these words alone says hardly anything once other words stand beside it
_GENERAL: Final = frozenset(
    {
        *("代码", "编码", "编号", "名称", "类型", "类别", "单位", "地区", "日期", "时间", "人数", "金额"),
        *("来源", "项目", "内容", "情况", "结论", "问题", "数量"),
        *("code", "date", "number", "no", "amount", "sum", "total", "name", "type", "source", "people"),
        *("persons", "received", "paid", "cases"),
    }
)
#: what stands around the word of which a header speaks: 是否化解, 办结情况
_AROUND: Final = re.compile(r"^是否已?|(?:情况|状态|与否)$")
#: words of a name that tell score sheets apart, which have the same columns
_NAMED: Final = {
    "self_marks": ("自查", "自评", "self"),
    "field_marks": ("核查", "实地", "field"),
    "department_marks": ("成员单位", "部门", "department"),
    "marks": ("第三方", "暗访", "满意度", "平时", "marks"),
    "figures": ("指标数", "figures"),
    "summary": ("汇总", "统计", "summary"),
}
#: the part of a place in a header, by which its code or name is that of a unit
_PLACE: Final = re.compile(
    r"县|区|市|州|单位|属地|\b(?:county|district|area|region|prefecture|unit|jurisdiction|province)\b"
)


@dataclass(frozen=True)
class Spelled:
    """A header as it is compared: every way to say it, and whether one of them stands for the whole.

    Attributes:
        keys: its spellings: the lowest level where no other column has it, all levels, and two of them together.
        text: all of it in small letters, for the kind of thing it names.
    """

    keys: tuple[str, ...]
    text: str


def names_of_fields(maps: Maps | None) -> Names:
    """Return the names each field of each ledger is known by: of the templates, of the maps."""
    return {name: _names_of(ledger, maps) for name, ledger in LEDGERS.items()}


def _names_of(ledger: Ledger, maps: Maps | None) -> dict[str, frozenset[str]]:
    sources = maps.ledgers.get(ledger.name, []) if maps else []
    found = {}
    for one in known_fields(ledger):
        key = field_key(ledger, one)
        said = [words(language) for language in LANGUAGES]
        written = [each.label(f"{key}.header") for each in said]
        written += [other for each in said for other in _SEVERAL.split(each.label(f"{key}.also"))]
        written += [other for mapped in sources for other in mapped.fields.get(one, [])]
        found[one] = frozenset({key_of(other) for other in written} - {""})
    return found


def key_of(text: str) -> str:
    """Return a name as it is compared: without its unit of measure, Latin words with single spaces between them."""
    narrow = narrow_header(text).lower()
    return " ".join(_NOT_A_SIGN.sub(" ", narrow).split()) if _LATIN.search(narrow) else normal_name(narrow)


def spelled(headers: Sequence[Header]) -> dict[int, Spelled]:
    """Return column → its header as it is compared."""
    often = Counter(key_of(header.last) for header in headers)
    found = {}
    for header in headers:
        levels = [key_of(level) for level in header.levels]
        keys = [] if often[levels[-1]] > 1 and len(levels) > 1 else [levels[-1]]
        keys.append("/".join(levels))
        if len(levels) > 1:
            # 移送公安 over 是否 says 是否移送公安, and 公布 over 应 says 应公布
            keys += [levels[-2] + levels[-1], levels[-1] + levels[-2]]
        found[header.column] = Spelled(tuple(dict.fromkeys(keys)), " ".join(levels))
    return found


def nearest(header: Spelled, names: Mapping[str, Iterable[str]], ledger: Ledger) -> dict[str, Nearness]:
    """Return the fields a header may mean, with how near it comes to one of their names.

    `name`: it is one; `like`: it says one and more; `part`: it says less, or says one that stands for much.
    """
    found: dict[str, Nearness] = {}
    for field, known in names.items():
        ways = [_near(key, name) for key in header.keys for name in known]
        for nearness in ("name", "like", "part"):
            if nearness in ways and (nearness == "name" or _may_be(header, field, known, ledger)):
                found[field] = nearness
                break
    # 核查是否属实 holds 核查 and 是否属实, and means what it says more of
    said = {field: _longest(header, names[field]) for field, near in found.items() if near == "like"}
    most = max(said.values(), default=0)
    return {field: near for field, near in found.items() if said.get(field, most) == most}


def _longest(header: Spelled, known: Iterable[str]) -> int:
    """Return the length of the longest name of a field that a header holds."""
    return max(len(name) for name in known if any(_near(key, name) == "like" for key in header.keys))


def names_a_code(text: str) -> bool:
    """Return whether a header says that it holds codes or numbers used as names."""
    return _KINDS["code"].search(text) is not None


def is_general(header: Spelled) -> bool:
    """Return whether a header is a word that stands for much: 金额, Amount."""
    return any(key in _GENERAL for key in header.keys)


def is_named(ledger: Ledger, place: str) -> bool:
    """Return whether the name of a file or sheet is that of a ledger."""
    label = words(OFFICE).label(f"ledger.{ledger.name}")
    return any(word in place for word in (*_NAMED.get(ledger.name, ()), label, label.removesuffix("台账")))


def _near(key: str, name: str) -> Nearness | None:
    if key == name:
        return "name"
    if min(len(key), len(name)) < _SHORTEST:
        return None
    if _holds(key, name):
        return "part" if name in _GENERAL else "like"
    stem = _AROUND.sub("", key)
    return "part" if len(stem) >= _SHORTEST and _holds(name, stem) else None


def _holds(text: str, part: str) -> bool:
    """Return whether a name holds another; of Latin ones as whole words."""
    return f" {part} " in f" {text} " if _LATIN.search(part) else part in text


def _may_be(header: Spelled, field: str, known: Iterable[str], ledger: Ledger) -> bool:
    """Return whether what else a header says leaves a field possible: kind of thing, due or done, place or not."""
    one = ledger.fields.get(field)
    if field in UNIT_FIELDS and not _PLACE.search(header.text):
        return False
    kind = YEAR if field == YEAR else "code" if field == UNIT_FIELDS[0] else one.kind if one else ""
    said = {name for name, form in _KINDS.items() if form.search(header.text)}
    if not said <= _OF_FIELD.get(kind, set()):
        return False
    senses = {_sense(name) for name in known}
    return any(_sense(key) in senses for key in header.keys)


def _sense(text: str) -> tuple[bool, bool]:
    return _DUE.search(text) is not None, _NOT.search(text) is not None
