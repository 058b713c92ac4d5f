"""Imports: which files came in, what became of every row, and bringing in another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.book import facade as book
from fairdue.engine.intake.reasons import REASONS
from fairdue.journeys.import_file import import_file
from fairdue.kernel import clock
from fairdue.kernel.money import Money
from fairdue.web.ui.filters import Choice, Filters
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language, minute, money
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.office_words import FILE_KINDS, IMPORT_STATES, IMPORT_TONES
from fairdue.web.workbench.uploaded import saved
from fairdue.web.workbench.words import COMPONENTS, TRANSACTION_KINDS, say

PAGE = 500
SIZE_LIMIT_MB = 64
REJECT_DIR = settings.VAR_DIR / "rejected"


class ImportForm(DeskForm):
    """Which file of which kind and creditor."""

    kind = forms.ChoiceField(label=lazy("What is in the file"))
    creditor = forms.ChoiceField(label=lazy("Creditor"))
    file = forms.FileField(
        label=lazy("File"),
        help_text=lazy("CSV, XLSX or Parquet, up to 64 MB; larger ones with the command line."),
    )

    def __init__(self, *args: Any, creditors: tuple[book.CreditorCard, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, say(FILE_KINDS, code)) for code in FILE_KINDS]  # type: ignore[attr-defined]
        self.fields["creditor"].choices = [(card.code, in_language(card)) for card in creditors]  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large for a browser."""
        file = self.cleaned_data["file"]
        if file.size > SIZE_LIMIT_MB * 2**20:
            raise forms.ValidationError(
                _("The file is larger than 64 MB: use `fairdue import` on the command line.")
            )
        return file


@staff_page("book.view", methods=("GET", "POST"))
def imports(request: DeskRequest) -> HttpResponse:
    """List the files, and take another one from who may import."""
    form = None
    if request.actor.may("book.import"):
        creditors = book.creditors(request.actor)
        form = ImportForm(request.POST or None, request.FILES or None, creditors=creditors)
    if request.method == "POST":
        request.actor.require("book.import")
        if form is not None and form.is_valid():
            return _import(request, form)
    filters = _filters(request)
    batches = book.import_batches(request.actor, rows(request, PAGE))
    table = _table(tuple(batch for batch in batches if _fits(batch, filters)))
    table.filters = filters
    if file := exported(request, table, name="imports"):
        return file
    context = {"table": table, "form": form}
    return render(request, "workbench/imports.html", context)


def _filters(request: DeskRequest) -> Filters:
    return Filters(
        request,
        Choice(name="kind", label=_("Kind"), any_label=_("All"), options=_said(FILE_KINDS)),
        Choice(name="status", label=_("State"), any_label=_("All"), options=_said(IMPORT_STATES)),
    )


def _said(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, say(words, code)) for code in words]


def _fits(batch: book.ImportBatchCard, filters: Filters) -> bool:
    return all(filters[name] in ("", getattr(batch, name)) for name in ("kind", "status"))


def _import(request: DeskRequest, form: ImportForm) -> HttpResponse:
    """Import the uploaded file and show what became of it."""
    upload = form.cleaned_data["file"]
    with saved(upload) as path:
        report = import_file(
            path=path, kind=form.cleaned_data["kind"], creditor_code=form.cleaned_data["creditor"],
            actor=request.actor, now=clock.now(), reject_dir=REJECT_DIR,
        )  # fmt: skip
    if report.status == "refused":
        messages.add_message(
            request,
            messages.ERROR,
            _("The file was refused as a whole: %(why)s") % {"why": report.problem},
            "stop",
        )
    return redirect("workbench:import", batch_id=report.batch_id)


def _table(batches: tuple[book.ImportBatchCard, ...]) -> Table:
    return Table(
        batches,
        columns=[
            Column("recorded_at", _("When"), render=lambda value, _row: minute(value), align="nowrap"),
            Column("file_name", _("File"), is_row_head=True, render=_link),
            Column("kind", _("Kind"), render=lambda value, _row: say(FILE_KINDS, value)),
            Column("status", _("State"), render=lambda value, _row: badge(say(IMPORT_STATES, value), IMPORT_TONES.get(value, ""))),
            *[
                Column(name, label, align="num", render=lambda value, _row: f"{value:,}")
                for name, label in (
                    ("row_count", _("Rows")), ("accepted_count", _("Accepted")), ("rejected_count", _("Rejected")),
                    ("created_count", _("New")), ("changed_count", _("Changed")),
                )
            ],
            Column("imported_by", _("By")),
        ],
        caption=_("Imported files"), key="imports", sorts_here=True,
        is_exportable=True,
        empty=EmptyState(
            title=_("No file came in yet"), icon="import",
            text=_("Import parties, contact points, accounts, dues and transactions, in this order."),
        ),
    )  # fmt: skip


def _link(value: str, row: book.ImportBatchCard) -> Any:
    return row_link(reverse("workbench:import", args=[row.batch_id]), value)


@staff_page("book.view")
def import_batch(request: DeskRequest, batch_id: int) -> HttpResponse:
    """Show one file: counts, control totals, reasons of rejection."""
    batch = _batch(request, batch_id)
    context = {
        "batch": batch,
        "kind": say(FILE_KINDS, batch.kind),
        "state": say(IMPORT_STATES, batch.status),
        "tone": IMPORT_TONES.get(batch.status, ""),
        "totals": list(_totals(batch.control_totals)),
        "rejections": [
            (code, _problem(code), count)
            for code, count in sorted(batch.rejections.items(), key=lambda pair: -pair[1])
        ],
    }
    return render(request, "workbench/import.html", context)


def _total_word(component: str) -> str:
    """Return a component in words; bookings are summed by kind and component, written `charge:fee`."""
    kind, _colon, part = component.rpartition(":")
    if kind:
        return f"{say(TRANSACTION_KINDS, kind)} · {say(COMPONENTS, part)}"
    return say(TRANSACTION_KINDS if component in TRANSACTION_KINDS else COMPONENTS, component)


def _problem(code: str) -> str:
    """Return why rows were rejected, in words, with what to do."""
    reason = REASONS.get(code)
    if reason is None:
        return ""
    return f"{in_language(reason, 'problem')} {in_language(reason, 'remedy')}"


def _totals(control_totals: dict[str, Any]) -> Any:
    """Yield accepted and rejected sums, one line per currency and component."""
    for fate, by_currency in control_totals.items():
        if not isinstance(by_currency, dict):
            continue
        for currency, by_component in by_currency.items():
            for component, minor in by_component.items():
                yield _(fate.capitalize()), _total_word(component), money(Money(int(minor), currency))


@staff_page("book.view")
def rejects(request: DeskRequest, batch_id: int) -> HttpResponseBase:
    """Hand out the reject file; its personal values are masked."""
    batch = _batch(request, batch_id)
    if not batch.reject_file or not Path(batch.reject_file).exists():
        raise Http404
    path = Path(batch.reject_file)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def _batch(request: DeskRequest, batch_id: int) -> book.ImportBatchCard:
    try:
        return book.import_batch(batch_id, request.actor)
    except book.ImportBatchUnknown as unknown:
        raise Http404 from unknown
