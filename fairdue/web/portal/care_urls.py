"""Addresses of fewer contacts, disputes, complaints and calls back."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import care_pages

urlpatterns = [
    path("contact/", care_pages.contact, name="contact"),
]
