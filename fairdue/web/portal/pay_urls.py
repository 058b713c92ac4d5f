"""Addresses of paying."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import pay_pages

urlpatterns = [
    path("pay/", pay_pages.pay, name="pay"),
]
