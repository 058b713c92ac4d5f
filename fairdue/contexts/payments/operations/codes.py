"""Issue and retire repayment codes."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.payments.contracts import CodeCard
from fairdue.contexts.payments.errors import CodeUnknown, ReasonMissing
from fairdue.contexts.payments.models import RepaymentCode
from fairdue.contexts.payments.queries.codes import code_card
from fairdue.engine.matching.codes import draw_code
from fairdue.kernel.actor import Actor

TRIES = 20


@transaction.atomic
def issue_code(*, account_id: int, actor: Actor, now: datetime) -> CodeCard:
    """This function will return the account's live repayment code, drawing one if there is none.

    1. Asked twice, or by two at once, it gives the same code.
    2. A code is never given again, to no account, also after it was retired.

    :raises PermissionRefused: without `payments.view` or `cases.work`
    :raises CodeUnknown: if there is no such account in the actor's scope
    """
    if not actor.may("cases.work"):
        actor.require("payments.view")
    _require_account(account_id, actor)
    for _ in range(TRIES):
        if live := RepaymentCode.objects.filter(account_id=account_id, retired_at=None).first():
            return code_card(live)
        try:
            with transaction.atomic():
                drawn = RepaymentCode.objects.create(
                    account_id=account_id,
                    code=draw_code(secrets.randbelow),
                    issued_at=now,
                    issued_by=actor.label,
                )
        except IntegrityError:
            continue
        audit.record(
            code="payments.code.issued",
            actor=actor,
            subject_type="account",
            subject_id=account_id,
            now=now,
            after={"code_id": drawn.pk},
        )
        return code_card(drawn)
    raise CodeUnknown("no free code was found")


@transaction.atomic
def retire_code(*, account_id: int, reason: str, actor: Actor, now: datetime) -> CodeCard:
    """This function will retire the live code; it stays known and only hints at the account from then on.

    :raises PermissionRefused: without `payments.match`
    :raises ReasonMissing: without a reason
    :raises CodeUnknown: if the account has no live code
    """
    actor.require("payments.match")
    if not reason.strip():
        raise ReasonMissing("say why the code is retired")
    _require_account(account_id, actor)
    rows = RepaymentCode.objects.select_for_update()
    live = rows.filter(account_id=account_id, retired_at=None).first()
    if live is None:
        raise CodeUnknown(f"account {account_id} has no live code")
    live.retired_at = now
    live.save(update_fields=["retired_at"])
    audit.record(
        code="payments.code.retired",
        actor=actor,
        subject_type="account",
        subject_id=account_id,
        now=now,
        reason=reason,
        after={"code_id": live.pk},
    )
    return code_card(live)


def _require_account(account_id: int, actor: Actor) -> None:
    if account_id not in book.account_cards_by_id([account_id], actor=actor):
        raise CodeUnknown(f"account {account_id} does not exist or is not in your scope")
