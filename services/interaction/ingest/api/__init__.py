"""The HTTP doors of ingest."""

from services.interaction.ingest.api import batches, cloudevents, interactions
from services.interaction.ingest.api.quick import quick_routes

__all__ = ["ROUTERS", "quick_routes"]

ROUTERS = (interactions.router, batches.router, cloudevents.router)
