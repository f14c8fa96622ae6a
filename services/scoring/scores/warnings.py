"""Signs from around the purchases that a customer may leave: usage, payments, contacts, competitors."""

from collections.abc import Iterator

from services.scoring.facts.circumstances import Usage
from services.scoring.facts.fact import FactKind
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import ChurnPolicy
from services.scoring.policies.policy.churn import UsagePolicy
from services.scoring.scores.reason import Reason


def list_warnings(statistics: Statistics, policy: ChurnPolicy, measures: Measures, today: int) -> Iterator[Reason]:
    """Each with its points of risk, in tenths."""
    more = statistics.more
    if more.usages:
        yield from _usage_down(more.usages, policy.usage, measures.month(today))
    late = [invoice for invoice in more.late_invoices if today - invoice.day <= policy.late_payment_days]
    if points := min(len(late) * policy.late_payment_points, policy.late_payments_most):
        longest = max(invoice.overdue_days for invoice in late)
        evidence = {"invoices": len(late), "overdue_days": longest, "days": policy.late_payment_days}
        yield Reason("payments_late", 10 * points, evidence, (FactKind.PAYMENT,))
    signs = [sign for sign in more.signs if today - sign.day <= policy.competitor_days]
    if signs:
        points, sign = max((policy.competitor_points.get(one.sign, 0), one.sign) for one in signs)
        if points:
            seen = sum(one.facts for one in signs)
            yield Reason("competitor", 10 * points, {"sign": sign, "signs": seen}, (FactKind.COMPETITOR,))
    if more.profile is not None and more.profile.main_contact_gone and policy.contact_gone_points:
        yield Reason("contact_gone", 10 * policy.contact_gone_points)


def warning_change_days(statistics: Statistics, policy: ChurnPolicy, measures: Measures, today: int) -> Iterator[int]:
    """Later local days on which one of them may begin or end by time alone."""
    more = statistics.more
    yield from (invoice.day + policy.late_payment_days + 1 for invoice in more.late_invoices)
    yield from (sign.day + policy.competitor_days + 1 for sign in more.signs)
    month = measures.month(today)
    if any(usage.month >= month - policy.usage.usual_months - 1 for usage in more.usages):
        yield measures.first_day_of(month + 1)


def _usage_down(usages: tuple[Usage, ...], policy: UsagePolicy, month: int) -> Iterator[Reason]:
    """The metric whose last whole month fell most below the mean of the months before; only metrics that were used in
    or before the first of those."""
    last, first = month - 1, month - 1 - policy.usual_months
    worst: tuple[int, Reason] | None = None
    for metric in sorted({usage.metric for usage in usages if usage.month <= first}):
        own = [usage for usage in usages if usage.metric == metric]
        found = sum(usage.value for usage in own if usage.month == last)
        usual = sum(usage.value for usage in own if first <= usage.month < last)
        points = 0
        if usual:
            fallen = found * policy.usual_months * 100
            points = max((band.points for band in policy.bands if fallen <= (100 - band.percent) * usual), default=0)
        if points and (worst is None or points > worst[0]):
            mean = usual / policy.usual_months / 1_000_000
            evidence: dict[str, float | str] = {"metric": metric, "used": found / 1_000_000, "usual": round(mean, 6)}
            worst = points, Reason("usage_down", 10 * points, evidence, (FactKind.USAGE,))
    if worst is not None:
        yield worst[1]
