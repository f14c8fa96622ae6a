"""Alembic's way in."""

from services.notification.audience import models as audience
from services.notification.database import Base
from services.notification.inbox import models as inbox
from services.notification.messages import models as messages
from services.notification.occasions import models as occasions
from services.notification.providers import models as providers
from services.notification.suppression import models as suppression
from shared.db.migrate import run_env

run_env(Base.metadata)

__all__ = ["audience", "inbox", "messages", "occasions", "providers", "suppression"]
