"""The figures by e-mail: tables without any personal data, once a day and subscription."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.conf import settings
from django.utils.html import format_html, format_html_join

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.reporting import facade as reporting
from fairdue.engine.figures.metrics import METRICS
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.kernel.money import Money
from fairdue.storage.house_mail import HouseLetter, HouseMailFailed, send_house_letter

FIRST_HOUR, LATEST_WAIT, END_HOUR = 7, 12, 20
"""Sent from seven on once tonight's figures are there, from noon on in any case, never at night."""

HEADS = {
    "book": (("账龄", "账户", "余额", "逾期"), ("Bucket", "Accounts", "Balance", "Overdue")),
    "funnel": (("阶段", "人数", "占应还"), ("Stage", "Persons", "Of due")),
    "promises": (("状态", "笔数", "金额"), ("State", "Promises", "Amount")),
    "recovery": (("策略行", "渠道", "人数", "已还人数", "回收率"), ("Strategy row", "Channel", "Persons", "Paid", "Rate")),
    "objections": (("类别", "受理", "未结"), ("Kind", "Taken in", "Still open")),
}  # fmt: skip
WORDS = {
    "due": ("应还", "Due"), "reminded": ("已提醒", "Reminded"), "reached": ("接通", "Reached"),
    "promised": ("承诺", "Promised"), "kept": ("兑现", "Kept"), "open": ("有效", "Open"), "broken": ("跳票", "Broken"),
    "complaint": ("投诉", "Complaint"), "dispute": ("异议", "Dispute"), "hardship": ("特殊情形", "Hardship"),
    "call": ("电话", "Call"), "sms": ("短信", "SMS"), "email": ("邮件", "E-mail"), "inapp": ("站内信", "In-app"),
    "review": ("人工复核", "Review"), "none": ("无", "None"),
}  # fmt: skip

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What one run did."""

    sent: int
    failed: int
    skipped: int


def send_due_figures(*, now: datetime) -> SendReport:
    """This function will send every subscription that is due today; safe to run at any time and twice at once.

    1. Nothing at night; before noon only when tonight's figures are there.
    2. Who may no longer see figures, or was deactivated, gets nothing; the attempt is on record.
    3. Without a mail server nothing is claimed and nothing is lost.
    """
    day, hour = business_date(now), now.astimezone(HOUSE_ZONE).hour
    is_fresh = reporting.figure_night(day) == day
    if not settings.SMTP_URL or not FIRST_HOUR <= hour < END_HOUR or not (is_fresh or hour >= LATEST_WAIT):
        return SendReport(sent=0, failed=0, skipped=0)
    counts = {"sent": 0, "failed": 0, "skipped": 0}
    for card in reporting.due_subscriptions(day):
        if reporting.claim_subscription(subscription_id=card.subscription_id, day=day):
            counts[_send(card, day, now)] += 1
    return SendReport(**counts)


def _send(card: reporting.SubscriptionCard, day: date, now: datetime) -> str:
    actor, address = identity.actor_by_id(card.staff_id), identity.staff_address(card.staff_id)
    status, error, is_final, night = "sent", "", True, None
    if actor is None or not actor.may("reporting.view") or not address:
        status = "skipped"
    else:
        shown = reporting.dashboards(actor=actor, as_of=day, wanted=_filter(card))
        night = shown.night
        try:
            send_house_letter(_letter(card, shown, address), url=settings.SMTP_URL, sender=settings.MAIL_FROM)
        except HouseMailFailed as failure:
            status, error, is_final = "failed", str(failure), failure.is_final
    reporting.record_send(
        subscription_id=card.subscription_id, day=day, night=night, status=status, error=error, is_final=is_final, now=now
    )  # fmt: skip
    return status


def _filter(card: reporting.SubscriptionCard) -> reporting.FigureFilter:
    def number(name: str) -> int | None:
        value = card.filters.get(name, "")
        return int(value) if value.isdigit() else None

    return reporting.FigureFilter(
        creditor_id=number("creditor"), product_id=number("product"), bucket=card.filters.get("bucket", ""),
        team_id=number("team"), agency=card.filters.get("agency", ""), currency=card.filters.get("currency", ""),
        window=number("window") or 30,
    )  # fmt: skip


def _letter(card: reporting.SubscriptionCard, shown: reporting.Dashboards, address: str) -> HouseLetter:
    at = 0 if card.locale.startswith("zh") else 1
    night = shown.night.isoformat() if shown.night else "–"
    title = (f"催收指标 · 批次 {night}", f"Collections figures, night of {night}")[at]
    link = f"{settings.PUBLIC_URL}/desk/dashboards/"
    stop = (f"查看与停止订阅：{link}", f"See them, or stop this e-mail: {link}")[at]
    parts = [(_title(code, at), HEADS[code][at], rows) for code, rows in tables_of(shown, at)]
    text = "\n\n".join(
        f"{name}\n{' | '.join(heads)}\n" + "\n".join(" | ".join(row) for row in rows)
        for name, heads, rows in parts
    )
    html = format_html(
        '<html lang="{}"><body><h1>{}</h1>{}<p><a href="{}">{}</a></p></body></html>',
        ("zh-Hans", "en")[at], title, format_html_join("", "{}", ((_table(*part),) for part in parts)), link, stop,
    )  # fmt: skip
    key = f"figures-{card.subscription_id}-{shown.as_of.isoformat()}"
    return HouseLetter(
        recipient=address, subject=title, text=f"{title}\n\n{text}\n\n{stop}\n", html=html,
        language=("zh-Hans", "en")[at], message_id=key,
    )  # fmt: skip


def _title(code: str, at: int) -> str:
    return (METRICS[code].zh, METRICS[code].en)[at]


def _table(name: str, heads: Iterable[str], rows: Rows) -> str:
    head = format_html_join("", '<th align="left">{}</th>', ((each,) for each in heads))
    lines = ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
    body = format_html_join("", "<tr>{}</tr>", lines)
    return format_html(
        '<h2>{}</h2><table border="1" cellpadding="4"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        name, head, body,
    )  # fmt: skip


def tables_of(shown: reporting.Dashboards, at: int) -> list[tuple[str, Rows]]:
    """Return what a letter shows: counts and sums only, in Chinese (0) or English (1)."""

    def word(code: str) -> str:
        return WORDS[code][at] if code in WORDS else code

    recovery = [
        (each.row_id, word(each.channel), f"{each.persons:,}", f"{each.paid_persons:,}", _share(each.rate))
        for each in shown.recovery
    ]
    book = [
        (each.bucket, f"{each.accounts:,}", _money(each.balance), _money(each.overdue)) for each in shown.book
    ]
    return [
        ("book", book),
        ("funnel", [(word(each.stage), f"{each.persons:,}", _share(each.of_all)) for each in shown.funnel]),
        ("promises", [(word(each.status), f"{each.count:,}", _money(each.amount)) for each in shown.promises]),
        ("recovery", recovery),
        ("objections", [(word(each.kind), f"{each.taken:,}", f"{each.still_open:,}") for each in shown.objections]),
    ]  # fmt: skip


def _money(amount: Money) -> str:
    return f"{amount.currency} {amount.amount:,}"


def _share(value: Fraction | None) -> str:
    return "–" if value is None else f"{float(value):.1f} %"
