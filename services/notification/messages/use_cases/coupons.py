"""Codes for the messages of one batch that give one away: taken in the transaction that composes the message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.messages.decision import obstacle_on
from services.notification.messages.use_cases.judging import quiet_for, untimely
from services.notification.offers.use_cases import give_codes
from services.notification.values import Member
from shared.contracts.common import Channel, Purpose


@dataclass(frozen=True, slots=True)
class Coupons:
    """`wanted` are the lists by message, `codes` what was found on them."""

    wanted: Mapping[UUID, str]
    codes: Mapping[UUID, str]

    def has_run_out_for(self, row: Row[Any]) -> bool:
        return row.message_id in self.wanted and row.message_id not in self.codes

    def code_for(self, row: Row[Any]) -> str | None:
        return self.codes.get(row.message_id)


async def take_coupons(
    session: AsyncSession, rows: Sequence[Row[Any]], members: Mapping[UUID, Member], desk: Desk
) -> Coupons:
    """For what is about to be composed; one that has its code from before keeps it. The customers are locked."""
    wanted: dict[UUID, str] = {}
    for row in rows:
        coupon_list = _list_of(row, members[row.customer_id], desk)
        if coupon_list is not None:
            wanted[row.message_id] = coupon_list
    return Coupons(wanted, await give_codes(session, wanted, now=desk.clock.now()))


def _list_of(row: Row[Any], member: Member, desk: Desk) -> str | None:
    """None for what says none, was composed before, or is not going out now."""
    channel = Channel(row.channel)
    coupon_list = desk.templates.coupon_list_of(row.template or row.rule, member.language, channel)
    if coupon_list is None or row.composed_at is not None:
        return None
    held_up = obstacle_on(channel, member, Purpose(row.purpose)) or untimely(row, member, desk)
    return None if held_up or quiet_for(row, member, desk) else coupon_list
