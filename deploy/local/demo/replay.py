"""Lives through 1997 and 1998 day by day: moves the clock, records what the file says, waits for what is due."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.local.cdnow import CdnowPurchase
from deploy.local.demo.client import PlatformClient
from deploy.local.demo.population import Person, made_up_items, person, purchase_item

OPENS = datetime(1997, 1, 1, tzinfo=UTC)
CALIBRATION_ENDS = date(1997, 9, 30)
"""End of the 39 weeks on which Fader, Hardie and Lee (2005) fitted their published parameters."""
CLOSES = datetime(1998, 7, 1, 12, tzinfo=UTC)
"""The file ends on 1998-06-30; half a day more lets that day end in every time zone."""

_REGISTRATIONS_PER_REQUEST = 250


@dataclass
class Script:
    """Everything that will be told to the platform, by day, so that the outcome can be foretold."""

    people: dict[int, Person]
    first_purchase: dict[int, date]
    purchases: Sequence[CdnowPurchase]
    items: dict[date, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    late: dict[date, list[Person]] = field(default_factory=lambda: defaultdict(list))

    @property
    def interactions(self) -> int:
        return sum(len(items) for items in self.items.values())

    def count(self, kind: str) -> int:
        return sum(item["kind"] == kind for items in self.items.values() for item in items)


def write_script(purchases: Sequence[CdnowPurchase]) -> Script:
    first: dict[int, date] = {}
    for purchase in purchases:
        first[purchase.customer] = min(first.get(purchase.customer, purchase.date), purchase.date)
    script = Script({number: person(number) for number in sorted(first)}, first, purchases)
    for line, purchase in enumerate(purchases, start=1):
        script.items[purchase.date].append(purchase_item(line, purchase))
    for number, day in first.items():
        for made_up_day, item in made_up_items(number, day, CLOSES.date()):
            script.items[made_up_day].append(item)
        if script.people[number].registered_late:
            script.late[day + timedelta(days=1)].append(script.people[number])
    return script


@dataclass(frozen=True, slots=True)
class Replayed:
    """Wall-clock seconds of the two phases, and what the fit at the end of the calibration period found."""

    registered: int
    registration_seconds: float
    recorded: int
    replay_seconds: float
    calibration: dict[str, Any]


def replay(client: PlatformClient, script: Script, console: Console) -> Replayed:
    began = time.monotonic()
    punctual = [one for one in script.people.values() if not one.registered_late]
    with _progress(console) as progress:
        bar = progress.add_task("registering customers", total=len(punctual))
        for batch in _chunks(punctual, _REGISTRATIONS_PER_REQUEST):
            client.register([one.as_registration() for one in batch])
            progress.advance(bar, len(batch))
    client.await_audience(len(punctual))
    registered = time.monotonic()

    calendar = _Calendar(client)
    calibration: dict[str, Any] = {}
    with _progress(console) as progress:
        bar = progress.add_task(f"{OPENS:%Y-%m-%d}", total=script.interactions)
        day = OPENS.date()
        while day < CLOSES.date():
            calendar.advance(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
            client.register([one.as_registration() for one in script.late.get(day, ())])
            items = script.items.get(day, [])
            client.record(items)
            progress.update(bar, advance=len(items), description=f"{day:%Y-%m-%d}")
            if day == CALIBRATION_ENDS:
                client.await_scored(sum(len(script.items[past]) for past in script.items if past <= day))
                calibration = client.fit()
            day += timedelta(days=1)
        calendar.advance(CLOSES)
    return Replayed(
        registered=len(script.people),
        registration_seconds=registered - began,
        recorded=script.interactions,
        replay_seconds=time.monotonic() - registered,
        calibration=calibration,
    )


class _Calendar:
    """Moves the clock, halting at each occasion that falls due on the way, as a real clock would.

    Nobody with a birthday registers during the replay, so the next occasion changes only when one is passed.
    """

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self._due = client.next_occasion()

    def advance(self, instant: datetime) -> None:
        while self._due is not None and self._due <= instant:
            self._client.move_clock(self._due)
            self._client.await_occasions(self._due)
            self._due = self._client.next_occasion()
        self._client.move_clock(instant)


def _chunks(people: Sequence[Person], size: int) -> Iterator[Sequence[Person]]:
    for start in range(0, len(people), size):
        yield people[start : start + size]


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
