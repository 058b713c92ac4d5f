"""Paying: how to transfer and which reference to write."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairdue.kernel.clock import business_date
from fairdue.web.portal import reading
from fairdue.web.portal.sessions import visit_page


@visit_page
def pay(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Say how to pay by transfer and which reference to write, for each debt."""
    context = {
        "person_id": person_id,
        "debts": reading.debts(person_id, business_date(now), with_history=False),
        "lenders": reading.lenders(person_id),
    }
    return render(request, "portal/pay.html", context)
