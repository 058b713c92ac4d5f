"""The local exchange's addresses: signed, idempotent, closed in production."""

from __future__ import annotations

import json
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairdue.api.local_provider import only_local
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock


@csrf_exempt
@require_POST
@only_local
def calls(request: HttpRequest) -> HttpResponseBase:
    """Dial a number: 202 with its reference, 401 unsigned, 422 if it is no call."""
    if not _is_signed(request, request.body):
        return _refused()
    try:
        document = json.loads(request.body)
        if not isinstance(document, dict):
            raise outreach.RequestRefused("not an object")
        ref = outreach.accept_local_call(
            document=document, idempotency_key=request.headers.get("Idempotency-Key", ""), now=clock.now()
        )
    except (ValueError, outreach.RequestRefused) as refusal:
        return JsonResponse({"detail": str(refusal)}, status=422)
    return JsonResponse({"provider_ref": ref}, status=202)


@require_GET
@only_local
def call(request: HttpRequest, key: str) -> HttpResponseBase:
    """Say what became of a call; signed over the key."""
    if not _is_signed(request, key.encode()):
        return _refused()
    found = outreach.local_call_state(key=key, now=clock.now())
    if found is None:
        return JsonResponse({"detail": "unknown"}, status=404)
    return JsonResponse(
        {
            "provider_ref": found.provider_ref,
            "state": found.state,
            "answered_at": _text(found.answered_at),
            "ended_at": _text(found.ended_at),
            "recording": f"{key}/recording" if found.has_recording else "",
        }
    )


@csrf_exempt
@require_POST
@only_local
def hang_up(request: HttpRequest, key: str) -> HttpResponseBase:
    """End a call; signed over the key."""
    if request.body != key.encode() or not _is_signed(request, request.body):
        return _refused()
    outreach.hang_up_local_call(key=key, now=clock.now())
    return JsonResponse({})


@csrf_exempt
@require_http_methods(["GET", "DELETE"])
@only_local
def recording(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the recording of a call that was answered and is over, or delete it; signed over the key."""
    if not _is_signed(request, key.encode()):
        return _refused()
    if request.method == "DELETE":
        outreach.delete_local_recording(key=key, now=clock.now())
        return HttpResponse(status=204)
    found = outreach.local_call_state(key=key, now=clock.now())
    if found is None or not found.has_recording:
        return JsonResponse({"detail": "unknown"}, status=404)
    return HttpResponse(outreach.local_recording(), content_type="audio/wav")


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _refused() -> HttpResponseBase:
    return JsonResponse({"detail": "signature refused"}, status=401)


def _is_signed(request: HttpRequest, body: bytes) -> bool:
    try:
        outreach.verify(key=settings.DIAL_KEY, body=body, headers=request.headers, at=int(time.time()))
    except outreach.SignatureRefused:
        return False
    return True
