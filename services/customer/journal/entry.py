"""One line of the journal: what was changed of a customer, from what to what."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entry:
    """`subject` is the part that changed; `before` and `after` are its values as JSON, None where there was none.

    It prints without its values: they are personal data.
    """

    subject: str
    before: Any = None
    after: Any = None
    reason: str | None = None

    def __repr__(self) -> str:
        return f"Entry({self.subject}, …)"
