"""A report as its writers see it: sections of figures, tables, lists and charts, in one language, not yet drawn."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """Labelled values, the ones read first."""

    entries: Sequence[tuple[str, str]]
    kind: str = "figures"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first column names the row, the others are figures."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    kind: str = "grid"


@dataclass(frozen=True, slots=True)
class Bullets:
    lines: Sequence[str]
    kind: str = "bullets"


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns of one series, or lines of several, over the same labels; None leaves a gap."""

    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    drawn: str = "columns"
    kind: str = "chart"


Block = Figures | Grid | Bullets | Chart


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Document:
    """`lines` stand below the title, `notes` at the end. The same facts make the same document."""

    language: str
    title: str
    lines: Sequence[str]
    sections: Sequence[Section]
    notes: Sequence[str]
