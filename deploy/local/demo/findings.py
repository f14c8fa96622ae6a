"""What the platform found out, as tables for a person and as figures for a program."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.demo.client import PlatformClient
from deploy.local.demo.replay import Replayed
from deploy.local.demo.verification import Check

_TOP = 8


def gather(client: PlatformClient, replayed: Replayed, started_in_seconds: float) -> dict[str, Any]:
    """The figures of the run; money in minor units, times in seconds unless the name says otherwise."""
    status = client.get("scoring", "/v1/status")
    top = client.get("scoring", "/v1/scores", order="current_value", limit=_TOP)["items"]
    portfolio = client.get("scoring", "/v1/portfolio")
    return {
        "start_seconds": round(started_in_seconds, 2),
        "registered": replayed.registered,
        "registration_seconds": round(replayed.registration_seconds, 2),
        "recorded": replayed.recorded,
        "replay_seconds": round(replayed.replay_seconds, 2),
        "recorded_per_second": round(replayed.recorded / replayed.replay_seconds, 1),
        "recorded_to_scored_ms": status["recorded_to_scored_ms"],
        "calibration": replayed.calibration,
        "top": [_describe(client, row["customer_id"]) for row in top],
        "portfolio": portfolio,
        "decisions": client.decision_counts(),
        "messages": client.get("notification", "/v1/reconciliation")["messages"],
    }


def _describe(client: PlatformClient, customer_id: str) -> dict[str, Any]:
    customer = client.get("customer", f"/v1/customers/{customer_id}")
    score = client.get("scoring", f"/v1/customers/{customer_id}/score", language="en")
    return {
        "customer_id": customer_id,
        "name": customer["display_name"],
        "realised_value": score["realised_value"]["value"],
        "current_value": score["current_value"]["value"],
        "current_value_interval": score["current_value"]["value_interval"],
        "probability_active": score["current_value"]["probability_active"],
        "loyalty": score["loyalty"]["value"],
        "loyalty_level": score["loyalty_level"]["value"],
        "lifecycle_stage": score["lifecycle_stage"]["value"],
        "abc_class": score["abc_class"]["value"],
        "why": [reason["sentence"] for reason in score["current_value"]["reasons"]],
    }


def show(figures: dict[str, Any], console: Console) -> None:
    latency = ", ".join(f"{name} {value} ms" for name, value in figures["recorded_to_scored_ms"].items())
    console.print(
        f"\n{figures['registered']:,} customers registered in {figures['registration_seconds']:.1f} s; "
        f"{figures['recorded']:,} interactions of 18 months recorded in {figures['replay_seconds']:.1f} s, day by day "
        f"({figures['recorded_per_second']:.0f}/s); recorded to scored: {latency}\n"
    )
    _show_top(figures["top"], console)
    top = figures["portfolio"]["top"]
    console.print(
        f"The best {float(top['share_of_customers']):.0%} of customers bring {float(top['share_of_margin']):.0%} "
        f"of the margin.\n"
    )
    _show_messages(figures, console)


def _show_top(rows: Sequence[dict[str, Any]], console: Console) -> None:
    table = Table(title="Who will be worth most (on 1998-07-01, the next 36 months)", show_lines=True)
    for heading in ("customer", "margin so far", "current value", "active", "loyalty", "why"):
        table.add_column(heading, justify="left" if heading in ("customer", "loyalty", "why") else "right")
    for row in rows:
        interval = row["current_value_interval"]
        table.add_row(
            row["name"],
            _dollars(row["realised_value"]),
            f"{_dollars(row['current_value'])}\n({_dollars(interval['low'])} to {_dollars(interval['high'])})",
            f"{row['probability_active']:.1%}",
            f"{row['loyalty']:g} of 100\n{row['loyalty_level'].replace('_', ' ')}\n{row['lifecycle_stage']}, "
            f"class {row['abc_class']}",
            "\n".join(row["why"][:2]),
        )
    console.print(table)


def _show_messages(figures: dict[str, Any], console: Console) -> None:
    sent = Counter[tuple[str, str]]()
    for count in figures["messages"]:
        sent[count["rule"], f"{count['channel']} {count['state']}"] += count["messages"]
    kept_back = Counter[tuple[str, str]]()
    for count in figures["decisions"]:
        if count["outcome"] == "suppressed":
            kept_back[count["rule"], str(count["reason"])] += count["decisions"]
    table = Table(title="What was said to them, and what was not")
    for heading in ("rule", "messages", "not sent, and why"):
        table.add_column(heading)
    for rule in sorted({rule for rule, _ in (*sent, *kept_back)}):
        table.add_row(rule.replace("_", " "), _counts(sent, rule), _counts(kept_back, rule))
    console.print(table)


def show_checks(checks: Sequence[Check], console: Console) -> None:
    table = Table(title="Verification")
    for heading in ("", "claim", "expected", "found"):
        table.add_column(heading)
    for check in checks:
        mark = "[green]✓[/green]" if check.holds else "[bold red]✗[/bold red]"
        table.add_row(mark, check.claim, _shown(check.expected), _shown(check.found))
    console.print(table)


def _counts(counter: Counter[tuple[str, str]], rule: str) -> str:
    return ", ".join(f"{what}: {count:,}" for (of, what), count in sorted(counter.items()) if of == rule)


def _dollars(money: dict[str, Any]) -> str:
    return f"{money['minor'] / 100:,.2f} {money['currency']}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)
