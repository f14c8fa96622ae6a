"""Addresses on the web, as a configuration may name them. Pure."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_INSIDE = (".svc", ".cluster.local", ".internal", ".localhost")


def is_inside(host: str) -> bool:
    """A name inside the machine or the cluster, where http is as good as https."""
    return "." not in host or host.startswith("127.") or host.endswith(_INSIDE) or host == "::1"


def check_web_address(text: str) -> str:
    """The address itself. Raises ValueError."""
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.username or url.password:
        raise ValueError("must be a web address without a password in it, such as https://gateway.example/messages")
    if url.scheme == "http" and not is_inside(url.hostname):
        raise ValueError("must be https: messages would travel in the clear (http only inside the machine or cluster)")
    return text


WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(check_web_address)]
