"""What leaves the service: facts that name nobody, and the profile that says everything."""

from uuid import UUID

from services.customer.profiles.announcements import facts_of, profile_of
from services.customer.profiles.coverage import CoveragePolicy
from services.customer.profiles.wallet import Estimate
from shared.contracts.common import CustomerKind, ExternalId, Money
from shared.contracts.customer import (
    AccountManager,
    Birthday,
    BuyingRole,
    ContactPoint,
    ContactsSummary,
    CoverageRisk,
    CustomerChanged,
    CustomerRegistered,
    ProfileContact,
    ProfileUpdated,
)
from tests.support.factories.customer import NOW, make_consent, make_profile, make_record

POLICY = CoveragePolicy(min_contacts=2, min_executives=1)
CUSTOMER_ID = UUID("01930000-0000-7000-8000-000000000001")
RECORD = make_record(
    customer_id=CUSTOMER_ID,
    profile=make_profile(
        given_name="Givenname",
        family_name="Familyname",
        full_name="Fullname",
        region="CN",
        birthday=Birthday(year=1987, month=6, day=5),
        contact_points=(
            ContactPoint(kind="email", address="address@example.com"),
            ContactPoint(kind="mobile", address="+8613800138000"),
        ),
        consents=(make_consent(proof="secret form"),),
        tags=("vip",),
        custom_attributes={"card": "A-17"},
    ),
    external_ids=(ExternalId(source="pos", id="42"),),
)


def test_facts_hold_no_personal_data() -> None:
    sent = facts_of(RECORD, POLICY).model_dump_json()
    for personal in ("Givenname", "Familyname", "Fullname", "1987", "address@", "13800138000", "secret form", "A-17"):
        assert personal not in sent


def test_facts_hold_what_others_go_by() -> None:
    assert facts_of(RECORD, POLICY).model_dump(mode="json") == {
        "customer_id": str(CUSTOMER_ID),
        "version": 1,
        "kind": "person",
        "lifecycle": "prospect",
        "language": "en",
        "time_zone": "Asia/Shanghai",
        "region": "CN",
        "tags": ["vip"],
        "external_ids": [{"source": "pos", "id": "42"}],
        "registered_at": NOW.isoformat().replace("+00:00", "Z"),
        "industry": None,
        "acquisition_source": None,
        "key_account": False,
        "owner_id": None,
        "backup_owner_id": None,
        "contacts": None,
        "wallet": [],
        "abuse_flags_active": 0,
        "abuse_flags_total": 0,
    }


def test_first_version_is_registered_and_later_ones_are_changed() -> None:
    assert type(facts_of(RECORD, POLICY)) is CustomerRegistered
    assert type(facts_of(make_record(version=2), POLICY)) is CustomerChanged


def test_profile_holds_all_that_is_needed_to_write_to_the_customer() -> None:
    profile = profile_of(RECORD)
    assert profile.display_name == "Fullname"
    assert profile.birthday == RECORD.profile.birthday
    assert profile.contact_points == RECORD.profile.contact_points
    assert profile.consents == RECORD.profile.consents
    assert profile.version == 1


def test_facts_of_an_account_tell_how_it_is_looked_after() -> None:
    contact = ProfileContact(contact_id=CUSTOMER_ID, display_name="Somebody", role=BuyingRole.USER, main=True)
    money = Money(minor=100, currency="CNY")
    profile = make_profile(
        kind=CustomerKind.ORGANISATION,
        given_name=None,
        family_name=None,
        organisation_name="Account",
        industry="power",
        key_account=True,
        owner=AccountManager(id="am-1", name="Owner"),
        contacts=(contact,),
        wallet=(
            Estimate(category="tea", yearly=money, competitors=("Rival",), estimated_at=NOW, estimated_by="somebody"),
        ),
        abuse_flags_active=1,
        abuse_flags_total=2,
    )
    facts = facts_of(make_record(profile=profile), POLICY)
    assert facts.contacts == ContactsSummary(
        active=1, executives=0, main="present", risks=(CoverageRisk.TOO_FEW_CONTACTS, CoverageRisk.NO_EXECUTIVE)
    )
    assert (facts.owner_id, facts.industry, facts.key_account) == ("am-1", "power", True)
    assert [(one.category, one.yearly, one.competitors) for one in facts.wallet] == [("tea", money, 1)]
    assert (facts.abuse_flags_active, facts.abuse_flags_total) == (1, 2)
    told = facts.model_dump_json()
    assert [personal for personal in ("Owner", "Somebody", "Rival", "Account") if personal in told] == []


def test_profile_carries_every_field_of_the_same_name() -> None:
    profile = profile_of(RECORD)
    assert profile.tags == ("vip",)
    assert profile.custom_attributes == {"card": "A-17"}
    assert profile.model_fields_set == ProfileUpdated.model_fields.keys()
