"""Reading calls and errands."""

from __future__ import annotations

from fairdue.contexts.outreach.call_contracts import ErrandCard, PhoneCallCard
from fairdue.contexts.outreach.composing import open_content
from fairdue.contexts.outreach.models import Errand, PhoneCall


def calls_of(*, case_id: int, limit: int = 50) -> tuple[PhoneCallCard, ...]:
    """Return the calls of a case that the caller has found in scope, newest first."""
    rows = PhoneCall.objects.filter(case_id=case_id).select_related("staff").order_by("-id")[:limit]
    return tuple(call_card(row) for row in rows)


def call_card(row: PhoneCall) -> PhoneCallCard:
    """Return the card of a call."""
    return PhoneCallCard(
        call_id=row.pk, permit_id=row.permit_id, contact_id=row.contact_id, case_id=row.case_id,
        person_id=row.person_id, staff_id=row.staff_id, staff_name=row.staff.get_full_name() if row.staff else "",
        state=row.state, error=row.error, started_at=row.started_at, answered_at=row.answered_at,
        ended_at=row.ended_at, confirmed_at=row.confirmed_at, confirmed_by_facts=tuple(row.confirmed_by_facts),
        has_recording=bool(row.recording_ref), is_open=row.is_open,
    )  # fmt: skip


def errands_of(*, case_id: int, is_opened: bool = False, limit: int = 50) -> tuple[ErrandCard, ...]:
    """Return the letters and visits asked for on a case that the caller has found in scope, newest first."""
    rows = Errand.objects.filter(case_id=case_id).select_related("asked_by").order_by("-id")[:limit]
    return tuple(errand_card(row, is_opened=is_opened) for row in rows)


def waiting_errands(*, limit: int = 200) -> tuple[ErrandCard, ...]:
    """Return the errands that wait, oldest first; the caller leaves those whose case is in scope."""
    rows = Errand.objects.filter(status="asked").select_related("asked_by").order_by("id")[:limit]
    return tuple(errand_card(row, is_opened=False) for row in rows)


def errand_card(row: Errand, *, is_opened: bool) -> ErrandCard:
    """Return the card of an errand; the text of a letter only for who may see it."""
    return ErrandCard(
        errand_id=row.pk, case_id=row.case_id, person_id=row.person_id, account_id=row.account_id,
        channel=row.channel, contact_point_id=row.contact_point_id, subject=row.subject,
        text=open_content(row.content_sealed)[1] if is_opened else "", locale=row.locale, grounds=row.grounds,
        staff_count=row.staff_count, enters_premises=row.enters_premises, status=row.status, verdict=row.verdict,
        permit_id=row.permit_id, contact_id=row.contact_id,
        asked_by=row.asked_by.get_full_name() if row.asked_by else "", asked_at=row.asked_at,
        settled_by=row.settled_by_label, settled_at=row.settled_at,
    )  # fmt: skip
