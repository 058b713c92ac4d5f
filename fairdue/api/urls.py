"""Addresses under /api/."""

from __future__ import annotations

from django.urls import path

from fairdue.api.health import health
from fairdue.api.local_provider import message, messages
from fairdue.api.v1 import api

urlpatterns = [
    path("v1/", api.urls),
    path("health", health, name="health"),
    path("local-provider/messages", messages, name="local_provider_messages"),
    path("local-provider/messages/<str:idempotency_key>", message, name="local_provider_message"),
]
