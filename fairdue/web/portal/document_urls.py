"""Addresses of statements, certificates and records."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import document_pages

urlpatterns = [
    path("documents/", document_pages.documents, name="documents"),
    path("documents/<slug:kind>/", document_pages.take, name="take"),
    path("documents/<slug:kind>/<int:account_id>/", document_pages.take, name="take"),
]
