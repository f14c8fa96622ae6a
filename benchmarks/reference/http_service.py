"""The naive ingest service: FastAPI, a SQLModel session per request, an outbox row beside every interaction.

`python -m benchmarks.reference.http_service PORT DSN`
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.reference.tables import NaiveInteraction, NaiveOutbox


class Customer(BaseModel):
    id: UUID


class Amount(BaseModel):
    amount: str
    currency: str


class Line(BaseModel):
    category: str
    quantity: int
    amount: Amount


class Submission(BaseModel):
    kind: str
    source: str
    id: str
    occurred_at: datetime
    customer: Customer
    channel: str | None = None
    order_id: str | None = None
    amount: Amount | None = None
    margin: Amount | None = None
    lines: list[Line] = []


class Recorded(BaseModel):
    source: str
    source_id: str


class Batch(BaseModel):
    items: list[Submission]


async def session_of(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(session_of)]


def create_app(dsn: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine(dsn, pool_size=10)
        app.state.sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/interactions", status_code=201)
    async def record(submission: Submission, session: Session) -> Recorded:
        _add(session, submission)
        await session.commit()
        return Recorded(source=submission.source, source_id=submission.id)

    @app.post("/interactions/batch")
    async def record_batch(batch: Batch, session: Session) -> list[Recorded]:
        for submission in batch.items:
            _add(session, submission)
        await session.commit()
        return [Recorded(source=one.source, source_id=one.id) for one in batch.items]

    return app


def _add(session: AsyncSession, submission: Submission) -> None:
    payload: dict[str, Any] = submission.model_dump(mode="json")
    session.add(
        NaiveInteraction(
            source=submission.source,
            source_id=submission.id,
            kind=submission.kind,
            customer_id=submission.customer.id,
            occurred_at=submission.occurred_at,
            payload=payload,
        )
    )
    session.add(NaiveOutbox(topic="interaction.events", key=str(submission.customer.id), payload=payload))


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
