"""SQL for customer records: whole rows, many at a time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Table, Text, Uuid, any_, column, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.profiles.lifecycle import Lifecycle
from services.customer.profiles.models import Customer, CustomerScore, ExternalIdentity
from services.customer.profiles.profile import CustomerRecord, Profile, in_order
from services.customer.profiles.wallet import Estimate
from shared.contracts.common import CustomerKind, ExternalId
from shared.contracts.customer import (
    AccountManager,
    Birthday,
    Consent,
    ContactPoint,
    DoNotDisturb,
    Gender,
    ImportantDate,
    ProfileContact,
)

V = TypeVar("V", bound=BaseModel)

_CUSTOMERS = cast(Table, Customer.__table__)  # type: ignore[attr-defined]
_IDENTITIES = cast(Table, ExternalIdentity.__table__)  # type: ignore[attr-defined]
_SCORES = cast(Table, CustomerScore.__table__)  # type: ignore[attr-defined]


_TAKEN_AS_THEY_ARE = (
    "occupation",
    "industry",
    "income_band",
    "acquisition_source",
    "deceased",
    "key_account",
    "contacts_left",
    "main_contact_left_at",
    "abuse_flags_active",
    "abuse_flags_total",
)


def record_of(row: Customer, identities: Iterable[ExternalId]) -> CustomerRecord:
    profile = Profile(
        kind=CustomerKind(row.kind),
        lifecycle=Lifecycle(row.lifecycle),
        given_name=row.given_name,
        family_name=row.family_name,
        full_name=row.full_name,
        organisation_name=row.organisation_name,
        language=row.language,
        time_zone=row.time_zone,
        region=row.region,
        birthday=_value(Birthday, row.birthday),
        contact_points=_values(ContactPoint, row.contact_points),
        consents=_values(Consent, row.consents),
        tags=tuple(row.tags),
        custom_attributes=row.custom_attributes,
        gender=Gender(row.gender) if row.gender else None,
        interests=tuple(row.interests),
        do_not_disturb=_value(DoNotDisturb, row.do_not_disturb),
        owner=_value(AccountManager, row.owner),
        backup_owner=_value(AccountManager, row.backup_owner),
        important_dates=_values(ImportantDate, row.important_dates),
        wallet=_values(Estimate, row.wallet),
        contacts=_values(ProfileContact, row.contacts),
        **{name: getattr(row, name) for name in _TAKEN_AS_THEY_ARE},
    )
    return CustomerRecord(
        customer_id=row.customer_id,
        version=row.version,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
        profile=profile,
        external_ids=in_order(identities),
    )


def _value(model: type[V], stored: Any) -> V | None:
    return model.model_validate(stored) if stored else None


def _values(model: type[V], stored: Iterable[Any]) -> tuple[V, ...]:
    return tuple(model.model_validate(one) for one in stored)


def _json(value: BaseModel | None) -> dict[str, Any] | None:
    return None if value is None else value.model_dump(mode="json", exclude_none=True)


def _json_list(values: Iterable[BaseModel]) -> list[dict[str, Any]]:
    return [value.model_dump(mode="json", exclude_none=True) for value in values]


def _values_of(record: CustomerRecord) -> dict[str, Any]:
    profile = record.profile
    return _account_values(profile) | {
        "customer_id": record.customer_id,
        "version": record.version,
        "registered_at": record.registered_at,
        "changed_at": record.changed_at,
        "search_text": record.search_text,
        "kind": profile.kind.value,
        "lifecycle": profile.lifecycle.value,
        "given_name": profile.given_name,
        "family_name": profile.family_name,
        "full_name": profile.full_name,
        "organisation_name": profile.organisation_name,
        "display_name": profile.display_name,
        "language": profile.language,
        "time_zone": profile.time_zone,
        "region": profile.region,
        "birthday": _json(profile.birthday),
        "contact_points": _json_list(profile.contact_points),
        "consents": _json_list(profile.consents),
        "tags": list(profile.tags),
        "custom_attributes": dict(profile.custom_attributes),
        "gender": profile.gender.value if profile.gender else None,
        "occupation": profile.occupation,
        "industry": profile.industry,
        "income_band": profile.income_band,
        "interests": list(profile.interests),
        "acquisition_source": profile.acquisition_source,
        "do_not_disturb": _json(profile.do_not_disturb),
        "deceased": profile.deceased,
    }


def _account_values(profile: Profile) -> dict[str, Any]:
    """What the business keeps of a customer beside what the customer tells of itself."""
    return {
        "key_account": profile.key_account,
        "owner_id": profile.owner.id if profile.owner else None,
        "owner": _json(profile.owner),
        "backup_owner": _json(profile.backup_owner),
        "important_dates": _json_list(profile.important_dates),
        "wallet": _json_list(profile.wallet),
        "contacts": _json_list(profile.contacts),
        "active_contacts": len(profile.contacts),
        "executive_contacts": profile.executive_contacts,
        "contacts_left": profile.contacts_left,
        "main_contact_left_at": profile.main_contact_left_at,
        "abuse_flags_active": profile.abuse_flags_active,
        "abuse_flags_total": profile.abuse_flags_total,
    }


async def insert_customers(session: AsyncSession, records: Sequence[CustomerRecord]) -> None:
    """The rows alone; their identities are claimed apart."""
    if records:
        await session.execute(insert(_CUSTOMERS), [_values_of(record) for record in records])


async def update_customer(session: AsyncSession, record: CustomerRecord) -> None:
    values = _values_of(record)
    del values["customer_id"]
    await session.execute(update(_CUSTOMERS).where(_CUSTOMERS.c.customer_id == record.customer_id).values(values))


async def delete_customers(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    """For rows of this very transaction that lost a race; nobody has seen them."""
    if customer_ids:
        await session.execute(delete(_CUSTOMERS).where(_CUSTOMERS.c.customer_id.in_(customer_ids)))


async def find_customer(session: AsyncSession, customer_id: UUID, *, lock: bool = False) -> CustomerRecord | None:
    """With `lock` nobody else changes, or publishes a change of, this customer until the transaction ends."""
    query = select(Customer).where(col(Customer.customer_id) == customer_id)
    row = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        return None
    return record_of(row, (await identities_of(session, [customer_id])).get(customer_id, ()))


async def identities_of(session: AsyncSession, customer_ids: Collection[UUID]) -> Mapping[UUID, list[ExternalId]]:
    rows = await session.execute(
        select(_IDENTITIES).where(_IDENTITIES.c.customer_id == any_(literal(list(customer_ids), ARRAY(Uuid))))
    )
    found: dict[UUID, list[ExternalId]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(ExternalId(source=row.source, id=row.external_id))
    return found


async def find_holders(session: AsyncSession, identities: Collection[ExternalId]) -> Mapping[ExternalId, UUID]:
    """Which of `identities` belong to a customer already, and to whom."""
    if not identities:
        return {}
    wanted = (
        func.unnest(
            literal([identity.source for identity in identities], ARRAY(Text)),
            literal([identity.id for identity in identities], ARRAY(Text)),
        )
        .table_valued(column("source", Text), column("external_id", Text), name="wanted")
        .render_derived()
    )
    same = (_IDENTITIES.c.source == wanted.c.source) & (_IDENTITIES.c.external_id == wanted.c.external_id)
    rows = await session.execute(select(_IDENTITIES).join(wanted, same))
    return {ExternalId(source=row.source, id=row.external_id): row.customer_id for row in rows}


async def claim_identities(session: AsyncSession, claims: Mapping[ExternalId, UUID]) -> Mapping[ExternalId, UUID]:
    """Writes each claim unless another customer was first; returns who holds each identity now.

    A conflicting row is locked by an update that changes nothing, so that its holder is known for certain until the
    transaction ends. Claims go in one fixed order: two batches that overlap wait for each other and do not deadlock.
    """
    if not claims:
        return {}
    rows = [
        {"source": identity.source, "external_id": identity.id, "customer_id": claims[identity]}
        for identity in in_order(claims)
    ]
    statement = insert(_IDENTITIES)
    held = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "external_id"], set_={"source": statement.excluded.source}
        ).returning(_IDENTITIES.c.source, _IDENTITIES.c.external_id, _IDENTITIES.c.customer_id),
        rows,
    )
    return {ExternalId(source=source, id=external_id): holder for source, external_id, holder in held}


async def release_identity(session: AsyncSession, customer_id: UUID, identity: ExternalId) -> None:
    await session.execute(
        delete(_IDENTITIES).where(
            _IDENTITIES.c.source == identity.source,
            _IDENTITIES.c.external_id == identity.id,
            _IDENTITIES.c.customer_id == customer_id,
        )
    )


async def upsert_scores(session: AsyncSession, scores: Sequence[Mapping[str, Any]]) -> None:
    """Rows of CustomerScore; keeps the latest by `as_of`. At most one per customer; in a fixed order, as above."""
    if not scores:
        return
    statement = insert(_SCORES)
    excluded = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={name: excluded[name] for name in ("abc_class", "lifecycle_stage", "loyalty_level", "as_of")},
            where=_SCORES.c.as_of <= excluded.as_of,
        ),
        sorted(scores, key=itemgetter("customer_id")),
    )
