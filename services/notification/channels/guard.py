"""A way out for addresses that came from outside: not to what is inside, whatever a name turns out to mean.

The name is looked up once, every address it has is judged, and the connection goes to the one that was judged: a name
that means something else a moment later changes nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

import httpx

Network: TypeAlias = IPv4Network | IPv6Network


class UnsafeAddress(httpx.ConnectError):
    """The address is inside, and not among those that are allowed."""


def is_outside(address: str, allowed: Sequence[Network]) -> bool:
    """Whether it is a public address, or one that is allowed by name. An address within an address counts as itself."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        parsed = inner or parsed
    if any(parsed in network for network in allowed if network.version == parsed.version):
        return True
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


class GuardedTransport(httpx.AsyncBaseTransport):
    """Raises UnsafeAddress before anything is sent. Connections are not kept: they would be shared by address."""

    def __init__(self, *, concurrency: int, allowed: Sequence[Network] = ()) -> None:
        self._allowed = tuple(allowed)
        limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=0)
        self._transport = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address = await self._judged(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await self._transport.handle_async_request(request)

    async def _judged(self, host: str, port: int) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"the name cannot be looked up: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(is_outside(address.partition("%")[0], self._allowed) for address in addresses):
            raise UnsafeAddress("the address is inside our own network")
        return addresses[0]

    async def aclose(self) -> None:
        await self._transport.aclose()
