"""The case: as many greetings due on a day, once among all customers there may be, once among few."""

from dataclasses import dataclass

from benchmarks.harness.backlog import catch_up
from benchmarks.harness.cases import Case, Figures, Role, Subject
from benchmarks.harness.processes import free_port
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import Site, open_broker
from benchmarks.occasions.filling import fill, let_fall_due

_DAYS_OF_A_YEAR = 365
_FEW = 10
"""The small population is so many times what is due on its day."""


async def carry_out(bench: Bench) -> None:
    due = bench.size(10_000_000, 500_000) // _DAYS_OF_A_YEAR
    subjects = []
    async with open_broker(bench.site, "embedded") as broker:
        for kind, customers in _populations(due):
            bench.progress.say(f"occasions: introducing {customers:,} customers")
            database = await bench.site.migrated("notification")
            await fill(bench.site, database, customers)
            run = PlanRun(bench.site, database, broker.settings, due)
            subjects.append(Subject(f"{customers:,} customers", kind, run.measure))
        await bench.run(Case("day", f"{due:,} birthdays fall due, each is decided on and its mail planned", subjects))


def _populations(due: int) -> tuple[tuple[Role, int], ...]:
    return ("reference", due * _FEW), ("ours", due * _DAYS_OF_A_YEAR)


@dataclass(slots=True)
class PlanRun:
    """The worker over a calendar of which `due` others fall due in each run; nothing is delivered meanwhile."""

    site: Site
    database: str
    broker: dict[str, str]
    due: int

    async def measure(self) -> Figures:
        """Timed until the last decision is committed; memory is the most the worker ever had."""
        connection = await self.site.postgres.connect(self.database)
        try:
            await let_fall_due(connection, self.due)
            await self.site.settle()

            async def decided() -> int:
                return int(await connection.fetchval("SELECT count(*) FROM decisions"))

            worker = self.site.service("notification", "worker", self.database, self.broker, smtp_port=free_port())
            figures = await catch_up(worker, decided, self.due, {"postgres": self.site.postgres_pid})
        finally:
            await connection.close()
        return {**figures, "seconds": self.due / figures["per_second"]}


OCCASIONS = Benchmark("occasions", "a day's greetings planned among ten million customers", carry_out)
