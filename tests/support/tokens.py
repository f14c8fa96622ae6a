"""Tokens for tests: from a real issuer's key, checked by the real verifier, without a network in between."""

import json
from dataclasses import dataclass
from pathlib import Path

from deploy.local.issuer import AUDIENCE, LocalIssuer
from shared.web.auth import TokenVerifier
from shared.web.jwks import KeySet, fetch_from_file

ISSUER_URL = "https://issuer.test"


@dataclass(frozen=True, slots=True)
class Tokens:
    """An issuer whose published keys lie in `jwks_file`, as the setting of that name wants them."""

    issuer: LocalIssuer
    jwks_file: Path

    def headers(self, *scopes: str, subject: str = "tester", minutes: int = 60) -> dict[str, str]:
        """`client.get(url, headers=tokens.headers("customer:read"))`."""
        return {"Authorization": f"Bearer {self.issuer.mint(scopes, subject, minutes)}"}

    def verifier(self) -> TokenVerifier:
        return TokenVerifier(issuer=ISSUER_URL, audience=AUDIENCE, keys=KeySet(fetch_from_file(self.jwks_file)))

    def settings(self) -> dict[str, str]:
        """What a service's settings need to trust these tokens."""
        return {"jwt_issuer": ISSUER_URL, "jwt_audience": AUDIENCE, "jwks_file": str(self.jwks_file)}


def create_tokens(folder: Path) -> Tokens:
    issuer = LocalIssuer(folder, ISSUER_URL)
    jwks_file = folder / "jwks.json"
    jwks_file.write_text(json.dumps(issuer.keys()))
    return Tokens(issuer, jwks_file)
