"""A rule as a document: what triggers it, for whom it holds, and what is then said. Validated when it is read."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.notification.rules.kinds import EVENTS, OCCASIONS
from services.notification.rules.vocabulary import vocabulary_of
from services.notification.values import Lane
from shared.conditions.condition import Condition
from shared.conditions.reading import read_condition
from shared.contracts.common import SINGLE_LINE, Channel, Purpose
from shared.errors import InvalidInput

RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$", examples=["purchase_thanks"])]
_Line = Annotated[str, Field(min_length=1, max_length=300, pattern=SINGLE_LINE)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Trigger(_Part):
    """Either a kind of event or a kind of day."""

    event: str | None = Field(None, description="a kind of event", json_schema_extra={"enum": [None, *EVENTS]})
    occasion: str | None = Field(None, description="a kind of day", json_schema_extra={"enum": [None, *OCCASIONS]})

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.event is None) == (self.occasion is None):
            raise ValueError("say either event or occasion")
        _demand_known(self.event, EVENTS, "event")
        _demand_known(self.occasion, OCCASIONS, "occasion")
        return self

    def __str__(self) -> str:
        return f"event {self.event}" if self.event is not None else f"occasion {self.occasion}"


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


def _always() -> dict[str, JsonValue]:
    return {"all": []}


class RuleDocument(_Part):
    """A rule, without its name and version."""

    description: _Line = Field(description="what it is for, in the words of those who keep it")
    on: Trigger
    when: dict[str, JsonValue] = Field(
        default_factory=_always, description="a condition; `GET /v1/rules/schema` tells the fields"
    )
    message: MessageAction
    priority: int = Field(50, ge=0, le=100, description="which goes where only one may; the higher one")
    lane: Lane = Field(Lane.NORMAL, description="who it waits behind where many wait to be sent")
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
        return self

    @property
    def purpose(self) -> Purpose:
        return self.message.purpose

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self.message.channels

    @property
    def yields_to_complaints(self) -> bool:
        if self.apology_first is not None:
            return self.apology_first
        return self.purpose is Purpose.MARKETING or (self.on.occasion is not None and self.purpose is Purpose.CARE)


class Rule:
    """A version of a rule, as it is applied; one that `is_retired` is not applied any more."""

    __slots__ = ("condition", "document", "is_retired", "name", "version")

    def __init__(self, name: str, version: int, document: RuleDocument, *, is_retired: bool = False) -> None:
        self.name = name
        self.is_retired = is_retired
        self.version = version
        self.document = document
        self.condition: Condition = read_condition(document.when, vocabulary_of(document.on.event), field="when")


@lru_cache(maxsize=4096)
def read_rule(name: str, version: int, text: str, *, is_retired: bool = False) -> Rule:
    """A stored rule. A version stands for its document for ever, so each is read once per process."""
    return Rule(name, version, RuleDocument.model_validate_json(text), is_retired=is_retired)


def _demand_known(given: str | None, known: Mapping[str, Any] | tuple[str, ...], what: str) -> None:
    if given is not None and given not in known:
        raise ValueError(f"there is no {what} {given!r}; there are {', '.join(known)}")
