"""A token issuer for the laptop and for tests: the services check its tokens exactly as they would a real one's.

It speaks the client-credentials grant (RFC 6749) and publishes OpenID discovery and its keys (RFC 7517). Its signing
key and its one client's secret are made on first use and kept in the data folder, readable by their owner only.
"""

import base64
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, unquote
from uuid import uuid4

import jwt
import typer
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse
from jwt.algorithms import ECAlgorithm

from deploy.local.data_folder import DEFAULT_DATA_DIR, DataFolder
from deploy.local.ports import HOST, Ports
from shared.clock import wall_now

AUDIENCE = "rapport"
CLIENT_ID = "laptop"
CLOCK_SCOPE = "clock:write"
"""For moving business time, where the stack was started with a stepped clock."""
SCOPES = (
    *(
        f"{service}:{action}"
        for service in ("customer", "interaction", "scoring", "notification")
        for action in ("read", "write", "admin")
    ),
    CLOCK_SCOPE,
)
TOKEN_MINUTES = 60


class TokenRefused(Exception):
    """An answer of the token endpoint in the words of RFC 6749, section 5.2."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


class LocalIssuer:
    """Signs tokens for `url` with the key kept in `folder`."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.client_secret = keep_secret(folder / "client-secret", lambda: secrets.token_urlsafe(32).encode()).decode()
        pem = keep_secret(folder / "signing-key.pem", _new_key)
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{folder / 'signing-key.pem'} is not an elliptic-curve key; delete it to get a new one")
        self._key = key
        self._public: dict[str, Any] = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self._key_id = hashlib.sha256(json.dumps(self._public, sort_keys=True).encode()).hexdigest()[:16]

    def mint(
        self,
        scopes: Iterable[str] = SCOPES,
        subject: str = CLIENT_ID,
        minutes: int = TOKEN_MINUTES,
        *,
        roles: Iterable[str] = (),
        audience: str = AUDIENCE,
    ) -> str:
        """A bearer token; a negative `minutes` gives one that has expired."""
        now = wall_now()
        claims = {
            "iss": self.url,
            "aud": audience,
            "sub": subject,
            "scope": " ".join(scopes),
            "roles": list(roles),
            "iat": now + min(timedelta(), timedelta(minutes=minutes - 1)),
            "exp": now + timedelta(minutes=minutes),
            "jti": str(uuid4()),
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._key_id})

    def scopes_of(self, token: str) -> frozenset[str]:
        """The scopes of a token this issuer signed itself. Raises jwt.PyJWTError when it is not valid."""
        key = self._key.public_key()
        claims = jwt.decode(token, key, algorithms=["ES256"], issuer=self.url, audience=AUDIENCE)
        return frozenset(str(claims["scope"]).split())

    def keys(self) -> dict[str, Any]:
        return {"keys": [{**self._public, "kid": self._key_id, "use": "sig", "alg": "ES256"}]}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks.json",
            "token_endpoint": f"{self.url}/token",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }

    def grant(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer to a token request whose client is already part of `form`. Raises TokenRefused."""
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused(400, "unsupported_grant_type", "send grant_type=client_credentials")
        secret_fits = secrets.compare_digest(form.get("client_secret", "").encode(), self.client_secret.encode())
        if not secret_fits or form.get("client_id") != CLIENT_ID:
            raise TokenRefused(401, "invalid_client", f"the client is {CLIENT_ID!r}; its secret is in the data folder")
        wanted = form.get("scope", " ".join(SCOPES)).split()
        unknown = sorted(set(wanted) - set(SCOPES))
        if unknown:
            raise TokenRefused(
                400, "invalid_scope", f"no such scope: {' '.join(unknown)}; there are: {' '.join(SCOPES)}"
            )
        return {
            "access_token": self.mint(wanted),
            "token_type": "Bearer",
            "expires_in": TOKEN_MINUTES * 60,
            "scope": " ".join(wanted),
        }


def create_issuer_app(issuer: LocalIssuer) -> FastAPI:
    app = FastAPI(title="Rapport's laptop issuer", version="1", docs_url=None, redoc_url=None)

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return issuer.discovery()

    @app.get("/jwks.json")
    async def keys() -> dict[str, Any]:
        return issuer.keys()

    @app.post("/token")
    async def token(request: Request, authorization: Annotated[str | None, Header()] = None) -> JSONResponse:
        form = {name: values[-1] for name, values in parse_qs((await request.body()).decode(errors="replace")).items()}
        try:
            answer = issuer.grant({**form, **_basic_credentials(authorization)})
        except TokenRefused as refused:
            body = {"error": refused.error, "error_description": refused.description}
            headers = {"WWW-Authenticate": "Basic"} if refused.status == 401 else {}
            return JSONResponse(body, refused.status, headers=headers)
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    return app


def _basic_credentials(authorization: str | None) -> dict[str, str]:
    if authorization is None or not authorization.lower().startswith("basic "):
        return {}
    try:
        client_id, _, secret = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
    except ValueError as error:
        raise TokenRefused(401, "invalid_client", "the Authorization header is not valid Basic credentials") from error
    return {"client_id": unquote(client_id), "client_secret": unquote(secret)}


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def keep_secret(path: Path, create: Callable[[], bytes]) -> bytes:
    """What `path` holds; if there is nothing yet, `create` makes it, and it appears whole and private or not at all."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # 0600 from the start
        with os.fdopen(descriptor, "wb") as file:
            file.write(create())
        Path(temporary).rename(path)
    return path.read_bytes()


command = typer.Typer(add_completion=False, no_args_is_help=True, help="The laptop's token issuer.")
DataDir = Annotated[Path, typer.Option(envvar="DATA_DIR", help="The data folder of the laptop stack.")]


@command.command()
def serve(data_dir: DataDir = DEFAULT_DATA_DIR, host: str = HOST, url: str | None = None) -> None:
    """Serve the issuer alone, for a stack that is started in another way; PORT_ISSUER chooses the port."""
    uvicorn.run(create_issuer_app(_open(data_dir, url)), host=host, port=Ports.from_environment(os.environ).issuer)


@command.command()
def token(data_dir: DataDir = DEFAULT_DATA_DIR, url: str | None = None, minutes: int = TOKEN_MINUTES) -> None:
    """Print a token with every scope."""
    typer.echo(_open(data_dir, url).mint(minutes=minutes))


def _open(data_dir: Path, url: str | None) -> LocalIssuer:
    port = Ports.from_environment(os.environ).issuer
    return LocalIssuer(DataFolder(data_dir).issuer, url or f"http://{HOST}:{port}")


if __name__ == "__main__":
    command()
