"""What people usually write for yes and no where no code list has it: √ and ×, 有 and 无, 属实 and 不属实."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from analysis.rounds.units import normal_name

_USUAL: Final[Mapping[str, str]] = {
    normal_name(written): answer
    for answer, ways in {
        "yes": (
            "√ ✓ ✔ ☑ ● 对 有 真 已 是的 属实 查实 已查实 经查属实 存在 "
            "已化解 已解决 已办结 已结案 已支付 已核查 y yes t true 1"
        ),
        "no": (
            "× ✗ ✘ ☒ x 错 无 没有 未 不是 非 不属实 未查实 经查不属实 不存在 "
            "未化解 未解决 未办结 未结案 未支付 未核查 n no f false 0"
        ),
    }.items()
    for written in ways.split()
}


def usual_answer(written: str, answers: Collection[str]) -> str | None:
    """Return what a text usually stands for among some answers; None where that is not clear, as of 部分属实."""
    answer = _USUAL.get(normal_name(written).lower())
    return answer if answer in answers else None
