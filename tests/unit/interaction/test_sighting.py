from services.interaction.ingest.identity import ExternalKey
from services.interaction.ingest.sighting import latest_of, owners_of
from tests.support.factories.interaction import make_sighting

A, B = ExternalKey("shop", "a"), ExternalKey("shop", "b")


def test_an_identity_belongs_to_whoever_brings_it_first() -> None:
    first, second = make_sighting(external_keys=frozenset({A})), make_sighting(external_keys=frozenset({A, B}))
    owners = owners_of([first, second])
    assert owners == {first.customer_id: first, A: first, second.customer_id: second, B: second}


def test_an_identity_that_the_next_version_takes_away_has_had_its_moment() -> None:
    first = make_sighting(external_keys=frozenset({A}))
    second = make_sighting(customer_id=first.customer_id, version=2, external_keys=frozenset({B}))
    assert set(owners_of([first, second])) == {first.customer_id, A, B}


def test_the_newest_version_counts_whatever_the_order() -> None:
    first = make_sighting()
    second = make_sighting(customer_id=first.customer_id, version=2)
    assert latest_of([first, second]) == latest_of([second, first]) == {first.customer_id: second}
