"""Addresses of “I cannot pay now”: questions, offers, agreement."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
