"""A report as PDF, in either language, with the charts drawn as vectors."""

import io
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getFont, registerFont
from reportlab.platypus import ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from services.scoring.value_reports.charts import COLOURS
from services.scoring.value_reports.document import Block, Bullets, Chart, Document, Figures, Grid

_FONT: Final = "STSong-Light"
"""A font for Chinese that readers bring themselves (Adobe-GB1): nothing to ship, a file of a few kilobytes."""

_INK, _PALE, _LINE = HexColor("#1f4e79"), HexColor("#f4f6fa"), HexColor("#d5d9e4")
_GREY: Final = HexColor("#556677")
_WIDTH: Final = A4[0] - 40 * mm
_CHART_HEIGHT: Final = 62 * mm
_FIGURES_PER_ROW: Final = 3


def write_pdf(document: Document) -> bytes:
    """The same bytes for the same document: neither the clock nor chance takes part."""
    registerFont(UnicodeCIDFont(_FONT))
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=document.title,
        lang=document.language,
        invariant=1,
    )
    writer = _Writer(_FONT if document.language == "zh-CN" or _needs_chinese(document) else "Helvetica")
    template.build(list(writer.write(document)), onFirstPage=writer.number, onLaterPages=writer.number)
    return out.getvalue()


def _needs_chinese(document: Document) -> bool:
    """Whether a title, which may come from outside, holds more than the Latin font has."""
    return any(ord(letter) > 0xFF for letter in document.title)


class _Writer:
    def __init__(self, font: str) -> None:
        getFont(font)
        self._font = font
        wrap = "CJK" if font == _FONT else None
        base: dict[str, Any] = {"fontName": font, "fontSize": 9.5, "leading": 14, "wordWrap": wrap}
        self._plain = ParagraphStyle("plain", **base)
        self._small = ParagraphStyle(
            "small", **{**base, "fontSize": 8, "leading": 11, "textColor": HexColor("#556677")}
        )
        self._number = ParagraphStyle("number", **{**base, "alignment": TA_RIGHT, "wordWrap": None})
        self._value = ParagraphStyle("value", **{**base, "fontSize": 11, "leading": 15})
        self._title = ParagraphStyle("title", **{**base, "fontSize": 19, "leading": 26, "textColor": _INK})
        self._heading = ParagraphStyle(
            "heading",
            **{
                **base,
                "fontSize": 13,
                "leading": 18,
                "textColor": _INK,
                "spaceBefore": 12,
                "spaceAfter": 5,
                "keepWithNext": 1,
            },
        )

    def write(self, document: Document) -> Iterator[Any]:
        yield self._text(document.title, self._title)
        yield from (self._text(line, self._plain) for line in document.lines)
        for section in document.sections:
            yield self._text(section.title, self._heading)
            for block in section.blocks:
                yield self._block(block)
                yield Spacer(0, 4)
        yield Spacer(0, 10)
        yield from (self._text(note, self._small) for note in document.notes)

    def number(self, canvas: Any, _template: Any) -> None:
        """The page's number, at its foot."""
        canvas.setFont("Helvetica", 8)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, str(canvas.getPageNumber()))

    def _text(self, text: str, style: ParagraphStyle) -> Paragraph:
        return Paragraph(escape(text), style)

    def _block(self, block: Block) -> Any:
        match block:
            case Figures():
                return self._figures(block)
            case Grid():
                return self._grid(block)
            case Bullets():
                items: list[Any] = [ListItem(self._text(line, self._plain), leftIndent=10) for line in block.lines]
                return ListFlowable(items, bulletType="bullet", bulletFontSize=6, leftIndent=10, start="circle")
            case Chart():
                return self._chart(block)

    def _figures(self, figures: Figures) -> Table:
        cells: list[Any] = [
            [self._text(label, self._small), self._text(value, self._value)] for label, value in figures.entries
        ]
        cells += [""] * (-len(cells) % _FIGURES_PER_ROW)
        rows = [cells[place : place + _FIGURES_PER_ROW] for place in range(0, len(cells), _FIGURES_PER_ROW)]
        table = Table(rows, colWidths=[_WIDTH / _FIGURES_PER_ROW] * _FIGURES_PER_ROW)
        table.setStyle(
            TableStyle([("BACKGROUND", (0, 0), (-1, -1), _PALE), ("INNERGRID", (0, 0), (-1, -1), 3, "white")])
        )
        return table

    def _grid(self, grid: Grid) -> Table:
        """The first column is text, the others are figures."""
        styles = (self._plain, *(self._number for _ in grid.columns[1:]))
        rows = [
            [self._text(cell, style) for cell, style in zip(row, styles, strict=True)]
            for row in (grid.columns, *grid.rows)
        ]
        table = Table(rows, colWidths=[_WIDTH / len(grid.columns)] * len(grid.columns), repeatRows=1)
        lines: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("BACKGROUND", (0, 0), (-1, 0), _PALE)]
        table.setStyle(TableStyle(lines))
        return table

    def _chart(self, chart: Chart) -> Drawing:
        drawing = Drawing(_WIDTH, _CHART_HEIGHT)
        drawing.add(String(0, _CHART_HEIGHT - 10, chart.title, fontName=self._font, fontSize=9))
        plot: Any = VerticalBarChart() if chart.drawn == "columns" else HorizontalLineChart()
        plot.x, plot.y, plot.width, plot.height = 45, 24, _WIDTH - 60, _CHART_HEIGHT - 55
        plot.data = [tuple(series) for _, series in chart.series]
        plot.categoryAxis.categoryNames = list(chart.labels)
        plot.categoryAxis.labels.fontName = plot.valueAxis.labels.fontName = self._font
        plot.categoryAxis.labels.fontSize = plot.valueAxis.labels.fontSize = 7
        styles = plot.bars if chart.drawn == "columns" else plot.lines
        for place in range(len(chart.series)):
            colour = HexColor(COLOURS[place % len(COLOURS)])
            if chart.drawn == "columns":
                styles[place].fillColor, styles[place].strokeColor = colour, None
            else:
                styles[place].strokeColor, styles[place].strokeWidth = colour, 1.5
        if chart.drawn == "columns":
            plot.valueAxis.forceZero, plot.categoryAxis.labelAxisMode = 1, "low"
        else:
            plot.valueAxis.valueMin, plot.valueAxis.valueMax, plot.valueAxis.valueStep = 0, 100, 25
            drawing.add(self._legend(chart))
        drawing.add(plot)
        return drawing

    def _legend(self, chart: Chart) -> Any:
        legend: Any = Legend()
        legend.x, legend.y, legend.boxAnchor = _WIDTH, _CHART_HEIGHT - 2, "ne"
        legend.fontName, legend.fontSize, legend.columnMaximum, legend.alignment = self._font, 8, 1, "right"
        legend.deltax, legend.dxTextSpace = 70, 4
        legend.colorNamePairs = [
            (HexColor(COLOURS[place % len(COLOURS)]), name) for place, (name, _) in enumerate(chart.series)
        ]
        return legend
