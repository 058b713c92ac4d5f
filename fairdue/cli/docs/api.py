"""`api.md`: the API from its own OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.test import RequestFactory
from django.urls import resolve

from fairdue.cli.docs.markdown import code, head, lines_of, table

ADDRESS = "/api/v1/openapi.json"


def api_text() -> str:
    """Return the page."""
    document = _description()
    return lines_of(
        head(
            "接口 · API",
            "the OpenAPI description",
            str(document["info"]["description"]),
            "An installation serves the description itself under `/api/v1/openapi.json`. How a provider signs its "
            "calls: [how-to/providers.md](../how-to/providers.md).",
            "`GET /api/health` needs no signature: 200 when the database answers, 503 when it does not.",
        ),
        *(_path(path, methods) for path, methods in document["paths"].items()),
        *(_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())),
    )


def _description() -> dict[str, Any]:
    """Ask the address where an installation serves it, without a server."""
    found = resolve(ADDRESS)
    answer = found.func(RequestFactory().get(ADDRESS), *found.args, **found.kwargs)
    document: dict[str, Any] = json.loads(answer.content)
    return document


def _path(path: str, methods: Mapping[str, Any]) -> Iterator[str]:
    for method, operation in methods.items():
        yield from [f"## {method.upper()} {path}", "", operation.get("summary", ""), ""]
        yield from [operation.get("description", ""), ""]
        if body := operation.get("requestBody"):
            yield from [f"Body: {_content(body)}.", ""]
        answers = [
            [code(status), _content(answer), answer["description"]]
            for status, answer in operation["responses"].items()
        ]
        yield from table(["status", "answer", ""], answers)


def _content(holder: Mapping[str, Any]) -> str:
    return ", ".join(_type(media["schema"]) for media in holder.get("content", {}).values())


def _schema(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required", ())
    rows = [
        [
            code(field),
            _type(item),
            "yes" if field in required else "",
            _limits(item),
            item.get("description", ""),
        ]
        for field, item in schema.get("properties", {}).items()
    ]
    yield from [f"### {name}", "", schema.get("description", ""), ""]
    yield from table(["field", "type", "required", "limits", "meaning"], rows)


def _type(item: Mapping[str, Any]) -> str:
    if "$ref" in item:
        name = item["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if item.get("type") == "array":
        return f"list of {_type(item['items'])}"
    if "enum" in item:
        return " · ".join(code(value) for value in item["enum"])
    return item.get("format") or str(item.get("type", ""))


def _limits(item: Mapping[str, Any]) -> str:
    words = {"minLength": "at least {} characters", "maxLength": "at most {} characters",
             "minItems": "at least {}", "maxItems": "at most {}"}  # fmt: skip
    limits = [text.format(item[key]) for key, text in words.items() if key in item]
    return ", ".join(limits)
