"""Tokens at the door: each way of being wrong has a code of its own."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from shared.clock import wall_now
from tests.support.tokens import ISSUER_URL
from tests.support.toy_service import ToyService


def forged(toy: ToyService, *, key: Any = None, algorithm: str = "ES256", kid: str | None = None, **claims: Any) -> str:
    """A token like a good one but for what is given."""
    issuer = toy.tokens.issuer
    good = jwt.get_unverified_header(issuer.mint())["kid"]
    payload = {
        "iss": ISSUER_URL,
        "aud": "rapport",
        "sub": "tester",
        "scope": "toy:read",
        "exp": wall_now() + timedelta(minutes=5),
    } | claims
    signing = key if key is not None else issuer._key
    return jwt.encode(
        {name: value for name, value in payload.items() if value is not None},
        signing,
        algorithm=algorithm,
        headers={"kid": kid or good},
    )


async def ask(toy: ToyService, token: str) -> tuple[int, str, str]:
    answer = await toy.client.get("/v1/notes", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("code", ""), answer.headers.get("www-authenticate", "")


async def test_a_good_token_opens(toy: ToyService) -> None:
    assert (await ask(toy, forged(toy)))[0] == 200


async def test_a_clock_may_differ_a_little(toy: ToyService) -> None:
    assert (await ask(toy, forged(toy, exp=wall_now() - timedelta(seconds=10))))[0] == 200


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": wall_now() - timedelta(minutes=5)}, "token_expired"),
        ({"exp": None}, "token_claim_missing"),
        ({"sub": None}, "token_claim_missing"),
        ({"aud": "another"}, "token_audience_wrong"),
        ({"iss": "https://elsewhere.test"}, "token_issuer_wrong"),
        ({"nbf": wall_now() + timedelta(hours=1)}, "token_not_yet_valid"),
        ({"kid": "unheard-of"}, "token_key_unknown"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "token_signature_invalid"),
        ({"key": ed25519.Ed25519PrivateKey.generate(), "algorithm": "EdDSA"}, "token_algorithm_refused"),
        ({"key": "x" * 32, "algorithm": "HS256"}, "token_algorithm_refused"),
        ({"key": "", "algorithm": "none"}, "token_algorithm_refused"),
    ],
)
async def test_a_bad_token_is_refused_by_its_own_code(toy: ToyService, claims: dict[str, Any], code: str) -> None:
    status, told, challenge = await ask(toy, forged(toy, **claims))

    assert (status, told) == (401, code)
    assert challenge == f'Bearer realm="rapport", error="invalid_token", error_description="{code}"'


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "x" * 9000])
async def test_what_is_no_token_is_refused(toy: ToyService, token: str) -> None:
    assert (await ask(toy, token))[:2] == (401, "token_malformed")


async def test_without_a_token_one_is_asked_for(toy: ToyService) -> None:
    answer = await toy.client.get("/v1/notes")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["www-authenticate"] == 'Bearer realm="rapport"'


async def test_a_token_without_the_scope_is_told_which(toy: ToyService) -> None:
    answer = await toy.client.post("/v1/notes", json={"text": "a"}, headers=toy.tokens.headers("toy:read"))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="rapport", error="insufficient_scope", scope="toy:write"'
    )
    assert "toy:write" in answer.json()["detail"]


async def test_scopes_may_come_as_a_list(toy: ToyService) -> None:
    assert (await ask(toy, forged(toy, scope=None, scp=["toy:read"])))[0] == 200
