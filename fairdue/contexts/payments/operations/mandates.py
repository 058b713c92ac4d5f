"""Direct debit mandates: offered with their words, accepted, stopped at once."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

from django.db import IntegrityError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards_online import mandate_card
from fairdue.contexts.payments.contracts_online import MandateCard
from fairdue.contexts.payments.errors_online import MandateEnded, MandateInvalid, MandateUnknown
from fairdue.contexts.payments.mandate_words import mandate_words
from fairdue.contexts.payments.models import Debit, Mandate
from fairdue.contexts.payments.operations.checkouts import new_ref
from fairdue.engine.matching.texts import normal_account
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import MAX_MINOR, Money


@transaction.atomic
def offer_mandate(
    *,
    person_id: int,
    account_id: int,
    cap: Money,
    payer_name: str,
    payer_account: str,
    payer_bank: str = "",
    locale: str = "zh-hans",
    actor: Actor,
    now: datetime,
) -> MandateCard:
    """This function will write the mandate that somebody is about to give; nothing may be taken by it yet.

    The words are kept as they are shown, with their digest; an earlier offer for the debt is worth nothing any more.

    :raises MandateInvalid: if the debt is not the person's, has a mandate, or a field is missing or impossible
    """
    account = book.account_cards_by_id([account_id]).get(account_id)
    if account is None or account.person_id != person_id or account.status == "closed":
        raise MandateInvalid("the debt is not one of this person")
    if Mandate.objects.filter(account_id=account_id, status="active").exists():
        raise MandateInvalid("this debt has a mandate: stop it before you give another one")
    number = normal_account(payer_account)
    if not payer_name.strip() or not 8 <= len(number) <= 34 or not number.isalnum():
        raise MandateInvalid("fill in whose account it is, and its number of 8 to 34 digits")
    if cap.currency != account.currency or not 0 < cap.minor <= MAX_MINOR:
        raise MandateInvalid("fill in the most that may be taken at a time")
    Mandate.objects.filter(account_id=account_id, status="offered").update(
        status="refused", ended_at=now, end_reason="replaced", ended_by=actor.label
    )
    words = _words(account, cap, number, locale)
    row = Mandate.objects.create(
        ref=new_ref("M"), person_id=person_id, account_id=account_id, creditor_id=account.creditor_id,
        currency=account.currency, amount_minor=cap.minor, words=words[1], words_version=words[0],
        words_sha256=hashlib.sha256(words[1].encode()).hexdigest(), locale=locale, offered_at=now,
        payer_sealed=sealing.seal_fields(
            {"name": payer_name.strip()[:140], "account": number, "bank": payer_bank.strip()[:60]},
            sealing.MANDATE_PURPOSE,
        ),
        payer_masked=f"{sealing.mask_payer(payer_name)} {sealing.mask_account(number)}",
    )  # fmt: skip
    _record(row, "offered", actor, now)
    return mandate_card(row)


def _words(account: AccountCard, cap: Money, number: str, locale: str) -> tuple[str, str]:
    is_zh = locale.startswith("zh")
    words = mandate_words(
        locale=locale,
        creditor=account.creditor_name_zh if is_zh else account.creditor_name_en,
        product=account.product_name_zh if is_zh else account.product_name_en,
        debt=account.ref_masked,
        account=sealing.mask_account(number),
        cap=str(cap),
    )
    return words.version, words.text


@transaction.atomic
def accept_mandate(
    *, mandate_id: int, person_id: int, acceptance: str, actor: Actor, now: datetime
) -> MandateCard:
    """This function will put a mandate in force; `acceptance` says how it was given, such as by which code.

    Accepting it twice is accepting it once.

    :raises MandateUnknown: if it is not one of the person's
    :raises MandateEnded: if it was replaced or stopped meanwhile
    :raises MandateInvalid: if the debt got another mandate meanwhile
    """
    row = _locked(mandate_id, person_id)
    if row.status == "active":
        return mandate_card(row)
    if row.status != "offered":
        raise MandateEnded("this mandate has ended")
    row.status, row.accepted_at, row.acceptance = "active", now, acceptance[:120]
    try:
        with transaction.atomic():
            row.save(update_fields=["status", "accepted_at", "acceptance"])
    except IntegrityError as error:
        raise MandateInvalid("this debt has a mandate: stop it before you give another one") from error
    _record(row, "accepted", actor, now)
    return mandate_card(row)


@transaction.atomic
def mandate_registered(*, mandate_id: int, provider_ref: str, actor: Actor, now: datetime) -> MandateCard:
    """This function will note that the provider knows a mandate and will carry out debits under it."""
    row = _locked(mandate_id, None)
    row.provider_ref = provider_ref[:120]
    row.save(update_fields=["provider_ref"])
    _record(row, "registered", actor, now)
    return mandate_card(row)


@transaction.atomic
def end_mandate(
    *,
    mandate_id: int,
    person_id: int | None,
    status: Literal["stopped", "refused", "lapsed"] = "stopped",
    reason: str,
    actor: Actor,
    now: datetime,
) -> MandateCard:
    """This function will end a mandate at once: nothing that is planned under it is taken any more.

    1. A debit that the bank has already cannot be called back here; what it brings is booked like any payment.
    2. Ending it twice is ending it once. `person_id` None is for staff with `ledger.adjust`, on the person's word.

    :raises MandateUnknown: if it is not one of the person's, or not in the actor's scope
    :raises PermissionRefused: for staff without `ledger.adjust`
    """
    if person_id is None:
        actor.require("ledger.adjust")
    row = _locked(mandate_id, person_id)
    if actor.creditor_ids is not None and row.creditor_id not in actor.creditor_ids:
        raise MandateUnknown("there is no such mandate")
    if row.status in ("stopped", "refused", "lapsed"):
        return mandate_card(row)
    close_mandate(row, status, reason, actor, now)
    return mandate_card(row)


def close_mandate(row: Mandate, status: str, reason: str, actor: Actor, now: datetime) -> None:
    """End a locked mandate and what is planned under it."""
    row.status, row.ended_at, row.ended_by, row.end_reason = status, now, actor.label[:120], reason[:40]
    row.save(update_fields=["status", "ended_at", "ended_by", "end_reason"])
    Debit.objects.filter(mandate=row, status="planned").update(status="stopped", next_try_date=None)
    _record(row, status, actor, now)


def payer_of(mandate_id: int) -> dict[str, str]:
    """Return whose account it is and its number in clear, on their way to the provider."""
    row = Mandate.objects.get(pk=mandate_id)
    return sealing.unseal_fields(row.payer_sealed, sealing.MANDATE_PURPOSE)


def _locked(mandate_id: int, person_id: int | None) -> Mandate:
    row = Mandate.objects.select_for_update(of=("self",)).filter(pk=mandate_id).first()
    if row is None or person_id not in (None, row.person_id):
        raise MandateUnknown("there is no such mandate")
    return row


def _record(row: Mandate, what: str, actor: Actor, now: datetime) -> None:
    audit.record(
        code=f"payments.mandate.{what}", actor=actor, subject_type="payments.mandate", subject_id=row.pk,
        person_id=row.person_id, now=now,
        after={
            "account_id": row.account_id, "cap_minor": row.amount_minor, "words_sha256": row.words_sha256,
            "acceptance": row.acceptance, "reason": row.end_reason,
        },
    )  # fmt: skip
