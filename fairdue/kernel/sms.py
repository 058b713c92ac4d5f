"""How many parts a text message is sent in: by alphabet and length, as networks count and charge."""

from __future__ import annotations

from dataclasses import dataclass

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each of these takes two places (3GPP TS 23.038, 6.2.1.1)."""

GSM_ONE, GSM_PART = 160, 153
WIDE_ONE, WIDE_PART = 70, 67
"""A single message, and a part of several: the header that joins them takes room (3GPP TS 23.040, 9.2.3.24.1)."""


@dataclass(frozen=True, slots=True)
class SmsSize:
    """`places` used, `parts` that are sent, how many fit into one part, and whether the narrow alphabet is enough."""

    places: int
    parts: int
    room: int
    is_narrow: bool


def sms_size(text: str) -> SmsSize:
    """Return in how many parts a text is sent.

    1. Only characters of the GSM alphabet: 160 places in one message, 153 in each part of several.
    2. Any other, such as Chinese: 70 and 67 UTF-16 units. 3. A character is never cut in two.
    """
    is_narrow = all(letter in GSM_BASIC or letter in GSM_EXTENDED for letter in text)
    one, part = (GSM_ONE, GSM_PART) if is_narrow else (WIDE_ONE, WIDE_PART)
    sizes = [_places(letter, is_narrow) for letter in text]
    total = sum(sizes)
    if total <= one:
        return SmsSize(total, 1, one, is_narrow)
    parts, used = 1, 0
    for size in sizes:
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return SmsSize(total, parts, part, is_narrow)


def _places(letter: str, is_narrow: bool) -> int:
    if is_narrow:
        return 2 if letter in GSM_EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1
