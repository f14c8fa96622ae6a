"""A database that goes away is a passing failure, and a commit nobody saw the end of is told as such."""

from sqlalchemy import text

from deploy.local.postgres import PostgresServer
from tests.support.postgres import DatabaseFactory
from tests.support.tokens import Tokens
from tests.support.toy_service import ToyService, run_toy_service

BREAK_OFF_AT_COMMIT = (
    "CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
    "CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (NEW.text = 'broken') EXECUTE FUNCTION break_off()",
)


async def test_while_the_database_is_away_callers_are_asked_to_come_back(
    own_postgres_server: PostgresServer, tokens: Tokens
) -> None:
    dsn = await DatabaseFactory(own_postgres_server)(None)
    async with run_toy_service(dsn, tokens) as toy:
        own_postgres_server.stop()
        writing = await toy.client.post("/v1/notes", json={"text": "a"}, headers=toy.headers())
        reading = await toy.client.get("/v1/notes", headers=toy.headers())
        own_postgres_server.start()
        again = await toy.client.post("/v1/notes", json={"text": "a"}, headers=toy.headers())

    for answer in (writing, reading):
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert answer.headers["retry-after"] == "2"
    assert again.status_code == 201


async def test_a_commit_that_broke_off_is_told_as_unknown(toy: ToyService) -> None:
    async with toy.database.transaction() as session:
        for statement in BREAK_OFF_AT_COMMIT:
            await session.execute(text(statement))

    broken = await toy.client.post("/v1/notes", json={"text": "broken"}, headers=toy.headers(key="k"))

    assert (broken.status_code, broken.json()["code"]) == (503, "commit_unknown")
    assert "idempotency key" in broken.json()["detail"]
    assert await toy.texts() == []
