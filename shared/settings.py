"""Settings of a process: read once from the environment (or secret files), validated before anything else starts."""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from shared.errors import InvalidInput

COMMON_PREFIX = "RAPPORT_"
SECRETS_DIRECTORY_VARIABLE = "RAPPORT_SECRETS_DIR"

S = TypeVar("S", bound="ServiceSettings")
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(InvalidInput):
    """Every problem of the settings at once, one per line, each with the variable's name and the way out."""


class ServiceSettings(BaseSettings):
    """What every service is configured by; a service subclasses it with `env_prefix="RAPPORT_<SERVICE>_"`.

    A field is read from `RAPPORT_<SERVICE>_<FIELD>`, else (unless it is the service's own, such as its database) from
    `RAPPORT_<FIELD>`, else, for Kafka, from `KAFKA_<FIELD>`; else from files of these names in `RAPPORT_SECRETS_DIR`.
    """

    model_config = SettingsConfigDict(
        env_prefix=COMMON_PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )
    own_fields: ClassVar[frozenset[str]] = frozenset({"database_url"})
    """Fields that two services must never share, hence never read from the common prefix."""

    database_url: SecretStr = Field(
        description="this service's own PostgreSQL database",
        examples=["postgresql+asyncpg://user:password@host:5432/customer"],
    )
    database_pool_size: int = Field(10, ge=2, le=200, description="connections kept to the database, at most")

    kafka_bootstrap_servers: str | None = Field(
        None, description="Kafka to use; without it the embedded broker is used", examples=["kafka-0:9092,kafka-1:9092"]
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: Path | None = Field(None, description="certificate authorities trusted for Kafka, PEM")
    kafka_replication_factor: int = Field(1, ge=1, le=9, description="copies of each partition of a topic we create")
    broker_database_url: SecretStr | None = Field(
        None,
        description="database of the embedded broker, one for all services of the machine",
        examples=["postgresql+asyncpg://user:password@localhost:5432/broker"],
    )
    create_topics: bool = Field(True, description="whether workers create missing topics at start")

    jwt_issuer: str = Field(
        min_length=1, description="the `iss` every token must carry", examples=["https://id.example.com"]
    )
    jwt_audience: str = Field("rapport", min_length=1, description="the `aud` every token must carry")
    jwks_url: str | None = Field(
        None,
        description="where the issuer publishes its keys",
        examples=["https://id.example.com/.well-known/jwks.json"],
    )
    jwks_file: Path | None = Field(None, description="the issuer's public keys in a file, instead of a URL")
    token_url: str | None = Field(None, description="the issuer's token endpoint, shown in the API documentation")

    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 in a container")
    port: Port = Field(8000, description="port of the HTTP API")
    ops_port: Port = Field(9000, description="port of a worker's /livez, /readyz and /metrics")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="web pages that may call the API from a browser",
        examples=["https://shop.example.com,https://club.example.com"],
    )
    max_body_bytes: int = Field(1_048_576, ge=1024, le=104_857_600, description="largest request body accepted")
    shutdown_grace_seconds: float = Field(20.0, gt=0, le=600, description="time to finish what is in hand when stopped")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    @field_validator("database_url", "broker_database_url")
    @classmethod
    def _use_asyncpg(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        scheme, separator, rest = value.get_secret_value().partition("://")
        if not separator or scheme not in ("postgresql", "postgres", "postgresql+asyncpg"):
            raise ValueError("must be a PostgreSQL address: postgresql+asyncpg://user:password@host:5432/name")
        return SecretStr(f"postgresql+asyncpg://{rest}")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return tuple(filter(None, (one.strip() for one in value.split(",")))) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not re.fullmatch(r"https?://[^/\s*]+", origin):
                raise ValueError(
                    f"{origin!r} is not an origin: scheme and host without a path, such as https://shop.example.com"
                )
        return value

    @field_validator("jwks_url")
    @classmethod
    def _keys_need_a_safe_way(cls, value: str | None) -> str | None:
        if value is None:
            return None
        url = urlsplit(value)
        host = url.hostname or ""
        inside = "." not in host or host.startswith("127.") or host.endswith((".svc", ".cluster.local", ".internal"))
        if url.scheme != "https" and not (url.scheme == "http" and inside):
            raise ValueError("must be an https address (http only for localhost or a name inside the cluster)")
        return value

    # Rules over several fields are checked at the last of them, so that they are told together with all other problems.

    @field_validator("jwks_file")
    @classmethod
    def _have_keys(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if "jwks_url" in info.data and (info.data["jwks_url"] is None) == (value is None):
            raise ValueError("set one of RAPPORT_JWKS_URL and RAPPORT_JWKS_FILE: the keys that tokens are checked with")
        return value

    @field_validator("broker_database_url")
    @classmethod
    def _have_a_broker(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("kafka_bootstrap_servers") is None:
            raise ValueError("set KAFKA_BOOTSTRAP_SERVERS, or RAPPORT_BROKER_DATABASE_URL for the embedded broker")
        return value

    @field_validator("kafka_sasl_password")
    @classmethod
    def _have_credentials(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        known = info.data.get("kafka_sasl_mechanism") and info.data.get("kafka_sasl_username") and value
        if str(info.data.get("kafka_security_protocol")).startswith("SASL") and not known:
            raise ValueError(
                "KAFKA_SECURITY_PROTOCOL asks for SASL: set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and "
                "KAFKA_SASL_PASSWORD too"
            )
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - named by pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        common = frozenset(ServiceSettings.model_fields) - cls.own_fields
        kafka = frozenset(name for name in common if name.startswith("kafka_"))
        own_prefix = cls.model_config["env_prefix"]
        sources = [
            init_settings,
            env_settings,
            _SharedEnvironment(settings_cls, prefix=COMMON_PREFIX, fields=common),
            _SharedEnvironment(settings_cls, prefix="", fields=kafka),
        ]
        directory = os.environ.get(SECRETS_DIRECTORY_VARIABLE)
        if directory:
            sources.append(SecretsSettingsSource(settings_cls, secrets_dir=directory, env_prefix=own_prefix))
            sources.append(_SharedSecretFiles(settings_cls, directory=directory, fields=common))
        return tuple(sources)


class _SharedEnvironment(EnvSettingsSource):
    """The environment under a prefix that several services share, limited to the fields they may share."""

    def __init__(self, settings_cls: type[BaseSettings], *, prefix: str, fields: frozenset[str]) -> None:
        super().__init__(settings_cls, env_prefix=prefix)
        self._fields_shared = fields

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if name in self._fields_shared}


class _SharedSecretFiles(SecretsSettingsSource):
    def __init__(self, settings_cls: type[BaseSettings], *, directory: str, fields: frozenset[str]) -> None:
        super().__init__(settings_cls, secrets_dir=directory, env_prefix=COMMON_PREFIX)
        self._fields_shared = fields

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if name in self._fields_shared}


def load_settings(settings_type: type[S], **values: Any) -> S:
    """Settings from the environment; `values` win over it. Raises SettingsError naming every variable that is wrong."""
    problems = _misspelt(settings_type, os.environ)
    try:
        settings = settings_type(**values)
    except ValidationError as error:
        problems += [
            _explain(settings_type, dict(line)) for line in error.errors(include_url=False, include_input=False)
        ]
    if problems:
        raise SettingsError("settings cannot be used:\n  " + "\n  ".join(problems), code="settings_invalid")
    return settings


def variable_name(settings_type: type[ServiceSettings], field: str) -> str:
    """The environment variable a person should set for `field`."""
    if field.startswith("kafka_"):
        return field.upper()
    own = field in settings_type.own_fields or field not in ServiceSettings.model_fields
    own = own or field in ("port", "ops_port")
    return (settings_type.model_config["env_prefix"] if own else COMMON_PREFIX) + field.upper()


def _explain(settings_type: type[ServiceSettings], line: dict[str, Any]) -> str:
    message = str(line["msg"]).removeprefix("Value error, ")
    field = str(line["loc"][0]) if line["loc"] else ""
    info = settings_type.model_fields.get(field)
    if info is None:
        return f"{field}: {message}" if field else message
    problem = "is missing" if line["type"] == "missing" else message
    purpose = f" ({info.description})" if info.description else ""
    example = f"; for example {info.examples[0]}" if info.examples else ""
    return f"{variable_name(settings_type, field)}{purpose}: {problem}{example}"


def _misspelt(settings_type: type[ServiceSettings], environment: Mapping[str, str]) -> list[str]:
    """Variables under the service's own prefix that mean nothing: a typing error would silently leave a default."""
    prefix = settings_type.model_config["env_prefix"]
    if prefix == COMMON_PREFIX:
        return []
    known = {prefix + name.upper() for name in settings_type.model_fields}
    problems = []
    for name in sorted(environment):
        if name.upper().startswith(prefix) and name.upper() not in known:
            nearest = difflib.get_close_matches(name.upper(), known, n=1)
            problems.append(f"{name} is not a setting" + (f"; did you mean {nearest[0]}?" if nearest else ""))
    return problems
