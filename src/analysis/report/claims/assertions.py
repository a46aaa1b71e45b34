"""Which sentence asserts what: the templates of `words/` by the kind of their claim, and the page that lists them.

    python -m analysis.report.claims.assertions > docs/claims.md

A sentence that is not named here asserts nothing beyond its figures and names, each of which carries its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.report.claims.claim_checks import CHECKS
from analysis.words import LANGUAGES, Words, words

#: families of sentences and titles the evidence chooses from
FAMILIES: Final = ("message.", "drawn.")
#: sentences, by key, and the kind of claim they make; several kinds where the words of one cover several
CLAIMS: Final[dict[str, tuple[str, ...]]] = {
    "message.declines.fall": ("change",),
    "message.declines.rise": ("change",),
    "message.declines.mixed": ("change",),
    "message.declines.level": ("sign",),
    "message.declines.tail_all_fall": ("change",),
    "message.declines.tail_all_rise": ("change",),
    "message.declines.tail_all": ("change",),
    "message.declines.tail_none": ("change",),
    "message.declines.tail_some": ("change",),
    "message.card.declines": ("change",),
    "message.card.past_clear_fall": ("change",),
    "message.card.past_clear_rise": ("change",),
    "message.units.fall": ("change",),
    "message.units.rise": ("change",),
    "message.units.none": ("change",),
    "message.units.not_clear": ("change",),
    "message.units.incomplete": ("change",),
    "message.units.too_few": ("change",),
    "message.units.zero_base": ("change",),
    "message.units.not_reported": ("change",),
    "message.units.not_comparable": ("change",),
    "message.rates.in_window": ("moved",),
    "message.years.falling": ("run",),
    "message.years.city": ("run",),
    "message.years.units": ("run",),
    "message.years.card": ("run",),
    "message.years.clear": ("run",),
    "message.past.title_fall": ("halved",),
    "message.past.title_up": ("run",),
    "message.trend.city_falling": ("trend",),
    "message.trend.city_rising": ("trend",),
    "message.trend.falling": ("trend",),
    "message.trend.rising": ("trend",),
    "message.resolution.plain": ("funnel",),
    "message.resolution.low": ("funnel",),
    "message.resolution.low_95": ("funnel",),
    "message.resolution.also_low": ("funnel",),
    "message.resolution.high": ("funnel",),
    "message.resolution.lowest": ("funnel",),
    "message.resolution.lowest_of_rest": ("funnel",),
    "message.funnel.left_out_low": ("limits",),
    "message.funnel.left_out_high": ("limits",),
    "message.card.place_both": ("beside",),
    "message.card.place_better": ("beside",),
    "message.card.place_worse": ("beside",),
    "message.heat.title_low": ("most", "concentrated"),
    "message.heat.unit": ("order",),
    "message.losses.title": ("most",),
    "message.losses.title_tied": ("most",),
    "message.card.lost": ("order",),
    "message.card.lost_alike": ("order",),
    "drawn.losses.unit": ("order",),
    "message.contributions.title": ("most", "least"),
    "message.contributions.title_same": ("most", "least"),
    "message.decomposition.fall": ("share",),
    "message.decomposition.rise": ("share",),
    "message.gaps.title": ("least",),
    "message.verified.title": ("least",),
    "message.months.above": ("limits",),
    "message.months.below": ("limits",),
    "message.firmness.all_firm": ("firm",),
    "message.firmness.some": ("firm",),
    "message.firmness.only": ("firm",),
    "message.firmness.line": ("firm",),
    "message.firmness.line_all": ("firm",),
    "message.firmness.card": ("firm",),
    "message.firmness.card_loose": ("firm",),
    "message.firmness.pairs": ("firm",),
    "message.spread.sentence": ("order",),
    "message.declines.by_chance": ("method",),
    "drawn.distances.nearest_a": ("order",),
    "drawn.distances.nearest_c": ("order",),
    "drawn.rectification.title": ("order",),
    "drawn.rectification.title_tied": ("order",),
}
#: kinds that are no value of their own: the function that chooses the sentence decides, by this
CHOSEN: Final = {
    "sign": "All three quantities are the same in both periods.",
    "limits": "The value lies beyond the limits computed for it; of several the one farthest beyond is named.",
    "order": "Those named stand first when the rows are put in order.",
    "share": "The factor has the largest part of the change, and no more than the whole.",
    "method": "A rule of the method, said of nobody; its counts are rows.",
    "firm": "The grade is kept with the probability asked for in everything that was drawn.",
}
#: the test that refuses a sentence of a kind the rows do not carry
REFUSED_BY: Final = {
    "change": "test_claims.py::test_a_change_is_called_what_its_verdict_is",
    "moved": "test_claims.py::test_a_rate_within_the_window_moved_only_as_far_as_its_interval_says",
    "run": "test_claims.py::test_a_run_that_is_not_clear_is_refused_wherever_it_is_said",
    "halved": "test_claims.py::test_half_is_not_told_of_a_unit_whose_years_show_no_trend",
    "trend": "test_claims.py::test_absence_of_a_trend_is_never_a_title",
    "funnel": "test_claims.py::test_a_place_in_the_funnel_is_the_one_its_limits_give",
    "beside": "test_claims.py::test_a_side_of_the_city_is_taken_only_beyond_the_limits_of_the_funnel",
    "most": "test_claims.py::test_who_lost_as_much_is_named_too",
    "least": "test_claims.py::test_the_least_are_all_who_have_as_little",
    "concentrated": "test_claims.py::test_points_lost_all_over_are_concentrated_nowhere",
    "sign": "test_claims.py::test_no_change_is_called_no_change",
    "order": "test_claims.py::test_of_items_that_cost_alike_all_are_named_or_none",
    "limits": "test_claims.py::test_who_lies_beyond_other_limits_is_told_only_if_inside_the_first",
    "share": "test_claims.py::test_a_factor_is_named_that_holds_no_more_than_the_whole",
    "method": "test_messages.py::test_every_printed_figure_is_its_row_at_the_printed_precision",
    "firm": "test_messages.py::test_firm_and_loose_grades_partition_the_units",
}


def sentences(catalogue: Words) -> list[str]:
    """Return the keys of all sentences and titles the evidence chooses from."""
    return [key for key in catalogue if key.startswith(FAMILIES)]


def page() -> Iterator[str]:
    """Yield the lines of docs/claims.md."""
    yield "# What the sentences claim"
    yield ""
    yield "Printed by `python -m analysis.report.claims.assertions`. A claim is a value: kind, answer, units, measures,"
    yield "periods, rows. Its one check reads the rows; the gate of a page refuses a second sentence that answers a"
    yield "question differently (`UnsupportedClaimError`, `ContradictionError`). Every other sentence of `message.…`"
    yield "and `drawn.…` says its figures and names, nothing beyond: `test_messages.py` holds each figure to its row."
    yield ""
    yield "| kind | what has to be so | the test that refuses it |"
    yield "|---|---|---|"
    for kind, check in CHECKS.items():
        yield f"| `{kind}` | {_first_line(check.__doc__)} | `{REFUSED_BY[kind]}` |"
    for kind, rule in CHOSEN.items():
        yield f"| {kind} | {rule} | `{REFUSED_BY[kind]}` |"
    catalogues = [words(language) for language in LANGUAGES]
    yield ""
    yield "| sentence | " + " | ".join(LANGUAGES) + " | kind |"
    yield "|---" * (len(LANGUAGES) + 2) + "|"
    for key in sentences(catalogues[0]):
        told = " | ".join(catalogue.label(key).replace("|", "\\|") for catalogue in catalogues)
        yield f"| `{key}` | {told} | {', '.join(CLAIMS.get(key, ('figures',)))} |"


def _first_line(text: str | None) -> str:
    return (text or "").split("\n", maxsplit=1)[0]


if __name__ == "__main__":
    print("\n".join(page()))
