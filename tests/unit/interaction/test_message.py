from datetime import timedelta
from itertools import permutations
from typing import Any, Literal
from uuid import UUID, uuid4

from services.interaction.timeline.message import Message, last_told
from tests.support.factories.interaction import NOW

MESSAGE, CUSTOMER = uuid4(), uuid4()


def message(state: Literal["sent", "failed"], minutes: int, message_id: UUID = MESSAGE) -> Message:
    values: dict[str, Any] = dict.fromkeys(("rule", "channel", "purpose", "language"), "x")
    values |= dict.fromkeys(("subject", "reason", "caused_by"))
    return Message(
        message_id=message_id, customer_id=CUSTOMER, occurred_at=NOW + timedelta(minutes=minutes), state=state, **values
    )


def test_of_each_message_the_last_word_counts() -> None:
    failed, sent, other = message("failed", 0), message("sent", 1), message("failed", 0, uuid4())
    for told in permutations((failed, sent, other)):
        assert set(last_told(told)) == {sent, other}


def test_of_two_words_at_once_the_success_counts() -> None:
    failed, sent = message("failed", 0), message("sent", 0)
    assert last_told([failed, sent]) == last_told([sent, failed]) == [sent]
