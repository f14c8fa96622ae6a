"""Every metric of the platform, by name: what ops may build dashboards and alerts on.

All carry the label `service`, since several services may share a process on a laptop.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics
from structlog.contextvars import get_contextvars

# Else each series would bring a second one, which tells only when the first began.
disable_created_metrics()  # type: ignore[no-untyped-call]

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
_SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)


def current_service() -> str:
    """The service whose code runs now, as bound to the log context by the runtime and by each request."""
    return str(get_contextvars().get("service", ""))


# HTTP
HTTP_REQUESTS = Counter(
    "rapport_http_requests", "Requests answered, by route template.", ("service", "method", "route", "status")
)
HTTP_SECONDS = Histogram(
    "rapport_http_request_seconds",
    "Time from the first byte in to the last byte out.",
    ("service", "route"),
    buckets=_FAST,
)
IDEMPOTENT_REPLAYS = Counter(
    "rapport_http_idempotent_replays", "Requests answered from a stored Idempotency-Key.", ("service",)
)

# Group commit
GROUP_COMMIT_MEMBERS = Histogram(
    "rapport_group_commit_members", "Requests per transaction that they shared.", ("service", "group"), buckets=_SIZES
)

# Outbox
OUTBOX_PENDING = Gauge("rapport_outbox_pending_events", "Events committed and not yet published.", ("service",))
OUTBOX_OLDEST_SECONDS = Gauge(
    "rapport_outbox_oldest_event_seconds", "Age of the oldest event not yet published.", ("service",)
)
OUTBOX_PUBLISHED = Counter("rapport_outbox_published_events", "Events published.", ("service", "topic"))

# Consumers
CONSUMER_LAG = Gauge(
    "rapport_consumer_lag_events", "Events not yet consumed.", ("service", "group", "topic", "partition")
)
CONSUMER_EVENTS = Counter(
    "rapport_consumer_events",
    "Events handled: applied, duplicate, skipped (type unknown or not wanted) or dead_lettered.",
    ("service", "group", "type", "outcome"),
)
CONSUMER_BATCHES = Counter(
    "rapport_consumer_batches",
    "Batches: applied, isolated (a poison event inside) or retried.",
    ("service", "group", "outcome"),
)
CONSUMER_BATCH_SIZE = Histogram(
    "rapport_consumer_batch_events", "Events per batch.", ("service", "group"), buckets=_SIZES
)
CONSUMER_BATCH_SECONDS = Histogram(
    "rapport_consumer_batch_seconds", "Time to apply a batch, commit included.", ("service", "group"), buckets=_FAST
)
EVENT_LATENCY_SECONDS = Histogram(
    "rapport_event_latency_seconds",
    "From an event's commit at its origin to its commit here.",
    ("service", "group"),
    buckets=_FAST,
)

# Dead letters
DEAD_LETTERS = Counter("rapport_dead_letters", "Events set aside, by reason.", ("service", "group", "code"))
DEAD_LETTERS_WAITING = Gauge(
    "rapport_dead_letters_waiting", "Dead letters nobody has dealt with yet.", ("service", "group")
)

# Timed jobs
JOB_RUNS = Counter(
    "rapport_job_runs", "Runs of timed jobs: done, unavailable or failed.", ("service", "job", "outcome")
)
JOB_SECONDS = Histogram("rapport_job_seconds", "Time of a job's transaction.", ("service", "job"), buckets=_SLOW)
JOB_DELAY_SECONDS = Gauge(
    "rapport_job_delay_seconds", "Business time by which the last tick ran late.", ("service", "job")
)
JOB_FAILURES = Gauge("rapport_job_consecutive_failures", "Failures since a job last succeeded.", ("service", "job"))

# Messages to customers
MESSAGE_SENDS = Counter(
    "rapport_message_sends",
    "Attempts to deliver a message: accepted, deferred, rejected, unreachable, uncertain.",
    ("service", "channel", "provider", "outcome"),
)
MESSAGE_SEND_SECONDS = Histogram(
    "rapport_message_send_seconds",
    "Time a provider took to answer.",
    ("service", "channel", "provider"),
    buckets=_SLOW,
)

# Lifetime models
MODEL_PURCHASES_RATIO = Gauge(
    "rapport_model_purchases_ratio",
    "Purchases since the model in force was fitted, by those that it expected; 1 is as expected.",
    ("service",),
)

# Process
COMPONENT_UP = Gauge("rapport_component_up", "Whether a part of this process runs.", ("service", "component"))
