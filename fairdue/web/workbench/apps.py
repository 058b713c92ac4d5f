"""The desk as an app: its templates and addresses."""

from __future__ import annotations

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """Makes the desk's templates known; they come before allauth's own."""

    name = "fairdue.web.workbench"
    label = "workbench"
