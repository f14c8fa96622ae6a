"""A consumer group member in a process of its own, driven line by line, which can be frozen and thawed."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import structlog

ROOT = Path(__file__).resolve().parents[3]


class MemberProcess:
    """The test's end: each call is one line to the process and one line back."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, connection: str) -> "MemberProcess":
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.contract.broker_suite.frozen_member", connection),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        member = cls(process)
        assert await member._answer() == "joined"
        return member

    async def collect(self, count: int) -> list[str]:
        """The values of the next `count` records."""
        found: list[str] = []
        while len(found) < count:
            found.extend(await self._ask({"fetch": 1.0}))
        return found

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        assert await self._ask({"commit": [topic, partition, offset]}) == "committed"

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def _ask(self, question: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return await self._answer()

    async def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "the member process ended"
        return json.loads(line)


async def _serve(kind: str, connection: dict[str, Any], group: str, topic: str) -> None:
    from shared.messaging.broker import TopicPartition
    from tests.contract.broker_suite.site import open_broker

    # Standard output carries the answers.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    broker = open_broker(kind, connection)
    await broker.start()
    subscription = await broker.subscribe(group, [topic])
    _say("joined")
    while line := await asyncio.to_thread(sys.stdin.readline):
        question = json.loads(line)
        if "fetch" in question:
            found = await subscription.fetch(1000, question["fetch"])
            _say([(record.value or b"").decode() for record in found])
        else:
            topic, partition, offset = question["commit"]
            await subscription.commit({TopicPartition(topic, partition): offset})
            _say("committed")
    await broker.stop()


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(*json.loads(sys.argv[1])))
