"""What the API says of replays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.scoring.replays.models import Replay
from services.scoring.replays.progress import State, Verdict, percent, seconds_left
from shared.contracts.common import ShortText
from shared.web.schemas import RequestModel, ResponseModel


class ReplayRequest(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "restored from a backup", "silent": True}]})

    reason: ShortText = Field(description="why, for who reads it later")
    silent: bool = Field(
        default=False, description="scores that change with the switch are told, but nobody should be written to"
    )


class ReplayProgress(ResponseModel):
    replay_id: UUID
    state: State
    percent: float = Field(description="of the rebuilding")
    seconds_left: int | None = Field(description="at the speed so far")
    customers: int = Field(description="to be rebuilt, as counted at the beginning")
    done: int = Field(description="rebuilt and held against those in use")
    told: int = Field(description="whose score was told anew since the switch")
    reason: str
    silent: bool
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    rebuilt_at: datetime | None
    switched_at: datetime | None
    finished_at: datetime | None


class VerdictCount(ResponseModel):
    verdict: Verdict
    customers: int
    mended: int = Field(description="whose score is told and listed as the rebuilt figures have it")


class FieldCount(ResponseModel):
    field: str = Field(examples=["score.realised_value"])
    customers: int


class ReplayRead(ReplayProgress):
    equal: int = Field(description="customers in whom everything is the same, to the digit")
    waiting: int = Field(description="to be rebuilt once more, since something arrived")
    differences: list[VerdictCount]
    fields: list[FieldCount] = Field(description="in how many customers each differs, the most first; 100 at most")


class FieldDifference(ResponseModel):
    field: str = Field(
        description="`statistics.` what is summed of the facts; `score.` what the score says now; `columns.` sums "
        "repeated for SQL; `told.` the list of told scores against the memory of telling; `review.` likewise",
        examples=["statistics.purchases"],
    )
    live: Any = Field(description="in use; of lists only what the other side has not", examples=[3])
    rebuilt: Any = Field(examples=[4])


class CustomerDifferenceRead(ResponseModel):
    customer_id: UUID
    verdict: Verdict
    mended: bool
    fields: list[FieldDifference]


def show_progress(replay: Replay, wall: datetime) -> ReplayProgress:
    return ReplayProgress.model_validate(_progress(replay, wall))


def show_replay(
    replay: Replay,
    wall: datetime,
    *,
    verdicts: Mapping[Verdict, tuple[int, int]],
    fields: Mapping[str, int],
    waiting: int,
) -> ReplayRead:
    return ReplayRead.model_validate(
        {
            **_progress(replay, wall),
            "equal": replay.done - sum(customers for customers, _ in verdicts.values()),
            "waiting": waiting,
            "differences": [
                {"verdict": verdict, "customers": customers, "mended": mended}
                for verdict, (customers, mended) in verdicts.items()
            ],
            "fields": [{"field": name, "customers": customers} for name, customers in fields.items()],
        }
    )


def show_difference(row: Mapping[str, Any]) -> CustomerDifferenceRead:
    fields = [{"field": name, "live": live, "rebuilt": rebuilt} for name, (live, rebuilt) in row["fields"].items()]
    return CustomerDifferenceRead.model_validate({**dict(row), "fields": fields})


def _progress(replay: Replay, wall: datetime) -> dict[str, Any]:
    share = percent(replay.state, replay.done, replay.customers)
    left = seconds_left(share, replay.started_at, wall) if replay.state == "rebuilding" else None
    names = ReplayProgress.model_fields.keys() - {"percent", "seconds_left"}
    return {**{name: getattr(replay, name) for name in names}, "percent": share, "seconds_left": left}
