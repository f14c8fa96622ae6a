"""How many segments a text message takes, which is what providers charge: GSM 03.38 or UCS-2. Pure."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""They take two places each, since an escape goes before them."""

_GSM_ALONE, _GSM_PART = 160, 153
_UCS2_ALONE, _UCS2_PART = 70, 67


def count_segments(text: str) -> int:
    """At least 1. A character outside of GSM 03.38 makes the whole text UCS-2; emoji take two places of that.

    What takes two places is never cut in two: a part may stay one place short for it.
    """
    if all(character in _BASIC or character in _EXTENDED for character in text):
        return _parts([1 + (character in _EXTENDED) for character in text], _GSM_ALONE, _GSM_PART)
    return _parts([len(character.encode("utf-16-be")) // 2 for character in text], _UCS2_ALONE, _UCS2_PART)


def _parts(widths: list[int], alone: int, part: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, room = 1, part
    for width in widths:
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return parts
