"""Ways to reach somebody, as a set: each once, one primary per kind, each with what is known of whether it works."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.customer.profiles.addresses import normalise_point
from shared.contracts.customer import CONTACT_KINDS, ContactKind, ContactPoint, ContactState
from shared.contracts.notification import ContactPointReported, contact_point_check
from shared.errors import InvalidInput, NotFound

# Of two reports of one instant the worse counts: in doubt nobody is written to.
_SEVERITY = (ContactState.UNVERIFIED, ContactState.VERIFIED, ContactState.BOUNCED, ContactState.OPTED_OUT)


def normalise_contact_points(
    points: Sequence[ContactPoint], region: str | None, *, field: str = "contact_points"
) -> tuple[ContactPoint, ...]:
    """Spelling made uniform, exactly one primary per kind. Raises InvalidInput naming the point by its index.

    A point counts as primary when it says so; where none of a kind does, the first one becomes it.
    """
    seen: set[tuple[str, str]] = set()
    result: list[ContactPoint] = []
    for index, point in enumerate(points):
        spelt = normalise_point(point, region, f"{field}[{index}]")
        if (spelt.kind, spelt.address) in seen:
            raise InvalidInput(
                f"this {spelt.kind} is given twice", code="contact_point_repeated", field=f"{field}[{index}].address"
            )
        seen.add((spelt.kind, spelt.address))
        result.append(spelt)
    return _with_one_primary_each(result, field)


def with_known_states(points: Iterable[ContactPoint], known: Iterable[ContactPoint]) -> tuple[ContactPoint, ...]:
    """The points with what was known of the same addresses before; of a new address nothing is known."""
    states = {(point.kind, point.address): point for point in known}
    return tuple(
        point.model_copy(update={"state": held.state, "state_at": held.state_at})
        if (held := states.get((point.kind, point.address))) is not None
        else point
        for point in points
    )


def with_reported_state(
    points: Sequence[ContactPoint], kind: ContactKind, address: str, state: ContactState, at: datetime
) -> tuple[ContactPoint, ...]:
    """The points after a report on one of them; a report older than what is known changes nothing.

    Raises NotFound when there is no such point.
    """
    if not any((point.kind, point.address) == (kind, address) for point in points):
        raise NotFound(
            f"there is no {kind} with this address; addresses are named in the spelling in which they are shown",
            code="contact_point_unknown",
            field="address",
        )
    return tuple(
        _reported(point, state, at) if (point.kind, point.address) == (kind, address) else point for point in points
    )


def find_reported(points: Iterable[ContactPoint], report: ContactPointReported) -> ContactPoint | None:
    """Which of a customer's points is meant; None where that cannot be told for certain."""
    meant = [
        point
        for point in points
        if point.kind is CONTACT_KINDS.get(report.channel)
        and report.check in (None, contact_point_check(report.customer_id, point.address))
    ]
    return meant[0] if len(meant) == 1 else None


def _reported(point: ContactPoint, state: ContactState, at: datetime) -> ContactPoint:
    told = (at, _SEVERITY.index(state))
    if point.state_at is not None and (point.state_at, _SEVERITY.index(point.state)) >= told:
        return point
    return point.model_copy(update={"state": state, "state_at": at})


def _with_one_primary_each(points: Sequence[ContactPoint], field: str) -> tuple[ContactPoint, ...]:
    primaries: dict[str, int] = {}
    for index, point in enumerate(points):
        if not point.primary:
            continue
        if point.kind in primaries:
            raise InvalidInput(
                f"`{field}[{primaries[point.kind]}]` is the primary {point.kind} already; "
                "set `primary` to false in all others",
                code="contact_point_second_primary",
                field=f"{field}[{index}].primary",
            )
        primaries[point.kind] = index
    for index, point in enumerate(points):
        primaries.setdefault(point.kind, index)
    return tuple(
        point.model_copy(update={"primary": primaries[point.kind] == index}) for index, point in enumerate(points)
    )
