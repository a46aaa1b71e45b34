"""Numbers of a rulebook: read without floats, computed as fractions, rounded once by the declared rule."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from analysis.settings import bad_value

RoundingRule = Literal["half_even", "half_up"]


def round_exact(value: Fraction, places: int, rule: RoundingRule) -> Decimal:
    """Return an exact fraction rounded once to a decimal with `places` places.

    `half_even` is GB/T 8170 (四舍六入五成双) on the exact value; `half_up` is 四舍五入, away from zero.
    """
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled, 1)
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (rule == "half_up" or whole % 2)):
        whole += 1
    rounded = Decimal(int(whole)).scaleb(-places)
    return -rounded if value < 0 and rounded else rounded


def fraction_of(value: float | int | Decimal) -> Fraction:
    """Return the fraction a number was written as: a float stands for its shortest decimal, 0.1 for 1/10."""
    return Fraction(Decimal(str(value)))


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise bad_value("not_a_number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise bad_value("not_a_number") from None
    if not number.is_finite():
        raise bad_value("not_a_number")
    return number


def _share(value: Any) -> Decimal:
    text = str(value).strip().replace("％", "%")
    if not isinstance(value, Decimal) and not text.endswith("%"):
        # 98 or 0.98 without the sign could each mean the other
        raise bad_value("percent_sign_missing")
    return value if isinstance(value, Decimal) else _decimal(text[:-1]) / 100


def _quantity(value: Any) -> Decimal:
    return _share(value) if str(value).strip().endswith(("%", "％")) else _decimal(value)


#: points or a count, exact
Points = Annotated[Decimal, BeforeValidator(_decimal)]
#: a fraction written as a percentage with its sign: 98% → 0.98
Share = Annotated[Decimal, BeforeValidator(_share)]
#: a threshold in the measure's own unit: 60% or 1
Quantity = Annotated[Decimal, BeforeValidator(_quantity)]
