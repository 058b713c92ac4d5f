"""Match many payments at once whose accounts are certain: by few statements, each payment as if it came alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.cards import waiting_minor
from fairdue.contexts.payments.contracts import MatchedTogether
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch
from fairdue.contexts.payments.operations.match import MATCHED, matched_values
from fairdue.contexts.payments.queries.candidates import rank_certain_of
from fairdue.engine.matching.scoring import certain_account
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


@transaction.atomic
def match_together(*, payment_ids: Sequence[int], actor: Actor, now: datetime) -> MatchedTogether:
    """This function will match those payments that it can at once, as `match_automatically` matches each.

    1. Taken are waiting payments that nobody has touched, whose account is certain by the same rules.
    2. Of several payments at one account the first is taken; the others are to be asked for later, since what they
       find there depends on it.
    3. The others are left `alone`, for `match_automatically`: it matches them too, or notes why they wait.
    4. One transaction: killed in it, all of them still wait.

    :raises PermissionRefused: without `payments.match`
    """
    actor.require("payments.match")
    rows = _lock(payment_ids, actor)
    first, later = _first_of_account(_certain(rows))
    taken = ledger.record_payments(
        payments=[one.given for one in first.values()], fund="suspense", actor=actor, now=now
    )
    matches = [_match(first[one.account_id], one, actor, now) for one in taken]
    PaymentMatch.objects.bulk_create(matches, batch_size=1000)
    matched = {match.payment_id for match in matches}
    IncomingPayment.objects.filter(pk__in=matched).update(
        matched_minor=F("amount_minor") - F("returned_minor"), why_waiting=""
    )
    if matches:
        _record(matches, actor, now)
    return MatchedTogether(
        payment_ids=tuple(sorted(matched)),
        person_ids=tuple(sorted({match.person_id for match in matches})),
        later=tuple(later),
        alone=tuple(each for each in payment_ids if each not in matched and each not in set(later)),
    )


@dataclass(frozen=True, slots=True)
class _Certain:
    payment: IncomingPayment
    account_id: int
    reasons: list[str]

    @property
    def given(self) -> ledger.PaymentGiven:
        payment = self.payment
        return ledger.PaymentGiven(
            account_id=self.account_id,
            amount=Money(waiting_minor(payment), payment.currency),
            effective_date=payment.effective_date,
            external_ref=f"incoming:{payment.pk}:1",
            source=payment.source,
        )


def _lock(payment_ids: Sequence[int], actor: Actor) -> list[IncomingPayment]:
    """Lock the payments by number, and return those that wait and that nobody has touched."""
    rows = IncomingPayment.objects.select_for_update(of=("self",)).filter(pk__in=payment_ids).order_by("pk")
    if actor.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=actor.creditor_ids)
    waiting = [
        row
        for row in rows
        if waiting_minor(row)
        and not row.matched_minor
        and row.why_waiting != "match_undone"
        and row.resembles_id is None
    ]
    touched = PaymentMatch.objects.filter(payment_id__in=[row.pk for row in waiting])
    ever_matched = set(touched.values_list("payment_id", flat=True))
    return [row for row in waiting if row.pk not in ever_matched]


def _certain(rows: Sequence[IncomingPayment]) -> list[_Certain]:
    ranked = rank_certain_of(rows)
    found = []
    for payment in rows:
        mine, _ = ranked[payment.pk]
        account_id = certain_account(mine)
        if account_id is not None:
            grounds = next(each.grounds for each in mine if each.account_id == account_id)
            found.append(_Certain(payment, account_id, [ground.code for ground in grounds]))
    return found


def _first_of_account(certain: Sequence[_Certain]) -> tuple[Mapping[int, _Certain], list[int]]:
    """Return the first payment of each account, and the numbers of the others."""
    first: dict[int, _Certain] = {}
    later = []
    for one in certain:
        if first.setdefault(one.account_id, one) is not one:
            later.append(one.payment.pk)
    return first, later


def _match(one: _Certain, taken: ledger.PaymentTaken, actor: Actor, now: datetime) -> PaymentMatch:
    return PaymentMatch(
        payment=one.payment,
        account_id=one.account_id,
        person_id=taken.person_id,
        amount_minor=waiting_minor(one.payment),
        transaction_id=taken.transaction_id,
        way="automatic",
        rule="only_debt",
        reasons=one.reasons,
        matched_by_id=actor.id,
        matched_by=actor.label,
        recorded_at=now,
    )


def _record(matches: Sequence[PaymentMatch], actor: Actor, now: datetime) -> None:
    audit.record_many(
        code=MATCHED,
        actor=actor,
        subject_type="payments.payment",
        entries=[
            audit.Entry(subject_id=match.payment_id, person_id=match.person_id, after=matched_values(match))
            for match in matches
        ],
        now=now,
    )
