"""Letters and visits: asked for by whoever works the case, made under a permit of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach.call_contracts import ErrandCard
from fairdue.contexts.outreach.call_queries import errand_card
from fairdue.contexts.outreach.checking import TextRefused, check_composed
from fairdue.contexts.outreach.composing import open_content, seal_content, text_digest
from fairdue.contexts.outreach.models import Errand
from fairdue.contexts.outreach.operations.by_hand import compose_by_hand
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor

NAME_MARK = "{name}"
GROUNDS_AT_LEAST = 10
"""Characters: "why nothing gentler will do" is a sentence."""


class ErrandRefused(Exception):
    """The letter or visit cannot be asked for, made or withdrawn so; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ErrandForbidden(ErrandRefused):
    """The gate says no for good; `verdict` says by which rule."""

    def __init__(self, verdict: law.Verdict) -> None:
        super().__init__("outreach.errand.gate", "the gate does not allow it")
        self.verdict = verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandMade:
    """What became of an errand that somebody wanted to make now: made, or why not yet."""

    errand: ErrandCard
    verdict: law.Verdict


@transaction.atomic
def ask_errand(
    *,
    person_id: int,
    case_id: int,
    channel: str,
    account_id: int,
    contact_point_id: int,
    actor: Actor,
    now: datetime,
    text: str = "",
    subject: str = "",
    grounds: str = "",
    staff_count: int = 2,
    enters_premises: bool = False,
    locale: str = "zh-hans",
) -> ErrandCard:
    """This function will note that a letter or a visit is wanted; nothing leaves the house by it.

    1. A letter is framed and read by the law as any text; one that breaks a rule is refused with every place.
    2. A visit needs grounds: why nothing gentler will do. How many go, and whether they enter, is part of the question.
    3. What the gate refuses or holds at this moment is not noted at all; what it only defers waits.
    4. One letter and one visit wait about a debt: a second click, or a colleague, does not ask again.

    :raises PermissionRefused: without `contacts.make`
    :raises TextRefused: if the letter breaks a rule on texts
    :raises ErrandForbidden: if the gate says no for good
    :raises ErrandRefused: if grounds or the text are missing, or one waits already
    """
    actor.require("contacts.make")
    if channel == "visit" and len(grounds.strip()) < GROUNDS_AT_LEAST:
        raise ErrandRefused("outreach.errand.grounds", "say why nothing gentler will do")
    content = None
    if channel == "letter":
        subject, text = _read(person_id, account_id, contact_point_id, subject, text, locale, actor, now)
        content = seal_content(subject, text)
    verdict = law.preview(
        person_id=person_id, channel=channel, contact_point_id=contact_point_id, purpose="collect", now=now,
        actor=actor, account_ids=(account_id,), staff_count=staff_count, enters_premises=enters_premises,
    )  # fmt: skip
    if verdict.outcome in ("refuse", "hold"):
        raise ErrandForbidden(verdict)
    row = _noted(
        case_id=case_id, person_id=person_id, account_id=account_id, channel=channel,
        contact_point_id=contact_point_id, subject=subject.strip(), content_sealed=content, locale=locale,
        grounds=grounds.strip(), staff_count=staff_count if channel == "visit" else 1,
        enters_premises=enters_premises, verdict=None if verdict.is_allowed else verdict.as_json(),
        asked_by_id=actor.id if actor.kind in ("staff", "agency") else None, asked_at=now,
    )  # fmt: skip
    _record("asked", row, actor, now, {"channel": channel, "enters_premises": enters_premises})
    return errand_card(row, is_opened=False)


def _noted(**columns: Any) -> Errand:
    try:
        with transaction.atomic():
            return Errand.objects.create(**columns)
    except IntegrityError as error:
        if "outreach_errand_one_waits" not in str(error):
            raise
        raise ErrandRefused("outreach.errand.waits", "one that was asked for still waits") from error


def _read(
    person_id: int, account_id: int, point_id: int, subject: str, text: str, locale: str, actor: Actor, now: datetime
) -> tuple[str, str]:  # fmt: skip
    composed = compose_by_hand(
        person_id=person_id, channel="letter", text=text, subject=subject, account_id=account_id,
        contact_point_id=point_id, locale=locale, now=now,
    )  # fmt: skip
    report = check_composed(composed, channel="letter", purpose="collect", actor=actor, now=now)
    if report.is_refused:
        raise TextRefused("the letter", report, text=composed.text, subject=composed.subject)
    return composed.subject, _with_name(composed.text, person_id, actor, now)


def _with_name(text: str, person_id: int, actor: Actor, now: datetime) -> str:
    """Put the debtor's name where the letter has its mark; whoever writes does not see it."""
    if NAME_MARK not in text:
        return text
    name = parties.reveal(person_id=person_id, field="name", reason="letter addressed", actor=actor, now=now)
    return text.replace(NAME_MARK, name)


@transaction.atomic
def make_errand(*, errand_id: int, actor: Actor, now: datetime) -> ErrandMade:
    """This function will ask the gate for the letter or visit now, and note it as made if it may be.

    1. The permit is consumed here: the letter is printed, the collectors set out. A visit's contact stays open for its
       outcome; a letter counts as sent.
    2. What is deferred or refused stays as it was asked for, with the gate's word.

    :raises ErrandRefused: if it was made or withdrawn already
    """
    actor.require("contacts.make")
    row = _locked(errand_id)
    subject, text = open_content(row.content_sealed)
    digest = text_digest(subject, text) if row.channel == "letter" else ""
    asked = law.Asked(
        person_id=row.person_id, channel=row.channel, contact_point_id=row.contact_point_id, purpose="collect",
        content_sha256=digest, account_ids=(row.account_id,), staff_count=row.staff_count,
        enters_premises=row.enters_premises,
    )  # fmt: skip
    (reservation,) = law.reserve_many([asked], now=now, actor=actor)
    if reservation.permit_id is None or reservation.contact_id is None:
        row.verdict = reservation.verdict.as_json()
        row.save(update_fields=["verdict"])
        return ErrandMade(errand=errand_card(row, is_opened=False), verdict=reservation.verdict)
    law.use_permit(
        permit_id=reservation.permit_id, channel=row.channel, contact_point_id=row.contact_point_id,
        content_sha256=digest, now=now,
    )  # fmt: skip
    if row.channel == "letter":
        law.settle_contact(contact_id=reservation.contact_id, result="sent", now=now)
    row.permit_id, row.contact_id, row.verdict = reservation.permit_id, reservation.contact_id, None
    _settle(row, "made", actor, now)
    return ErrandMade(errand=errand_card(row, is_opened=True), verdict=reservation.verdict)


@transaction.atomic
def withdraw_errand(*, errand_id: int, actor: Actor, now: datetime) -> ErrandCard:
    """This function will take a letter or visit back that was not made yet.

    :raises ErrandRefused: if it was made or withdrawn already
    """
    actor.require("contacts.make")
    row = _locked(errand_id)
    _settle(row, "withdrawn", actor, now)
    return errand_card(row, is_opened=False)


def errand(*, errand_id: int, is_opened: bool = False) -> ErrandCard | None:
    """Return one errand, or None; the caller asks for the scope of its case."""
    row = Errand.objects.filter(pk=errand_id).select_related("asked_by").first()
    return errand_card(row, is_opened=is_opened) if row else None


def _locked(errand_id: int) -> Errand:
    row = Errand.objects.select_for_update(of=("self",)).filter(pk=errand_id).first()
    if row is None or row.status != "asked":
        raise ErrandRefused("outreach.errand.settled", "it was made or withdrawn already")
    return row


def _settle(row: Errand, status: str, actor: Actor, now: datetime) -> None:
    row.status, row.settled_by_label, row.settled_at = status, actor.label[:120], now
    row.save()
    _record(status, row, actor, now, {"channel": row.channel, "permit_id": row.permit_id})


def _record(what: str, row: Errand, actor: Actor, now: datetime, after: dict[str, Any]) -> None:
    audit.record(
        code=f"outreach.errand.{what}", actor=actor, subject_type="errand", subject_id=row.pk, now=now,
        person_id=row.person_id, after=after,
    )  # fmt: skip
