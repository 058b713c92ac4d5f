"""Agencies: their files of past contacts, and the contacts that the gate would not have allowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.facade import BreachCard, UploadCard
from fairdue.engine.intake.reasons import REASONS
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.uploaded import saved
from fairdue.web.workbench.words import CHANNELS, GATE_TONES, GATE_WORDS, say

PAGE = 100
SIZE_LIMIT_MB = 64


class UploadForm(DeskForm):
    """Which file of which agency."""

    agency = forms.ChoiceField(label=lazy("Agency"))
    file = forms.FileField(label=lazy("File"), help_text=lazy("CSV, XLSX or Parquet, up to 64 MB."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [(code, code) for code in law.agency_codes()]  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large for a browser."""
        file = self.cleaned_data["file"]
        if file.size > SIZE_LIMIT_MB * 2**20:
            raise forms.ValidationError(
                _("The file is larger than 64 MB: use `fairdue agency upload` on the command line.")
            )
        return file


@staff_page("agencies.manage", methods=("GET", "POST"))
def agencies(request: DeskRequest) -> HttpResponse:
    """Show what agencies told of and what they broke, and take a file of past contacts."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _upload(request, form):
        return redirect("workbench:agencies")
    chosen = whole(request.GET.get("upload"))
    agency = request.GET.get("agency", "")
    found = law.agency_breaches(
        actor=request.actor, agency=agency, upload_id=chosen, limit=rows(request, PAGE)
    )
    table = _breaches(found)
    if request.method == "GET" and (file := exported(request, table, name="breaches")):
        return file
    uploads = law.agency_uploads(actor=request.actor)
    context = {
        "form": form, "breaches": table, "uploads": _uploads(uploads), "counts": _counts(request),
        "chosen": next((card for card in uploads if card.upload_id == chosen), None), "agency": agency,
        "rejections": _rejections(uploads, chosen),
    }  # fmt: skip
    return render(
        request, "workbench/agencies.html", context, status=422 if request.method == "POST" else 200
    )


def _upload(request: DeskRequest, form: UploadForm) -> bool:
    """Take the file and say what became of it; False if it was refused as a whole."""
    upload = form.cleaned_data["file"]
    with saved(upload) as path:
        try:
            card = law.upload_contacts(
                path=path, agency_code=form.cleaned_data["agency"], actor=request.actor, now=clock.now()
            )
        except law.FileRefused as refusal:
            form.add_error("file", _("The file was refused as a whole: %(why)s") % {"why": str(refusal)})
            return False
    text = _(
        "%(rows)s rows: %(accepted)s accepted, %(repeated)s known before, %(rejected)s rejected. "
        "%(breaches)s contacts broke a rule."
    ) % {
        name: f"{getattr(card, name):,}" for name in ("rows", "accepted", "repeated", "rejected", "breaches")
    }
    is_clean = not (card.rejected or card.breaches)
    messages.add_message(
        request, messages.SUCCESS if is_clean else messages.WARNING, text, "ok" if is_clean else "wait"
    )
    return True


def _counts(request: DeskRequest) -> list[dict[str, Any]]:
    counts = law.breach_counts(actor=request.actor)
    return [
        {"code": code, "told": counts.get(code, (0, 0))[0], "broke": counts.get(code, (0, 0))[1]}
        for code in law.agency_codes()
    ]


def _rejections(uploads: tuple[UploadCard, ...], chosen: int | None) -> list[tuple[str, str, int]]:
    card = next((each for each in uploads if each.upload_id == chosen), None)
    return [
        (code, f"{in_language(reason, '')}" if (reason := _reason(code)) else "", count)
        for code, count in (card.rejections.items() if card else ())
    ]


def _reason(code: str) -> dict[str, str] | None:
    found = REASONS.get(code)
    return {"zh": f"{found.zh}{found.remedy_zh}", "en": f"{found.en} {found.remedy_en}"} if found else None


def _uploads(uploads: tuple[UploadCard, ...]) -> Table:
    return Table(
        uploads,
        columns=[
            Column("uploaded_at", _("When"), render=lambda value, _row: minute(value), align="nowrap"),
            Column("file_name", _("File"), is_row_head=True, render=_upload_link),
            Column("agency", _("Agency"), align="nowrap"),
            *[
                Column(name, label, align="num", render=lambda value, _row: f"{value:,}")
                for name, label in (
                    ("rows", _("Rows")), ("accepted", _("Accepted")), ("repeated", _("Known before")),
                    ("rejected", _("Rejected")), ("breaches", _("Broke a rule")),
                )
            ],
            Column("uploaded_by", _("By")),
        ],
        caption=_("Files of past contacts"),
        empty=EmptyState(
            title=_("No agency handed over a file yet"), icon="import",
            text=_("Agencies may also report each contact by the API; both count at once."),
        ),
    )  # fmt: skip


def _upload_link(value: str, row: UploadCard) -> Any:
    return row_link(f"{reverse('workbench:agencies')}?upload={row.upload_id}", value)


def _breaches(found: tuple[BreachCard, ...]) -> Table:
    return Table(
        found,
        columns=[
            Column("occurred_at", _("When"), render=lambda value, _row: minute(value), align="nowrap"),
            Column("agency", _("Agency"), align="nowrap"),
            Column("contact_ref", _("Their number"), is_row_head=True, align="nowrap"),
            Column("channel", _("Channel"), render=lambda value, _row: say(CHANNELS, value), align="nowrap"),
            Column("name_masked", _("Whom"), render=lambda value, row: f"{value} {row.value_masked}".strip(), align="nowrap"),
            Column("outcome", _("The gate"), render=lambda value, _row: badge(say(GATE_WORDS, value), GATE_TONES.get(value, "stop"))),
            Column("reasons", _("Rules broken"), render=_rules),
        ],
        caption=_("Contacts that the gate would not have allowed"),
        is_exportable=True,
        empty=EmptyState(title=_("Nothing was broken"), text="", icon="check"),
    )  # fmt: skip


def _rules(_value: Any, row: BreachCard) -> str:
    return "; ".join(f"{reason['rule_id']}: {in_language(reason, 'message')}" for reason in row.reasons)
