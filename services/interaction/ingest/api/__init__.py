"""The HTTP doors of ingest."""

from services.interaction.ingest.api import batches, cloudevents, interactions

# Fixed paths before those with a parameter in the same place.
ROUTERS = (batches.router, interactions.router, cloudevents.router)
