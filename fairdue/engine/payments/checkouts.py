"""The life of a payment through a provider: what each thing that the provider tells makes of it.

The provider tells twice, late, in any order, or not at all. So each state says which news still takes effect; money that
arrived is taken in whatever state it finds, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

CheckoutStatus = Literal[
    "created", "open", "pending", "paid", "differs", "failed", "cancelled", "expired", "refunded"
]
"""`created` stands only here; `open`: the provider's page awaits the payer; `pending`: the bank has not answered;
`differs`: money came, of another amount or currency than asked, and waits for a person."""
Kind = Literal["open", "pending", "paid", "failed", "cancelled", "expired", "refunded"]
Effect = Literal["none", "note", "take_money", "take_back"]
Verdict = Literal["took_effect", "repeated", "overtaken", "late", "too_early", "differs"]

KINDS: tuple[Kind, ...] = get_args(Kind)
STATUSES: tuple[CheckoutStatus, ...] = get_args(CheckoutStatus)
LIVE: tuple[CheckoutStatus, ...] = ("created", "open", "pending")
"""Nothing final is known: the provider may be asked."""
TOOK_MONEY: tuple[CheckoutStatus, ...] = ("paid", "differs")
NOTHING_TAKEN: tuple[CheckoutStatus, ...] = ("failed", "cancelled", "expired")
_PROGRESS = {"created": 0, "open": 1, "pending": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """What a piece of news does to a payment: the status after it, what has to be booked, and how it is judged."""

    status: CheckoutStatus
    effect: Effect
    verdict: Verdict


def step(status: CheckoutStatus, kind: Kind, *, is_as_asked: bool = True) -> Step:
    """Return what a piece of news makes of a payment in a status.

    1. `paid` takes money once. It does so after `failed`, `cancelled` or `expired` too (`late`): the money is there.
    2. `paid` over another amount or currency (`is_as_asked` false) takes the money as it came; the status is `differs`.
    3. `refunded` of all that was taken gives it back once; of a part, or before any `paid`, it changes nothing
       (`differs`, `too_early`).
    4. `failed`, `cancelled`, `expired` end what is live; they never undo money that was taken (`overtaken`).
    5. `open` and `pending` only ever go forward.
    """
    if kind == "paid":
        return _paid(status, is_as_asked)
    if kind == "refunded":
        return _refunded(status, is_as_asked)
    if kind == status:
        return Step(status, "none", "repeated")
    if status not in LIVE:
        return Step(status, "none", "overtaken")
    if kind in ("open", "pending"):
        is_forward = _PROGRESS[kind] > _PROGRESS[status]
        return Step(kind, "note", "took_effect") if is_forward else Step(status, "none", "overtaken")
    return Step(kind, "note", "took_effect")


def _paid(status: CheckoutStatus, is_as_asked: bool) -> Step:
    if status in (*TOOK_MONEY, "refunded"):
        return Step(status, "none", "repeated")
    if not is_as_asked:
        return Step("differs", "take_money", "differs")
    return Step("paid", "take_money", "took_effect" if status in LIVE else "late")


def _refunded(status: CheckoutStatus, is_as_asked: bool) -> Step:
    if status == "refunded":
        return Step(status, "none", "repeated")
    if status not in TOOK_MONEY:
        return Step(status, "none", "too_early")
    if not is_as_asked:
        return Step(status, "none", "differs")
    return Step("refunded", "take_back", "took_effect")
