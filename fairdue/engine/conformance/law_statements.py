"""What persons said and what is known about contact points, as candidate columns of one scene."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from fairdue.engine.conformance.law_history import contacts, is_workplace
from fairdue.engine.conformance.law_scene import DEBTOR, Event, Fields, Scene
from fairdue.engine.law.clocks import ALWAYS

PHONES = ("mobile", "landline")
TIED_TO_A_PLACE = ("landline", "address")
WRITTEN = ("written", "electronic")
AMPLE_DAYS = 10_000
"""Stands for a notice that left all the time a rule asks for."""


def weekly(event: Event) -> str:
    """Return the times of a statement as weekly hours; no times: always."""
    times = [f"{','.join(time['days'])} {time['from']}-{time['to']}" for time in event.get("times", [])]
    return ";".join(times) or ALWAYS


def hours(scene: Scene) -> dict[str, Any]:
    """This function will return what the debtor agreed or consented to about hours and frequency, for the national rules."""
    consents = list(scene.said("consent", by=DEBTOR))
    agreed = list(scene.said("agreed_hours", by=DEBTOR))
    opened = [weekly(event) for event in consents if "time" in event.get("covers", [])]
    return {
        "agreed_hours": weekly(agreed[-1]) if agreed else "",
        "consented_hours": ";".join(opened),
        "has_frequency_consent": any("frequency" in event.get("covers", []) for event in consents),
        "inconvenient_hours": _inconvenient(scene),
        "public_holidays": "|".join(scene.given.get("holidays", [])),
    }


def _inconvenient(scene: Scene) -> str:
    """Return the hours named; a statement that names none closes none."""
    said = scene.said("inconvenient_times")
    return ";".join(weekly(event) for event in said if event.get("times"))


def direct_consents(scene: Scene) -> list[Event]:
    """Return the consents to hours that the recipient gave to this very actor and that apply today."""
    return [
        event
        for event in scene.said("consent")
        if "time" in event.get("covers", []) and event.told_to == scene.actor
    ]


def places(scene: Scene) -> dict[str, Any]:
    """This function will return what is known about the place and the medium of the step."""
    return {
        "medium": scene.target.get("medium", ""),
        "is_workplace": is_workplace(scene, scene.when.get("to")),
        "is_work_closed": any(
            event.kind == "no_contact_at_work" and scene.applies_today(event) for event in scene.events
        ),
        "is_at_inconvenient_place": is_at_inconvenient_place(scene, scene.target),
        "is_medium_closed": bool(_opt_outs(scene)) or _wants_nothing(scene),
        "is_medium_required_by_law": scene.when.get("medium_required_by_law", False),
        **_confirmation(scene),
    }


def is_at_inconvenient_place(scene: Scene, point: Fields) -> bool:
    """Tell whether a contact point is tied to a place that the recipient named as inconvenient."""
    named = {event.get("place") for event in scene.said("inconvenient_place")}
    return point.get("medium") in TIED_TO_A_PLACE and point.get("place") in named - {None}


def _opt_outs(scene: Scene) -> list[Event]:
    """Return the recipient's opt-outs that close this medium or this contact point."""
    return [event for event in scene.said("opt_out") if _closes(event, scene)]


def _closes(event: Event, scene: Scene) -> bool:
    channel = "call" if scene.when["channel"] == "voicemail_drop" else scene.when["channel"]
    return event.get("point") in (None, scene.when.get("to")) and event.get("channel") in (None, channel)


def _wants_nothing(scene: Scene) -> bool:
    """Tell whether a third person asked to be left alone altogether."""
    return scene.recipient != DEBTOR and any(scene.said("cease", "contact_refused"))


def _confirmation(scene: Scene) -> dict[str, Any]:
    """What is known about the opt-out that the step would confirm."""
    named = [event for event in scene.said("opt_out") if event.get("id") == scene.when.get("reply_to", "")]
    found = named or _opt_outs(scene)
    if scene.when["purpose"] != "confirm_opt_out" or not found:
        return {"opt_out_minutes": None, "is_first_confirmation": True}
    closed = found[-1]
    confirmed = [
        event
        for event in contacts(scene, is_own=True)
        if event.at >= closed.at
        and (event.get("purpose") == "confirm_opt_out" or event.get("reply_to") == closed.get("id", ""))
    ]
    minutes = math.ceil((scene.at - closed.at).total_seconds() / 60)
    return {"opt_out_minutes": minutes, "is_first_confirmation": not confirmed}


def answered(scene: Scene) -> Event | None:
    """This function will return the inbound contact to which the step is the one answer allowed, if it is one.

    1. Same medium, started by the recipient. 2. Nothing answered it before; speaking inside it was an answer.
    """
    name = scene.when.get("reply_to")
    found = [event for event in scene.events if name is not None and event.get("id") == name]
    if not found or found[0].kind != "inbound":
        return None
    inbound = found[0]
    is_used = inbound.get("result") == "conversation" or any(
        event.kind == "contact" and event.get("reply_to") == name for event in scene.events
    )
    is_same = inbound.by == scene.recipient and inbound.get("channel") == scene.when["channel"]
    return inbound if is_same and not is_used else None


def third_person(scene: Scene) -> dict[str, Any]:
    """This function will return what concerns a third person, and what the recipient said before."""
    talks = [
        event
        for event in contacts(scene, is_own=True)
        if event.get("purpose") == "locate" and event.get("result") == "conversation"
    ]
    asked = [
        event
        for event in scene.events
        if event.kind == "inbound" and event.by == scene.recipient and talks and event.at > talks[0].at
    ]
    is_third = scene.recipient != DEBTOR
    return {
        "location_talks": len(talks) if is_third else 0,
        "has_asked_for_more": bool(asked) and is_third,
        "has_third_refused": is_third and any(scene.said("contact_refused")),
        "has_third_offered": is_third and any(scene.said("offers_to_pay")),
    }


def obtained(scene: Scene, debt: Fields) -> dict[str, Any]:
    """This function will return how the contact point was come by, as far as a rule tests that."""
    how, point = scene.target.get("obtained"), scene.when.get("to")
    if how is None:
        return {}
    written = [
        event
        for event in scene.events
        if event.kind == "inbound"
        and event.by == scene.recipient
        and event.told_to == scene.actor
        and (event.get("from"), event.get("channel")) == (point, scene.when["channel"])
    ]
    return {
        "obtained_route": how["route"],
        "is_obtained_by_actor": how["by"] == scene.actor,
        "obtained_days": (scene.today - scene.day(datetime.fromisoformat(how["at"]))).days,
        "message_days": (scene.today - scene.day(written[-1].at)).days if written else None,
        "is_domain_public": scene.target.get("public_domain", True),
        "has_prior_collector_used": _has_prior_used(scene, debt, how["by"]),
        **_opt_out_notice(scene),
    }


def _has_prior_used(scene: Scene, debt: Fields, by: str) -> bool:
    """Tell whether the collector just before the actor used an address that it or an earlier one obtained."""
    agencies = [placement["agency"] for placement in debt.get("placements", [])]
    if scene.actor not in agencies:
        return False
    earlier = agencies[: len(agencies) - 1 - agencies[::-1].index(scene.actor)]
    used = [
        event
        for event in scene.events
        if event.kind == "contact"
        and event.by == (earlier or [""])[-1]
        and (event.get("to"), event.get("channel")) == (scene.when.get("to"), scene.when["channel"])
    ]
    return by in earlier and bool(used)


def _opt_out_notice(scene: Scene) -> dict[str, Any]:
    """What is known about the creditor's notice with the chance to opt out."""
    if "notices" not in scene.given:
        return {"opt_out_days": AMPLE_DAYS, "is_opt_out_simple": True, "is_opt_out_over": True}
    found = list(given_notices(scene, "email_opt_out", "sent"))
    if not found:
        return {"opt_out_days": None}
    if "opt_out_by" not in found[-1]:
        return {
            "opt_out_days": AMPLE_DAYS,
            "is_opt_out_simple": _is_simple(found[-1]),
            "is_opt_out_over": True,
        }
    last = date.fromisoformat(found[-1]["opt_out_by"])
    return {
        "opt_out_days": (last - _day(scene, found[-1]["sent"])).days,
        "is_opt_out_simple": _is_simple(found[-1]),
        "is_opt_out_over": scene.today > last,
    }


def _is_simple(notice: Fields) -> bool:
    return bool(notice.get("opt_out_method", "link") == "link")


def notices(scene: Scene) -> dict[str, Any]:
    """This function will return which notices were given before the step; none listed: all that a rule requires."""
    if "notices" not in scene.given:
        return {}
    written = [
        notice
        for notice in given_notices(scene, "placement", "sent")
        if notice.get("form", "written") in WRITTEN
    ]
    return {
        "is_agency_announced": any(given_notices(scene, "agency", "sent")),
        "is_assignment_notified": any(given_notices(scene, "assignment", "received")),
        "is_transfer_notified": any(given_notices(scene, "transfer", "sent")),
        "is_visit_notified": any(given_notices(scene, "visit", "sent")),
        "is_placement_notified": bool(written),
    }


def given_notices(scene: Scene, kind: str, field: str) -> Iterable[Fields]:
    """Yield the notices of a kind that were sent, or received, before the step."""
    for notice in scene.given["notices"]:
        if notice["type"] == kind and field in notice and _is_before(scene, notice[field]):
            yield notice


def _is_before(scene: Scene, text: str) -> bool:
    moment = datetime.fromisoformat(text)
    return _day(scene, text) < scene.today if moment.tzinfo is None else moment <= scene.at


def _day(scene: Scene, text: str) -> date:
    moment = datetime.fromisoformat(text)
    return moment.date() if moment.tzinfo is None else scene.day(moment)


def debtor(scene: Scene) -> dict[str, Any]:
    """This function will return the state of the debtor, and whether the debtor counts as lost."""
    facts = scene.given["debtor"]
    own = [
        point.get("status", "valid") == "valid" and name not in scene.wrong_points
        for name, point in scene.points.items()
        if point.get("owner", DEBTOR) == DEBTOR and point["medium"] in PHONES
    ]
    bereaved = [event for event in scene.events if event.kind == "bereavement"]
    return {
        "is_deceased": facts.get("deceased", False),
        "age": facts.get("age"),
        "capacity": facts.get("capacity", "full"),
        "has_only_invalid_numbers": bool(own) and not any(own),
        "consecutive_failures": _failures(scene),
        "bereavement_days": (scene.today - scene.day(bereaved[-1].at)).days if bereaved else None,
    }


def _failures(scene: Scene) -> int:
    """Failed calls to the debtor since the latest conversation or contact by the debtor (CN-WHO-04)."""
    failures = 0
    for event in scene.events:
        point = event.get("to")
        is_ours = (
            event.kind == "contact" and point not in scene.wrong_points and scene.person_at(point) == DEBTOR
        )
        if (event.kind == "inbound" and event.by == DEBTOR) or (
            is_ours and event.get("result") == "conversation"
        ):
            failures = 0
        elif is_ours and event.get("channel") == "call" and event.get("result") != "announcement_connected":
            failures += 1
    return failures


def state(scene: Scene, debt: str) -> dict[str, Any]:
    """This function will return what binds one debt: holds, moratoria, plans, and objections to it."""
    about = [event for event in scene.events if debt in event.about]
    objected = [
        event
        for event in about
        if event.kind in ("refusal_to_pay", "denies_debt", "cease") and event.by == scene.recipient
    ]
    return {
        "debt_state": scene.debts[debt].get("state", "open"),
        "holds": _holds(scene, about),
        "has_prior_objection": bool(objected),
        **_breathing(scene, about),
        **_preparation(scene, about),
    }


def _breathing(scene: Scene, about: list[Event]) -> dict[str, Any]:
    found = [event for event in about if event.kind == "breathing_space"]
    starts = [_start(scene, event) for event in found if event.get("variant", "standard") == "standard"]
    return {
        "breathing_space_day": (scene.today - max(starts)).days + 1 if starts else None,
        "is_in_crisis_moratorium": any(
            event.get("variant") == "crisis" and _start(scene, event) <= scene.today for event in found
        ),
    }


def _start(scene: Scene, event: Event) -> date:
    """Return the first day of a breathing space."""
    return date.fromisoformat(event.get("started")) if event.get("started") else scene.day(event.at)


def _preparation(scene: Scene, about: list[Event]) -> dict[str, Any]:
    begun = [event for event in about if event.kind == "plan_in_preparation"]
    progress = [
        event for event in about if event.kind == "plan_progress" and begun and event.at >= begun[-1].at
    ]
    return {
        "plan_preparation_days": (scene.today - scene.day(begun[-1].at)).days if begun else None,
        "has_plan_progress": bool(progress),
    }


def _holds(scene: Scene, about: list[Event]) -> list[str]:
    """Return the open holds of a debt, as kind and a colon."""
    ceased = [
        event
        for event in about
        if event.kind in ("cease", "refusal_to_pay")
        and event.by == DEBTOR
        and event.get("form", "oral") in WRITTEN
    ]
    is_open = {
        "dispute": _is_disputed(about, is_formal=False),
        "written_dispute": _is_disputed(about, is_formal=True),
        "plan": bool(_kept_plans(scene, about)),
        "attorney": scene.given["debtor"].get("represented_by_attorney", False),
        "cease": bool(ceased),
        "bankruptcy": any(event.kind == "bankruptcy" for event in about),
    }
    return [f"{kind}:" for kind, stands in is_open.items() if stands]


def _is_disputed(about: list[Event], *, is_formal: bool) -> bool:
    """Tell whether a dispute waits for its answer; formally only a written one that brings something new does."""
    is_open = was_answered = False
    for event in about:
        if event.kind == "verification_sent":
            is_open, was_answered = False, was_answered or is_open
        elif event.kind == "dispute" and not is_formal:
            is_open = True
        elif event.kind == "dispute" and event.get("form", "oral") in WRITTEN:
            is_open = is_open or not was_answered or event.get("new_information", False)
    return is_open


def _kept_plans(scene: Scene, about: list[Event]) -> set[Any]:
    plans: set[Any] = set()
    concerned = {event.place for event in about}
    for event in scene.events:
        if event.kind == "plan_agreed" and event.place in concerned:
            plans.add(event.get("id", event.place))
        if event.kind == "plan_breached":
            plans = plans - {event.get("of")} if event.get("of") else set()
    return plans
