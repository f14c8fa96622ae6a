"""Letters as one PDF: each begins on a page of its own, with the address where the window of an envelope is.

The measures are those of DIN 5008 form B, for envelopes with a window on the left (C6/5 and DL).
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, Paragraph, Spacer

_CHINESE: Final = "STSong-Light"
"""A font for Chinese that readers and printers bring themselves (Adobe-GB1): docs/decisions/0017."""
_LATIN: Final = "Helvetica"
_LEFT, _RIGHT, _FOOT = 25 * mm, 20 * mm, 20 * mm
_WINDOW_TOP, _WINDOW_WIDTH = 45 * mm, 80 * mm
_BODY_TOP, _NEXT_TOP = 98 * mm, 25 * mm
_LINE = 4.6 * mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`address` are the lines of the block, `day` is written in the letter's language."""

    address: Sequence[str]
    day: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The file, and how many pages each letter takes in it."""

    pdf: bytes
    pages: Sequence[int]


def print_letters(letters: Iterable[Letter], *, sender: Sequence[str], title: str) -> Printed:
    """The same bytes for the same letters: neither the clock nor chance takes part."""
    registerFont(UnicodeCIDFont(_CHINESE))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    pages = [_draw(canvas, letter, sender) for letter in letters]
    if not pages:
        canvas.showPage()  # a PDF has at least one page
    canvas.save()
    return Printed(out.getvalue(), pages)


def _draw(canvas: Canvas, letter: Letter, sender: Sequence[str]) -> int:
    _address(canvas, letter, sender)
    story = _story(letter)
    pages, top = 0, _BODY_TOP
    while story:
        frame = Frame(_LEFT, _FOOT, A4[0] - _LEFT - _RIGHT, A4[1] - top - _FOOT, 0, 0, 0, 0)
        _fill(frame, story, canvas)
        canvas.showPage()
        pages, top = pages + 1, _NEXT_TOP
    return pages


def _fill(frame: Frame, story: list[Any], canvas: Canvas) -> None:
    """Takes from the story what the page holds, and of the paragraph that is too long its first lines."""
    before = len(story)
    frame.addFromList(story, canvas)
    if story and (parts := frame.split(story[0], canvas)):
        story[:1] = parts
        frame.addFromList(story, canvas)
    elif len(story) == before:
        raise ValueError("a line is higher than a page")  # rather than pages without end


def _address(canvas: Canvas, letter: Letter, sender: Sequence[str]) -> None:
    top = A4[1] - _WINDOW_TOP
    _write(canvas, " · ".join(sender), _LEFT, top, size=7, width=_WINDOW_WIDTH)
    canvas.line(_LEFT, top - 1 * mm, _LEFT + _WINDOW_WIDTH, top - 1 * mm)
    for place, line in enumerate(letter.address):
        _write(canvas, line, _LEFT, top - 7 * mm - place * _LINE, size=10.5, width=_WINDOW_WIDTH)
    _write(canvas, letter.day, A4[0] - _RIGHT - 45 * mm, A4[1] - _BODY_TOP + 8 * mm, size=10.5, width=45 * mm)


def _write(canvas: Canvas, text: str, x: float, y: float, *, size: float, width: float) -> None:
    """One line, in letters as small as it takes to fit: what is cut off an address is not delivered."""
    font = _font_of(text)
    needed = stringWidth(text, font, size)
    canvas.setFont(font, size if needed <= width else size * width / needed)
    canvas.drawString(x, y, text)


def _story(letter: Letter) -> list[Any]:
    font = _font_of(letter.subject + letter.text)
    base: dict[str, Any] = {"fontName": font, "fontSize": 10.5, "leading": 15, "wordWrap": _wrap(font)}
    plain, heading = ParagraphStyle("plain", **base), ParagraphStyle("heading", **{**base, "fontSize": 12})
    story: list[Any] = [Paragraph(escape(letter.subject), heading), Spacer(0, 10)]
    lines = letter.text.strip().splitlines()
    return story + [Paragraph(escape(line), plain) if line.strip() else Spacer(0, 8) for line in lines]


def _font_of(text: str) -> str:
    return _CHINESE if any(ord(letter) > 0xFF for letter in text) else _LATIN


def _wrap(font: str) -> str | None:
    return "CJK" if font == _CHINESE else None
