"""SQL of versions and their activations: both are added to and never changed."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, Table, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as insert_unless_known
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.templates.models import Activation, OwnTemplate, StoredVersion, TrialMessage
from services.notification.templates.version import TemplateKey, TemplateVersion, version_of
from shared.db.locks import advisory_key, transaction_lock

_VERSIONS = cast(Table, StoredVersion.__table__)  # type: ignore[attr-defined]
_ACTIVATIONS = cast(Table, Activation.__table__)  # type: ignore[attr-defined]
_OWN = cast(Table, OwnTemplate.__table__)  # type: ignore[attr-defined]
_TRIALS = cast(Table, TrialMessage.__table__)  # type: ignore[attr-defined]
_KEY = (_VERSIONS.c.template, _VERSIONS.c.language, _VERSIONS.c.channel)


async def lock_key(session: AsyncSession, key: TemplateKey) -> None:
    """Who writes or activates versions of `key` does so one after the other."""
    await transaction_lock(session, advisory_key("template", key.template, key.language, key.channel_text))


async def last_version(session: AsyncSession, key: TemplateKey) -> int | None:
    """The highest number given, None where nothing but the shipped words exists. The key is locked."""
    last: int | None = await session.scalar(select(func.max(_VERSIONS.c.version)).where(*_of(_VERSIONS, key)))
    return last


async def insert_version(session: AsyncSession, version: TemplateVersion, about: dict[str, Any]) -> None:
    values = {
        **_values_of(version.key),
        "version": version.version,
        "subject": version.subject,
        "body_text": version.text,
        "body_html": version.html,
        "mjml": version.mjml,
        "defaults": dict(version.defaults),
        "attachments": [one._asdict() for one in version.attachments],
        "coupon_list": version.coupon_list,
    }
    await session.execute(insert(_VERSIONS), [values | about])


async def find_version(session: AsyncSession, key: TemplateKey, version: int) -> TemplateVersion | None:
    query = select(_VERSIONS).where(*_of(_VERSIONS, key), _VERSIONS.c.version == version)
    row = (await session.execute(query)).one_or_none()
    return version_of(row) if row is not None else None


async def insert_activation(session: AsyncSession, key: TemplateKey, about: dict[str, Any]) -> None:
    await session.execute(insert(_ACTIVATIONS), [_values_of(key) | about])


async def count_activations(session: AsyncSession) -> int:
    """How many there ever were. Their number, not their highest id, tells that one more has committed."""
    return await session.scalar(select(func.count()).select_from(_ACTIVATIONS)) or 0


async def load_active(session: AsyncSession) -> list[TemplateVersion]:
    """The versions in force, the shipped ones left out."""
    key = (_ACTIVATIONS.c.template, _ACTIVATIONS.c.language, _ACTIVATIONS.c.channel)
    latest = (
        select(*key, _ACTIVATIONS.c.version)
        .ext(distinct_on(*key))
        .order_by(*key, _ACTIVATIONS.c.activation_id.desc())
        .subquery()
    )
    named = tuple_(latest.c.template, latest.c.language, latest.c.channel, latest.c.version)
    rows = await session.execute(select(_VERSIONS).join(latest, named == tuple_(*_KEY, _VERSIONS.c.version)))
    return [version_of(row) for row in rows]


async def active_version(session: AsyncSession, key: TemplateKey) -> int | None:
    """The number that was activated last, None where nothing ever was."""
    query = select(_ACTIVATIONS.c.version).where(*_of(_ACTIVATIONS, key))
    active: int | None = await session.scalar(query.order_by(_ACTIVATIONS.c.activation_id.desc()).limit(1))
    return active


async def insert_trial(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(_TRIALS), [values])


async def count_trials(session: AsyncSession, *, requested_by: str, since: Any) -> int:
    mine = (_TRIALS.c.requested_by == requested_by) & (_TRIALS.c.requested_at > since)
    return await session.scalar(select(func.count()).select_from(_TRIALS).where(mine)) or 0


async def take_trials(session: AsyncSession, *, limit: int) -> Sequence[Row[Any]]:
    """Those that wait, the oldest first, and that no other worker has in hand."""
    waiting = select(_TRIALS).where(_TRIALS.c.state == "planned").order_by(_TRIALS.c.requested_at)
    return (await session.execute(waiting.limit(limit).with_for_update(skip_locked=True))).all()


async def settle_trial(session: AsyncSession, trial_id: Any, values: dict[str, Any]) -> None:
    await session.execute(_TRIALS.update().where(_TRIALS.c.trial_id == trial_id).values(values))


def _of(table: Table, key: TemplateKey) -> list[Any]:
    return [table.c[name] == value for name, value in _values_of(key).items()]


def _values_of(key: TemplateKey) -> dict[str, str]:
    return {"template": str(key.template), "language": key.language, "channel": key.channel_text}


async def insert_template(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether there was none of this name yet."""
    added = insert_unless_known(_OWN).on_conflict_do_nothing().returning(_OWN.c.name)
    return await session.scalar(added, [row]) is not None


async def load_templates(session: AsyncSession) -> list[OwnTemplate]:
    """Those of the business's own, by name."""
    return list(await session.scalars(select(OwnTemplate).order_by(_OWN.c.name)))


async def has_words(session: AsyncSession, name: str) -> bool:
    """Whether any words of this template were ever put in force."""
    return (
        await session.scalar(select(_ACTIVATIONS.c.version).where(_ACTIVATIONS.c.template == name).limit(1)) is not None
    )
