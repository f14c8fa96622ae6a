"""Templates: what there is, and what it would say."""

from services.notification.parameters import DeskDep, Reader
from services.notification.templates import queries
from services.notification.templates.schemas import PreviewRead, PreviewRequest, TemplateRead
from services.notification.values import RuleName
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/templates", tags=["templates"])


@router.get("")
async def list_templates(desk: DeskDep, _principal: Reader) -> list[TemplateRead]:
    """Every template, its languages, and the facts it shows."""
    return queries.list_templates(desk.templates)


@router.post("/{name}/preview")
async def preview_template(
    name: RuleName, wanted: PreviewRequest, session: SessionDep, desk: DeskDep, _principal: Reader
) -> PreviewRead:
    """Renders a template for a real customer, a given one or a made-up one. Sends nothing."""
    return await queries.preview(
        session, name, wanted, library=desk.templates, policy=desk.policy, now=desk.clock.now()
    )
