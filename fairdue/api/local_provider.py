"""The local provider's addresses: signed, idempotent, closed in production."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock

View = Callable[..., HttpResponseBase]


class ConnectionCut(ConnectionResetError):
    """The local provider was told to cut the connection after taking a message."""


def only_local(view: View) -> View:
    """Close a view unless this is a demonstration or a test."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if settings.MODE not in ("demo", "test"):
            return HttpResponse(status=404)
        return view(request, *args, **kwargs)

    return guarded


@csrf_exempt
@require_POST
@only_local
def messages(request: HttpRequest) -> HttpResponseBase:
    """Take a message: 202 with its reference, 401 unsigned, 422 if it is not a message."""
    if not _is_signed(request, request.body):
        return JsonResponse({"detail": "signature refused"}, status=401)
    try:
        document = json.loads(request.body)
        if not isinstance(document, dict):
            raise outreach.RequestRefused("not an object")
        receipt = outreach.accept_local_message(
            document=document, idempotency_key=request.headers.get("Idempotency-Key", ""), now=clock.now()
        )
    except (ValueError, outreach.RequestRefused) as refusal:
        return JsonResponse({"detail": str(refusal)}, status=422)
    if receipt.is_answer_dropped:
        return _cut_answer()
    return JsonResponse({"provider_ref": receipt.provider_ref}, status=202)


@require_GET
@only_local
def message(request: HttpRequest, idempotency_key: str) -> HttpResponseBase:
    """Say whether a message was taken under a key; signed over the key."""
    if not _is_signed(request, idempotency_key.encode()):
        return JsonResponse({"detail": "signature refused"}, status=401)
    receipt = outreach.find_local_message(idempotency_key)
    if receipt is None:
        return JsonResponse({"detail": "unknown"}, status=404)
    return JsonResponse({"provider_ref": receipt.provider_ref})


def _is_signed(request: HttpRequest, body: bytes) -> bool:
    try:
        outreach.verify(
            key=settings.SMS_PROVIDER_KEY, body=body, headers=request.headers, at=int(time.time())
        )
    except outreach.SignatureRefused:
        return False
    return True


def _cut_answer() -> HttpResponseBase:
    """Begin an answer and break off: the peer sees a dead connection or an unreadable beginning."""

    def broken() -> Iterator[bytes]:
        yield b"{"
        raise ConnectionCut("told to cut the connection")

    return StreamingHttpResponse(broken(), content_type="application/json", status=202)
