"""Alibaba Cloud SMS and Twilio as they document themselves: each checks what it is sent before it answers."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx

KEY_ID, KEY_SECRET = "test-key-id", "test-only-secret"
ACCOUNT_SID, AUTH_TOKEN = "AC0123456789", "test-only-token"


@dataclass(slots=True)
class FakeAliyun:
    """Checks the V3 signature from what arrived alone, then answers `code`, or `answer` in its place."""

    code: str = "OK"
    answer: httpx.Response | None = None
    accepted: list[dict[str, str]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        problem = self._problem(request)
        if problem is not None:
            return httpx.Response(400, json={"Code": problem, "Message": problem, "RequestId": "r"})
        if self.answer is not None:
            return self.answer
        if self.code == "OK":
            self.accepted.append(dict(parse_qsl(request.url.query.decode())))
        return httpx.Response(200, json={"Code": self.code, "Message": self.code, "BizId": "biz-1", "RequestId": "r"})

    def _problem(self, request: httpx.Request) -> str | None:
        algorithm, _, rest = request.headers["authorization"].partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(","))
        names = parts["SignedHeaders"].split(";")
        required = {"host", *(name for name in request.headers if name.startswith("x-acs-"))}
        if algorithm != "ACS3-HMAC-SHA256" or parts["Credential"] != KEY_ID or not required <= set(names):
            return "InvalidAccessKeyId.NotFound"
        if hashlib.sha256(request.content).hexdigest() != request.headers["x-acs-content-sha256"]:
            return "SignatureDoesNotMatch"
        query = sorted(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        canonical = "\n".join(
            [
                request.method,
                request.url.path,
                "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query),
                "".join(f"{name}:{request.headers[name].strip()}\n" for name in names),
                ";".join(names),
                request.headers["x-acs-content-sha256"],
            ]
        )
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        if hmac.new(KEY_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest() != parts["Signature"]:
            return "SignatureDoesNotMatch"
        nonce = request.headers["x-acs-signature-nonce"]
        if nonce in self.nonces:
            return "SignatureNonceUsed"
        self.nonces.add(nonce)
        return None


@dataclass(slots=True)
class FakeTwilio:
    """Checks the account's credentials and the form, then accepts, or refuses with `code`."""

    code: int | None = None
    answer: httpx.Response | None = None
    accepted: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        expected = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return refused(401, 20003)
        if request.url.path != f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json":
            return refused(404, 20404)
        if self.answer is not None:
            return self.answer
        form = dict(parse_qsl(request.content.decode()))
        if self.code is not None or not form.get("Body"):
            return refused(400, self.code or 21602)
        self.accepted.append(form)
        return httpx.Response(201, json={"sid": "SM1", "status": "queued", "num_segments": "2", "error_code": None})


def refused(status: int, code: int) -> httpx.Response:
    document: dict[str, Any] = {"code": code, "message": "no", "more_info": "https://example.com", "status": status}
    return httpx.Response(status, content=json.dumps(document).encode())
