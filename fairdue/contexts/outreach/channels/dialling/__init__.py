"""The telephone exchange behind HTTP: who dials for us, and what it tells of a call. Only operations may dial."""

from __future__ import annotations

from django.conf import settings

from fairdue.contexts.outreach.channels.dialling.base import CallNews, Exchange, Taken
from fairdue.contexts.outreach.channels.dialling.http import HttpExchange

__all__ = ["CallNews", "Exchange", "Taken", "exchange"]


def exchange() -> HttpExchange | None:
    """Return the exchange of this installation, or None where numbers are dialled by hand."""
    return HttpExchange(url=settings.DIAL_URL, key=settings.DIAL_KEY) if settings.DIAL_URL else None
