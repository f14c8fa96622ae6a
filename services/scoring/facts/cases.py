"""Complaints as cases, merged like the statistics they are part of."""

from collections.abc import Callable

from msgspec import Struct


class Case(Struct, frozen=True, array_like=True, gc=False):
    """A complaint by its origin's name, perhaps known by its resolution only; instants in microseconds since 1970."""

    source: str
    case: str
    severity: int
    opened_first: int | None
    opened_last: int | None
    resolved_first: int | None
    resolved_last: int | None


def merge_cases(one: tuple[Case, ...], other: tuple[Case, ...]) -> tuple[Case, ...]:
    if not one or not other:
        return one or other
    cases = {(case.source, case.case): case for case in one}
    for case in other:
        known = cases.get((case.source, case.case))
        cases[case.source, case.case] = case if known is None else _merge_case(known, case)
    return tuple(cases[key] for key in sorted(cases))


def _merge_case(one: Case, other: Case) -> Case:
    return Case(
        source=one.source,
        case=one.case,
        severity=max(one.severity, other.severity),
        opened_first=_chosen(min, one.opened_first, other.opened_first),
        opened_last=_chosen(max, one.opened_last, other.opened_last),
        resolved_first=_chosen(min, one.resolved_first, other.resolved_first),
        resolved_last=_chosen(max, one.resolved_last, other.resolved_last),
    )


def _chosen(choose: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return choose(one, other)
