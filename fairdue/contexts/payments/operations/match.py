"""Match a payment to accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments.cards import match_cards, waiting_minor
from fairdue.contexts.payments.contracts import Matched, Reason, SharePart
from fairdue.contexts.payments.errors import AlreadyMatched, MatchInvalid, NothingWaiting
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch
from fairdue.contexts.payments.operations.locking import lock_payment
from fairdue.contexts.payments.queries.division import shares_of
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

Way = Literal["automatic", "by_hand"]
MATCHED = "payments.payment.matched"


@transaction.atomic
def match_payment(
    *,
    payment_id: int,
    account_ids: Sequence[int] = (),
    shares: Sequence[tuple[int, Money]] = (),
    designated_account_id: int | None = None,
    reasons: Sequence[Reason] = (),
    actor: Actor,
    now: datetime,
) -> Matched:
    """This function will bring waiting money to its accounts: by given shares, or divided over accounts.

    1. All that waits goes to one account of `account_ids`; over several it is divided by art. 560 of the
       Civil Code: designated debt first, then due, least secured, heaviest, earliest, pro rata.
    2. Given `shares` are taken as they are; what they leave waits on.
    3. What exceeds an account's debt becomes its credit balance.
    4. Of two clerks one matches, the other gets `AlreadyMatched`; the same clerk asking the same again gets
       the same answer with `is_repeated`.

    :raises PermissionRefused: without `payments.match`
    :raises PaymentUnknown, AlreadyMatched, NothingWaiting, MatchInvalid: as they say
    :raises LedgerError: if the ledger refuses a share; then nothing is matched
    """
    actor.require("payments.match")
    payment = lock_payment(payment_id, actor)
    wanted = {account_id for account_id, _ in shares} or set(account_ids)
    if repeated := _repeated(payment, wanted, shares, actor):
        return repeated
    _require_waiting(payment, actor)
    parts = (
        _by_hand(payment, shares) if shares else shares_of(payment, account_ids, designated_account_id, actor)
    )
    codes = [reason.code for reason in reasons]
    return place(payment, parts, way="by_hand", reasons=codes, actor=actor, now=now)


def place(
    payment: IncomingPayment,
    parts: Sequence[SharePart],
    *,
    way: Way,
    reasons: Sequence[str],
    actor: Actor,
    now: datetime,
    accounts: Mapping[int, book.AccountCard] | None = None,
) -> Matched:
    """This function will record parts of a locked payment at their accounts, by account number.

    `accounts` are the cards of the parts' accounts, where the caller has read them.
    """
    made = []
    for part in sorted(parts, key=lambda part: part.account_id):
        number = PaymentMatch.objects.filter(payment=payment, account_id=part.account_id).count() + 1
        receipt = ledger.record_payment(
            account_id=part.account_id,
            amount=part.amount,
            effective_date=payment.effective_date,
            external_ref=f"incoming:{payment.pk}:{number}",
            source=payment.source,
            fund="suspense",
            actor=actor,
            now=now,
        )
        made.append(
            PaymentMatch.objects.create(
                payment=payment,
                account_id=part.account_id,
                person_id=receipt.person_id,
                amount_minor=part.amount.minor,
                transaction_id=receipt.transaction_id,
                way=way,
                rule=part.rule,
                reasons=list(reasons),
                matched_by_id=actor.id,
                matched_by=actor.label,
                recorded_at=now,
            )
        )
    payment.matched_minor += sum(part.amount.minor for part in parts)
    payment.why_waiting = ""
    payment.save(update_fields=["matched_minor", "why_waiting"])
    _record(payment, made, actor, now)
    return answer(payment, made, accounts=accounts)


def answer(
    payment: IncomingPayment,
    rows: Sequence[PaymentMatch],
    *,
    is_repeated: bool = False,
    accounts: Mapping[int, book.AccountCard] | None = None,
) -> Matched:
    """Return where a payment stands after its matches changed."""
    return Matched(
        payment_id=payment.pk,
        matches=match_cards(rows, payment.currency, accounts),
        person_ids=tuple(sorted({row.person_id for row in rows})),
        waiting=Money(waiting_minor(payment), payment.currency),
        is_repeated=is_repeated,
    )


def _repeated(
    payment: IncomingPayment, wanted: set[int], shares: Sequence[tuple[int, Money]], actor: Actor
) -> Matched | None:
    """Return the earlier answer if this very actor made this very match and it stands."""
    rows = list(PaymentMatch.objects.filter(payment=payment, undone_at=None).order_by("id"))
    is_same = (
        bool(rows)
        and actor.id is not None
        and {row.account_id for row in rows} == wanted
        and all(row.matched_by_id == actor.id for row in rows)
        and (
            sorted((row.account_id, row.amount_minor) for row in rows)
            == sorted((account_id, amount.minor) for account_id, amount in shares)
            if shares
            else waiting_minor(payment) == 0
        )
    )
    return answer(payment, rows, is_repeated=True) if is_same else None


def _require_waiting(payment: IncomingPayment, actor: Actor) -> None:
    if waiting_minor(payment):
        return
    latest = PaymentMatch.objects.filter(payment=payment, undone_at=None).order_by("-id").first()
    if latest is None:
        raise NothingWaiting(f"payment {payment.pk} was sent back: nothing of it waits")
    raise AlreadyMatched(
        f"{latest.matched_by} matched payment {payment.pk} at {latest.recorded_at:%H:%M} UTC"
    )


def _by_hand(payment: IncomingPayment, shares: Sequence[tuple[int, Money]]) -> tuple[SharePart, ...]:
    if len({account_id for account_id, _ in shares}) < len(shares):
        raise MatchInvalid("an account stands twice among the shares")
    if any(share.currency != payment.currency or share.minor <= 0 for _, share in shares):
        raise MatchInvalid(f"each share is more than 0 and in {payment.currency}")
    if sum(share.minor for _, share in shares) > waiting_minor(payment):
        raise MatchInvalid(
            f"the shares come to more than the {Money(waiting_minor(payment), payment.currency)} that waits"
        )
    return tuple(
        SharePart(
            account_id=account_id, account_ref_masked="", amount=share, rule="by_hand",
            zh="由经办人分配", en="Divided by the clerk",
        )
        for account_id, share in shares
    )  # fmt: skip


def _record(payment: IncomingPayment, made: Sequence[PaymentMatch], actor: Actor, now: datetime) -> None:
    audit.record_many(
        code=MATCHED,
        actor=actor,
        subject_type="payments.payment",
        entries=[
            audit.Entry(subject_id=payment.pk, person_id=match.person_id, after=matched_values(match))
            for match in made
        ],
        now=now,
    )


def matched_values(match: PaymentMatch) -> dict[str, object]:
    """Return what the audit record keeps of a match."""
    return {
        "account_id": match.account_id,
        "amount_minor": match.amount_minor,
        "transaction_id": match.transaction_id,
        "way": match.way,
        "rule": match.rule,
        "reasons": match.reasons,
    }
