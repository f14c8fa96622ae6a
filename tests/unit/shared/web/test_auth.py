"""A token found good is not checked again at once, and never trusted beyond its time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
import time_machine

from shared.clock import wall_now
from shared.errors import Unauthenticated
from shared.web.auth import TokenVerifier
from shared.web.jwks import KeySet, fetch_from_file
from tests.support.tokens import ISSUER_URL, Tokens, create_tokens


class CountingKeys(KeySet):
    """Counts how often a key was needed, which is how often a token was really checked."""

    checks = 0

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        self.checks += 1
        return await super().find(key_id)


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return create_tokens(tmp_path)


@pytest.fixture
def keys(tokens: Tokens) -> CountingKeys:
    return CountingKeys(fetch_from_file(tokens.jwks_file))


@pytest.fixture
def verifier(keys: CountingKeys) -> TokenVerifier:
    return TokenVerifier(issuer=ISSUER_URL, audience="rapport", keys=keys)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(wall_now(), tick=False) as traveller:
        yield traveller


async def test_a_token_is_checked_once_a_minute(
    tokens: Tokens, keys: CountingKeys, verifier: TokenVerifier, clock: time_machine.Traveller
) -> None:
    token = tokens.issuer.mint(["toy:read"], "tester")
    principals = [await verifier.verify(token) for _ in range(5)]
    assert keys.checks == 1
    assert {(one.subject, one.scopes) for one in principals} == {("tester", frozenset({"toy:read"}))}

    clock.shift(timedelta(seconds=61))
    await verifier.verify(token)
    assert keys.checks == 2


async def test_a_known_token_expires_on_time(
    tokens: Tokens, verifier: TokenVerifier, clock: time_machine.Traveller
) -> None:
    token = tokens.issuer.mint(["toy:read"], "tester", 1)
    clock.shift(timedelta(seconds=59))
    await verifier.verify(token)
    clock.shift(timedelta(seconds=30))
    await verifier.verify(token)
    clock.shift(timedelta(seconds=2))

    with pytest.raises(Unauthenticated) as caught:
        await verifier.verify(token)
    assert caught.value.code == "token_expired"


async def test_a_bad_token_is_never_remembered_as_good(tokens: Tokens, verifier: TokenVerifier) -> None:
    expired = tokens.issuer.mint(["toy:read"], "tester", -5)

    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await verifier.verify(expired)


async def test_memory_is_bounded(
    tokens: Tokens, keys: CountingKeys, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.auth.REMEMBERED_TOKENS", 2)
    several = [tokens.issuer.mint(["toy:read"], f"tester {number}") for number in range(5)]

    for token in several:
        await verifier.verify(token)

    assert [verifier.recognise(token) is not None for token in several] == [False, False, False, True, True]
    assert keys.checks == 5


async def test_a_token_is_forgotten_when_the_issuer_publishes_other_keys(
    tokens: Tokens, verifier: TokenVerifier, keys: CountingKeys, tmp_path: Path
) -> None:
    token = tokens.issuer.mint(["toy:read"], "tester")
    await verifier.verify(token)
    assert verifier.recognise(token) is not None

    (tmp_path / "other").mkdir()
    tokens.jwks_file.write_bytes(create_tokens(tmp_path / "other").jwks_file.read_bytes())
    await _read_again(keys)

    assert verifier.recognise(token) is None
    with pytest.raises(Unauthenticated) as refusal:
        await verifier.verify(token)
    assert refusal.value.code in ("token_key_unknown", "token_signature_invalid")


async def _read_again(keys: KeySet) -> None:
    keys._fetched_at = keys._tried_at = -float("inf")
    await keys.find(None)
