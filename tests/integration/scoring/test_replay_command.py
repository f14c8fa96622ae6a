"""`python -m services.scoring replay …`, run as an operator runs it, beside a worker."""

import asyncio
import json

from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.scoring.app import DEFINITION
from services.scoring.replay_commands import DIFFERENT, replay_commands
from shared.cli.commands import create_cli
from tests.support.factories.scoring import CUSTOMER, START, days, interaction_event
from tests.support.scoring_service import ScoringService


async def run(scoring: ScoringService, *arguments: str) -> Result:
    commands = replay_commands(lambda: scoring.platform.settings)
    return await asyncio.to_thread(CliRunner().invoke, commands, arguments)


async def test_from_the_start_to_the_switch(scoring: ScoringService) -> None:
    await scoring.apply(*(interaction_event(at=START + days(number)) for number in range(3)))
    async with scoring.database.transaction() as session:
        await session.execute(text("UPDATE customer_statistics SET realised = 1"))
    started = await run(scoring, "start", "--reason", "a test", "--by", "ops", "--silent")
    assert (started.exit_code, "queued, 0.0 %" in started.output) == (0, True), started.output
    assert "rebuilding" not in (await run(scoring, "show")).output
    again = await run(scoring, "start", "--reason", "a test")
    assert (again.exit_code, "switch to it or discard it first" in again.output) == (1, True)
    found, _ = await asyncio.gather(run(scoring, "watch", "--json"), scoring.replay())
    assert found.exit_code == DIFFERENT
    read = json.loads(found.output)
    assert (read["state"], read["requested_by"], read["silent"], read["equal"]) == ("ready", "ops", True, 0)
    listed = await run(scoring, "differences", "--verdict", "differs", "--json")
    (only,) = json.loads(listed.output)
    assert (only["customer_id"], only["fields"][0]["field"]) == (str(CUSTOMER), "columns.realised")
    assert "columns.realised" in (await run(scoring, "differences")).output
    assert (await run(scoring, "differences", "--field", "score.loyalty")).output == "none\n"
    assert "switching" in (await run(scoring, "switch")).output
    ended, _ = await asyncio.gather(run(scoring, "watch"), scoring.replay())
    assert (ended.exit_code, "done" in ended.output) == (0, True)


async def test_what_cannot_be_done_says_why(scoring: ScoringService) -> None:
    nothing = await run(scoring, "show")
    assert (nothing.exit_code, nothing.output) == (1, "there is no replay yet; `replay start` begins one\n")
    await run(scoring, "start", "--reason", "a test")
    early = await run(scoring, "switch")
    assert (early.exit_code, "only one that is ready can be switched to" in early.output) == (1, True)
    unknown = await run(scoring, "differences", "--verdict", "wrong")
    assert (unknown.exit_code, "--verdict is one of differs, missing" in unknown.output) == (1, True)
    assert "discarded" in (await run(scoring, "discard")).output
    missing = await run(scoring, "show", str(CUSTOMER))
    assert (missing.exit_code, "there is no such replay" in missing.output) == (1, True)


def test_the_service_has_the_commands() -> None:
    helped = CliRunner().invoke(create_cli(DEFINITION, replay=replay_commands), ["replay", "--help"])
    assert helped.exit_code == 0
    for name in ("start", "watch", "show", "differences", "switch", "discard"):
        assert name in helped.output
