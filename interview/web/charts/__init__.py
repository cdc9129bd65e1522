"""Where the parts of a chart stand. Templates draw; every sum is done here.

Horizontal places are percent of the chart's width and vertical ones pixels, so that text
never scales. Estimates, lows and highs are 0..100 and come out as whole numbers.
"""

from interview.web.charts.heat import HeatMap, HeatRow, heat_class, heat_map
from interview.web.charts.interval import Interval
from interview.web.charts.mastery import MasteryChart, MasteryRow, mastery_chart
from interview.web.charts.trend import TrendChart, TrendPoint, trend_chart

__all__ = [
    "HeatMap",
    "HeatRow",
    "Interval",
    "MasteryChart",
    "MasteryRow",
    "TrendChart",
    "TrendPoint",
    "heat_class",
    "heat_map",
    "mastery_chart",
    "trend_chart",
]
