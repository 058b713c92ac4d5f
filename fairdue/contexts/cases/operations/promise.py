"""Signatures first; filled in a moment."""

from __future__ import annotations

class PromiseRefused(Exception): ...
def record_promise(*, case_id, account_id, amount, promised_date, actor, now): raise NotImplementedError
def cancel_promise(*, promise_id, reason, actor, now): raise NotImplementedError
