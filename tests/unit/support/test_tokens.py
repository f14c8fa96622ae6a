import pytest

from shared.errors import Unauthenticated
from tests.support.tokens import Tokens


async def test_a_token_for_tests_passes_the_real_verifier(tokens: Tokens) -> None:
    token = tokens.headers("customer:read", "scoring:read", subject="shop")["Authorization"].removeprefix("Bearer ")
    principal = await tokens.verifier().verify(token)
    assert principal.subject == "shop"
    assert principal.scopes == {"customer:read", "scoring:read"}


async def test_an_expired_token_can_be_made(tokens: Tokens) -> None:
    token = tokens.headers("customer:read", minutes=-5)["Authorization"].removeprefix("Bearer ")
    with pytest.raises(Unauthenticated) as refused:
        await tokens.verifier().verify(token)
    assert refused.value.code == "token_expired"
