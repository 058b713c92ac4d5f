"""What the payment provider behind "pay online" calls: signed, answered once, replay-safe."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from fairdue.api.problems import Problem, Refused
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import Notice
from fairdue.journeys.pay_online import take_checkout_event
from fairdue.kernel import clock
from fairdue.kernel.money import MAX_MINOR
from fairdue.kernel.signing import SignatureRefused, verify

MAX_BODY_BYTES = 20_000
STATUS_BY_ERROR: dict[type[Exception], int] = {
    payments.EventReused: 409,
    payments.ReferenceReused: 409,
    payments.CheckoutUnknown: 404,
    payments.NoticeForeign: 409,
    payments.NoticeTooEarly: 409,
}


class CheckoutEventIn(Schema):
    """One thing that happened to one payment."""

    event_id: str = Field(min_length=1, max_length=120, description="The provider's own; again is a replay")
    kind: Literal["open", "pending", "paid", "failed", "cancelled", "expired", "refunded"]
    checkout_ref: str = Field(min_length=1, max_length=40, description="Our name of the payment")
    provider_ref: str = Field(min_length=1, max_length=120, description="The provider's name of the payment")
    amount_minor: int = Field(
        ge=0, le=MAX_MINOR, strict=True, description="What was really taken, minor units"
    )
    currency: str = Field(pattern="^[A-Z]{3}$")
    occurred_at: AwareDatetime
    failure: str = Field(
        "", max_length=60, pattern="^[a-z0-9_]*$", description="Such as `insufficient_funds`"
    )


class CheckoutEventOut(Schema):
    """Where the payment stands after the event; a replay gets the first answer again."""

    checkout_ref: str
    status: str
    verdict: Literal["took_effect", "repeated", "overtaken", "late", "differs"]


def signed_by_pay_provider(request: HttpRequest) -> str:
    """Let a call in only if its body was signed with the shared key within the window."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise Refused(400, "payments.webhook.too_large", f"a body has at most {MAX_BODY_BYTES:,} bytes")
    if not settings.PAY_URL:
        raise Refused(401, "payments.webhook.signature", "the signature does not match the body")
    try:
        verify(key=settings.PAY_KEY, body=request.body, headers=request.headers, at=int(time.time()))
    except SignatureRefused as refusal:
        raise Refused(401, "payments.webhook.signature", str(refusal)) from None
    return "pay"


signed_by_pay_provider.openapi_security_schema = {  # type: ignore[attr-defined]
    "type": "apiKey",
    "in": "header",
    "name": "X-Fairdue-Signature",
    "description": "v1=hex(HMAC-SHA256(key, X-Fairdue-Timestamp + '.' + body)); at most 300 seconds old",
}

pay = Router(tags=["pay online"])


@pay.post(
    "/events",
    auth=signed_by_pay_provider,
    response={200: CheckoutEventOut, 400: Problem, 401: Problem, 404: Problem, 409: Problem, 422: Problem},
    operation_id="record_checkout_event",
    summary="Report what became of a payment that was begun here",
)
def record_checkout_event(
    request: HttpRequest, response: HttpResponse, body: CheckoutEventIn
) -> CheckoutEventOut:
    """Let the event take effect once and say where the payment stands.

    The header `Idempotent-Replayed: true` marks the answer to an event that came before.
    """
    fields = body.dict()
    occurred_at: datetime = fields.pop("occurred_at")
    notice = Notice(event_ref=fields.pop("event_id"), occurred_at=occurred_at, source="told", **fields)
    try:
        answer, is_replayed = take_checkout_event(notice=notice, body=request.body, now=clock.now())
    except payments.PaymentsError as refusal:
        raise Refused(STATUS_BY_ERROR.get(type(refusal), 422), refusal.code, str(refusal)) from refusal
    if is_replayed:
        response["Idempotent-Replayed"] = "true"
    return CheckoutEventOut(**answer)
