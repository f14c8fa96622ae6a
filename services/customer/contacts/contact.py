"""A contact as a value: checked before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.customer.profiles.birthday import check_birthday
from services.customer.profiles.contact_points import normalise_contact_points, with_known_states
from services.customer.profiles.important_dates import check_date
from services.customer.profiles.names import display_name_of
from shared.contracts.common import CustomerKind
from shared.contracts.customer import Birthday, BuyingRole, ContactPoint, ImportantDate

MAX_ACTIVE = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContactDetails:
    """What is told of a contact. It prints without its contents: they are personal data."""

    given_name: str | None = None
    family_name: str | None = None
    full_name: str | None = None
    role: BuyingRole
    position: str | None = None
    language: str | None = None
    birthday: Birthday | None = None
    contact_points: tuple[ContactPoint, ...] = ()
    important_dates: tuple[ImportantDate, ...] = ()
    note: str | None = None

    def display_name(self, account_language: str) -> str:
        """Raises InvalidInput when there is no name."""
        return display_name_of(
            kind=CustomerKind.PERSON,
            given_name=self.given_name,
            family_name=self.family_name,
            full_name=self.full_name,
            organisation_name=None,
            language=self.language or account_language,
        )

    def __repr__(self) -> str:
        return f"ContactDetails(role={self.role.value}, …)"


def checked(
    details: ContactDetails, *, region: str | None, today: date, known_points: Sequence[ContactPoint] = ()
) -> ContactDetails:
    """The details in their one spelling. Raises InvalidInput naming the field that cannot be right.

    `region` and `today` are those of the account: numbers are read there, and birthdays lie before its today.
    """
    if details.birthday is not None:
        check_birthday(details.birthday, today)
    dates = tuple(
        check_date(one, field=f"important_dates[{index}].on") for index, one in enumerate(details.important_dates)
    )
    points = normalise_contact_points(details.contact_points, region)
    return replace(details, contact_points=with_known_states(points, known_points), important_dates=dates)
