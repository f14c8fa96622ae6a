"""`python -m services.scoring fit`: the lifetime models on an analyst's own file, without platform or database.

Ends with 0 when a model was fitted, 2 when file or options must be mended, 3 when the data suffice for no model.
"""

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from services.scoring.lifetime.analysis import Analysis, analyse
from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.plotting import draw_hold_out
from services.scoring.lifetime.printing import tables
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS
from services.scoring.lifetime.report import write_report
from services.scoring.lifetime.splitting import Split, SplitHistories, split_ledgers
from services.scoring.lifetime.transactions import (
    DIGITS,
    Layout,
    Role,
    Transactions,
    choose_split,
    make_layout,
    read_transactions,
)
from services.scoring.policies.document import parse_policy, write_policy
from services.scoring.policies.policy import LifetimePolicy
from services.scoring.policies.queries import read_policy
from shared.errors import InvalidInput

BAD_INPUT: Final = 2
NO_MODEL: Final = 3

_STANDARD_OUTPUT: Final = Path("-")
_WIDTH: Final = 110
_LINES_BETWEEN_UPDATES: Final = 5_000

File = Annotated[Path, typer.Option("--transactions", help="Text file with one purchase or return a line.")]
CalibrateUntil = Annotated[
    str | None,
    typer.Option(help="Last day to fit the models to, like 2026-06-30; else the file's last."),
]
HoldOutUntil = Annotated[str | None, typer.Option(help="Last day to check the models on; else the file's last.")]
JsonPath = Annotated[Path | None, typer.Option("--json", help="Write the report here as JSON; - for standard output.")]
PlotPath = Annotated[Path | None, typer.Option("--plot", help="Draw predicted against actual purchases here, as SVG.")]
Column = Annotated[str | None, typer.Option(help="Name of the column, or its number with --no-header.")]
Separator = Annotated[str, typer.Option(help="One character, or 'whitespace', or 'tab'.")]
Header = Annotated[bool, typer.Option("--header/--no-header", help="Whether the first line names the columns.")]
DateFormat = Annotated[str | None, typer.Option(help="As for strptime, like %d.%m.%Y; ISO 8601 if not told.")]
DecimalMark = Annotated[str, typer.Option(help="What parts decimals: '.' or ','.")]
Encoding = Annotated[str, typer.Option(help="Encoding of the file.")]
ModelChoice = Annotated[str, typer.Option(help=f"automatic, or one of {', '.join(PURCHASE_MODELS)}.")]
Horizon = Annotated[int | None, typer.Option(min=1, max=1200, help="Months to look ahead; the policy's if not told.")]
Discount = Annotated[float | None, typer.Option(min=0, max=10, help="A year, 0.1 for 10 %; the policy's if not told.")]
Least = Annotated[int | None, typer.Option(help="Least data to fit a model to; the policy's if not told.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="Policy document; the shipped one if not told.")]


def fit(
    transactions: File,
    calibrate_until: CalibrateUntil = None,
    hold_out_until: HoldOutUntil = None,
    json_path: JsonPath = None,
    plot_path: PlotPath = None,
    customer_column: Column = None,
    date_column: Column = None,
    amount_column: Column = None,
    separator: Separator = ",",
    header: Header = True,
    date_format: DateFormat = None,
    decimal_mark: DecimalMark = ".",
    encoding: Encoding = "utf-8",
    model: ModelChoice = "automatic",
    horizon_months: Horizon = None,
    discount: Discount = None,
    minimum_customers: Least = None,
    minimum_repeat_customers: Least = None,
    policy_file: PolicyFile = None,
) -> None:
    """Fit the lifetime models to a file of purchases, and check them on a later period of it."""
    told = Console(stderr=True, highlight=False)
    try:
        columns: dict[Role, str | None] = {"customer": customer_column, "date": date_column, "amount": amount_column}
        layout = make_layout(separator, columns, header=header, date_format=date_format, decimal_mark=decimal_mark)
        policy = _policy(policy_file, model=model, horizon_months=horizon_months, discount_per_year=discount,
            minimum_customers=minimum_customers, minimum_repeat_customers=minimum_repeat_customers)  # fmt: skip
        found = _read(transactions, encoding, layout, told)
        split = choose_split(found, calibrate_until, hold_out_until)
        histories = split_ledgers(found.ledgers, split, digits=DIGITS, discount_per_year=policy.discount_per_year)
        analysis = _analyse(histories, policy, told)
        report = write_report(found, split, analysis, policy)
        _write(report, analysis, split, json_path, plot_path)
    except InvalidInput as error:
        told.print(error.detail, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from error
    raise typer.Exit(NO_MODEL if isinstance(analysis, TooLittleData) else 0)


def _policy(file: Path | None, **chosen: Any) -> LifetimePolicy:
    """The policy's rules for lifetimes, with what was chosen in their place. Raises InvalidInput naming the field."""
    document = write_policy(read_policy(file))
    lifetime = document["lifetime"]
    lifetime.update({name: value for name, value in chosen.items() if value is not None})
    # A horizon that is no whole number of the policy's steps is cut into smaller ones.
    lifetime["step_months"] = math.gcd(lifetime["step_months"], lifetime["horizon_months"])
    try:
        return parse_policy(json.dumps(document)).lifetime
    except InvalidInput as error:
        raise InvalidInput(f"{error.field}: {error.detail}", code=error.code, field=error.field) from error


def _read(path: Path, encoding: str, layout: Layout, told: Console) -> Transactions:
    try:
        size = max(path.stat().st_size, 1)
        with path.open(encoding=encoding, newline="") as lines, _progress(told) as progress:
            task = progress.add_task("reading", total=size)
            return read_transactions(_counted(lines, progress, task), layout)
    except (OSError, LookupError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}", code="file_unreadable") from error
    except UnicodeError as error:
        raise InvalidInput(
            f"{path} is not written in {encoding}: {error}; --encoding says which it is", code="file_unreadable"
        ) from error


def _counted(lines: Iterable[str], progress: Progress, task: TaskID) -> Iterator[str]:
    read = 0
    for number, line in enumerate(lines):
        read += len(line)
        if number % _LINES_BETWEEN_UPDATES == 0:
            progress.update(task, completed=read)
        yield line


def _analyse(histories: SplitHistories, policy: LifetimePolicy, told: Console) -> Analysis | TooLittleData:
    with _progress(told) as progress:
        task = progress.add_task("beginning", total=1.0)
        return analyse(histories, policy, lambda phase, done: progress.update(task, description=phase, completed=done))


def _progress(told: Console) -> Progress:
    """A bar where a person watches; elsewhere nothing, so that logs stay short."""
    return Progress(console=told, transient=True, disable=not told.is_terminal)


def _write(
    report: Mapping[str, Any],
    analysis: Analysis | TooLittleData,
    split: Split,
    json_path: Path | None,
    plot_path: Path | None,
) -> None:
    document = json.dumps(report, ensure_ascii=False, allow_nan=False, indent=2)
    if json_path == _STANDARD_OUTPUT:
        typer.echo(document)
    else:
        console = Console(highlight=False) if sys.stdout.isatty() else Console(width=_WIDTH, highlight=False)
        for part in tables(report):
            console.print(part)
    try:
        if json_path is not None and json_path != _STANDARD_OUTPUT:
            json_path.write_text(document + "\n", encoding="utf-8")
        if plot_path is not None and isinstance(analysis, Analysis) and analysis.chosen.hold_out is not None:
            plot_path.write_text(draw_hold_out(analysis.chosen.hold_out.groups, split.weeks), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"the result cannot be written: {error}", code="file_unwritable") from error
