"""A contact by its number alone, for who looks for the reason of something."""

from __future__ import annotations

from ..contracts import ContactCard
from ..models import Contact


def contact_by_number(contact_id: int) -> ContactCard | None:
    """This function will return a contact by its number, or None; who asks checks the scope of its person."""
    row = Contact.objects.filter(pk=contact_id).first()
    if row is None:
        return None
    return ContactCard(
        contact_id=row.pk, person_id=row.person_id, contact_point_id=row.contact_point_id,
        institution_group=row.institution_group, made_by=row.made_by, channel=row.channel, mode=row.mode,
        direction=row.direction, purpose=row.purpose, result=row.result, occurred_at=row.occurred_at,
        permit_id=row.permit_id,
    )  # fmt: skip
