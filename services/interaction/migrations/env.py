"""Alembic's way in."""

from services.interaction.complaints import models as complaints
from services.interaction.database import Base
from services.interaction.ingest import models as ingest
from services.interaction.timeline import models as timeline
from shared.db.migrate import run_env

run_env(Base.metadata)

__all__ = ["complaints", "ingest", "timeline"]
