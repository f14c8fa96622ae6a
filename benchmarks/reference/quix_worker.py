"""A stream processor instead of the scoring worker: quixstreams folds the same events per customer into its own store.

`python -m benchmarks.reference.quix_worker KAFKA GROUP EVENTS SECONDS FOLDER` prints what it did as JSON. It keeps
counts and sums alone (no dedupe, no satisfaction, no models) and sends each new state to a topic.
"""

import json
import sys
import time
from typing import Any

from quixstreams import Application, State

instants: list[float] = []


def fold(event: dict[str, Any], state: State[str, Any]) -> dict[str, Any]:
    statistics: dict[str, Any] = state.get("statistics") or {"events": 0, "purchases": 0, "amount": 0}
    money = event.get("amount") or event.get("compensation")
    statistics["events"] += 1
    statistics["purchases"] += "order_id" in event
    statistics["amount"] += money["minor"] if money else 0
    statistics["first_at"] = min(statistics.get("first_at", event["occurred_at"]), event["occurred_at"])
    statistics["last_at"] = max(statistics.get("last_at", event["occurred_at"]), event["occurred_at"])
    state.set("statistics", statistics)
    instants.append(time.perf_counter())
    return statistics


def consume(kafka: str, group: str, most_events: int, most_seconds: float, folder: str) -> dict[str, float]:
    """Timed from the first event to the end of the run, its last flush and commit included."""
    app = Application(
        broker_address=kafka,
        consumer_group=group,
        auto_offset_reset="earliest",
        state_dir=folder,
        loglevel="ERROR",
    )
    frame = app.dataframe(app.topic("interaction.events", value_deserializer="json"))
    frame = frame.apply(fold, stateful=True)
    frame.to_topic(app.topic("quix.scores", value_serializer="json"))
    app.run(count=most_events, timeout=most_seconds, collect=False)
    return {"events": len(instants), "seconds": time.perf_counter() - instants[0]}


if __name__ == "__main__":
    servers, consumer_group, events, seconds, state_folder = sys.argv[1:]
    print(json.dumps(consume(servers, consumer_group, int(events), float(seconds), state_folder)))  # noqa: T201
