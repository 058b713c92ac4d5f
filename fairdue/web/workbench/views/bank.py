"""Bank files: taking one in, and the verdict on every row; the day-end report; money that goes out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.take_bank_statement import take_bank_statement
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, InstantColumn, MoneyColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench import money_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.columns import state_column
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say

PAGE = 100
SIZE_LIMIT_MB = 32


class StatementForm(DeskForm):
    """A bank file and whose account it is of; the form is read from the file itself unless it is CSV."""

    creditor = forms.ChoiceField(label=lazy("Creditor"))
    mapping = forms.ChoiceField(label=lazy("Kind of file"), required=False)
    file = forms.FileField(
        label=lazy("File"), help_text=lazy("camt.053, camt.054, MT940 or a CSV of a known bank, up to 32 MB.")
    )

    def __init__(self, *args: Any, creditors: tuple[book.CreditorCard, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["creditor"].choices = [(card.code, in_language(card)) for card in creditors]  # type: ignore[attr-defined]
        known = [(name, _("CSV: %(name)s") % {"name": name}) for name in payments.mappings()]
        self.fields["mapping"].choices = [("", _("Told by the file: camt or MT940")), *known]  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large for a browser."""
        file = self.cleaned_data["file"]
        if file.size > SIZE_LIMIT_MB * 2**20:
            raise forms.ValidationError(_("The file is larger than 32 MB: use the command line."))
        return file


@staff_page("payments.view", methods=("GET", "POST"))
def statements(request: DeskRequest) -> HttpResponse:
    """List the bank files, and take another one from who may match money."""
    form = None
    if request.actor.may("payments.match"):
        form = StatementForm(
            request.POST or None, request.FILES or None, creditors=book.creditors(request.actor)
        )
    status = 200
    if request.method == "POST":
        request.actor.require("payments.match")
        if form is not None and form.is_valid() and (taken := _taken(request, form)):
            return taken
        status = 422
    table = statement_table(payments.statements(actor=request.actor, limit=rows(request, PAGE)))
    if file := exported(request, table, name="bank-files"):
        return file
    return render(request, "workbench/statements.html", {"table": table, "form": form}, status=status)


def _taken(request: DeskRequest, form: StatementForm) -> HttpResponse | None:
    """Take the file and lead to what became of its rows; a refused file says so in the form."""
    upload, said = form.cleaned_data["file"], form.cleaned_data
    try:
        done = take_bank_statement(
            creditor_code=said["creditor"], content=upload.read(), file_name=upload.name[:200],
            format="csv" if said["mapping"] else "", mapping=said["mapping"], actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except REFUSED as refusal:
        form.add_error("file", refusal_text(refusal))
        return None
    cards = done.file.statements
    if done.file.is_repeated:
        text = _("These very bytes were taken before: nothing was booked again.")
        messages.add_message(request, messages.INFO, text, "info")
    else:
        text = _("Taken: %(matched)s payments found their debt, %(waiting)s wait.")
        said_counts = {"matched": done.matched_count, "waiting": done.waiting_count}
        messages.add_message(
            request, messages.SUCCESS, text % said_counts, "wait" if done.waiting_count else "ok"
        )
    if len(cards) == 1:
        return redirect("workbench:statement_file", statement_id=cards[0].statement_id)
    return redirect("workbench:statements")


def statement_table(cards: tuple[payments.StatementCard, ...], name: str = "") -> Table:
    """Return bank files with their counts: rows in are the sum of the five verdicts."""
    return Table(
        cards,
        name=name,
        columns=[
            InstantColumn("taken_at", _("Taken")),
            Column("file_name", _("File"), is_row_head=True, render=_link),
            Column("format", _("Kind"), align="mono"),
            DateColumn("to_date", _("Up to")),
            *[
                Column(field, label, align="num", render=lambda value, _row: f"{value:,}")
                for field, label in (
                    ("row_count", _("Rows")), ("booked_count", _("Booked")), ("repeated_count", _("Known already")),
                    ("returned_count", _("Taken back")), ("set_aside_count", _("Set aside")), ("rejected_count", _("Rejected")),
                )
            ],
            MoneyColumn("booked", _("Booked amount")),
            Column("difference", _("Balances"), render=_agrees, export=lambda row: row.difference),
            Column("taken_by", _("By")),
        ],
        caption=_("Bank files"), key="" if name else "bank-files", sorts_here=True,
        is_exportable=True,
        empty=EmptyState(
            title=_("No bank file was taken yet"), icon="import",
            text=_("Take one: every credit is booked to suspense first, and what is certain finds its debt at once."),
        ),
    )  # fmt: skip


def _link(value: str, row: payments.StatementCard) -> Any:
    return row_link(reverse("workbench:statement_file", args=[row.statement_id]), value)


def _agrees(value: Any, row: payments.StatementCard) -> Any:
    if value is None:
        return badge(_("not told"))
    return badge(_("agree"), "ok") if not value.minor else badge(_("differ by %(amount)s") % {"amount": str(value)}, "stop")  # fmt: skip


@staff_page("payments.view")
def statement(request: DeskRequest, statement_id: int) -> HttpResponse:
    """Show one bank file: rows in equal rows out, its balances, the verdict on every row."""
    try:
        card = payments.statement(statement_id=statement_id, actor=request.actor)
    except payments.StatementUnknown as unknown:
        raise Http404 from unknown
    table = _row_table(payments.statement_rows(statement_id=statement_id, actor=request.actor))
    if file := exported(request, table, name=f"bank-file-{statement_id}"):
        return file
    verdicts = [
        (say(words.VERDICTS, name), getattr(card, f"{name}_count"), words.VERDICT_TONES[name])
        for name in words.VERDICTS
    ]
    context = {"card": card, "table": table, "verdicts": verdicts, "balance": _agrees(card.difference, card)}
    return render(request, "workbench/statement.html", context)


def _row_table(found: tuple[payments.StatementRowCard, ...]) -> Table:
    return Table(
        found,
        columns=[
            Column("position", _("Row"), is_row_head=True, render=lambda value, _row: _place(value), align="nowrap"),
            DateColumn("value_date", _("Value date")),
            MoneyColumn("amount", _("Amount")),
            Column("payer_name_masked", _("Payer")),
            state_column("verdict", _("Verdict"), words.VERDICTS, words.VERDICT_TONES),
            Column("reason", _("Why"), render=lambda value, _row: reason_word(value) if value else "–", align="wide"),
            Column("payment_id", _("Payment"), render=_payment, align="num"),
        ],
        caption=_("Rows of the bank file"),
        is_exportable=True,
    )  # fmt: skip


def _place(position: str) -> str:
    return in_language(payments.place(position), "")


def reason_word(code: str) -> str:
    """Return why a row was not booked: in words where the intake has them, else the code."""
    return in_language(payments.bank_reason(code), "")


def _payment(value: int | None, _row: Any) -> Any:
    return row_link(reverse("workbench:incoming_payment", args=[value]), value) if value else "–"
