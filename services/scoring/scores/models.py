"""Tables of scores as they were last told, of when to look at a customer again, and of rescoring's progress."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Boolean, Column, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.scoring.database import Base


class ToldScore(Base, table=True):
    """Written only when there was something to tell, so its indexes stay off the hot path. Money in minor units of the
    reporting currency, satisfaction in tenths of a point."""

    __tablename__ = "scores"
    __table_args__ = (
        Index("ix_scores_current_value", text("current_value DESC"), "customer_id"),
        Index("ix_scores_realised_value", text("realised_value DESC"), "customer_id"),
        Index("ix_scores_lifetime_profit", text("lifetime_profit DESC"), "customer_id"),
        Index("ix_scores_churn_risk", text("churn_risk DESC"), "customer_id"),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    customer_id: UUID = Field(primary_key=True)
    realised_value: int = Field(sa_type=BigInteger)
    current_value: int | None = Field(default=None, sa_type=BigInteger)
    probability_active: float | None = None
    satisfaction: int = Field(sa_type=SmallInteger)
    loyalty_level: str = Field(sa_type=Text)
    lifecycle_stage: str = Field(sa_type=Text)
    abc_class: str | None = Field(default=None, sa_type=Text)
    recency: int | None = Field(default=None, sa_type=SmallInteger)
    frequency: int | None = Field(default=None, sa_type=SmallInteger)
    monetary: int | None = Field(default=None, sa_type=SmallInteger)
    as_of: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    policy_version: int
    model_version: int | None = None
    last_12_months: int | None = Field(default=None, sa_type=BigInteger)
    growth_potential: int | None = Field(default=None, sa_type=BigInteger)
    lifetime_profit: int | None = Field(default=None, sa_type=BigInteger)
    loyalty: int | None = Field(default=None, sa_type=SmallInteger)
    quadrant: str | None = Field(default=None, sa_type=Text)
    partnership_stage: str | None = Field(default=None, sa_type=Text)
    cost_to_serve: int | None = Field(default=None, sa_type=BigInteger)
    churn_risk: int | None = Field(default=None, sa_type=SmallInteger)
    churn_reasons: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))


class Review(Base, table=True):
    """When time alone may next change a class of the customer. New facts only ever bring it forward: a review that
    comes too early finds nothing to tell and sets the right instant, which costs less than a write per event."""

    __tablename__ = "reviews"

    customer_id: UUID = Field(primary_key=True)
    due_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False, index=True))


class Rescoring(Base, table=True):
    """One row: how far everybody has been rescored under the newest policy, model and portfolio. `refold`: their
    statistics too are made anew from the facts, since another policy measures them differently. `skipped`: customers
    with a fact that this policy cannot count, who keep the statistics of an earlier one. `occasion` and `silent` mark
    what is told; `goes_on`: the snapshot taken at the end is part of the same occasion. `wait_until`: the transaction
    before which all others have to end."""

    __tablename__ = "rescoring"

    singleton: bool = Field(default=True, primary_key=True)
    policy_version: int
    model_version: int | None = None
    portfolio_version: int | None = None
    customers: int = Field(sa_type=BigInteger)
    scored: int = Field(sa_type=BigInteger)
    told: int = Field(sa_type=BigInteger)
    skipped: int = Field(default=0, sa_column=Column(BigInteger, server_default=text("0"), nullable=False))
    refold: bool = False
    occasion: str | None = Field(default=None, sa_type=Text)
    silent: bool = Field(default=False, sa_column=Column(Boolean, server_default=text("false"), nullable=False))
    goes_on: bool = Field(default=False, sa_column=Column(Boolean, server_default=text("false"), nullable=False))
    wait_until: int | None = Field(default=None, sa_type=BigInteger)
    after_customer: UUID | None = None
    started_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
