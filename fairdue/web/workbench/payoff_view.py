"""What settles an account in full on a day, as its page and its print show it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.view_account import AccountHead
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest
from fairdue.web.workbench.moments import Moment
from fairdue.web.workbench.money_words import component_word
from fairdue.web.workbench.refusals import refusal_text

SUBJECTS = {"accrued": "accrued_interest", "credit_balance": "credit_balance"}
"""Under which name a part that is no component can be explained."""


def payoff_part(head: AccountHead, moment: Moment, request: DeskRequest) -> dict[str, Any]:
    """Return the amount with its parts, each with its arithmetic, and until when it stands; or why there is none."""
    account_id = head.card.account_id
    try:
        found = ledger.payoff(account_id, moment.as_of, moment.known_at)
    except ledger.LedgerError as refused:
        return {"refused": refusal_text(refused)}
    return {
        "payoff": found,
        "lines": [_line(found, part, moment) for part in found.parts],
        "validity": ledger.payoff_validity(found, moment.known_at) if found.amount.minor else None,
        "citation": in_language(found.citation, "") if found.citation else "",
    }


def _line(found: ledger.Payoff, part: ledger.PayoffPart, moment: Moment) -> dict[str, Any]:
    subject = _subject(part)
    why = _why(found.account_id, subject, moment)
    return {"part": part, "label": _label(part), "subject": subject} | why


def _subject(part: ledger.PayoffPart) -> str:
    if part.code == "unearned_interest":
        return ""
    return SUBJECTS.get(part.code, f"component:{part.code}")


def _label(part: ledger.PayoffPart) -> str:
    words = {
        "accrued": _("Interest earned and not posted yet"),
        "credit_balance": _("Less the credit balance"),
        "unearned_interest": _("Interest of the agreed schedule")
        if part.amount.minor > 0
        else _("Less interest that is not owed on settling early"),
    }
    return words.get(part.code) or component_word(part.code)


def _why(account_id: int, subject: str, moment: Moment) -> dict[str, Any]:
    """Return what a part is the sum of, one level deep: enough to add it up by hand on paper."""
    if not subject:
        return {"steps": []}
    try:
        root = ledger.explain(account_id, moment.as_of, subject, moment.known_at).root
    except (ledger.SubjectUnknown, ledger.LedgerError):
        return {"steps": []}
    parts = root.parts or (root,)
    return {
        "steps": [
            {
                "amount": each.amount, "sentence": in_language(each, "sentence"), "arithmetic": in_language(each, "arithmetic"),
                "citation": in_language(each, "citation"),
            }
            for each in parts[:STEPS_SHOWN]
        ],
        "more_count": max(len(parts) - STEPS_SHOWN, 0),
    }  # fmt: skip


STEPS_SHOWN = 40
"""The page of the explanation shows all of them."""
