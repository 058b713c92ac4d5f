"""Text modules and approved templates, filled in for one debtor, for whoever writes by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from fairdue.contexts.outreach.models import Template
from fairdue.contexts.outreach.rendering import PLACEHOLDER, TemplateRefused, format_value, render
from fairdue.contexts.outreach.values import Figures, figures, fresh_values, values_for

KINDS = {
    "creditor": "text", "product": "text", "portal_url": "text", "overdue_amount": "money",
    "oldest_due_date": "date", "days_past_due": "integer", "balance": "money",
}  # fmt: skip
NAME_MARK = "name"
"""Stays in a text: a letter is sealed and printed with the debtor's name in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A module or a template as it reads for this debtor now."""

    code: str
    title: str
    text: str
    subject: str = ""
    is_template: bool = False


def phrases(
    *, person_id: int, account_id: int | None, channel: str, locale: str, now: datetime
) -> tuple[Phrase, ...]:
    """Return what may be put into a text on a channel, modules first; what has no value now is left out."""
    found = figures(person_id=person_id, account_id=account_id, condition="none", now=now)
    return (*_modules(channel, locale, found), *_templates(channel, locale, found))


@cache
def _document() -> Mapping[str, Any]:
    path = Path(settings.PACKS_DIR) / "reference" / "phrases.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _modules(channel: str, locale: str, found: Figures) -> Iterator[Phrase]:
    key = "zh" if locale.lower().startswith("zh") else "en"
    values = fresh_values(found, locale)
    for row in _document()["phrases"]:
        names = [name for name in PLACEHOLDER.findall(row[key]) if name != NAME_MARK]
        if channel in row["channels"] and all(values.get(name) is not None for name in names):
            said = {NAME_MARK: f"{{{NAME_MARK}}}"} | {
                name: format_value(KINDS[name], values[name], locale) for name in names
            }
            yield Phrase(code=row["code"], title=row["title"][key], text=row[key].format_map(said))


def _templates(channel: str, locale: str, found: Figures) -> Iterator[Phrase]:
    spoken = "zh-hans" if locale.lower().startswith("zh") else "en"
    rows = Template.objects.filter(
        channel=channel, locale=spoken, purpose="collect", approved_at__isnull=False, retired_at=None
    ).order_by("code")
    for row in rows:
        try:
            values = values_for(row.placeholders, {}, found, spoken)
            text, subject = (
                render(text=part, placeholders=row.placeholders, values=values, locale=spoken)
                for part in (row.body, row.subject or row.body)
            )
        except (TemplateRefused, KeyError, ValueError):
            continue
        yield Phrase(
            code=row.code, title=row.code, text=text, subject=subject if row.subject else "", is_template=True
        )
