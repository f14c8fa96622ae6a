"""A policy's version means the same for ever, and a new one reaches everybody."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.errors import Conflict
from tests.support.factories.scoring import POLICY, interaction_event
from tests.support.postgres import DatabaseFactory
from tests.support.scoring_service import open_scoring_service

STRICTER = replace(POLICY, satisfaction=replace(POLICY.satisfaction, baseline=50))


async def test_a_version_cannot_come_to_mean_something_else(database_factory: DatabaseFactory, tmp_path: Path) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        await scoring.rescore()
        await scoring.rescore()
    async with open_scoring_service(dsn, tmp_path, policy=STRICTER) as scoring:
        with pytest.raises(Conflict) as refusal:
            await scoring.rescore()
        assert refusal.value.code == "policy_version_reused"


async def test_a_new_policy_is_told_to_everybody_it_moves(database_factory: DatabaseFactory, tmp_path: Path) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        await scoring.apply(interaction_event())
        await scoring.rescore()
    async with open_scoring_service(dsn, tmp_path, policy=replace(STRICTER, version=2)) as scoring:
        assert (await scoring.read("/v1/status"))["rescoring"]["done"] is False
        await scoring.rescore()
        first, second = await scoring.told()
        assert (first.policy_version, first.satisfaction, first.loyalty_level) == (1, 70.0, "satisfied")
        assert (second.policy_version, second.satisfaction, second.loyalty_level) == (2, 50.0, "none")
        assert second.changed == ("satisfaction", "loyalty_level")
        assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True
