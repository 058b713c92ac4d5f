"""JPEG and PNG, read from their first byte to their last: whatever stands before, after or instead is refused."""

from __future__ import annotations

import struct
import zlib

from fairdue.engine.uploads.findings import Limits, UploadRefused

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def check_png(content: bytes, limits: Limits) -> None:
    """Pass silently, or refuse a PNG that is damaged, too large, or carries something behind its end.

    1. Chunks follow each other from the signature on, each with the CRC-32 that it names (PNG specification, 5.3).
    2. IHDR comes first; IEND is the last chunk and ends the file.

    :raises UploadRefused: so
    """
    place, first = len(PNG_SIGNATURE), True
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        end = place + 12 + length
        if end > len(content) or struct.unpack(">I", content[end - 4 : end])[0] != zlib.crc32(
            content[place + 4 : end - 4]
        ):
            break
        if first != (kind == b"IHDR"):
            break
        if first:
            width, height = struct.unpack(">II", content[place + 8 : place + 16])
            _require_pixels(width, height, limits)
        if kind == b"IEND":
            _require_end(content, end)
            return
        place, first = end, False
    raise UploadRefused("care.upload.damaged", "the picture cannot be read to its end")


def check_jpeg(content: bytes, limits: Limits) -> None:
    """Pass silently, or refuse a JPEG that is damaged, too large, or carries something behind its end.

    1. Segments follow each other from SOI on (ISO/IEC 10918-1, B.1); entropy-coded data end at the next marker.
    2. EOI ends the file; bytes of padding with the value 0 may follow.

    :raises UploadRefused: so
    """
    place, has_frame = 2, False
    while place + 2 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            if has_frame:
                _require_end(content, place + 2)
                return
            break
        if marker in _ALONE:
            place += 2
            continue
        if place + 4 > len(content):
            break
        length = struct.unpack(">H", content[place + 2 : place + 4])[0]
        if marker in _FRAMES and length >= 8 and place + 9 <= len(content):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            _require_pixels(width, height, limits)
            has_frame = True
        place += 2 + length
        if marker == 0xDA:
            place = _scan_end(content, place)
    raise UploadRefused("care.upload.damaged", "the picture cannot be read to its end")


def _scan_end(content: bytes, place: int) -> int:
    """Return where the marker after entropy-coded data stands."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2
    return len(content)


def _require_pixels(width: int, height: int, limits: Limits) -> None:
    if not 0 < width * height <= limits.pixels:
        raise UploadRefused("care.upload.picture_too_large", f"{width} × {height} pixels")


def _require_end(content: bytes, end: int) -> None:
    if content[end:].strip(b"\x00\r\n "):
        raise UploadRefused("care.upload.two_in_one", "something stands behind the end of the picture")
