"""The children of a demonstration: a web server and a worker that end with their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """Ask Linux to end this child when its parent dies, however it dies."""
    os.setpgrp()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start `fairdue <arguments>` as a child."""
    return subprocess.Popen([sys.executable, "-m", "fairdue", *arguments], preexec_fn=_end_with_parent)


def watch(children: dict[str, subprocess.Popen[bytes]]) -> str:
    """Wait until Ctrl-C or until a child ends by itself; return the name of that child or ''."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, interrupt)  # a shell may have started us deaf to Ctrl-C
    try:
        while True:
            for name, child in children.items():
                if child.poll() is not None:
                    return name
            time.sleep(0.3)
    except KeyboardInterrupt:
        return ""


def end(children: dict[str, subprocess.Popen[bytes]], patience_seconds: float = 10) -> None:
    """End all children, the latest first, since it may still talk to the earlier ones: politely, then firmly."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in reversed(children.values()):
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
