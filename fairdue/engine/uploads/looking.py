"""Look at a file: is it what it says, may it be kept?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import puremagic

from fairdue.engine.uploads.findings import Accepted, Limits, UploadRefused
from fairdue.engine.uploads.packed import check_office
from fairdue.engine.uploads.pdfs import check_pdf
from fairdue.engine.uploads.pictures import PNG_SIGNATURE, check_jpeg, check_png

TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
}
"""Extensions that are taken, with their type."""

_RUNNING = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\x00asm",
    b"dex\n",
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ANY = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""Types that a browser names when it knows none."""
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml")


def look_at(content: bytes, *, name: str, claimed_type: str = "", limits: Limits | None = None) -> Accepted:
    """This function will say under which type a file may be kept.

    1. The bytes decide; the name's extension and the type that the browser claims must agree with them.
    2. Programs, markup, old office files (which may hide macros or passwords), packed files and all that no rule knows
       are refused.
    3. Pictures, PDFs and office files are read to their end by rules of their own: one file is one thing.

    :raises UploadRefused: so; the code is that of its words
    """
    limits = limits or Limits()
    if not content:
        raise UploadRefused("care.upload.empty", "the file is empty")
    if len(content) > limits.size:
        raise UploadRefused("care.upload.too_large", f"{len(content)} bytes, at most {limits.size}")
    extension = PurePath(name).suffix.lower().lstrip(".")
    kind = _sniffed(content)
    if extension not in TYPES:
        raise UploadRefused("care.upload.kind", f"{extension or 'no extension'} is not taken")
    if TYPES[extension] != kind or claimed_type.partition(";")[0].strip().lower() not in _ANY | {
        kind,
        "image/jpg",
    }:
        raise UploadRefused(
            "care.upload.not_what_it_says", f"named {extension}, but it is {kind or 'unknown'}"
        )
    _CHECKS[kind](content, limits)
    return Accepted(media_type=kind, extension="jpg" if kind == "image/jpeg" else extension)


def _sniffed(content: bytes) -> str:
    """Return the type that the bytes show, "" if they show none that is taken."""
    if content.startswith(_RUNNING):
        raise UploadRefused("care.upload.program", "the file is a program")
    if content.startswith(_OLD_OFFICE):
        raise UploadRefused("care.upload.old_office", "an old or locked office file")
    if content.startswith(PNG_SIGNATURE):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if b"%PDF-" in content[:1024]:
        return "application/pdf"
    if content.startswith(b"PK"):
        return _office_kind(content)
    return _plain_kind(content)


def _office_kind(content: bytes) -> str:
    for extension, part in _MAIN_PARTS.items():
        if part.encode() in content:
            return TYPES[extension]
    return "application/zip"


def _plain_kind(content: bytes) -> str:
    """Return text/plain for readable text; anything else is named as well as puremagic can."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    is_text = bool(text) and not any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text)
    if is_text and not content.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return "text/plain"
    try:
        found = puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        return ""
    return "" if found in TYPES.values() else str(found)


_MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_CHECKS: dict[str, Callable[[bytes, Limits], None]] = {
    "image/jpeg": check_jpeg,
    "image/png": check_png,
    "application/pdf": check_pdf,
    TYPES["docx"]: lambda content, limits: check_office(content, _MAIN_PARTS["docx"], limits),
    TYPES["xlsx"]: lambda content, limits: check_office(content, _MAIN_PARTS["xlsx"], limits),
    "text/plain": lambda content, limits: None,
}
