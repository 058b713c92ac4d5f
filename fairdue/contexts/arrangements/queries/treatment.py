"""What the auditor of equal treatment weighs: sets as they were shown, and what was agreed; numbers, no names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from fairdue.contexts.arrangements.models import Agreement, OfferSet
from fairdue.contexts.arrangements.policies import in_scope
from fairdue.engine.negotiation.treatment import Shown
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedCard:
    """One agreement with what it rests on."""

    agreement_id: int
    plan_id: int
    person_id: int
    accepted_at: datetime
    agreed_date: date
    proposed_by: str
    is_own_wish: bool
    kind: str
    currency: str
    total_minor: int
    waived_minor: int
    features: Mapping[str, Any]


def shown_sets(*, actor: Actor, since: date, until: date, limit: int = 20_000) -> tuple[Shown, ...]:
    """Return the sets of offers shown in a period, the latest ones if there are too many.

    :raises PermissionRefused: without `audit.view`
    """
    actor.require("audit.view")
    rows = in_scope(OfferSet.objects.filter(as_of__gte=since, as_of__lte=until), actor).order_by("-id")[
        :limit
    ]
    return tuple(
        Shown(
            set_id=row.pk,
            person_id=row.person_id,
            shown_date=row.as_of,
            terms=f"{row.terms_code}@{row.terms_version}",
            features=row.features,
            offers=row.offers["offers"],
        )
        for row in rows
    )


def granted(*, actor: Actor, since: date, until: date, limit: int = 20_000) -> tuple[GrantedCard, ...]:
    """Return what was agreed in a period, the latest first.

    :raises PermissionRefused: without `audit.view`
    """
    actor.require("audit.view")
    rows = Agreement.objects.filter(
        accepted_at__gte=datetime.combine(since, time.min, HOUSE_ZONE),
        accepted_at__lt=datetime.combine(until + timedelta(days=1), time.min, HOUSE_ZONE),
    ).select_related("proposal__offer_set", "plan")
    return tuple(_card(row) for row in in_scope(rows, actor).order_by("-id")[:limit])


def _card(row: Agreement) -> GrantedCard:
    made = row.proposal
    return GrantedCard(
        agreement_id=row.pk,
        plan_id=row.plan.pk,
        person_id=row.person_id,
        accepted_at=row.accepted_at,
        agreed_date=business_date(row.accepted_at),
        proposed_by=made.proposed_by if made.proposed_by_kind == "staff" else made.proposed_by_kind,
        is_own_wish=made.is_counter,
        kind=made.kind,
        currency=made.currency,
        total_minor=made.total_minor,
        waived_minor=made.waived_minor,
        features=made.offer_set.features if made.offer_set else {},
    )
