"""Write down what a person said of their situation, and show what may be offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.arrangements.contracts import AssessmentCard
from fairdue.contexts.arrangements.errors import AssessmentUnknown
from fairdue.contexts.arrangements.models import Assessment, OfferSet
from fairdue.contexts.arrangements.offer_codec import not_offered_document, offer_document
from fairdue.contexts.arrangements.policies import require_about
from fairdue.contexts.arrangements.queries.assessments import assessment_card
from fairdue.contexts.arrangements.queries.negotiation import BuiltCase, build_case
from fairdue.contexts.arrangements.sealing import open_situation, seal_situation
from fairdue.contexts.audit import facade as audit
from fairdue.engine.negotiation import offers as made
from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.solve import solve
from fairdue.kernel.actor import Actor

BAND_MINOR = 500_000
"""Debts within one band of this width count as alike for the auditor."""
MONTHLY_BAND_MINOR = 50_000
"""So do amounts that are affordable each month."""


@transaction.atomic
def record_assessment(
    *, person_id: int, situation: Situation, source: str, actor: Actor, now: datetime
) -> AssessmentCard:
    """This function will write down what a person said of income, outgoings and reason; it is sealed.

    :raises PermissionRefused: unless it is the borrower, or staff with `plans.work`
    """
    require_about(actor, person_id, "plans.work")
    row = Assessment.objects.create(
        person_id=person_id, reason=situation.reason, situation_sealed=seal_situation(situation),
        is_vulnerable=situation.is_vulnerable, has_household=situation.household is not None, source=source,
        made_by_kind=actor.kind, made_by_id=actor.id, made_by=actor.label, made_at=now,
    )  # fmt: skip
    audit.record(
        code="arrangements.assessment.recorded", actor=actor, subject_type="arrangements.assessment",
        subject_id=row.pk, person_id=person_id, now=now, after={"reason": row.reason, "source": source},
    )  # fmt: skip
    return assessment_card(row)


def situation_of_assessment(person_id: int, assessment_id: int | None) -> Situation:
    """Return the situation that an assessment wrote down; without one, that nothing is known.

    :raises AssessmentUnknown: if the person has no such assessment
    """
    if assessment_id is None:
        return Situation(reason="other")
    row = Assessment.objects.filter(pk=assessment_id, person_id=person_id).first()
    situation = open_situation(row.situation_sealed) if row else None
    if situation is None:
        raise AssessmentUnknown
    return situation


def offers_for(
    *,
    person_id: int,
    account_ids: Sequence[int],
    situation: Situation,
    as_of: date,
    now: datetime,
    assessment_id: int | None = None,
    actor: Actor | None = None,
) -> made.OfferSet:
    """This function will return what fits some debts and a situation today, and keep what was shown.

    1. The same case under the same terms gives the same offers, whoever asks.
    2. What was shown is kept once a day, without name, sex, age or place, for the auditor.

    :raises AccountsUnfit, NothingOwed: as `build_case` says
    :raises PermissionRefused: for another borrower's debts, or staff without `plans.view`
    """
    if actor is not None:
        require_about(actor, person_id, "plans.view")
    built = build_case(
        person_id=person_id, account_ids=account_ids, situation=situation, as_of=as_of, actor=actor
    )
    found = solve(built.case, built.terms)
    keep_shown(person_id, built, found, assessment_id, actor.label if actor else "", now)
    return found


def keep_shown(
    person_id: int,
    built: BuiltCase,
    found: made.OfferSet,
    assessment_id: int | None,
    shown_by: str,
    now: datetime,
) -> int:
    """This function will keep a set of offers as it was shown and return its id; the same set once a day."""
    same = {
        "person_id": person_id, "creditor_id": built.creditor_id, "digest": found.digest, "as_of": built.case.as_of,
    }  # fmt: skip
    known = OfferSet.objects.filter(**same).values_list("pk", flat=True).first()
    if known is not None:
        return known
    with transaction.atomic():
        row, _ = OfferSet.objects.get_or_create(
            **same,
            defaults={
                "account_ids": built.account_ids, "terms_code": found.terms_code, "terms_version": found.terms_version,
                "features": _features(built, found), "assessment_id": assessment_id, "shown_at": now, "shown_by": shown_by,
                "kinds": sorted({offer.kind for offer in found.offers}),
                "offers": {
                    "offers": [offer_document(offer) for offer in found.offers],
                    "not_offered": [not_offered_document(each) for each in found.not_offered],
                },
            },
        )  # fmt: skip
    return row.pk


def _features(built: BuiltCase, found: made.OfferSet) -> dict[str, Any]:
    situation = built.case.situation
    affordable = found.surplus.affordable_minor if found.surplus else None
    return {
        "affordable_band": None if affordable is None else affordable // MONTHLY_BAND_MINOR,
        "at_hand_band": situation.can_pay_now_minor // BAND_MINOR,
        "reason": situation.reason,
        "is_vulnerable": situation.is_vulnerable,
        "has_household": situation.household is not None,
        "debts": [
            {
                "product": debt.product, "currency": debt.currency, "band": debt.total_minor // BAND_MINOR,
                "days_past_due": debt.days_past_due, "plans_before": debt.plans_before, "is_disputed": debt.is_disputed,
            }
            for debt in built.case.debts
        ],
    }  # fmt: skip
