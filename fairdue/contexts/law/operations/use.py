"""The one send that a permit is for."""

from __future__ import annotations

from datetime import datetime

from fairdue.storage.reads import run_together

from ..models import Permit, PermitUse


class PermitUnusable(Exception):
    """The permit does not allow this send; nothing may leave. `code` says why."""

    code = "law.permit.unusable"


class PermitUsed(PermitUnusable):
    """The permit was consumed by an earlier send."""

    code = "law.permit.used"


class PermitNotNow(PermitUnusable):
    """The permit has expired, or was issued later than the send."""

    code = "law.permit.not_now"


class PermitForAnotherText(PermitUnusable):
    """The text is not the one that was judged."""

    code = "law.permit.another_text"


class PermitForAnotherRecipient(PermitUnusable):
    """The contact point is not the one that was judged."""

    code = "law.permit.another_recipient"


class PermitForAnotherChannel(PermitUnusable):
    """The channel is not the one that was judged."""

    code = "law.permit.another_channel"


def use_permit(
    *, permit_id: int, channel: str, contact_point_id: int | None, content_sha256: str, now: datetime
) -> None:
    """This function will consume a permit for the send that is about to happen, or refuse the send.

    1. Must be committed before anything leaves. Of several that try, exactly one gets through.
    2. Text digest, contact point and channel must be the permit's own, and `now` within its time; the database
       refuses a use that differs, whoever writes it.

    :raises PermitUnusable: the subclass says what differs; nothing was changed
    """
    (used,) = run_together((_USE_SQL, (permit_id, channel, contact_point_id, content_sha256, now)))
    if not used:
        raise _refusal(permit_id, channel, contact_point_id, content_sha256, now)


_USE_SQL = """
INSERT INTO law_permituse (permit_id, channel, contact_point_id, content_sha256, used_at)
SELECT id, channel, contact_point_id, content_sha256, $5 FROM law_permit
 WHERE id = $1 AND channel = $2 AND contact_point_id IS NOT DISTINCT FROM $3::bigint
   AND content_sha256 = $4 AND issued_at <= $5 AND expires_at > $5
ON CONFLICT (permit_id) DO NOTHING RETURNING permit_id
"""


def _refusal(
    permit_id: int, channel: str, contact_point_id: int | None, content_sha256: str, now: datetime
) -> PermitUnusable:
    permit = Permit.objects.filter(id=permit_id).defer("verdict").first()
    if permit is None:
        return PermitUnusable(f"permit {permit_id} is not known")
    if permit.channel != channel:
        return PermitForAnotherChannel(f"permit {permit_id} is for {permit.channel}, not for {channel}")
    if permit.contact_point_id != contact_point_id:
        return PermitForAnotherRecipient(f"permit {permit_id} is for contact point {permit.contact_point_id}")
    if permit.content_sha256 != content_sha256:
        return PermitForAnotherText(f"permit {permit_id} is for another text")
    if PermitUse.objects.filter(permit_id=permit_id).exists():
        return PermitUsed(f"permit {permit_id} was used before")
    return PermitNotNow(
        f"permit {permit_id} holds from {permit.issued_at} until {permit.expires_at}, not at {now}"
    )
