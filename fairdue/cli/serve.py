"""`fairdue serve`: the web server for staff, borrowers and machines."""

from __future__ import annotations

import os
import socket

import typer

from fairdue.cli.session import console, emit, fail, prepare

THREADS = 8
CONNECTIONS = 1000
"""Lines that browsers may keep open; beyond them others wait until one is closed."""


def free_port(wanted: int, host: str, tries: int = 20) -> int:
    """Return the wanted port, or the next free one after it."""
    port = next((port for port in range(wanted, wanted + tries) if _is_free(port, host)), None)
    if port is None:
        fail(f"no free port from {wanted} to {wanted + tries - 1}; name one with --port", status=1)
    return port


def _is_free(port: int, host: str) -> bool:
    """Tell whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(
    host: str = typer.Option("127.0.0.1", help="address to listen on"),
    port: int = typer.Option(8000, help="port to listen on; if taken, the next free one"),
    as_json: bool = typer.Option(False, "--json", help="print one JSON object with the address on stdout"),
) -> None:
    """Serve the desk, the portal and the API until Ctrl-C.

    Exit status 0: stopped when told to; 1: no port was free.
    """
    port = free_port(port, host)
    os.environ.setdefault("FAIRDUE_PUBLIC_URL", f"http://{host}:{port}")
    prepare()
    from waitress import serve as serve_forever
    from waitress.channel import HTTPChannel

    from fairdue.cli.large_bodies import LARGEST_BODY, CappedParser
    from fairdue.wsgi import application

    if as_json:
        emit({"address": os.environ["FAIRDUE_PUBLIC_URL"], "host": host, "port": port})
    console.print(f"Serving {os.environ['FAIRDUE_PUBLIC_URL']} · Ctrl-C stops", highlight=False)
    HTTPChannel.parser_class = CappedParser
    serve_forever(
        application, host=host, port=port, threads=THREADS, connection_limit=CONNECTIONS, asyncore_use_poll=True,
        ident=None, max_request_body_size=LARGEST_BODY, _quiet=True,
    )  # fmt: skip


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(serve)
