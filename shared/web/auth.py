"""Who is calling: bearer tokens (JWT) checked against the issuer's keys, and scopes demanded per route."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from jwt import PyJWK

from shared.clock import wall_now
from shared.errors import Forbidden, Unauthenticated
from shared.web.jwks import KeySet

ALGORITHMS = ("ES256", "RS256", "EdDSA")
LEEWAY_SECONDS = 30
MAX_TOKEN_LENGTH = 8192
REMEMBERED_SECONDS = 60.0
REMEMBERED_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose token was checked; `roles` are those of staff (agent, manager, admin)."""

    subject: str
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _KnownToken:
    principal: Principal
    until: float
    revision: int


class TokenVerifier:
    """Turns a token into a Principal, or says precisely why not."""

    def __init__(self, *, issuer: str, audience: str, keys: KeySet) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._known: dict[bytes, _KnownToken] = {}

    async def verify(self, token: str) -> Principal:
        """Raises Unauthenticated with a code of its own per cause, or Unavailable while the keys cannot be read.

        A token found good is taken as good for a minute, at most until it expires or the issuer is seen to publish
        other keys: checking a signature costs more than many a request.
        """
        principal = self.recognise(token)
        if principal is not None:
            return principal
        claims = await self._claims_of(token)
        until = min(wall_now().timestamp() + REMEMBERED_SECONDS, claims["exp"] + LEEWAY_SECONDS)
        known = _KnownToken(_principal(claims), until, self._keys.revision)
        while len(self._known) >= REMEMBERED_TOKENS:
            del self._known[next(iter(self._known))]
        self._known[_digest(token)] = known
        return known.principal

    def recognise(self, token: str) -> Principal | None:
        """The caller, when this token was found good within the last minute and nothing has ended it since."""
        digest = _digest(token)
        known = self._known.get(digest)
        if known is None:
            return None
        if known.revision == self._keys.revision and wall_now().timestamp() < known.until:
            return known.principal
        del self._known[digest]
        return None

    def forget(self) -> None:
        """Every token is checked anew at its next use."""
        self._known.clear()

    async def _claims_of(self, token: str) -> dict[str, Any]:
        key = await self._key_of(token)
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise _refusal(error, issuer=self._issuer, audience=self._audience) from error

    async def _key_of(self, token: str) -> PyJWK:
        if len(token) > MAX_TOKEN_LENGTH:
            raise Unauthenticated("the token is longer than any real one", code="token_malformed")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise Unauthenticated("the bearer token is not a JWT", code="token_malformed") from error
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Unauthenticated(
                f"tokens must be signed with one of {', '.join(ALGORITHMS)}; this one says {algorithm!r}",
                code="token_algorithm_refused",
            )
        key = await self._keys.find(header.get("kid"))
        if key is None:
            raise Unauthenticated(
                "the token is signed with a key its issuer does not publish; get a new token", code="token_key_unknown"
            )
        if key.algorithm_name != algorithm:
            # The key decides, not the token: else a token could choose how its own signature is checked.
            raise Unauthenticated(
                f"the token says {algorithm}, its key is for {key.algorithm_name}", code="token_algorithm_refused"
            )
        return key


def _refusal(error: jwt.PyJWTError, *, issuer: str, audience: str) -> Unauthenticated:
    match error:
        case jwt.ExpiredSignatureError():
            return Unauthenticated("the token has expired; get a new one", code="token_expired")
        case jwt.ImmatureSignatureError():
            return Unauthenticated("the token is not valid yet; check the clocks", code="token_not_yet_valid")
        case jwt.InvalidAudienceError():
            return Unauthenticated(
                f"the token is for another audience; this API is {audience!r}", code="token_audience_wrong"
            )
        case jwt.InvalidIssuerError():
            return Unauthenticated(
                f"the token is from another issuer; this API trusts {issuer!r}", code="token_issuer_wrong"
            )
        case jwt.MissingRequiredClaimError():
            return Unauthenticated(f"the token has no {error.claim!r} claim", code="token_claim_missing")
        case jwt.InvalidSignatureError():
            return Unauthenticated("the token's signature is wrong", code="token_signature_invalid")
    return Unauthenticated(f"the token cannot be accepted: {error}", code="token_malformed")


def _digest(token: str) -> bytes:
    """What is remembered of a token: who reads this process's memory shall find none to use."""
    return hashlib.sha256(token.encode()).digest()


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(
        subject=str(claims["sub"]),
        scopes=_words(claims.get("scope")) | _words(claims.get("scp")),
        roles=_words(claims.get("roles")),
    )


def _words(claim: object) -> frozenset[str]:
    if isinstance(claim, str):
        return frozenset(claim.split())
    if isinstance(claim, list):
        return frozenset(word for word in claim if isinstance(word, str))
    return frozenset()


bearer = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="JWT",
    description="A token of the configured issuer; its `scope` claim must hold what the operation names.",
    auto_error=False,
)


async def authorize(
    request: Request,
    required: SecurityScopes,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Principal:
    """The caller, who holds every scope the route demands. Raises Unauthenticated or Forbidden."""
    if credentials is None:
        raise Unauthenticated("send a token: Authorization: Bearer <token>", code="token_missing")
    verifier: TokenVerifier = request.app.state.platform.verifier
    principal = await verifier.verify(credentials.credentials)
    request.state.principal = principal
    missing = [scope for scope in required.scopes if scope not in principal.scopes]
    if missing:
        raise Forbidden(
            f"the token lacks the scope {' '.join(missing)}; ask the issuer for a token that has it",
            code="scope_missing",
            scope=" ".join(required.scopes),
        )
    return principal


def require(*scopes: str) -> Any:
    """A dependency: `principal: Annotated[Principal, require("customer:write")]`."""
    return Security(authorize, scopes=list(scopes))
