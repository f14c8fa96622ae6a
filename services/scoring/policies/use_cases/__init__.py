"""What is done about policies: `drafts` are written, `activation` puts one in force."""

from services.scoring.policies.use_cases.drafts import mark_simulated

__all__ = ["mark_simulated"]
