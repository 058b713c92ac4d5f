"""From a template and its data to the bytes of a PDF: the same data give the same bytes, on any day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import justmytype_intl_cjk
import typst

TEMPLATES = Path(__file__).resolve().parents[3] / "packs" / "documents"
FONTS = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / "notosanssc"
LANGUAGES = {"zh-hans": "zh", "zh": "zh", "zh-cn": "zh", "en": "en"}
LONG_PAST = datetime(1970, 1, 1, tzinfo=UTC)


class DocumentUnreadable(ValueError):
    """The template does not exist, or what it needs is missing from the data."""


def render_pdf(template: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """Return a document as PDF/A-2a.

    1. The template is `packs/documents/<template>.typ`; it gets `data` as JSON and `language` (`zh` or `en`).
    2. Dates become `2026-11-22`, instants ISO 8601; amounts are written by the caller, as text.
    3. The document's own date is `data["issued_at"]` (an instant); without it 1970-01-01: no clock is read here.
    4. The only font is Noto Sans SC; the fonts of the machine do not matter.

    :raises DocumentUnreadable: if the template is unknown or a value that it needs is missing
    """
    if not re.fullmatch(r"[a-z][a-z_]*", template) or not (TEMPLATES / f"{template}.typ").exists():
        raise DocumentUnreadable(f"there is no document template {template!r}")
    compiler = typst.Compiler(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={"data": as_json(data), "language": LANGUAGES.get(language.lower(), "zh")},
    )
    try:
        made: Any = compiler.compile(format="pdf", pdf_standards=["a-2a"], timestamp=_issued(data))
    except typst.TypstError as error:
        raise DocumentUnreadable(f"the document {template} cannot be written: {error.message}") from error
    return bytes(made)


def as_json(data: Mapping[str, Any]) -> str:
    """Return the data in the one form in which a template reads them: sorted keys, dates as ISO 8601."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _issued(data: Mapping[str, Any]) -> datetime:
    issued = data.get("issued_at", LONG_PAST)
    if isinstance(issued, str):
        issued = datetime.fromisoformat(issued)
    return issued.astimezone(UTC).replace(microsecond=0)  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a document cannot hold a {type(value).__name__}")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
