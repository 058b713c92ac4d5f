"""PDF: from its header to its last %%EOF, without scripts, launches, attachments, forms that run, or a password.

Names are looked for in the file and in its object streams, after undoing `#xx` (ISO 32000-1, 7.3.5).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from fairdue.engine.uploads.findings import Limits, UploadRefused

_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|Movie|Sound|3D)"
    rb"(?![A-Za-z0-9_])"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9_])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"<<(?P<head>[^\x00]{0,2000}?)>>\s*stream\r?\n", re.DOTALL)


def check_pdf(content: bytes, limits: Limits) -> None:
    """Pass silently, or refuse a PDF that is damaged, locked, active, or something else as well.

    1. The header is the first byte; what follows the last %%EOF is at most white space.
    2. No JavaScript, launch, form that sends, attachment or other media, in plain or in object streams.
    3. No encryption: what cannot be read cannot be judged. 4. Object streams unpack to a bounded size.

    :raises UploadRefused: so
    """
    if not content.startswith(b"%PDF-"):
        raise UploadRefused("care.upload.two_in_one", "something stands before the header of the PDF")
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise UploadRefused("care.upload.damaged", "the PDF has no end")
    if content[end + 5 :].strip(b"\x00\r\n\t "):
        raise UploadRefused("care.upload.two_in_one", "something stands behind the end of the PDF")
    for piece in _readable(content, limits):
        plain = _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), piece)
        if _ENCRYPTED.search(plain):
            raise UploadRefused("care.upload.locked", "the PDF is locked by a password")
        if _ACTIVE.search(plain):
            raise UploadRefused(
                "care.upload.active", "the PDF holds a script, an attachment or another action"
            )


def _readable(content: bytes, limits: Limits) -> Iterator[bytes]:
    """Yield what stands outside of streams, then the content of each object stream."""
    outside, place = [], 0
    packed: list[bytes] = []
    for found in _STREAM.finditer(content):
        if found.start() < place:
            continue
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        outside.append(content[place : found.end()])
        if b"ObjStm" in _ESCAPED.sub(lambda each: bytes([int(each.group(1), 16)]), found["head"]):
            packed.append(content[found.end() : end])
        place = end
    yield b"".join([*outside, content[place:]])
    left = limits.unpacked
    for stream in packed:
        plain = _inflated(stream, left)
        left -= len(plain)
        yield plain


def _inflated(stream: bytes, at_most: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(stream, at_most + 1)
    except zlib.error as error:
        raise UploadRefused("care.upload.damaged", "a part of the PDF cannot be read") from error
    if len(plain) > at_most:
        raise UploadRefused("care.upload.bomb", "the PDF unpacks to far more than its size")
    return plain
