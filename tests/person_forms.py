"""Numbers of persons in the many ways people write them, and numbers that are nobody's; all of them made up.

Identity numbers are of the region 110000, which is that of no person; telephones end in made-up digits, cards are an
issuer's first digits and random ones. Their check digits are right, since a rule would pass over them otherwise.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

Shape = Callable[[str], str]

HAN: Final = "〇一二三四五六七八九"
HAN_FORMAL: Final = "零壹贰叁肆伍陆柒捌玖"
CIRCLED: Final = "⓪①②③④⑤⑥⑦⑧⑨"
RAISED: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"


class Form(NamedTuple):
    """A number of a person in a text.

    Attributes:
        kind: of the number, as faults call it.
        way: how it is written, for the table.
        text: the whole text.
        secret: what nobody may read in it afterwards, as plain signs.
    """

    kind: str
    way: str
    text: str
    secret: str


class Nobodys(NamedTuple):
    """A text with a number that is nobody's, and what kind of number that is."""

    kind: str
    text: str


# ------------------------------------------------------------------------------------------- numbers made up


def identity(draw: random.Random, *, ends_in_x: bool | None = None) -> str:
    """Return an identity number of 18 signs, weighed as GB 11643 says."""
    while True:
        born = dt.date(1950, 1, 1) + dt.timedelta(days=draw.randrange(20_000))
        digits = f"110000{born:%Y%m%d}{draw.randrange(1000):03d}"
        total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits))
        number = digits + "10X98765432"[total % 11]
        if ends_in_x is None or number.endswith("X") == ends_in_x:
            return number


def old_identity(draw: random.Random, first: int, last: int) -> str:
    """Return one of 15 digits of somebody born in some years."""
    born = (
        f"{draw.randrange(first, last + 1) % 100:02d}{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}"
    )
    return f"110000{born}{draw.randrange(1000):03d}"


def mobile(draw: random.Random) -> str:
    """Return a number of a mobile telephone."""
    begins = draw.choice([136, 138, 139, 150, 158, 166, 177, 186, 189, 199])
    return f"{begins}{draw.randrange(10**8):08d}"


def card(draw: random.Random, issuer: str, length: int) -> str:
    """Return a number of a bank card with the check digit of Luhn."""
    digits = issuer + "".join(draw.choice("0123456789") for _ in range(length - len(issuer) - 1))
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return digits + str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def credit_code(draw: random.Random) -> str:
    """Return a unified social credit code of digits, with the check sign of GB 32100."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    while True:
        digits = (
            f"91{draw.choice(('1303', '1302', '1301'))}{draw.randrange(1, 30):02d}{draw.randrange(10**9):09d}"
        )
        total = sum(int(digit) * pow(3, place, 31) for place, digit in enumerate(digits))
        return digits + signs[-total % 31]


# ----------------------------------------------------------------------------------------------- ways to write


def grouped(*sizes: int, by: str = " ") -> Shape:
    """Return a way to write a number in groups; the last takes what is left."""

    def shape(number: str) -> str:
        parts, at = [], 0
        for size in sizes:
            parts.append(number[at : at + size])
            at += size
        return by.join(part for part in (*parts, number[at:]) if part)

    return shape


def one_by_one(by: str) -> Shape:
    """Return a way to write a number sign by sign."""
    return by.join


def in_signs(digits: str) -> Shape:
    """Return a way to write a number in other digits; an X stays."""
    return lambda number: number.translate(str.maketrans("0123456789", digits))


def full_width(number: str) -> str:
    """Return a number in full-width signs."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in number)


SCRIPTS: Final[dict[str, Shape]] = {
    "full width": full_width,
    "Arabic-Indic digits": in_signs("٠١٢٣٤٥٦٧٨٩"),
    "Devanagari digits": in_signs("०१२३४५६७८९"),
    "mathematical digits": in_signs("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    "Han digits": in_signs(HAN),
    "formal Han digits": in_signs(HAN_FORMAL),
    "circled digits": in_signs(CIRCLED),
    "raised digits": in_signs(RAISED),
}
UNSEEN: Final[dict[str, Shape]] = {
    "zero-width signs": one_by_one("\u200b"),
    "a zero-width joiner": grouped(5, by="\u200d"),
    "a byte order mark inside": grouped(8, by="\ufeff"),
    "a soft hyphen inside": grouped(6, by="\u00ad"),
    "signs of direction": grouped(4, 4, by="\u202c"),
    "underlined": one_by_one("\u0332"),
    "a line break inside": grouped(7, by="\n"),
    "a line break of Windows inside": grouped(5, by="\r\n"),
    "several line breaks inside": grouped(4, 4, by="\n"),
}
IDENTITY_SHAPES: Final[dict[str, Shape]] = {
    "in one": str,
    "6-8-4": grouped(6, 8),
    "6-8-4 with dashes": grouped(6, 8, by="-"),
    "6-8-4 with long dashes": grouped(6, 8, by="—"),
    "6-8-4 with dots": grouped(6, 8, by="."),
    "6-8-4 with slashes": grouped(6, 8, by="/"),
    "6-8-4 with commas": grouped(6, 8, by=","),
    "6-8-4 with NBSP": grouped(6, 8, by="\u00a0"),
    "6-4-4-4": grouped(6, 4, 4),
    "3-3-4-4-4": grouped(3, 3, 4, 4),
    "digit by digit": one_by_one(" "),
    "digit by digit with dots": one_by_one("·"),
    "digit by digit with dashes": one_by_one("-"),
    "digit by digit with wide blanks": one_by_one("\u3000"),
    **SCRIPTS,
    **UNSEEN,
}
MOBILE_SHAPES: Final[dict[str, Shape]] = {
    "in one": str,
    "3-4-4": grouped(3, 4),
    "3-4-4 with dashes": grouped(3, 4, by="-"),
    "3-4-4 with dots": grouped(3, 4, by="."),
    "3-4-4 with NBSP": grouped(3, 4, by="\u00a0"),
    "3-3-5": grouped(3, 3),
    "3-3-5 with dashes": grouped(3, 3, by="-"),
    "4-4-3": grouped(4, 4),
    "4-4-3 with dots": grouped(4, 4, by="·"),
    "3-8": grouped(3),
    "digit by digit": one_by_one(" "),
    "digit by digit with dots": one_by_one("."),
    "0086 before": lambda number: f"0086{number}",
    "0086 before, 3-4-4": lambda number: f"0086-{grouped(3, 4, by='-')(number)}",
    "86 before": lambda number: f"86{number}",
    "+86 before": lambda number: f"+86 {number}",
    "+86 before, 3-4-4": lambda number: f"+86 {grouped(3, 4)(number)}",
    "(86) before": lambda number: f"（86）{number}",
    "0 before": lambda number: f"0{number}",
    "17951 before": lambda number: f"17951{number}",
    **SCRIPTS,
    **UNSEEN,
}
LANDLINE_SHAPES: Final[dict[str, Shape]] = {
    "in one": str,
    "area and number": grouped(4, by="-"),
    "area and number with a long dash": grouped(4, by="—"),
    "area and number with a blank": grouped(4),
    "area in brackets": lambda number: f"（{number[:4]}）{number[4:]}",
    "4-3-4": grouped(4, 3, by="-"),
    "4-3-4 with dots": grouped(4, 3, by="."),
    "+86 before": lambda number: f"+86-{number[1:4]}-{number[4:]}",
    "0086 before": lambda number: f"0086{number[1:]}",
    "full width": full_width,
    "Han digits": in_signs(HAN),
    "zero-width signs": one_by_one("\u200b"),
}
CARD_SHAPES: Final[dict[str, Shape]] = {
    "in one": str,
    "in fours": grouped(4, 4, 4, 4),
    "in fours with dashes": grouped(4, 4, 4, 4, by="-"),
    "in fours with NBSP": grouped(4, 4, 4, 4, by="\u00a0"),
    "6+13": grouped(6),
    "digit by digit": one_by_one(" "),
    "full width": full_width,
    "Han digits": in_signs(HAN),
    "zero-width signs": one_by_one("\u200b"),
    "a line break inside": grouped(9, by="\n"),
}
#: what stands around a number
AROUND: Final[dict[str, str]] = {
    "alone": "{}",
    "in a sentence": "已约谈，见{}的材料。",
    "behind 编号": "编号：{}",
    "behind No.": "No.{}",
    "behind #": "见#{}。",
    "behind a letter": "A{}",
    "in brackets": "某班组（{}）反映",
    "inside an address": "示例区示例路1号楼2单元{}收",
    "behind its date": "2020-12-14，{}",
    "in a list": "某甲{}、某乙",
}
#: … only around an identity number, which its check digit shows
AROUND_IDENTITY: Final[dict[str, str]] = {
    **AROUND,
    "behind ID": "ID{}",
    "before 元": "{}元",
    "before a letter": "{}B",
    "in a longer run of digits": "2020{}99",
    "behind zeros": "000{}",
}


def identities(draw: random.Random) -> Iterator[Form]:
    """Yield identity numbers of 18 signs in every shape, and in every place."""
    for shape, write in IDENTITY_SHAPES.items():
        for around, text in AROUND_IDENTITY.items():
            # joined to digits of another script or to letters only where it is written in one
            if shape in SCRIPTS and "digits" in around:
                continue
            number = identity(draw)
            yield Form("identity", f"{shape}, {around}", text.format(write(number)), number)
    for around, text in AROUND_IDENTITY.items():
        number = identity(draw, ends_in_x=True)
        yield Form("identity", f"a small x, {around}", text.format(number.lower()), number)
        yield Form("identity", f"named, with a slip of the pen, {around}", *_slip(draw, text))
    number = identity(draw, ends_in_x=False)
    yield Form("identity", "as a spreadsheet keeps it", number[:15] + "000", number[:15])


def _slip(draw: random.Random, text: str) -> tuple[str, str]:
    number = identity(draw, ends_in_x=False)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    return text.format(f"身份证号：{wrong}"), wrong


def old_identities(draw: random.Random) -> Iterator[Form]:
    """Yield identity numbers of 15 digits, of people born before and after 1985."""
    shapes = {
        name: IDENTITY_SHAPES[name] for name in ("in one", "digit by digit", "full width", "Han digits")
    }
    shapes |= {"6-6-3": grouped(6, 6), "zero-width signs": UNSEEN["zero-width signs"]}
    for years in ((1940, 1985), (1986, 1999)):
        for shape, write in shapes.items():
            for around, text in AROUND.items():
                number = old_identity(draw, *years)
                way = f"15 digits, born {years[0]}–{years[1]}, {shape}, {around}"
                yield Form("identity", way, text.format(write(number)), number)


def phones(draw: random.Random) -> Iterator[Form]:
    """Yield telephones, mobile and fixed, in every shape and in every place."""
    for shape, write in MOBILE_SHAPES.items():
        for around, text in AROUND.items():
            number = mobile(draw)
            yield Form("phone", f"{shape}, {around}", text.format(write(number)), number)
    for shape, write in LANDLINE_SHAPES.items():
        for around, text in AROUND.items():
            number = f"0335{draw.randrange(2, 9)}{draw.randrange(10**6):06d}"
            yield Form("phone", f"fixed, {shape}, {around}", text.format(write(number)), number[1:])
    for name in ("电话：{}", "手机号码{}", "联系方式为 {}", "Tel: {}"):
        number = f"3{draw.randrange(10**6):06d}"
        yield Form("phone", f"behind {name.format('…')}", name.format(number), number)
    one, other = mobile(draw), f"3{draw.randrange(10**6):06d}"
    yield Form("phone", "the second behind its name", f"电话：{one}、{other}", other)


def cards(draw: random.Random) -> Iterator[Form]:
    """Yield bank cards of several issuers in every shape and in every place."""
    issuers = (("622202", 19), ("621700", 19), ("622588", 16), ("436742", 16), ("955880", 19), ("520169", 16))
    for shape, write in CARD_SHAPES.items():
        for place, (around, text) in enumerate(AROUND.items()):
            number = card(draw, *issuers[place % len(issuers)])
            yield Form("card", f"{shape}, {around}", text.format(write(number)), number)
    for name in ("卡号：{}", "账号 {}", "银行卡号为{}", "帐户：{}"):
        number = f"13{draw.randrange(10**14):014d}"
        yield Form("card", f"without check digit, behind {name.format('…')}", name.format(number), number)


def others(draw: random.Random) -> Iterator[Form]:
    """Yield e-mail, plates, passports, and accounts of QQ and WeChat behind their names."""
    mails = (
        "shili{}@example.com",
        "shi.li-{}@mail.example.cn",
        "shili{}＠example.com",
        "shili{} @ example.com",
        "shili{}(at)example.com",
        "ｓｈｉｌｉ{}@example.com",
        "SHILI{}@EXAMPLE.COM",
        "shili\u200b{}@example.com",
    )
    plates = ("冀C{}", "冀C·{}", "冀C-{}", "冀C {}", "冀Ｃ{}", "冀c{}", "冀C\u200b{}")
    passports = ("E{}", "G{}", "E {}", "Ｅ{}", "EA{}", "护照号：P{}", "护照 {}", "passport no. K{}")
    accounts = ("QQ{}", "QQ：{}", "QQ号码为{}", "qq {}", "ＱＱ：{}", "QQ群：{}", "扣扣{}", "微信{}", "微信号：{}",
                "微信：shili{}", "WeChat: shili_{}", "加微信shili-{}", "wx：shili{}", "wxid_{}", "vx {}")  # fmt: skip
    for kind, ways, size in (
        ("email", mails, 4), ("plate", plates, 5), ("passport", passports, 8), ("account", accounts, 8),
    ):  # fmt: skip
        for way in ways:
            for around in ("alone", "in a sentence", "in brackets", "in a list"):
                digits = str(draw.randrange(3 * 10 ** (size - 1), 10**size))
                digits = digits[1:] if way.startswith("EA") else digits
                text = AROUND[around].format(way.format(digits))
                yield Form(kind, f"{way.format('…')}, {around}", text, digits)


def forms(seed: int = 0) -> list[Form]:
    """Return all forms, with numbers drawn from a seed."""
    draw = random.Random(seed)
    parts = (identities, old_identities, phones, cards, others)
    return [form for part in parts for form in part(draw)]


# --------------------------------------------------------------------------------------------------- nobody's

#: codes of units of the made-up round, which its ledgers know
UNIT_CODES: Final = frozenset({"130300", "130302", "130303", "130321"})
DOCUMENTS: Final = (
    "秦治欠〔{y}〕{n}号",
    "冀人社发〔{y}〕{n}号",
    "人社部发[{y}]{n}号",
    "国办发〔{y}〕第{n}号",
    "秦政办字({y}){n}号",
)
CASES: Final = (
    "{y}-{n:04d}",
    "XS{y}{n:05d}",
    "XS-{y}-{n:04d}",
    "（{y}）冀0302民初{n}号",
    "（{y}）冀03民终{n}号之一",
    "{u}-{y}-{n:04d}",
    "{u}{y}{n:05d}",
    "案号：{u}{y}{m:02d}{d:02d}{n:04d}",
    "线索{u}{n:05d}",
    "编号：{u}{n:05d}",
    "秦劳人仲案〔{y}〕第{n}号",
    "项目代码{y}-{u}-47-01-{n:06d}",
    "施工许可证{u}{y}{m:02d}{d:02d}0101",
    "第{n}批次{y}年",
    "12345热线{y}{m:02d}{d:02d}{n:05d}",
)
AMOUNTS: Final = (
    "{a}元",
    "{a:,}元",
    "{a:,}.50元",
    "欠薪{a:,}.00",
    "{k}.25万元",
    "约{k}万元",
    "{k}至{n}万元",
    "1{b}元",
    "人均{n}.5万元，共{k}万元",
    "人民币{b}元整",
    "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分",
    "98.{n}%",
    "由{n}人降至{k}人",
)
ACCOUNTS: Final = (
    "工资专用账户：是",
    "已开设工资专用账户{n}个",
    "账户余额{a:,}.00元",
    "专用账户{y}年{m}月开设",
    "账户内资金{a}元",
    "保证金账户（{y}）第{n}号",
)
DAYS: Final = (
    "{y}-{m:02d}-{d:02d}",
    "{y}年{m}月{d}日",
    "{y}.{m:02d}.{d:02d}-{y}.12.31",
    "{y}{m:02d}{d:02d}",
    "{y}/{m}/{d} 13:05:09",
    "二〇二〇年十二月十四日",
    "{y}-{m:02d}-{d:02d} 至 {y}-12-31",
    "{y}-{m:02d}-{d:02d}T13:05:09",
    "一、二、三季度",
)
OTHERS: Final = (
    "东经119.6{n:04d}，北纬39.9{n:04d}",
    "{a:,}.00、{k:,}.00、{b:,}.00、{a:,}.50、{n:,}.25、{k:,}.00",
    "{n} {k} {n} {k} {n}",
    "2016 2017 2018 2019 2020 2021",
    "192.168.{n}.1",
    "详见第{n}页第{k}行",
    "{u}{n:03d}{m:02d}-{k:04d}",
    "0.1{b}",
    "{n}/{k}={m}.{d:02d}%",
    "{h}",
    "版本{m}.{d}.{n}",
    "GB/T 9704-2012、GB 11643-1999",
    "示例路{n}号{m}号楼{d}单元{n}室",
    "G{n:03d}高速K{k}+{n}",
    "12345、12333、110",
)
UNITS: Final = ("{u}", "{u}示例区", "代码{u}、130303", "{u} {u} {u}", "单位代码：{u}")


def nobodys(seed: int, times: int) -> list[Nobodys]:
    """Return texts with numbers that are nobody's.

    Args:
        seed: from which they are drawn.
        times: how often each pattern is filled in.
    """
    draw = random.Random(seed)
    patterns: dict[str, Sequence[str]] = {
        "case and project numbers": CASES,
        "document numbers (文号)": DOCUMENTS,
        "amounts, people and rates": AMOUNTS,
        "account fields": ACCOUNTS,
        "days and periods": DAYS,
        "codes of units": UNITS,
        "lists, places and other figures": OTHERS,
    }
    found = [
        Nobodys(kind, pattern.format(**_filling(draw)))
        for kind, ways in patterns.items()
        for pattern in ways
        for _ in range(times)
    ]
    codes = ("统一社会信用代码{}", "{}", "信用代码：{}", "（{}）")
    found += [
        Nobodys("social credit codes (统一社会信用代码)", text.format(credit_code(draw)))
        for text in codes
        for _ in range(5 * times)
    ]
    return found


def _filling(draw: random.Random) -> dict[str, object]:
    return {
        "y": draw.randrange(2016, 2023),
        "m": draw.randrange(1, 13),
        "d": draw.randrange(1, 29),
        "n": draw.randrange(1, 1000),
        "k": draw.randrange(10, 5000),
        "a": draw.randrange(10_000, 90_000_000),
        "b": draw.randrange(10**9, 10**10),
        "h": f"{draw.getrandbits(256):064x}",
        "u": draw.choice(sorted(UNIT_CODES)),
    }


# ---------------------------------------------------------------------------------------------------- reading


def signs_of(text: str) -> str:
    """Return the digits and letters of a text as plain ones, everything else left out; slow and obvious."""
    plain = []
    for sign in text:
        for digits in (HAN, HAN_FORMAL):
            if sign in digits:
                plain.append(str(digits.index(sign)))
                break
        else:
            digit = unicodedata.digit(sign, None)
            plain.append(str(digit) if digit is not None else unicodedata.normalize("NFKC", sign))
    return re.sub(r"[^0-9A-Z]", "", "".join(plain).upper())


def leaks(form: Form, masked: str) -> bool:
    """Return whether a masked text still holds six signs of the secret in a row (of a shorter one all)."""
    rest, size = signs_of(masked), min(6, len(form.secret))
    parts = (form.secret[at : at + size] for at in range(len(form.secret) - size + 1))
    return any(part in rest for part in parts)
