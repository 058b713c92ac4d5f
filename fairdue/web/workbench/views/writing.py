"""Texts before the law: try any text without effect."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table
from fairdue.web.ui.templatetags.ui import badge, day, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import EVIDENCE, EVIDENCE_TONES, PACKS, TEXT_ACTORS, TEXT_FACTS
from fairdue.web.workbench.refusals import REFUSED
from fairdue.web.workbench.text_marks import report_words
from fairdue.web.workbench.words import CHANNELS, OWNER_WORDS, say

LONGEST = 10_000
CHECKED_CHANNELS = ("sms", "email", "inapp", "letter")
WRITING_REFUSED: tuple[type[Exception], ...] = (*REFUSED, outreach.TextEmpty, outreach.TextTooLong)
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))


class TextForm(DeskForm):
    """A text to be tried, and what is true of it."""

    text = forms.CharField(label=lazy("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}))
    channel = forms.ChoiceField(label=lazy("Channel"))
    institution = forms.CharField(label=lazy("Name of the institution"), max_length=100, required=False)
    recipient = forms.ChoiceField(label=lazy("Whose contact point"))
    actor_kind = forms.ChoiceField(label=lazy("Who writes"))
    facts = forms.MultipleChoiceField(
        label=lazy("What is true"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "channel": [(code, say(CHANNELS, code)) for code in CHECKED_CHANNELS],
            "recipient": [(code, say(OWNER_WORDS, code)) for code in ("debtor", "third_party")],
            "actor_kind": [(code, say(TEXT_ACTORS, code)) for code in TEXT_ACTORS],
            "facts": [(code, say(TEXT_FACTS, code)) for code in law.TEXT_FACTS],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]


@staff_page("gate.try", methods=("GET", "POST"))
def text_check(request: DeskRequest) -> HttpResponse:
    """Read a text without any effect; it comes by POST, so that no address keeps it."""
    form = TextForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "rules": _rules()}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        report = law.check_text(
            text=said["text"], channel=said["channel"], on=clock.business_date(clock.now()), recipient=said["recipient"],
            actor_kind=said["actor_kind"], names=(said["institution"],), facts=said["facts"],
        )  # fmt: skip
        context["words"] = report_words(report, text=said["text"])
    return render(request, "workbench/text_check.html", context)


def _rules() -> Table:
    return Table(
        law.text_rules(),
        columns=[
            Column("rule_id", _("Rule"), is_row_head=True, align="nowrap"),
            Column("pack", _("Pack"), render=lambda value, _row: say(PACKS, value), align="nowrap"),
            Column("title_zh", _("What it says"), render=lambda _value, row: _said(row)),
            Column("citation", _("Source")),
            Column("evidence", _("Evidence"), render=lambda value, _row: badge(say(EVIDENCE, value), EVIDENCE_TONES[value])),
            Column("effective_from", _("Since"), render=lambda value, _row: day(value), align="nowrap"),
            Column("sentence_count", _("Proving sentences"), align="num"),
        ],
        caption=_("What texts must and must not say"),
        empty=EmptyState(title=_("No rule on texts is loaded"), text="", icon="rules"),
    )  # fmt: skip


def _said(row: Any) -> str:
    place = 0 if in_language(row, "title") == row.title_zh else 1
    parts = [names[place] for names in (*row.topics, *row.elements)]
    return f"{in_language(row, 'title')}: {', '.join(parts)}"
