"""`make demo`: 18 months of real purchases through the whole platform, and the proof that each arrived once."""

import contextlib
import json
import signal
import threading
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.local import cdnow
from deploy.local.clean import remove
from deploy.local.data_folder import DEFAULT_DATA_DIR, DataFolder, DataFolderInUse
from deploy.local.demo.client import DemoFailed, PlatformClient
from deploy.local.demo.findings import gather, show, show_checks
from deploy.local.demo.replay import OPENS, replay, write_script
from deploy.local.demo.stack import StackAddress, StackFailed, hosted_stack
from deploy.local.demo.verification import verify
from deploy.local.kafka import KafkaFailed
from deploy.local.postgres import PostgresFailed
from deploy.local.stack import BrokerKind

EXPLAINED = (DemoFailed, StackFailed, DataFolderInUse, PostgresFailed, KafkaFailed, cdnow.CdnowUnavailable)
"""Failures whose message alone tells what to do."""

console = Console(stderr=True, highlight=False)


def main(
    broker: Annotated[BrokerKind, typer.Option(envvar="BROKER", help="Where events go.")] = "embedded",
    once: Annotated[bool, typer.Option("--once", help="Stop after the verification.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here.")] = None,
    data_dir: Annotated[
        Path, typer.Option(envvar="DATA_DIR", help="Its folder `demo` is emptied at each start.")
    ] = DEFAULT_DATA_DIR,
) -> None:
    """Replay the CDNOW purchases of 1997-98 through the platform, show what it found, and verify every one."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        sound = run(data_dir, broker, once=once, json_file=json_file)
    except EXPLAINED as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("stopped")
        raise typer.Exit(130) from None
    raise typer.Exit(0 if sound else 1)


def run(data_dir: Path, broker: BrokerKind, *, once: bool, json_file: Path | None) -> bool:
    """Whether everything adds up."""
    purchases = cdnow.read(cdnow.fetch(data_dir))
    folder = DataFolder(data_dir / "demo")
    # The replay begins at the beginning, so what an earlier demo left goes.
    remove(folder)
    script = write_script(purchases)
    with hosted_stack(folder, broker, OPENS, lambda step: console.print(step, style="dim", markup=False)) as stack:
        with PlatformClient(stack) as client:
            replayed = replay(client, script, console)
            client.await_scored(script.interactions)
            client.fit()
            client.post("scoring", "/v1/portfolio", {})
            client.await_scored(script.interactions)
            checks = verify(client, script, replayed.calibration)
            figures = gather(client, replayed, stack.started_in_seconds)
            show(figures, console)
            show_checks(checks, console)
        sound = all(check.holds for check in checks)
        if json_file is not None:
            result = {"broker": broker, **figures, "checks": [asdict(check) for check in checks], "sound": sound}
            json_file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if not once:
            _stay_up(stack, figures)
    return sound


def _stay_up(stack: StackAddress, figures: dict[str, Any]) -> None:
    """Says what there is to try, and waits for Ctrl-C."""
    customer = f"/v1/customers/{figures['top'][0]['customer_id']}"
    curl = 'curl -sH "Authorization: Bearer $TOKEN"'
    console.print("\nThe platform stays up; it is 1998-07-01 there. Ctrl-C stops it.\n")
    for name, url in stack.urls.items():
        console.print(f"  {name:13}{url}{'' if name == 'issuer' else '/docs'}")
    console.print(f"  {'mailbox':13}{stack.folder.mailbox}\n")
    lines = (
        f"export TOKEN={stack.issuer.mint()}",
        "# why is the first customer worth that much?",
        f"{curl} {stack.urls['scoring']}{customer}/score?explain=true",
        "# everything that happened between this customer and the shop, messages included",
        f"{curl} {stack.urls['interaction']}{customer}/timeline",
        "# who was not written to, and why",
        f'{curl} "{stack.urls["notification"]}/v1/decisions?outcome=suppressed"',
    )
    for line in lines:
        console.print(line, soft_wrap=True, markup=False)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    console.print("stopping")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    typer.run(main)
