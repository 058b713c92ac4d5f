"""Send a person the link by which they can pay, from a case: a message like every other, judged by the gate."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.contracts import SentMessage
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.journeys.write_message import WRITTEN, WritingRefused
from fairdue.kernel.actor import Actor

TEMPLATE = "reminder.pay_link"


def invite_to_pay(
    *,
    case_id: int,
    channel: str,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    contact_point_id: int | None = None,
) -> SentMessage:
    """This function will send the person of a case a fresh one-time link to pay, or say why not.

    1. The link stands in the approved text; who sends it never sees it. It opens once, within 72 hours.
    2. What the gate defers stays planned and goes by itself at the permitted time; what it refuses is closed.
    3. Must be called outside a transaction, because the provider is called. The same gesture sends it once.

    :raises NotInScope: if the case is not in the actor's scope
    :raises WritingRefused: if the case is closed, the channel is none to write on, or the debt is out of scope
    :raises PermissionRefused: without `contacts.make`
    """
    actor.require("contacts.make")
    case = cases.case_card(case_id=case_id, actor=actor)
    if case.status != "open":
        raise WritingRefused("cases.call.closed", "the case is closed")
    scope = accounts_in_scope(case.person_id, actor)
    if channel not in WRITTEN or not scope or account_id not in (None, *scope):
        raise WritingRefused("cases.write.target", "no channel to write on, or no debt in scope")
    own = {
        point.contact_point_id for point in parties.contact_points(case.person_id) if point.owner == "debtor"
    }
    if contact_point_id is not None and contact_point_id not in own:
        raise WritingRefused("cases.write.target", "this is no contact point of the debtor")
    return outreach.send_one(
        person_id=case.person_id, channel=channel, template_code=TEMPLATE, actor=actor, now=now,
        locale=parties.person_card(case.person_id).locale, account_id=account_id or scope[0],
        contact_point_id=contact_point_id,
    )  # fmt: skip
