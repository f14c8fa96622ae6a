"""Whether the relationship with an account hangs by a thread (S2: depending on a single contact is a risk)."""

from dataclasses import dataclass

from shared.contracts.common import CustomerKind
from shared.contracts.customer import CoverageRisk


@dataclass(frozen=True, slots=True)
class CoveragePolicy:
    """How many active contacts an account should have, and how many of them executives if it is a key account."""

    min_contacts: int
    min_executives: int

    def risks_of(
        self, *, kind: CustomerKind, key_account: bool, contacts: int, executives: int
    ) -> tuple[CoverageRisk, ...]:
        """None for a person, who is the only contact there can be."""
        if kind is CustomerKind.PERSON:
            return ()
        risks = []
        if contacts < self.min_contacts:
            risks.append(CoverageRisk.TOO_FEW_CONTACTS)
        if key_account and executives < self.min_executives:
            risks.append(CoverageRisk.NO_EXECUTIVE)
        return tuple(risks)
