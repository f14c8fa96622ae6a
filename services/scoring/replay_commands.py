"""`replay start | watch | show | differences | switch | discard`: the same as over HTTP, on the database itself.

Workers do the work; a replay is begun by hand, watched, looked at and decided on.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final, get_args
from uuid import UUID

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.replays import queries, use_cases
from services.scoring.replays.models import Replay
from services.scoring.replays.progress import Verdict
from services.scoring.replays.schemas import CustomerDifferenceRead, ReplayRead, show_difference, show_replay
from shared.cli.database import run_in_transaction, run_on_database
from shared.clock import wall_now
from shared.db.session import Database
from shared.errors import InvalidInput, NotFound
from shared.settings import ServiceSettings

DIFFERENT: Final = 3
"""How `show` and `watch` end where what is in use differs from what was rebuilt."""

_LOOK_EVERY_SECONDS: Final = 1.0
_AT_REST: Final = ("ready", "done", "discarded")
_VERDICTS: Final = get_args(Verdict)

Id = Annotated[UUID | None, typer.Argument(help="Which replay; the newest, if left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
OnlyVerdict = Annotated[str | None, typer.Option("--verdict", help=f"Only these: {', '.join(_VERDICTS)}.")]


def replay_commands(settings: Callable[[], ServiceSettings]) -> typer.Typer:
    """`settings` is called by the command that runs, so that help needs none."""
    commands = typer.Typer(help="Everybody's scores rebuilt from the facts.", no_args_is_help=True)
    _add_changes(commands, settings)
    _add_looks(commands, settings)
    return commands


def _add_changes(commands: typer.Typer, settings: Callable[[], ServiceSettings]) -> None:
    def change(work: Callable[[AsyncSession], Awaitable[Replay]]) -> None:
        _print_replay(run_in_transaction(settings(), lambda session: _changed(session, work)))

    @commands.command()
    def start(
        reason: Annotated[str, typer.Option(help="Why, for who reads it later.")],
        author: Annotated[str, typer.Option("--by", help="Who asks for it, as written down.")] = "command line",
        silent: Annotated[bool, typer.Option("--silent", help="Nobody is to be written to because of it.")] = False,
    ) -> None:
        """Ask the workers to rebuild everybody beside what is in use, which goes on."""
        change(
            lambda session: use_cases.request_replay(
                session, reason=reason, silent=silent, author=author, wall=wall_now()
            )
        )

    @commands.command()
    def switch(replay: Id = None) -> None:
        """Let what was rebuilt take the place of what is in use, within moments; `watch` waits for it."""
        change(lambda session: _decide(session, replay, use_cases.request_switch))

    @commands.command()
    def discard(replay: Id = None) -> None:
        """Let go of what was rebuilt; what it found can still be read."""
        change(
            lambda session: _decide(session, replay, lambda it, one: use_cases.discard_replay(it, one, wall=wall_now()))
        )


def _add_looks(commands: typer.Typer, settings: Callable[[], ServiceSettings]) -> None:
    @commands.command()
    def watch(replay: Id = None, as_json: AsJson = False) -> None:
        """Wait until it is ready, done or discarded, then show it; what begins after `switch` is waited for as well."""
        _end_with(run_on_database(settings(), lambda database: _watch(database, replay)), as_json=as_json)

    @commands.command()
    def show(replay: Id = None, as_json: AsJson = False) -> None:
        """Show how far it is and what differs. Ends with 3 where something does and is not mended."""
        _end_with(run_in_transaction(settings(), lambda session: _read(session, replay)), as_json=as_json)

    @commands.command()
    def differences(
        replay: Id = None,
        verdict: OnlyVerdict = None,
        field: Annotated[str | None, typer.Option(help="Only who differs in it, like score.realised_value.")] = None,
        limit: Annotated[int, typer.Option(min=1, max=10_000, help="As many customers at most.")] = 50,
        as_json: AsJson = False,
    ) -> None:
        """List customers in whom both sides differ, by id, field by field."""
        found = run_in_transaction(settings(), lambda session: _differences(session, replay, verdict, field, limit))
        _print_differences(found, as_json=as_json)


async def _find(session: AsyncSession, replay_id: UUID | None) -> Replay:
    if replay_id is not None:
        return await queries.get_replay(session, replay_id)
    newest = await queries.list_replays(session, limit=1, before=None)
    if not newest:
        raise NotFound("there is no replay yet; `replay start` begins one", code="replay_unknown")
    return newest[0]


async def _read(session: AsyncSession, replay_id: UUID | None) -> ReplayRead:
    replay = await _find(session, replay_id)
    found = await queries.read_findings(session, replay)
    return show_replay(replay, wall_now(), **found._asdict())


async def _changed(session: AsyncSession, work: Callable[[AsyncSession], Awaitable[Replay]]) -> ReplayRead:
    replay = await work(session)
    return await _read(session, replay.replay_id)


async def _decide(
    session: AsyncSession, replay_id: UUID | None, decision: Callable[[AsyncSession, UUID], Awaitable[Replay]]
) -> Replay:
    return await decision(session, (await _find(session, replay_id)).replay_id)


async def _watch(database: Database, replay_id: UUID | None) -> ReplayRead:
    """A bar where a person watches; elsewhere nothing, so that logs stay short."""
    told = Console(stderr=True, highlight=False)
    with Progress(console=told, transient=True, disable=not told.is_terminal) as progress:
        task = progress.add_task("", total=100.0)
        while True:
            async with database.snapshot() as session:
                found = await _read(session, replay_id)
            if found.state in _AT_REST:
                return found
            _advance(progress, task, found)
            # Workers tell nobody of their portions but the database.
            await asyncio.sleep(_LOOK_EVERY_SECONDS)


def _advance(progress: Progress, task: TaskID, found: ReplayRead) -> None:
    doing = f"{found.state}, {found.done:,} of {found.customers:,}"
    if found.state == "queued":
        doing = "queued, until a worker takes it"
    elif found.state == "mending":
        doing = f"mending, {found.told:,} told"
    progress.update(task, description=doing, completed=found.percent)


async def _differences(
    session: AsyncSession, replay_id: UUID | None, verdict: str | None, field: str | None, limit: int
) -> list[CustomerDifferenceRead]:
    chosen: Verdict | None = next((one for one in _VERDICTS if one == verdict), None)
    if chosen != verdict:
        raise InvalidInput(f"--verdict is one of {', '.join(_VERDICTS)}", code="option_invalid", field="verdict")
    replay = await _find(session, replay_id)
    rows = await queries.list_differences(
        session, replay.replay_id, after=None, limit=limit, verdict=chosen, name=field
    )
    return [show_difference(row) for row in rows]


def _end_with(found: ReplayRead, *, as_json: bool) -> None:
    if as_json:
        typer.echo(_json(found))
    else:
        _print_replay(found)
    if any(one.customers > one.mended for one in found.differences):
        raise typer.Exit(DIFFERENT)


def _print_replay(found: ReplayRead) -> None:
    console, left = _console(), "" if found.seconds_left is None else f", {found.seconds_left} s left"
    console.print(f"replay {found.replay_id}: {found.state}, {found.percent} %{left}")
    console.print(f"{found.done:,} rebuilt, {found.equal:,} equal, {found.waiting:,} waiting to be rebuilt once more")
    if found.differences:
        verdicts = Table("verdict", "customers", "mended")
        for one in found.differences:
            verdicts.add_row(one.verdict, f"{one.customers:,}", f"{one.mended:,}")
        fields = Table("field", "customers")
        for each in found.fields:
            fields.add_row(each.field, f"{each.customers:,}")
        console.print(verdicts, fields)


def _print_differences(found: Sequence[CustomerDifferenceRead], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False, indent=2))
        return
    table = Table("customer", "verdict", "field", "in use", "rebuilt")
    for one in found:
        # A row that is missing or has no fact differs as a whole, in no field.
        sides = [(each.field, str(each.live), str(each.rebuilt)) for each in one.fields] or [("", "", "")]
        for side in sides:
            table.add_row(str(one.customer_id), one.verdict, *side)
    _console().print(table if found else "none")


def _console() -> Console:
    """As wide as the terminal; wide enough not to break words apart where there is none."""
    return Console(highlight=False) if sys.stdout.isatty() else Console(width=200, highlight=False)


def _json(found: BaseModel) -> str:
    return json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2)
