"""The issuer's keys: read once, again for an unknown key but not at an attacker's pace, and kept through an outage."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from shared.errors import Unavailable
from shared.web.jwks import KeySet, fetch_from_file, fetch_from_url


def jwks(*key_ids: str) -> bytes:
    keys = []
    for key_id in key_ids:
        public: Any = jwt.algorithms.ECAlgorithm.to_jwk(
            ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True
        )
        keys.append(public | {"kid": key_id, "alg": "ES256", "use": "sig"})
    return json.dumps({"keys": keys}).encode()


class Issuer:
    """Answers with what it is given; an exception is raised."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.asked = 0

    async def __call__(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_keys_are_read_once_for_many() -> None:
    issuer = Issuer(jwks("a"))
    keys = KeySet(issuer)

    found = await asyncio.gather(*(keys.find("a") for _ in range(20)))

    assert all(key is not None and key.key_id == "a" for key in found)
    assert issuer.asked == 1


async def test_a_new_key_is_fetched_when_it_turns_up() -> None:
    issuer = Issuer(jwks("a"))
    keys = KeySet(issuer, min_interval_seconds=0)
    await keys.find("a")
    issuer.answer = jwks("a", "b")

    assert await keys.find("b") is not None


async def test_made_up_keys_do_not_hammer_the_issuer() -> None:
    issuer = Issuer(jwks("a"))
    keys = KeySet(issuer, min_interval_seconds=60)

    assert [await keys.find(f"made-up-{number}") for number in range(50)] == [None] * 50
    assert issuer.asked == 1


async def test_keys_are_read_again_after_a_while() -> None:
    issuer = Issuer(jwks("a"))
    keys = KeySet(issuer, ttl_seconds=0, min_interval_seconds=0)
    await keys.find("a")
    issuer.answer = jwks("b")

    assert await keys.find("a") is None


async def test_known_keys_serve_on_while_the_issuer_is_away() -> None:
    issuer = Issuer(jwks("a"))
    keys = KeySet(issuer, ttl_seconds=0, min_interval_seconds=0)
    await keys.find("a")
    issuer.answer = httpx.ConnectError("refused")

    assert await keys.find("a") is not None


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("refused"), OSError("no file"), b"no json", b"[]", b'{"keys": []}']
)
async def test_without_any_keys_tokens_cannot_be_judged(failure: bytes | Exception) -> None:
    keys = KeySet(Issuer(failure), min_interval_seconds=60)

    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            await keys.find("a")
        assert caught.value.code == "token_keys_unavailable"


async def test_one_key_needs_no_name() -> None:
    assert await KeySet(Issuer(jwks("only"))).find(None) is not None
    assert await KeySet(Issuer(jwks("a", "b"))).find(None) is None


async def test_keys_come_from_a_file_or_a_url(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_bytes(jwks("a"))
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200 if request.url.path == "/k" else 404, content=jwks("b"))
    )
    async with httpx.AsyncClient(transport=transport) as client:
        by_url = KeySet(fetch_from_url(client, "https://id.test/k"))
        missing = KeySet(fetch_from_url(client, "https://id.test/none"))

        assert await KeySet(fetch_from_file(tmp_path / "jwks.json")).find("a") is not None
        assert await by_url.find("b") is not None
        with pytest.raises(Unavailable):
            await missing.find("b")
