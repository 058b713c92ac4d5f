"""The design system as an app: its templates, static files and tags."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Makes `{% load ui %}` and the static files under `ui/` known."""

    name = "fairdue.web.ui"
    label = "ui"
