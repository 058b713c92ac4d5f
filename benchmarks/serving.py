"""A real server of ours on the benchmark's database, in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(port: int = 8790) -> Iterator[tuple[str, int]]:
    """Start `fairdue serve` and stop it afterwards; give host and port once it answers."""
    command = [str(Path(sys.executable).with_name("fairdue")), "serve", "--port", str(port), "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "FAIRDUE_PUBLIC_URL"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    try:
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        _wait_for(told["host"], told["port"])
        yield told["host"], told["port"]
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(host: str, port: int) -> None:
    for _ in range(600):
        try:
            line = http.client.HTTPConnection(host, port, timeout=10)
            line.request("GET", "/api/health")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")
