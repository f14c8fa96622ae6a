"""Whether this process should be given work: named checks, asked by /readyz."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from shared.errors import RapportError

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong, or None when all is well; an exception counts as what is wrong."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome per check: None when it passed, else what is wrong."""

    checks: Mapping[str, str | None]

    @property
    def ready(self) -> bool:
        return all(problem is None for problem in self.checks.values())


class Readiness:
    """The checks of one process. A check that takes longer than `timeout_seconds` has failed."""

    def __init__(self, *, timeout_seconds: float = 2.0) -> None:
        self._checks: dict[str, Check] = {}
        self._timeout = timeout_seconds
        self._was_ready = True

    def add(self, name: str, check: Check) -> None:
        if name in self._checks:
            raise ValueError(f"there is a check named {name!r} already")
        self._checks[name] = check

    async def report(self) -> Report:
        problems = await asyncio.gather(*(self._ask(check) for check in self._checks.values()))
        report = Report(dict(zip(self._checks, problems, strict=True)))
        if report.ready != self._was_ready:
            failing = {name: problem for name, problem in report.checks.items() if problem is not None}
            log.info("readiness_changed", ready=report.ready, failing=failing)
            self._was_ready = report.ready
        return report

    async def _ask(self, check: Check) -> str | None:
        try:
            async with asyncio.timeout(self._timeout):
                return await check()
        except TimeoutError:
            return f"no answer within {self._timeout:g} s"
        except RapportError as error:
            return error.detail
        except Exception as error:
            # Its text stays in the log: /readyz is read by many, and the text may hold data.
            log.error("readiness_check_failed", exc_info=error)
            return type(error).__name__
