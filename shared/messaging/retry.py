"""Whether and when to try again: a pure decision from an error and the number of attempts made."""

from dataclasses import dataclass

from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What is away is tried for ever, with growing delays; what takes too long, `timeouts` times; the rest once."""

    first_delay_seconds: float = 0.1
    longest_delay_seconds: float = 10.0
    timeouts: int = 3

    def delay(self, error: Exception, attempt: int) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1), None to give up."""
        if isinstance(error, Unavailable):
            return self._backoff(attempt)
        if isinstance(error, TimeoutError) and attempt < self.timeouts:
            return self._backoff(attempt)
        return None

    def _backoff(self, attempt: int) -> float:
        # The exponent is bounded first: 2.0**1024 overflows, and an outage may outlast a thousand attempts.
        return min(self.longest_delay_seconds, self.first_delay_seconds * 2.0 ** min(attempt - 1, 30))


def jittered(seconds: float, chance: float) -> float:
    """Between half of `seconds` and all of it, by `chance` in [0, 1): so that many do not come back at once."""
    return seconds * (0.5 + chance / 2)
