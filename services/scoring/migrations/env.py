"""Alembic's way in."""

from services.scoring.changes import models as changes
from services.scoring.database import Base
from services.scoring.facts import models as facts
from services.scoring.history import models as history
from services.scoring.lifetime import models as lifetime
from services.scoring.policies import models as policies
from services.scoring.portfolio import models as portfolio
from services.scoring.scores import models as scores
from services.scoring.segments import models as segments
from services.scoring.simulations import models as simulations
from services.scoring.traits import models as traits
from shared.db.migrate import run_env

run_env(Base.metadata)

__all__ = [
    "changes", "facts", "history", "lifetime", "policies", "portfolio", "scores", "segments", "simulations", "traits",
]  # fmt: skip
