import base64
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from deploy.local.issuer import AUDIENCE, SCOPES, LocalIssuer, create_issuer_app

URL = "http://127.0.0.1:8000"


@pytest.fixture
def issuer(tmp_path: Path) -> LocalIssuer:
    return LocalIssuer(tmp_path / "issuer", URL)


def read_claims(issuer: LocalIssuer, token: str) -> dict[str, Any]:
    key = jwt.PyJWKSet.from_dict(issuer.keys()).keys[0]
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["ES256"], issuer=URL, audience=AUDIENCE)
    return claims


async def ask(issuer: LocalIssuer, form: dict[str, str], **arguments: Any) -> httpx.Response:
    transport = httpx.ASGITransport(create_issuer_app(issuer))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        return await client.post("/token", data=form, **arguments)


def test_a_minted_token_carries_scopes_subject_and_roles(issuer: LocalIssuer) -> None:
    claims = read_claims(issuer, issuer.mint(["customer:read", "scoring:read"], "shop", 5, roles=["agent"]))
    assert claims["scope"] == "customer:read scoring:read"
    assert claims["sub"] == "shop"
    assert claims["roles"] == ["agent"]
    assert claims["exp"] - claims["iat"] == 300


def test_a_negative_lifetime_gives_an_expired_token(issuer: LocalIssuer) -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        read_claims(issuer, issuer.mint(minutes=-5))


def test_key_and_secret_stay_over_a_restart_and_are_private(issuer: LocalIssuer, tmp_path: Path) -> None:
    again = LocalIssuer(tmp_path / "issuer", URL)
    assert again.client_secret == issuer.client_secret
    assert read_claims(again, issuer.mint())["sub"] == "laptop"
    files = list((tmp_path / "issuer").iterdir())
    assert {file.name for file in files} == {"client-secret", "signing-key.pem"}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


async def test_the_published_keys_are_public_ones_only(issuer: LocalIssuer) -> None:
    transport = httpx.ASGITransport(create_issuer_app(issuer))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        discovery = (await client.get("/.well-known/openid-configuration")).json()
        keys = (await client.get(discovery["jwks_uri"])).json()["keys"]
    assert discovery["issuer"] == URL
    assert [(key["kty"], key["alg"], key["use"]) for key in keys] == [("EC", "ES256", "sig")]
    assert "d" not in keys[0]


async def test_the_client_gets_a_token_by_form_with_the_scopes_it_names(issuer: LocalIssuer) -> None:
    form = {"grant_type": "client_credentials", "client_id": "laptop", "client_secret": issuer.client_secret}
    answer = await ask(issuer, {**form, "scope": "customer:read"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert read_claims(issuer, answer.json()["access_token"])["scope"] == "customer:read"


async def test_the_client_gets_a_token_by_basic_authentication_with_every_scope(issuer: LocalIssuer) -> None:
    answer = await ask(issuer, {"grant_type": "client_credentials"}, auth=("laptop", issuer.client_secret))
    assert read_claims(issuer, answer.json()["access_token"])["scope"].split() == list(SCOPES)


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": "wröng"}, 401, "invalid_client"),
        ({"client_id": "stranger"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "customer:read root"}, 400, "invalid_scope"),
    ],
)
async def test_a_wrong_request_is_refused_in_the_words_of_the_standard(
    issuer: LocalIssuer, change: dict[str, str], status: int, error: str
) -> None:
    form = {"grant_type": "client_credentials", "client_id": "laptop", "client_secret": issuer.client_secret}
    answer = await ask(issuer, {**form, **change})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("credentials", ["@@@", base64.b64encode(b"\xff\xfe").decode(), ""])
async def test_broken_basic_credentials_are_refused(issuer: LocalIssuer, credentials: str) -> None:
    answer = await ask(issuer, {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {credentials}"})
    assert answer.status_code == 401
