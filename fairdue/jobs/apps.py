"""The Django app whose `tasks` module procrastinate discovers."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Periodic and queued work."""

    name = "fairdue.jobs"
    label = "jobs"
