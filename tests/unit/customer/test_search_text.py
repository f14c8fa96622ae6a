"""What is searched and what it is searched by meet in one folded form."""

import pytest

from services.customer.profiles.search_text import fold, patterns_of, search_text_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Test   ONE ", "test one"),
        ("Müller", "muller"),
        ("ＡＢＣ１", "abc1"),
        ("李四", "李四"),
        ("Straße", "strasse"),
    ],
)
def test_fold_removes_what_should_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_search_text_holds_each_part_once_between_blanks() -> None:
    assert search_text_of(["李四", None, "四", "李四", "A@Example.com", " "]) == " 李四 四 a@example.com "


def test_long_words_are_found_anywhere_and_short_ones_at_the_beginning() -> None:
    assert patterns_of("李四 Example") == ("% 李四%", "%example%")


def test_wildcards_in_a_query_mean_themselves() -> None:
    assert patterns_of(r"100%_\ x") == (r"%100\%\_\\%", "% x%")


def test_query_is_limited_to_a_few_words() -> None:
    assert len(patterns_of("w " * 100)) == 8


def test_blank_query_matches_everything() -> None:
    assert patterns_of("  ") == ()
