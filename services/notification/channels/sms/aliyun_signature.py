"""Signatures of Alibaba Cloud's V3 (ACS3-HMAC-SHA256) over a request. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

_ALGORITHM = "ACS3-HMAC-SHA256"


def canonical_query(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{_escaped(name)}={_escaped(parameters[name])}" for name in sorted(parameters))


def signed_headers(
    *,
    host: str,
    action: str,
    version: str,
    query: str,
    key_id: str,
    key_secret: str,
    nonce: str,
    at: datetime,
    body: bytes = b"",
) -> dict[str, str]:
    """All headers of a POST to `/` with the canonical `query`."""
    payload = hashlib.sha256(body).hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": payload,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", query, lines, names, payload])
    digest = hashlib.sha256(request.encode()).hexdigest()
    signature = hmac.new(key_secret.encode(), f"{_ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()
    authorization = f"{_ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return headers | {"Authorization": authorization}


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")
