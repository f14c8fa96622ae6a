"""CloudEvents 1.0: the envelope of everything published. Binary mode goes out; binary and structured are accepted in.

Source: CloudEvents 1.0.2 core specification, its Kafka protocol binding, and the Recorded Time and Distributed Tracing
extensions.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class EventData(BaseModel):
    """Base of every event's `data`. Readers ignore fields they do not know, so that writers may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]
    """The wire type, `rapport.<service>.<past tense>.v<n>`."""
    topic: ClassVar[str]
    tombstone: ClassVar[bool] = False
    """Whether its value on the wire is null, so that a compacted topic forgets the key; the subject says who."""


class Envelope(BaseModel):
    """The attributes of one event beside its data.

    `id` and `source` together identify the event for ever; `subject` is the customer's id and the partition key; `time`
    is the business instant of the fact; `recordedtime` is the wall-clock instant at which it was committed (for
    latencies); `correlationid` follows a request through everything it caused and `causationid` names the event or
    request that caused this one.
    """

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    type: Annotated[str, Field(min_length=1, max_length=200)]
    time: AwareDatetime
    subject: Annotated[str, Field(max_length=200)] | None = None
    datacontenttype: str = "application/json"
    dataschema: str | None = None
    traceparent: str | None = None
    recordedtime: AwareDatetime | None = None
    correlationid: str | None = None
    causationid: str | None = None


D_co = TypeVar("D_co", bound=EventData, covariant=True)


@dataclass(frozen=True, slots=True)
class Event(Generic[D_co]):
    """A past fact as the platform handles it: its envelope and its decoded data."""

    envelope: Envelope
    data: D_co

    @property
    def customer_id(self) -> UUID:
        """The customer the fact is about. Raises ValueError when the subject is no UUID."""
        return UUID(self.envelope.subject)
