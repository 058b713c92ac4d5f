"""The register of agencies and collectors: who is listed, evaluated, announced and trained, and who may therefore act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table
from fairdue.web.ui.templatetags.ui import badge, day
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.uploaded import saved

STEPS = ("list", "evaluate", "certify", "delist")


class StandingForm(DeskForm):
    """One thing that happened to an agency or a collector."""

    step = forms.ChoiceField(label=lazy("What happened"))
    agency = forms.CharField(
        label=lazy("Agency"),
        max_length=40,
        required=False,
        help_text=lazy("Its code; empty for our own staff's exams."),
    )
    on = forms.DateField(label=lazy("On"), widget=DateInput())
    reference = forms.CharField(
        label=lazy("Reference"), max_length=200, required=False,
        help_text=lazy("Where the list was published, the certificate's number, what the evaluation found, or why it ends."),
    )  # fmt: skip
    is_passed = forms.BooleanField(label=lazy("The evaluation was passed"), required=False, initial=True)
    reveals_collection = forms.BooleanField(
        label=lazy("Its name alone tells of debt collection"), required=False
    )
    staff_ref = forms.CharField(
        label=lazy("Collector"), max_length=80, required=False,
        help_text=lazy("The agency's own number of the collector; of our own staff the user name."),
    )  # fmt: skip
    until = forms.DateField(label=lazy("Certificate holds until"), widget=DateInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = (
            _("Put on the list"),
            _("Evaluated"),
            _("Collector passed the exam"),
            _("Taken off the list"),
        )
        self.fields["step"].choices = list(zip(STEPS, words, strict=True))  # type: ignore[attr-defined]


class StandingFileForm(DeskForm):
    """A file of what is on record elsewhere."""

    kind = forms.ChoiceField(label=lazy("The file holds"))
    file = forms.FileField(label=lazy("File"), help_text=lazy("CSV, XLSX or Parquet, up to 64 MB."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("notices", _("Notices to borrowers")), ("certificates", _("Collectors' exams")),
            ("evaluations", _("Evaluations")), ("listings", _("Entries of the list")),
        ]  # fmt: skip


@staff_page("agencies.manage", methods=("GET", "POST"))
def register(request: DeskRequest) -> HttpResponse:
    """Show how every agency stands today, and record what happened."""
    is_file = "kind" in request.POST
    form = StandingForm(None if is_file else request.POST or None, initial={"on": _today()})
    files = StandingFileForm(request.POST if is_file else None, request.FILES or None)
    if request.method == "POST":
        bound = files if is_file else form
        if bound.is_valid() and (_take(request, files) if is_file else _record(request, form)):
            return redirect("workbench:agency_register")
    context = {
        "form": form, "files": files, "agencies": _agencies(request), "collectors": _collectors(request), "today": _today(),
    }  # fmt: skip
    return render(
        request, "workbench/agency_register.html", context, status=422 if request.method == "POST" else 200
    )


def _today() -> Any:
    return clock.business_date(clock.now())


def _record(request: DeskRequest, form: StandingForm) -> bool:
    said, now = form.cleaned_data, clock.now()
    common = {"agency": said["agency"], "actor": request.actor, "now": now}
    try:
        if said["step"] == "list":
            law.list_agency(
                listed_from=said["on"], list_reference=said["reference"], reveals_collection=said["reveals_collection"], **common
            )  # fmt: skip
        elif said["step"] == "delist":
            law.delist_agency(listed_until=said["on"], reason=said["reference"], **common)
        elif said["step"] == "evaluate":
            law.evaluate_agency(
                evaluated_date=said["on"], is_passed=said["is_passed"], findings=said["reference"], **common
            )
        else:
            law.certify_staff(
                staff_ref=_staff_ref(said["agency"], said["staff_ref"]), trained_date=said["on"],
                certificate_ref=said["reference"], expires_date=said["until"], **common,
            )  # fmt: skip
    except law.StandingRefused as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    messages.add_message(request, messages.SUCCESS, _("Recorded; the gate follows it at once."), "ok")
    return True


def _staff_ref(agency: str, name: str) -> str:
    """Own staff are named by user name at the desk and by id in the register."""
    if agency or not name:
        return name
    own = {card.username: card.staff_id for card in identity.staff_cards(actor=system("register"))}
    if name not in own:
        raise law.StandingRefused("law.standing.staff_unknown", f"nobody of ours is called {name!r}")
    return str(own[name])


def _take(request: DeskRequest, form: StandingFileForm) -> bool:
    upload = form.cleaned_data["file"]
    with saved(upload) as path:
        try:
            report = law.import_standing(
                path=path, kind=form.cleaned_data["kind"], actor=request.actor, now=clock.now()
            )
        except law.FileRefused as refusal:
            form.add_error("file", _("The file was refused as a whole: %(why)s") % {"why": str(refusal)})
            return False
    text = _("%(rows)s rows: %(taken)s taken, %(rejected)s rejected.") % {
        "rows": f"{report.rows:,}", "taken": f"{report.taken:,}", "rejected": f"{len(report.rejected):,}"
    }  # fmt: skip
    text += "".join(f" {count} × {code}." for code, count in report.rejections.items())
    is_clean = not report.rejected
    messages.add_message(
        request, messages.SUCCESS if is_clean else messages.WARNING, text, "ok" if is_clean else "wait"
    )
    return True


def _agencies(request: DeskRequest) -> Table:
    cards = law.agency_register(actor=request.actor, on=_today())
    return Table(
        cards,
        columns=[
            Column("agency", _("Agency"), is_row_head=True, align="nowrap"),
            Column("is_listed", _("On the list"), render=_listed),
            Column("evaluation_due_date", _("Evaluation"), render=_evaluated),
            Column("certified", _("Collectors trained"), render=_trained),
            Column("announced_accounts", _("Announced on debts"), align="num", render=lambda value, _row: f"{value:,}"),
        ],
        caption=_("Agencies"),
        empty=EmptyState(
            title=_("No agency is on record"), icon="people",
            text=_("An agency that is not on the list is refused by the gate, whatever it asks."),
        ),
    )  # fmt: skip


def _listed(_value: Any, row: law.AgencyStandingCard) -> Any:
    if row.is_listed:
        return badge(_("since %(day)s") % {"day": day(row.listed_from)}, "ok")
    return badge(_("Not listed"), "stop")


def _evaluated(value: Any, row: law.AgencyStandingCard) -> Any:
    if row.is_evaluated:
        return badge(_("holds until %(day)s") % {"day": day(value)}, "ok")
    return badge(_("over since %(day)s") % {"day": day(value)} if value else _("Never passed"), "stop")


def _trained(value: int, row: law.AgencyStandingCard) -> Any:
    text = _("%(n)s trained") % {"n": value}
    if row.lapsed:
        text += " · " + _("%(n)s lapsed") % {"n": row.lapsed}
    return badge(text, "ok" if value and not row.lapsed else "wait" if value else "stop")


def _collectors(request: DeskRequest) -> Table:
    cards = law.certificates(actor=request.actor, on=_today())
    names = identity.staff_names(
        int(card.staff_ref) for card in cards if not card.agency and card.staff_ref.isdecimal()
    )
    return Table(
        cards,
        columns=[
            Column(
                "staff_ref", _("Collector"), is_row_head=True,
                render=lambda value, row: value if row.agency else names.get(int(value), value) if value.isdecimal() else value,
            ),
            Column("agency", _("Agency"), render=lambda value, _row: value or _("our own")),
            Column("trained_date", _("Passed on"), render=lambda value, _row: day(value), align="nowrap"),
            Column("expires_date", _("Holds until"), render=lambda value, _row: day(value) if value else "", align="nowrap"),
            Column("certificate_ref", _("Certificate")),
            Column("holds", _("State"), render=lambda value, _row: badge(_("holds"), "ok") if value else badge(_("lapsed"), "stop")),
        ],
        caption=_("Collectors and their exams"),
        empty=EmptyState(title=_("No exam is on record"), icon="people", text=_("Calls by an agency need a collector on record.")),
    )  # fmt: skip
