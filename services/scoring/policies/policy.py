"""The policy: every number a score depends on, as one versioned document. Nothing below this folder holds a number."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from shared.currencies import MINOR_UNIT_DIGITS
from shared.errors import InvalidInput

SEVERITIES = ("low", "medium", "high", "critical")
CASE_STATES = ("resolved_in_time", "resolved_late", "open", "open_late", "reopened")
STAGES = ("exploration", "formation", "stability", "decline")
LEVELS = ("satisfied", "trusting", "behaviourally_loyal", "attitudinally_loyal", "sustainably_loyal")
DRIVERS = ("satisfaction", "trust", "perceived_value", "switching_cost", "word_of_mouth")


def _demand(holds: bool, field: str, message: str) -> None:
    if not holds:
        raise InvalidInput(message, code="policy_invalid", field=field)


class Section:
    """A part of the document; a field that it does not know is a mistake, found when the document is read."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class MoneyPolicy(Section):
    """`rates`: how much of the reporting currency one unit of another is worth; a currency without one is refused."""

    currency: str
    rates: dict[str, Decimal]
    default_margin_rate: Decimal

    def __post_init__(self) -> None:
        _demand(self.rates.get(self.currency) == 1, "money.rates", "the reporting currency needs a rate of 1")
        for code, rate in self.rates.items():
            _demand(code in MINOR_UNIT_DIGITS, f"money.rates.{code}", "is no currency of ISO 4217")
            _demand(rate.is_finite() and rate > 0, f"money.rates.{code}", "must be above 0")
        fine = self.default_margin_rate.is_finite() and 0 < self.default_margin_rate <= 1
        _demand(fine, "money.default_margin_rate", "must be above 0 and at most 1")

    @property
    def digits(self) -> int:
        """Decimals of the reporting currency's amounts."""
        return MINOR_UNIT_DIGITS[self.currency]


@dataclass(frozen=True, slots=True)
class LifetimePolicy(Section):
    """`interval` is the share of outcomes an interval covers; `draws` and `seed` make its simulation repeatable."""

    horizon_months: int
    step_months: int
    discount_per_year: float
    interval: float
    draws: int
    seed: int
    minimum_customers: int
    minimum_repeat_customers: int
    minimum_weeks: int
    fit_every_days: int

    def __post_init__(self) -> None:
        steps = 0 < self.step_months <= 12 and self.horizon_months > 0 and 12 % self.step_months == 0
        _demand(
            steps and self.horizon_months % self.step_months == 0,
            "lifetime.step_months",
            "must divide twelve and the horizon, so that every year of the horizon is a whole number of steps",
        )
        _demand(0 <= self.discount_per_year < 10, "lifetime.discount_per_year", "must be between 0 and 10")
        _demand(0 < self.interval < 1, "lifetime.interval", "must be between 0 and 1")
        _demand(100 <= self.draws <= 100_000, "lifetime.draws", "must be between 100 and 100000")
        _demand(self.minimum_customers >= 10, "lifetime.minimum_customers", "must be 10 or more")
        _demand(self.minimum_repeat_customers >= 5, "lifetime.minimum_repeat_customers", "must be 5 or more")
        _demand(self.fit_every_days >= 1, "lifetime.fit_every_days", "must be 1 or more")


@dataclass(frozen=True, slots=True)
class AgeBand(Section):
    """What is at most `until_days` old weighs `weight` per cent."""

    until_days: int
    weight: int


@dataclass(frozen=True, slots=True)
class AgeWeights(Section):
    """Weights that fall with age in steps, so that sums stay whole numbers and a change has a known instant."""

    bands: tuple[AgeBand, ...]
    beyond: int

    def __post_init__(self) -> None:
        days = [band.until_days for band in self.bands]
        weights = [band.weight for band in self.bands] + [self.beyond]
        _demand(
            days == sorted(set(days)) and all(day >= 0 for day in days), "bands", "days must rise from band to band"
        )
        _demand(
            weights == sorted(weights, reverse=True) and weights[-1] >= 0, "bands", "weights must not rise with age"
        )

    def of(self, age_days: int) -> int:
        for band in self.bands:
            if age_days <= band.until_days:
                return band.weight
        return self.beyond

    def next_change(self, age_days: int) -> int | None:
        """The age in days at which the weight next changes."""
        for band in self.bands:
            if age_days <= band.until_days:
                return band.until_days + 1
        return None


@dataclass(frozen=True, slots=True)
class SatisfactionPolicy(Section):
    """Points of 100. A complaint costs its severity's points × its state's per cent × its age's per cent."""

    baseline: int
    baseline_weight: int
    survey_weights: AgeWeights
    complaint_points: dict[str, int]
    complaint_states: dict[str, int]
    complaint_weights: AgeWeights
    resolve_within_hours: int
    return_points: int

    def __post_init__(self) -> None:
        _demand(0 <= self.baseline <= 100, "satisfaction.baseline", "must be between 0 and 100")
        _demand(self.baseline_weight > 0, "satisfaction.baseline_weight", "must be above 0")
        _demand(set(self.complaint_points) == set(SEVERITIES), "satisfaction.complaint_points", f"needs {SEVERITIES}")
        _demand(set(self.complaint_states) == set(CASE_STATES), "satisfaction.complaint_states", f"needs {CASE_STATES}")
        state = self.complaint_states
        _demand(
            state["resolved_in_time"]
            <= state["resolved_late"]
            <= state["open"]
            <= state["open_late"]
            <= state["reopened"],
            "satisfaction.complaint_states",
            "must not fall from resolved_in_time over resolved_late, open and open_late to reopened: else a further "
            "complaint could raise satisfaction",
        )
        points = (*self.complaint_points.values(), *self.complaint_states.values(), self.return_points)
        _demand(min(points) >= 0, "satisfaction", "points taken off are written as positive numbers")
        _demand(self.resolve_within_hours > 0, "satisfaction.resolve_within_hours", "must be above 0")

    @property
    def resolve_within(self) -> timedelta:
        return timedelta(hours=self.resolve_within_hours)


@dataclass(frozen=True, slots=True)
class LifecyclePolicy(Section):
    """A customer counts as active above `active_probability` (or, without a model, while silent for less than
    `rhythm_factor` times the own mean gap) and not silent for longer than `dormant_after_days`."""

    active_probability: float
    rhythm_factor: int
    dormant_after_days: int
    formation_purchase_days: int
    stability_purchase_days: int
    stability_tenure_days: int

    def __post_init__(self) -> None:
        _demand(0 < self.active_probability < 1, "lifecycle.active_probability", "must be between 0 and 1")
        _demand(self.rhythm_factor >= 1, "lifecycle.rhythm_factor", "must be 1 or more")
        _demand(self.dormant_after_days >= 1, "lifecycle.dormant_after_days", "must be 1 or more")
        rising = 1 < self.formation_purchase_days <= self.stability_purchase_days
        _demand(rising, "lifecycle.stability_purchase_days", "must not be below formation_purchase_days, above 1")


@dataclass(frozen=True, slots=True)
class LevelCriteria(Section):
    """What the step onto one level asks for, beside everything the levels below ask for."""

    satisfaction: int = 0
    purchase_days: int = 0
    tenure_days: int = 0
    active: bool = False
    no_open_complaint: bool = False
    advocacy: bool = False


@dataclass(frozen=True, slots=True)
class LoyaltyPolicy(Section):
    """`weights`: points of each driver per lifecycle stage, 100 in all; the `full_…` numbers earn a driver in full."""

    levels: dict[str, LevelCriteria]
    weights: dict[str, dict[str, int]]
    full_purchase_days: int
    full_tenure_days: int
    full_categories: int
    full_advocacy: int
    promoter_from: int

    def __post_init__(self) -> None:
        _demand(tuple(self.levels) == LEVELS, "loyalty.levels", f"needs the levels {LEVELS}, in this order")
        _demand(set(self.weights) == set(STAGES), "loyalty.weights", f"needs weights for {STAGES}")
        for stage, weights in self.weights.items():
            fine = set(weights) == set(DRIVERS) and sum(weights.values()) == 100 and min(weights.values()) >= 0
            _demand(fine, f"loyalty.weights.{stage}", f"weights of {DRIVERS} must add up to 100")
        full = min(self.full_purchase_days, self.full_tenure_days, self.full_categories, self.full_advocacy)
        _demand(full >= 1, "loyalty", "what earns a driver in full must be 1 or more")


@dataclass(frozen=True, slots=True)
class PortfolioPolicy(Section):
    a_share: Decimal
    b_share: Decimal
    top_share: Decimal
    compute_every_days: int
    minimum_customers: int

    def __post_init__(self) -> None:
        fine = 0 < self.a_share < self.a_share + self.b_share < 1
        _demand(fine, "portfolio.a_share", "a_share and b_share must be above 0 and leave something for C")
        _demand(0 < self.top_share < 1, "portfolio.top_share", "must be between 0 and 1")
        _demand(self.compute_every_days >= 1, "portfolio.compute_every_days", "must be 1 or more")
        _demand(self.minimum_customers >= 5, "portfolio.minimum_customers", "quintiles need 5 customers or more")


@dataclass(frozen=True, slots=True)
class TellingPolicy(Section):
    """How far a figure must move from the one last told before it is told again; a change of class always is.

    `probability_reviews`: levels of the probability of being active at which a silent customer is looked at again.
    """

    value_relative: float
    probability: float
    satisfaction: float
    probability_reviews: tuple[float, ...]

    def __post_init__(self) -> None:
        _demand(self.value_relative >= 0, "telling.value_relative", "must not be negative")
        fine = all(0 < level < 1 for level in self.probability_reviews)
        _demand(fine, "telling.probability_reviews", "must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class Policy(Section):
    version: int
    time_zone: str
    money: MoneyPolicy
    lifetime: LifetimePolicy
    satisfaction: SatisfactionPolicy
    lifecycle: LifecyclePolicy
    loyalty: LoyaltyPolicy
    portfolio: PortfolioPolicy
    telling: TellingPolicy

    def __post_init__(self) -> None:
        _demand(self.version >= 1, "version", "must be 1 or more")
        known = self.time_zone in available_timezones()
        _demand(known, "time_zone", f"{self.time_zone!r} is no time zone of the IANA database, such as Asia/Shanghai")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
