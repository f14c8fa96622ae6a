"""Alembic's way in."""

from services.scoring.database import Base
from services.scoring.facts import models as facts
from services.scoring.history import models as history
from services.scoring.lifetime import models as lifetime
from services.scoring.policies import models as policies
from services.scoring.portfolio import models as portfolio
from services.scoring.scores import models as scores
from services.scoring.simulations import models as simulations
from shared.db.migrate import run_env

run_env(Base.metadata)

__all__ = ["facts", "history", "lifetime", "policies", "portfolio", "scores", "simulations"]
