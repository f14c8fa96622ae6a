"""What routes of several capabilities take."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from shared.service import PlatformDep
from shared.web.auth import Principal, require

Reader = Annotated[Principal, require("customer:read")]
Writer = Annotated[Principal, require("customer:write")]
Admin = Annotated[Principal, require("customer:admin")]
CustomerId = Annotated[UUID, Path(description="the customer's id")]


async def _handover_due(platform: PlatformDep) -> timedelta:
    due: timedelta = platform.settings.handover_due
    return due


HandoverDueDep = Annotated[timedelta, Depends(_handover_due)]
