"""Earlier contacts of a scene as the columns in which rules count them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from fairdue.engine.conformance.law_scene import DEBTOR, Event, Scene

Histories = dict[str, list[Event]]

PHONE_UNANSWERED = ("no_answer", "busy", "dropped", "voicemail", "voicemail_full")
UNCONNECTED = ("busy", "not_in_service")
MISSED = ("busy", "no_answer", "not_in_service")
CALLS = ("call", "voicemail_drop")
CALLS_AND_TEXTS = (*CALLS, "sms")
ELECTRONIC = (*CALLS_AND_TEXTS, "email", "im", "push", "social_message")
CONSENT_DAYS = 7


def histories(scene: Scene, debt: str) -> Histories:
    """This function will return the counted events of every history column for one debt.

    1. A step that is no attempt of its own adds to no count, so it sees no history.
    2. Where the step names the debt it is counted to, the caps of the other debts are not asked.
    """
    if not scene.is_new_attempt:
        return {}
    found = _of_group(scene) | _of_actor(scene)
    if scene.when.get("counted_to", debt) == debt:
        found |= of_debt(scene, debt)
    return found


def contacts(scene: Scene, *, is_own: bool) -> list[Event]:
    """Return earlier contacts with the recipient, by the actor alone or by the whole group."""
    return [
        event
        for event in scene.events
        if event.kind == "contact"
        and event.get("to") not in scene.wrong_points
        and scene.person_at(event.get("to")) == scene.recipient
        and (event.by == scene.actor or not is_own)
    ]


def _of_group(scene: Scene) -> Histories:
    """Columns counted for the lender and everybody who works for it, whoever acts."""
    every = [
        event
        for event in scene.events
        if event.kind == "contact" and event.get("to") not in scene.wrong_points
    ]
    calls = [event for event in every if event.get("channel") == "call"]
    own = [event for event in calls if scene.person_at(event.get("to")) == DEBTOR]
    target = scene.when.get("to")
    missed = {
        name: [
            event for event in calls if event.get("to") == name and event.get("result") in PHONE_UNANSWERED
        ]
        for name in scene.points
    }
    elsewhere = [
        found for name, found in missed.items() if name != target and scene.person_at(name) == DEBTOR
    ]
    return {
        "announcements": [event for event in own if event.get("result") == "announcement_connected"],
        "conversations": [
            event
            for event in own
            if event.get("result") == "conversation" and event.get("mode", "interactive") == "interactive"
        ],
        "unanswered": missed.get(target, []) if target else _of_person(scene, missed),
        "unanswered_elsewhere": max(elsewhere, key=len, default=[]),
        "unsolicited": [
            event
            for event in contacts(scene, is_own=False)
            if event.get("result") not in MISSED and not event.get("reply_to")
        ],
    }


def _of_person(scene: Scene, missed: dict[str, list[Event]]) -> list[Event]:
    """Return what was missed at all contact points of the recipient, where a question names none."""
    return [
        event for name, found in missed.items() if scene.person_at(name) == scene.recipient for event in found
    ]


def _of_actor(scene: Scene) -> Histories:
    own = contacts(scene, is_own=True)
    to_number = [
        event for event in own if event.get("to") == scene.when.get("to") and is_connected_call(event)
    ]
    return {
        "contacts": own,
        "number_calls": to_number,
        "number_attempts": [event for event in to_number if event.get("result") != "conversation"],
    }


def of_debt(scene: Scene, debt: str) -> Histories:
    """This function will return the columns counted for one debt."""
    own, group, same = contacts(scene, is_own=True), contacts(scene, is_own=False), _same_debt(scene, debt)
    about = [event for event in own if counted_debts(event) & {debt}]
    short = [event for event in about if event.get("channel") in CALLS_AND_TEXTS]
    made = [event for event in group if event.get("result") == "conversation"]
    others = frozenset(scene.debts) - set(scene.when.get("about", [debt]))
    consents = call_consents(scene, same)
    return {
        "debt_calls": [
            event
            for event in own
            if is_connected_call(event)
            and counted_debts(event) & same
            and not any(covers(event) for covers in consents)
        ],
        "debt_talks": _talks(scene, same),
        "debt_talks_inbound": [event for event in _talks(scene, same) if event.kind == "inbound"],
        "debt_contacts": [event for event in about if event.get("channel") in ELECTRONIC],
        "debt_contacts_home": [event for event in short if not is_workplace(scene, event.get("to"))],
        "debt_contacts_work": [event for event in short if is_workplace(scene, event.get("to"))],
        "debt_conversations": [event for event in made if talked_debts(event) & {debt}],
        "other_debt_conversations": [event for event in made if talked_debts(event) & others],
        "debt_attempts": _attempts(group, debt),
    }


def is_connected_call(event: Event) -> bool:
    """Tell whether a contact is a call that connected (US-FREQ-05); a voicemail left without ringing is one."""
    if event.get("channel") == "voicemail_drop":
        return True
    return event.get("channel") == "call" and event.get("result") not in UNCONNECTED


def counted_debts(event: Event) -> frozenset[str]:
    """Return the debts for which a contact counts: those it is about, or the one an unanswered call is counted to."""
    is_general = event.get("result") != "conversation" or event.get("discussed") == []
    return frozenset({event.get("counted_to")}) if event.get("counted_to") and is_general else event.about


def talked_debts(event: Event) -> frozenset[str]:
    """Return the debts for which a conversation counts: those discussed, else the one it is counted to."""
    if event.get("discussed") == []:
        return frozenset(filter(None, [event.get("counted_to")]))
    return frozenset(event.get("discussed") or event.about)


def is_workplace(scene: Scene, point: str | None) -> bool:
    """Tell whether a contact point is at the debtor's workplace."""
    found = scene.points.get(point or "", {})
    return found.get("owner") == "employer" or found.get("place") == "work"


def _same_debt(scene: Scene, debt: str) -> frozenset[str]:
    """Return the debts that are one with a debt: student loans serviced under one account number (US-FREQ-06)."""
    this = scene.debts[debt]
    number = this.get("account_number")
    if this["product"] != "student_loan" or number is None:
        return frozenset({debt})
    return frozenset(
        name
        for name, other in scene.debts.items()
        if other["product"] == "student_loan" and other.get("account_number") == number
    )


def _talks(scene: Scene, same: frozenset[str]) -> list[Event]:
    """Telephone conversations between the actor and the recipient about a debt, whoever called."""
    inbound = [
        event
        for event in scene.events
        if event.kind == "inbound" and event.by == scene.recipient and event.told_to == scene.actor
    ]
    both = [*contacts(scene, is_own=True), *inbound]
    return [
        event
        for event in sorted(both, key=lambda event: event.at)
        if event.get("channel") == "call"
        and event.get("result") == "conversation"
        and talked_debts(event) & same
    ]


def _attempts(group: Iterable[Event], debt: str) -> list[Event]:
    """Calls about a debt since the latest conversation about it."""
    attempts: list[Event] = []
    for event in group:
        if event.get("result") == "conversation" and talked_debts(event) & {debt}:
            attempts = []
        elif event.get("channel") in CALLS and counted_debts(event) & {debt}:
            attempts.append(event)
    return attempts


def call_consents(scene: Scene, debts: frozenset[str]) -> list[Callable[[Event], bool]]:
    """Return a test for each direct consent to more calls: was an event made under it (US-FREQ-04)?"""
    talks = [event.at for event in _talks(scene, debts)]
    revoked = [
        event.at
        for event in scene.events
        if event.by == scene.recipient and (event.kind == "cease" or _closes_calls(scene, event))
    ]
    given = [
        event
        for event in scene.events
        if event.kind == "consent"
        and "frequency" in event.get("covers", [])
        and (event.by, event.told_to) == (scene.recipient, scene.actor)
        and event.about & debts
    ]
    return [_covering(scene, event, talks, revoked) for event in given]


def _closes_calls(scene: Scene, event: Event) -> bool:
    """Tell whether an event is an opt-out of calls, or of a number."""
    if event.kind != "opt_out":
        return False
    number = scene.points.get(event.get("point", ""), {}).get("medium") in ("mobile", "landline")
    return bool(event.get("channel", "call" if number else "") == "call")


def _covering(scene: Scene, consent: Event, talks: list, revoked: list) -> Callable[[Event], bool]:  # type: ignore[type-arg]
    last = scene.day(consent.at) + timedelta(days=CONSENT_DAYS - 1)
    if consent.get("until"):
        last = min(last, date.fromisoformat(consent.get("until")))
    only = date.fromisoformat(consent.get("valid_on")) if consent.get("valid_on") else None

    def covers(event: Event) -> bool:
        day = scene.day(event.at)
        return (
            consent.at <= event.at
            and day <= last
            and only in (None, day)
            and not any(consent.at < talk < event.at for talk in talks)
            and not any(consent.at < moment <= event.at for moment in revoked)
        )

    return covers


def has_call_consent(scene: Scene, debt: str) -> bool:
    """Tell whether direct consent to more calls about a debt holds at the scene's moment."""
    now = Event(
        place=-1, at=scene.at, kind="contact", by=scene.actor, told_to="", about=frozenset(), fields={}
    )
    return any(covers(now) for covers in call_consents(scene, _same_debt(scene, debt)))
