"""Numbers of a rulebook: read without floats, computed as fractions, rounded once by the declared rule."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ValidatorFunctionWrapHandler, WrapValidator

from analysis.quantities.exact import Rule as RoundingRule
from analysis.quantities.exact import round_to
from analysis.rounds.settings_files import bad_value

#: signs behind a share, and of how many parts it is
_SIGNS: Final = {"%": 100, "％": 100, "‰": 1000}


class Percent(Decimal):
    """A share that was written with its sign: 98% is 0.98 and remembers the sign."""

    __slots__ = ()


def round_exact(value: Fraction, places: int, rule: RoundingRule) -> Decimal:
    """Return an exact fraction rounded once to a decimal with `places` places."""
    return round_to(value, Decimal(1).scaleb(-places), rule)


def decimal_text(value: Fraction) -> str:
    """Return a number as it is stored: up to six places, no trailing zeros, no thousands sign (1000, 0.5)."""
    return f"{round_exact(value, 6, 'half_even'):f}".rstrip("0").rstrip(".")


def fraction_of(value: float | int | Decimal) -> Fraction:
    """Return the fraction a number was written as: a float stands for its shortest decimal, 0.1 for 1/10."""
    if isinstance(value, float) and value.is_integer():
        return Fraction(int(value))
    return Fraction(Decimal(str(value)))


def less(one: Fraction, other: Fraction) -> bool:
    """Return whether a fraction is less than another; the operator asks for classes first, which takes longest."""
    return one.numerator * other.denominator < other.numerator * one.denominator


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


def _least(value: Any) -> Decimal | str:
    return UNLIMITED if value == UNLIMITED else _decimal(value)


def _share(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    text = str(value).strip()
    whole = _SIGNS.get(text[-1:])
    if whole is None:
        # 98 or 0.98 without the sign could each mean the other
        raise bad_value("percent_sign_missing")
    return Percent(_decimal(text[:-1]) / whole)


def _quantity(value: Any, checked: ValidatorFunctionWrapHandler) -> Decimal:
    signed = isinstance(value, Percent) or str(value).strip().endswith(tuple(_SIGNS))
    number: Decimal = checked(_share(value) if signed else _decimal(value))
    # the model keeps plain decimals, which would forget the sign
    return Percent(number) if signed else number


def exact(value: Decimal | None) -> Fraction:
    """Return a number of a rule as a fraction; one that is left out counts as none."""
    return Fraction(0) if value is None else Fraction(value)


#: how a rule set says that nothing stops what a rule takes (扣分不设下限)
UNLIMITED: Final = "unlimited"
#: points or a count, exact
Points = Annotated[Decimal, BeforeValidator(_decimal)]
#: the least points a rule gives, or `unlimited`
LeastPoints = Annotated[Decimal | Literal["unlimited"], BeforeValidator(_least)]
#: a fraction written as a percentage with its sign: 98% → 0.98
Share = Annotated[Decimal, BeforeValidator(_share), AfterValidator(Percent)]
#: a threshold in the measure's own unit: 60% or 1; a percentage is a `Percent`
Quantity = Annotated[Decimal, WrapValidator(_quantity)]
