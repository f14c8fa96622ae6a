"""The HTTP doors of ingest."""

from services.interaction.ingest.api import batches, cloudevents, interactions

ROUTERS = (interactions.router, batches.router, cloudevents.router)
