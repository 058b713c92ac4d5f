"""Texts that somebody writes for one person: framed, read by the law, sealed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law.contracts import TextReport
from fairdue.contexts.outreach.checking import TextRefused, check_composed
from fairdue.contexts.outreach.composing import Composed, framed, seal_content
from fairdue.contexts.outreach.rendering import TemplateRefused
from fairdue.contexts.outreach.values import figures
from fairdue.kernel.actor import Actor

MAX_LENGTH = {"sms": 500, "email": 10_000, "inapp": 2_000, "letter": 6_000}


class TextEmpty(TemplateRefused):
    """There is nothing to send, or a mail or letter has no subject."""

    code = "outreach.text.empty"


class TextTooLong(TemplateRefused):
    """The text is longer than its channel takes."""

    code = "outreach.text.too_long"


def write_by_hand(
    *,
    person_id: int,
    channel: str,
    text: str,
    subject: str,
    account_id: int | None,
    contact_point_id: int | None,
    purpose: str,
    locale: str,
    actor: Actor,
    now: datetime,
) -> tuple[bytes, str, int]:
    """This function will read a text written by hand and return it sealed, its name in a dedupe key, and its debt.

    1. A refusal is recorded with the rules and places, never with the words.

    :raises TextEmpty: if it is empty, or a mail without a subject
    :raises TextTooLong: if it is longer than `MAX_LENGTH`
    :raises TextRefused: if it breaks a rule on texts
    """
    composed = compose_by_hand(
        person_id=person_id, channel=channel, text=text, subject=subject, account_id=account_id,
        contact_point_id=contact_point_id, locale=locale, now=now,
    )  # fmt: skip
    report = check_composed(composed, channel=channel, purpose=purpose, actor=actor, now=now)
    if report.is_refused:
        _record_refusal(person_id, channel, report, actor, now)
        raise TextRefused("the text", report, text=composed.text, subject=composed.subject)
    name = hashlib.sha256(f"{composed.subject}\n{composed.text}".encode()).hexdigest()[:12]
    return seal_content(composed.subject, composed.text), name, composed.account_id


def compose_by_hand(
    *,
    person_id: int,
    channel: str,
    text: str,
    subject: str,
    account_id: int | None,
    contact_point_id: int | None,
    locale: str,
    now: datetime,
) -> Composed:
    """This function will put a text written by hand into the frame of its channel.

    :raises TextEmpty: if it is empty, or a mail without a subject
    :raises TextTooLong: if it is longer than `MAX_LENGTH`
    """
    if not text.strip() or (channel in ("email", "letter") and not subject.strip()):
        raise TextEmpty("a message needs a text, a mail also a subject")
    found = figures(person_id=person_id, account_id=account_id, condition="none", now=now)
    whole = framed(text, channel=channel, locale=locale, account=found.account)
    if len(whole) > MAX_LENGTH.get(channel, 0):
        raise TextTooLong(f"{channel} takes at most {MAX_LENGTH.get(channel, 0)} characters")
    return Composed(
        contact_point_id=contact_point_id, template_version="", locale=locale,
        subject=subject.strip() if channel != "sms" else "", text=whole, account=found.account,
    )  # fmt: skip


def check_by_hand(
    *,
    person_id: int,
    channel: str,
    text: str,
    subject: str,
    account_id: int | None,
    locale: str,
    actor: Actor,
    now: datetime,
) -> tuple[Composed, TextReport]:
    """This function will read a text while it is being written, in its frame; nothing is kept, nothing is recorded.

    :raises TextEmpty: if it is empty
    :raises TextTooLong: if it is longer than `MAX_LENGTH`
    """
    composed = compose_by_hand(
        person_id=person_id, channel=channel, text=text, subject=subject.strip() or "–", account_id=account_id,
        contact_point_id=None, locale=locale, now=now,
    )  # fmt: skip
    return composed, check_composed(composed, channel=channel, purpose="collect", actor=actor, now=now)


def _record_refusal(person_id: int, channel: str, report: TextReport, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        audit.record(
            code="outreach.text.refused", actor=actor, subject_type="person", subject_id=person_id, now=now,
            person_id=person_id, after={"channel": channel, "content_pack": report.version},
            reason=", ".join(dict.fromkeys(finding.rule_id for finding in report.findings)),
        )  # fmt: skip
