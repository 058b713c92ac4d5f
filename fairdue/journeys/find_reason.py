"""Why something was allowed or blocked, from any number: of a permit, message, contact, case or decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel.actor import Actor

KINDS = ("permit", "message", "contact", "case", "decision")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReason:
    """One thing of that number: what the gate said of it and why; `case_id` where the actor may open the case."""

    kind: str
    number: int
    person_id: int
    at: datetime | None
    channel: str
    state: str
    outcome: str
    """`allow`, `defer`, `refuse`, `hold`, `review`; empty where the gate was not asked."""
    reasons: tuple[dict[str, Any], ...]
    rule_ids: tuple[str, ...]
    permit_id: int | None
    case_id: int | None


def find_reason(*, number: int, actor: Actor, kind: str = "") -> tuple[FoundReason, ...]:
    """Return everything of that number that is about a debtor of the actor's creditors, of one kind if it is named.

    What lies outside the scope reads like what does not exist.
    """
    actor.require("permits.view")
    found = [each for name, read in _READERS.items() if kind in ("", name) for each in read(number)]
    persons = {each["person_id"] for each in found}
    visible = book.visible_persons(persons, actor=actor)
    case_ids = cases.scoped_case_ids(person_ids=visible, actor=actor) if actor.may("cases.view") else {}
    return tuple(
        FoundReason(**{**_NOTHING, **each, "number": number, "case_id": case_ids.get(each["person_id"])})
        for each in found
        if each["person_id"] in visible
    )


_NOTHING: dict[str, Any] = {
    "at": None, "channel": "", "state": "", "outcome": "", "reasons": (), "rule_ids": (), "permit_id": None,
}  # fmt: skip


def _said(verdict: Any) -> dict[str, Any]:
    document = verdict if isinstance(verdict, dict) else {}
    return {"outcome": str(document.get("outcome", "")), "reasons": tuple(document.get("reasons", ()))}


def _permit(number: int) -> Iterator[dict[str, Any]]:
    try:
        card = law.permit(number)
    except law.PermitUnknown:
        return
    yield {
        "kind": "permit", "person_id": card.person_id, "at": card.issued_at, "channel": card.channel,
        "state": "used" if card.used_at else "unused", "permit_id": card.permit_id, **_said(card.verdict),
    }  # fmt: skip


def _message(number: int) -> Iterator[dict[str, Any]]:
    card = outreach.message_verdict(number)
    if card is not None:
        yield {
            "kind": "message", "person_id": card.person_id, "at": card.not_before, "channel": card.channel,
            "state": card.status, "permit_id": card.permit_id, **_said(card.verdict),
            **({"outcome": "allow"} if card.permit_id else {}),
        }  # fmt: skip


def _contact(number: int) -> Iterator[dict[str, Any]]:
    card = law.contact_by_number(number)
    if card is None:
        return
    said = next(_permit(card.permit_id), {}) if card.permit_id else {}
    yield {
        "kind": "contact", "person_id": card.person_id, "at": card.occurred_at, "channel": card.channel,
        "state": card.result, "permit_id": card.permit_id, "outcome": said.get("outcome", ""),
        "reasons": said.get("reasons", ()),
    }  # fmt: skip


def _case(number: int) -> Iterator[dict[str, Any]]:
    person_id = cases.person_of_case(number)
    if person_id is not None:
        yield {"kind": "case", "person_id": person_id} | _decided(decisions.latest_decision(person_id))


def _decision(number: int) -> Iterator[dict[str, Any]]:
    card = decisions.decision_by_number(number)
    if card is not None:
        yield {"kind": "decision", "person_id": card.person_id} | _decided(card)


def _decided(card: decisions.DecisionCard | None) -> dict[str, Any]:
    if card is None:
        return {}
    return {
        "at": None, "state": card.step, "outcome": "" if card.outcome == "none" else card.outcome,
        "rule_ids": tuple(card.reasons), "channel": "",
    }  # fmt: skip


_READERS: dict[str, Callable[[int], Iterator[dict[str, Any]]]] = {
    "permit": _permit, "message": _message, "contact": _contact, "case": _case, "decision": _decision,
}  # fmt: skip
