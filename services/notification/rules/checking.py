"""What a document alone cannot say of a rule: that there are words for it, and that its trigger tells what they show.

Pure.
"""

from services.notification.rules.document import RuleDocument
from services.notification.rules.kinds import EVENTS, OF_OCCASIONS
from services.notification.templates.catalogue import CATALOGUE
from shared.errors import InvalidInput

_SPECS = {str(name): spec for name, spec in CATALOGUE.items()}


def shown_by(document: RuleDocument) -> list[str]:
    """What the trigger of a rule gives to its template."""
    tells = OF_OCCASIONS if document.on.event is None else EVENTS[document.on.event].tells
    return [told.name for told in tells if told.shown]


def check_rule(document: RuleDocument) -> None:
    """Raises InvalidInput for a template that is not there, or that shows what the trigger never tells."""
    spec = _SPECS.get(document.message.template)
    if spec is None:
        raise InvalidInput(
            f"there is no template {document.message.template!r}; there are {', '.join(_SPECS)}",
            code="template_unknown",
            field="document.message.template",
        )
    missing = sorted(spec.required.difference(shown_by(document)))
    if missing:
        raise InvalidInput(
            f"the template shows {', '.join(missing)}, which {document.on} does not tell",
            code="template_unsuitable",
            field="document.message.template",
        )
