"""What scores are computed under, beside the facts."""

from dataclasses import dataclass

from services.scoring.facts.measures import Measures
from services.scoring.lifetime.expectation import LifetimeModel
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class Context:
    """`model` and `portfolio` are None until there is one."""

    policy: Policy
    measures: Measures
    model: LifetimeModel | None = None
    portfolio: Portfolio | None = None
    portfolio_version: int | None = None

    @property
    def versions(self) -> tuple[int, int | None, int | None]:
        """Of policy, model and portfolio."""
        model_version = None if self.model is None else self.model.version
        return self.policy.version, model_version, self.portfolio_version
