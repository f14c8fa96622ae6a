"""One service over one fresh database per test, and one mailbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.mailbox import Mailbox
from tests.support.notification_service import NotificationService, open_notification_service
from tests.support.postgres import DatabaseFactory
from tests.support.smtp import running_mailbox


@pytest.fixture
async def service(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[NotificationService]:
    async with open_notification_service(await database_factory("notification"), tmp_path) as opened:
        yield opened


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    async with running_mailbox(tmp_path / "mailbox") as opened:
        yield opened
