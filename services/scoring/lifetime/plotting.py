"""Predicted against actual purchases per group, drawn as SVG."""

from collections.abc import Sequence
from typing import Final

import leather

from services.scoring.lifetime.calibration import GroupPrediction

_ACTUAL, _EXPECTED = "#1f4e79", "#e07b39"
_SIZE: Final = (760, 420)


def draw_hold_out(groups: Sequence[GroupPrediction], weeks: float) -> str:
    """A line for what happened and one for what was expected, over the groups that have customers."""
    drawn = [group for group in groups if group.customers] or groups
    actual = [(float(one.repeats), one.actual / max(one.customers, 1)) for one in drawn]
    expected = [(float(one.repeats), one.expected / max(one.customers, 1)) for one in drawn]
    last = float(groups[-1].repeats)
    highest = max(height for _, height in (*actual, *expected))

    def label(value: float, _index: int, _count: int) -> str:
        return f"{value:.0f}{'+' if value == last else ''}"

    chart = leather.Chart(f"Mean purchases of a customer in the {weeks:.0f} weeks held out")
    chart.add_x_scale(0.0, last)
    chart.add_x_axis([float(one.repeats) for one in groups], label, name="repeat purchases in the calibration period")
    chart.add_y_scale(0.0, max(highest * 1.1, 1.0))
    chart.add_line(actual, x=0, y=1, stroke_color=_ACTUAL, name="actual")
    chart.add_line(expected, x=0, y=1, stroke_color=_EXPECTED, name="expected")
    svg: str = chart.to_svg(width=_SIZE[0], height=_SIZE[1])
    return svg
