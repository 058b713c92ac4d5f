"""One-time links that let a borrower into the portal; only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from ..models import PortalLink


class PortalLinkRefused(ValueError):
    """The link lets nobody in."""

    code = "parties.portal_link.refused"


class PortalLinkUnknown(PortalLinkRefused):
    """There is no such link."""

    code = "parties.portal_link.unknown"


class PortalLinkUsed(PortalLinkRefused):
    """The link was used before."""

    code = "parties.portal_link.used"


class PortalLinkExpired(PortalLinkRefused):
    """The link's time is over."""

    code = "parties.portal_link.expired"


def issue_portal_link(*, person_id: int, now: datetime, lifetime: timedelta) -> str:
    """Return a fresh token of 256 random bits that lets one person in, once, within a lifetime."""
    token = secrets.token_urlsafe(32)
    PortalLink.objects.create(
        token_hash=_hash(token), person_id=person_id, issued_at=now, expires_at=now + lifetime
    )
    return token


def redeem_portal_link(*, token: str, now: datetime) -> int:
    """Use a link up and return the person whom it lets in; of two at once, one gets in.

    :raises PortalLinkUnknown: if there is no such link
    :raises PortalLinkUsed: if it was used before
    :raises PortalLinkExpired: if its time is over
    """
    with transaction.atomic():
        link = PortalLink.objects.select_for_update().filter(token_hash=_hash(token)).first()
        if link is None:
            raise PortalLinkUnknown("there is no such link")
        if link.used_at is not None:
            raise PortalLinkUsed("the link was used before")
        if now >= link.expires_at:
            raise PortalLinkExpired("the link's time is over")
        link.used_at = now
        link.save(update_fields=["used_at"])
        return link.person_id


def _hash(token: str) -> bytes:
    """A plain hash is enough for a token of 256 random bits."""
    return hashlib.sha256(token.encode()).digest()
