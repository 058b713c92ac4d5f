"""The borrower's address plan, one list a room; a one-time link is the only address that is not a word."""

from __future__ import annotations

from django.urls import re_path

from fairdue.web.portal import (
    care_urls,
    document_urls,
    entrance,
    entrance_urls,
    learn_urls,
    owe_urls,
    pay_urls,
    plan_urls,
)

app_name = "portal"
urlpatterns = [
    *entrance_urls.urlpatterns,
    *owe_urls.urlpatterns,
    *plan_urls.urlpatterns,
    *pay_urls.urlpatterns,
    *care_urls.urlpatterns,
    *document_urls.urlpatterns,
    *learn_urls.urlpatterns,
    re_path(r"^(?P<token>[A-Za-z0-9_-]{20,200})/?$", entrance.link, name="link"),
]
