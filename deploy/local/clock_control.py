"""Moving business time by HTTP, on a laptop whose stack was started with a stepped clock."""

from datetime import datetime
from typing import Annotated, Any

import jwt
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel

from deploy.local.issuer import CLOCK_SCOPE, LocalIssuer
from shared.clock import SteppedClock


class ClockTime(BaseModel):
    now: AwareDatetime


def add_clock_control(app: FastAPI, clock: SteppedClock, issuer: LocalIssuer) -> None:
    """GET /clock tells business time; PUT /clock moves it forward, for a token with the scope `clock:write`."""

    @app.get("/clock")
    async def read() -> dict[str, datetime]:
        return {"now": clock.now()}

    @app.put("/clock")
    async def move(target: ClockTime, authorization: Annotated[str, Header()] = "") -> JSONResponse:
        try:
            scopes = issuer.scopes_of(authorization.removeprefix("Bearer "))
        except jwt.PyJWTError as error:
            return _problem(401, "token_invalid", f"send a token of this issuer: {error}")
        if CLOCK_SCOPE not in scopes:
            return _problem(403, "scope_missing", f"the token lacks the scope {CLOCK_SCOPE}")
        try:
            clock.move_to(target.now)
        except ValueError as error:
            return _problem(409, "clock_not_moved", str(error))
        return JSONResponse({"now": clock.now().isoformat()})


def _problem(status: int, code: str, detail: str) -> JSONResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
