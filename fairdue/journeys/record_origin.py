"""How a number or an address was obtained, recorded from the case: where a law asks for it, the gate reads it at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.record_statement import StatementRefused
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

ROUTES = ("consumer_consent", "consumer_called", "creditor_notice")
"""The ways of Regulation F, 12 CFR 1006.6(d)(4) and (5)."""
LONGEST_WINDOW = 365
FACT = "obtained_route"


@transaction.atomic
def record_origin(
    *,
    case_id: int,
    contact_point_id: int,
    route: str,
    obtained_date: date,
    opt_out_days: int | None = None,
    opt_out_until: date | None = None,
    is_opt_out_simple: bool = False,
    is_domain_public: bool = False,
    source: str = "conversation",
    actor: Actor,
    now: datetime,
) -> bool:
    """Record how a contact point of the case's person was obtained, and when, by whoever records it.

    1. The latest record counts; what was recorded before stays. Returns False if it says nothing new.
    2. The time to opt out, its end, and whether the domain is open to the public belong to a creditor's notice.

    :raises NotInScope: if the case is not in the actor's scope
    :raises StatementRefused: if the way is unknown, the day lies ahead, or a notice does not say until when to opt out
    :raises ConsentRefused: if the contact point is not one of the person's
    """
    actor.require("contacts.make")
    case = cases.case_card(case_id=case_id, actor=actor)
    _check(route, obtained_date, opt_out_days, opt_out_until, business_date(now))
    detail: dict[str, Any] = {"route": route, "by": actor.made_by, "date": obtained_date.isoformat()}
    if route == "creditor_notice" and opt_out_until is not None:
        detail |= {
            "opt_out_days": opt_out_days, "opt_out_until": opt_out_until.isoformat(),
            "is_opt_out_simple": is_opt_out_simple, "is_domain_public": is_domain_public,
        }  # fmt: skip
    if _stands(case.person_id, contact_point_id, detail):
        return False
    parties.record_consent(
        person_id=case.person_id, kind="obtained", channel="", contact_point_id=contact_point_id, source=source,
        detail=detail, actor=actor, occurred_at=now, now=now,
    )  # fmt: skip
    return True


def _check(route: str, day: date, window: int | None, until: date | None, today: date) -> None:
    if route not in ROUTES:
        raise StatementRefused("cases.origin.route", f"{route!r} is none of {', '.join(ROUTES)}")
    if day > today:
        raise StatementRefused("cases.origin.in_the_future", f"{day} lies ahead of {today}")
    if route != "creditor_notice":
        return
    if window is None or until is None or not 0 <= window <= LONGEST_WINDOW or until < day:
        raise StatementRefused(
            "cases.origin.opt_out", "a notice says how many days there are to opt out, and until when"
        )


def _stands(person_id: int, contact_point_id: int, detail: Mapping[str, Any]) -> bool:
    latest = next(
        (
            card
            for card in parties.latest_consents(person_id)
            if card.kind == "obtained" and card.contact_point_id == contact_point_id
        ),
        None,
    )
    return latest is not None and latest.detail == detail


def is_origin_asked(jurisdictions: frozenset[str]) -> bool:
    """This function will tell whether a law that binds asks how a number or an address was obtained."""
    known = set(law.jurisdictions())
    return any(FACT in law.facts_asked(code) for code in jurisdictions if code == "" or code in known)
