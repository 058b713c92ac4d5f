"""docs/how-to/providers.md says what is really sent: its examples are compared with adapter and signature."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairdue.contexts.outreach.channels import sms_http
from fairdue.contexts.outreach.channels.base import Accepted, Outgoing
from fairdue.contexts.outreach.operations.hand_over import MAX_TRIES, backoff
from fairdue.contexts.outreach.signing import SignatureRefused, sign, verify

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "providers.md"
KEY = "example-key"
TEXT = Outgoing(
    idempotency_key="fairdue-17", channel="sms", recipient="+8613800138002", subject="",
    text="【我的银行】测试", locale="zh-hans",
)  # fmt: skip


def examples() -> dict[str, tuple[dict[str, str], str]]:
    """Return headers and body of each call in the document by its first line."""
    found = {}
    for block in re.findall(r"```http\n(.*?)\n```", DOCUMENT.read_text(), re.DOTALL):
        top, _, body = block.partition("\n\n")
        first, *headers = top.splitlines()
        found[first.rpartition(" ")[0]] = (dict(line.split(": ", 1) for line in headers), body)
    return found


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A provider that takes everything and remembers each request."""
    seen: list[dict[str, Any]] = []

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append({"line": f"{self.command} {self.path}", "headers": self.headers, "body": body})
            self.send_response(202)
            self.end_headers()
            self.wfile.write(b'{"provider_ref": "p-93"}')

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/messages", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_documented_requests_are_those_that_the_adapter_sends(listener, monkeypatch):
    url, seen = listener
    monkeypatch.setattr(sms_http.time, "time", lambda: 1773194700.0)
    with sms_http.HttpProvider(url=url, key=KEY) as provider:
        assert provider.send(TEXT, handing_over=lambda: None) == Accepted("p-93")
        assert provider.query("fairdue-17") == Accepted("p-93")
    for line, request in zip(("POST /messages", "GET /messages/fairdue-17"), seen, strict=True):
        headers, body = examples()[line]
        assert request["line"] == line
        assert request["body"].decode() == body
        assert {name: request["headers"][name] for name in headers} == headers


def test_the_documented_callback_is_signed_as_it_is_checked():
    headers, body = examples()["POST /api/v1/providers/http/events"]
    verify(key=KEY, body=body.encode(), headers=headers, at=int(headers["X-Fairdue-Timestamp"]) + 300)
    with pytest.raises(SignatureRefused):
        verify(key=KEY, body=body.encode(), headers=headers, at=int(headers["X-Fairdue-Timestamp"]) + 301)


def test_the_worked_example_computes_what_we_compute():
    (program,) = re.findall(r"```python\n(.*?)\n```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)
    signed = sign(key=KEY, body=names["body"].encode(), timestamp=1773194700)
    assert signed["X-Fairdue-Signature"] == f"v1={names['signature']}"


def test_the_documented_waiting_times_are_the_real_ones():
    assert [backoff(tries).seconds for tries in (1, 2, 3, 20)] == [5, 10, 20, 600]
    assert MAX_TRIES == 8
