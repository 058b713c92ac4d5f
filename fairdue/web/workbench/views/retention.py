"""Retention: every class of record with its rule and end, what falls due when, past runs with their proofs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.record_classes import RecordClass, shipped_inventory
from fairdue.engine.law.retention import Period
from fairdue.journeys import retention as journey
from fairdue.kernel import clock
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, InstantColumn, Table
from fairdue.web.ui.templatetags.ui import badge, day, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.words import say

STARTS = {
    "created_date": word("from when it was made"),
    "settled_date": word("from settlement"),
    "latest_activity_date": word("from the latest activity"),
}
STOPS = {
    "hold": word("open hold"),
    "deadline": word("running deadline"),
    "request": word("open request"),
    "order": word("open order"),
}
KINDS = {"run": word("Erased"), "plan": word("Counted only")}
BARS = 12


@dataclass(frozen=True)
class _Row:
    """One class as the page shows it."""

    rules: journey.ClassRules
    plan: journey.ClassPlan | None

    @property
    def record_class(self) -> RecordClass:
        return self.rules.record_class


@staff_page("retention.view")
def retention(request: DeskRequest) -> HttpResponse:
    """Show every class of record, what is due, what falls due by month, the runs, and why one record is still here."""
    today = clock.business_date(clock.now())
    stored = journey.stored_plan()
    plan, card = stored or (None, None)
    by_code = {each.code: each for each in plan.classes} if plan else {}
    classes = journey.class_rules(today)
    table = _class_table([_Row(each, by_code.get(each.record_class.code)) for each in classes])
    runs = _run_table(audit.deletion_runs(limit=30))
    if file := exported(request, table, runs, name="retention"):
        return file
    subject = request.GET.get("subject", "").strip()
    context = {
        "table": table, "runs": runs, "plan": plan, "card": card, "chart": _chart(plan) if plan else None,
        "subject": subject, "kept": shipped_inventory().kept, "days": max((each.days_to_act for each in classes), default=0),
        "can_count": request.actor.may("retention.run"), **_answer(request, subject, today),
    }  # fmt: skip
    return render(request, "workbench/retention.html", context)


@staff_page("retention.view", "retention.run", methods=("POST",))
def count(request: DeskRequest) -> HttpResponse:
    """Count what is due now and keep the plan; nothing is erased."""
    now = clock.now()
    plan = journey.plan(as_of=clock.business_date(now), actor=request.actor, now=now, is_stored=True)
    text = ngettext("%(count)s record may go now.", "%(count)s records may go now.", plan.due) % {
        "count": plan.due
    }
    messages.add_message(request, messages.SUCCESS, text, "ok")
    return redirect("workbench:retention")


@staff_page("retention.view", methods=("POST",))
def verify(request: DeskRequest) -> HttpResponse:
    """Verify the batches, what they erased and what had to stay."""
    proof = journey.verify(as_of=clock.business_date(clock.now()), actor=request.actor)
    text = _(
        "%(records)s records gone in %(batches)s batches, %(overdue)s overdue. Audit events %(events)s, permits %(permits)s, "
        "accounts %(accounts)s verified. %(findings)s findings."
    ) % {
        "records": proof.records, "batches": proof.batches, "overdue": proof.overdue, "events": proof.audit_events,
        "permits": proof.permits, "accounts": proof.accounts, "findings": len(proof.findings),
    }  # fmt: skip
    level, tone = (messages.SUCCESS, "ok") if proof.is_proved else (messages.ERROR, "stop")
    messages.add_message(request, level, text, tone)
    for finding in proof.findings[:10]:
        messages.add_message(request, messages.ERROR, f"{finding.subject}: {finding.message}", "stop")
    return redirect("workbench:retention")


@staff_page("retention.view")
def run(request: DeskRequest, run_id: int) -> HttpResponse:
    """Show one run with its batches: what each erased, by which rule, and the digests that prove it."""
    card = next(
        (each for each in audit.deletion_runs(limit=1, before_id=run_id + 1) if each.run_id == run_id), None
    )
    if card is None:
        raise Http404
    table = _batch_table(audit.deletion_batches(run_id=run_id))
    if file := exported(request, table, name=f"retention-run-{run_id}"):
        return file
    return render(
        request, "workbench/retention_run.html", {"card": card, "table": table, "kind": say(KINDS, card.kind)}
    )


def _answer(request: DeskRequest, subject: str, today: date) -> dict[str, Any]:
    if not subject:
        return {}
    try:
        found = journey.why(subject=subject, as_of=today, actor=request.actor)
    except journey.SubjectUnknown:
        return {"is_unknown": True}
    return {"why": _why_table(found)}


def _class_table(rows: list[_Row]) -> Table:
    return Table(
        rows,
        name="classes",
        columns=[
            Column(
                "title",
                _("Class of record"),
                lambda row: _title(row.record_class),
                is_row_head=True,
                render=_class_cell,
            ),
            Column("rules", _("Kept how long"), _periods, align="wide prose", render=_rules_cell),
            Column(
                "erased",
                _("What is erased, what remains"),
                lambda row: _remains(row.record_class),
                align="wide prose",
                render=_remains_cell,
            ),
            _figure("total", _("Records")),
            _figure("open", _("No end yet")),
            _figure("waiting", _("End known")),
            _figure("due", _("Due now")),
            Column(
                "stopped",
                _("Stopped"),
                lambda row: row.plan.stopped if row.plan else None,
                align="num",
                render=_stopped_cell,
            ),
            DateColumn(
                "earliest", _("Earliest end"), lambda row: row.plan.earliest_due_date if row.plan else None
            ),
        ],
        caption=_("Classes of record"),
        is_exportable=True,
    )


def _figure(name: str, label: str) -> Column:
    return Column(
        name, label, lambda row: getattr(row.plan, name) if row.plan else None, align="num",
        render=lambda value, _row: "–" if value is None else f"{value:,}",
    )  # fmt: skip


def _title(cls: RecordClass) -> str:
    return str(in_language(cls, "title"))


def _class_cell(value: str, row: _Row) -> Any:
    return format_html('{}<br><span class="mono small muted">{}</span>', value, row.record_class.code)


def _period(period: Period) -> str:
    """Say a rule in words: its number, from when it counts, its citation."""
    rule = period.rule
    if "years" in rule.values:
        years = rule.integer("years")
        length = ngettext("%(count)s year", "%(count)s years", years) % {"count": years}
    else:
        days = rule.integer("days")
        length = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return _("%(length)s %(start)s (%(rule)s, %(citation)s)") % {
        "length": length, "start": say(STARTS, period.starts), "rule": rule.id, "citation": rule.citation,
    }  # fmt: skip


def _periods(row: _Row) -> str:
    return "; ".join(_period(each) for each in row.rules.keeping)


def _rules_cell(_value: Any, row: _Row) -> Any:
    lines = format_html_join("", "<li>{}</li>", ((_period(each),) for each in row.rules.keeping))
    return format_html('<ul class="small">{}</ul>', lines)


def _remains(cls: RecordClass) -> str:
    return str(in_language(cls, "remains"))


def _remains_cell(value: str, row: _Row) -> Any:
    cls = row.record_class
    what = (
        _("The whole record goes.")
        if cls.action == "row"
        else _("Emptied: %(columns)s") % {"columns": ", ".join(cls.erase)}
    )
    return format_html(
        '<span class="small">{}</span><br><span class="small muted">{} {}</span>',
        what,
        _("What remains:"),
        value,
    )


def _stopped_cell(value: int | None, row: _Row) -> Any:
    if not value or row.plan is None:
        return "–" if value is None else "0"
    words = ", ".join(f"{_stop(stop)}: {count}" for stop, count in row.plan.stops.items())
    return format_html('{}<br><span class="small muted">{}</span>', f"{value:,}", words)


def _stop(codes: str) -> str:
    """Say what stops, such as `hold:dispute, deadline:complaint`."""
    said = (code.partition(":") for code in codes.split(", ") if code)
    return ", ".join(
        f"{say(STOPS, kind)} ({detail})" if detail else say(STOPS, kind) for kind, _sep, detail in said
    )


def _chart(plan: journey.Plan) -> Any:
    """Draw what falls due by month over all classes; the figures stand beside the bars."""
    months: Counter[str] = Counter()
    for each in plan.classes:
        months.update(each.by_month)
    ahead = sorted(month for month in months if month != "later")
    drawn = [Bar(label=month, value=months[month], text=f"{months[month]:,}") for month in ahead[:BARS]]
    later = sum(months.values()) - sum(months[month] for month in ahead[:BARS])
    if later:
        drawn.append(Bar(label=_("Later"), value=later, text=f"{later:,}"))
    return (
        bars(drawn, title=_("Records that fall due by month"), label=_("Month"), unit=_("records"))
        if drawn
        else None
    )


def _run_table(runs: tuple[audit.DeletionRunCard, ...]) -> Table:
    return Table(
        runs,
        name="runs",
        columns=[
            Column("run_id", _("Run"), is_row_head=True, render=_run_link),
            Column("kind", _("What was done"), render=lambda value, _row: say(KINDS, value)),
            DateColumn("as_of", _("As of")),
            InstantColumn("started_at", _("Started")),
            Column("started_by", _("By")),
            Column("finished_at", _("State"), render=_state_cell),
            Column("erased", _("Erased"), _erased, align="num", render=lambda value, _row: f"{value:,}"),
            Column("digest", _("Proof"), align="mono", render=lambda value, _row: value[:16] or "–"),
        ],
        caption=_("Runs"),
        is_exportable=True,
        empty=EmptyState(title=_("No run yet"), text=_("The first runs at night, or by `fairdue retention run`."), icon="audit"),
    )  # fmt: skip


def _run_link(value: int, _row: Any) -> Any:
    return format_html('<a href="{}">{}</a>', reverse("workbench:retention_run", args=[value]), value)


def _state_cell(value: Any, _row: Any) -> Any:
    return (
        badge(_("Finished"), "ok")
        if value
        else badge(_("Under way, or stopped: the next one goes on"), "warn")
    )


def _erased(row: audit.DeletionRunCard) -> int:
    return sum(item.get("erased", 0) for item in row.summary.get("classes", ()))


def _batch_table(batches: tuple[audit.BatchCard, ...]) -> Table:
    titles = {each.code: _title(each) for each in shipped_inventory().classes}
    return Table(
        batches,
        name="batches",
        columns=[
            Column("number", _("Batch"), is_row_head=True, align="num"),
            Column("class_code", _("Class of record"), lambda row: titles.get(row.class_code, row.class_code)),
            Column("record_count", _("Records"), align="num"),
            Column("person_count", _("Persons"), align="num"),
            Column("rules", _("Kept longest by"), lambda row: ", ".join(f"{rule} {count}" for rule, count in row.rules.items())),
            DateColumn("kept_until_max", _("Kept until")),
            InstantColumn("erased_at", _("Erased at")),
            Column("ids_sha256", _("Digest of the numbers"), align="mono", render=lambda value, _row: value[:16]),
            Column("hash", _("Hash in the chain"), align="mono", render=lambda value, _row: value[:16]),
        ],
        caption=_("Batches"),
        is_exportable=True,
        empty=EmptyState(title=_("This run erased nothing"), icon="check"),
    )  # fmt: skip


def _why_table(found: tuple[journey.KeptRecord, ...]) -> Table:
    return Table(
        found,
        name="why",
        columns=[
            Column("class", _("Class of record"), lambda row: _title(row.record_class), is_row_head=True),
            Column("count", _("Records"), align="num"),
            Column("kept_until", _("Kept until"), render=lambda value, _row: day(value) if value else _("no end yet: a debt is open")),
            Column("rule_id", _("Rule"), render=_rule_cell, align="wide prose"),
            Column("stop", _("Stopped by"), lambda row: _stop(row.stop) or "–"),
            Column("erased_at", _("Erased"), render=_erased_cell),
        ],
        caption=_("Why it is still here"),
        empty=EmptyState(title=_("Nothing is kept of this person any more"), icon="check"),
    )  # fmt: skip


def _rule_cell(value: str, row: journey.KeptRecord) -> Any:
    title = row.title_zh if (get_language() or "").startswith("zh") else row.title_en
    return (
        format_html('{}<br><span class="small muted">{} {}</span>', title, value, row.citation)
        if title
        else value or "–"
    )


def _erased_cell(value: Any, row: journey.KeptRecord) -> str:
    if not value:
        return "–"
    return _("%(day)s, batch %(number)s") % {"day": day(value), "number": ", ".join(map(str, row.erased_in))}
