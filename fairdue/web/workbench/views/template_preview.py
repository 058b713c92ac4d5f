"""A text as borrowers will see it in its channel, with sample values: SMS parts, letter head, e-mail subject."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock
from fairdue.kernel.money import Money
from fairdue.kernel.sms import sms_size
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import TEXTS
from fairdue.web.workbench.text_marks import report_words
from fairdue.web.workbench.words import CHANNELS, say

SAMPLES: dict[str, Any] = {
    "money": Money(123_450, "CNY"), "date": date(2026, 12, 1), "integer": 12, "text": "示例 Sample",
    "secret": "https://example.test/my/…",
}  # fmt: skip
"""What stands for each kind of value; nobody's data."""
NAMED = {
    "creditor": ("示范银行", "Demonstration Bank"), "product": ("信用卡", "Credit card"), "code": ("482913", "482913"),
    "portal_url": ("https://bank.example/my", "https://bank.example/my"),
}  # fmt: skip
"""What stands for values that borrowers read as themselves, in Chinese and English."""


@staff_page("templates.view")
def preview(request: DeskRequest, template_id: int) -> HttpResponse:
    """Show one version in its own channel and in the others that carry the same words."""
    cards = outreach.templates()
    card = next((each for each in cards if each.template_id == template_id), None)
    if card is None:
        raise Http404
    others = [each for each in cards if (each.code, each.version) == (card.code, card.version)]
    report = outreach.template_reports(now=clock.now()).get(template_id)
    context = {
        "card": card, "title": say(TEXTS, card.code), "shown": [_shown(each) for each in others],
        "words": report_words(report, text=card.body, subject=card.subject) if report else None,
        "may_approve": request.actor.may("templates.approve") and card.approved_at is None and card.retired_at is None,
    }  # fmt: skip
    return render(request, "workbench/template_preview.html", context)


def _shown(card: outreach.TemplateCard) -> dict[str, Any]:
    text, subject = filled(card, card.body), filled(card, card.subject)
    found: dict[str, Any] = {
        "card": card,
        "channel": say(CHANNELS, card.channel),
        "language": dict(settings.LANGUAGES).get(card.locale, card.locale),
        "text": text,
        "subject": subject,
    }
    if card.channel == "sms":
        size = sms_size(text)
        found["size"] = _("%(places)s of %(room)s places, parts: %(parts)s") % {
            "places": size.places, "room": size.room, "parts": size.parts,
        }  # fmt: skip
        found["alphabet"] = _("GSM alphabet") if size.is_narrow else _("Unicode: 70 places a message")
    return found


def filled(card: outreach.TemplateCard, text: str) -> str:
    """Return a text of a template with sample values in its language."""
    for name, kind in card.placeholders.items():
        spoken = NAMED.get(name)
        value = spoken[0 if card.locale.startswith("zh") else 1] if spoken else SAMPLES.get(kind, "…")
        shown = value if isinstance(value, str) else outreach.format_value(kind, value, card.locale)
        text = text.replace("{" + name + "}", shown)
    return text
