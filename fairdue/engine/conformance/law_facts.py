"""A scene as candidate rows, one a debt: the same rows that every other gate judges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.engine.conformance import law_statements as statements
from fairdue.engine.conformance.law_history import has_call_consent, histories
from fairdue.engine.conformance.law_scene import Event, Fields, Scene
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.trying import candidate

CHANNEL_NAMES = {"in_app": "inapp"}


def rows(scene: Scene, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """This function will yield the facts of the step for each debt it is about.

    A fact that no rule in force asks about changes nothing.
    """
    common = _step(scene) | _people(scene) | _answer(scene, rulebook) | statements.hours(scene)
    common |= statements.places(scene) | statements.notices(scene) | statements.third_person(scene)
    common |= {"direct_consent_hours": _direct_consent_hours(scene, rulebook)}
    for debt in scene.when["about"]:
        yield common | _of_debt(scene, debt)


def _step(scene: Scene) -> dict[str, Any]:
    when = scene.when
    offsets = {scene.at.astimezone(ZoneInfo(zone)).utcoffset() for zone in scene.zones}
    return {
        "at": scene.at,
        "channel": CHANNEL_NAMES.get(when["channel"], when["channel"]),
        "mode": when.get("mode", "interactive"),
        "purpose": when["purpose"],
        "states": when.get("states", []),
        "grounds": when.get("grounds", ""),
        "home_zone": scene.home_zone,
        "zones": "|".join(scene.zones),
        "do_clocks_differ": len(offsets) > 1,
        "sender_account": when.get("sender_account", "institution"),
        "staff_count": len(when["staff"]) if "staff" in when else 2,
        "enters_premises": when.get("enters", False),
        "is_identity_verified": when.get("identity_verified", True),
    }


def _people(scene: Scene) -> dict[str, Any]:
    kind = scene.given["actor"]["kind"]
    relations = {other["id"]: other["relation"] for other in scene.given.get("persons", [])}
    return statements.debtor(scene) | {
        "actor_kind": "creditor" if kind == "field_team" else kind,
        "does_name_reveal_collection": scene.given["actor"].get("name_reveals_collection", False),
        "owner": scene.target.get("owner", "debtor"),
        "relation": relations.get(scene.target.get("person"), ""),
        "point_status": scene.target.get("status", "valid"),
    }


def _of_debt(scene: Scene, name: str) -> dict[str, Any]:
    debt = scene.debts[name]
    counted = {column: [event.at for event in found] for column, found in histories(scene, name).items()}
    return counted | statements.state(scene, name) | statements.obtained(scene, debt) | {
        "product_kinds": [debt["product"]],
        "is_online": debt.get("online", False),
        "has_call_consent": has_call_consent(scene, name),
    }  # fmt: skip


def _answer(scene: Scene, rulebook: Rulebook) -> dict[str, Any]:
    """Whether the step is the one answer to a contact that the recipient started, and started inconveniently."""
    if scene.when.get("initiated_by", "actor") == "debtor":
        return {"is_reply": True, "is_reply_at_inconvenience": True}
    inbound = statements.answered(scene)
    if inbound is None:
        return {}
    point = scene.points.get(inbound.get("from", ""), {})
    is_placed = statements.is_at_inconvenient_place(scene, point)
    step = {"channel": inbound.get("channel"), "to": inbound.get("from")}
    return {
        "is_reply": True,
        "is_reply_at_inconvenience": is_placed or _was_inconvenient(scene, inbound, step, rulebook),
    }


def _direct_consent_hours(scene: Scene, rulebook: Rulebook) -> str:
    """Hours opened by consents to this actor that were not obtained in a contact at a closed hour (US-CONS-01)."""
    by_id = {event.get("id"): event for event in scene.events if event.get("id")}
    valid = []
    for consent in statements.direct_consents(scene):
        contact = by_id.get(consent.get("during"))
        step = {"channel": contact.get("channel"), "to": contact.get("to")} if contact else {}
        if (
            contact is None
            or contact.kind != "contact"
            or not _was_inconvenient(scene, contact, step, rulebook)
        ):
            valid.append(statements.weekly(consent))
    return ";".join(valid)


def _was_inconvenient(scene: Scene, event: Event, step: Fields, rulebook: Rulebook) -> bool:
    """Tell whether a rule on hours was broken at an earlier event, by what was known then."""
    earlier = Scene(
        given=scene.given,
        when={"purpose": "collect", "about": list(scene.when["about"])[:1], **step},
        at=event.at,
        known_until=event.at,
    )
    judgement = judge(candidate(next(rows(earlier, rulebook))), rulebook)
    return any(
        check.clock is not None and judgement.broken[0, column]
        for column, check in enumerate(judgement.checks)
    )
