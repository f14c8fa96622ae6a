"""The load generator against servers: every answer is counted, refusals are shown, and an open loop keeps its pace."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Case, Figures, Subject, run_case
from benchmarks.harness.processes import BenchProcess, HttpProcess, ProcessFailed, free_port
from benchmarks.load.http import LoadRefused, LoadResult, closed_loop, open_loop, request_bytes


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[HttpProcess]:
    port = free_port()
    arguments = ["benchmarks.reference.idle_server", str(port)]
    async with HttpProcess("idle server", arguments, {}, tmp_path / "log", port=port) as process:
        yield process


def requests_to(server: HttpProcess, count: int) -> list[bytes]:
    return [request_bytes(f"{server.url}/v1/x", b'{"a":1}', {"Content-Type": "application/json"})] * count


async def test_a_closed_loop_sends_everything_once_when_there_is_time(server: HttpProcess) -> None:
    result = await closed_loop(server.url, requests_to(server, 100), connections=4, seconds=60)
    result.require_success()
    assert len(result.latencies) == 100
    assert result.statuses == {201: 100}
    assert result.per_second == pytest.approx(100 / result.seconds)


async def test_a_closed_loop_ends_when_its_time_is_over(server: HttpProcess) -> None:
    result = await closed_loop(server.url, requests_to(server, 1_000_000), connections=2, seconds=0.1)
    assert 0 < len(result.latencies) < 1_000_000


async def test_an_open_loop_is_no_faster_than_its_pace(server: HttpProcess) -> None:
    result = await open_loop(server.url, requests_to(server, 20), connections=4, per_second=100)
    assert len(result.latencies) == 20
    assert result.seconds >= 19 / 100


def test_a_refusal_is_shown() -> None:
    result = LoadResult(seconds=1, latencies=[0.1], refusal=b'{"code":"invalid"}')
    result.statuses[422] += 1
    with pytest.raises(LoadRefused, match=r"422: 1.*invalid"):
        result.require_success()


async def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    process = BenchProcess("nothing", ["benchmarks.no_such_module"], {}, tmp_path / "log")
    async with process.running():
        with pytest.raises(ProcessFailed, match=r"No module named benchmarks\.no_such_module"):
            await process.result(60)


async def test_subjects_take_turns_and_what_they_spent_is_told(server: HttpProcess) -> None:
    order: list[str] = []

    def subject(name: str) -> Subject:
        async def measure() -> Figures:
            order.append(name)
            async with accounted({"own": server.pid}, memory_of=["own"]) as account:
                result = await closed_loop(server.url, requests_to(server, 50), connections=1, seconds=60)
            return {"per_second": result.per_second, "peak_megabytes": account.peak_megabytes["own"]}

        return Subject(name, "ours" if name == "A" else "reference", measure)

    class Silent:
        def advance(self, doing: str) -> None:
            assert doing.startswith("turns: ")

    result = await run_case(Case("turns", "", [subject("A"), subject("B")]), 2, Silent())
    assert order == ["A", "B", "A", "B"]
    assert [len(one.figures["per_second"].runs) for one in result.subjects] == [2, 2]
    assert result.subjects[0].figures["peak_megabytes"].low > 0
    assert result.ratios().keys() == {"B"}
