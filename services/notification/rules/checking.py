"""What a document alone cannot say of a rule: that there are words for it, and that its trigger tells what they show.

Pure.
"""

from collections.abc import Mapping

from services.notification.calendars.public import has_calendar
from services.notification.rules.document import RuleDocument
from services.notification.rules.kinds import EVENTS, told_by
from services.notification.templates.catalogue import TemplateSpec
from shared.errors import InvalidInput


def shown_by(document: RuleDocument) -> list[str]:
    """What the trigger of a rule gives to its template."""
    event, occasion = document.on.event, document.on.occasion
    tells = told_by(occasion) if occasion is not None else EVENTS[event].tells if event is not None else ()
    return [told.name for told in tells if told.shown]


def check_rule(document: RuleDocument, templates: Mapping[str, TemplateSpec]) -> None:
    """Raises InvalidInput for a template that is not there, is for others, or shows what the trigger never tells, and
    for a region whose holidays nobody knows.
    """
    if document.on.region is not None and not has_calendar(document.on.region):
        raise InvalidInput(
            f"the public holidays of {document.on.region} are not known; name an ISO 3166 country, such as CN, or one "
            "with its subdivision, such as DE-BY",
            code="region_unknown",
            field="document.on.region",
        )
    place = "document.message.template" if document.task is None else "document.task.template"
    spec = templates.get(document.template)
    if spec is None:
        raise InvalidInput(
            f"there is no template {document.template!r}; there are {', '.join(templates)}",
            code="template_unknown",
            field=place,
        )
    if spec.for_staff != (document.task is not None):
        readers = ("staff", "a task") if spec.for_staff else ("customers", "a message")
        raise InvalidInput(
            f"these words are for {readers[0]}: they are said by {readers[1]} only",
            code="template_unsuitable",
            field=place,
        )
    missing = sorted(spec.required.difference(shown_by(document)))
    if missing:
        raise InvalidInput(
            f"the template shows {', '.join(missing)}, which {document.on} does not tell",
            code="template_unsuitable",
            field=place,
        )
