"""What segments may ask by: who a customer is, how they are scored, and how they have behaved."""

from typing import Final

from services.scoring.policies.policy import LEVELS, QUADRANTS, STAGES
from shared.conditions.vocabulary import Field, FieldType, Vocabulary

_TEXT, _TEXTS, _NUMBER = FieldType.TEXT, FieldType.TEXTS, FieldType.NUMBER
_BOOLEAN, _DAY, _INSTANT = FieldType.BOOLEAN, FieldType.DAY, FieldType.INSTANT
_MONEY: Final = "units of the reporting currency: 5000 is ¥5,000.00"
_POINTS: Final = "points of 100"

PROFILE: Final = (
    Field("kind", _TEXT, "person or organisation", ("person", "organisation")),
    Field("lifecycle", _TEXT, "of the record: prospect, active, lapsed …, as the customer service has it"),
    Field("language", _TEXT, "preferred language, such as zh-CN"),
    Field("time_zone", _TEXT, "by IANA name, such as Asia/Shanghai"),
    Field("region", _TEXT, "where the customer lives, such as CN-31"),
    Field("industry", _TEXT, "of organisations"),
    Field("tags", _TEXTS, "free words of the customer service"),
    Field("acquisition_source", _TEXT, "how the customer came"),
    Field("key_account", _BOOLEAN, "named a key account"),
    Field("owner_id", _TEXT, "account manager, by the id in the business's own directory"),
    Field("backup_owner_id", _TEXT, "who stands in for them"),
    Field("contacts", _NUMBER, "active contacts of an organisation", unit="contacts"),
    Field("coverage_risks", _TEXTS, "too_few_contacts, no_executive"),
    Field("main_contact_gone", _BOOLEAN, "the last main contact has left"),
    Field("abuse_flags", _NUMBER, "in force", unit="flags"),
    Field("wallet", _NUMBER, "estimated yearly spending with everybody", unit=_MONEY),
    Field("registered_at", _INSTANT, "when the customer was registered"),
)

SCORE: Final = (
    Field("realised_value", _NUMBER, "margin earned to date", unit=_MONEY),
    Field("last_12_months", _NUMBER, "margin of the last twelve months", unit=_MONEY),
    Field("current_value", _NUMBER, "present value of the margin expected", unit=_MONEY),
    Field("growth_potential", _NUMBER, "what the customer would add as their better peers do", unit=_MONEY),
    Field("lifetime_profit", _NUMBER, "current value and growth potential together", unit=_MONEY),
    Field("cost_to_serve", _NUMBER, "of all interactions", unit=_MONEY),
    Field("probability_active", _NUMBER, "that the customer still buys", unit="share of 1"),
    Field("satisfaction", _NUMBER, "satisfaction", unit=_POINTS),
    Field("loyalty", _NUMBER, "loyalty score", unit=_POINTS),
    Field("churn_risk", _NUMBER, "risk that the customer leaves", unit=_POINTS),
    Field("churn_reasons", _TEXTS, "rules that speak for it, such as complaint_pending"),
    Field("loyalty_level", _TEXT, "rung of the ladder", ("none", *LEVELS)),
    Field("lifecycle_stage", _TEXT, "stage of the relationship", STAGES),
    Field("abc_class", _TEXT, "class by margin", ("A", "B", "C")),
    Field("quadrant", _TEXT, "value against potential", QUADRANTS),
    Field("partnership_stage", _TEXT, "of organisations", ("initial", "stable", "deep", "symbiosis")),
    Field("recency", _NUMBER, "RFM quintile, 5 the best", unit="quintile"),
    Field("frequency", _NUMBER, "RFM quintile, 5 the best", unit="quintile"),
    Field("monetary", _NUMBER, "RFM quintile, 5 the best", unit="quintile"),
)

BEHAVIOUR: Final = (
    Field("purchases", _NUMBER, "purchases to date", unit="purchases"),
    Field("purchase_days", _NUMBER, "local days with a purchase", unit="days"),
    Field("revenue", _NUMBER, "paid for purchases to date", unit=_MONEY),
    Field("first_purchase_on", _DAY, "local day of the first purchase"),
    Field("last_purchase_on", _DAY, "local day of the latest purchase"),
    Field("categories", _TEXTS, "categories bought"),
    Field("category_count", _NUMBER, "how many different categories were bought", unit="categories"),
    Field("returns", _NUMBER, "returns to date", unit="returns"),
    Field("visits", _NUMBER, "visits to date", unit="visits"),
    Field("referrals", _NUMBER, "customers brought", unit="referrals"),
    Field("surveys", _NUMBER, "answers to surveys, and public mentions", unit="answers"),
    Field("complaints", _NUMBER, "complaints to date", unit="complaints"),
    Field("open_complaints", _NUMBER, "complaints not resolved yet", unit="complaints"),
    Field("late_invoices", _NUMBER, "invoices paid late or overdue", unit="invoices"),
    Field("competitor_signs", _NUMBER, "signs of competitors", unit="signs"),
    Field("first_interaction_at", _INSTANT, "the first interaction of any kind"),
    Field("last_interaction_at", _INSTANT, "the latest interaction of any kind"),
)

VOCABULARY: Final = Vocabulary((*PROFILE, *SCORE, *BEHAVIOUR))
GROUPS: Final = {"profile": PROFILE, "score": SCORE, "behaviour": BEHAVIOUR}
