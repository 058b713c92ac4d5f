"""What people said they can pay."""

from __future__ import annotations

from datetime import date
from typing import Any

from fairdue.contexts.arrangements.contracts import AssessmentCard, ShownOffers
from fairdue.contexts.arrangements.models import Assessment, OfferSet
from fairdue.contexts.arrangements.policies import in_scope
from fairdue.contexts.arrangements.sealing import open_situation
from fairdue.engine.law.jurisdictions import in_force
from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.household import Surplus, surplus
from fairdue.engine.negotiation.reading import shipped_terms
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date


def assessment_card(row: Assessment) -> AssessmentCard:
    """Return an assessment with what follows from it under the terms of its day."""
    situation = open_situation(row.situation_sealed)
    return AssessmentCard(
        assessment_id=row.pk,
        person_id=row.person_id,
        reason=row.reason,
        is_vulnerable=row.is_vulnerable,
        surplus=_surplus(situation, business_date(row.made_at)) if situation else None,
        source=row.source,
        made_at=row.made_at,
        made_by=row.made_by,
    )


def _surplus(situation: Situation, day: date) -> Surplus | None:
    if situation.household is None:
        return None
    return surplus(situation.household, shipped_terms(str(in_force()["default"]), day))


def latest_assessment(person_id: int) -> AssessmentCard | None:
    """Return the latest assessment of a person, or nothing."""
    row = Assessment.objects.filter(person_id=person_id).order_by("-id").first()
    return assessment_card(row) if row else None


def shown_offers(*, actor: Actor, since: date, until: date, limit: int = 5_000) -> tuple[ShownOffers, ...]:
    """Return the sets of offers shown in a period, the oldest first.

    :raises PermissionRefused: without `plans.view`
    """
    actor.require("plans.view")
    rows = in_scope(OfferSet.objects.filter(as_of__gte=since, as_of__lte=until), actor).order_by("id")[:limit]
    return tuple(_shown(row) for row in rows)


def _shown(row: Any) -> ShownOffers:
    return ShownOffers(
        offer_set_id=row.pk,
        person_id=row.person_id,
        shown_at=row.shown_at,
        terms_code=row.terms_code,
        terms_version=row.terms_version,
        digest=row.digest,
        kinds=tuple(row.kinds),
        document={"features": row.features} | row.offers,
    )
