"""Set a lender up from one document: the creditor, its products, the teams that work for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor

PARTS = ("creditor", "products", "teams")


class LenderInvalid(ValueError):
    """The document does not describe a lender; nothing was changed."""

    code = "book.lender.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderCard:
    """What was set up."""

    creditor_code: str
    product_codes: tuple[str, ...]
    team_codes: tuple[str, ...]


@transaction.atomic
def set_up_lender(*, document: Mapping[str, Any], actor: Actor, now: datetime) -> LenderCard:
    """This function will create a creditor, its products and teams, or bring them up to date.

    1. The same document again changes nothing; what it does not name stays as it is.
    2. A team sees this creditor's borrowers besides those that it saw before, or every creditor's with
       `sees_all_creditors`.

    :raises LenderInvalid: if a part is missing or cannot be so
    """
    if missing := [part for part in PARTS if not document.get(part)]:
        raise LenderInvalid(f"the document has no {', '.join(missing)}")
    try:
        creditor_id = book.ensure_creditor(**document["creditor"], actor=actor, now=now)
        for product in document["products"]:
            code = document["creditor"]["code"]
            book.ensure_product(creditor_code=code, **product, actor=actor, now=now)
        for team in document["teams"]:
            identity.ensure_team(**team, creditor_ids=_scope(team, creditor_id))
    except (TypeError, KeyError, ValueError) as error:
        raise LenderInvalid(str(error)) from error
    return LenderCard(
        creditor_code=document["creditor"]["code"],
        product_codes=tuple(product["code"] for product in document["products"]),
        team_codes=tuple(team["code"] for team in document["teams"]),
    )


def _scope(team: Mapping[str, Any], creditor_id: int) -> frozenset[int]:
    """Return the creditors whose borrowers the team sees from now on; none are named where it sees all."""
    if team.get("sees_all_creditors"):
        return frozenset()
    before = {card.code: card.creditor_ids or frozenset() for card in identity.teams()}
    return before.get(team["code"], frozenset()) | {creditor_id}
