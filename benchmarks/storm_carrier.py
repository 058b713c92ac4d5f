"""A carrier of the storm: takes texts over HTTP, each key once, and now and then breaks off its answer.

A process of its own, written with Python's standard library: nothing of Fairdue takes part, so what it holds is what left.
Run as `python -m benchmarks.storm_carrier DATABASE_URL`; it prints its port.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg

CARRIED = """
CREATE TABLE IF NOT EXISTS storm_carried (
  id bigserial PRIMARY KEY, key text NOT NULL UNIQUE, channel text NOT NULL, recipient text NOT NULL, subject text NOT NULL,
  text text NOT NULL, times int NOT NULL DEFAULT 1
)
"""
_TAKE_SQL = """
INSERT INTO storm_carried (key, channel, recipient, subject, text) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (key) DO UPDATE SET times = storm_carried.times + 1 RETURNING id, times, subject, text
"""
BROKEN_PERCENT = 4


class Carrier(BaseHTTPRequestHandler):
    """One connection of a sender."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    url = ""
    held = threading.local()

    def database(self) -> psycopg.Connection[Any]:
        """Return this thread's connection."""
        if not hasattr(self.held, "raw"):
            self.held.raw = psycopg.connect(self.url, autocommit=True)
            self.held.raw.execute("SET synchronous_commit = off")
        raw: psycopg.Connection[Any] = self.held.raw
        return raw

    def do_POST(self) -> None:
        """Take a text once; another text under the same key is refused."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = body["idempotency_key"]
        values = [key, *(body[name] for name in ("channel", "recipient", "subject", "text"))]
        row = self.database().execute(_TAKE_SQL, values).fetchone()
        assert row is not None
        number, times, subject, text = row
        if (subject, text) != (body["subject"], body["text"]):
            self._answer(422, {"detail": "the key belongs to another text"})
        elif times == 1 and hashlib.sha256(key.encode()).digest()[0] * 100 // 256 < BROKEN_PERCENT:
            self.close_connection = True  # taken, but nobody learns of it
        else:
            self._answer(202, {"provider_ref": f"S{number}"})

    def do_GET(self) -> None:
        """Say whether a text was taken under a key."""
        key = self.path.rpartition("/")[2]
        row = self.database().execute("SELECT id FROM storm_carried WHERE key = %s", [key]).fetchone()
        self._answer(200, {"provider_ref": f"S{row[0]}"}) if row else self._answer(404, {"detail": "unknown"})

    def finish(self) -> None:
        """Close the thread's connection with the sender's."""
        super().finish()
        if hasattr(self.held, "raw"):
            self.held.raw.close()
            del self.held.raw

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(url: str) -> None:
    """Serve until killed."""
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute(CARRIED)
    Carrier.url = url
    server = ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
