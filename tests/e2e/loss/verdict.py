"""What must be true when the dust has settled, read over the APIs, from the broker and out of the mailbox."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.local.mailbox import count_by_message_id
from shared.contracts.interaction import PurchaseRecorded
from shared.contracts.topics import INTERACTION_EVENTS
from shared.messaging.broker import Broker
from shared.messaging.codec import decode
from tests.e2e.loss.site import SERVICES, Site
from tests.e2e.loss.workload import Workload
from tests.support.eventually import eventually

_SETTLES_WITHIN_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Mail:
    """How many messages there are, and how many of them were accepted more than once under their one Message-ID."""

    messages: int
    resent: int


async def settle(site: Site, workload: Workload) -> None:
    """Waits until every purchase is published, scored, and thanked for."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:

        async def settled() -> bool:
            for service in ("interaction", "scoring"):
                counted = await _purchases(http, site, service)
                assert counted == (workload.total, workload.total_minor), f"{service} has {counted}"
            sent = len(await _sent_mail(http, site))
            assert sent >= workload.total, f"{sent} of {workload.total} messages are sent"
            return True

        await eventually(settled, seconds=_SETTLES_WITHIN_SECONDS)


async def judge_counts(site: Site, workload: Workload) -> None:
    """Every purchase counted once, to the cent, by both services; nothing waits and nothing was set aside."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        for service in ("interaction", "scoring"):
            assert await _purchases(http, site, service) == (workload.total, workload.total_minor), service
        recorded = await _read(http, site, "interaction", "/v1/reconciliation")
        assert recorded["awaiting"]["count"] == 0
        for service in SERVICES:
            dead = await _read(http, site, service, "/v1/dead-letters")
            assert dead["items"] == [], f"{service} has dead letters"


async def judge_order(broker: Broker, workload: Workload) -> int:
    """Each customer's purchases were published in the order recorded; returns how many came more than once."""
    seen: dict[str, None] = {}
    order: dict[str, list[str]] = defaultdict(list)
    repeated = 0
    reader = await broker.subscribe("loss-verdict", [INTERACTION_EVENTS.name])
    try:
        # The log ends where a whole wait brings nothing more; everything was published before.
        while records := await reader.fetch(1000, 3.0):
            for record in records:
                event = decode(record)
                if event.envelope.id in seen:
                    repeated += 1
                    continue
                seen[event.envelope.id] = None
                assert isinstance(event.data, PurchaseRecorded)
                order[str(event.data.customer_id)].append(event.data.order_id)
    finally:
        await reader.close()
    expected = {workload.ids[number]: orders for number, orders in workload.acknowledged.items()}
    assert dict(order) == expected
    return repeated


async def judge_mail(site: Site, workload: Workload) -> Mail:
    """One message per purchase in the mailbox, each under a key of its own; a resend is told by its key."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        sent = await _sent_mail(http, site)
    stored = count_by_message_id(site.mailbox.folder)
    assert {key.strip("<>").partition("@")[0] for key in stored} == {message["message_id"] for message in sent}
    assert len(stored) == len(sent) == workload.total
    assert len({message["occasion"] for message in sent}) == workload.total
    mail = Mail(messages=len(stored), resent=stored.total() - len(stored))
    # A sender that died may or may not have been heard: it is sent again, so what came twice is among these.
    assert mail.resent <= sum(message["resends"] for message in sent)
    return mail


async def _purchases(http: httpx.AsyncClient, site: Site, service: str) -> tuple[int, int]:
    figures = await _read(http, site, service, "/v1/reconciliation")
    purchases = [total for total in figures["totals"] if total["kind"] == "purchase"]
    return sum(total["count"] for total in purchases), sum(total["amount_minor"] for total in purchases)


async def _sent_mail(http: httpx.AsyncClient, site: Site) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await _read(
            http, site, "notification", "/v1/messages", state="sent", channel="email", limit=200, **cursor
        )
        messages += page["items"]
        if page["next_cursor"] is None:
            return messages
        cursor = {"cursor": page["next_cursor"]}


async def _read(http: httpx.AsyncClient, site: Site, service: str, path: str, **parameters: Any) -> dict[str, Any]:
    headers = site.tokens.headers(f"{service}:read", f"{service}:admin")
    answer = await http.get(site.url(service) + path, params=parameters, headers=headers)
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    body: dict[str, Any] = answer.json()
    return body
