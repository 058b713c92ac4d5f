"""One-time codes that go to a contact point of the person: issued, tried, used up; only keyed hashes are kept."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction

from ..contracts import CodeAnswer, IssuedCode
from ..models import ContactPoint, OneTimeCode

DIGITS = 6
MAX_TRIES = 5
LIFETIME = timedelta(minutes=10)
_HASH_PURPOSE = "parties.one_time_code"
NEW_POINT = "contact_point"
"""The purpose of a code that shows that a new telephone or mailbox is the person's; only such a one goes to a new one."""

Refused = Literal["wrong", "too_soon", "spent", "expired"]


class CodeForeign(ValueError):
    """The contact point is not one of the person's own that are in use; no code was issued."""

    code = "parties.code.foreign"


def issue_code(
    *,
    purpose: str,
    person_id: int | None,
    contact_point_id: int | None,
    now: datetime,
    subject: str = "",
    lifetime: timedelta = LIFETIME,
) -> IssuedCode:
    """This function will draw a code of six digits for one purpose and return it once; only its hash is kept.

    1. An earlier code of the same person, purpose and subject that was not used is worth nothing from now on.
    2. Without a person a row like any other is written, which no code opens: who asks learns nothing.

    :raises CodeForeign: if the contact point is not the person's own, or not in use
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with transaction.atomic():
        if person_id is not None:
            _require_own(person_id, contact_point_id, "pending" if purpose == NEW_POINT else "valid")
            earlier = OneTimeCode.objects.filter(
                person_id=person_id, purpose=purpose, subject=subject, used_at=None
            )
            earlier.filter(expires_at__gt=now).update(expires_at=now)
        row = OneTimeCode.objects.create(
            purpose=purpose, subject=subject, person_id=person_id, contact_point_id=contact_point_id,
            code_hash=b"", next_try_at=now, issued_at=now, expires_at=now + lifetime,
        )  # fmt: skip
        row.code_hash = _hash(row, code)
        row.save(update_fields=["code_hash"])
    return IssuedCode(code_id=row.pk, code=code, expires_at=row.expires_at)


def try_code(*, code_id: int, purpose: str, code: str, now: datetime, subject: str = "") -> CodeAnswer:
    """This function will try a code, and use it up if it is right; of two at once, one is told so.

    1. After `MAX_TRIES` wrong ones nothing opens it; between tries lie 1, 2, 4, 8 seconds, a try before that does not count.
    2. A code of another purpose or subject, an unknown, used or expired one is answered alike.
    3. It answers and does not raise: a caller's transaction that goes on keeps the count of tries.
    """
    with transaction.atomic():
        row = OneTimeCode.objects.select_for_update().filter(pk=code_id).first()
        if (
            row is None
            or (row.purpose, row.subject) != (purpose, subject)
            or row.used_at
            or now >= row.expires_at
        ):
            return CodeAnswer(refused="expired")
        if row.tries >= MAX_TRIES:
            return CodeAnswer(refused="spent")
        if now < row.next_try_at:
            return CodeAnswer(refused="too_soon")
        is_right = hmac.compare_digest(bytes(row.code_hash), _hash(row, _bare(code)))
        if row.person_id is None or not is_right:
            row.tries += 1
            row.next_try_at = now + timedelta(seconds=2 ** (row.tries - 1))
            row.save(update_fields=["tries", "next_try_at"])
            return CodeAnswer(refused="wrong" if row.tries < MAX_TRIES else "spent")
        row.used_at = now
        row.save(update_fields=["used_at"])
        return CodeAnswer(person_id=row.person_id, contact_point_id=row.contact_point_id)


def _require_own(person_id: int, contact_point_id: int | None, status: str) -> None:
    own = ContactPoint.objects.filter(
        pk=contact_point_id or 0, person_id=person_id, owner="debtor", status=status
    )
    if not own.exists():
        raise CodeForeign(f"contact point {contact_point_id} is no {status} one of the person's own")


def _bare(code: str) -> str:
    """Write a code as it was drawn, whatever spaces or wide digits somebody typed."""
    return "".join(str(int(each)) for each in code[:40] if each.isdecimal())


def _hash(row: OneTimeCode, code: str) -> bytes:
    """Bind the hash to its row: the same code in two rows has two hashes."""
    return settings.FIELD_KEYS.search_hash(f"{row.pk}:{row.purpose}:{row.subject}:{code}", _HASH_PURPOSE)
