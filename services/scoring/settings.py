"""Settings of the scoring service, from the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class ScoringSettings(ServiceSettings):
    """Beside the common ones: the policy to score under, and how much is done at once."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_SCORING_")

    port: int = Field(8003, ge=0, le=65535, description="port of the HTTP API")
    ops_port: int = Field(9003, ge=0, le=65535, description="port of a worker's /livez, /readyz and /metrics")
    policy_file: Path | None = Field(None, description="the policy document (JSON) that a new database begins with")
    max_batch: int = Field(5000, ge=1, le=20_000, description="events applied in one transaction, at most")
    rescore_batch: int = Field(500, ge=1, le=20_000, description="customers rescored in one transaction, at most")
    simulation_batch: int = Field(2000, ge=1, le=20_000, description="customers simulated in one portion, at most")
    replay_batch: int = Field(1000, ge=1, le=20_000, description="customers a replay rebuilds in one portion, at most")
    segment_batch: int = Field(500, ge=1, le=20_000, description="customers asked for their segments at once, at most")
