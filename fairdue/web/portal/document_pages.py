"""Documents to keep: statement of account, settlement certificate, record of contacts with its proof."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from fairdue.web.portal.frame import show
from fairdue.web.portal.sessions import visit_page


@visit_page
def documents(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Say which documents there are for which debt, and why one is not there yet."""
    return show(request, "portal/documents.html", person_id)
