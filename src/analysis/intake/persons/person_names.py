"""The names of persons, learnt from the columns about persons, and found again in the free text of other cells.

Which words are names cannot be told by looking at them, so they are learnt: whatever stands in a column about persons
is one. They live in the memory of the process that read the files: never in a frame, a log or a file.

- A learnt name that is no ordinary word is **sure**: wherever it stands in the free text of a cell it is masked, and
  nothing is published in which it still stands.
- One that is also a word of ours, of the trade (安全, 建设), a place, a unit, or what people write where they have no
  name (无, 财务科) is **doubtful**: it is masked where it cannot be anything else, which is as the whole of a cell,
  behind the word for a post (经办人：建设) or before a form of address (建设同志). Anywhere else it stays, and it
  stops nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final, NamedTuple, NoReturn

from analysis.intake.persons.person_numbers import MASK, mask
from analysis.words import OFFICE, words

#: columns about persons whose words are no names
_NO_NAMES: Final = re.compile(
    r"址|籍|开户|银行|行$|性别|民族|年龄|出生|邮|微信|address|bank|sex|gender|nation|e-?mail", re.IGNORECASE
)
#: what parts several names, or a name from what is said of it
_BETWEEN: Final = re.compile(r"[、,;/|\\\n\r\t()<>\[\]【】《》“”\"：:。+*]+")
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_NAME: Final = re.compile(
    rf"[{_HAN}]{{2,6}}[0-9]{{0,5}}|[{_HAN}]{{1,12}}(?:·[{_HAN}]{{1,12}})+"
    rf"|[^\W\d_{_HAN}]{{2,}}(?:[ .'-]{{1,2}}[^\W\d_{_HAN}]+)*"
)
_POST_WORDS: Final = (
    "(?:项目|生产|班组|工程|财务)?(?:经理|主任|负责人|责任人|联系人|联络人|经办人|承办人|代理人|班组长|包工头|科长|队长|局长)"
    "|法定代表人|法人|投诉人|举报人|反映人|信访人|申请人|当事人|农民工|民工|工人|工友|劳动者|姓名|签字|签名"
)
_ADDRESS: Final = "同志|先生|女士|师傅|老师"
_POST: Final = re.compile(_POST_WORDS)
_POST_BEFORE: Final = re.compile(rf"^(?:{_POST_WORDS})(?=[{_HAN}]{{2}})")
_POST_BEHIND: Final = re.compile(rf"(?<=[{_HAN}]{{2}})(?:{_POST_WORDS}|{_ADDRESS}|书记|老板|总监)$")
#: what people write where they have no name, and offices in the place of persons
_NOBODY: Final = re.compile(
    r"无|不详|未知|未填|未提供|待定|暂无|暂缺|同上|同前|匿名|本人|多人|集体|全体|见附件|某.*|.+某.*"
    r"|.+(?:[室科部局处司厅办队站所院委厂]|工会|中心|公司|集团|企业|单位|项目|工地|班组|专班|街道)|none|n/?a|unknown|various",
    re.IGNORECASE,
)
#: words of the trade and of official prose that might be names; no list of words is whole, and one that is missing here
#: costs no more than a mask too many, which is told
_TRADE: Final = frozenset(
    re.findall(
        r"\w+",
        """
    万元 专项 东方 严格 严重 仇视 保护 保证 保障 信访 入户 全部 全面 公平
    公开 公正 关系 关键 农民 利民 劳务 劳动 包干 化解 华北 向阳 和平
    和解 和谐 团结 园林 国家 国庆 安全 安定 安排 安置 安装 宗旨 宣传
    家园 封闭 山水 左右 市政 常务 常规 平台 平均 平安 幸福 应当 应急 康复
    建安 建立 建筑 建设 开发 强化 成文 成果 成立 房建 振兴 推进 支付
    政策 整改 文件 文化 文明 新华 新建 方便 方向 方案 方法 施工 时间 明显
    明确 明细 智慧 查处 查实 查明 武装 民政 民生 水利 水泥 水电 永久 江南
    满意 石材 石油 祝贺 程序 管理 管道 红旗 纪律 经费 维修 维权 绿化 联合
    荣誉 装修 解决 资金 路面 进步 通知 金融 金额 钟点 雨水 青年 项目 高度
    高效 黄金
    """,
    )
)
_LONGEST_WORD: Final = 4
_RUN: Final = re.compile(rf"[{_HAN}]+")
_LATIN: Final = re.compile(r"[^\W\d_]+")
_LATIN_SIGNS: Final = "0-9a-z\u00df-\u024f"
#: the dots people write between the parts of a name, all read as one
_DOTS: Final = "•・‧∙⋅"
#: signs that are not seen, and marks that change the sign before them
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MARKS: Final = "\u0300-\u036f\u3099\u309a"
_CLUSTER: Final = re.compile(rf".[{_MARKS}]*", re.DOTALL)
#: where signs are left out or joined, they no longer stand where they stood
_ODD: Final = re.compile(rf"{_UNSEEN.pattern}|[{_MARKS}]")
#: signs a writer may put between those of a name: a blank, as tables do with short ones, or the dot of a foreign one
_GAP: Final = "[ ·]?"
_BLANK_AT_HAN: Final = re.compile(rf"(?<=[{_HAN}·]) | (?=[{_HAN}·])")
#: what stands between the words of a Latin name; one space in the name as learnt
_BETWEEN_WORDS: Final = "[ .,'’-]"
#: a person as colleagues say it, the given name in brackets behind: 老王（建国）
_NICKNAME: Final = re.compile(rf"[老小大阿]([{_HAN}]{{1,2}})\(([{_HAN}]{{1,2}})\)")
#: a Latin name with the surname first and a comma behind it
_SURNAME_FIRST: Final = re.compile(rf"([^\W\d_{_HAN}]+), ?([^\W\d_{_HAN}]+)")


class Found(NamedTuple):
    """A text with the names of persons masked, and the columns they were learnt from, in their order."""

    text: str
    posts: tuple[str, ...]


class PersonNames:
    """Names of persons; they never leave the process: neither a print nor a pickle of this holds any.

    Args:
        learnt: name → the header of the column it was learnt from.
        is_word: whether a name is also something else, so that it is doubtful.
    """

    def __init__(
        self, learnt: Mapping[str, str] = {}, is_word: Callable[[str], bool] = lambda _name: False
    ) -> None:
        self._posts = {way: post for name, post in learnt.items() for way in _ways_to_write(name)}
        doubtful = {name for name in self._posts if is_word(name)}
        self.sure = frozenset(self._posts) - doubtful
        self._beginning = _by_first_sign(self.sure)
        self._begins = re.compile(f"[{re.escape(''.join(self._beginning))}]") if self.sure else None
        told = pattern_of(doubtful)
        self._doubtful = told and re.compile(
            rf"(?:(?:{_POST_WORDS})[: ]*(?P<post>{told.pattern})(?:(?![{_HAN}0-9a-z])|(?=等))"
            rf"|(?<![{_HAN}0-9a-z])(?P<alone>{told.pattern})(?=等?(?:[0-9]+|[一二三四五六七八九十]+)?[名位]?(?:{_ADDRESS}|工人|民工)))"
        )
        self._whole = told

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._posts)})"

    def __bool__(self) -> bool:
        return bool(self._posts)

    def __reduce__(self) -> NoReturn:
        raise TypeError("names of persons are not written down")

    def mask(self, text: str, *, whole: bool = False) -> Found:
        """Return a text with `******` in the place of every name.

        Args:
            text: what was written.
            whole: whether a doubtful name that is the whole text is one.
        """
        plain, starts, ends = _placed(text)
        spans = [*self._spans(plain)]
        if self._doubtful:
            named = (found.span(found.lastgroup or 0) for found in self._doubtful.finditer(plain))
            spans += [span for span in named if not any(a < span[1] and span[0] < b for a, b in spans)]
        if whole and self._whole and (alone := self._whole.fullmatch(plain.strip())):
            spans = [(plain.index(alone[0]), plain.index(alone[0]) + len(alone[0]))]
        posts = [self._posts[written(plain[start:end])] for start, end in sorted(spans)]
        for start, end in sorted(spans, reverse=True):
            text = text[: starts[start]] + MASK + text[ends[end - 1] :]
        return Found(text, tuple(dict.fromkeys(posts)))

    def _spans(self, plain: str) -> Iterator[tuple[int, int]]:
        """Yield where names that are sure begin and end in a narrowed text, as `pattern_of` all of them finds them.

        Only where a name begins with its first two signs the names of that beginning are made into an expression:
        nearly all texts hold none, and an expression of thousands takes longer to make than a round to read.
        """
        at = 0
        while self._begins and (begun := self._begins.search(plain, at)):
            at = begun.start() + 1
            names = self._beginning[begun[0]]
            # at most one sign stands between two Han signs; of a name of one letter and a word anything may follow
            if names.seconds.isdisjoint(plain[at : at + 2]) and not names.short:
                continue
            if found := names.pattern.match(plain, begun.start()):
                yield found.span()
                at = found.end()


@dataclass(frozen=True)
class _Beginning:
    """The names that begin with the same sign.

    Attributes:
        names: these names.
        seconds: their second signs.
        short: whether one has a single sign before its first blank or its end.
    """

    names: tuple[str, ...] = field(repr=False)
    seconds: frozenset[str] = field(repr=False)
    short: bool

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds any of them."""
        return re.compile(_branches(_tree(self.names), ""))


def _by_first_sign(names: Iterable[str]) -> dict[str, _Beginning]:
    begun: dict[str, list[str]] = {}
    for name in names:
        begun.setdefault(name[0], []).append(name)
    return {
        sign: _Beginning(
            tuple(alike),
            frozenset("".join(name[1:2] for name in alike)),
            any(name[1:2] in ("", " ") for name in alike),
        )
        for sign, alike in begun.items()
    }


def narrow(text: str) -> str:
    """Return a text as names are looked for in it: look-alike signs as the plain ones, unseen ones left out, small."""
    if text.isascii():
        return text.lower()
    return _one_dot(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).lower())


def _placed(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Return a text as names are looked for in it, and where each of its signs begins and ends as written."""
    plain = narrow(text)
    if len(plain) == len(text) and not _ODD.search(text):
        return plain, range(len(text)), range(1, len(text) + 1)
    pieces = [(narrow(found[0]), found) for found in _CLUSTER.finditer(text)]
    signs = [found for piece, found in pieces for _ in piece]
    return (
        "".join(piece for piece, _ in pieces),
        [found.start() for found in signs],
        [found.end() for found in signs],
    )


def _one_dot(text: str) -> str:
    # a table of `translate` is looked into for every sign of a text, five searches run over it almost for nothing
    for dot in _DOTS:
        text = text.replace(dot, "·")
    return text


def written(found: str) -> str:
    """Return a name found in a narrowed text as it was learnt: nothing between Han signs, one space between words."""
    return re.sub(rf"{_BETWEEN_WORDS}+", " ", _BLANK_AT_HAN.sub("", found).replace("·", ""))


def _ways_to_write(name: str) -> Iterator[str]:
    """Yield a name as it is looked for, one of several Latin words also with the last or the first of them moved."""
    called = written(name)
    words_of = called.split(" ")
    for way in ([*words_of], [words_of[-1], *words_of[:-1]], [*words_of[1:], words_of[0]]):
        yield " ".join(way)


def teaches_names(*levels: str) -> bool:
    """Return whether the words of a column about persons are names; its header from the top row down."""
    return not _NO_NAMES.search(levels[-1])


def names_in(cell: str) -> Iterator[str]:
    """Yield the names in a cell of a column about persons: several, with a number, with a post, by nickname."""
    plain = narrow(mask(cell).text)
    yield from (found[1] + found[2] for found in _NICKNAME.finditer(plain))
    if in_order := _SURNAME_FIRST.fullmatch(plain.strip()):
        yield f"{in_order[2]} {in_order[1]}"
    for piece in _BETWEEN.split(plain):
        signs = piece.split()
        if _RUN.search(piece) and (len(signs) > 1 and all(len(sign) > 1 for sign in signs)):
            names = signs
        else:
            names = [_BLANK_AT_HAN.sub("", " ".join(signs))]
        for name in names:
            called = _POST_BEHIND.sub("", _POST_BEFORE.sub("", name))
            if _NAME.fullmatch(called) and not _POST.fullmatch(name):
                yield called


def is_word(name: str, places: Iterable[str] = ()) -> bool:
    """Return whether a name is also something else: nobody, a word of the trade or of ours, a unit or another place.

    A word of ours is what stands at the beginning or the end of a stretch of Chinese in the catalogue, as a label does;
    what comes about between two words of a sentence is none.

    Args:
        name: the name as learnt.
        places: names of units and places.
    """
    if _NOBODY.fullmatch(name) or name in _TRADE or name in _words_of_ours():
        return True
    # of one word in Latin script nobody knows whether it begins a sentence
    single = _LATIN.fullmatch(name) is not None and _RUN.search(name) is None
    return single or any(name in place for place in places)


@cache
def _words_of_ours() -> frozenset[str]:
    found: set[str] = set()
    for text in words(OFFICE).texts():
        for run in _RUN.findall(text):
            for size in range(2, _LONGEST_WORD + 1):
                found |= {run[:size], run[-size:]}
    return frozenset(found)


def pattern_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names in a narrowed text, the longest first; None where there is none.

    It branches sign by sign, so that thousands of names cost a text no more than one.
    """
    tree = _tree(names)
    return re.compile(_branches(tree, "")) if tree else None


def _tree(names: Iterable[str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name in names:
        node = tree
        for sign in name:
            node = node.setdefault(sign, {})
        node[""] = {}
    return tree


def _branches(node: Mapping[str, Any], before: str) -> str:
    ways = []
    for sign, below in sorted(node.items()):
        if not sign:
            continue
        # between Han signs a gap may stand, between Latin words several signs; a word or a number goes on to its end
        gap = _GAP if before and (_RUN.match(sign) or _RUN.match(before)) else ""
        start = f"(?<![{_LATIN_SIGNS}])" if not before and not _RUN.match(sign) else ""
        itself = f"{_BETWEEN_WORDS}{{1,3}}" if sign == " " else re.escape(sign)
        ways.append(start + gap + itself + _branches(below, sign))
    if "" in node:
        end = "" if _RUN.match(before) else "(?![0-9])" if before.isdecimal() else f"(?![{_LATIN_SIGNS}])"
        ways.append(end)
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
