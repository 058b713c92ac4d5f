"""Direct debit: a mandate is given by a one-time code, debits are announced, sent and followed, a stop is passed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import CheckoutCard, DebitCard, MandateCard
from fairdue.journeys.send_code import SentCode, send_code
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.money import Money

PURPOSE = "mandate"
TEMPLATE = "notice.debit_due"
STOPPING_HOLDS = frozenset(
    {
        "dispute",
        "written_dispute",
        "bankruptcy",
        "breathing_space",
        "crisis_moratorium",
        "deceased",
        "bereavement",
    }
)
"""Holds under which nothing is taken from an account until they are lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a day's run of direct debits came to."""

    registered_count: int = 0
    planned_count: int = 0
    told_count: int = 0
    sent_count: int = 0
    refused_count: int = 0
    held_count: int = 0
    silent_count: int = 0


@transaction.atomic
def ask_for_mandate(
    *,
    person_id: int,
    account_id: int,
    cap: Money,
    payer_name: str,
    payer_account: str,
    payer_bank: str,
    locale: str,
    actor: Actor,
    now: datetime,
) -> tuple[MandateCard, SentCode]:
    """This function will write a mandate and send the code by which it is given.

    :raises MandateInvalid: as `payments.offer_mandate` says
    :raises NoWayForCode: if the person has no telephone or mailbox in use; nothing is written
    """
    card = payments.offer_mandate(
        person_id=person_id, account_id=account_id, cap=cap, payer_name=payer_name, payer_account=payer_account,
        payer_bank=payer_bank, locale=locale, actor=actor, now=now,
    )  # fmt: skip
    sent = send_code(
        person_id=person_id, purpose=PURPOSE, subject=card.ref, actor=actor, now=now, locale=locale
    )
    return card, sent


def resend_code(*, card: MandateCard, actor: Actor, now: datetime, locale: str) -> SentCode:
    """This function will send another code for a mandate; the earlier one is worth nothing any more.

    :raises NoWayForCode: if the person has no telephone or mailbox in use
    """
    return send_code(
        person_id=card.person_id, purpose=PURPOSE, subject=card.ref, actor=actor, now=now, locale=locale
    )


def give_mandate(
    *, mandate_id: int, person_id: int, code_id: int, code: str, actor: Actor, now: datetime
) -> MandateCard:
    """This function will put a mandate in force by the one-time code that was sent for it, and tell the provider.

    A provider that does not answer is told by the next run; the mandate is in force all the same.

    :raises MandateUnknown: if it is not one of the person's
    :raises MandateCodeWrong: if the code does not open it; the try is counted
    """
    card = payments.mandate(mandate_id=mandate_id, person_id=person_id)
    if card.status == "active":
        return card
    answer = parties.try_code(code_id=code_id, purpose=PURPOSE, subject=card.ref, code=code, now=now)
    if answer.person_id != person_id:
        raise payments.MandateCodeWrong(answer.refused or "wrong")
    given = payments.accept_mandate(
        mandate_id=mandate_id, person_id=person_id, acceptance=f"code:{code_id}", actor=actor, now=now
    )
    try:
        return register_mandate(card=given, actor=actor, now=now)
    except payments.ProviderSilent:
        return given


def register_mandate(*, card: MandateCard, actor: Actor, now: datetime) -> MandateCard:
    """This function will tell the provider of a mandate in force; refused there, it ends.

    :raises ProviderSilent: if it does not answer
    """
    try:
        taken = payments.pay_provider().register_mandate(card, payer=payments.payer_of(card.mandate_id))
    except payments.ProviderRefused:
        return payments.end_mandate(
            mandate_id=card.mandate_id, person_id=card.person_id, status="refused", reason="bank_refused",
            actor=actor, now=now,
        )  # fmt: skip
    return payments.mandate_registered(
        mandate_id=card.mandate_id, provider_ref=taken.provider_ref, actor=actor, now=now
    )


def stop_mandate(
    *, mandate_id: int, person_id: int | None, reason: str, actor: Actor, now: datetime
) -> MandateCard:
    """This function will stop a mandate at once, here first; then the provider is told.

    Whether or not the provider answers: from this moment we send no debit under it any more.

    :raises MandateUnknown, PermissionRefused: as `payments.end_mandate` says
    """
    card = payments.end_mandate(
        mandate_id=mandate_id, person_id=person_id, reason=reason, actor=actor, now=now
    )
    if payments.is_open():
        try:
            payments.pay_provider().stop_mandate(card.ref)
        except (payments.ProviderSilent, payments.ProviderRefused):
            return card
    return card


def collect_debits(*, as_of: date, now: datetime) -> Collected:
    """This function will run a day's direct debits: register, plan, announce, send; safe to run again at any moment.

    1. Each due date is tried once on its day, and again only as the terms say; a try never adds a charge.
    2. A debit that the provider does not answer stays sent under its name and is asked about, never sent as another.
    3. While a hold such as a dispute stands on person or debt, nothing is taken; the debit waits.
    """
    if not payments.is_open():
        return Collected()
    actor, registered, silent = system("direct debit"), 0, 0
    for card in payments.mandates_to_register():
        try:
            register_mandate(card=card, actor=actor, now=now)
            registered += 1
        except payments.ProviderSilent:
            silent += 1
    planned = payments.plan_debits(as_of=as_of, now=now)
    told = _tell(payments.debits_untold(from_date=as_of), now)
    counts = {"sent": 0, "refused": 0, "held": 0, "silent": silent}
    for debit_id in payments.debits_to_try(as_of=as_of):
        counts[_try(debit_id, as_of, actor, now)] += 1
    return Collected(
        registered_count=registered, planned_count=len(planned), told_count=told, sent_count=counts["sent"],
        refused_count=counts["refused"], held_count=counts["held"], silent_count=counts["silent"],
    )  # fmt: skip


def _try(debit_id: int, as_of: date, actor: Actor, now: datetime) -> str:
    debit = payments.debit(debit_id=debit_id)
    if _is_held(debit):
        return "held"
    checkout = payments.begin_debit(debit_id=debit_id, as_of=as_of, actor=actor, now=now)
    if checkout is None:
        return "held"
    return send_debit(checkout=checkout, mandate_id=debit.mandate_id, actor=actor, now=now)


def send_debit(*, checkout: CheckoutCard, mandate_id: int, actor: Actor, now: datetime) -> str:
    """Hand a try over to the provider, again under the same name if need be: `sent`, `refused` or `silent`."""
    mandate = payments.mandate(mandate_id=mandate_id, person_id=None)
    try:
        taken = payments.pay_provider().debit(checkout, mandate_ref=mandate.ref)
    except payments.ProviderSilent:
        return "silent"
    except payments.ProviderRefused:
        payments.refuse_debit(ref=checkout.ref, failure="provider_refused", actor=actor, now=now)
        return "refused"
    payments.checkout_opened(ref=checkout.ref, provider_ref=taken.provider_ref, pay_url="", status="pending")
    return "sent"


def _is_held(debit: DebitCard) -> bool:
    return any(
        hold.kind in STOPPING_HOLDS and hold.account_id in (None, debit.account_id)
        for hold in law.open_holds(debit.person_id)
    )


@transaction.atomic
def _tell(debits: tuple[DebitCard, ...], now: datetime) -> int:
    """Tell each person of the coming debit, amount and day; the gate judges the message like every other."""
    for debit in debits:
        outreach.plan_message(
            person_id=debit.person_id, account_id=debit.account_id, channel="inapp", template_code=TEMPLATE,
            purpose="service", locale=parties.person_card(debit.person_id).locale,
            values={
                "debit_amount": {"minor": debit.amount.minor, "currency": debit.amount.currency},
                "debit_date": str(debit.next_try_date),
            },
            dedupe_key=f"debit:{debit.debit_id}", now=now,
        )  # fmt: skip
    payments.note_told(debit_ids=[debit.debit_id for debit in debits], now=now)
    return len(debits)
