"""Charts of a report as SVG, for pages."""

from typing import Final

import leather

from services.scoring.value_reports.document import Chart

COLOURS: Final = ("#1f4e79", "#e07b39", "#4f8a5b")
_SIZE: Final = (720, 300)


def draw_svg(chart: Chart) -> str:
    """The same bytes for the same figures; nothing in it runs or is fetched."""
    drawn = leather.Chart(chart.title)
    labels = chart.labels

    def label(value: float, _index: int, _count: int) -> str:
        return labels[int(value)]

    values = [value for _, series in chart.series for value in series if value is not None]
    if chart.drawn == "columns":
        ((_, columns),) = chart.series
        drawn.add_y_scale(min(0.0, *values) * 1.1, max(1.0, *values) * 1.1)
        drawn.add_columns(list(zip(labels, (value or 0.0 for value in columns), strict=True)), fill_color=COLOURS[0])
    else:
        drawn.add_x_scale(-0.5, len(labels) - 0.5)
        drawn.add_x_axis([float(place) for place in range(len(labels))], label)
        drawn.add_y_scale(0.0, 100.0)
        for (name, series), colour in zip(chart.series, COLOURS, strict=False):
            points = [(float(place), value) for place, value in enumerate(series) if value is not None]
            if points:
                drawn.add_line(points, x=0, y=1, stroke_color=colour, name=name)
    svg: str = drawn.to_svg(width=_SIZE[0], height=_SIZE[1])
    return svg
