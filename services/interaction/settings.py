"""Settings of the interaction service, from the environment."""

from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class InteractionSettings(ServiceSettings):
    """Beside the common ones: which times of interactions are believed."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_INTERACTION_")

    port: int = Field(8002, ge=0, le=65535, description="port of the HTTP API")
    ops_port: int = Field(9002, ge=0, le=65535, description="port of a worker's /livez, /readyz and /metrics")
    earliest_occurred_at: AwareDatetime = Field(
        datetime(1970, 1, 1, tzinfo=UTC), description="interactions said to have happened before this are refused"
    )
    max_future: timedelta = Field(
        timedelta(minutes=5),
        ge=timedelta(0),
        le=timedelta(days=1),
        description="how far the clocks of other systems may be ahead of ours",
    )
