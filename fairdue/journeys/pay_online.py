"""A borrower pays through the provider: begun here, paid there, and the answer comes back as a notice or is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import Begun, CheckoutCard, CheckoutWish, Notice, NoticeTaken
from fairdue.journeys.direct_debit import send_debit
from fairdue.journeys.receive_payment import follow_money
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date
from fairdue.storage.nesting import atomic

PROVIDER = Actor(
    kind="provider",
    label="payments:pay",
    role="provider",
    creditor_ids=None,
    permissions=frozenset({"payments.record", "payments.match", "payments.reverse", "payments.view"}),
)
"""The payment provider of this installation, when it tells of a payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How asking the provider about many payments went."""

    asked_count: int = 0
    changed_count: int = 0
    silent_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The provider's list of a day held against ours."""

    listed_count: int
    unknown_refs: tuple[str, ...]
    """The provider has them, we do not: somebody must look."""
    unheard_refs: tuple[str, ...]
    """We took money that the provider does not list."""
    changed_refs: tuple[str, ...]
    """What the list told anew has taken effect."""


def compare_day(*, day: date, now: datetime) -> Compared:
    """This function will hold the provider's list of a day against ours; what it tells anew takes effect.

    :raises ProviderSilent: if the provider does not give its list
    """
    listed = payments.pay_provider().day(day)
    unknown: list[str] = []
    changed: list[str] = []
    for notice in listed:
        try:
            taken = apply_notice(notice=notice, actor=system("pay"), now=now)
            if taken.verdict in ("took_effect", "late", "differs"):
                changed.append(notice.checkout_ref)
        except payments.CheckoutUnknown:
            unknown.append(notice.checkout_ref)
        except payments.PaymentsError as refusal:
            payments.keep_stray(notice=notice, verdict=refusal.code.rsplit(".", 1)[-1], now=now)
            unknown.append(notice.checkout_ref)
    ours = payments.online_day(business_date=day, actor=system("pay"), now=now).asked
    names = {notice.checkout_ref for notice in listed}
    took = [card for card in ours if card.status in ("paid", "differs") and card.settled_at is not None]
    return Compared(
        listed_count=len(listed),
        unknown_refs=tuple(unknown),
        unheard_refs=tuple(
            card.ref
            for card in took
            if card.ref not in names and business_date(card.settled_at or now) == day
        ),
        changed_refs=tuple(changed),
    )


def begin_payment(
    *, wish: CheckoutWish, description: str, actor: Actor, now: datetime, is_again: bool = False
) -> Begun:
    """This function will begin a payment and hand it over to the provider; the answer says where the payer goes on.

    1. It is stored before the provider hears of it, so that nothing the provider takes can be unknown here.
    2. The same answers sent again are the same payment, at the provider too.
    3. Refused by the provider it has failed; not answered, it stands and can be handed over again.

    :raises CheckoutInvalid, CheckoutUnderWay, CheckoutJustPaid: as `payments.begin_checkout` says
    :raises ProviderRefused, ProviderSilent: nothing was taken
    """
    begun = payments.begin_checkout(wish=wish, actor=actor, now=now, is_again=is_again)
    if begun.checkout.pay_url or not begun.checkout.is_live:
        return begun
    card = _hand_over(begun.checkout, description, actor, now)
    return Begun(checkout=card, is_repeated=begun.is_repeated)


def _hand_over(card: CheckoutCard, description: str, actor: Actor, now: datetime) -> CheckoutCard:
    return_url = f"{settings.PUBLIC_URL}/my/pay/done/{card.ref}/"
    try:
        taken = payments.pay_provider().open_checkout(card, return_url=return_url, description=description)
    except payments.ProviderRefused:
        payments.close_unsent(ref=card.ref, failure="provider_refused", actor=actor, now=now)
        raise
    return payments.checkout_opened(
        ref=card.ref, provider_ref=taken.provider_ref, pay_url=taken.pay_url, status="open"
    )


def take_checkout_event(*, notice: Notice, body: bytes, now: datetime) -> tuple[dict[str, Any], bool]:
    """This function will let a provider's event happen once and return (answer, whether it had been answered before).

    An event that has no effect is kept all the same, with why; then it is refused.

    :raises PaymentsError: as `payments.take_notice` and `payments.answer_once` say
    """
    try:
        return payments.answer_once(
            provider="pay",
            event_ref=notice.event_ref,
            body=body,
            work=lambda: _answer(apply_notice(notice=notice, actor=PROVIDER, now=now)),
            now=now,
        )
    except payments.EventReused:
        raise
    except payments.PaymentsError as refusal:
        verdicts = {"payments.checkout.unknown": "unknown", "payments.checkout.foreign": "foreign",
                    "payments.checkout.not_paid": "too_early"}  # fmt: skip
        payments.keep_stray(notice=notice, verdict=verdicts.get(refusal.code, "refused"), now=now)
        raise


@atomic
def apply_notice(*, notice: Notice, actor: Actor, now: datetime) -> NoticeTaken:
    """This function will let a notice take effect, judge promises again and close work where nothing is due.

    What settled debts is receipted in the person's inbox, in the same transaction.

    :raises PaymentsError: as `payments.take_notice` says
    """
    taken = payments.take_notice(notice=notice, actor=actor, now=now)
    follow_money(taken.person_ids, actor=actor, now=now)
    if taken.checkout.status == "paid" and taken.verdict in ("took_effect", "late"):
        _receipts(taken.checkout, now)
    return taken


def _receipts(card: CheckoutCard, now: datetime) -> None:
    """Plan a receipt in the person's inbox for each debt; the same payment is told once."""
    if card.payment_id is None:
        return
    for match in payments.received_payment(payment_id=card.payment_id).matches:
        outreach.plan_message(
            person_id=card.person_id, account_id=match.account_id, channel="inapp",
            template_code="notice.payment_received", purpose="service",
            locale=parties.person_card(card.person_id).locale,
            values={
                "paid_amount": {"minor": match.amount.minor, "currency": match.amount.currency},
                "paid_date": business_date(now).isoformat(),
            },
            dedupe_key=f"receipt:{match.transaction_id}", now=now,
        )  # fmt: skip


def _answer(taken: NoticeTaken) -> dict[str, Any]:
    return {
        "checkout_ref": taken.checkout.ref,
        "status": taken.checkout.status,
        "verdict": taken.verdict,
    }


def ask_provider(*, card: CheckoutCard, now: datetime) -> CheckoutCard:
    """This function will ask the provider how a payment stands, and let the answer take effect.

    1. A payment that the provider never took over ends as failed once its time is over: nothing can have been taken;
       a debit is handed over again under its name.
    2. One that the provider denies although it had taken it over stays as it is and is reported as missing.

    :raises ProviderSilent: if it does not answer; then nothing has changed
    """
    found = payments.pay_provider().ask(card.ref)
    payments.note_asked(ref=card.ref, now=now)
    if found is not None:
        return apply_notice(notice=found, actor=system("pay"), now=now).checkout
    if card.status == "created" and card.debit_id is not None:
        debit = payments.debit(debit_id=card.debit_id)
        send_debit(checkout=card, mandate_id=debit.mandate_id, actor=system("pay"), now=now)
        return payments.checkout(ref=card.ref, person_id=card.person_id)
    if card.status == "created" and card.expires_at <= now:
        return payments.close_unsent(ref=card.ref, failure="never_sent", actor=system("pay"), now=now)
    return card


def reconcile_checkouts(*, now: datetime, limit: int = 100) -> Asked:
    """This function will ask the provider about every payment of which nothing final is known and that is due for it.

    What it finds is what a lost notice would have told. A provider that does not answer is asked again later.
    """
    if not payments.is_open():
        return Asked()
    asked = changed = silent = 0
    for card in payments.checkouts_to_ask(now=now, limit=limit):
        try:
            after = ask_provider(card=card, now=now)
        except payments.ProviderSilent:
            silent += 1
            if silent > 3:
                break
            continue
        except payments.PaymentsError:
            continue
        asked, changed = asked + 1, changed + (after.status != card.status)
    return Asked(asked_count=asked, changed_count=changed, silent_count=silent)
