"""Letters on paper: the address block of each country, pages, and the same bytes for the same letters."""

import json
from typing import Any

import pytest

from services.notification.channels.configuration import ProvidersDocument
from services.notification.channels.print_file import address_block, address_parts, addressed_to
from services.notification.printing.paper import Letter, print_letters

PARTS: dict[str, Any] = {"address": "in one line", "lines": ["1 Example Street"], "recipient": None}


def kept(**parts: Any) -> str:
    return json.dumps(PARTS | parts)


@pytest.mark.parametrize(
    ("parts", "block"),
    [
        (
            {"country": "CN", "region": "浙江省", "locality": "杭州市", "postal_code": "310000", "recipient": "张三"},
            ["310000", "浙江省杭州市", "1 Example Street", "张三"],
        ),
        (
            {"country": "CN", "region": "北京市", "locality": "北京市", "recipient": "张三"},
            ["北京市", "1 Example Street", "张三"],
        ),
        (
            {"country": "DE", "locality": "Example", "postal_code": "12345", "recipient": "Test Customer"},
            ["Test Customer", "1 Example Street", "12345 Example", "DE"],
        ),
    ],
)
def test_address_is_written_as_it_is_where_the_letter_goes(parts: dict[str, Any], block: list[str]) -> None:
    assert address_block(kept(**parts), posted_in="CN") == block


def test_letter_names_its_country_only_when_it_leaves_it() -> None:
    assert address_block(kept(country="DE", locality="Example"), posted_in="DE")[-1] == "Example"


def test_letter_without_a_recipient_goes_to_the_customer_by_name() -> None:
    named = addressed_to(kept(country="DE"), "Test Customer")
    assert address_parts(named)["recipient"] == "Test Customer"
    assert address_parts(addressed_to(named, "Somebody else"))["recipient"] == "Test Customer"
    assert address_block(addressed_to("1 Example Street", "Test Customer"), posted_in="DE") == [
        "Test Customer",
        "1 Example Street",
    ]


def letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "address": ["Test Customer", "1 Example Street"],
        "day": "2 March 2026",
        "subject": "Thanks <b> & more",
        "text": "Dear Test,\n\nthanks.\n",
    }
    return Letter(**(values | changes))


def test_each_letter_begins_on_a_page_of_its_own_and_takes_as_many_as_it_needs() -> None:
    long = letter(text="\n".join(["a line of words " * 20] * 60))
    chinese = letter(subject="感谢您的惠顾", text="尊敬的客户：" * 2000)
    letters = [letter(), long, letter(), chinese]
    printed = print_letters(letters, sender=["Test Shop"], title="a run")
    assert printed.pages[0] == printed.pages[2] == 1
    assert printed.pages[1] > 2
    assert printed.pages[3] > 2
    assert printed.pdf.count(b"/Type /Page\n") == sum(printed.pages)
    assert printed.pdf == print_letters(letters, sender=["Test Shop"], title="a run").pdf


def test_a_run_whose_letters_are_all_withdrawn_is_an_empty_page() -> None:
    printed = print_letters([], sender=["Test Shop"], title="a run")
    assert (printed.pages, printed.pdf.count(b"/Type /Page\n")) == ([], 1)


def test_letters_are_gathered_or_sent_by_others_but_not_both() -> None:
    house = {"kind": "print_file", "sender": ["Test Shop"], "country": "CN"}
    gateway = {"kind": "gateway", "url": "https://gateway.example", "secret": "S"}
    with pytest.raises(ValueError, match="gathered for a file, or sent by others"):
        ProvidersDocument.model_validate(
            {"providers": {"house": house, "other": gateway}, "channels": {"direct_mail": ["house", "other"]}}
        )
