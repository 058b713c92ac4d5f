"""Presence: who else has this record open, so that nobody is contacted by two people at once.

1. A kind of record says who may ask about it: `presence.watched("case", may_see)`, where `may_see(actor, number)`
   raises what the page itself would raise for a record out of scope.
2. The page shows it: `{% presence "case" case.case_id %}`; `doing="calling"` or `"writing"` where that is known.
   The element asks by itself every twenty seconds and costs the page no query.
3. `presence.others(request, "case", case_id)` for a view that wants to warn before a contact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.facade import PresentCard
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor

MaySee = Callable[[Actor, int], object]
_KINDS: dict[str, MaySee] = {}


def watched(kind: str, may_see: MaySee) -> None:
    """Let a kind of record be watched by whoever may see it."""
    _KINDS[kind] = may_see


def may_see(kind: str) -> MaySee | None:
    """Return the question to ask before anything is told about a record of this kind."""
    return _KINDS.get(kind)


def others(request: HttpRequest, kind: str, number: int) -> tuple[PresentCard, ...]:
    """Return the colleagues who have the record open now; ask for the scope before."""
    user: Any = request.user
    return identity.others_present(subject=f"{kind}:{number}", staff_id=user.pk, now=clock.now())


def doing_text(card: PresentCard) -> str:
    """Say in words what a colleague does: "Wang Min is calling"."""
    said = {
        "viewing": _("%(name)s is here"),
        "writing": _("%(name)s is writing"),
        "calling": _("%(name)s is calling"),
    }
    return said[card.doing] % {"name": card.name}
