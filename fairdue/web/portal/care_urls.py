"""Addresses of fewer contacts, disputes, complaints, hardship and calls back."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import care_pages

urlpatterns = [
    path("contact/", care_pages.contact, name="contact"),
    path("matters/", care_pages.matters, name="matters"),
    path("matters/tell/<slug:kind>/", care_pages.tell, name="tell"),
    path("matters/tell/<slug:kind>/check/", care_pages.check, name="tell_check"),
    path("matters/tell/<slug:kind>/<slug:step>/", care_pages.tell, name="tell_step"),
    path("matters/documents/<int:document_id>/", care_pages.document, name="matter_document"),
    path("matters/<int:matter_id>/", care_pages.matter, name="matter"),
    path("matters/<int:matter_id>/add/", care_pages.add_words, name="matter_add"),
    path("matters/<int:matter_id>/document/", care_pages.add_document, name="matter_upload"),
    path("matters/<int:matter_id>/withdraw/", care_pages.withdraw, name="matter_withdraw"),
]
