"""The issuer's public keys: fetched, cached, and fetched again when an unknown key turns up, at a bounded rate."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import structlog
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from shared.errors import Unavailable

log = structlog.get_logger(__name__)

Fetch = Callable[[], Awaitable[bytes]]
MAX_JWKS_BYTES = 1_000_000


def fetch_from_url(client: httpx.AsyncClient, url: str) -> Fetch:
    """Reads the key set over HTTP; raises httpx.HTTPError or ValueError."""

    async def fetch() -> bytes:
        response = await client.get(url, headers={"Accept": "application/json"})
        response.raise_for_status()
        if len(response.content) > MAX_JWKS_BYTES:
            raise ValueError("the key set is larger than any real one")
        return response.content

    return fetch


def fetch_from_file(path: Path) -> Fetch:
    async def fetch() -> bytes:
        return await asyncio.to_thread(path.read_bytes)

    return fetch


class KeySet:
    """The current keys of one issuer. Safe for concurrent use.

    Keys are read again after `ttl_seconds`, or for an unknown key id, though not more often than every
    `min_interval_seconds`: made-up key ids in tokens cannot be used to hammer the issuer. When the issuer does not
    answer, known keys serve on.
    """

    def __init__(self, fetch: Fetch, *, ttl_seconds: float = 600.0, min_interval_seconds: float = 10.0) -> None:
        self._fetch = fetch
        self._ttl = ttl_seconds
        self._min_interval = min_interval_seconds
        self._keys: dict[str | None, PyJWK] = {}
        self._fetched_at = -float("inf")
        self._tried_at = -float("inf")
        self._failure: str | None = None
        self._document = ""
        self.revision = 0
        """Counts the times at which the published keys were found to be others than before."""
        self._lock = asyncio.Lock()

    async def find(self, key_id: str | None) -> PyJWK | None:
        """The key, or None when the issuer has no such key. Raises Unavailable while no keys could be read at all."""
        fresh = time.monotonic() - self._fetched_at < self._ttl
        key = self._pick(key_id)
        if key is not None and (fresh or self._lock.locked()):
            return key  # while one request reads the keys again, the others go on with those known
        await self._refresh()
        key = self._pick(key_id)
        if key is None and self._failure is not None:
            raise Unavailable(
                "the token cannot be checked at present, since its issuer's keys cannot be read; try again shortly",
                code="token_keys_unavailable",
            )
        return key

    def _pick(self, key_id: str | None) -> PyJWK | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    async def _refresh(self) -> None:
        async with self._lock:
            if time.monotonic() - self._tried_at < self._min_interval:
                return
            self._tried_at = time.monotonic()
            try:
                document = (await self._fetch()).decode()
                keys = PyJWKSet.from_json(document)
            except (httpx.HTTPError, OSError, ValueError, AttributeError, PyJWTError) as error:
                # AttributeError is what the library makes of a document that is no JSON object.
                self._failure = f"{type(error).__name__}: {error}"
                log.warning("token_keys_unavailable", reason=self._failure, keys_known=len(self._keys))
                return
            self._keys = {key.key_id: key for key in keys.keys if key.public_key_use in (None, "sig")}
            if document != self._document:
                self._document = document
                self.revision += 1
            self._fetched_at = time.monotonic()
            self._failure = None
