"""What agencies call: may we contact, and this is what we did. Signed, answered once, paced, counted at once."""

from __future__ import annotations

import time
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from fairdue.api.problems import Problem, Refused
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.facade import Agency, ContactReport, PermitQuestion
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock

AGENCY_HEADER = "X-Fairdue-Agency"
MAX_BODY_BYTES = 100_000
STATUS_BY_ERROR: dict[type[Exception], int] = {
    law.DebtUnknown: 404,
    law.PointUnknown: 404,
    law.RequestReused: 409,
    law.AgencyReferenceReused: 409,
}
Channel = Literal["call", "sms", "email", "inapp", "letter", "visit"]


class DebtIn(Schema):
    """Which debt a contact is about, and how the debtor is reached."""

    creditor: str = Field(min_length=1, max_length=40, description="Code of the creditor")
    account_ref: str = Field(
        min_length=1, max_length=64, description="The debt, by the creditor's own number"
    )
    channel: Channel
    contact_value: str = Field(
        "", max_length=200, description="Number or address; empty where the channel has none"
    )
    purpose: Literal[
        "collect", "service", "pass_message", "locate", "plan_reminder", "dispute_reply", "complaint_reply"
    ] = "collect"


class PermitIn(DebtIn):
    """A contact that the agency proposes to make."""

    request_id: str = Field(min_length=1, max_length=80, description="The agency's own id; again is a replay")
    mode: Literal["interactive", "announcement"] = Field("interactive", description="Of a call")
    subject: str = Field("", max_length=200)
    text: str = Field("", max_length=10_000, description="The very text of a written contact")
    staff_ref: str = Field(
        "", max_length=80, description="Who would speak, by your own number of the collector"
    )
    staff_count: int = Field(1, ge=1, le=20, description="Of a visit: how many go")
    sender_account: Literal["institution", "private"] = Field(
        "institution", description="Whose telephone or account"
    )


class ReasonOut(Schema):
    """A rule that stands against the contact, with its source."""

    rule_id: str
    outcome: str
    message_zh: str
    message_en: str
    citation: str
    retry_after: str | None
    places: str = Field("", description="Of a text: what may not stand, as `part start-end topic`")


class PermitOut(Schema):
    """The gate's answer; with `allow` comes a permit for this text, recipient and channel until `expires_at`."""

    request_id: str
    outcome: Literal["allow", "defer", "refuse", "hold", "review"]
    retry_after: str | None
    reasons: list[ReasonOut]
    permit_id: int | None = None
    expires_at: str | None = None
    content_sha256: str = ""
    requires: list[str] = []


class ContactIn(DebtIn):
    """A contact that the agency made, or that the debtor made with it."""

    request_id: str = Field(min_length=1, max_length=80, description="The agency's own id; again is a replay")
    contact_ref: str = Field(
        min_length=1,
        max_length=80,
        description="The agency's number of the contact; again makes its result more final",
    )
    permit_id: int | None = Field(None, gt=0)
    result: str = Field(min_length=1, max_length=24)
    occurred_at: AwareDatetime
    mode: Literal["", "interactive", "announcement"] = Field("", description="Of a call")
    direction: Literal["outbound", "inbound"] = "outbound"


class ContactOut(Schema):
    """How the contact counts, and what it broke if no permit covered it."""

    request_id: str
    contact_ref: str
    contact_id: int
    result: str
    was_permitted: bool
    outcome: str
    retry_after: str | None
    reasons: list[ReasonOut]


def signed_by_agency(request: HttpRequest) -> Agency:
    """Let a call in only if its body was signed with the agency's key within the window, and not too often."""
    code = request.headers.get(AGENCY_HEADER, "")
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise Refused(400, "law.agency.too_large", f"a body has at most {MAX_BODY_BYTES:,} bytes")
    access = law.agency_access(code)
    key = access["key"] if access else "no agency of this name"
    try:
        outreach.verify(key=key, body=request.body, headers=request.headers, at=int(time.time()))
        if access is None:
            raise outreach.SignatureRefused("the signature does not match the body")
        agency = law.agency_of(code)
        law.keep_pace(agency.code, per_minute=access["per_minute"], now=clock.now())
    except (outreach.SignatureRefused, law.AgencyUnknown) as refusal:
        raise Refused(
            401, "law.agency.signature", "the signature does not match the body, or its time is over"
        ) from refusal
    except law.TooFast as refusal:
        raise Refused(
            429, refusal.code, str(refusal), headers={"Retry-After": str(refusal.seconds)}
        ) from None
    return agency


signed_by_agency.openapi_security_schema = {  # type: ignore[attr-defined]
    "type": "apiKey",
    "in": "header",
    "name": "X-Fairdue-Signature",
    "description": (
        "v1=hex(HMAC-SHA256(key, X-Fairdue-Timestamp + '.' + body)); at most 300 seconds old; "
        "X-Fairdue-Agency names the agency"
    ),
}


agencies = Router(tags=["agencies"])
PROBLEMS = {400: Problem, 401: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


@agencies.post(
    "/permits",
    auth=signed_by_agency,
    response={200: PermitOut, **PROBLEMS},
    operation_id="ask_agency_permit",
    summary="Ask whether a contact may be made",
)
def ask_permit(request: HttpRequest, response: HttpResponse, body: PermitIn) -> PermitOut:
    """Ask the lender's own gate before a contact; `allow` reserves it, so that it counts at once.

    The header `Idempotent-Replayed: true` marks the answer to a question that came before.
    """
    question = PermitQuestion(**body.dict())
    answer, is_replayed = _answered(
        lambda: law.ask_permit(agency=_agency(request), question=question, now=clock.now())
    )
    return PermitOut(**_marked(response, answer, is_replayed=is_replayed))


@agencies.post(
    "/contacts",
    auth=signed_by_agency,
    response={200: ContactOut, **PROBLEMS},
    operation_id="report_agency_contact",
    summary="Report a contact that was made",
)
def report_contact(request: HttpRequest, response: HttpResponse, body: ContactIn) -> ContactOut:
    """Report what came of a contact; it counts at once, with a permit or without one.

    The header `Idempotent-Replayed: true` marks the answer to a report that came before.
    """
    report = ContactReport(**body.dict())
    answer, is_replayed = _answered(
        lambda: law.report_contact(agency=_agency(request), report=report, now=clock.now())
    )
    return ContactOut(**_marked(response, answer, is_replayed=is_replayed))


def _agency(request: HttpRequest) -> Agency:
    agency: Agency = request.auth  # type: ignore[attr-defined]
    return agency


def _answered(work: Any) -> tuple[dict[str, Any], bool]:
    try:
        answer: tuple[dict[str, Any], bool] = work()
    except (law.AgencyRefused, law.ResultUnknown, law.ChannelUnknown) as refusal:
        raise Refused(STATUS_BY_ERROR.get(type(refusal), 422), refusal.code, str(refusal)) from refusal
    return answer


def _marked(response: HttpResponse, answer: dict[str, Any], *, is_replayed: bool) -> dict[str, Any]:
    if is_replayed:
        response["Idempotent-Replayed"] = "true"
    return answer
