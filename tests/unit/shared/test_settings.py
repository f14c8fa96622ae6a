"""Settings: where they are read from, and how a wrong one is told."""

from pathlib import Path

import pytest
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, SettingsError, load_settings


class ToySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="RAPPORT_TOY_")

    port: int = Field(8042, ge=0, le=65535)
    colour: str = Field("red", description="of the toy")


GOOD = {
    "RAPPORT_TOY_DATABASE_URL": "postgresql://user:hunter2@db:5432/toy",
    "RAPPORT_BROKER_DATABASE_URL": "postgresql+asyncpg://db/broker",
    "RAPPORT_JWT_ISSUER": "https://id.example.com",
    "RAPPORT_JWKS_URL": "https://id.example.com/keys",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def problems() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(ToySettings)
    return caught.value.detail


@pytest.mark.usefixtures("environment")
def test_a_complete_environment_is_read() -> None:
    settings = load_settings(ToySettings)

    assert settings.database_url.get_secret_value() == "postgresql+asyncpg://user:hunter2@db:5432/toy"
    assert settings.jwt_issuer == "https://id.example.com"
    assert (settings.port, settings.colour, settings.kafka_bootstrap_servers) == (8042, "red", None)


def test_the_services_own_variable_wins_over_the_common_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RAPPORT_LOG_LEVEL", "WARNING")
    environment.setenv("RAPPORT_HOST", "0.0.0.0")
    environment.setenv("RAPPORT_TOY_LOG_LEVEL", "DEBUG")

    settings = load_settings(ToySettings)

    assert (settings.log_level, settings.host) == ("DEBUG", "0.0.0.0")
    assert load_settings(ToySettings, log_level="ERROR").log_level == "ERROR"


def test_a_database_is_never_shared_by_the_common_prefix(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("RAPPORT_TOY_DATABASE_URL")
    environment.setenv("RAPPORT_DATABASE_URL", "postgresql://db/everybody")

    assert "RAPPORT_TOY_DATABASE_URL" in problems()


def test_kafka_is_read_by_its_usual_names(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")

    assert load_settings(ToySettings).kafka_bootstrap_servers == "kafka:9092"


def test_lists_are_separated_by_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RAPPORT_CORS_ORIGINS", "https://shop.example.com, http://localhost:3000,")

    assert load_settings(ToySettings).cors_origins == ("https://shop.example.com", "http://localhost:3000")


def test_secrets_may_lie_in_files(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("RAPPORT_TOY_DATABASE_URL")
    environment.delenv("RAPPORT_BROKER_DATABASE_URL")
    (tmp_path / "RAPPORT_TOY_DATABASE_URL").write_text("postgresql://db/from-file\n")
    (tmp_path / "RAPPORT_BROKER_DATABASE_URL").write_text("postgresql://db/broker-from-file\n")
    environment.setenv("RAPPORT_SECRETS_DIR", str(tmp_path))

    settings = load_settings(ToySettings)

    assert settings.database_url.get_secret_value() == "postgresql+asyncpg://db/from-file"
    assert settings.broker_database_url is not None
    assert settings.broker_database_url.get_secret_value() == "postgresql+asyncpg://db/broker-from-file"


def test_every_missing_variable_is_named_at_once_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)

    told = problems()

    assert (
        "RAPPORT_TOY_DATABASE_URL (this service's own PostgreSQL database): is missing; for example postgresql" in told
    )
    assert "RAPPORT_JWT_ISSUER" in told
    assert "RAPPORT_TOY_JWT_ISSUER" not in told
    assert "set one of RAPPORT_JWKS_URL and RAPPORT_JWKS_FILE" in told
    assert "set KAFKA_BOOTSTRAP_SERVERS, or RAPPORT_BROKER_DATABASE_URL" in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("RAPPORT_TOY_PORT", "many", "RAPPORT_TOY_PORT: Input should be a valid integer"),
        ("RAPPORT_TOY_COLUOR", "blue", "RAPPORT_TOY_COLUOR is not a setting; did you mean RAPPORT_TOY_COLOUR?"),
        ("RAPPORT_TOY_DATABASE_URL", "mysql://db/toy", "must be a PostgreSQL address"),
        ("RAPPORT_JWKS_URL", "http://id.example.com/keys", "must be an https address"),
        ("RAPPORT_JWKS_FILE", "keys.json", "set one of RAPPORT_JWKS_URL and RAPPORT_JWKS_FILE"),
        ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL", "set KAFKA_SASL_MECHANISM"),
        ("RAPPORT_LOG_LEVEL", "LOUD", "RAPPORT_LOG_LEVEL"),
        ("RAPPORT_CORS_ORIGINS", "https://shop.example.com/", "'https://shop.example.com/' is not an origin"),
        ("RAPPORT_CORS_ORIGINS", "*", "'*' is not an origin"),
    ],
)
def test_a_wrong_variable_is_told_by_name_and_way_out(
    environment: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    environment.setenv(name, value)

    assert told in problems()


def test_without_a_broker_it_is_said_how_to_get_one(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("RAPPORT_BROKER_DATABASE_URL")

    assert "set KAFKA_BOOTSTRAP_SERVERS, or RAPPORT_BROKER_DATABASE_URL" in problems()


@pytest.mark.parametrize("url", ["http://localhost:8000/keys", "http://issuer/keys", "http://issuer.rapport.svc/keys"])
def test_keys_may_come_by_http_within_the_cluster(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("RAPPORT_JWKS_URL", url)

    assert load_settings(ToySettings).jwks_url == url


@pytest.mark.usefixtures("environment")
def test_secrets_are_not_shown() -> None:
    settings = load_settings(ToySettings)

    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()


def test_a_refused_value_is_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RAPPORT_TOY_DATABASE_URL", "mysql://user:hunter2@db/toy")

    assert "hunter2" not in problems()
