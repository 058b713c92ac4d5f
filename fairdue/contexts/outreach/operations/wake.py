"""Waking the dispatcher once a plan is committed.

The message row itself is the durable queue and the periodic task finds it within seconds; the extra job
only makes a fresh message go at once. It is therefore queued after the commit: a lock on the job queue
never waits for a long night, and a refused duplicate never harms the caller's transaction.
"""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

DISPATCH_TASK = "outreach.dispatch_due"


def wake_dispatcher() -> None:
    """Queue one dispatch job after the commit; one waiting job is enough for any number of messages."""
    transaction.on_commit(_queue, robust=True)


def _queue() -> None:
    try:
        with transaction.atomic():
            app.configure_task(DISPATCH_TASK, queueing_lock=DISPATCH_TASK).defer()
    except AlreadyEnqueued:
        return
