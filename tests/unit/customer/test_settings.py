"""Settings of the customer service."""

import pytest
from pydantic import ValidationError

from services.customer.settings import CustomerSettings

REQUIRED = {
    "database_url": "postgresql+asyncpg://u:p@localhost/customer",
    "broker_database_url": "postgresql+asyncpg://u:p@localhost/broker",
    "jwt_issuer": "https://id.example.com",
    "jwks_url": "https://id.example.com/jwks.json",
}


def test_defaults_are_those_of_the_home_market() -> None:
    settings = CustomerSettings.model_validate(REQUIRED)
    assert (settings.port, settings.default_language, settings.default_time_zone) == (8001, "zh-CN", "Asia/Shanghai")


@pytest.mark.parametrize(("field", "value"), [("default_time_zone", "Mars/Base"), ("default_language", "Chinese")])
def test_defaults_that_cannot_be_used_stop_the_start(field: str, value: str) -> None:
    with pytest.raises(ValidationError, match=field):
        CustomerSettings.model_validate(REQUIRED | {field: value})
