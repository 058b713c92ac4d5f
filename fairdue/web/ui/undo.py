"""Undo: an internal change may be taken back for some seconds; what has left the house may not.

1. The change registers its way back once, beside its view:

       @undo.way_back("queue.assign")
       def give_back(*, facts, actor, now) -> str:
           cases.assign(case_ids=facts["case_ids"], staff_id=facts["before"], actor=actor, now=now)
           return _("The cases are with their former collector again.")

2. The view offers it instead of a plain message: `undo.offer(request, "queue.assign", text=…, facts={…})`.
3. The notice has a button (key `u`); it works once, for whoever made the change, within `seconds`. The way back
   asks for its permissions as any operation does, and refuses by an error of its domain.

`facts` are numbers and codes, never words about people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from fairdue.contexts.identity import facade as identity
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor

SECONDS = 30

WayBack = Callable[..., str]
_WAYS: dict[str, WayBack] = {}


def way_back(kind: str) -> Callable[[WayBack], WayBack]:
    """Register the function that takes a kind of change back; it returns what it did, in words."""

    def keep(function: WayBack) -> WayBack:
        if kind in _WAYS and _WAYS[kind].__qualname__ != function.__qualname__:
            raise ValueError(f"{kind} has a way back already")
        _WAYS[kind] = function
        return function

    return keep


def offer(
    request: HttpRequest, kind: str, *, text: str, facts: Mapping[str, Any], seconds: int = SECONDS
) -> None:
    """Say what was done in a notice of the next page, with a button that takes it back within `seconds`."""
    if kind not in _WAYS:
        raise ValueError(f"no way back is registered for {kind}")
    user: Any = request.user
    card = identity.offer_undo(staff_id=user.pk, kind=kind, facts=facts, seconds=seconds, now=clock.now())
    context = {"text": text, "token": card.token, "seconds": seconds}
    notice = SafeString(render_to_string("ui/components/undo.html", context).strip())
    messages.add_message(request, messages.SUCCESS, notice, "ok")


@transaction.atomic
def take_back(*, token: str, staff_id: int, actor: Actor, now: datetime) -> str:
    """Take a change back and return what was done, in words.

    :raises UndoRefused: if the offer is unknown, taken or expired
    """
    card = identity.take_offer(staff_id=staff_id, token=token, now=now)
    if card.kind not in _WAYS:
        raise identity.UndoRefused("undo.unknown")
    return _WAYS[card.kind](facts=card.facts, actor=actor, now=now)
