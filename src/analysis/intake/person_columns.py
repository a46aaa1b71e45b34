"""Personal data: the headers of columns that hold it, and the numbers of persons inside free text.

Names cannot be told from other words, so they are kept out by the columns they stand in. Numbers can: an identity
number has a day of birth and a check digit, a bank card its own, a telephone number its beginning and length.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Set
from typing import Final, Literal, NamedTuple

from analysis.quantities.money import BASES

Kind = Literal["identity", "phone", "card"]

#: what stands in the place of a number, however long it was
MASK: Final = "******"

#: headers of columns about persons: these words anywhere in the name
_ANYWHERE: Final = (
    "姓名", "氏名", "联系人", "联络人", "联系电话", "联系方式", "联络电话", "手机", "身份证", "证件号", "公民身份",
    "银行卡", "卡号", "银行账", "银行帐", "收款账", "收款帐", "开户账", "开户帐", "开户行", "户名",
    "家庭住址", "家庭地址", "居住地址", "现住址", "户籍", "出生", "生年月日", "法定代表人", "法人代表",
    "微信号", "QQ号", "电子邮箱", "口座番号", "電話", "携帯",
)  # fmt: skip
#: … these as the whole name
_WHOLE: Final = re.compile(
    r"(?:单位|项目|企业|班组|主要|直接|具体)?(?:负责人|责任人|经办人|承办人|填报人|代理人|包工头|班组长)"
    r"|投诉人|举报人|反映人|信访人|来访人|申请人|当事人|被投诉人|欠薪人员|被欠薪人|受害人|本人"
    r"|(?:办公|移动|固定|本人|家庭|单位|负责人|投诉人|反映人)?(?:电话|座机)(?:号码)?"
    r"|(?:个人)?(?:账号|帐号)|住址|住所|性别|民族|年龄|籍贯|微信|QQ|邮箱|E-?mail"
    r"|(?:worker|employee|complainant|claimant|patient|contact)(?: person)?(?: name)?"
    r"|name of (?:the )?(?:worker|employee|complainant|claimant|patient)"
    r"|(?:full |first |last |given |family )name|(?:tele|mobile |cell )?phone(?: number)?"
    r"|id (?:card|number)(?: no\.?)?|date of birth|home address|bank account(?: number)?",
    re.IGNORECASE,
)
#: a post is no person, and a number of heads is none either
_POSTS: Final = re.compile(r"岗位|职务|职位|人数|人次|\bpost\b", re.IGNORECASE)

NARROW: Final[dict[int, int | str]] = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    0x3000: " ",
}
#: where a number of a person may be; every form below has as many digits
_CANDIDATE: Final = re.compile(r"[0-9][0-9 ()—-]{5,}[0-9Xx]")
#: a number inside a longer one, a decimal, or the number of a document is something else
_BEFORE: Final = r"(?<![0-9A-Za-z])(?<![0-9A-Za-z]-)(?<![0-9]\.)"
_BEHIND: Final = (
    r"(?![0-9A-Za-z])(?!-[0-9A-Za-z])(?!\.[0-9])(?! ?(?:" + "|".join([*BASES, "万", "亿", "[%％‰]"]) + "))"
)
_AREA: Final = r"(?:010|02[0-9]|0[3-9][0-9]{2})"
_PROVINCE: Final = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])"

_IDENTITY: Final = re.compile(
    rf"{_BEFORE}(?P<number>[0-9]{{6}}(?P<gap>[ -]?)[0-9]{{8}}(?P=gap)[0-9]{{3}}[0-9Xx]){_BEHIND}"
)
#: as they were until 1999, without a check digit
_OLD_IDENTITY: Final = re.compile(rf"{_BEFORE}(?P<number>{_PROVINCE}[0-9]{{13}}){_BEHIND}")
_MOBILE: Final = re.compile(
    rf"{_BEFORE}(?P<number>(?:\+?86[ -]?)?1[3-9][0-9](?P<gap>[ -]?)[0-9]{{4}}(?P=gap)[0-9]{{4}}){_BEHIND}"
)
_LANDLINE: Final = re.compile(
    rf"{_BEFORE}(?P<number>(?:\({_AREA}\) ?|{_AREA}[ —-]?)[2-8][0-9]{{6,7}}(?:-[0-9]{{1,5}})?){_BEHIND}"
)
#: the first digits of the cards of the usual issuers
_CARD: Final = re.compile(
    rf"{_BEFORE}(?P<number>(?:62|4[0-9]|5[1-5]|35)[0-9]{{2}}"
    rf"(?P<gap>[ -]?)[0-9]{{4}}(?P=gap)[0-9]{{4}}(?P=gap)[0-9]{{4}}(?:(?P=gap)[0-9]{{1,3}})?){_BEHIND}"
)
_CALLED: Final = r"(?:号码?|编号)?(?:为|是)?[.:： ]*"
#: numbers behind their names, whatever their check digits say
_NAMED: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        "identity",
        re.compile(rf"(?:身份证|证件){_CALLED}(?P<number>[0-9]{{15}}(?:[0-9]{{2}}[0-9Xx])?)(?![0-9A-Za-z])"),
    ),
    (
        "phone",
        re.compile(
            rf"(?:电话|手机|座机|联系方式|\b(?:tel|phone|mobile)){_CALLED}"
            r"(?P<number>\+?[0-9][0-9 -]{5,14}[0-9])(?![0-9])",
            re.IGNORECASE,
        ),
    ),
    (
        "card",
        re.compile(
            rf"(?:卡号|账号|帐号|账户|帐户|银行卡){_CALLED}(?P<number>[0-9](?:[ -]?[0-9]){{11,22}})(?![0-9])"
        ),
    ),
)
#: what a number is called that is nobody's
_NOBODYS: Final = re.compile(
    r"(?:线索|案件|项目|工程|编号|文号|代码|编码|案号|单号|序号|许可证|备案|No\.?|#)(?:号码?|编号|为)?[:：. ]*$",
    re.IGNORECASE,
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_IDENTITY_SIGNS: Final = 18
_CARD_SIGNS: Final = range(16, 20)
_KEPT_SIGNS: Final = 15
_LOOK_BACK: Final = 12
#: nobody in the ledgers is a child: what has a later day in it is the number of a clue
_BORN: Final = (dt.date(1900, 1, 1), dt.date(2010, 12, 31))
#: who has a number of 15 signs; years as two digits, so that 20 to 29 are those of clues
_BORN_BEFORE: Final = (dt.date(1930, 1, 1), dt.date(1985, 12, 31))


class Number(NamedTuple):
    """A number of a person in a text."""

    kind: Kind
    start: int
    end: int


class Masked(NamedTuple):
    """A text without the numbers of persons, and the kinds of what was taken out, in their order."""

    text: str
    kinds: tuple[Kind, ...]


def is_about_persons(*levels: str) -> bool:
    """Return whether a column holds personal data: names, numbers or addresses of persons, not posts.

    Args:
        levels: its header from the top row down.
    """
    # programs write first_name
    *above, last = (" ".join(level.replace("_", " ").split()) for level in levels)
    if _POSTS.search(last):
        return False
    grouped = any(word in name.replace(" ", "") for name in (*above, last) for word in _ANYWHERE)
    return grouped or _WHOLE.fullmatch(last) is not None


def identity_number(signs: str) -> bool:
    """Return whether 18 signs are an identity number: a day of birth, and the check digit of GB 11643."""
    if len(signs) != _IDENTITY_SIGNS or not signs[:-1].isdecimal() or not _is_day(signs[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, signs, strict=False))
    return _CHECKS[total % len(_CHECKS)] == signs[-1].upper()


def cut_short(signs: str) -> bool:
    """Return whether signs are a longer number as a spreadsheet keeps it: fifteen digits, and zeros behind them."""
    return len(signs) > _KEPT_SIGNS and not signs[_KEPT_SIGNS:].strip("0")


def card_number(digits: str) -> bool:
    """Return whether 16 to 19 digits have the check digit of bank cards (Luhn)."""
    # every second digit from the right counts twice, with its own digits added up
    doubled = (divmod(int(sign) * (1 + place % 2), 10) for place, sign in enumerate(reversed(digits)))
    return len(digits) in _CARD_SIGNS and sum(tens + ones for tens, ones in doubled) % 10 == 0


def person_numbers(text: str, known: Set[str] = frozenset()) -> list[Number]:
    """Return the numbers of persons in a text, in their order, none over another.

    Args:
        text: what was written.
        known: numbers that are nobody's, such as those of clues and projects.
    """
    plain = text.translate(NARROW)
    if not _CANDIDATE.search(plain):
        return []
    found: list[Number] = []
    for number in _all(plain):
        written = plain[number.start : number.end]
        over = any(number.start < other.end and other.start < number.end for other in found)
        if not over and written not in known and _signs(written) not in known:
            found.append(number)
    return sorted(found, key=lambda number: number.start)


def mask(text: str, known: Set[str] = frozenset()) -> Masked:
    """Return a text with `******` in the place of every number of a person.

    Args:
        text: what was written.
        known: numbers that are nobody's, such as those of clues and projects.
    """
    numbers = person_numbers(text, known)
    for number in reversed(numbers):
        text = text[: number.start] + MASK + text[number.end :]
    return Masked(text, tuple(number.kind for number in numbers))


def _all(plain: str) -> Iterator[Number]:
    """Yield what may be numbers of persons, the surest first."""
    for kind, form, holds in _FORMS:
        for found in form.finditer(plain):
            before = plain[max(0, found.start() - _LOOK_BACK) : found.start()]
            if holds(_signs(found["number"])) and not _NOBODYS.search(before):
                yield Number(kind, *found.span("number"))
    for kind, form in _NAMED:
        for found in form.finditer(plain):
            yield Number(kind, *found.span("number"))


def _signs(written: str) -> str:
    return re.sub(r"[^0-9Xx]", "", written)


def _is_day(digits: str, span: tuple[dt.date, dt.date] = _BORN) -> bool:
    try:
        return span[0] <= dt.datetime.strptime(digits, "%Y%m%d").date() <= span[1]
    except ValueError:
        return False


def _any(_signs: str) -> bool:
    return True


_FORMS: Final[tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...]] = (
    (
        "identity",
        _IDENTITY,
        lambda signs: identity_number(signs) or (cut_short(signs) and _is_day(signs[6:14])),
    ),
    ("identity", _OLD_IDENTITY, lambda signs: _is_day("19" + signs[6:12], _BORN_BEFORE)),
    ("card", _CARD, lambda digits: card_number(digits) or cut_short(digits)),
    ("phone", _MOBILE, _any),
    ("phone", _LANDLINE, _any),
)
