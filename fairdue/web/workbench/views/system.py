"""The machine room: whether everything works, what waits in the queue of jobs, how old the keys are."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.reporting import facade as reporting
from fairdue.kernel import clock
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, Table
from fairdue.web.ui.templatetags.ui import badge, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.office_words import CYCLE_STATES
from fairdue.web.workbench.words import say

FREE_LEAST = 0.1
"""A disk with less of itself free than this is told."""

KEY_AGE = timedelta(days=365)
WORKER_QUIET = timedelta(minutes=2)
FAILED_SHOWN = 100


@staff_page("system.view")
def health(request: DeskRequest) -> HttpResponse:
    """Show what the installation needs, each with how it stands and what to do."""
    now = clock.now()
    rows = [_database(), _worker(now), _night(now), _disk(), _mail(), _messages(), _figures(now), _audit()]
    table = Table(
        rows, caption=_("System health"),
        columns=[
            Column("name", _("What"), is_row_head=True),
            Column("is_well", _("State"), render=lambda value, _row: badge(_("Well"), "ok") if value else badge(_("Look at it"), "wait")),
            Column("says", _("As found")),
            Column("hint", _("What to do"), lambda row: "" if row["is_well"] else row["hint"]),
        ],
    )  # fmt: skip
    return render(request, "workbench/table_page.html", {"table": table, "title": _("System health")})


def _line(name: str, is_well: bool, says: Any, hint: str = "") -> dict[str, Any]:
    return {"name": name, "is_well": is_well, "says": says, "hint": hint}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
        )
        version, size = cursor.fetchone()
    return _line(_("Database"), True, f"PostgreSQL {version}, {size}")


def _worker(now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), extract(epoch from now() - max(last_heartbeat)) from procrastinate_workers"
        )
        count, quiet = cursor.fetchone()
    is_well = quiet is not None and float(quiet) < WORKER_QUIET.total_seconds()
    says = (
        _("%(count)s workers, heard of %(seconds)s seconds ago") % {"count": count, "seconds": int(quiet)}
        if quiet is not None
        else _("no worker")
    )
    return _line(_("Worker"), is_well, says, _("Start one: fairdue worker."))


def _night(now: datetime) -> dict[str, Any]:
    latest = next(iter(decisions.cycles(1)), None)
    if latest is None:
        return _line(_("Nightly cycle"), False, _("none yet"), _("Run it: fairdue cycle run."))
    is_well = latest.status == "finished" and clock.business_date(now) - latest.cycle_date <= timedelta(
        days=1
    )
    return _line(
        _("Nightly cycle"),
        is_well,
        f"{latest.cycle_date} · {say(CYCLE_STATES, latest.status)}",
        _("Look at the night's page; a stopped night goes on by fairdue cycle run."),
    )


def _disk() -> dict[str, Any]:
    used = shutil.disk_usage(settings.VAR_DIR)
    share = used.free / used.total
    return _line(
        _("Disk"),
        share >= FREE_LEAST,
        _("%(share)s %% free") % {"share": f"{share * 100:.0f}"},
        _("Move the lake elsewhere, or keep fewer nights."),
    )


def _mail() -> dict[str, Any]:
    return _line(
        _("Mail server"),
        bool(settings.SMTP_URL),
        _("set") if settings.SMTP_URL else _("none: figures are not sent by e-mail"),
        _("Set FAIRDUE_SMTP_URL."),
    )


def _messages() -> dict[str, Any]:
    count = outreach.unsettled_count()
    return _line(
        _("Messages whose fate is unknown"),
        count == 0,
        f"{count:,}",
        _("The worker asks the provider again; what stays is on the outbox."),
    )


def _figures(now: datetime) -> dict[str, Any]:
    night = reporting.figure_night(clock.business_date(now))
    return _line(
        _("Figures of the dashboards"),
        night is not None,
        str(night or _("none yet")),
        _("They come with the next night."),
    )


def _audit() -> dict[str, Any]:
    sealed = audit.latest_sealed_at()
    return _line(
        _("Audit log"),
        sealed is not None,
        _("sealed up to %(at)s") % {"at": minute(sealed)} if sealed else _("not sealed yet"),
        _("The worker seals every minute: is one running?"),
    )


@staff_page("system.view", methods=("GET", "POST"))
def jobs(request: DeskRequest) -> HttpResponse:
    """Show the queue and what failed; queue a failed job again."""
    if request.method == "POST":
        return _retry(request)
    with connection.cursor() as cursor:
        cursor.execute(
            "select task_name, status::text, count(*), min(scheduled_at), max(attempts) from procrastinate_jobs"
            " where status::text <> 'succeeded' group by 1, 2 order by 1, 2"
        )
        counted = [
            dict(zip(("task", "status", "count", "since", "attempts"), row, strict=True))
            for row in cursor.fetchall()
        ]
    failed = ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:FAILED_SHOWN]
    queue = Table(
        counted, caption=_("Jobs by state"), name="queue", is_exportable=True,
        empty=EmptyState(title=_("Nothing waits"), icon="check"),
        columns=[
            Column("task", _("Job"), is_row_head=True, align="mono"),
            Column("status", _("State"), render=lambda value, _row: badge(value, {"failed": "stop", "doing": "info"}.get(value, ""))),
            Column("count", _("How many"), align="num"),
            Column("attempts", _("Attempts"), align="num"),
        ],
    )  # fmt: skip
    table = Table(
        list(failed), caption=_("Failed jobs"), name="failed",
        empty=EmptyState(title=_("No job has failed"), icon="check"),
        columns=[
            Column("id", _("Number"), is_row_head=True, align="num"),
            Column("task_name", _("Job"), align="mono"),
            Column("attempts", _("Attempts"), align="num"),
            InstantColumn("scheduled_at", _("Planned for")),
        ],
    )  # fmt: skip
    if file := exported(request, queue, name="jobs"):
        return file
    context = {
        "queue": queue,
        "table": table,
        "failed": list(failed),
        "may_retry": request.actor.may("system.manage"),
    }
    return render(request, "workbench/jobs.html", context)


def _retry(request: DeskRequest) -> HttpResponse:
    request.actor.require("system.manage")
    number = request.POST.get("job_id", "")
    job = (
        ProcrastinateJob.objects.filter(pk=int(number), status="failed").first()
        if number.isdigit() and len(number) < 19
        else None
    )
    if job is None:
        messages.add_message(
            request, messages.ERROR, _("Nothing was queued: this job has not failed, or is gone."), "stop"
        )
        return redirect("workbench:jobs")
    app.job_manager.retry_job_by_id(job.pk, datetime.now(UTC))  # the queue runs on the machine's own clock
    audit.record(
        code="system.job.retried", actor=request.actor, subject_type="job", subject_id=job.pk, now=clock.now(),
        after={"task": job.task_name},
    )  # fmt: skip
    messages.add_message(request, messages.SUCCESS, _("Queued again; a worker takes it up."), "ok")
    return redirect("workbench:jobs")


@staff_page("system.view", methods=("GET", "POST"))
def keys(request: DeskRequest) -> HttpResponse:
    """Show how old the keys are; let a worker seal again what older keys sealed."""
    now = clock.now()
    if request.method == "POST":
        request.actor.require("system.manage")
        app.configure_task("keys.reseal", queueing_lock="keys.reseal").defer()
        audit.record(
            code="keys.reseal.asked",
            actor=request.actor,
            subject_type="key",
            subject_id=settings.FIELD_KEYS.newest,
            now=now,
        )
        messages.add_message(
            request,
            messages.SUCCESS,
            _("A worker seals again what older keys sealed; the audit log says when it is done."),
            "ok",
        )
        return redirect("workbench:keys")
    latest = next(iter(audit.events(code="keys.rotated", limit=1)), None)
    made = latest.occurred_at if latest else _file_time()
    age = now - made if made else None
    context = {
        "newest": settings.FIELD_KEYS.newest, "count": len(settings.FIELD_KEYS.keys), "made": made,
        "age": max(age.days, 0) if age else None, "is_old": bool(age and age > KEY_AGE),
        "signing": sorted(settings.PERMIT_KEYS.private), "retired": sorted(settings.PERMIT_KEYS.retired),
        "may_manage": request.actor.may("system.manage"),
    }  # fmt: skip
    return render(request, "workbench/keys.html", context)


def _file_time() -> datetime | None:
    path = settings.VAR_DIR / "keys.json"
    return datetime.fromtimestamp(path.stat().st_mtime, tz=clock.HOUSE_ZONE) if path.exists() else None
