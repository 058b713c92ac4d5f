"""The worker process: quick with a fresh message, clean when it is told to end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.outreach.models import Message
from tests.contexts.outreach.conftest import (  # noqa: F401 - fixtures
    borrow,
    creditor,
    packs,
    plan,
    product,
    ten_o_clock,
    web,
    worker_env,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("packs"), pytest.mark.slow]
COMMAND = [sys.executable, "-m", "fairdue", "worker"]


def wait_for(condition, seconds: float) -> float:
    start = time.monotonic()
    while not condition() and time.monotonic() - start < seconds:
        time.sleep(0.05)
    return time.monotonic() - start


@pytest.fixture
def worker(worker_env):  # noqa: F811
    process = subprocess.Popen(COMMAND, env=worker_env, stderr=subprocess.PIPE, text=True)
    while "worker runs" not in process.stderr.readline():
        assert process.poll() is None
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def status_of(message) -> str:
    return Message.objects.values_list("status", flat=True).get(pk=message.pk)


def test_planning_queues_one_job_for_any_number_of_messages(borrow, plan):  # noqa: F811
    for _ in range(3):
        plan(borrow())
    jobs = ProcrastinateJob.objects.filter(task_name="outreach.dispatch_due", status="todo")
    assert jobs.count() == 1


def test_a_fresh_message_leaves_within_five_seconds_and_its_report_returns(worker, borrow, plan):  # noqa: F811
    first = plan(borrow())
    wait_for(lambda: status_of(first) == "delivered", 30)
    message = plan(borrow())
    seconds = wait_for(lambda: status_of(message) != "planned", 20)
    assert seconds < 5
    wait_for(lambda: status_of(message) == "delivered", 20)
    assert status_of(message) == "delivered"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("seconds", [0, 3])
def test_the_worker_ends_cleanly_when_told(worker, told, seconds):
    time.sleep(seconds)
    worker.send_signal(told)
    assert worker.wait(timeout=15) == 0
    assert "Traceback" not in worker.stderr.read()


def test_one_pass_does_everything_that_is_due_and_says_so(worker_env, borrow, plan):  # noqa: F811
    message = plan(borrow())
    done = subprocess.run(
        [*COMMAND, "--once", "--json"], env=worker_env, capture_output=True, text=True, timeout=60, check=True
    )
    document = json.loads(done.stdout)
    assert (document["claimed"], document["accepted"], document["reconciled"]) == (1, 1, 0)
    assert status_of(message) in ("sent", "delivered")
    assert {"sealed_events", "local_reports"} <= document.keys()
    assert audit.verify().is_intact
