"""What providers say, made fit for a record: one bounded line without the addresses they like to repeat. Pure."""

import re

_LONGEST_DETAIL = 500
_ANY_ADDRESS = re.compile(r"[^\s<>()\[\],;:@\"']+@[^\s<>()\[\],;:@\"']+")
_ANY_NUMBER = re.compile(r"\+?\d{7,15}\b")


def masked(text: str) -> str:
    line = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(line.split())[:_LONGEST_DETAIL]
    return _ANY_NUMBER.sub("<number>", _ANY_ADDRESS.sub("<address>", line))
