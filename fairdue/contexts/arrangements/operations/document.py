"""The signed file of an agreement: written once, the same for everybody who asks."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from fairdue.contexts.arrangements.errors import AgreementUnknown
from fairdue.contexts.arrangements.models import Agreement, AgreementDocument
from fairdue.contexts.arrangements.policies import in_scope, require_about
from fairdue.contexts.arrangements.sealing import DATA_PURPOSE, open_json, open_pdf, seal_pdf
from fairdue.contexts.audit import facade as audit
from fairdue.engine.documents.rendering import render_pdf
from fairdue.kernel.actor import Actor, system
from fairdue.storage.pdf_signing import TimestampUnavailable, sign_pdf, verify_pdf


def agreement_pdf(agreement_id: int, *, actor: Actor | None = None, now: datetime | None = None) -> bytes:
    """Return the signed file of an agreement.

    1. It is written and signed once, after the agreement stands; everybody gets the same bytes from then on.
    2. While a configured time-stamping authority does not answer, a copy signed without its stamp is given and not
       kept: the next one who asks tries again.

    :raises AgreementUnknown: if there is none in the actor's scope, or its record was deleted by rule
    :raises PermissionRefused: for staff without `plans.view`
    """
    rows = Agreement.objects.filter(pk=agreement_id)
    agreement = (rows if actor is None else in_scope(rows, actor)).first()
    if agreement is None:
        raise AgreementUnknown
    if actor is not None:
        require_about(actor, agreement.person_id, "plans.view")
    kept = AgreementDocument.objects.get(agreement=agreement)
    if kept.pdf_sealed is not None:
        return open_pdf(kept.pdf_sealed)
    data = open_json(kept.data_sealed, DATA_PURPOSE)
    if not data:
        raise AgreementUnknown("the record of this agreement was deleted by rule")
    written = render_pdf("agreement", data, language=agreement.language)
    reason, moment = f"{agreement.number}", now or agreement.accepted_at
    try:
        signed = sign_pdf(written, reason=reason, now=moment)
    except TimestampUnavailable:
        return sign_pdf(written, reason=reason, now=moment, is_stamped=False)
    return _keep(agreement, signed, moment)


@transaction.atomic
def _keep(agreement: Agreement, signed: bytes, now: datetime) -> bytes:
    """Keep the file unless somebody else was first; return the one that is kept."""
    row = AgreementDocument.objects.select_for_update().get(agreement=agreement)
    if row.pdf_sealed is not None:
        return open_pdf(row.pdf_sealed)
    read = verify_pdf(signed)
    row.pdf_sealed, row.sha256, row.signed_at = seal_pdf(signed), hashlib.sha256(signed).hexdigest(), now
    row.stamped_at = read.stamped_at if read else None
    row.save(update_fields=["pdf_sealed", "sha256", "signed_at", "stamped_at"])
    audit.record(
        code="arrangements.agreement.signed", actor=system("documents"), subject_type="arrangements.agreement",
        subject_id=agreement.pk, person_id=agreement.person_id, now=now, after={"sha256": row.sha256},
    )  # fmt: skip
    return signed
