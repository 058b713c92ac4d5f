"""Version 1 of the API: what providers and the lender's systems call. Described at /api/v1/openapi.json."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, NinjaAPI, Router, Schema
from pydantic import AwareDatetime

from fairdue.api.agencies import agencies
from fairdue.api.matters import matters
from fairdue.api.pay import pay
from fairdue.api.payments import payments
from fairdue.api.plans import plans
from fairdue.api.problems import add_problem_handlers
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.contracts import ProviderReport
from fairdue.kernel import clock

PROVIDER_KEYS = {"http": "SMS_PROVIDER_KEY", "smtp": "SMS_PROVIDER_KEY"}
MAX_BODY_BYTES = 1_000_000


class ProviderEventIn(Schema):
    """One delivery report, bounce, complaint or reply."""

    event_ref: str = Field(min_length=1, max_length=120, description="The provider's own id of the event")
    kind: Literal["delivered", "failed", "bounced", "complained", "replied"]
    occurred_at: AwareDatetime
    provider_ref: str = Field("", max_length=120, description="The provider's id of the message")
    idempotency_key: str = Field("", max_length=64, description="The key that we gave with the message")
    is_permanent: bool = Field(False, description="Of a bounce: the address will never work")
    reason: str = Field("", max_length=200)
    text: str = Field("", max_length=2000, description="Of a reply: what was written; kept sealed")


class ProviderEventsIn(Schema):
    """Events in one call; one that is malformed refuses them all."""

    events: list[ProviderEventIn] = Field(min_length=1, max_length=500)


class ProviderEventsOut(Schema):
    """How many events came, were new, and changed something."""

    received: int
    new: int
    effective: int


class Refusal(Schema):
    """Why a call was refused."""

    detail: str


def signed_by_provider(request: HttpRequest) -> str | None:
    """Let a call in only if its body was signed with the provider's key within the window."""
    provider = str((request.resolver_match.kwargs if request.resolver_match else {}).get("provider", ""))
    setting = PROVIDER_KEYS.get(provider)
    if setting is None or int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        return None
    try:
        outreach.verify(
            key=getattr(settings, setting), body=request.body, headers=request.headers, at=int(time.time())
        )
    except outreach.SignatureRefused:
        return None
    return provider


signed_by_provider.openapi_security_schema = {  # type: ignore[attr-defined]
    "type": "apiKey",
    "in": "header",
    "name": "X-Fairdue-Signature",
    "description": "v1=hex(HMAC-SHA256(key, X-Fairdue-Timestamp + '.' + body)); at most 300 seconds old",
}

providers = Router(tags=["providers"])


@providers.post(
    "/{provider}/events",
    auth=signed_by_provider,
    response={200: ProviderEventsOut, 401: Refusal},
    operation_id="record_provider_events",
    summary="Report what became of messages",
)
def record_provider_events(request: HttpRequest, provider: str, body: ProviderEventsIn) -> ProviderEventsOut:
    """Record delivery reports, bounces, complaints and replies; repeating a call changes nothing."""
    now = clock.now()
    receipts = [
        outreach.record_provider_event(report=_report(provider, event), now=now) for event in body.events
    ]
    return ProviderEventsOut(
        received=len(receipts),
        new=sum(each.is_new for each in receipts),
        effective=sum(each.has_effect for each in receipts),
    )


def _report(provider: str, event: ProviderEventIn) -> ProviderReport:
    occurred_at: datetime = event.occurred_at
    return ProviderReport(
        provider=provider,
        event_ref=event.event_ref,
        kind=event.kind,
        occurred_at=occurred_at,
        provider_ref=event.provider_ref,
        idempotency_key=event.idempotency_key,
        is_permanent=event.is_permanent,
        reason=event.reason,
        text=event.text,
    )


api = NinjaAPI(
    title="Fairdue",
    version="1",
    description="Callbacks of providers, questions and reports of agencies. Every call is signed.",
    docs_url=None,
    urls_namespace="api-1",
)
api.add_router("/providers", providers)
api.add_router("/payments", payments)
api.add_router("/pay", pay)
api.add_router("/agencies", agencies)
api.add_router("/plans", plans)
api.add_router("/matters", matters)
add_problem_handlers(api)
