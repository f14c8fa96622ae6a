"""Personal data stays out of logs, whatever goes right or wrong."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from services.customer.profiles import repository
from shared.observability.logs import configure_logging
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import person_body

SECRETS = ("Givenname", "Familyname", "Notes", "hidden@example.com", "13800138000", "Nonsense")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    configure_logging(level="DEBUG", output="json", stream=stream, cache=False)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.configure(**configuration)


async def test_nothing_personal_is_logged(
    api: CustomerApi, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = person_body(
        given_name="Givenname",
        family_name="Familyname",
        contact_points=[{"kind": "email", "address": "hidden@example.com"}],
        custom_attributes={"remark": "Notes"},
    )
    customer = (await api.client.post(CUSTOMERS, json=body)).json()
    await api.change(customer, contact_points=[{"kind": "mobile", "address": "+8613800138000"}])
    await api.listed(q="Familyname")
    refused = await api.client.post(CUSTOMERS, json=body | {"given_name": "Nonsense\n"})
    assert refused.status_code == 201, "white space around a name is no fault"
    assert (await api.client.post(CUSTOMERS, json=body | {"birthday": "Nonsense"})).status_code == 422
    # A fault of ours, with the row in hand: the database refuses it and quotes it.
    values_of = repository._values_of
    monkeypatch.setattr(repository, "_values_of", lambda record: values_of(record) | {"version": None})
    assert (await api.client.post(CUSTOMERS, json=body)).status_code == 500
    text = logged.getvalue()
    assert '"event": "request"' in text
    assert "NotNullViolation" in text
    assert [secret for secret in SECRETS if secret in text] == []
