"""The numbers of persons inside texts: identity cards, telephones, bank cards, e-mail, plates, passports, accounts.

A text is read for its digits first: those of every script as plain ones, signs that are not seen left out, blanks,
dashes and dots of every kind as one. Then come the rules, the surest first:

- An **identity number** of 18 signs is one where region, day of birth and check digit hold, whatever stands around and
  between its digits; one of 15 where region and day hold and its digits are not part of a longer number.
- A **bank card** has the first digits of an issuer and the check digit of Luhn, or stands behind the word for one.
- A **telephone** has its beginning and length, in any of the groupings people write.
- **E-mail**, **plates** and **passports** have their form. **Accounts** of QQ and WeChat have none: they are found
  behind their names.

Digits written as Chinese signs, in circles or raised are words and marks as well (一事, ①, m²), so they are read as
digits only a second time over, for what the first time did not find.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import accumulate, pairwise
from typing import Final, Literal, NamedTuple

from analysis.quantities.money import BASES

Kind = Literal["identity", "phone", "card", "email", "plate", "passport", "account"]

#: what stands in the place of a number, however long it was
MASK: Final = "******"

# ------------------------------------------------------------------------------------------ reading the digits

_UNSEEN: Final = "\u200b"
#: signs drawn like the plain one
_DRAWN: Final = {
    **dict.fromkeys("·•・‧∙⋅．﹒․", "."),
    **dict.fromkeys("／∕⁄", "/"),
    **dict.fromkeys("−﹣～~", "-"),
    **dict.fromkeys("ХхΧχ×Ⅹⅹ", "X"),
    **dict.fromkeys("﹫＠", "@"),
}
#: kinds of signs of which all are read alike
_KINDS: Final = {
    **dict.fromkeys(("Cf", "Mn", "Me"), _UNSEEN),
    **dict.fromkeys(("Cc", "Zl", "Zp"), "\n"),
    "Zs": " ",
    "Pd": "-",
}
#: signs that are digits, and words or marks as well
_OTHER_DIGITS: Final = {
    sign: str(digit)
    for signs in (
        ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "○幺貳參肆伍陸柒捌玖"),
        ("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "⓪①②③④⑤⑥⑦⑧⑨", "⓿❶❷❸❹❺❻❼❽❾"),
    )
    for row in signs
    for digit, sign in enumerate(row)
}


class _Plain(dict[int, str]):
    """What each sign is read as, found out when it is first met.

    Args:
        of_all: whether signs that are also words or marks are digits.
    """

    def __init__(self, *, of_all: bool) -> None:
        super().__init__()
        self._of_all = of_all

    def __missing__(self, code: int) -> str:
        self[code] = read = self._read(chr(code))
        return read

    def _read(self, sign: str) -> str:
        kind = unicodedata.category(sign)
        if kind == "Nd" or (self._of_all and sign in _OTHER_DIGITS):
            return _OTHER_DIGITS.get(sign) or str(unicodedata.decimal(sign))
        if sign in _DRAWN or kind in _KINDS:
            return _DRAWN.get(sign) or _KINDS[kind]
        # full-width letters and brackets
        alike = unicodedata.normalize("NFKC", sign)
        return alike if kind != "No" and len(alike) == 1 and alike.isascii() else sign


_AS_WRITTEN: Final = _Plain(of_all=False)
_AS_DIGITS: Final = _Plain(of_all=True)
#: the fewest digits any number below has
_FEWEST: Final = 5
#: fewer digits of other kinds are words and marks
_MANY_OTHERS: Final = 3
#: a sign that is not read as it is written
_READ_ANEW: Final = re.compile("[^ -~\u4e00-\u9fff，。、；“”《》]")
#: what a program calls a file or a record by
_HASH: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:(?=[0-9]*[a-f])[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9A-Za-z])"
)
_SHORTEST_HASH: Final = 32
_DIGIT: Final = re.compile(r"\d")
_OTHER_DIGIT: Final = re.compile(f"[{''.join(_OTHER_DIGITS)}]")

# -------------------------------------------------------------------------------------------- identity numbers

#: the provinces of the first two signs; 9 and a province are those of residents from abroad
_PROVINCE: Final = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
#: nobody in the ledgers is a child: what has a later day in it is the number of a clue
_BORN: Final = (dt.date(1900, 1, 1), dt.date(2010, 12, 31))
#: who has a number of 15 signs; years as two digits, so that 20 to 29 are those of clues
_BORN_BEFORE: Final = (dt.date(1930, 1, 1), dt.date(1999, 12, 31))
_IDENTITY: Final = re.compile(
    rf"(?=((?:{_PROVINCE}[0-9]{{4}}|9{_PROVINCE}[0-9]{{3}})"
    r"(?:19[0-9]{2}|200[0-9]|2010)(?:0[1-9]|1[0-2])[0-3][0-9]{4}[0-9X]))"
)
_OLD_IDENTITY: Final = re.compile(rf"{_PROVINCE}[0-9]{{4}}(?P<day>[3-9][0-9][01][0-9][0-3][0-9])[0-9]{{3}}")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_IDENTITY_SIGNS: Final = 18
_KEPT_SIGNS: Final = 15
#: an identity number is parted into so many groups at most, or digit by digit; more are a list of figures
_MOST_GROUPS: Final = 6

# ---------------------------------------------------------------------------------------- telephones and cards

_COUNTRY: Final = r"(?:(?:00|0)?86)"
_MOBILE: Final = re.compile(rf"(?:{_COUNTRY}|0|179[0-9]{{2}}|125[0-9]{{2}})?1[3-9][0-9]{{9}}")
_LANDLINE: Final = re.compile(r"(?:(?:00)?860?|0)(?:(?:10|2[0-9])[2-8][0-9]{7}|[3-9][0-9]{2}[2-8][0-9]{6,7})")
#: Hong Kong, Macao and Taiwan
_ABROAD: Final = re.compile(r"(?:00)?(?:85[23][2-9][0-9]{7}|8860?[2-9][0-9]{7,8})")
_BEFORE_NUMBER: Final = re.compile(rf"{_COUNTRY}|179[0-9]{{2}}|125[0-9]{{2}}")
_EXTENSION: Final = re.compile(r" ?(?:-|转|分机|[Ee][Xx][Tt]\.?) ?[0-9]{1,5}(?![0-9])")
#: the first digits of the cards of the usual issuers
_ISSUER: Final = re.compile(r"6[02]|955[89]|4[0-9]|5[1-5]|35(?:2[89]|[3-8])")
_CARD_SIGNS: Final = range(16, 20)
#: a number of an office: the region and a day of a ledger
_OF_AN_OFFICE: Final = re.compile(rf"{_PROVINCE}[0-9]{{4}}20")
_OUR_TIME: Final = (dt.date(2000, 1, 1), dt.date(2049, 12, 31))
_YEAR_IN: Final = re.compile(r"(?<=[-./_ ])(?:19[89]|20[0-4])[0-9](?![0-9])")
_LONGEST: Final = 23
#: a telephone behind its name; without a name it has more
_SHORTEST_RUN: Final = 7
_SHORTEST_UNNAMED: Final = 10
#: so many groups beside a number make the stretch a row of figures
_FIGURES: Final = 2

#: digits, whatever is between them
_RUN: Final = re.compile(r"[0-9](?:[\W_]{0,3}[0-9Xx])+")
#: digits as one number is grouped
_STRETCH: Final = re.compile(r"[0-9]+(?:(?: ?[-./_] ?| {1,2}| ?\( ?| ?\) ?(?:- ?)?| *\n[ \n]*)[0-9]+)*")
_GROUP: Final = re.compile(r"[0-9]+")
#: between groups these may stand where others do
_ANY_BETWEEN: Final = frozenset("()\n")
_AMOUNT: Final = re.compile(r" ?(?:" + "|".join([*map(re.escape, BASES), "万", "亿", "[%％‰]"]) + ")")

# ---------------------------------------------------------------------------------------------- what it is called

_CALLED: Final = r" ?(?:号码?|编号|no\.?|number)?(?:为|是)?[.:： ()-]*"


class _Name(NamedTuple):
    """What stands before a number whatever its check digits say.

    Attributes:
        kind: of the number.
        lengths: how many signs it may have.
        words: of which one stands there, in small letters.
        form: how it stands there.
    """

    kind: Kind
    lengths: range
    words: tuple[str, ...]
    form: re.Pattern[str]

    def stands_in(self, before: str) -> bool:
        """Return whether a number behind a text is called so."""
        small = before.lower()
        return any(word in small for word in self.words) and self.form.search(small) is not None


def _name(kind: Kind, lengths: range, words: str, more: str = "") -> _Name:
    form = "|".join(f"(?<![a-z]){word}" if word.isascii() else word for word in words.split(","))
    return _Name(kind, lengths, tuple(words.split(",")), re.compile(f"(?:{form}){_CALLED}{more}$"))


_IDENTITY_NAME: Final = _name("identity", range(14, 24), "身份证,证件,公民身份,id card,identity card")
_PHONE_NAME: Final = _name(
    "phone",
    range(7, 16),
    "电话,手机,座机,联系方式,tel,telephone,phone,mobile",
    r"\+?(?:[0-9][0-9 -]{5,14}[0-9][、,，/;； 或和]+)*",
)
_CARD_NAME: Final = _name("card", range(12, 24), "卡号,账号,帐号,账户,帐户,银行卡,account,card")
#: what a number is called that is nobody's
_NOBODYS: Final = re.compile(
    r"(?:(?:线索|案件|项目|工程|编号|文号|代码|编码|案号|单号|序号|许可证|备案|No\.?|#)"
    r"(?:号码?|编号|为)?[:：. ]*|[A-Za-z]-?)$",
    re.IGNORECASE,
)
_LOOK_BACK: Final = 48

# ------------------------------------------------------------------------------------------- numbers with letters

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_EMAIL: Final = re.compile(
    rf"(?:(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]{{0,63}}|[{_HAN}]{{1,4}})"
    r" ?(?:@|\(at\)|\[at\]) ?(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,}"
)
_PLATE_LETTER: Final = "A-HJ-NP-Za-hj-np-z"
_PLATE_SIGN: Final = f"{_PLATE_LETTER}0-9"
_PLATE: Final = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][{_PLATE_LETTER}][ .-]?"
    rf"(?:[{_PLATE_SIGN}]{{4}}[{_PLATE_SIGN}挂学警港澳领]|[DFdf][{_PLATE_SIGN}][0-9]{{4}}|[0-9]{{5}}[DFdf])(?![A-Za-z0-9])"
)
_PLATE_DIGITS: Final = 2
_SMALL_PLATE_DIGITS: Final = 4
#: of a letter and a year of our time with a number behind it nobody knows; it is more often a case
_PASSPORT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[EG] ?(?!20[12][0-9])[0-9]{8}|E[A-HJ-NP-Z] ?[0-9]{7})(?![A-Za-z0-9])"
)
_PASSPORT_NAMED: Final = re.compile(
    rf"(?:护照|通行证|回乡证|台胞证|居留证|passport){_CALLED}"
    r"(?P<number>[A-Z]{1,2}[ -]?[0-9]{6,10}|[0-9]{8,10})(?![0-9])",
    re.IGNORECASE,
)
_QQ: Final = re.compile(
    r"(?<![a-z])(?:qq|扣扣|企鹅号)(?:号码?|群|邮箱)?(?:为|是)?[.:： -]*(?P<number>[1-9](?:[ -]?[0-9]){4,11})(?![0-9])",
    re.IGNORECASE,
)
_WECHAT: Final = re.compile(
    r"(?:(?:微信|薇信|v信|wechat|weixin|(?<![a-z])(?:wx|vx))(?:号码?|账号|帐号|id|群)?(?:为|是)?[.:： ]*"
    r"(?P<number>[a-z][a-z0-9_-]{5,19}|[0-9]{6,20})"
    r"|(?P<own>wxid_[a-z0-9]{6,}))(?![a-z0-9_-])",
    re.IGNORECASE,
)
#: each with what a text in small letters holds where it holds one; empty where only its form tells
_WITH_LETTERS: Final[tuple[tuple[Kind, tuple[str, ...], re.Pattern[str]], ...]] = (
    ("email", ("@", "(at)", "[at]"), _EMAIL),
    ("account", ("qq", "扣扣", "企鹅号"), _QQ),
    ("account", ("微信", "薇信", "v信", "wechat", "weixin", "wx", "vx"), _WECHAT),
    ("passport", ("护照", "通行证", "回乡证", "台胞证", "居留证", "passport"), _PASSPORT_NAMED),
    ("passport", ("e", "g"), _PASSPORT),
    ("plate", (), _PLATE),
)
#: without one of these a text holds none of them; most texts hold none
_BEGINS_HINT: Final = re.compile("[A-Za-z@微薇扣企护通回台居]")
#: … and no short number behind its name either, in signs of any width
_MAY_BE_NAMED: Final = re.compile("[A-Za-z@微薇扣企护通回台居电手座联\uff20-\uff5a\ufe6b]")
#: by which a text is worth reading although it has hardly a digit
_HINTS: Final = (*_WITH_LETTERS[0][1], "＠", "﹫", *_WITH_LETTERS[2][1], "ｗ", "ｖ")


class Number(NamedTuple):
    """A number of a person in a text."""

    kind: Kind
    start: int
    end: int


class Masked(NamedTuple):
    """A text without the numbers of persons, and the kinds of what was taken out, in their order."""

    text: str
    kinds: tuple[Kind, ...]


def identity_number(signs: str) -> bool:
    """Return whether 18 signs are an identity number: region, day of birth, and the check digit of GB 11643."""
    signs = signs.upper()
    if len(signs) != _IDENTITY_SIGNS or not _IDENTITY.match(signs) or not _is_day(signs[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, signs, strict=False))
    return _CHECKS[total % len(_CHECKS)] == signs[-1]


def cut_short(signs: str) -> bool:
    """Return whether signs are a longer number as a spreadsheet keeps it: fifteen digits, and zeros behind them."""
    return len(signs) > _KEPT_SIGNS and not signs[_KEPT_SIGNS:].strip("0")


def card_number(digits: str) -> bool:
    """Return whether 16 to 19 digits have the check digit of bank cards (Luhn)."""
    # every second digit from the right counts twice, with its own digits added up
    doubled = (divmod(int(sign) * (1 + place % 2), 10) for place, sign in enumerate(reversed(digits)))
    return len(digits) in _CARD_SIGNS and sum(tens + ones for tens, ones in doubled) % 10 == 0


def nobodys(numbers: Iterable[str]) -> frozenset[str]:
    """Return numbers in the ways in which they are known again, such as those an office makes public itself."""
    return frozenset(way for number in numbers for way in _ways(number))


def person_numbers(text: str, known: Set[str] = frozenset(), *, of_office: bool = False) -> list[Number]:
    """Return the numbers of persons in a text, in their order, none over another.

    Args:
        text: what was written.
        known: numbers that are nobody's, such as those of clues and projects; the codes of units among them tell a
            number of a clue from a telephone where a word for such stands before it.
        of_office: whether an office's own number is expected, as if such a word stood before every number.
    """
    if len(text) < _FEWEST:
        return []
    others = 0 if text.isascii() else len(_OTHER_DIGIT.findall(text))
    digits = len(_DIGIT.findall(text)) + others
    if digits < _SHORTEST_UNNAMED and not _MAY_BE_NAMED.search(text):
        return []
    if digits < _FEWEST:
        small = text.lower()
        if not any(hint in small for hint in _HINTS):
            return []
    found = _read(text, _AS_WRITTEN, known, [])
    if others >= _MANY_OTHERS:
        found = _read(text, _AS_DIGITS, known, found)
    if of_office:
        # as a key or a name of a file holds it
        found = [number for number in found if number.kind != "phone" or not _begins(text, number, known)]
    return sorted(found, key=lambda number: number.start)


def _begins(text: str, number: Number, known: Set[str]) -> bool:
    """Return whether a number begins with the code of a unit, or has a year in it as a number of an office does."""
    signs = _ways(text[number.start : number.end])[1]
    return signs[:6] in known or _YEAR_IN.search(text, number.start, number.end) is not None


def mask(text: str, known: Set[str] = frozenset()) -> Masked:
    """Return a text with `******` in the place of every number of a person.

    Args:
        text: what was written.
        known: numbers that are nobody's, as for `person_numbers`.
    """
    kinds: list[Kind] = []
    # what stood beside a number may be one by itself
    while numbers := person_numbers(text, known):
        for number in reversed(numbers):
            text = text[: number.start] + MASK + text[number.end :]
        kinds += [number.kind for number in numbers]
    return Masked(text, tuple(kinds))


def _read(text: str, signs: _Plain, known: Set[str], found: list[Number]) -> list[Number]:
    """Return what was found, and what is found reading a text by its signs, in the places of the text as written."""
    plain = text if signs is _AS_WRITTEN and not _READ_ANEW.search(text) else text.translate(signs)
    if len(plain) >= _SHORTEST_HASH:
        plain = _HASH.sub(lambda code: "h" * len(code[0]), plain)
    places: Sequence[int] = range(len(plain))
    if _UNSEEN in plain:
        places = [place for place, sign in enumerate(plain) if sign != _UNSEEN]
        plain = plain.replace(_UNSEEN, "")
    found = [*found]
    for kind, start, end in _all(plain, known):
        number = Number(kind, places[start], places[end - 1] + 1)
        over = any(number.start < other.end and other.start < number.end for other in found)
        if not over and known.isdisjoint(_ways(plain[start:end])):
            found.append(number)
    return found


def _ways(written: str) -> tuple[str, str]:
    return written.lower(), re.sub(r"[^0-9X]", "", written.upper()) or written


def _all(plain: str, known: Set[str]) -> Iterator[Number]:
    """Yield what may be numbers of persons, the surest first."""
    runs = [run.span() for run in _RUN.finditer(plain) if run.end() - run.start() >= _SHORTEST_RUN]
    for start, end in runs:
        yield from _identities(plain, start, end)
    small = plain.lower() if _BEGINS_HINT.search(plain) else ""
    for kind, hints, form in _WITH_LETTERS if small else ():
        if hints and not any(hint in small for hint in hints):
            continue
        for found in form.finditer(plain):
            name = found.lastgroup or 0
            if (kind != "plate" or _is_plate(found[0])) and not (
                found[name].isdecimal() and _AMOUNT.match(plain, found.end())
            ):
                yield Number(kind, *found.span(name))
    for start, end in runs:
        few = len(_DIGIT.findall(plain, start, end)) < _SHORTEST_UNNAMED
        if few and not _PHONE_NAME.stands_in(_before(plain, start)):
            continue
        for stretch in _STRETCH.finditer(plain, start, end):
            if len(_DIGIT.findall(stretch[0])) >= _SHORTEST_RUN:
                yield from _in_groups(_Groups(plain, stretch), known)


def _before(plain: str, start: int) -> str:
    return plain[max(0, start - _LOOK_BACK) : start]


def _identities(plain: str, start: int, end: int) -> Iterator[Number]:
    """Yield the identity numbers of 18 signs in a run, whatever stands between their signs."""
    if end - start < _KEPT_SIGNS - 1:
        return
    places = [place for place in range(start, end) if plain[place].isalnum()]
    signs = "".join(plain[place] for place in places).upper()
    passed = 0
    for found in _IDENTITY.finditer(signs):
        number = found[1]
        alone = len(signs) == _IDENTITY_SIGNS
        if (
            found.start() >= passed
            and (identity_number(number) or (alone and cut_short(number) and _is_day(number[6:14])))
            and not _is_credit_code(number, _before(plain, places[found.start()]))
            and _is_grouped(places[found.start() : found.start() + _IDENTITY_SIGNS])
        ):
            passed = found.start() + _IDENTITY_SIGNS
            yield Number("identity", places[found.start()], places[passed - 1] + 1)
    named = len(signs) in _IDENTITY_NAME.lengths and _IDENTITY_NAME.stands_in(_before(plain, start))
    if named and not passed:
        yield Number("identity", start, places[:_IDENTITY_SIGNS][-1] + 1)


def _is_grouped(places: Sequence[int]) -> bool:
    """Return whether signs in these places are parted as those of one number: into a few groups, or into equal ones."""
    starts = [0, *(at for at in range(1, len(places)) if places[at] - places[at - 1] > 1), len(places)]
    sizes = [after - before for before, after in pairwise(starts)]
    return len(sizes) <= _MOST_GROUPS or len(set(sizes[1:-1])) == 1


class _Groups:
    """A stretch of digits in groups, as one number or several are written."""

    def __init__(self, plain: str, stretch: re.Match[str]) -> None:
        self.plain = plain
        self.spans = [group.span() for group in _GROUP.finditer(plain, *stretch.span())]
        between = ((end, start) for (_, end), (start, _) in pairwise(self.spans))
        self.between = [plain[end:start].strip(" ") or " " for end, start in between]

    def before(self, first: int) -> str:
        """Return what stands before a group."""
        return _before(self.plain, self.spans[first][0])

    def from_group(self, first: int) -> Iterator[tuple[int, str]]:
        """Yield the digits of a group and those behind it, as far as they may be one number; the longest first."""
        found, digits, kinds = [], "", set()
        for last in range(first, len(self.spans)):
            if last > first:
                kinds |= set(self.between[last - 1]) - _ANY_BETWEEN
            digits += self.plain[slice(*self.spans[last])]
            if len(digits) > _LONGEST or len(kinds) > 1:
                break
            found.append((last, digits))
        yield from reversed(found)

    def looks_one(self, first: int, last: int, least: int) -> bool:
        """Return whether groups are as numbers are parted: of so many digits at least, or of one or two all through.

        The last of five or more may be shorter.
        """
        sizes = [end - start for start, end in self.spans[first : last + 1]]
        if len(sizes) == 1 or (min(sizes[:-1]) >= least and (sizes[-1] > 2 or len(sizes) > 4)):
            return True
        if "\n" in self.between[first:last]:
            return True
        whole = first == 0 and last == len(self.spans) - 1
        return whole and max(sizes) <= 2

    def parts_day_of_birth(self, first: int, last: int) -> bool:
        """Return whether groups of 15 digits part what nobody parts: the day of birth, from the seventh digit on."""
        sizes = [end - start for start, end in self.spans[first : last + 1]]
        if len(sizes) == 1 or max(sizes) == 1 or "\n" in self.between[first:last]:
            return False
        cuts = set(accumulate(sizes))
        return 6 not in cuts or 9 in cuts

    def is_amount(self, first: int, last: int) -> bool:
        """Return whether a single group is an amount or a part of a decimal."""
        if first < last:
            return False
        start, end = self.spans[first]
        if _AMOUNT.match(self.plain, end):
            return True
        cents = self.between[last:] == ["."] and len(self.plain[slice(*self.spans[-1])]) <= 2
        fraction = self.plain[max(0, start - 2) : start] == "0."
        return cents or fraction


def _in_groups(groups: _Groups, known: Set[str]) -> list[Number]:
    """Return the telephones, cards and identity numbers of 15 signs in a stretch."""
    found: list[Number] = []
    first = left = 0
    while first < len(groups.spans):
        last = first
        for last, digits in groups.from_group(first):
            kind = _kind_of(groups, first, last, digits, known) if len(digits) >= _SHORTEST_RUN else None
            if kind is not None:
                found.append(Number(kind, *_whole(groups, first, last, digits)))
                break
        else:
            last = first
            left += 1
        first = last + 1
    # three groups out of a row of figures may look like a telephone
    many = left >= _FIGURES and " " in groups.between
    return (
        [number for number in found if groups.plain[number.start : number.end].isdecimal()] if many else found
    )


def _whole(groups: _Groups, first: int, last: int, digits: str) -> tuple[int, int]:
    """Return where a number begins and ends with its sign or bracket before it and its extension behind it."""
    start, end = groups.spans[first][0], groups.spans[last][1]
    if _LANDLINE.fullmatch(digits) and (more := _EXTENSION.match(groups.plain, end)):
        end = more.end()
    within, sign = groups.plain[start:end], groups.before(first)[-1:]
    if sign == "+" or (sign == "(" and within.count(")") > within.count("(")):
        start -= 1
    return start, end


def _kind_of(groups: _Groups, first: int, last: int, digits: str, known: Set[str]) -> Kind | None:
    """Return whose number groups are, or None."""
    before = groups.before(first)
    if before:
        for name in (_PHONE_NAME, _CARD_NAME):
            if len(digits) in name.lengths and name.stands_in(before):
                return name.kind
    if len(digits) < _SHORTEST_UNNAMED:
        return None
    if _is_card(groups, first, last, digits):
        return "card"
    own = first
    # +86 and the digits of a cheaper line are no group of the number itself
    if first < last and _BEFORE_NUMBER.fullmatch(groups.plain[slice(*groups.spans[first])]):
        own = first + 1
    kind: Kind | None = None
    if groups.looks_one(own, last, 3):
        old = None if groups.parts_day_of_birth(first, last) else _OLD_IDENTITY.fullmatch(digits)
        if old and _is_day("19" + old["day"], _BORN_BEFORE):
            kind = "identity"
        elif _is_phone(groups, first, last, digits, known):
            kind = "phone"
    return kind


def _country_stands(groups: _Groups, first: int) -> bool:
    """Return whether a number begins with the code of the country by itself, or behind a plus."""
    start, end = groups.spans[first]
    return end - start == 2 or groups.before(first).endswith("+")


def _is_card(groups: _Groups, first: int, last: int, digits: str) -> bool:
    """Return whether groups are a bank card without its name."""
    if len(digits) not in _CARD_SIGNS or not _ISSUER.match(digits) or not groups.looks_one(first, last, 4):
        return False
    of_office = first == last and _OF_AN_OFFICE.match(digits) and _is_day(digits[6:14], _OUR_TIME)
    return (card_number(digits) and not of_office) or (cut_short(digits) and first == last)


def _is_phone(groups: _Groups, first: int, last: int, digits: str, known: Set[str]) -> bool:
    """Return whether groups are a telephone without its name: no amount, and no number of an office."""
    before = groups.before(first)
    landline = _LANDLINE.fullmatch(digits) if digits[0] == "0" or _country_stands(groups, first) else None
    formed = landline or _MOBILE.fullmatch(digits) or _is_abroad(digits, before)
    if not formed or groups.is_amount(first, last):
        return False
    called = "-" in groups.between[last : last + 1] or _NOBODYS.search(before) is not None
    return not (called and digits[:6] in known)


def _is_credit_code(digits: str, before: str) -> bool:
    """Return whether an identity number is called a social credit code, and has its check digit (GB 32100) too."""
    if "信用代码" not in before or not digits.isdecimal():
        return False
    weighed = sum(int(digit) * pow(3, place, 31) for place, digit in enumerate(digits[:-1]))
    return (weighed + int(digits[-1])) % 31 == 0


def _is_abroad(digits: str, before: str) -> bool:
    return (digits.startswith("00") or before.endswith("+")) and _ABROAD.fullmatch(digits) is not None


def _is_plate(written: str) -> bool:
    digits = sum(sign.isdecimal() for sign in written)
    return digits >= (_PLATE_DIGITS if written.isupper() else _SMALL_PLATE_DIGITS)


def _is_day(digits: str, span: Sequence[dt.date] = _BORN) -> bool:
    try:
        return span[0] <= dt.datetime.strptime(digits, "%Y%m%d").date() <= span[1]
    except ValueError:
        return False
