"""What is done with scores: `telling` of single customers, `rescoring` everybody, `mending` what was wrong."""

from services.scoring.scores.use_cases.mending import mend_told
from services.scoring.scores.use_cases.rescoring import rescore_next
from services.scoring.scores.use_cases.telling import Teller, apply_facts, apply_profiles, review_due

__all__ = ["Teller", "apply_facts", "apply_profiles", "mend_told", "rescore_next", "review_due"]
