"""Alembic's way in."""

from services.customer.abuse import models as abuse
from services.customer.consents import models as consents
from services.customer.contacts import models as contacts
from services.customer.database import Base
from services.customer.journal import models as journal
from services.customer.needs import models as needs
from services.customer.ownership import models as ownership
from services.customer.profiles import models as profiles
from shared.db.migrate import run_env

run_env(Base.metadata)

__all__ = ["abuse", "consents", "contacts", "journal", "needs", "ownership", "profiles"]
