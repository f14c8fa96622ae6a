"""What is told of a change of hands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.contracts.customer import HandoverCompleted, HandoverOpened
from shared.messaging.outbox import NewEvent

_TOLD = tuple(HandoverOpened.model_fields)


def opened(values: Mapping[str, Any]) -> NewEvent:
    """`values` are those of the handover's row."""
    data = HandoverOpened(**{name: values[name] for name in _TOLD})
    return NewEvent(data=data, customer_id=data.customer_id, time=data.opened_at)


def completed(values: Mapping[str, Any], *, at: datetime, by: str) -> NewEvent:
    data = HandoverCompleted(**{name: values[name] for name in _TOLD}, completed_at=at, completed_by=by)
    return NewEvent(data=data, customer_id=data.customer_id, time=at)
