"""A profile is checked as a whole, and compared to see whether there is anything to tell."""

from datetime import UTC, datetime

import pytest

from services.customer.profiles.lifecycle import Lifecycle
from services.customer.profiles.profile import checked, differ, revised
from shared.contracts.common import CustomerKind, ExternalId
from shared.contracts.customer import Birthday, ContactPoint
from shared.errors import Conflict, InvalidInput
from tests.support.factories.customer import NOW, make_profile, make_record


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"time_zone": "Asia/Nowhere"}, "time_zone_unknown", "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone_unknown", "time_zone"),
        ({"time_zone": "localtime"}, "time_zone_unknown", "time_zone"),
        ({"region": "ZZ"}, "region_unknown", "region"),
        ({"region": "cn"}, "region_unknown", "region"),
        ({"birthday": Birthday(month=2, day=30)}, "birthday_invalid", "birthday.day"),
        ({"custom_attributes": {"": 1}}, "custom_attributes_invalid", "custom_attributes"),
        ({"given_name": None, "family_name": None}, "name_missing", "full_name"),
    ],
)
def test_checked_refuses_what_cannot_be_right(values: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked(make_profile(**values), now=NOW)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_organisation_has_no_birthday() -> None:
    organisation = make_profile(
        kind=CustomerKind.ORGANISATION,
        given_name=None,
        family_name=None,
        organisation_name="Test Organisation 1",
        birthday=Birthday(month=1, day=1),
    )
    with pytest.raises(InvalidInput, match="organisation"):
        checked(organisation, now=NOW)


def test_birthday_is_judged_by_the_day_it_is_where_the_customer_lives() -> None:
    late = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)  # the 3rd in Shanghai already
    born_today = Birthday(year=2026, month=11, day=3)
    checked(make_profile(birthday=born_today, time_zone="Asia/Shanghai"), now=late)
    with pytest.raises(InvalidInput):
        checked(make_profile(birthday=born_today, time_zone="UTC"), now=late)


def test_revised_looks_only_at_what_changes() -> None:
    outdated = make_profile(contact_points=(ContactPoint(kind="mobile", address="+861"),))
    assert revised(outdated, {"tags": ("vip",)}, now=NOW).tags == ("vip",)
    with pytest.raises(InvalidInput):
        revised(outdated, {"contact_points": outdated.contact_points}, now=NOW)


def test_revised_keeps_the_order_of_the_lifecycle() -> None:
    lapsed = make_profile(lifecycle=Lifecycle.LAPSED)
    assert revised(lapsed, {"lifecycle": Lifecycle.WON_BACK}, now=NOW).lifecycle is Lifecycle.WON_BACK
    with pytest.raises(Conflict):
        revised(lapsed, {"lifecycle": Lifecycle.PROSPECT}, now=NOW)


def test_revised_with_what_is_there_already_does_not_differ() -> None:
    before = checked(make_profile(tags=("a", "b"), custom_attributes={"x": [1]}), now=NOW)
    after = revised(before, {"tags": ("b", "a", "b"), "custom_attributes": {"x": [1]}}, now=NOW)
    assert not differ(before, after)


def test_json_values_that_python_holds_equal_do_differ() -> None:
    assert differ(make_profile(custom_attributes={"x": 1}), make_profile(custom_attributes={"x": True}))


def test_search_text_holds_names_addresses_and_ids() -> None:
    profile = make_profile(contact_points=(ContactPoint(kind="email", address="one@example.com"),))
    record = make_record(profile=profile, external_ids=(ExternalId(source="pos", id="A-7"),))
    assert record.search_text == " customer test test customer one@example.com a-7 "


def test_profile_prints_without_personal_data() -> None:
    printed = repr(make_record(profile=make_profile(birthday=Birthday(year=1990, month=5, day=6))))
    assert "Customer 1" not in printed
    assert "given_name" not in printed
    assert "1990" not in printed
