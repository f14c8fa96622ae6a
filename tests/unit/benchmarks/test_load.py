"""Made-up events: the same for the same seed, as the contracts want them, and countable."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.load import records
from benchmarks.load.customers import profiles, registered
from benchmarks.load.happenings import SHARES, Happening, Story, Totals
from benchmarks.load.history import told_history
from benchmarks.load.http import request_bytes
from benchmarks.load.population import Distribution, Population
from benchmarks.load.smtp_sink import message_id_of, read_arrivals
from services.interaction.ingest.schemas.requests import BatchCreate
from services.scoring.facts.translation import to_fact
from shared.contracts.inbound import InboundInteraction
from shared.messaging.broker import OutgoingRecord, Record
from shared.messaging.codec import decode

UNTIL = datetime(2026, 11, 25, tzinfo=UTC)


def tell(count: int = 500, seed: int = 7, distribution: Distribution = "uniform", chunk: int = 100) -> list[Happening]:
    story = Story(population=Population(200), count=count, seed=seed, until=UNTIL, days=30, distribution=distribution)
    return [one for part in story.told(chunk) for one in part]


def as_read(record: OutgoingRecord) -> Record:
    return Record(record.topic, 0, 0, record.key, record.value, record.headers, UNTIL)


def test_the_same_seed_tells_the_same_story() -> None:
    assert tell() == tell()
    assert tell() != tell(seed=8)


def test_every_event_has_an_identity_of_its_own_and_happened_before_the_end() -> None:
    told = tell()
    assert len({one.identity for one in told}) == len(told) == 500
    assert all(datetime.fromisoformat(one.occurred_at) < UNTIL for one in told)


def test_the_mixture_is_as_said() -> None:
    kinds = Counter(one.kind for one in tell(5_000))
    assert kinds.keys() == SHARES.keys()
    assert kinds["purchase"] == pytest.approx(50 * SHARES["purchase"], rel=0.05)


def test_zipf_names_the_first_customers_most() -> None:
    first = Population(200).ids[0]
    uniform = sum(one.customer == first for one in tell(2_000))
    zipf = sum(one.customer == first for one in tell(2_000, distribution="zipf"))
    assert uniform < 40 < 300 < zipf


def test_customers_have_ids_of_their_own() -> None:
    assert len(set(Population(10_000).ids)) == 10_000


def test_records_are_read_by_the_platforms_own_codec() -> None:
    told = tell()
    for record in records.recorded(told, UNTIL.isoformat()):
        event = decode(as_read(record))
        assert to_fact(event.data).customer_id == event.customer_id
    for record in records.inbound(told):
        assert isinstance(decode(as_read(record)).data, InboundInteraction)
    ids = Population(3).ids
    for record in registered(ids, UNTIL.isoformat()):
        assert decode(as_read(record)).data.external_ids
    consents = [decode(as_read(one)).data.consents for one in profiles(ids, UNTIL.isoformat(), consenting_every=2)]
    assert [len(one) for one in consents] == [2, 0, 2]


def test_bodies_are_taken_by_the_doors() -> None:
    told = tell()
    batch = BatchCreate.model_validate({"items": [records.submission(one) for one in told]})
    assert all(not isinstance(item, Exception) for item in batch.submissions)


def test_totals_count_every_kind_and_every_fen() -> None:
    told = tell()
    totals = Totals()
    totals.add(told[:200])
    rest = Totals()
    rest.add(told[200:])
    assert (totals + rest).count == 500
    assert sum(amount for _, amount in (totals + rest).as_dict().values()) == sum(one.amount for one in told)


def test_in_the_history_everybody_bought_and_not_everybody_alike() -> None:
    def tell_history() -> list[Happening]:
        parts = told_history(Population(300), mean_purchases=3.0, days=540, seed=1, until=UNTIL, chunk=100)
        return [one for part in parts for one in part]

    told = tell_history()
    assert told == tell_history()
    purchases = Counter(one.customer for one in told)
    assert len(purchases) == 300
    assert min(purchases.values()) == 1 < 5 < max(purchases.values())
    assert all(datetime.fromisoformat(one.occurred_at) <= UNTIL for one in told)


def test_a_message_is_known_by_the_left_half_of_its_id(tmp_path: Path) -> None:
    mail = b"Subject: x\r\nMessage-ID: <abc@rapport.example>\r\n\r\nMessage-ID: <other@x>\r\n"
    assert message_id_of(mail) == "abc"
    assert message_id_of(b"Subject: x\r\n\r\nMessage-ID: <other@x>\r\n") == ""
    arrivals = tmp_path / "arrivals"
    arrivals.write_text("abc 1500000000\ndef 2500000000\n")
    assert read_arrivals(arrivals) == {"abc": 1.5, "def": 2.5}


def test_a_request_is_whole() -> None:
    request = request_bytes("http://127.0.0.1:8002/v1/x?y=1", b'{"a":1}', {"Content-Type": "application/json"})
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.splitlines()[0] == b"POST /v1/x?y=1 HTTP/1.1"
    assert b"Content-Length: 7" in head.splitlines()
    assert json.loads(body) == {"a": 1}
