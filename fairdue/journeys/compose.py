"""The composer: what the law and the gate say of a text while it is written; letters and visits asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.contracts import CaseCard
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import TextReport
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.journeys.write_message import WRITTEN, WritingRefused
from fairdue.kernel.actor import Actor

ERRANDS = {"letter": ("address",), "visit": ("address",)}
"""Channels that somebody asks for, with the media of contact points that they reach."""
COMPOSED = WRITTEN | ERRANDS


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChecked:
    """A text as it would leave now: the gate's word, what the law finds in it, the very words."""

    verdict: law.Verdict | None
    """None if there is no contact point to ask for."""
    report: TextReport | None
    """None while nothing is written, or of a visit."""
    subject: str
    text: str
    problem: str
    """Code of what keeps it from being read at all: too long."""


def points_for(person_id: int, channel: str) -> tuple[parties.ContactPointCard, ...]:
    """Return the debtor's own valid contact points that a channel reaches."""
    return tuple(
        point
        for point in parties.contact_points(person_id)
        if point.medium in COMPOSED[channel] and point.owner == "debtor" and point.status == "valid"
    )


def check_text_now(
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
    staff_count: int = 2,
    enters_premises: bool = False,
) -> TextChecked:
    """This function will say what would become of a text, or of a visit, if it were sent now; nothing is kept or counted.

    :raises NotInScope: if the case is not in the actor's scope
    :raises WritingRefused: if the channel is none to compose for, or debt or contact point are not the case's
    """
    case, scope = _case(case_id, channel, account_id, contact_point_id, actor)
    verdict = None
    if channel == "inapp" or contact_point_id is not None:
        verdict = law.preview(
            person_id=case.person_id, channel=channel, contact_point_id=contact_point_id, purpose="collect",
            now=now, actor=actor, account_ids=(account_id or scope[0],), staff_count=staff_count,
            enters_premises=enters_premises,
        )  # fmt: skip
    if channel == "visit" or not text.strip():
        return TextChecked(verdict=verdict, report=None, subject="", text="", problem="")
    try:
        composed, report = outreach.check_by_hand(
            person_id=case.person_id, channel=channel, text=text, subject=subject,
            account_id=account_id or scope[0], locale=locale, actor=actor, now=now,
        )  # fmt: skip
    except (outreach.TextTooLong, outreach.TextEmpty) as refusal:
        return TextChecked(verdict=verdict, report=None, subject="", text="", problem=refusal.code)
    shown = subject.strip() and composed.subject
    return TextChecked(verdict=verdict, report=report, subject=shown, text=composed.text, problem="")


def ask_errand(
    *,
    case_id: int,
    channel: str,
    contact_point_id: int | None,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    text: str = "",
    subject: str = "",
    grounds: str = "",
    staff_count: int = 2,
    enters_premises: bool = False,
    locale: str = "zh-hans",
) -> outreach.ErrandCard:
    """This function will ask for a letter or a visit on a case.

    :raises NotInScope: if the case is not in the actor's scope
    :raises WritingRefused: if the case is closed, or debt or address are not the case's
    :raises TextRefused: if the letter breaks a rule on texts
    :raises ErrandRefused: if the gate says no for good, or grounds are missing
    """
    case, scope = _case(case_id, channel, account_id, contact_point_id, actor)
    if case.status != "open":
        raise WritingRefused("cases.call.closed", "the case is closed")
    if contact_point_id is None or channel not in ERRANDS:
        raise WritingRefused("cases.write.target", "there is no address of the debtor")
    return outreach.ask_errand(
        person_id=case.person_id, case_id=case_id, channel=channel, account_id=account_id or scope[0],
        contact_point_id=contact_point_id, actor=actor, now=now, text=text, subject=subject, grounds=grounds,
        staff_count=staff_count, enters_premises=enters_premises, locale=locale,
    )  # fmt: skip


def phrases_for(
    *, case_id: int, channel: str, account_id: int | None, locale: str, actor: Actor, now: datetime
) -> tuple[outreach.Phrase, ...]:
    """Return the text modules and templates for a case, as they read now.

    :raises NotInScope: if the case is not in the actor's scope
    :raises WritingRefused: if there is no debt in scope, or the channel is none to compose for
    """
    case, scope = _case(case_id, channel, account_id, None, actor)
    return outreach.phrases(
        person_id=case.person_id, account_id=account_id or scope[0], channel=channel, locale=locale, now=now
    )


def _case(
    case_id: int, channel: str, account_id: int | None, contact_point_id: int | None, actor: Actor
) -> tuple[CaseCard, tuple[int, ...]]:
    actor.require("contacts.make")
    case = cases.case_card(case_id=case_id, actor=actor)
    scope = accounts_in_scope(case.person_id, actor)
    if channel not in COMPOSED or not scope or account_id not in (None, *scope):
        raise WritingRefused("cases.write.target", "no channel to write on, or no debt in scope")
    points = {point.contact_point_id for point in points_for(case.person_id, channel)}
    if contact_point_id is not None and contact_point_id not in points:
        raise WritingRefused("cases.write.target", "this is no contact point of the debtor for the channel")
    return case, scope


def errand_in_scope(*, errand_id: int, actor: Actor, is_opened: bool = False) -> outreach.ErrandCard:
    """Return one errand whose case is in the actor's scope.

    :raises NotInScope: if there is none
    """
    found = outreach.errand(errand_id=errand_id, is_opened=is_opened)
    if found is None:
        raise cases.NotInScope(f"no errand {errand_id}")
    cases.case_card(case_id=found.case_id, actor=actor)
    return found


def errands_in_scope(*, actor: Actor) -> tuple[outreach.ErrandCard, ...]:
    """Return the letters and visits that wait, oldest first, on cases in the actor's scope."""
    waiting = outreach.waiting_errands()
    seen = cases.scoped_case_ids(person_ids=[each.person_id for each in waiting], actor=actor)
    return tuple(each for each in waiting if seen.get(each.person_id) == each.case_id)
