"""Routes of templates: what they say, and their versions."""

from services.notification.templates.api.previews import router as previews_router
from services.notification.templates.api.versions import router as versions_router

ROUTERS = (previews_router, versions_router)
