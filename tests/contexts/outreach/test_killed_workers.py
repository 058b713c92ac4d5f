"""However often workers die, each message reaches the provider exactly once and none is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch, LocalProviderMessage, Message
from fairdue.contexts.outreach.operations.reserve import idempotency_key
from fairdue.kernel.actor import system
from tests.contexts.outreach.conftest import accepted_keys

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("packs"),
    pytest.mark.slow,
]
NURSERY = Path(__file__).with_name("worker_nursery.py")
MESSAGES, KILLS = 70, 20


@pytest.fixture
def nursery(worker_env):
    """A running nursery; every worker that is left is ended with it."""
    process = subprocess.Popen(
        [sys.executable, str(NURSERY)], env=worker_env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def start_worker(nursery) -> int:
    nursery.stdin.write("worker\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


def wait_until_busy(*, seconds: float, more: int) -> None:
    """Wait until the provider holds some more messages than now."""
    start, deadline = LocalProviderMessage.objects.count(), time.monotonic() + seconds
    while LocalProviderMessage.objects.count() < min(start + more, MESSAGES) and time.monotonic() < deadline:
        time.sleep(0.003)


def wait_until_settled(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not outreach.unsettled_count() and not Message.objects.filter(status="planned").exists():
            return
        time.sleep(0.2)


def test_twenty_kills_at_random_moments_lose_nothing_and_send_nothing_twice(borrow, plan, nursery):
    outreach.set_local_behaviour(actor=system("test"), drop_answer_percent=20)
    keys = {idempotency_key(plan(borrow())) for _ in range(MESSAGES)}
    moments = random.Random(20251015)
    killed_at = []
    for _ in range(KILLS):
        worker = start_worker(nursery)
        wait_until_busy(seconds=5, more=moments.randint(1, 3))
        time.sleep(moments.uniform(0, 0.06))
        os.kill(worker, signal.SIGKILL)
        killed_at.append(LocalProviderMessage.objects.count())
    assert len({count for count in killed_at if 0 < count < MESSAGES}) >= 10, "the kills must hit the work"
    start_worker(nursery)
    start_worker(nursery)
    wait_until_settled(60)
    held = accepted_keys()
    assert (len(held), set(held)) == (MESSAGES, keys)
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert set(Dispatch.objects.values_list("status", flat=True)) == {"accepted"}
    assert Dispatch.objects.count() == Contact.objects.filter(result="sent").count() == MESSAGES
    assert Contact.objects.exclude(result="sent").exclude(result="failed").count() == 0
    assert Permit.objects.count() == Contact.objects.count()
    assert law.verify_permits().is_intact
    assert Dispatch.objects.filter(tries__gt=1).count() >= 3  # some were left open


def test_a_worker_killed_between_the_answer_and_our_record_is_made_up_for(borrow, plan, nursery):
    message = plan(borrow())
    outreach.dispatch_due(now=message.not_before)
    Dispatch.objects.update(status="reserved", provider_ref="", next_try_at=message.not_before)
    Message.objects.update(status="sending")
    start_worker(nursery)
    wait_until_settled(20)
    assert accepted_keys() == [idempotency_key(message)]
    assert (Message.objects.get().status, Dispatch.objects.get().tries) == ("sent", 2)
