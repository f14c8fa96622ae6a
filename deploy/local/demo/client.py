"""The platform as the demo sees it: over its public HTTP APIs, and the laptop issuer's clock."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import httpx

from deploy.local.demo.stack import StackAddress

_PATIENCE_SECONDS = 120.0
_FIRST_LOOK_SECONDS = 0.002
_SLOWEST_LOOK_SECONDS = 0.25


class DemoFailed(Exception):
    """The platform refused something, or did not get where it should have; the message says what."""


class PlatformClient:
    """One connection pool for all services. Every method raises DemoFailed when the platform answers with a problem."""

    def __init__(self, stack: StackAddress) -> None:
        self._stack = stack
        self._http = httpx.Client(timeout=60, trust_env=False)
        self._token = self._new_token()
        self._token_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def token(self) -> str:
        if time.monotonic() - self._token_at > 30 * 60:
            self._token, self._token_at = self._new_token(), time.monotonic()
        return self._token

    def register(self, registrations: Sequence[dict[str, Any]]) -> None:
        if registrations:
            answer = self.post("customer", "/v1/customers/bulk", {"customers": list(registrations)})
            _demand_none_refused(answer["results"], refused={"conflict", "invalid"}, what="registration")

    def record(self, items: Sequence[dict[str, Any]]) -> None:
        if items:
            answer = self.post("interaction", "/v1/interactions/batch", {"items": list(items)})
            _demand_none_refused(answer["items"], refused={"conflict", "invalid"}, what="interaction")

    def fit(self) -> dict[str, Any]:
        """Fits the lifetime model on everything up to the present day, and returns the model."""
        asked = self.post("scoring", "/v1/models/fit", {})
        fit = self.await_value(
            lambda: self.get("scoring", f"/v1/models/fits/{asked['fit_id']}"),
            lambda fit: fit["state"] in ("done", "refused"),
            "the model to be fitted",
        )
        if fit["state"] == "refused":
            raise DemoFailed(f"the model was not fitted: {fit['reason']}")
        return self.get("scoring", f"/v1/models/{fit['model_version']}")

    def move_clock(self, instant: datetime) -> None:
        self._checked(
            self._http.put(
                f"{self._stack.urls['issuer']}/clock", json={"now": instant.isoformat()}, headers=self._headers()
            )
        )

    def next_occasion(self) -> datetime | None:
        due = self.get("notification", "/v1/occasions/progress")["next_due_at"]
        return None if due is None else datetime.fromisoformat(due)

    def await_occasions(self, instant: datetime) -> None:
        self.await_value(
            lambda: self.get("notification", "/v1/occasions/progress"),
            lambda progress: (
                progress["planned_until"] is not None and datetime.fromisoformat(progress["planned_until"]) >= instant
            ),
            f"the occasions due at {instant.isoformat()} to be planned",
        )
        self.await_value(
            lambda: {
                state: self.get("notification", "/v1/messages", rule="birthday", state=state, limit=1)["items"]
                for state in ("planned", "sending")
            },
            lambda greetings: not any(greetings.values()),
            f"the greetings of {instant.isoformat()} to be sent",
        )

    def await_audience(self, customers: int) -> None:
        self.await_value(
            lambda: self.get("notification", "/v1/status"),
            lambda status: status["customers"] >= customers,
            f"notification to know {customers} customers",
        )

    def await_scored(self, facts: int) -> None:
        """Waits until scoring has that many facts and no rescoring under a new model or portfolio is under way."""
        self.await_value(
            lambda: self.get("scoring", "/v1/status"),
            lambda status: status["facts"] >= facts and (status["rescoring"] is None or status["rescoring"]["done"]),
            f"scoring to have {facts} facts",
        )

    def await_messages(self, decisions: int) -> None:
        """Waits until that many decisions are made and no message is under way."""
        self.await_value(
            lambda: {
                **self.get("notification", "/v1/status"),
                "decisions": sum(count["decisions"] for count in self.decision_counts()),
            },
            lambda status: (
                status["decisions"] >= decisions
                and not any(status[state] for state in ("awaiting_profile", "planned", "sending", "uncertain"))
            ),
            f"{decisions} decisions to be made and their messages to be sent",
        )

    def decision_counts(self) -> list[dict[str, Any]]:
        counts: list[dict[str, Any]] = self.get("notification", "/v1/reconciliation")["decisions"]
        return counts

    @property
    def mailbox(self) -> Path:
        return self._stack.folder.mailbox

    def await_value(
        self, read: Callable[[], dict[str, Any]], reached: Callable[[dict[str, Any]], bool], what: str
    ) -> dict[str, Any]:
        """Reads until `reached`, ever more slowly; raises DemoFailed with the last answer when it takes too long."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        pause = _FIRST_LOOK_SECONDS
        while not reached(value := read()):
            if time.monotonic() > deadline:
                raise DemoFailed(f"waited {_PATIENCE_SECONDS:.0f} s for {what}; last seen: {value}")
            time.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)
        return value

    def get(self, service: str, path: str, **parameters: Any) -> dict[str, Any]:
        answer = self._http.get(self._stack.urls[service] + path, params=parameters, headers=self._headers())
        return self._checked(answer)

    def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._checked(self._http.post(self._stack.urls[service] + path, json=body, headers=self._headers()))

    def every(self, service: str, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """All items of a paged list."""
        cursor: dict[str, str] = {}
        while True:
            page = self.get(service, path, limit=200, **parameters, **cursor)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _new_token(self) -> str:
        answer = self._http.post(
            f"{self._stack.urls['issuer']}/token",
            data={"grant_type": "client_credentials"},
            auth=self._stack.client,
        )
        return str(self._checked(answer)["access_token"])

    @staticmethod
    def _checked(answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code >= 400:
            asked = f"{answer.request.method} {answer.request.url}"
            raise DemoFailed(f"{asked} answered {answer.status_code}: {answer.text}")
        body: dict[str, Any] = answer.json()
        return body


def _demand_none_refused(results: Sequence[dict[str, Any]], *, refused: set[str], what: str) -> None:
    for result in results:
        if result["status"] in refused:
            raise DemoFailed(f"{what} {result['index']} was refused: {result['problem']}")
