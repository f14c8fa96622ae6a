"""Who of a batch may have an external id."""

from uuid import UUID, uuid4

from services.customer.profiles.claims import Claim, decide_claims
from shared.contracts.common import ExternalId

X, Y, Z = (ExternalId(source="pos", id=key) for key in "xyz")
A, B, C = (uuid4() for _ in range(3))


def refused(claims: list[Claim], held: dict[ExternalId, UUID] | None = None) -> dict[UUID, tuple[str | None, object]]:
    found = decide_claims(claims, held or {})
    return {who: (conflict.field, conflict.context["customer_id"]) for who, conflict in found.items()}


def test_free_ids_are_granted() -> None:
    assert refused([Claim(A, (X,)), Claim(B, (Y,)), Claim(C, ())]) == {}


def test_held_id_is_refused_naming_the_holder_and_the_place() -> None:
    assert refused([Claim(A, (X, Y))], {Y: B}) == {A: ("external_ids[1]", str(B))}


def test_within_a_batch_the_first_one_wins() -> None:
    assert refused([Claim(A, (X,)), Claim(B, (X,))]) == {B: ("external_ids[0]", str(A))}


def test_a_refused_claim_leaves_its_other_ids_to_those_after_it() -> None:
    assert refused([Claim(A, (X, Y)), Claim(B, (X,))], {Y: C}) == {A: ("external_ids[1]", str(C))}


def test_own_id_is_no_conflict() -> None:
    assert refused([Claim(A, (X,))], {X: A}) == {}
