"""What an event changes, or what became known, in words: before and after, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.money import Money
from fairdue.web.ui.tables import Column, DateColumn, Table
from fairdue.web.ui.templatetags.ui import bucket, day, money
from fairdue.web.workbench.due_words import due_word
from fairdue.web.workbench.money_words import STANDINGS, component_word
from fairdue.web.workbench.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount before and after."""

    label: str
    before: Money
    after: Money
    is_total: bool = False

    @property
    def difference(self) -> Money:
        """After less before."""
        return self.after - self.before

    @property
    def is_changed(self) -> bool:
        """Tell whether it is another amount."""
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """Changes ready for the template."""

    balances: tuple[Line, ...]
    days: tuple[int, int]
    buckets: tuple[Any, Any]
    is_lateness_changed: bool
    standings: tuple[str, str]
    is_standing_changed: bool
    dues: Table | None
    receipts: Table | None
    charged: tuple[tuple[str, Money], ...]
    is_anything_changed: bool


def changes_view(changes: ledger.Changes) -> ChangesView:
    """Return changes in words: balances by component, lateness, due items, receipts that settle something else."""
    late = (changes.dpd_before, changes.bucket_before) != (changes.dpd_after, changes.bucket_after)
    lines = _balances(changes)
    charged = tuple((component_word(code), amount) for code, amount in changes.fees if amount.minor)
    if changes.interest is not None and changes.interest.minor:
        charged = ((component_word("interest"), changes.interest), *charged)
    moved = changes.standing_before != changes.standing_after
    return ChangesView(
        balances=lines,
        days=(changes.dpd_before, changes.dpd_after),
        buckets=(bucket(changes.bucket_before or "M0"), bucket(changes.bucket_after or "M0")),
        is_lateness_changed=late,
        standings=(say(STANDINGS, changes.standing_before), say(STANDINGS, changes.standing_after)),
        is_standing_changed=moved,
        dues=_dues(changes) if changes.dues else None,
        receipts=_receipts(changes) if changes.receipts else None,
        charged=charged,
        is_anything_changed=late or moved or bool(changes.dues or changes.receipts or charged)
        or any(line.is_changed for line in lines),
    )  # fmt: skip


def _balances(changes: ledger.Changes) -> tuple[Line, ...]:
    zero = Money(0, changes.credit_balance_before.currency)
    before, after = changes.balance_before, changes.balance_after
    lines = [
        Line(label=component_word(code), before=before.get(code, zero), after=after.get(code, zero))
        for code in dict.fromkeys([*before, *after])
        if before.get(code, zero).minor or after.get(code, zero).minor
    ]
    total = Line(label=_("Balance"), before=_sum(before, zero), after=_sum(after, zero), is_total=True)
    credit = Line(
        label=_("Credit balance"), before=changes.credit_balance_before, after=changes.credit_balance_after
    )
    return (*lines, total, *([credit] if credit.before.minor or credit.after.minor else []))


def _sum(amounts: Mapping[str, Money], zero: Money) -> Money:
    return sum(amounts.values(), zero)


def _dues(changes: ledger.Changes) -> Table:
    return Table(
        changes.dues,
        columns=[
            Column(
                "due_ref", _("Instalment or statement"), render=lambda value, _row: due_word(value) or "–",
                is_row_head=True, align="nowrap",
            ),
            Column("component", _("Component"), render=lambda value, _row: component_word(value)),
            Column("due", _("Due on"), lambda row: (row.due_date_before, row.due_date_after), render=_days, align="nowrap"),
            Column("asked", _("Asked"), lambda row: (row.asked_before, row.asked_after), render=_pair, align="num"),
            Column("paid", _("Paid"), lambda row: (row.paid_before, row.paid_after), render=_pair, align="num"),
        ],
        caption=_("Due items that change"),
    )  # fmt: skip


def _receipts(changes: ledger.Changes) -> Table:
    return Table(
        changes.receipts,
        columns=[
            DateColumn("effective_date", _("Received on"), is_row_head=True),
            Column("transaction_id", _("Event"), render=lambda value, _row: value or _("this one"), align="num"),
            Column("before", _("It settled"), render=lambda value, _row: split_text(value)),
            Column("after", _("It settles"), render=lambda value, _row: split_text(value)),
        ],
        caption=_("Receipts that settle something else"),
    )  # fmt: skip


def split_text(parts: Mapping[str, Money]) -> str:
    """Return where a receipt went, by component."""
    return (
        " · ".join(
            f"{component_word(code)} {amount.amount:,}" for code, amount in parts.items() if amount.minor
        )
        or "–"
    )


def _days(value: tuple[date | None, date | None], _row: Any) -> Any:
    return _course(*(day(each) for each in value))


def _pair(value: tuple[Money | None, Money | None], _row: Any) -> Any:
    return _course(*(money(each, False) if each is not None else "–" for each in value))


def _course(before: Any, after: Any) -> Any:
    return before if before == after else format_html("{}<br>→ {}", before, after)
