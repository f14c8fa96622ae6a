"""What the routes of several capabilities take."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from services.notification.desk import Desk
from shared.web.auth import Principal, require

Reader = Annotated[Principal, require("notification:read")]
Writer = Annotated[Principal, require("notification:write")]
Admin = Annotated[Principal, require("notification:admin")]
RuleFilter = Annotated[str | None, Query(max_length=60, pattern=r"^[a-z0-9_]+$", description="a rule's name")]
TemplateName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,59}$", description="the template's name")]
CustomerId = Annotated[UUID, Path(description="the customer's id")]


# A coroutine: FastAPI sends plain functions to a thread, which costs more than all the rest of a request.
async def _desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskDep = Annotated[Desk, Depends(_desk_of)]
