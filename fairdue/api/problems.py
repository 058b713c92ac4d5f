"""Refusals as problem documents (RFC 9457): what is wrong, by a code that a machine can branch on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError

TITLES = {
    400: "The call cannot be read",
    401: "The signature is refused",
    404: "There is no such thing",
    409: "It contradicts what came before",
    422: "The event is refused",
    429: "Too many calls",
}


class Problem(Schema):
    """Why a call was refused; `code` is stable, `detail` is for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


class Refused(Exception):
    """A call is refused with a problem document; nothing was changed."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = dict(headers or {})


def add_problem_handlers(api: NinjaAPI) -> None:
    """Answer refusals and malformed bodies of an API with problem documents."""
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(ValidationError, _malformed)


def _refused(_request: HttpRequest, refusal: Any) -> HttpResponse:
    response = problem(refusal.status, refusal.code, refusal.detail)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def _malformed(_request: HttpRequest, error: Any) -> HttpResponse:
    """Name the fields and rules, never the values: they are personal data."""
    places = [
        {
            "field": ".".join(str(part) for part in each["loc"][1:]),
            "rule": each["type"],
            "message": each["msg"],
        }
        for each in error.errors
    ]
    return problem(422, "api.body.invalid", "the body does not fit the schema", errors=places)


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return a problem document."""
    document = Problem(title=TITLES.get(status, "Refused"), status=status, code=code, detail=detail)
    body = json.dumps({**document.model_dump(), **more}, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type="application/problem+json")
