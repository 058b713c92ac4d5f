"""The files that mails carry: which room wrote a file that a planned mail names."""

from __future__ import annotations

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel.actor import system

PDF = "application/pdf"
AGREEMENT = "agreement"


def agreement_file(agreement_id: int) -> str:
    """Return what a mail names that carries the signed file of an agreement."""
    return f"{AGREEMENT}:{agreement_id}"


def attached_file(ref: str) -> outreach.Attachment:
    """Return the file that a mail names.

    :raises FileGone: if its record was deleted by rule, or it names none
    """
    kind, _, number = ref.partition(":")
    if kind != AGREEMENT or not number.isdecimal():
        raise outreach.FileGone(ref)
    house = system("mail")
    try:
        name = arrangements.agreement(int(number), actor=house).number
        content = arrangements.agreement_pdf(int(number), actor=house)
    except arrangements.AgreementUnknown as unknown:
        raise outreach.FileGone(ref) from unknown
    return outreach.Attachment(name=f"{name}.pdf", media_type=PDF, content=content)
