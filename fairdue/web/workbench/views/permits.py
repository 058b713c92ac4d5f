"""Permits: a list, and the proof of one for a reader who trusts nobody."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.web.ui.filters import Choice, Day, Filters, Number
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.fact_words import told
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.office_words import EVERY_PURPOSE, EVIDENCE
from fairdue.web.workbench.words import CHANNELS, CONTACT_RESULTS, GATE_WORDS, say

PAGE = 50
BUNDLE_TYPE = "application/zip"


@staff_page("permits.view")
def permits(request: DeskRequest) -> HttpResponse:
    """List permits, newest first, and say of all chains whether they are whole if asked."""
    size = rows(request, PAGE)
    filters = _filters(request)
    found = law.permit_lines(actor=request.actor, limit=size + 1, **_wanted(request, filters))
    shown = found[:size]
    table = _table(request, shown, str(shown[-1].permit_id) if len(found) > size else None)
    table.filters = filters
    if file := exported(request, table, name="permits"):
        return file
    context: dict[str, Any] = {"table": table}
    if "verify" in request.GET:
        context["report"] = law.verify_permits()
    return render(request, "workbench/permits.html", context)


def law_channels() -> list[str]:
    """Return the channels that contacts are made by."""
    return [code for code in CHANNELS if code not in ("note", "none")]


def _filters(request: DeskRequest) -> Filters:
    channels = [(code, say(CHANNELS, code)) for code in law_channels()]
    return Filters(
        request,
        Day(name="day", label=_("Issued on")),
        Choice(name="channel", label=_("Channel"), options=channels, any_label=_("All")),
        Number(name="case", label=_("Case")),
    )


def _wanted(request: DeskRequest, filters: Filters) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "channel": filters["channel"],
        "before_id": whole(request.GET.get("after")),
    }
    if day := filters.day("day"):
        since = datetime.combine(day, time(), tzinfo=clock.HOUSE_ZONE).astimezone(UTC)
        wanted |= {"since": since, "until": since + timedelta(days=1)}
    if case_id := filters.number("case"):
        try:
            wanted["person_id"] = cases.case_card(case_id=case_id, actor=request.actor).person_id
        except cases.NotInScope:
            wanted["person_id"] = 0
    return wanted


def _table(request: DeskRequest, shown: tuple[law.PermitLine, ...], next_cursor: str | None) -> Table:
    persons = parties.person_cards({line.person_id for line in shown})
    return Table(
        shown,
        columns=[
            Column("permit_id", _("Permit"), is_row_head=True, render=_link),
            InstantColumn("issued_at", _("Issued")),
            Column("person_id", _("Whom"), lambda row: persons[row.person_id].name_masked),
            Column("channel", _("Channel"), render=lambda value, _row: say(CHANNELS, value)),
            Column("purpose", _("Purpose"), render=lambda value, _row: say(EVERY_PURPOSE, value)),
            Column("issued_to", _("Issued to")),
            Column("used_at", _("Used"), render=_used),
            Column("position", _("Place in its chain"), render=lambda value, row: f"{row.chain} / {value}"),
        ],
        caption=_("Permits"), key="permits", is_exportable=True, next_cursor=next_cursor, has_cursor=bool(request.GET.get("after")),
        empty=EmptyState(title=_("No permit"), text=_("Nothing was permitted under these filters."), icon="shield"),
    )  # fmt: skip


def _link(value: int, _row: Any) -> Any:
    return row_link(reverse("workbench:permit", args=[value]), str(value))


def _used(value: datetime | None, _row: Any) -> Any:
    return minute(value) if value else badge(_("Not used"), "wait")


@staff_page("permits.view")
def permit(request: DeskRequest, permit_id: int) -> HttpResponse:
    """Show one permit with every check that can be made of it alone."""
    proof = _proof(request, permit_id)
    message = outreach.message_of_permit(permit_id)
    case_id = cases.scoped_case_ids(person_ids={proof.permit.person_id}, actor=request.actor).get(
        proof.permit.person_id
    )
    saying, silent = told(proof.facts)
    person = parties.person_cards([proof.permit.person_id])[proof.permit.person_id]
    point = next(
        (
            one
            for one in parties.contact_points(proof.permit.person_id)
            if one.contact_point_id == proof.permit.contact_point_id
        ),
        None,
    )
    context = {
        "proof": proof, "permit": proof.permit, "person": person, "point": point, "case_id": case_id, "message": message,
        "message_state": say(CONTACT_RESULTS, message.status) if message else "", "channel": say(CHANNELS, proof.permit.channel),
        "purpose": say(EVERY_PURPOSE, proof.permit.purpose), "outcome": say(GATE_WORDS, str(proof.permit.verdict.get("outcome", ""))),
        "checks": _checks(proof), "saying": _facts(saying), "silent": _facts(silent),
        "rules": [(rule, say(EVIDENCE, rule.evidence)) for rule in proof.rules],
        "unknown_rules": [rule for rule in _asked(proof) if rule not in {one.rule_id for one in proof.rules}],
    }  # fmt: skip
    return render(request, "workbench/permit.html", context)


def _proof(request: DeskRequest, permit_id: int) -> law.PermitProof:
    try:
        return law.permit_proof(permit_id, actor=request.actor)
    except law.PermitUnknown as unknown:
        raise Http404(str(unknown)) from unknown


def _asked(proof: law.PermitProof) -> list[str]:
    asked: Any = proof.permit.verdict.get("asked", ())
    return [str(rule) for rule in asked]


def _checks(proof: law.PermitProof) -> list[tuple[str, str, Any]]:
    """Return what each check is, what it says in words, and how it came out."""
    said = (
        (_("Unaltered"), _("What the permit says gives the hash that stands beside it."), proof.is_unaltered),
        (_("Signed"),
         _("Key %(key)s of this installation signed that hash.") % {"key": proof.permit.key_id}, proof.is_signed),
        (_("In its place"),
         _("It names the hash of the permit before it, and what follows names its own."), proof.is_linked),
        (_("Used for what it permits"),
         _("One use, with the same channel, recipient and text, within its time."), proof.is_use_as_permitted),
        (_("Allowed when judged again"),
         _("The same facts under the same versions of the packs: allowed, by the same rules."), proof.is_same_again),
    )  # fmt: skip
    return [(title, text, _outcome(answer)) for title, text, answer in said]


def _outcome(answer: bool | None) -> Any:
    if answer is None:
        return badge(_("Cannot be checked"), "info")
    return badge(_("Passes"), "ok") if answer else badge(_("Fails"), "stop")


def _facts(lines: list[tuple[str, str, Any]]) -> list[tuple[str, str, str]]:
    return [(name, label, _plain(value)) for name, label, value in lines]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "–"
    text = str(value) if value not in (None, "") else "–"
    try:
        return minute(datetime.fromisoformat(text)) if len(text) > len("2026-11-22T") else text
    except ValueError:
        return text


@staff_page("permits.view")
def bundle(request: DeskRequest, permit_id: int) -> HttpResponse:
    """Hand out the permit as a bundle that verifies with Python alone; the log keeps who took it."""
    issued_at = _proof(request, permit_id).permit.issued_at
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"permit-{permit_id}.zip"
        law.export_permits(
            since=issued_at,
            until=issued_at + timedelta(microseconds=1),
            path=path,
            actor=request.actor,
            now=clock.now(),
        )
        answer = HttpResponse(path.read_bytes(), content_type=BUNDLE_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="permit-{permit_id}.zip"'
    return answer
