"""Which sentence asserts what: the templates of `words/` by the kind of their claim, and the page that lists them.

    python -m analysis.report.claims.assertions > docs/claims.md

A sentence that is not named here asserts nothing beyond its figures and names, each of which carries its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.report.claims.claim_checks import CHECKS
from analysis.words import LANGUAGES, Words, words

#: families of sentences, titles and words the evidence chooses from
FAMILIES: Final = (
    "message.",
    "drawn.",
    "bulletin.results.",
    "bulletin.problems.",
    "disclosure.named",
    "verdict.",
    "report.flag.",
    "report.trend.words.",
    "report.firmness.firm",
    "report.firmness.loose",
)
#: sentences, by key (or the beginning of alike keys), and the kinds of the claims they make
CLAIMS: Final[dict[str, tuple[str, ...]]] = {
    "message.declines.fall": ("sign",),
    "message.declines.fall_one": ("sign",),
    "message.declines.rise": ("sign",),
    "message.declines.rise_one": ("sign",),
    "message.declines.mixed": ("sign",),
    "message.declines.level": ("sign",),
    "message.declines.level_one": ("sign",),
    "message.declines.tail_all_fall": ("change",),
    "message.declines.tail_all_rise": ("change",),
    "message.declines.tail_all": ("change",),
    "message.declines.tail_none": ("change",),
    "message.declines.tail_too_few": ("change",),
    "message.declines.tail_incomplete": ("change",),
    "message.declines.tail_some.clear": ("change",),
    "message.declines.tail_some.not_clear": ("change",),
    "message.declines.tail_some.too_few": ("change",),
    "message.declines.tail_some.incomplete": ("change",),
    "message.declines.clear_alone": ("change",),
    "message.declines.by_chance": ("count",),
    "message.card.declines": ("change",),
    "message.card.past_clear_fall": ("change",),
    "message.card.past_clear_rise": ("change",),
    "message.units.fall": ("change",),
    "message.units.rise": ("change",),
    "message.units.none": ("change",),
    "message.units.not_clear": ("change", "count"),
    "message.units.incomplete": ("change",),
    "message.units.too_few": ("change",),
    "message.units.zero_base": ("change",),
    "message.units.not_reported": ("change",),
    "message.units.not_comparable": ("change",),
    "message.units.new_unit": ("change",),
    "message.rates.in_window": ("moved",),
    "message.rates.moved": ("moved",),
    "message.headline.fell": ("moved",),
    "message.headline.rose": ("moved",),
    "message.headline.fell_running": ("moved_run",),
    "message.headline.unresolved_where": ("holding_half",),
    "message.headline.overdue": ("most",),
    "message.decisions.grades_loose": ("firm",),
    "message.decisions.veto_open": ("veto",),
    "message.headline.overdue_tied": ("most",),
    "message.waits.title": ("waited",),
    "message.years.falling": ("run",),
    "message.years.city": ("run",),
    "message.years.units": ("run",),
    "message.years.card": ("run",),
    "message.years.clear": ("change",),
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
    "message.funnel.left_out_low": ("left_out",),
    "message.funnel.left_out_high": ("left_out",),
    "message.card.place_both": ("beside",),
    "message.card.place_better": ("beside",),
    "message.card.place_worse": ("beside",),
    "message.heat.title_low": ("most", "concentrated"),
    "message.heat.unit": ("order",),
    "message.losses.title": ("most",),
    "message.losses.title_tied": ("most",),
    "message.card.lost": ("order",),
    "drawn.losses.unit": ("order",),
    "message.contributions.title": ("most", "least", "sign"),
    "message.contributions.title_same": ("most", "least"),
    "message.decomposition.fall": ("share",),
    "message.decomposition.rise": ("share",),
    "message.gaps.title": ("least",),
    "message.gaps.level": ("most",),
    "message.verified.title": ("least",),
    "message.months.above": ("limits",),
    "message.months.below": ("limits",),
    "message.firmness.all_firm": ("firm",),
    "message.firmness.all_firm_graded": ("firm",),
    "message.firmness.some": ("firm",),
    "message.firmness.some_graded": ("firm",),
    "message.firmness.only": ("firm",),
    "message.firmness.line": ("firm",),
    "message.firmness.line_all": ("firm",),
    "message.firmness.line_all_graded": ("firm",),
    "message.firmness.card": ("firm",),
    "message.firmness.card_loose": ("firm",),
    "message.firmness.card_one": ("firm",),
    "message.firmness.card_one_loose": ("firm",),
    "message.firmness.pairs": ("count",),
    "message.spread.sentence": ("count",),
    "message.grades.some": ("count",),
    "message.grades.some_named": ("count", "grade"),
    "message.grades.none": ("count",),
    "message.grades.none_named": ("count",),
    "message.grades.list": ("grade",),
    "message.grades.veto": ("veto",),
    "message.grades.veto_open": ("veto",),
    "message.grades.no_veto": ("veto",),
    "message.problems.named": ("count",),
    "message.problems.group": ("named",),
    "message.problems.group_none": ("named",),
    "message.problems.matrix": ("count",),
    "message.problems.matrix_all": ("count",),
    "message.arrivals.all": ("silent",),
    "message.arrivals.missing": ("silent",),
    "drawn.distances.nearest_best": ("nearest",),
    "drawn.distances.nearest_lowest": ("nearest",),
    "drawn.rectification.title": ("most",),
    "drawn.rectification.title_tied": ("most",),
    "drawn.matrix.alt": ("named",),
    "drawn.matrix.alt_none": ("named",),
    "bulletin.results.list": ("grade",),
    "bulletin.results.unrated": ("grade",),
    "bulletin.results.veto": ("veto",),
    "bulletin.problems.named": ("named",),
    "bulletin.problems.named_one": ("named",),
    "bulletin.problems.none": ("named",),
    "disclosure.named": ("named",),
    "disclosure.named_none": ("named",),
    "verdict.": ("change", "moved"),
    "report.flag.": ("funnel",),
    "report.trend.words.": ("trend",),
    "report.firmness.firm": ("firm",),
    "report.firmness.loose": ("firm",),
}
#: the test that refuses a sentence of a kind the rows do not carry
REFUSED_BY: Final = {
    "change": "test_claims.py::test_a_change_is_called_what_its_verdict_is",
    "moved": "test_claims.py::test_a_rate_within_the_window_moved_only_as_far_as_its_interval_says",
    "moved_run": "test_headlines.py::test_years_of_falls_are_told_where_the_last_is_clear",
    "holding_half": "test_headlines.py::test_those_who_have_half_are_named_and_nobody_who_has_as_many_is_left_out",
    "run": "test_claims.py::test_a_run_that_is_not_clear_is_refused_wherever_it_is_said",
    "halved": "test_claims.py::test_half_is_not_told_of_a_unit_whose_years_show_no_trend",
    "trend": "test_claims.py::test_absence_of_a_trend_is_never_a_title",
    "funnel": "test_claims.py::test_a_place_in_the_funnel_is_the_one_its_limits_give",
    "beside": "test_claims.py::test_a_side_of_the_city_is_taken_only_beyond_the_limits_of_the_funnel",
    "most": "test_claims.py::test_who_lost_as_much_is_named_too",
    "least": "test_claims.py::test_the_least_are_all_who_have_as_little",
    "concentrated": "test_claims.py::test_points_lost_all_over_are_concentrated_nowhere",
    "sign": "test_claims.py::test_no_change_is_called_no_change",
    "left_out": "test_claims.py::test_who_lies_beyond_other_limits_is_told_only_if_inside_the_first",
    "limits": "test_claims.py::test_of_months_as_far_beyond_all_are_named",
    "order": "test_claims.py::test_of_items_that_cost_alike_all_are_named_or_none",
    "share": "test_claims.py::test_a_factor_is_named_that_holds_no_more_than_the_whole",
    "firm": "test_claims.py::test_a_grade_that_is_pending_is_not_called_firm",
    "grade": "test_claims.py::test_a_list_of_a_grade_names_all_of_it_and_nobody_else",
    "named": "test_claims.py::test_a_group_names_all_who_reach_its_threshold",
    "veto": "test_claims.py::test_who_triggered_a_veto_is_named_and_nobody_else",
    "silent": "test_claims.py::test_who_did_not_report_a_ledger_is_named_and_nobody_else",
    "nearest": "test_claims.py::test_all_who_are_as_near_to_a_grade_are_named",
    "waited": "test_claims.py::test_a_wait_of_which_half_is_not_over_is_no_title",
    "count": "test_claims.py::test_a_figure_of_all_units_is_counted_again",
}

#: beginnings of the sentences that no claim stands behind, as they are told from a rule or its derivation: what they
#: say, and the test that holds them to it
OTHERS: Final[dict[str, tuple[str, str]]] = {
    "rule.": (
        "what a rule of the rule set says",
        "test_shapes.py::test_a_rule_reads_as_the_official_sentence",
    ),
    "condition.": ("on what a rule depends", "test_shapes.py::test_a_rule_reads_as_the_official_sentence"),
    "statute.": (
        "what the rule set says as a whole",
        "test_presets.py::test_each_preset_loads_without_fault_and_reads_as_sentences",
    ),
    "report.annex.spot-checks_": (
        "by which rule spot checks are drawn",
        "test_spot_checks.py::test_the_annex_lists_what_is_drawn_with_its_rule",
    ),
    "composition.": (
        "how scores are put together",
        "test_composition.py::test_weighted_sources_add_up_and_are_told",
    ),
    "ruletable.condition": (
        "how a condition of a grade is written in the workbook",
        "test_rule_lists.py::test_what_is_said_of_every_kind_is_read_again",
    ),
    "ruletable.own.also": (
        "how a condition of a measure of the office may be written in the workbook",
        "test_beside_rules.py::test_a_condition_is_understood_as_people_write_it",
    ),
    "derivation.": (
        "how the points of an item came about",
        "test_shapes.py::test_an_example_gives_the_points_and_the_sentence_worked_by_hand",
    ),
    "grade.rule.": (
        "what a condition of a grade says",
        "test_grading.py::test_a_condition_on_both_sides_of_its_line",
    ),
    "grade.reason.": (
        "whether a condition is met",
        "test_grading.py::test_a_condition_on_both_sides_of_its_line",
    ),
    "grade.nearest.": (
        "what is nearest to another grade",
        "test_grading.py::test_the_clause_that_decided_and_the_nearest_one",
    ),
    "whatif.": (
        "what would lead to another grade",
        "test_whatif.py::test_every_way_that_is_named_leads_to_a_and_one_step_less_does_not",
    ),
    "report.trend.way.": (
        "which way a step of a series went",
        "test_missing.py::test_a_step_of_which_half_is_left_empty_has_no_direction",
    ),
    "report.months.signals.": (
        "how a month stands out",
        "test_charts.py::test_months_that_stand_out_are_marked_by_shape_and_the_key_names_them",
    ),
    "firmness.outranks": (
        "how often a unit stands above another",
        "test_firmness.py::test_a_unit_far_ahead_stays_ahead",
    ),
    "measure_of.": (
        "what a measure is called",
        "test_naming.py::test_every_code_of_the_value_table_has_a_name_and_a_definition",
    ),
    "checktable.": (
        "what a check looks for",
        "test_checks.py::test_the_documented_table_is_the_one_of_the_program",
    ),
    "faults.": (
        "what is wrong with a cell or a setting, which is told of files and not of units",
        "test_intake_faults.py::test_the_tone_of_the_lines",
    ),
}


def kinds_of(sentence: str) -> tuple[str, ...]:
    """Return the kinds of the claims a sentence makes; none for one that says its figures and nothing beyond."""
    alike = next((key for key in CLAIMS if key.endswith(".") and sentence.startswith(key)), sentence)
    return CLAIMS.get(alike, ())


def sentences(catalogue: Words) -> list[str]:
    """Return the keys of all sentences and titles the evidence chooses from."""
    return [key for key in catalogue if key.startswith(FAMILIES)]


def page() -> Iterator[str]:
    """Yield the lines of docs/claims.md."""
    yield "# What the sentences claim"
    yield ""
    yield "Printed by `python -m analysis.report.claims.assertions`. A claim is a value: kind, answer, units, measures,"
    yield "periods, rows. Its one check reads the rows; the gate of a page refuses a second sentence that answers a"
    yield "question differently (`UnsupportedClaimError`, `ContradictionError`). Every other sentence of these families"
    yield "says its figures and names, nothing beyond: `test_messages.py` holds each figure to its row."
    yield ""
    yield "| kind | what has to be so | the test that refuses it |"
    yield "|---|---|---|"
    for kind, check in CHECKS.items():
        yield f"| `{kind}` | {_first_line(check.__doc__)} | `{REFUSED_BY[kind]}` |"
    catalogues = [words(language) for language in LANGUAGES]
    yield ""
    yield "Behind what is told from a rule set, a derivation or a file stands no claim but what it is told from:"
    yield ""
    yield "| sentences | what they say | the test that holds them to it |"
    yield "|---|---|---|"
    for beginning, (what, test) in OTHERS.items():
        yield f"| `{beginning}…` | {what} | `{test}` |"
    yield ""
    yield "| sentence | " + " | ".join(LANGUAGES) + " | kind |"
    yield "|---" * (len(LANGUAGES) + 2) + "|"
    for key in sentences(catalogues[0]):
        told = " | ".join(catalogue.label(key).replace("|", "\\|") for catalogue in catalogues)
        yield f"| `{key}` | {told} | {', '.join(kinds_of(key)) or 'figures'} |"


def _first_line(text: str | None) -> str:
    return (text or "").split("\n", maxsplit=1)[0]


if __name__ == "__main__":
    print("\n".join(page()))
