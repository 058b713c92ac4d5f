"""A collector writes to a debtor: the words are read by the law first, then the gate is asked."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.contracts import SentMessage
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.kernel.actor import Actor

WRITTEN = {"sms": ("mobile",), "email": ("email",), "inapp": ()}
"""Channels that somebody may write on, with the media of contact points that they reach."""


class WritingRefused(cases.CaseRefused):
    """Nothing can be written here; `code` says why, nothing was planned."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def write_message(
    *,
    case_id: int,
    channel: str,
    text: str,
    actor: Actor,
    now: datetime,
    subject: str = "",
    account_id: int | None = None,
    contact_point_id: int | None = None,
    locale: str = "zh-hans",
) -> SentMessage:
    """Send a text written for one debtor, or say why not.

    1. Words that no text may say, or a frame that is missing, refuse it with every place; nothing is planned.
    2. What the gate defers stays planned and goes by itself at the permitted time; what it refuses is closed.
    3. Must be called outside a transaction, because the provider is called.

    :raises NotInScope: if the case is not in the actor's scope
    :raises WritingRefused: if the case is closed, the channel is none to write on, the debt is out of scope, or a
        colleague is in a call with the person
    :raises TextRefused: if the text breaks a rule on texts
    """
    actor.require("contacts.make")
    case = cases.case_card(case_id=case_id, actor=actor)
    if case.status != "open":
        raise WritingRefused("cases.call.closed", "the case is closed")
    running = outreach.call_in_progress(person_id=case.person_id, now=now)
    if running is not None and running.staff_id != actor.id:
        raise WritingRefused(
            "outreach.call.in_progress", f"{running.staff_name} is in a call with this person"
        )
    scope = accounts_in_scope(case.person_id, actor)
    if channel not in WRITTEN or not scope or account_id not in (None, *scope):
        raise WritingRefused("cases.write.target", "no channel to write on, or no debt in scope")
    if contact_point_id is not None and not _is_own(case.person_id, contact_point_id, channel):
        raise WritingRefused("cases.write.target", "this is no contact point of the debtor for the channel")
    return outreach.send_one(
        person_id=case.person_id, channel=channel, text=text, subject=subject, actor=actor, now=now, locale=locale,
        account_id=account_id or scope[0], contact_point_id=contact_point_id,
    )  # fmt: skip


def _is_own(person_id: int, contact_point_id: int, channel: str) -> bool:
    return any(
        point.contact_point_id == contact_point_id
        and point.owner == "debtor"
        and point.medium in WRITTEN[channel]
        for point in parties.contact_points(person_id)
    )
