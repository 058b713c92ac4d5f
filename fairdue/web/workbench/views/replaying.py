"""Replay: a period's contacts under the packs in force or another version, and what would break."""

from __future__ import annotations

import copy
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.engine.law.packs import Pack, pack_of
from fairdue.kernel import clock
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.draft_pack import UPLOAD_LIMIT_MB, DraftUnreadable, pack_of_zip
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.uploaded import saved
from fairdue.web.workbench.words import CHANNELS, GATE_TONES, GATE_WORDS, say

LONGEST_DAYS = 92
PAGE = 200


class ReplayForm(DeskForm):
    """Which days, and which version stands in for the one in force."""

    since = forms.DateField(label=lazy("From"), widget=DateInput())
    until = forms.DateField(label=lazy("To, included"), widget=DateInput())
    pack = forms.ChoiceField(
        label=lazy("Instead of the pack in force"),
        required=False,
    )
    draft = forms.FileField(
        label=lazy("A draft that is not published"),
        required=False,
        help_text=lazy(
            "A zip of the pack's folder, up to 2 MB. It is read for this answer and kept nowhere."
        ),
    )
    parameter = forms.ChoiceField(
        label=lazy("Try a parameter"),
        required=False,
        help_text=lazy("Only in this reading; nothing becomes live."),
    )
    value = forms.IntegerField(
        label=lazy("Its value in the draft"), required=False, min_value=0, max_value=1_000_000
    )
    as_if = forms.DateField(
        label=lazy("Its rules as of"),
        required=False,
        widget=DateInput(),
        help_text=lazy("Empty: each rule on its own days."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shipped = {pack.code for pack in law.shipped_packs()}
        versions = [f"{one.code}@{one.version}" for one in law.published_packs() if one.code in shipped]
        choices = [("", _("None: only what is in force")), *((name, name) for name in versions)]
        self.fields["pack"].choices = choices  # type: ignore[attr-defined]
        self.fields["parameter"].choices = [("", _("None: as it stands")), *_parameters()]  # type: ignore[attr-defined]

    def clean_draft(self) -> Pack | None:
        """Read the draft; refuse what is no pack with every fault of it."""
        upload = self.cleaned_data["draft"]
        if not upload:
            return None
        if upload.size > UPLOAD_LIMIT_MB * 2**20:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB.") % {"limit": UPLOAD_LIMIT_MB}
            )
        try:
            with saved(upload) as path:
                return pack_of_zip(path)
        except (DraftUnreadable, law.PackInvalid) as invalid:
            raise forms.ValidationError(
                _("The draft is not fit for use: %(why)s") % {"why": str(invalid)[:400]}
            ) from invalid

    def clean(self) -> dict[str, Any]:
        """Refuse an empty or endless period."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("since"), said.get("until")
        if first and last and not timedelta() <= last - first < timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(
                _("Choose at most %(days)s days, the last not before the first.") % {"days": LONGEST_DAYS}
            )
        if bool(said.get("parameter")) != (said.get("value") is not None):
            raise forms.ValidationError(_("Choose a parameter and write a whole number for it."))
        if any(day and not 2000 <= day.year < 2100 for day in (first, last, said.get("as_if"))):
            raise forms.ValidationError(_("Choose days between 2000 and 2099."))
        return said


@staff_page("permits.view", methods=("GET", "POST"))
def replay(request: DeskRequest) -> HttpResponse:
    """Judge a period's contacts again and list what would break; nothing is changed."""
    today = clock.business_date(clock.now())
    initial = {"since": today - timedelta(days=7), "until": today}
    form = ReplayForm(initial=initial)
    if (
        request.method == "POST" and not request.FILES
    ):  # without a file it is a page with an address of its own
        said = {name: value for name in form.fields if (value := request.POST.get(name))}
        return redirect(f"{reverse('workbench:replay')}?{urlencode(said)}")
    if request.method == "POST":
        form = ReplayForm(request.POST, request.FILES)
    elif "since" in request.GET:
        form = ReplayForm(request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and not form.is_valid():
        return render(request, "workbench/replay.html", context, status=422 if request.FILES else 200)
    if form.is_bound:
        try:
            report = _report(request, form.cleaned_data)
        except (law.PackInvalid, StopIteration) as invalid:
            form.add_error("value", _("The draft is not fit for use: %(why)s") % {"why": str(invalid)[:200]})
            return render(request, "workbench/replay.html", context, status=422)
        table = _table(report, request)
        if file := exported(request, table, name="replay"):
            return file
        context |= {"report": report, "table": table, "counts": _counts(report)}
    return render(request, "workbench/replay.html", context)


def _report(request: DeskRequest, said: dict[str, Any]) -> law.ReplayReport:
    code, _at, version = said["pack"].partition("@")
    drafts = {code: law.published_pack(code, version)} if code else {}
    if said["draft"] is not None:
        drafts[said["draft"].code] = said["draft"]
    if said["parameter"]:
        owner, _colon, name = said["parameter"].partition(":")
        base = drafts.get(owner) or law.shipped_pack(owner)
        drafts[owner] = with_parameter(base, name, said["value"])
    return law.replay(
        since=_midnight(said["since"]), until=_midnight(said["until"] + timedelta(days=1)), actor=request.actor,
        now=clock.now(), drafts=list(drafts.values()), as_if=said["as_if"], limit=rows(request, PAGE),
    )  # fmt: skip


def _parameters() -> list[tuple[str, str]]:
    """Return the whole numbers that rules of packs in force read, with what they are now."""
    return [
        (f"{pack.code}:{item['id']}", f"{pack.code} · {item['id']} ({item['values'][-1]['value']} {item.get('unit', '')})".strip())
        for pack in law.shipped_packs()
        if pack.code in law.pack_versions()
        for item in pack.content["parameters"]
        if isinstance(item["values"][-1]["value"], int) and not isinstance(item["values"][-1]["value"], bool)
    ]  # fmt: skip


def with_parameter(pack: Pack, name: str, value: int) -> Pack:
    """Return a draft of a pack in memory, one parameter of which has another value from its latest day on.

    :raises PackInvalid: if no rule can be judged with it
    """
    content = copy.deepcopy(dict(pack.content))
    parameter = next(item for item in content["parameters"] if item["id"] == name)
    parameter["values"][-1]["value"] = value
    content["pack"]["version"] = f"{pack.version}+{name}={value}"
    return pack_of(content)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.HOUSE_ZONE)


def _counts(report: law.ReplayReport) -> list[tuple[str, list[tuple[str, int]]]]:
    channels = [(say(CHANNELS, code), count) for code, count in report.by_channel.items()]
    makers = [
        (_("The lender") if code == "lender" else code, count) for code, count in report.by_maker.items()
    ]
    return [
        (_("By rule"), list(report.by_rule.items())),
        (_("By channel"), channels),
        (_("By who made it"), makers),
    ]


def _table(report: law.ReplayReport, request: DeskRequest) -> Table:
    case_ids = cases.scoped_case_ids(person_ids={row.person_id for row in report.rows}, actor=request.actor)
    has_draft = bool(report.drafts)
    return Table(
        report.rows,
        columns=[
            Column("occurred_at", _("When"), render=lambda value, _row: minute(value), align="nowrap"),
            Column("name_masked", _("Whom"), is_row_head=True, align="nowrap", render=lambda value, row: _whom(value, row, case_ids)),
            Column("channel", _("Channel"), render=lambda value, _row: say(CHANNELS, value), align="nowrap"),
            Column("made_by", _("Made by"), render=lambda value, _row: _("The lender") if value == "lender" else value),
            Column("had_permit", _("Permit"), render=lambda value, _row: _("Yes") if value else _("No")),
            Column("outcome", _("In force"), render=_answer),
            *([Column("draft_outcome", _("Draft"), render=_answer)] if has_draft else []),
            Column("reasons", _("Rules broken"), render=_rules),
        ],
        caption=_("Contacts that would not be allowed"),
        is_exportable=request.method == "GET",  # an uploaded draft is kept nowhere: its list is not asked again
        empty=EmptyState(title=_("Every contact would be allowed"), text="", icon="check"),
    )  # fmt: skip


def _whom(value: str, row: law.ReplayedContact, case_ids: dict[int, int]) -> Any:
    text = f"{value} {row.value_masked}".strip()
    case_id = case_ids.get(row.person_id)
    return row_link(reverse("workbench:case", args=[case_id]), text) if case_id else text


def _answer(value: str, _row: Any) -> Any:
    return badge(say(GATE_WORDS, value), GATE_TONES.get(value, "stop"))


def _rules(_value: Any, row: law.ReplayedContact) -> str:
    return "; ".join(f"{reason['rule_id']}: {in_language(reason, 'message')}" for reason in row.reasons)
