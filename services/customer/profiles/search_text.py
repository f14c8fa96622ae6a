"""What a search finds a customer by, and what it looks for: one folded text, matched by words."""

import re
import unicodedata
from collections.abc import Iterable

MAX_QUERY_LENGTH = 200
MAX_QUERY_WORDS = 8
_SHORTEST_TRIGRAM = 3
_SPECIAL = re.compile(r"([\\%_])")


def fold(text: str) -> str:
    """Case, width and accents removed, white space made single: `Ｍüller ` and `muller` meet."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def search_text_of(parts: Iterable[str | None]) -> str:
    """Every distinct part once, each between blanks, so that the beginning of a word can be looked for."""
    folded = dict.fromkeys(fold(part) for part in parts if part)
    return f" {' '.join(part for part in folded if part)} "


def patterns_of(query: str) -> tuple[str, ...]:
    """LIKE patterns that must all match: one per word of `query`.

    From three characters on a word is found anywhere; a shorter one (a Chinese name, mostly) at the beginning of a
    word, because the trigram index can serve that and could not serve the other.
    """
    words = fold(query).split()[:MAX_QUERY_WORDS]
    return tuple(f"%{'' if len(word) >= _SHORTEST_TRIGRAM else ' '}{_SPECIAL.sub(_ESCAPED, word)}%" for word in words)


_ESCAPED = r"\\\1"
