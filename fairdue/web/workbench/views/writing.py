"""Texts before the law: try any text, and write one to a debtor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.contracts import SentMessage
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.write_message import WRITTEN, write_message
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table
from fairdue.web.ui.templatetags.ui import badge, day, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.office_words import EVIDENCE, EVIDENCE_TONES, PACKS, TEXT_ACTORS, TEXT_FACTS
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.text_marks import report_words
from fairdue.web.workbench.words import CHANNELS, GATE_WORDS, OWNER_WORDS, say

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


class WriteForm(DeskForm):
    """A message to one debtor."""

    account_id = forms.TypedChoiceField(label=lazy("Debt"), coerce=int)
    locale = forms.ChoiceField(label=lazy("Language"), choices=LANGUAGES)
    subject = forms.CharField(label=lazy("Subject"), max_length=200)
    text = forms.CharField(label=lazy("Text"), widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, *args: Any, channel: str, debts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account_id"].choices = debts  # type: ignore[attr-defined]
        self.fields["text"].max_length = outreach.MAX_LENGTH[channel]  # type: ignore[attr-defined]
        if channel == "sms":
            del self.fields["subject"]
        elif channel == "inapp":
            self.fields["subject"].required = False


@staff_page("cases.work", "contacts.make", methods=("GET", "POST"))
def write(request: DeskRequest, case_id: int, channel: str) -> HttpResponse:
    """Write to the debtor of a case on one channel; a text that the law refuses is shown with its marks."""
    case = _open_case(request, case_id, channel)
    point = _point(case.person_id, channel, request.GET.get("point"))
    form = WriteForm(
        request.POST or None,
        channel=channel,
        debts=_debts(case.person_id, request),
        initial={"locale": "zh-hans"},
    )
    context: dict[str, Any] = {
        "case_id": case_id, "form": form, "channel_word": say(CHANNELS, channel), "is_sms": channel == "sms",
        "name": parties.person_card(case.person_id).name_masked, "value_masked": point.value_masked if point else "",
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "workbench/write.html", context, status=200 if request.method == "GET" else 422
        )
    said = form.cleaned_data
    try:
        sent = write_message(
            case_id=case_id, channel=channel, text=said["text"], subject=said.get("subject", ""), actor=request.actor,
            now=clock.now(), account_id=said["account_id"], locale=said["locale"],
            contact_point_id=point.contact_point_id if point else None,
        )  # fmt: skip
    except outreach.TextRefused as refusal:
        context["words"] = report_words(refusal.report, text=refusal.text, subject=refusal.subject)
        form.add_error(None, refusal_text(refusal))
    except WRITING_REFUSED as refusal:
        form.add_error(None, refusal_text(refusal))
    else:
        _tell(request, sent)
        return redirect("workbench:case", case_id=case_id)
    return render(request, "workbench/write.html", context, status=422)


def _open_case(request: DeskRequest, case_id: int, channel: str) -> Any:
    if channel not in WRITTEN:
        raise Http404
    try:
        return cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error


def _point(person_id: int, channel: str, chosen: str | None) -> Any:
    usable = [
        point
        for point in parties.contact_points(person_id)
        if point.medium in WRITTEN[channel] and point.owner == "debtor" and point.status == "valid"
    ]
    named = [point for point in usable if point.contact_point_id == whole(chosen)]
    return next(iter(named or usable), None)


def _debts(person_id: int, request: DeskRequest) -> list[tuple[int, str]]:
    cards = book.account_cards(person_id, actor=request.actor)
    return [(card.account_id, f"{in_language(card, 'product_name')} {card.ref_masked}") for card in cards]


def _tell(request: DeskRequest, sent: SentMessage) -> None:
    if sent.status in ("sent", "delivered"):
        messages.add_message(request, messages.SUCCESS, _("The message was sent."), "ok")
        return
    reasons = (sent.verdict or {}).get("reasons", ())
    why = " ".join(in_language(reason, "message") for reason in reasons[:2])
    if sent.status == "planned":
        text = _("The message waits and goes by itself when the gate allows it.")
        messages.add_message(request, messages.WARNING, f"{text} {why}".strip(), "wait")
        return
    word = say(GATE_WORDS, str((sent.verdict or {}).get("outcome", "refuse")))
    messages.add_message(
        request, messages.ERROR, f"{_('The message was not sent.')} {word} {why}".strip(), "stop"
    )
