"""Bringing a scheduled policy into force when its instant comes, and a new database its first policy."""

from services.scoring.policies.queries import Policies
from services.scoring.policies.use_cases import activation
from shared.clock import Clock
from shared.db.session import Database


class PolicySwitcher:
    """Looks again and again, so that neither downtime nor a cancelled activation is missed. Any number may run."""

    def __init__(self, *, database: Database, clock: Clock, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._policies = policies
        self._begun = False

    async def step(self) -> bool:
        if not self._begun:
            async with self._database.transaction() as session:
                await activation.begin_with_first(session, policies=self._policies, now=self._clock.now())
            self._begun = True
        async with self._database.transaction() as session:
            return await activation.switch_when_due(session, policies=self._policies, now=self._clock.now())
