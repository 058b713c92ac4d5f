"""Borrowers at once against a real server: each comes in by a link, looks at the debt, answers the questions, sees offers."""

from __future__ import annotations

import gzip
import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

ANSWERS = (
    ("reason", {"answer": "job"}),
    ("care", {"answer": "no"}),
    ("budget", {"answer": "yes"}),
    ("people", {"adults": "1", "children": "0"}),
    ("income", {"wages": "6000", "wages_every": "month"}),
    ("outgoings", {"housing": "2000", "housing_every": "month", "food": "300", "food_every": "week"}),
    ("now", {"answer": "0"}),
    ("wish", {"monthly": "", "first_date": ""}),
)
TIMEOUT = 600
"""Seconds: whoever waits in the queue of a busy server is not an error."""


class VisitFailed(RuntimeError):
    """A page answered something else than it should."""


@dataclass
class Visitor:
    """One browser: a connection and its cookies."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    seconds: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)

    def ask(self, path: str, said: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Ask for a page, or send a form; returns (status, where it leads, text)."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if said is not None:
            body = urlencode(said | {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        self.line.request("GET" if said is None else "POST", path, body, headers)
        answer = self.line.getresponse()
        text = answer.read().decode(errors="replace")
        self.seconds.append((path, time.perf_counter() - started))
        for header in answer.msg.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer.status, answer.getheader("Location") or "", text

    def need(self, path: str, status: int, said: dict[str, str] | None = None, words: str = "") -> str:
        """Ask, and insist on a status and on words."""
        got, _where, text = self.ask(path, said)
        if got != status or words not in text:
            raise VisitFailed(f"{path.split('?')[0][:20]}: {got}")
        return text


def visit(visitor: Visitor, link: str) -> int:
    """Identify → view → offers, and return how many offers there were."""
    visitor.need(link, 200)
    visitor.need(link, 302, {})
    visitor.need("/my/", 200)
    visitor.need("/my/debts/", 200)
    for step, said in ANSWERS:
        visitor.need(f"/my/plan/questions/{step}/", 302, said)
    visitor.need("/my/plan/check/", 302, {})
    text = visitor.need("/my/plan/offers/", 200)
    found = len(re.findall(r'id="offer-\d+"', text))
    if not found:
        raise VisitFailed("no offers")
    return found


def all_at_once(host: str, port: int, links: list[str]) -> dict[str, object]:
    """Let everybody come at the same moment; returns seconds, requests, errors and times of pages."""
    visitors = [Visitor(host, port) for _ in links]
    errors: list[str] = []
    gate = threading.Barrier(len(links) + 1)

    def come(visitor: Visitor, link: str) -> None:
        gate.wait()
        try:
            visit(visitor, link)
        except (OSError, http.client.HTTPException, VisitFailed) as error:
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            visitor.line.close()  # who is done leaves room for who waits

    threads = [
        threading.Thread(target=come, args=pair, daemon=True) for pair in zip(visitors, links, strict=True)
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    waits = sorted(taken for visitor in visitors for _path, taken in visitor.seconds)
    return {
        "seconds": seconds, "requests": len(waits), "errors": len(errors), "first_errors": errors[:3],
        "wait_median": waits[len(waits) // 2], "wait_p95": waits[int(len(waits) * 0.95)],
    }  # fmt: skip


def first_visit_weight(host: str, port: int) -> dict[str, int]:
    """Return the bytes of a first visit: the page and all that it links, as sent and compressed."""
    visitor = Visitor(host, port)
    page = visitor.need("/my/", 200)
    linked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    texts = [page.encode(), *(visitor.need(path, 200).encode() for path in sorted(linked))]
    return {
        "files": len(texts), "bytes": sum(map(len, texts)), "compressed": sum(len(gzip.compress(one)) for one in texts),
    }  # fmt: skip
