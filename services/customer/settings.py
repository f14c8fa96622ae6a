"""Settings of the customer service, from the environment."""

from datetime import timedelta

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from services.customer.profiles.locality import check_time_zone
from shared.contracts.common import LanguageTag
from shared.errors import InvalidInput
from shared.settings import ServiceSettings


class CustomerSettings(ServiceSettings):
    """Beside the common ones: what is assumed of a customer who does not say, and how accounts are looked after."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_CUSTOMER_")

    port: int = Field(8001, ge=0, le=65535, description="port of the HTTP API")
    ops_port: int = Field(9001, ge=0, le=65535, description="port of a worker's /livez, /readyz and /metrics")
    default_language: LanguageTag = Field("zh-CN", description="of a customer registered without one")
    coverage_min_contacts: int = Field(
        2, ge=1, le=100, description="an organisation with fewer active contacts is a coverage risk"
    )
    coverage_min_executives: int = Field(
        1, ge=0, le=100, description="a key account with fewer active contacts in executive roles is a coverage risk"
    )
    handover_due: timedelta = Field(
        timedelta(hours=24),
        ge=timedelta(minutes=1),
        le=timedelta(days=90),
        description="until when a customer must be handed over after a change of its owner or main contact",
    )
    default_time_zone: str = Field("Asia/Shanghai", description="of a customer registered without one")

    @field_validator("default_time_zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            check_time_zone(name)
        except InvalidInput as error:
            raise ValueError(error.detail) from error
        return name
