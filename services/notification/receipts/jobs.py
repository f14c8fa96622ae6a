"""A mailbox for bounces and complaints, read as they come: a Maildir that a mail server delivers into."""

import asyncio
from functools import partial
from pathlib import Path

import structlog

from services.notification.desk import Desk
from services.notification.messages.use_cases.receiving import record_receipts
from services.notification.receipts.mail import read_report
from shared.db.session import Database
from shared.messaging.attempts import Attempts, Interrupted, pause_unless
from shared.messaging.retry import RetryPolicy
from shared.waiting import happened

log = structlog.get_logger(__name__)

_LARGEST_REPORT = 1_000_000
_AT_ONCE = 100


class ReportMailbox:
    """A component. A mail is moved from `new` to `cur` once its reports are committed; one read twice changes nothing,
    so that any number of workers may share the folder, and a crash in between does no harm.
    """

    name = "report-mailbox"

    def __init__(self, folder: Path, database: Database, desk: Desk, *, poll_seconds: float = 5.0) -> None:
        self._folder = folder
        self._database = database
        self._desk = desk
        self._poll_seconds = poll_seconds
        self._attempts = Attempts(RetryPolicy())

    async def run(self, stop: asyncio.Event) -> None:
        pause = pause_unless(stop)
        while not stop.is_set():
            found = await asyncio.to_thread(self._list)
            for path in found:
                try:
                    await self._attempts.patiently(partial(self._take, path), pause=pause)
                except Interrupted:
                    return
            if len(found) < _AT_ONCE:
                await happened(stop, within_seconds=self._poll_seconds)

    def _list(self) -> list[Path]:
        return sorted((self._folder / "new").glob("*"))[:_AT_ONCE]

    async def _take(self, path: Path) -> None:
        content = await asyncio.to_thread(_read, path)
        if content is None:
            return  # another worker was first
        reported = read_report(content)
        if reported:
            async with self._database.transaction() as session:
                await record_receipts(session, reported, desk=self._desk)
        else:
            log.info("mail_is_no_report", file=path.name)
        await asyncio.to_thread(self._file, path)

    def _file(self, path: Path) -> None:
        seen = self._folder / "cur"
        seen.mkdir(exist_ok=True)
        try:
            path.rename(seen / f"{path.name}:2,S")
        except FileNotFoundError:
            log.debug("mail_filed_by_another", file=path.name)


def _read(path: Path) -> bytes | None:
    """The beginning of a very large one is enough: what is reported stands before what is returned."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_REPORT)
    except FileNotFoundError:
        return None
