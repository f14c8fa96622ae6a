"""Every kind through the one path, and every rule named by its field."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.interaction.ingest.details import NO_CIRCUMSTANCES, Complaint, Kind, Purchase, PurchaseLine
from services.interaction.ingest.identity import ExternalKey, interaction_id_of
from services.interaction.ingest.interaction import RecordedInteraction, RecordInteraction
from services.interaction.ingest.repository.payload import decode_details, encode_payload
from services.interaction.ingest.schemas.examples import INTERACTIONS
from services.interaction.ingest.schemas.inbound import INBOUND_TYPES, Admission
from services.interaction.ingest.schemas.published import event_of
from services.interaction.ingest.schemas.requests import InteractionCreate, command_of
from services.interaction.ingest.schemas.responses import read_of
from shared.contracts.envelope import Envelope, Event
from shared.contracts.interaction import PurchaseRecorded
from shared.contracts.registry import EVENT_TYPES
from shared.errors import InvalidInput
from shared.money import Money
from tests.support.factories.interaction import NOW, PERIOD, interaction_body

submissions: TypeAdapter[InteractionCreate] = TypeAdapter(InteractionCreate)


def submit(kind: str = "purchase", **values: Any) -> RecordInteraction:
    submission = submissions.validate_python(interaction_body(kind, **values))
    return command_of(submission, Admission(PERIOD, NOW), default_source="token")


def test_a_purchase_becomes_exact_values() -> None:
    command = submit(**{name: value for name, value in INTERACTIONS["purchase"].items() if name != "kind"})
    assert command.interaction_id == interaction_id_of("shop", "order-4711")
    assert command.customer == ExternalKey("shop", "C-0042")
    assert command.occurred_at == datetime(2026, 3, 14, 2, 30, tzinfo=UTC)
    assert command.details == Purchase(
        order_id="4711",
        amount=Money(12990, "CNY"),
        margin=Money(3800, "CNY"),
        lines=(
            PurchaseLine(category="skin care", quantity=2, amount=Money(9990, "CNY")),
            PurchaseLine(category="gifts", quantity=1, amount=Money(3000, "CNY")),
        ),
    )


def test_a_source_not_given_is_the_caller_and_an_id_not_given_is_new() -> None:
    first, second = submit(source=None, id=None), submit(source=None, id=None)
    assert first.source == second.source == "token"
    assert first.source_id != second.source_id


@pytest.mark.parametrize("subject", ["", "x" * 201, "two\nlines"])
def test_a_caller_that_is_no_source_is_asked_for_one(subject: str) -> None:
    submission = submissions.validate_python(interaction_body(source=None))
    with pytest.raises(InvalidInput) as refused:
        command_of(submission, Admission(PERIOD, NOW), default_source=subject)
    assert refused.value.field == "source"


def test_a_customer_may_be_named_by_id() -> None:
    customer_id = uuid4()
    assert submit(customer={"id": str(customer_id)}).customer == customer_id


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"amount": {"amount": "1.234", "currency": "CNY"}}, "amount_too_precise", "amount.amount"),
        ({"amount": {"amount": "1", "currency": "RMB"}}, "currency_unknown", "amount.currency"),
        ({"margin": {"amount": "1", "currency": "USD"}}, "currencies_differ", "margin.currency"),
        ({"occurred_at": (NOW + timedelta(minutes=6)).isoformat()}, "occurred_in_future", "occurred_at"),
        ({"occurred_at": "1969-12-31T23:59:59Z"}, "occurred_too_early", "occurred_at"),
        (
            {"lines": [{"category": "a", "amount": {"amount": "1.001", "currency": "CNY"}}]},
            "amount_too_precise",
            "lines[0].amount.amount",
        ),
    ],
)
def test_a_rule_that_is_broken_names_its_field(values: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        submit(**values)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(("field", "told"), [("occurred_at", "time"), ("amount.currency", "data.amount.currency")])
def test_an_event_is_told_where_in_the_event_its_fault_is(field: str, told: str) -> None:
    values = {"currency": "RMB"} if field != "occurred_at" else {}
    data = INBOUND_TYPES["rapport.inbound.purchase_recorded.v1"].model_validate(
        {
            "customer": {"id": str(uuid4())},
            "order_id": "1",
            "amount": {"amount": "1", "currency": "CNY"} | values,
        }
    )
    time = NOW + timedelta(days=1) if field == "occurred_at" else NOW
    envelope = Envelope(id="1", source="shop", type=data.event_type, time=time)
    with pytest.raises(InvalidInput) as refused:
        Admission(PERIOD, NOW).command_of_event(Event(envelope, data))
    assert refused.value.field == told


def test_an_event_causes_what_is_recorded() -> None:
    data = INBOUND_TYPES["rapport.inbound.visit_recorded.v1"].model_validate({"customer": {"id": str(uuid4())}})
    command = Admission(PERIOD, NOW).command_of_event(
        Event(Envelope(id="v-1", source="door", type=data.event_type, time=NOW), data)
    )
    assert (command.source, command.source_id, command.occurred_at) == ("door", "v-1", NOW)
    assert command.causation_id == "v-1"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_kept_published_and_read_as_it_was_told(kind: Kind) -> None:
    example = INTERACTIONS[kind]
    command = submit(kind, **{name: value for name, value in example.items() if name != "kind"})
    assert decode_details(kind, encode_payload(command.details, NO_CIRCUMSTANCES)) == command.details
    customer_id = uuid4()
    recorded = RecordedInteraction(command, customer_id, NOW)
    event = event_of(recorded, customer_id, causation_id="cause")
    assert event.id == str(command.interaction_id)
    assert (event.time, event.causation_id, event.customer_id) == (NOW, "cause", customer_id)
    data: Any = event.data
    assert data.event_type in EVENT_TYPES
    answer = read_of(recorded).model_dump(mode="json", exclude_none=True)
    for name in example.keys() - {"occurred_at", "original"}:
        assert answer[name] == example[name]


def test_what_says_nothing_takes_no_room() -> None:
    complaint = Complaint(case="c", severity="low", category="x")
    assert encode_payload(complaint, NO_CIRCUMSTANCES) == b'{"case":"c","severity":"low","category":"x"}'


def test_what_a_newer_release_wrote_can_be_read() -> None:
    assert decode_details("complaint", b'{"case":"c","severity":"low","category":"x","mood":"sad"}') == Complaint(
        case="c", severity="low", category="x"
    )


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), max_size=5))
def test_published_amounts_are_those_told(minor: int, lines: list[int]) -> None:
    total = sum(lines) if lines else minor
    command = submit(
        amount={"amount": f"{total // 100}.{total % 100:02d}", "currency": "CNY"},
        lines=[
            {"category": "x", "amount": {"amount": f"{line // 100}.{line % 100:02d}", "currency": "CNY"}}
            for line in lines
        ],
    )
    data: Any = event_of(RecordedInteraction(command, uuid4(), NOW), uuid4(), causation_id=None).data
    assert data.event_type == PurchaseRecorded.event_type
    assert data.amount.minor == total
    assert [line.amount.minor for line in data.lines] == lines
