"""A rule as a document: what triggers it, for whom it holds, and what is then said or to be done. Validated when it is
read.
"""

from collections.abc import Mapping
from datetime import time, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.notification.calendars.codes import HOLIDAYS
from services.notification.rules.kinds import EVENTS, OCCASIONS
from services.notification.rules.vocabulary import vocabulary_of
from services.notification.values import Lane, OccasionKind
from shared.conditions.condition import Condition
from shared.conditions.reading import read_condition
from shared.contracts.common import SINGLE_LINE, Channel, Purpose, ShortText
from shared.contracts.notification import TaskPriority
from shared.errors import InvalidInput

RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$", examples=["purchase_thanks"])]
HolidayCode = Annotated[str, Field(json_schema_extra={"enum": list(HOLIDAYS)}, examples=["mid_autumn"])]
_Line = Annotated[str, Field(min_length=1, max_length=300, pattern=SINGLE_LINE)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Trigger(_Part):
    """Either a kind of event or a kind of day; of the kind `holiday`, which ones, by whose calendar and how early."""

    event: str | None = Field(None, description="a kind of event", json_schema_extra={"enum": [None, *EVENTS]})
    occasion: str | None = Field(None, description="a kind of day", json_schema_extra={"enum": [None, *OCCASIONS]})
    holidays: Annotated[tuple[HolidayCode, ...], Field(max_length=len(HOLIDAYS))] = Field(
        (), description="which holidays, by their codes; `GET /v1/rules/schema` tells their names"
    )
    region: str | None = Field(
        None,
        pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
        description="whose public holidays; by default those of the region where the customer lives",
        examples=["CN", "DE-BY"],
    )
    lead_days: int = Field(0, ge=0, le=60, description="how many days before the holiday it is said")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.event is None) == (self.occasion is None):
            raise ValueError("say either event or occasion")
        _demand_known(self.event, EVENTS, "event")
        _demand_known(self.occasion, OCCASIONS, "occasion")
        return self

    @model_validator(mode="after")
    def _names_its_holidays(self) -> Self:
        for code in self.holidays:
            _demand_known(code, HOLIDAYS, "holiday")
        if not self.is_holiday and (self.holidays or self.region is not None or self.lead_days):
            raise ValueError("holidays, region and lead_days are for the occasion holiday")
        if self.is_holiday and not self.holidays:
            raise ValueError("name at least one of the holidays it is about")
        if len(set(self.holidays)) != len(self.holidays):
            raise ValueError("each holiday is named once")
        return self

    @property
    def is_holiday(self) -> bool:
        return self.occasion == OccasionKind.HOLIDAY

    def __str__(self) -> str:
        if self.event is not None:
            return f"event {self.event}"
        return f"occasion {self.occasion}" + (f" {', '.join(self.holidays)}" if self.holidays else "")


class Window(_Part):
    """Local times of the customer's day, and the weekdays (1 is Monday) on which; without weekdays on all of them."""

    start: time
    end: time
    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(max_length=7)] = ()

    @model_validator(mode="after")
    def _is_open_at_all(self) -> Self:
        if self.start >= self.end:
            raise ValueError("the window ends after it starts, on the same day")
        return self


class MessageAction(_Part):
    """A message by a template, on the first of `channels` that is consented to for `purpose` and has an address.

    With `inbox_copy` it is also laid into the customer's inbox, where that is consented to.
    """

    template: RuleName
    purpose: Purpose
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=len(Channel))] = (
        Channel.EMAIL,
        Channel.INBOX,
    )
    inbox_copy: bool = False

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.channels)) != len(self.channels):
            raise ValueError("each channel is named once")
        return self


class NamedAssignee(_Part):
    """Either an employee, by the id in the business's own directory, or a role."""

    employee: ShortText | None = None
    role: ShortText | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.employee is None) == (self.role is None):
            raise ValueError("say either employee or role")
        return self


class TaskAction(_Part):
    """Something for an employee to do about the customer, by a template of that kind; never said to the customer."""

    template: RuleName
    assign_to: Literal["owner"] | NamedAssignee = Field(
        "owner", description="`owner` is the customer's, else the backup; without either the policy's role has it"
    )
    due_within: timedelta = Field(
        timedelta(days=2),
        gt=timedelta(),
        le=timedelta(days=366),
        description="how long after it was given, Saturdays and Sundays of the customer's time zone left out",
    )
    priority: TaskPriority = TaskPriority.NORMAL


def _always() -> dict[str, JsonValue]:
    return {"all": []}


class RuleDocument(_Part):
    """A rule, without its name and version."""

    description: _Line = Field(description="what it is for, in the words of those who keep it")
    on: Trigger
    when: dict[str, JsonValue] = Field(
        default_factory=_always, description="a condition; `GET /v1/rules/schema` tells the fields"
    )
    message: MessageAction | None = Field(None, description="what is said to the customer; or else `task`")
    task: TaskAction | None = Field(None, description="what an employee is to do; or else `message`")
    priority: int = Field(50, ge=0, le=100, description="which goes where only one may; the higher one")
    lane: Lane | None = Field(
        None,
        description="who it waits behind where many wait to be sent; by default what is said on a holiday is `bulk`, "
        "and the rest `normal`",
    )
    delay: timedelta = Field(
        timedelta(),
        ge=timedelta(),
        le=timedelta(days=366),
        description="how long after what happened",
        examples=["P3D"],
    )
    wait_until: Window | None = Field(None, description="local times it may be said at; what comes earlier waits")
    cancel_when: Annotated[tuple[str, ...], Field(max_length=len(EVENTS))] = Field(
        (),
        description="kinds of events that end the waiting, and cancel a task that is open: of the same case or order, "
        "where they are about one",
    )
    about: RuleName | None = Field(None, description="what it speaks of; by default the rule's own name")
    not_again_within: timedelta | None = Field(
        None, gt=timedelta(), le=timedelta(days=366), description="for how long the same is not said again"
    )
    merge: bool | None = Field(
        None,
        description="whether it shares one message a local day with the others that do, of which the highest priority "
        "goes; by default what is said on a day does, unless it is for service",
    )
    apology_first: bool | None = Field(
        None,
        description="whether it is left out amid an open complaint of a severity named by the policy; by default what "
        "is for marketing, and greetings on a day, are",
    )

    @model_validator(mode="after")
    def _reads(self) -> Self:
        try:
            read_condition(self.when, vocabulary_of(self.on.event), field="when")
        except InvalidInput as error:
            raise ValueError(f"{error.field}: {error.detail}") from None
        for kind in self.cancel_when:
            _demand_known(kind, EVENTS, "event")
        if self.cancel_when and not self.waits and self.task is None:
            raise ValueError("cancel_when: nothing waits without a delay or wait_until")
        return self

    @model_validator(mode="after")
    def _acts_once(self) -> Self:
        if (self.message is None) == (self.task is None):
            raise ValueError("say either message or task")
        if self.task is not None and (self.merge or self.apology_first):
            raise ValueError("merge and apology_first are for messages: a task is not said to the customer")
        return self

    @property
    def template(self) -> str:
        """Of the message or of the task."""
        action = self.message or self.task
        return action.template if action is not None else ""

    def kept(self) -> dict[str, Any]:
        """As JSON to be stored: without what it does not say, so that a release that knows none of it can read it."""
        unsaid: dict[str, Any] = {name: True for name in ("task", "lane") if getattr(self, name) is None}
        if not self.on.is_holiday:
            unsaid["on"] = {"holidays", "region", "lead_days"}
        return self.model_dump(mode="json", exclude=unsaid)

    @property
    def waits(self) -> bool:
        return bool(self.delay) or self.wait_until is not None

    @property
    def goes_by(self) -> Lane:
        """A holiday is everybody's at once: it must not keep waiting what concerns one."""
        if self.lane is not None:
            return self.lane
        return Lane.BULK if self.on.is_holiday else Lane.NORMAL

    @property
    def merges(self) -> bool:
        if self.merge is not None or self.message is None:
            return bool(self.merge)
        return self.on.occasion is not None and self.purpose is not Purpose.SERVICE

    @property
    def purpose(self) -> Purpose | None:
        """None of a task, which consent has no say in."""
        return self.message.purpose if self.message is not None else None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The best first; none of a task."""
        return self.message.channels if self.message is not None else ()

    @property
    def yields_to_complaints(self) -> bool:
        if self.apology_first is not None or self.message is None:
            return bool(self.apology_first)
        return self.purpose is Purpose.MARKETING or (self.on.occasion is not None and self.purpose is Purpose.CARE)


class Rule:
    """A version of a rule, as it is applied; one that `is_retired` is not applied any more."""

    __slots__ = ("about", "condition", "document", "is_retired", "name", "version")

    def __init__(self, name: str, version: int, document: RuleDocument, *, is_retired: bool = False) -> None:
        self.name = name
        self.is_retired = is_retired
        self.version = version
        self.document = document
        self.about = document.about or name
        self.condition: Condition = read_condition(document.when, vocabulary_of(document.on.event), field="when")


@lru_cache(maxsize=4096)
def read_rule(name: str, version: int, text: str, *, is_retired: bool = False) -> Rule:
    """A stored rule. A version stands for its document for ever, so each is read once per process."""
    return Rule(name, version, RuleDocument.model_validate_json(text), is_retired=is_retired)


def _demand_known(given: str | None, known: Mapping[str, Any] | tuple[str, ...], what: str) -> None:
    if given is not None and given not in known:
        raise ValueError(f"there is no {what} {given!r}; there are {', '.join(known)}")
