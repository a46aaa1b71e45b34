"""Charts: a frame goes in, a matplotlib figure comes out, in one style. Nothing is read, written or counted here."""

from analysis.charts.declines import contributions, declines, decomposition
from analysis.charts.headed import headed
from analysis.charts.months import monthly_control
from analysis.charts.past import own_past, unit_past
from analysis.charts.place import unit_place
from analysis.charts.points import grade_distances, lost_points, unit_losses
from analysis.charts.problem_charts import problem_matrix, rectification
from analysis.charts.rank_charts import rank_intervals, unit_ranks
from analysis.charts.rates import resolution_funnel
from analysis.charts.scores import score_heatmap
from analysis.charts.style import Width, report_style, set_report_style
from analysis.charts.svg import ChartLayoutError, overlaps, to_picture
from analysis.charts.waits import waits

__all__ = [
    "ChartLayoutError",
    "Width",
    "contributions",
    "declines",
    "decomposition",
    "grade_distances",
    "headed",
    "lost_points",
    "monthly_control",
    "overlaps",
    "own_past",
    "problem_matrix",
    "rank_intervals",
    "rectification",
    "report_style",
    "resolution_funnel",
    "score_heatmap",
    "set_report_style",
    "to_picture",
    "unit_losses",
    "unit_past",
    "unit_place",
    "unit_ranks",
    "waits",
]
