"""The tasks. Each may run at any time, twice at once, and be killed at any point.

Schedules have a sixth column: seconds. A job that waits already is not queued again (`queueing_lock`).
Contexts are imported inside the tasks, because every Django process imports this module when it starts.
"""

from __future__ import annotations

import os
import socket
import time

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from fairdue.kernel import clock

BATCH = 50
TURN_SECONDS = 15
SOON = 10
"""Priority of short work that must not wait behind long work."""
EVERY_FIVE_SECONDS = "* * * * * */5"
EVERY_MINUTE = "* * * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
EVERY_HOUR = "7 * * * *"
EVERY_NIGHT = "40 19 * * * 0"
"""03:40 in the house zone; schedules are in UTC."""
EVERY_MORNING = "10 16 * * * 0"
"""00:10 in the house zone, when the days of yesterday's deadlines are over."""
ONCE_MORE = RetryStrategy(max_attempts=2, wait=5)


@app.periodic(cron=EVERY_FIVE_SECONDS, queueing_lock="outreach.dispatch_due")
@app.task(name="outreach.dispatch_due", queueing_lock="outreach.dispatch_due")
def dispatch_due(timestamp: int = 0) -> None:
    """Send what is due, in passes, until nothing is left or the turn is over; the next tick goes on.

    While much is due, ticks add a second and third dispatcher beside this one; turns end, so that reports
    and seals are never kept waiting by a long night.
    """
    from fairdue.contexts.outreach import facade as outreach
    from fairdue.journeys.attached_files import attached_file

    end = time.monotonic() + TURN_SECONDS
    while time.monotonic() < end:
        passed = outreach.dispatch_due(
            now=clock.now(), limit=BATCH, worker=worker_label(), files=attached_file
        )
        if passed.claimed < BATCH:
            break


@app.periodic(cron=EVERY_FIVE_SECONDS, queueing_lock="outreach.deliver_local_reports")
@app.task(
    name="outreach.deliver_local_reports", queueing_lock="outreach.deliver_local_reports", priority=SOON
)
def deliver_local_reports(timestamp: int = 0) -> None:
    """Let the local provider report on what it delivered."""
    from fairdue.contexts.outreach import facade as outreach

    outreach.deliver_local_reports(now=clock.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="audit.seal")
@app.task(name="audit.seal", queueing_lock="audit.seal", priority=SOON, retry=ONCE_MORE)
def seal_audit(timestamp: int = 0) -> None:
    """Seal the audit events that were recorded since the latest block."""
    from fairdue.contexts.audit import facade as audit

    audit.seal(now=clock.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="law.sweep_deadlines")
@app.task(name="law.sweep_deadlines", queueing_lock="law.sweep_deadlines", priority=SOON, retry=ONCE_MORE)
def sweep_deadlines(timestamp: int = 0) -> None:
    """Mark the deadlines whose end has passed."""
    from fairdue.contexts.law import facade as law

    law.sweep_deadlines(clock.now())


@app.periodic(cron=EVERY_HOUR, queueing_lock="law.start_first_contacts")
@app.task(name="law.start_first_contacts", queueing_lock="law.start_first_contacts", retry=ONCE_MORE)
def start_first_contacts(timestamp: int = 0) -> None:
    """Start the clocks of first contacts and of revoked consents; they run from those, not from this job."""
    from fairdue.contexts.law import facade as law

    law.start_first_contacts(clock.now())
    law.start_revocations(clock.now())


@app.periodic(cron=EVERY_HOUR, queueing_lock="reporting.send_figures")
@app.task(name="reporting.send_figures", queueing_lock="reporting.send_figures", retry=ONCE_MORE)
def send_figures(timestamp: int = 0) -> None:
    """Send the dashboards to who subscribed to them and has not got them today."""
    from fairdue.journeys.dashboards import send_due_figures

    send_due_figures(now=clock.now())


@app.periodic(cron=EVERY_MINUTE, queueing_lock="pay.reconcile")
@app.task(name="pay.reconcile", queueing_lock="pay.reconcile")
def reconcile_checkouts(timestamp: int = 0) -> None:
    """Ask the payment provider about payments of which it has told nothing final, and for approved refunds."""
    from fairdue.journeys.pay_online import reconcile_checkouts as reconcile
    from fairdue.journeys.pay_refund import send_refunds

    reconcile(now=clock.now())
    send_refunds(now=clock.now())


@app.periodic(cron=EVERY_HOUR, queueing_lock="pay.debits")
@app.task(name="pay.debits", queueing_lock="pay.debits", retry=ONCE_MORE)
def collect_debits(timestamp: int = 0) -> None:
    """Plan, announce and send the direct debits of the day; a debit is sent once, whichever hour it was."""
    from fairdue.journeys.direct_debit import collect_debits as collect

    now = clock.now()
    collect(as_of=clock.business_date(now), now=now)


@app.periodic(cron=EVERY_MORNING, queueing_lock="care.look_after")
@app.task(name="care.look_after", queueing_lock="care.look_after", retry=ONCE_MORE)
def look_after_matters(timestamp: int = 0) -> None:
    """Raise overdue matters, lift the holds whose quiet period has passed, release what was decided."""
    from fairdue.journeys import care

    care.look_after_matters(clock.now())


@app.periodic(cron=EVERY_TEN_MINUTES, queueing_lock="care.watch")
@app.task(name="care.watch", queueing_lock="care.watch", retry=ONCE_MORE)
def watch_matters(timestamp: int = 0) -> None:
    """Tell staff of answers that are due soon or late, and persons of a later day."""
    from fairdue.journeys import care

    care.watch_matters(clock.now())


@app.periodic(cron=EVERY_NIGHT, queueing_lock="retention.run")
@app.task(name="retention.run", queueing_lock="retention.run", retry=ONCE_MORE)
def erase_what_is_due(timestamp: int = 0) -> None:
    """Erase what may be kept no longer, with its proof; a run that was stopped goes on."""
    from fairdue.journeys import retention
    from fairdue.kernel.actor import system

    now = clock.now()
    retention.run(as_of=clock.business_date(now), actor=system("retention"), now=now)


@app.periodic(cron=EVERY_MINUTE, queueing_lock="jobs.revive")
@app.task(name="jobs.revive", queueing_lock="jobs.revive")
async def revive(timestamp: int = 0) -> None:
    """Queue the jobs of killed workers again; periodic ones are dropped, their next tick comes."""
    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    for job in await app.job_manager.get_stalled_jobs():
        if job.task_name in periodic:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        else:
            await app.job_manager.retry_job(job)


@app.task(name="keys.reseal", queueing_lock="keys.reseal", retry=ONCE_MORE)
def reseal() -> None:
    """Seal again under the newest key what older keys sealed; a run that was stopped goes on."""
    from fairdue.journeys.rotate_keys import reseal as seal_again
    from fairdue.kernel.actor import system

    seal_again(actor=system("keys"), now=clock.now())


def worker_label() -> str:
    """Return how this process is named in permits and audit records."""
    return f"worker.{socket.gethostname()}.{os.getpid()}"
