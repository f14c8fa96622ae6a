"""Settings of the interaction service, from the environment."""

from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class InteractionSettings(ServiceSettings):
    """Beside the common ones: which times of interactions are believed, and what is promised of complaints."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_INTERACTION_")

    port: int = Field(8002, ge=0, le=65535, description="port of the HTTP API")
    ops_port: int = Field(9002, ge=0, le=65535, description="port of a worker's /livez, /readyz and /metrics")
    earliest_occurred_at: AwareDatetime = Field(
        datetime(1970, 1, 1, tzinfo=UTC), description="interactions said to have happened before this are refused"
    )
    response_due: timedelta = Field(
        timedelta(hours=24),
        ge=timedelta(minutes=1),
        le=timedelta(days=90),
        description="promised first answer to a complaint",
    )
    green_response_due: timedelta = Field(
        timedelta(hours=1), ge=timedelta(minutes=1), le=timedelta(days=90), description="the same for key accounts"
    )
    resolution_due: timedelta = Field(
        timedelta(hours=48),
        ge=timedelta(minutes=1),
        le=timedelta(days=365),
        description="promised resolution of a complaint",
    )
    max_future: timedelta = Field(
        timedelta(minutes=5),
        ge=timedelta(0),
        le=timedelta(days=1),
        description="how far the clocks of other systems may be ahead of ours",
    )
    max_outbox_age: timedelta = Field(
        timedelta(hours=1),
        ge=timedelta(seconds=1),
        le=timedelta(days=14),
        description="recording answers 429 while the oldest event not yet published is older than this",
    )
