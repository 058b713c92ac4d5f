"""The lists of an account's page: due items, events, postings, lateness, classifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.clock import business_date
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, InstantColumn, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import badge, bucket, day, minute, money
from fairdue.web.workbench.due_words import due_word
from fairdue.web.workbench.money_words import component_word, kind_word, ledger_account_word


def dues_table(dues: Sequence[ledger.DueCard], as_of: date) -> Table:
    """Return the due items: what was asked, what is paid, what is left, since when, how late."""
    return Table(
        dues,
        name="dues",
        columns=[
            DateColumn("due_date", _("Due on"), is_row_head=True),
            Column("due_ref", _("Instalment or statement"), render=lambda value, _row: due_word(value) or "–", align="nowrap"),
            Column("component", _("Component"), render=lambda value, _row: component_word(value)),
            MoneyColumn("asked", _("Asked"), lambda row: row.paid + row.unpaid),
            MoneyColumn("paid", _("Paid")),
            MoneyColumn("unpaid", _("Unpaid")),
            DateColumn("settled_date", _("Settled on")),
            Column("days", _("Past due"), lambda row: days_late(row, as_of), render=_late, align="nowrap"),
        ],
        caption=_("Due items"),
        is_exportable=True,
        empty=EmptyState(title=_("Nothing has been asked by this day"), icon="clock"),
    )  # fmt: skip


def days_late(row: ledger.DueCard, as_of: date) -> int:
    """Return for how many days a due item has been unpaid after its due date."""
    return (as_of - row.due_date).days if row.is_overdue else 0


def _late(value: int, row: ledger.DueCard) -> Any:
    if value:
        return badge(_("%(days)s d") % {"days": value}, "wait")
    return badge(_("Settled"), "ok") if not row.unpaid.minor else badge(_("Not due yet"))


def events_table(
    rows: Sequence[ledger.TransactionCard],
    moved: Mapping[int, Sequence[ledger.PostingCard]],
    *,
    account_id: int,
    may_reverse: bool,
) -> Table:
    """Return the events of an account, newest first, each with what it moved."""
    return Table(
        rows,
        name="events",
        columns=[
            DateColumn("effective_date", _("Counts from"), is_row_head=True),
            Column("kind", _("What"), render=_kind, align="nowrap"),
            MoneyColumn("amount", _("Amount")),
            Column(
                "moved", _("What it changed"), lambda row: moved_text(row, moved),
                render=lambda _value, row: _moved(row, moved), align="wide",
            ),
            InstantColumn("recorded_at", _("Recorded")),
            Column("source", _("Source"), render=lambda value, _row: source_word(value), align="nowrap"),
            Column("external_ref", _("Reference"), render=_reference, align="mono"),
            Column(
                "reverse", _("Take back"), lambda row: row.transaction_id, is_exported=False,
                render=lambda _value, row: _reverse(row, account_id, may_reverse),
            ),
        ],
        caption=_("Events"),
        is_exportable=True,
        empty=EmptyState(
            title=_("Nothing has happened by this day"), icon="clock",
            text=_("Payments, charges and agreements appear here."),
        ),
    )  # fmt: skip


def _kind(value: str, row: ledger.TransactionCard) -> Any:
    text = kind_word(value) + (f" · {component_word(row.component)}" if row.component else "")
    state = badge(_("Reversed"), "stop") if row.reversed_by_id else ""
    return format_html("{} {}", text, state)


def source_word(source: str) -> str:
    """Return where an event came from: by hand, a file and its number, a provider, the bank, our own keeping."""
    kind, _colon, key = source.partition(":")
    words = {
        "hand": _("By hand"), "file": _("Creditor's file"), "webhook": _("Payment provider"), "bank": _("Bank file"),
        "keeping": _("Own computation"),
    }  # fmt: skip
    return f"{words.get(kind, kind)} {key}".strip()


def moved_text(row: ledger.TransactionCard, moved: Mapping[int, Sequence[ledger.PostingCard]]) -> str:
    """Return in one line what an event moved, for files."""
    return " · ".join(f"{words} {amount.amount:,}" for words, amount in _lines(row, moved))


def _moved(row: ledger.TransactionCard, moved: Mapping[int, Sequence[ledger.PostingCard]]) -> Any:
    lines = _lines(row, moved)
    if not lines:
        return "–"
    return format_html_join("", '<div class="small">{} {}</div>', ((words, money(amount, False)) for words, amount in lines))  # fmt: skip


def _lines(
    row: ledger.TransactionCard, moved: Mapping[int, Sequence[ledger.PostingCard]]
) -> list[tuple[str, Any]]:
    """Return a receipt's parts by due item, or what another event posted between two ledger accounts."""
    if row.parts:
        return [
            (
                component_word(part.component) + (f" ({due_word(part.due_ref)})" if part.due_ref else ""),
                part.amount,
            )
            for part in row.parts
        ]
    sums: dict[tuple[str, str], Any] = {}
    for posting in moved.get(row.transaction_id, ()):
        pair = (posting.debit, posting.credit)
        sums[pair] = sums[pair] + posting.amount if pair in sums else posting.amount
    return [
        (f"{ledger_account_word(debit)} ← {ledger_account_word(credit)}", amount)
        for (debit, credit), amount in sums.items()
    ]


def _reference(ref: str, row: ledger.TransactionCard) -> str:
    """Return the reference that somebody gave; what the house computed has none to show."""
    return ref if ref and row.source != "keeping" else "–"


def _reverse(row: ledger.TransactionCard, account_id: int, may_reverse: bool) -> Any:
    if row.kind == "reversal" or row.reversed_by_id:
        return "–"
    if not may_reverse:
        return format_html('<span class="small muted">{}</span>', _("not by your role"))
    href = reverse("workbench:reverse_event", args=[account_id, row.transaction_id])
    hidden = format_html(
        '<span class="visually-hidden"> {} {}</span>', kind_word(row.kind), day(row.effective_date)
    )
    return format_html('<a class="btn btn-quiet" href="{}">{}{}</a>', href, _("Reverse"), hidden)


def postings_table(rows: Sequence[ledger.PostingCard]) -> Table:
    """Return the postings as an auditor reads them: debit, credit, the day they count from, when they were recorded."""
    return Table(
        rows,
        name="postings",
        columns=[
            Column("posting_id", _("Number"), align="num"),
            DateColumn("effective_date", _("Counts from"), is_row_head=True),
            Column("recorded_at", _("Recorded"), render=_recorded, align="nowrap"),
            Column("kind", _("Why"), render=lambda value, _row: kind_word(value)),
            Column("debit", _("Debit"), render=lambda value, _row: ledger_account_word(value)),
            Column("credit", _("Credit"), render=lambda value, _row: ledger_account_word(value)),
            MoneyColumn("amount", _("Amount")),
            Column("due_ref", _("Due item"), render=lambda value, _row: due_word(value) or "–", align="nowrap"),
            Column("transaction_id", _("Event"), align="num"),
        ],
        caption=_("Postings"),
        is_exportable=True,
        empty=EmptyState(title=_("Nothing was posted by this day"), icon="book"),
    )  # fmt: skip


def _recorded(value: Any, row: ledger.PostingCard) -> Any:
    """Mark what was recorded on a later day than it counts from."""
    if business_date(value) <= row.effective_date:
        return minute(value)
    return format_html("{} {}", minute(value), badge(_("back-dated"), "info"))


def spans_table(history: ledger.DpdHistory) -> Table:
    """Return the stretches of lateness, the latest first."""
    return Table(
        list(reversed(history.spans)),
        name="lateness",
        columns=[
            DateColumn("from_date", _("From"), is_row_head=True),
            DateColumn("to_date", _("Up to")),
            DateColumn("oldest_unpaid_due_date", _("Unpaid since")),
            Column("final_days_past_due", _("Days past due"), render=_days_late, align="num"),
            Column("final_delinquent_days", _("Without pauses"), render=_days_counted, align="num"),
            Column("bucket", _("Bucket"), render=lambda value, _row: bucket(value)),
            MoneyColumn("overdue", _("Overdue")),
        ],
        caption=_("Lateness by stretch"),
        is_exportable=True,
        empty=EmptyState(title=_("Never late up to this day"), icon="check"),
    )  # fmt: skip


def _days_late(_value: int, row: ledger.DpdSpan) -> str:
    return _range(row.first_days_past_due, row.final_days_past_due)


def _days_counted(_value: int, row: ledger.DpdSpan) -> str:
    return _range(row.first_delinquent_days, row.final_delinquent_days)


def _range(first: int, final: int) -> str:
    return f"{first}" if first == final else f"{first}–{final}"


def stays_table(history: ledger.DpdHistory) -> Table:
    """Return in which bucket the account was from when to when."""
    return Table(
        list(reversed(history.stays)),
        name="buckets",
        columns=[
            Column("bucket", _("Bucket"), is_row_head=True, render=lambda value, _row: bucket(value)),
            DateColumn("entered_date", _("Entered")),
            DateColumn("left_date", _("Left")),
            Column("days", _("Days"), align="num", render=lambda value, _row: f"{value:,}"),
        ],
        caption=_("Buckets in time"),
        is_exportable=True,
    )
