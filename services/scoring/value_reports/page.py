"""A report as a page of its own: everything in it, nothing fetched, fit to be printed or mailed."""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.scoring.value_reports.charts import draw_svg
from services.scoring.value_reports.document import Chart, Document


def write_page(document: Document) -> str:
    """HTML with everything that people wrote escaped; the same bytes for the same document."""
    return _environment().get_template("report.html.jinja").render(document=document)


def _svg(chart: Chart) -> Markup:
    return Markup(draw_svg(chart))  # noqa: S704 - drawn here, its texts escaped by the library


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.scoring.value_reports", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = _svg
    return environment
