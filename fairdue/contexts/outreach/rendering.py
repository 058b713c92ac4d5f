"""Texts from templates: `{name}` placeholders only, each of a type, formatted for a language.

1. There is no template language: no conditions, no attributes, no format specifications.
2. A value that is missing, extra or of another type refuses; nothing is ever left blank.
3. Formats: `money` 1,234.50 元 / CNY 1,234.50; `date` 2025年9月3日 / 3 September 2025; `integer` with
   thousands separators; `text` as it stands, without control characters; `secret` opened from its sealed form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings

from fairdue.kernel.money import Money

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
TYPES = ("money", "date", "integer", "text", "secret")
VALUE_PURPOSE = "outreach.message.value"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


class TemplateRefused(ValueError):
    """A template cannot be used; nothing is sent."""

    code = "outreach.template.refused"


class TemplateUnknown(TemplateRefused):
    """There is no such text for this channel and language."""

    code = "outreach.template.unknown"


class TemplateNotApproved(TemplateRefused):
    """The text exists, but nobody but its author has agreed to it."""

    code = "outreach.template.not_approved"


class TemplateRetired(TemplateRefused):
    """The text was approved once and is no longer in use."""

    code = "outreach.template.retired"


class UnknownPlaceholder(TemplateRefused):
    """The text uses a placeholder that it does not declare, or declares one of an unknown type."""

    code = "outreach.template.placeholder_unknown"


class ValueMissing(TemplateRefused):
    """A placeholder has no value."""

    code = "outreach.value.missing"


class ValueExtra(TemplateRefused):
    """A value has no placeholder."""

    code = "outreach.value.extra"


class ValueWrong(TemplateRefused):
    """A value is not of its placeholder's type."""

    code = "outreach.value.wrong"


def check_placeholders(*, subject: str, body: str, placeholders: Mapping[str, str]) -> None:
    """Pass silently if the text uses exactly the placeholders that it declares, all of known types.

    :raises UnknownPlaceholder: otherwise, or if a brace stands outside a placeholder
    """
    text = f"{subject}\n{body}"
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        raise UnknownPlaceholder("a brace stands outside a {name} placeholder")
    if odd := set(PLACEHOLDER.findall(text)) ^ set(placeholders):
        raise UnknownPlaceholder(f"used but not declared, or declared but not used: {', '.join(sorted(odd))}")
    if odd := {kind for kind in placeholders.values() if kind not in TYPES}:
        raise UnknownPlaceholder(f"unknown type: {', '.join(sorted(odd))}; known: {', '.join(TYPES)}")


def render(*, text: str, placeholders: Mapping[str, str], values: Mapping[str, Any], locale: str) -> str:
    """Return the text with every placeholder replaced by its formatted value.

    :raises ValueMissing: if a declared placeholder has no value
    :raises ValueExtra: if there is a value that the template does not declare
    :raises ValueWrong: if a value is not of its type
    """
    if missing := set(placeholders) - set(values):
        raise ValueMissing(f"no value for {', '.join(sorted(missing))}")
    if extra := set(values) - set(placeholders):
        raise ValueExtra(f"no placeholder for {', '.join(sorted(extra))}")
    formatted = {name: format_value(kind, values[name], locale) for name, kind in placeholders.items()}
    return PLACEHOLDER.sub(lambda match: formatted[match.group(1)], text)


def format_value(kind: str, value: Any, locale: str) -> str:
    """Return one value as people of the language write it.

    :raises ValueWrong: if the value is not of the type
    """
    try:
        return _FORMATS[kind](value, locale)
    except (TypeError, ValueError, KeyError) as error:
        raise ValueWrong(f"a value of type {type(value).__name__} is not a {kind}") from error


def _money(value: Any, locale: str) -> str:
    """Accept `Money` or its JSON form `{"minor": 123, "currency": "CNY"}`."""
    if not isinstance(value, Money):
        value = Money(_whole(value["minor"]), value["currency"])
    if locale.startswith("zh") and value.currency == "CNY":
        return f"{value.amount:,}元"
    return f"{value.currency} {value.amount:,}"


def _date(value: Any, locale: str) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(value)
    if locale.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _integer(value: Any, locale: str) -> str:
    return f"{_whole(value):,}"


def _text(value: Any, locale: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 300:
        raise ValueError("a text value is a non-empty string of at most 300 characters")
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", value).strip()


def sealed_value(value: str) -> dict[str, str]:
    """Return a value of type `secret` as a planned message keeps it: nobody who reads the table reads it."""
    return {"sealed": settings.FIELD_KEYS.seal(value, VALUE_PURPOSE).hex()}


def _secret(value: Any, locale: str) -> str:
    return _text(settings.FIELD_KEYS.open(bytes.fromhex(value["sealed"]), VALUE_PURPOSE), locale)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


_FORMATS: dict[str, Callable[[Any, str], str]] = {
    "money": _money,
    "date": _date,
    "integer": _integer,
    "text": _text,
    "secret": _secret,
}
