"""Migrations of a service made up for tests, in a folder of the test's own."""

import textwrap
from pathlib import Path

import pytest

from shared.db import migrate

ENV = """
from sqlalchemy import Column, Integer, MetaData, Table, Text
from shared.db.migrate import run_env
from shared.scheduling import add_scheduling_table

metadata = MetaData()
add_scheduling_table(metadata)
Table(
    "toys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("colour", Text, nullable=False, server_default="red"),
)
run_env(metadata)
"""
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {after!r}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    {body}
"""
CREATE = """op.create_table("toys", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "scheduled_jobs",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("next_tick_at", sa.DateTime(timezone=True), nullable=False),
    )"""
COLOUR = 'op.add_column("toys", sa.Column("colour", sa.Text, nullable=False, server_default="red"))'


def create_toy_migrations(services: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a service `toy` with two revisions, which agree with its models."""
    folder = services / "toy" / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    (folder / "script.py.mako").write_text((Path(migrate.__file__).parent / "script.py.mako").read_text())
    add_revision(folder, "0001", None, CREATE)
    add_revision(folder, "0002", "0001", COLOUR)
    monkeypatch.setattr(migrate, "SERVICES", services)
    return folder


def add_revision(folder: Path, revision: str, after: str | None, body: str) -> None:
    source = textwrap.dedent(REVISION).format(revision=revision, after=after, body=body)
    (folder / "versions" / f"{revision}.py").write_text(source)
