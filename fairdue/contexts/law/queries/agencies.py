"""What agencies told of: their files, and the contacts that the gate would not have allowed."""

from __future__ import annotations

from collections.abc import Iterable

from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor

from ..agency_contracts import BreachCard, RejectedRow, UploadCard
from ..models import AgencyContact, AgencyUpload


def upload_card(upload: AgencyUpload, *, rejected_rows: tuple[RejectedRow, ...] = ()) -> UploadCard:
    """This function will return a file as it stands."""
    return UploadCard(
        upload_id=upload.pk, agency=upload.agency, file_name=upload.file_name, rows=upload.row_count,
        accepted=upload.accepted_count, repeated=upload.repeated_count, rejected=upload.rejected_count,
        breaches=upload.breach_count, rejections=dict(upload.rejections), status=upload.status,
        uploaded_by=upload.uploaded_by, uploaded_at=upload.recorded_at, rejected_rows=rejected_rows,
    )  # fmt: skip


def agency_uploads(*, actor: Actor, agency: str = "", limit: int = 50) -> tuple[UploadCard, ...]:
    """This function will return files of past contacts, newest first.

    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require("agencies.manage")
    found = AgencyUpload.objects.order_by("-id")
    found = found.filter(agency=agency) if agency else found
    return tuple(upload_card(upload) for upload in found[:limit])


def agency_breaches(
    *, actor: Actor, agency: str = "", upload_id: int | None = None, limit: int = 200
) -> tuple[BreachCard, ...]:
    """This function will return contacts of agencies that broke a rule, newest first: rule, when, whom (masked).

    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require("agencies.manage")
    found = AgencyContact.objects.exclude(outcome__in=["", "allow"]).order_by("-id")
    found = found.filter(agency=agency) if agency else found
    found = found if upload_id is None else found.filter(upload_id=upload_id)
    return _cards(list(found.select_related("contact")[:limit]))


def breach_counts(*, actor: Actor) -> dict[str, tuple[int, int]]:
    """This function will return, by agency, how many contacts it told of and how many of them broke a rule.

    :raises PermissionRefused: without `agencies.manage`
    """
    from django.db.models import Count, Q

    actor.require("agencies.manage")
    is_breach = ~Q(outcome__in=["", "allow"])
    rows = AgencyContact.objects.values("agency").annotate(
        told=Count("id"), broke=Count("id", filter=is_breach)
    )
    return {row["agency"]: (row["told"], row["broke"]) for row in rows.order_by("agency")}


def _cards(told: Iterable[AgencyContact]) -> tuple[BreachCard, ...]:
    listed = list(told)
    person_ids = {each.contact.person_id for each in listed}
    persons = parties.person_cards(person_ids)
    points = {
        point.contact_point_id: point.value_masked
        for cards in parties.contact_points_of(person_ids).values()
        for point in cards
    }
    return tuple(
        BreachCard(
            contact_id=each.contact_id, agency=each.agency, contact_ref=each.contact_ref,
            person_id=each.contact.person_id, account_id=each.account_id,
            name_masked=persons[each.contact.person_id].name_masked if each.contact.person_id in persons else "",
            value_masked=points.get(each.contact.contact_point_id or 0, ""), channel=each.contact.channel,
            result=each.contact.result, occurred_at=each.contact.occurred_at, outcome=each.outcome,
            upload_id=each.upload_id, reasons=tuple((each.verdict or {}).get("reasons", ())),
        )
        for each in listed
    )  # fmt: skip
