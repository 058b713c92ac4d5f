"""Agencies as the law wants them: on the list, evaluated, with a trained collector, announced to every borrower."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from fairdue.contexts.law.models import AgencyEvaluation, AgencyListing, Notice, StaffCertificate
from fairdue.contexts.parties.models import Person

RECORDED = {"recorded_by": "test", "recorded_at": datetime(2026, 1, 5, tzinfo=UTC)}


def make_fit(*agencies: str, on: date = date(2026, 4, 1), persons: Iterable[int] | None = None) -> None:
    """Put agencies on the list, evaluate them, train a collector `S1`, and announce them to persons; None: to all."""
    told = list(Person.objects.values_list("pk", flat=True)) if persons is None else list(persons)
    for agency in agencies:
        AgencyListing.objects.get_or_create(
            agency=agency,
            listed_from=date(2026, 1, 5),
            defaults={"list_reference": "list 2026-1", **RECORDED},
        )
        AgencyEvaluation.objects.get_or_create(
            agency=agency, evaluated_date=on, defaults={"is_passed": True, **RECORDED}
        )
        StaffCertificate.objects.get_or_create(
            agency=agency, staff_ref="S1", trained_date=on, defaults={"certificate_ref": "C-1", **RECORDED}
        )
        Notice.objects.bulk_create(
            [
                Notice(
                    person_id=person_id,
                    kind="agency",
                    issuer=agency,
                    channel="letter",
                    sent_date=on,
                    **RECORDED,
                )
                for person_id in told
            ],
            ignore_conflicts=True,
        )
