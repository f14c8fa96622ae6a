"""Log lines: structured, correlated, and without personal data."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from shared.observability.logs import MASK, configure_logging, mask_personal_data


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged as JSON in this test; logging is as before afterwards."""
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    configure_logging(level="INFO", output="json", stream=stream, cache=False)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.configure(**configuration)


def parsed(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_carries_what_is_bound(lines: io.StringIO) -> None:
    with bound_contextvars(correlation_id="c-1", service="toy"):
        structlog.get_logger("shared.toy").info("batch_applied", events=3)
    structlog.get_logger("shared.toy").debug("too_quiet")

    [line] = parsed(lines)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "batch_applied", "events": 3, "level": "info", "logger": "shared.toy",
        "correlation_id": "c-1", "service": "toy",
    }  # fmt: skip


def test_libraries_log_through_the_same_chain(lines: io.StringIO) -> None:
    with bound_contextvars(correlation_id="c-1"):
        logging.getLogger("somebody").warning("sent to %s", "li.lei@example.com")
    logging.getLogger("uvicorn.access").info("GET /")

    [line] = parsed(lines)
    assert (line["event"], line["level"], line["correlation_id"]) == (f"sent to {MASK}", "warning", "c-1")


def test_tracebacks_are_masked_too(lines: io.StringIO) -> None:
    try:
        raise ValueError("Key (email)=(li.lei@example.com) already exists")
    except ValueError:
        structlog.get_logger().exception("request_failed")

    [line] = parsed(lines)
    assert "ValueError" in line["exception"]
    assert "li.lei" not in lines.getvalue()


@pytest.mark.parametrize("output", ["json", "console"])
def test_nothing_personal_is_written_in_either_format(lines: io.StringIO, output: Literal["json", "console"]) -> None:
    stream = io.StringIO()
    configure_logging(level="INFO", output=output, stream=stream, cache=False)

    structlog.get_logger().info("greeted", display_name="Li Lei", note="call +8613800138000")

    assert lines.getvalue() == ""
    assert "greeted" in stream.getvalue()
    assert "Li Lei" not in stream.getvalue()
    assert "13800138000" not in stream.getvalue()


@pytest.mark.parametrize(
    "key",
    ["email", "mobile", "address", "display_name", "given_name", "recipient", "birthday", "contact_points", "password",
     "access_token", "Authorization", "dsn"],
)  # fmt: skip
def test_telling_keys_are_masked_at_any_depth(key: str) -> None:
    event = mask_personal_data(None, "info", {key: "x", "outer": {key: "x"}, "list": [{key: "x"}], "none": None})

    assert event == {key: MASK, "outer": {key: MASK}, "list": [{key: MASK}], "none": None}


@pytest.mark.parametrize(
    "harmless",
    [
        {"customer_id": "0192f0c1", "topic": "customer.events", "events": 7, "amount": "+100.00", "name": "scheduler"},
        {"reason": "offset 12345678 of partition 3", "at": "2026-11-23T03:00:00+08:00"},
    ],
)
def test_ids_and_figures_stay(harmless: dict[str, Any]) -> None:
    assert mask_personal_data(None, "info", dict(harmless)) == harmless
