"""The desk under twenty collectors at once, in a real browser, and on the scales."""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import statistics
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.portal_visits import Visitor
from benchmarks.serving import serving

USERS = 20
PAGES_EACH = 12
THINK_SECONDS = 3.0
"""A collector reads a case for so long on average before the next one opens."""
STATIC = Path(__file__).resolve().parents[1] / "fairdue" / "web" / "ui" / "static" / "ui"
IMPORTED = re.compile(r'from "\./([\w.-]+)"')


def weights() -> dict[str, int]:
    """Return what the case page loads, in bytes after gzip: scripts with all that they import, and styles."""
    scripts, waiting = {"vendor/htmx-4.0.1.min.js"}, ["app.js"]
    while waiting:
        name = waiting.pop()
        if name not in scripts:
            scripts.add(name)
            waiting += IMPORTED.findall((STATIC / name).read_text(encoding="utf-8"))
    styles = ("app.css", "case.css")
    return {
        "js_gzip_bytes": sum(map(_gzipped, sorted(scripts))),
        "css_gzip_bytes": sum(map(_gzipped, styles)),
    }


def _gzipped(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


def crowd(sessions: list[str], case_ids: list[int]) -> dict[str, Any]:
    """Let everybody open cases with pauses to read, and return the times of the pages and the errors."""
    with serving() as (host, port):
        _warm(host, port, sessions[0], case_ids)
        visitors = [Visitor(host, port, cookies={"sessionid": each}) for each in sessions]
        errors: list[str] = []
        threads = [
            threading.Thread(target=_work, args=(visitor, case_ids, seed, errors), daemon=True)
            for seed, visitor in enumerate(visitors)
        ]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
        taken = sorted(each for visitor in visitors for _path, each in visitor.seconds)
        painted = browser(f"http://{host}:{port}", sessions[0], case_ids[-1])
    return {
        "crowd_users": len(sessions), "crowd_pages": len(taken), "crowd_errors": len(errors),
        "crowd_first_errors": errors[:3], "crowd_seconds": round(seconds, 1), "crowd_think_seconds": THINK_SECONDS,
        "crowd_median": round(statistics.median(taken), 4), "crowd_p95": round(taken[int(len(taken) * 0.95) - 1], 4),
    } | painted  # fmt: skip


def _warm(host: str, port: int, session: str, case_ids: list[int]) -> None:
    visitor = Visitor(host, port, cookies={"sessionid": session})
    for case_id in case_ids[:8]:
        visitor.need(f"/desk/case/{case_id}/", 200)


def _work(visitor: Visitor, case_ids: list[int], seed: int, errors: list[str]) -> None:
    chance = random.Random(seed)
    time.sleep(chance.random() * THINK_SECONDS)
    for _ in range(PAGES_EACH):
        try:
            visitor.need(f"/desk/case/{chance.choice(case_ids)}/", 200)
        except Exception as error:  # noqa: BLE001 - every failure of a page counts
            errors.append(f"{type(error).__name__}: {error}")
        time.sleep(chance.expovariate(1 / THINK_SECONDS))


def browser(address: str, session: str, case_id: int) -> dict[str, Any]:
    """Return the queue's first paint in Chromium and the key presses of an outcome; nothing without a browser."""
    path = os.environ.get("FAIRDUE_CHROMIUM") or shutil.which("chromium") or ""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return {}
    if not path:
        return {}
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        context = opened.new_context(viewport={"width": 1280, "height": 720})
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        found: dict[str, Any] = {"queue_first_paint_ms": _first_paint(page, f"{address}/desk/queue/")}
        found["key_presses_to_saved_outcome"] = _presses(page, f"{address}/desk/case/{case_id}/")
        opened.close()
    return found


def _first_paint(page: Any, address: str) -> float:
    """Open the queue three times and return the median of the first contentful paint, in milliseconds."""
    script = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    taken = []
    for _ in range(3):
        page.goto(address)
        page.wait_for_load_state("load")
        page.wait_for_timeout(200)
        taken.append(page.evaluate(script))
    return round(statistics.median(taken), 1)


def _presses(page: Any, address: str) -> int | None:
    """Open a case, call, confirm, choose the outcome and save it by keys; None if no call can be made now."""
    page.goto(address)
    if not page.locator("[data-key=c]").count():
        return None
    keys = ["c", "1", "o", "Control+Enter"]
    with page.expect_navigation():
        page.keyboard.press(keys[0])
    if not page.locator("#script").count():
        return None
    page.keyboard.press(keys[1])
    page.wait_for_selector("#script .script-told")
    page.keyboard.press(keys[2])
    page.keyboard.type("本人" if page.locator("html[lang=zh-Hans]").count() else "Talked")
    with page.expect_navigation():
        page.keyboard.press(keys[3])
    return len(keys) if page.locator(".notices .tone-ok").count() else None
