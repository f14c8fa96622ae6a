"""Which of several decisions on a consent stands."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import Consent
from shared.errors import InvalidInput

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(minutes=5)


def check_time_of(decision: Consent, *, now: datetime, field: str) -> None:
    """Raises InvalidInput when the decision lies in the future, or before there were machines to record it."""
    if not _EARLIEST <= decision.at <= now + _CLOCK_SKEW:
        raise InvalidInput(
            f"a consent is given between {_EARLIEST.date()} and now ({now.isoformat(timespec='seconds')})",
            code="consent_time_invalid",
            field=field,
        )


def not_ahead(decision: Consent, *, now: datetime) -> Consent:
    """The decision, at the latest time it can have been made: a clock elsewhere that is ahead must not lose it."""
    latest = now + _CLOCK_SKEW
    return decision if decision.at <= latest else decision.model_copy(update={"at": latest})


def standing_consents(decisions: Iterable[Consent]) -> tuple[Consent, ...]:
    """The latest decision per channel and purpose, in a fixed order, whatever the order they came in.

    Where two bear the same instant a withdrawal wins: in doubt nobody is written to.
    """
    latest: dict[tuple[str, str], Consent] = {}
    for decision in decisions:
        key = (decision.channel.value, decision.purpose.value)
        if key not in latest or _rank(decision) > _rank(latest[key]):
            latest[key] = decision
    return tuple(latest[key] for key in sorted(latest))


def find_standing(consents: Iterable[Consent], channel: Channel, purpose: Purpose) -> Consent | None:
    return next((held for held in consents if held.channel is channel and held.purpose is purpose), None)


def _rank(decision: Consent) -> tuple[datetime, bool, str]:
    return decision.at, not decision.granted, decision.proof or ""
