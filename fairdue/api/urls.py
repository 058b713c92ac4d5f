"""Addresses under /api/."""

from __future__ import annotations

from django.urls import path

from fairdue.api import local_exchange
from fairdue.api.health import health
from fairdue.api.local_provider import message, messages
from fairdue.api.v1 import api

urlpatterns = [
    path("v1/", api.urls),
    path("health", health, name="health"),
    path("local-provider/messages", messages, name="local_provider_messages"),
    path("local-provider/messages/<str:idempotency_key>", message, name="local_provider_message"),
    path("local-exchange/calls", local_exchange.calls, name="local_exchange_calls"),
    path("local-exchange/calls/<str:key>", local_exchange.call, name="local_exchange_call"),
    path("local-exchange/calls/<str:key>/hang-up", local_exchange.hang_up, name="local_exchange_hang_up"),
    path(
        "local-exchange/calls/<str:key>/recording", local_exchange.recording, name="local_exchange_recording"
    ),
]
