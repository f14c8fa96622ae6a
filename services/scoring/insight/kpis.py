"""The key figures of account management (S2): of everybody together, and of each account manager's customers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.scoring.facts.fact import FactKind
from services.scoring.facts.measures import divide
from services.scoring.policies.policy import MoneyPolicy
from shared.currencies import MINOR_UNIT_DIGITS

_PLACES: Final = Decimal("0.0001")
_YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Traded:
    """Facts of one kind and currency in one period, of customers of one owner. `unknown`: the amount of those whose
    margin its origin did not tell; `with_wallet`: that of customers whose yearly spending is estimated."""

    kind: int
    currency: str | None
    amount: int
    margin: int
    unknown: int
    with_wallet: int


@dataclass(slots=True)
class Sums:
    """What the figures of one owner and period are made of; money in minor units of the reporting currency."""

    days: int
    sold: int = 0
    returned: int = 0
    earned: int = 0
    sold_with_wallet: int = 0
    wallets: int = 0
    sold_before: int = 0
    invoiced: int = 0
    open_at_start: int = 0
    open_at_end: int = 0
    points: int = 0
    answers: int = 0
    promised: int = 0
    kept: int = 0
    customers: int = 0
    buyers: int = 0
    buyers_before: int = 0
    retained: int = 0
    new: int = 0
    bought: int = 0
    expected: float | None = None

    @property
    def sales(self) -> int:
        return self.sold - self.returned

    def add(self, other: "Sums") -> None:
        """Sums over owners; `days` stay."""
        for one in fields(self):
            if one.name not in ("days", "expected"):
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        if other.expected is not None:
            self.expected = (self.expected or 0.0) + other.expected


@dataclass(frozen=True, slots=True)
class Kpis:
    """Money in minor units, the rest shares of 1 unless said; None where there is nothing to divide by."""

    sales: int
    margin: int
    growth: Decimal | None
    receivables_turnover: Decimal | None
    forecast_accuracy: Decimal | None
    satisfaction: Decimal | None
    share_of_wallet: Decimal | None
    new_customer_rate: Decimal | None
    retention_rate: Decimal | None
    order_punctuality: Decimal | None
    customers: int
    buyers: int


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One account manager's figures, those of customers without one (None), or all."""

    owner_id: str | None
    current: Kpis
    previous: Kpis


@dataclass(slots=True)
class Table:
    """Sums by owner, of the period asked for (1) and of the one before (0)."""

    days: tuple[int, int]
    sums: dict[tuple[str | None, int], Sums] = field(default_factory=dict)

    def of(self, owner: str | None, place: int) -> Sums:
        return self.sums.setdefault((owner, place), Sums(self.days[place]))

    def rows(self) -> tuple[KpiRow, list[KpiRow]]:
        """Everybody together, and each owner, the highest sales first."""
        everybody = Sums(self.days[0]), Sums(self.days[1])
        for (_, place), sums in self.sums.items():
            everybody[place].add(sums)
        owners = {owner for owner, _ in self.sums}
        rows = [KpiRow(owner, kpis_of(self.of(owner, 1)), kpis_of(self.of(owner, 0))) for owner in owners]
        rows.sort(key=lambda row: (-row.current.sales, row.owner_id or "\U0010ffff"))
        return KpiRow(None, kpis_of(everybody[1]), kpis_of(everybody[0])), rows


def add_trade(sums: Sums, rows: Iterable[Traded], money: MoneyPolicy) -> None:
    """Converts one sum per kind and currency, rounded half to even; a currency that the policy no longer converts
    counts for nothing."""
    for row in rows:
        margin = convert(row.margin, row.currency, money) + convert(
            row.unknown, row.currency, money, Fraction(money.default_margin_rate)
        )
        amount = convert(row.amount, row.currency, money)
        if row.kind == FactKind.PURCHASE:
            sums.sold += amount
            sums.earned += margin
            sums.sold_with_wallet += convert(row.with_wallet, row.currency, money)
        elif row.kind == FactKind.RETURN:
            sums.returned += amount
            sums.earned -= margin
            sums.sold_with_wallet -= convert(row.with_wallet, row.currency, money)
        else:
            sums.earned -= amount  # compensation


def convert(minor: int, currency: str | None, money: MoneyPolicy, share: Fraction = Fraction(1)) -> int:
    if currency is None or not minor:
        return 0
    rate = Fraction(money.rates.get(currency, 0)) * Fraction(10) ** (money.digits - MINOR_UNIT_DIGITS[currency])
    found = minor * rate * share
    return divide(found.numerator, found.denominator)


def kpis_of(sums: Sums) -> Kpis:
    """docs/scoring.md has the definitions."""
    receivables = Fraction(sums.open_at_start + sums.open_at_end, 2)
    return Kpis(
        sales=sums.sales,
        margin=sums.earned,
        growth=_share(sums.sales - sums.sold_before, sums.sold_before),
        receivables_turnover=_share(sums.invoiced, receivables),
        forecast_accuracy=_accuracy(sums),
        satisfaction=_share(sums.points, sums.answers, Decimal("0.1")),
        share_of_wallet=_share(sums.sold_with_wallet * _YEAR_DAYS, sums.wallets * sums.days),
        new_customer_rate=_share(sums.new, sums.buyers),
        retention_rate=_share(sums.retained, sums.buyers_before),
        order_punctuality=_share(sums.kept, sums.promised),
        customers=sums.customers,
        buyers=sums.buyers,
    )


def differences(row: KpiRow) -> Mapping[str, Decimal | int | None]:
    """By figure, how much more it is than in the period before; None where either is unknown."""
    pairs = ((one.name, getattr(row.current, one.name), getattr(row.previous, one.name)) for one in fields(Kpis))
    return {name: None if now is None or then is None else now - then for name, now, then in pairs}


def _accuracy(sums: Sums) -> Decimal | None:
    if not sums.expected:
        return None
    return Decimal(max(0.0, 1 - abs(sums.bought - sums.expected) / sums.expected)).quantize(_PLACES)


def _share(part: int, whole: int | Fraction, places: Decimal = _PLACES) -> Decimal | None:
    if whole <= 0:
        return None
    found = Fraction(part) / whole
    return (Decimal(found.numerator) / found.denominator).quantize(places)
