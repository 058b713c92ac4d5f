"""Addresses of statements, certificates and their verification."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
