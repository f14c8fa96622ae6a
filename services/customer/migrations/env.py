"""Alembic's way in."""

from services.customer.consents import models as consents
from services.customer.database import Base
from services.customer.profiles import models as profiles
from shared.db.migrate import run_env

run_env(Base.metadata)

__all__ = ["consents", "profiles"]
