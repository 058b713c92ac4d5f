"""Equal treatment: pairs of like people with unlike offers; waivers by collector, segment and loudness of complaint."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.engine.negotiation.treatment import UnlikePair, WaiverLine
from fairdue.journeys.equal_treatment import LOUD_DAYS, equal_treatment
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.plan_words import offer_word
from fairdue.web.workbench.words import say

PERIOD = timedelta(days=90)
DIFFERENCES = {
    "kind": word("offered to one only"),
    "authority": word("another authority"),
    "annual_rate": word("another rate"),
    "waived": word("another share waived"),
}
PRODUCTS = {
    "credit_card": word("credit card"),
    "charge_card": word("charge card"),
    "consumer_loan": word("consumer loan"),
    "loan": word("loan"),
    "cash_loan": word("cash loan"),
    "instalment_loan": word("instalment loan"),
}
FINER = {"days_past_due": word("days past due"), "band": word("amount owed")}
LOUDNESS = {"0": word("never"), "1": word("once"), "2+": word("twice or more")}
WISHES = {"own": word("own proposal"), "offered": word("as offered")}
PROPOSERS = {"borrower": word("borrowers themselves"), "system": word("by itself")}


@staff_page("audit.view")
def treatment(request: DeskRequest) -> HttpResponse:
    """Show what an audit of a period finds; each table can be taken as a file."""
    until = _day(request.GET.get("until")) or business_date(clock.now())
    since = _day(request.GET.get("since")) or until - PERIOD
    since, until = min(since, until), max(since, until)
    found = equal_treatment(actor=request.actor, since=since, until=until)
    pairs = _pairs(found.pairs)
    if file := exported(request, pairs, name="equal-treatment"):
        return file
    context = {
        "found": found,
        "since": since,
        "until": until,
        "pairs": pairs,
        "loud_days": LOUD_DAYS,
        "tables": [
            _waivers(_("Who proposed"), found.by_proposer, PROPOSERS),
            _waivers(_("Product and lateness"), found.by_segment, {}),
            _waivers(_("Complaints before"), found.by_loudness, LOUDNESS),
            _waivers(_("Own proposal or offer"), found.by_wish, WISHES),
        ],
    }
    return render(request, "workbench/treatment.html", context)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _pairs(pairs: Iterable[UnlikePair]) -> Table:
    return Table(
        list(pairs),
        columns=[
            Column("first", _("Set"), accessor=lambda row: f"#{row.first.set_id} · {row.first.shown_date}", is_row_head=True),
            Column("second", _("Beside"), accessor=lambda row: f"#{row.second.set_id} · {row.second.shown_date}"),
            Column("segment", _("Debts"), accessor=lambda row: _debts(row.first.features["debts"])),
            Column("terms", _("Terms"), accessor=lambda row: row.first.terms),
            Column("differences", _("Unlike in"), accessor=lambda row: "; ".join(map(_difference, row.differences))),
            Column("finer", _("Explained by"), accessor=lambda row: row.finer, render=_finer,
                   export=lambda row: ", ".join(row.finer)),
        ],
        caption=_("Like people, unlike offers"), is_exportable=True,
        empty=EmptyState(
            title=_("No like people with unlike offers"),
            text=_("All sets of offers of the period were compared within their likeness."), icon="check",
        ),
    )  # fmt: skip


def _debts(debts: Iterable[dict[str, Any]]) -> str:
    return ", ".join(f"{_product(debt['product'])} M{-(-debt['days_past_due'] // 30)}" for debt in debts)


def _product(code: str) -> str:
    return say(PRODUCTS, code) if code in PRODUCTS else code


def _group(words: dict[str, str], group: str) -> str:
    """Return what a group is called; a segment with its product in words."""
    if group in words:
        return say(words, group)
    product, space, rest = group.partition(" ")
    return f"{_product(product)}{space}{rest}"


def _difference(code: str) -> str:
    name, _colon, kind = code.partition(":")
    return f"{offer_word('kinds', kind)}: {say(DIFFERENCES, name)}"


def _finer(value: tuple[str, ...], _row: Any) -> Any:
    if not value:
        return badge(_("Nothing that was known"), "stop")
    return ", ".join(say(FINER, name) for name in value)


def _waivers(title: str, lines: Iterable[WaiverLine], words: dict[str, str]) -> Table:
    return Table(
        list(lines),
        columns=[
            Column("group", title, is_row_head=True, accessor=lambda row: _group(words, row.group)),
            Column("count", _("Agreements"), align="num"),
            MoneyColumn("arranged", _("Arranged"), accessor=lambda row: Money(row.arranged_minor, row.currency)),
            MoneyColumn("waived", _("Waived"), accessor=lambda row: Money(row.waived_minor, row.currency)),
            Column("share", _("Share"), align="num", accessor=lambda row: f"{float(row.share) * 100:.1f} %"),
            MoneyColumn("expected", _("Usual for these debts"), accessor=lambda row: Money(row.expected_minor, row.currency)),
            Column("judged", _("Beside the usual"), accessor=lambda row: row, render=lambda row, _row: _judged(row)),
        ],
        caption=title,
        empty=EmptyState(title=_("Nothing was agreed in this period"), icon="check"),
    )  # fmt: skip


def _judged(row: WaiverLine) -> Any:
    if row.ratio is None:
        return _("nothing waived")
    times = f"× {float(row.ratio):.2f}"
    if row.is_few:
        return _("%(times)s, too few to judge") % {"times": times}
    return badge(_("%(times)s: look into it") % {"times": times}, "stop") if row.stands_out else times
