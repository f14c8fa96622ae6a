"""`dead-letters list | show | redrive | discard`: the same as over HTTP, for whoever has the database at hand."""

import dataclasses
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from shared.cli.database import run_in_transaction
from shared.messaging.dead_letter import (
    DeadLetter,
    DeadLetterContent,
    State,
    discard,
    get_dead_letter,
    list_dead_letters,
    request_redrive,
)
from shared.settings import ServiceSettings

T = TypeVar("T")
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Consumer = Annotated[str | None, typer.Option(help="Only those of this consumer, for example scoring.worker.")]


def dead_letter_commands(settings: Callable[[], ServiceSettings]) -> typer.Typer:
    """`settings` is called by the command that runs, so that help needs none."""
    commands = typer.Typer(help="Events that could not be applied or published.", no_args_is_help=True)

    def run(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        return run_in_transaction(settings(), work)

    @commands.command("list")
    def list_(
        consumer: Consumer = None,
        state: Annotated[State, typer.Option(help="Only those in this state.")] = State.WAITING,
        limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
        as_json: JsonFlag = False,
    ) -> None:
        """List dead letters, newest first."""
        letters = run(lambda session: list_dead_letters(session, consumer=consumer, state=state, limit=limit))
        _print_letters(letters, as_json=as_json)

    @commands.command()
    def show(id: int, as_json: JsonFlag = False) -> None:
        """Show one dead letter with the record itself, which may hold personal data."""
        _print_content(run(lambda session: get_dead_letter(session, id)), as_json=as_json)

    @commands.command()
    def redrive(
        ids: Annotated[list[int] | None, typer.Argument(help="Dead letters to try again.")] = None,
        consumer: Consumer = None,
        code: Annotated[str | None, typer.Option(help="Only those with this reason, for example data_invalid.")] = None,
    ) -> None:
        """Have the workers try again those that fit everything given."""
        requested = run(lambda session: request_redrive(session, ids=ids or None, consumer=consumer, code=code))
        typer.echo(f"{requested} will be tried again")

    @commands.command("discard")
    def discard_(id: int) -> None:
        """Close one dead letter for good, without trying it again."""
        run(lambda session: discard(session, id))
        typer.echo(f"{id} is discarded")

    return commands


def _print_letters(letters: list[DeadLetter], *, as_json: bool) -> None:
    if as_json:
        typer.echo(_json([dataclasses.asdict(letter) for letter in letters]))
        return
    table = Table("id", "state", "consumer", "type", "code", "reason", "attempts", "last failed")
    for letter in letters:
        table.add_row(
            str(letter.id), letter.state, letter.consumer, letter.type or "?", letter.code, letter.reason,
            str(letter.attempts), f"{letter.last_failed_at:%Y-%m-%d %H:%M:%S}",
        )  # fmt: skip
    _console().print(table if letters else "none")


def _print_content(content: DeadLetterContent, *, as_json: bool) -> None:
    values = {
        **dataclasses.asdict(content.letter),
        "headers": {name: value.decode(errors="replace") for name, value in content.headers},
        "value": content.value.decode(errors="replace") if content.value is not None else None,
    }
    if as_json:
        typer.echo(_json(values))
        return
    table = Table(show_header=False)
    for name, value in values.items():
        table.add_row(name, _json(value) if isinstance(value, dict) else str(value))
    _console().print(table)


def _console() -> Console:
    """As wide as the terminal; wide enough not to break words apart where there is none."""
    return Console() if sys.stdout.isatty() else Console(width=200)


def _json(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, indent=2)
