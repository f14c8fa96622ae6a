"""Routes of preferences: the pages that customers open, and the record of what they decided there."""

from services.notification.preferences.api.pages import router as pages_router
from services.notification.preferences.api.records import router as records_router

ROUTERS = (pages_router, records_router)
