"""How soon a complaint is answered and resolved (S2: 24 and 48 hours; 1 hour to answer in the green channel)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class PromiseSettings(Protocol):
    """Where the numbers come from: the settings of the service."""

    @property
    def response_due(self) -> timedelta: ...

    @property
    def green_response_due(self) -> timedelta: ...

    @property
    def resolution_due(self) -> timedelta: ...


@dataclass(frozen=True, slots=True)
class Promise:
    green_channel: bool
    respond_by: datetime
    resolve_by: datetime


@dataclass(frozen=True, slots=True)
class PromisePolicy:
    """`green_response` is the quicker answer that core and key accounts get."""

    response: timedelta
    green_response: timedelta
    resolution: timedelta

    @classmethod
    def from_settings(cls, settings: PromiseSettings) -> "PromisePolicy":
        return cls(settings.response_due, settings.green_response_due, settings.resolution_due)

    def promise_from(self, begun_at: datetime, *, green: bool) -> Promise:
        response = self.green_response if green else self.response
        return Promise(green, begun_at + response, begun_at + self.resolution)
