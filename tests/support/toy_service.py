"""A small service for tests of what all services share: notes, kept in a table, written through the real edge."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import Field
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock, SystemClock
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.errors import Conflict, NotFound, PreconditionFailed, RateLimited, Unavailable
from shared.observability.readiness import Readiness
from shared.scheduling import add_scheduling_table
from shared.settings import ServiceSettings
from shared.web.app import create_app
from shared.web.auth import Principal, TokenVerifier, require
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import DatabaseDep, SessionDep, api_router
from shared.web.schemas import RequestModel, ResponseModel
from shared.web.tables import add_idempotency_table
from tests.support.tokens import Tokens

METADATA = MetaData()
add_idempotency_table(METADATA)
add_scheduling_table(METADATA)
NOTES = Table(
    "notes",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
)


class Line(RequestModel):
    amount: Annotated[int, Field(ge=1)]
    currency: str = "CNY"


class Round(RequestModel):
    shape: Literal["round"]
    radius: int


class Square(RequestModel):
    shape: Literal["square"]
    side: int


class NoteCreate(RequestModel):
    text: Annotated[str, Field(min_length=1, max_length=40)]
    lines: list[Line] = Field(default_factory=list)
    figure: Annotated[Round | Square, Field(discriminator="shape")] | None = None


class NoteChange(RequestModel):
    text: str


class NoteRead(ResponseModel):
    id: UUID
    text: str
    version: int


@dataclass
class Gate:
    """Lets a test hold a request inside its transaction."""

    entered: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class ToyPlatform:
    settings: ServiceSettings
    database: Database
    verifier: TokenVerifier
    clock: Clock = field(default_factory=SystemClock)
    readiness: Readiness = field(default_factory=Readiness)
    admin_routers: Sequence[APIRouter] = ()


async def add_note(session: AsyncSession, text: str) -> NoteRead:
    note = NoteRead(id=uuid4(), text=text, version=1)
    await session.execute(insert(NOTES).values(note.model_dump()))
    return note


def gate_of(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate


GateDep = Annotated[Gate, Depends(gate_of)]
router = api_router(prefix="/v1/notes", tags=["notes"])
Reader = Annotated[Principal, require("toy:read")]
Writer = Annotated[Principal, require("toy:write")]


@router.post("", status_code=201)
async def write_note(new: NoteCreate, _: Writer, session: SessionDep, response: Response) -> NoteRead:
    note = await add_note(session, new.text)
    response.headers["Location"] = f"/v1/notes/{note.id}"
    return note


@router.post("/held", status_code=201)
async def write_held_note(new: NoteCreate, _: Writer, session: SessionDep, gate: GateDep) -> NoteRead:
    note = await add_note(session, new.text)
    gate.entered.set()
    await gate.open.wait()
    return note


@router.post("/failing/{how}", status_code=201)
async def write_and_fail(how: str, _: Writer, session: SessionDep) -> Any:
    await add_note(session, how)
    if how == "answer":
        return JSONResponse({"refused": True}, 409)
    failures: dict[str, Exception] = {
        "bug": RuntimeError("secret detail of a bug"),
        "conflict": Conflict("taken already", code="note_taken", note_id="7"),
        "busy": RateLimited("too fast", code="slow_down", retry_after_seconds=9),
        "away": Unavailable("the provider is away", code="provider_unavailable"),
    }
    raise failures[how]


@router.get("")
async def list_notes(_: Reader, session: SessionDep, page: PageDep) -> Page[NoteRead]:
    query = select(NOTES).order_by(NOTES.c.text).limit(page.limit + 1)
    if page.cursor is not None:
        query = query.where(NOTES.c.text > decode_cursor(page.cursor, str)[0])
    notes = [NoteRead.model_validate(row) for row in await session.execute(query)]
    cursor = encode_cursor(notes[page.limit - 1].text) if len(notes) > page.limit else None
    return Page(items=notes[: page.limit], next_cursor=cursor)


@router.get("/stream")
async def stream_notes(_: Reader, database: DatabaseDep) -> StreamingResponse:
    async def portions() -> AsyncIterator[str]:
        for _ in range(2):
            async with database.snapshot() as session:
                yield ",".join(await session.scalars(select(NOTES.c.text).order_by(NOTES.c.text)))

    return StreamingResponse(portions(), media_type="text/plain")


@router.post("/streamed")
async def write_and_stream(_: Writer, session: SessionDep) -> StreamingResponse:
    await add_note(session, "streamed")
    return StreamingResponse(iter(["a", "b"]), media_type="text/plain")


@router.get("/writing")
async def write_while_reading(_: Reader, session: SessionDep) -> PlainTextResponse:
    await add_note(session, "never")
    return PlainTextResponse("written")


@router.get("/{note_id}")
async def get_note(note_id: UUID, _: Reader, session: SessionDep, etag: ETagDep) -> NoteRead:
    row = (await session.execute(select(NOTES).where(NOTES.c.id == note_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no note {note_id}", code="note_unknown")
    etag.set(row.version)
    return NoteRead.model_validate(row)


@router.patch("/{note_id}")
async def change_note(
    note_id: UUID, change: NoteChange, expected: ExpectedVersion, _: Writer, session: SessionDep, etag: ETagDep
) -> NoteRead:
    changed = update(NOTES).where(NOTES.c.id == note_id, NOTES.c.version == expected)
    row = (await session.execute(changed.values(text=change.text, version=expected + 1).returning(NOTES))).one_or_none()
    if row is None:
        raise PreconditionFailed("it was changed meanwhile; read it again", code="version_conflict")
    etag.set(row.version)
    return NoteRead.model_validate(row)


@dataclass
class ToyService:
    """One process of the toy service, over a database that may outlive it."""

    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    tokens: Tokens
    gate: Gate

    def headers(self, *scopes: str, key: str | None = None, **more: str) -> dict[str, str]:
        idempotency = {"Idempotency-Key": key} if key is not None else {}
        return self.tokens.headers(*(scopes or ("toy:read", "toy:write"))) | idempotency | more

    async def texts(self) -> list[str]:
        async with self.database.snapshot() as session:
            return list(await session.scalars(select(NOTES.c.text).order_by(NOTES.c.text)))


@asynccontextmanager
async def run_toy_service(
    dsn: str, tokens: Tokens, *, admin_routers: Sequence[APIRouter] = (), **settings: Any
) -> AsyncIterator[ToyService]:
    engine = create_engine(dsn, pool_size=5, application_name="toy")
    database = Database(engine)
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    values = {"database_url": dsn, "broker_database_url": dsn, **tokens.settings(), **settings}
    platform = ToyPlatform(ServiceSettings(**values), database, tokens.verifier(), admin_routers=admin_routers)
    gate = Gate()
    app = create_app("toy", title="Notes", description="Notes.", version="1", platform=platform, routers=[router])
    app.state.gate = gate
    transport = httpx.ASGITransport(app=app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://toy") as client:
            yield ToyService(app, client, database, tokens, gate)
    finally:
        await database.dispose()
