"""Which documents may be attached: by type, by what they really are, and by size."""

import pytest

from services.notification.offers.documents import MOST_BYTES, check_document, digest_of
from shared.errors import InvalidInput

PDF = b"%PDF-1.7 example"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PDF, "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"BEGIN:VCALENDAR\r\n", "text/calendar")],
)
def test_what_it_says_it_is_may_be_attached(content: bytes, media_type: str) -> None:
    check_document(content, media_type)


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"<html>", "text/html", "document_type_refused"),
        (b"MZ executable", "application/pdf", "document_type_refused"),
        (b"", "application/pdf", "document_type_refused"),
        (PDF + bytes(MOST_BYTES), "application/pdf", "document_too_large"),
    ],
)
def test_anything_else_is_refused(content: bytes, media_type: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_document(content, media_type)
    assert refused.value.code == code


def test_a_document_is_called_by_its_content() -> None:
    assert digest_of(PDF) == digest_of(bytes(PDF)) != digest_of(PDF + b" ")
    assert len(digest_of(PDF)) == 64
