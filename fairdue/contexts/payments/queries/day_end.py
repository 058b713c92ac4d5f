"""The day-end report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, F, QuerySet, Sum

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.cards import AGES, age_band, statement_card_of
from fairdue.contexts.payments.contracts import DayEnd, RequestCard, StatementCard, SuspenseDay
from fairdue.contexts.payments.errors import PaymentsError
from fairdue.contexts.payments.models import (
    BankStatement,
    IncomingPayment,
    PaymentMatch,
    PaymentOrder,
    Request,
)
from fairdue.contexts.payments.queries.payments import day_start
from fairdue.contexts.payments.queries.requests import cards_of
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date as day_of
from fairdue.kernel.money import Money

Row = tuple[str, int, Money]
MOMENT = timedelta(microseconds=1)


def day_end(*, creditor_id: int, business_date: date, actor: Actor) -> DayEnd:
    """Return what came in, where it went and what waits at the end of a day, held against the ledger.

    1. The day is the business date on which something was recorded: opening + received − matched − returned −
       refunded = closing, per currency; matched is less what was undone on the day.
    2. The ledger's suspense account as known at the end of the day must equal the closing to the cent.
    3. A past day reads the same later: what was recorded afterwards is not in it.

    :raises PermissionRefused: without `payments.view`
    :raises PaymentsError: if the creditor is not in the actor's scope
    """
    actor.require("payments.view")
    if actor.creditor_ids is not None and creditor_id not in actor.creditor_ids:
        raise PaymentsError("this creditor is not in your scope")
    day = _Day(creditor_id, business_date)
    suspense, statements = day.suspense(), day.statements()
    return DayEnd(
        creditor_id=creditor_id,
        business_date=business_date,
        suspense=suspense,
        received_by_source=day.received_by_source(),
        matched_by_way=day.matched_by_way(),
        waiting_by_age=day.waiting_by_age(),
        credit_refunds=day.credit_refunds(),
        statements=statements,
        decisions=day.decisions(actor),
        problems=_problems(suspense, statements),
    )


def _problems(suspense: Iterable[SuspenseDay], statements: Iterable[StatementCard]) -> tuple[str, ...]:
    found = [f"suspense.difference:{row.currency}" for row in suspense if row.difference.minor]
    found += [
        f"statement.difference:{row.statement_id}"
        for row in statements
        if row.difference and row.difference.minor
    ]
    found += [f"statement.rejected_rows:{row.statement_id}" for row in statements if row.rejected_count]
    return tuple(found)


class _Day:
    """The records of one creditor on one business date."""

    def __init__(self, creditor_id: int, day: date) -> None:
        self.creditor_id, self.day = creditor_id, day
        self.start, self.end = day_start(day), day_start(day + timedelta(days=1))
        self.payments = IncomingPayment.objects.filter(creditor_id=creditor_id)
        self.matches = PaymentMatch.objects.filter(payment__creditor_id=creditor_id)
        self.orders = PaymentOrder.objects.filter(creditor_id=creditor_id)

    def _today(self, name: str = "recorded_at") -> dict[str, datetime]:
        return {f"{name}__gte": self.start, f"{name}__lt": self.end}

    def suspense(self) -> tuple[SuspenseDay, ...]:
        """Return the day's movement of suspense per currency, beside the ledger's own balances."""
        before = ledger.suspense_balance(self.creditor_id, self.day, self.start - MOMENT)
        after = ledger.suspense_balance(self.creditor_id, self.day, self.end - MOMENT)
        received = _sums(self.payments.filter(**self._today()))
        matched = _sums(self.matches.filter(**self._today()), "payment__currency")
        undone = _sums(self.matches.filter(**self._today("undone_at")), "payment__currency")
        refunded = _sums(self.orders.filter(kind="return", **self._today("made_at")))
        returned = self._taken_back()
        currencies = sorted({*before, *after, *received, *matched, *undone, *refunded, *returned})

        def row(currency: str) -> SuspenseDay:
            opening = before.get(currency, Money(0, currency)).minor
            net = matched[currency] - undone[currency]
            closing = opening + received[currency] - net - returned[currency] - refunded[currency]
            booked = after.get(currency, Money(0, currency)).minor
            return SuspenseDay(
                currency=currency,
                opening=Money(opening, currency),
                received=Money(received[currency], currency),
                matched=Money(net, currency),
                returned=Money(returned[currency], currency),
                refunded=Money(refunded[currency], currency),
                closing=Money(closing, currency),
                ledger=Money(booked, currency),
                difference=Money(booked - closing, currency),
            )

        return tuple(map(row, currencies))

    def _taken_back(self) -> dict[str, int]:
        return _sums(self.payments.filter(**self._today("taken_back_at")), value="amount_minor")

    def received_by_source(self) -> tuple[Row, ...]:
        """Return count and amount per kind of source and currency."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        rows = self.payments.filter(**self._today()).values_list("source", "currency", "amount_minor")
        for source, currency, minor in rows:
            found[source.partition(":")[0], currency].append(minor)
        return tuple(
            (kind, len(each), Money(sum(each), currency)) for (kind, currency), each in sorted(found.items())
        )

    def matched_by_way(self) -> tuple[Row, ...]:
        """Return count and amount of the day's matches per way and currency, undone ones included."""
        rows = self.matches.filter(**self._today()).values("way", "payment__currency")
        totals = rows.annotate(count=Count("id"), minor=Sum("amount_minor")).order_by(
            "way", "payment__currency"
        )
        return tuple(
            (row["way"], row["count"], Money(row["minor"], row["payment__currency"])) for row in totals
        )

    def waiting_by_age(self) -> tuple[Row, ...]:
        """Return what waited at the end of the day by age in days, per currency."""
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        bands = [name for name, _ in AGES]
        for payment, waited in self._waited():
            age = (self.day - day_of(payment.recorded_at)).days
            found[bands.index(age_band(age)), payment.currency].append(waited)
        return tuple(
            (bands[band], len(each), Money(sum(each), currency))
            for (band, currency), each in sorted(found.items())
        )

    def _waited(self) -> Iterable[tuple[IncomingPayment, int]]:
        """Yield payments received up to the day that had anything in suspense at its end."""
        late = self.matches.filter(recorded_at__gte=self.end).values("payment_id")
        undone_late = self.matches.filter(undone_at__gte=self.end).values("payment_id")
        sent_late = self.orders.filter(made_at__gte=self.end).values("request__payment_id")
        rows = self.payments.filter(recorded_at__lt=self.end)
        open_now = rows.filter(amount_minor__gt=F("matched_minor") + F("returned_minor"))
        changed = rows.filter(pk__in=late) | rows.filter(pk__in=undone_late)
        changed = changed | rows.filter(pk__in=sent_late) | rows.filter(taken_back_at__gte=self.end)
        ids = {*open_now.values_list("pk", flat=True), *changed.values_list("pk", flat=True)}
        for payment in IncomingPayment.objects.filter(pk__in=ids):
            if waited := self._waited_minor(payment):
                yield payment, waited

    def _waited_minor(self, payment: IncomingPayment) -> int:
        stood = PaymentMatch.objects.filter(payment=payment, recorded_at__lt=self.end)
        matched = sum(row.amount_minor for row in stood if row.undone_at is None or row.undone_at >= self.end)
        sent = self.orders.filter(kind="return", request__payment=payment, made_at__lt=self.end)
        gone = sum(sent.values_list("amount_minor", flat=True))
        if payment.taken_back_at is not None and payment.taken_back_at < self.end:
            gone = payment.amount_minor
        return payment.amount_minor - matched - gone

    def credit_refunds(self) -> tuple[Row, ...]:
        """Return count and amount of credit balances refunded on the day, per currency."""
        rows = self.orders.filter(kind="refund", **self._today("made_at")).values("currency")
        totals = rows.annotate(count=Count("id"), minor=Sum("amount_minor")).order_by("currency")
        return tuple((row["currency"], row["count"], Money(row["minor"], row["currency"])) for row in totals)

    def statements(self) -> tuple[StatementCard, ...]:
        """Return the statements taken on the day."""
        rows = BankStatement.objects.filter(creditor_id=self.creditor_id, **self._today())
        return tuple(map(statement_card_of, rows.order_by("id")))

    def decisions(self, actor: Actor) -> tuple[RequestCard, ...]:
        """Return the requests decided on the day."""
        rows = Request.objects.filter(creditor_id=self.creditor_id, **self._today("decided_at"))
        return cards_of(rows.exclude(status="withdrawn").order_by("decided_at", "id"), actor)


def _sums(rows: QuerySet, currency: str = "currency", value: str = "amount_minor") -> dict[str, int]:  # type: ignore[type-arg]
    totals = rows.values(currency).annotate(minor=Sum(value)).order_by(currency)
    return defaultdict(int, {row[currency]: row["minor"] for row in totals})
