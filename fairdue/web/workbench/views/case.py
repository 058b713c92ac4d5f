"""The case page: who and what on the left, what happened in the middle, what may be done on the right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.case_record import PURPOSES
from fairdue.journeys.timeline import TimelineCursorInvalid
from fairdue.journeys.view_case import CaseBasics, CaseView, case_basics, case_view
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor
from fairdue.web.ui import drafts
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench import words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import ActionForm
from fairdue.web.workbench.actions import action_of, panel
from fairdue.web.workbench.call_words import RECORD_PURPOSES
from fairdue.web.workbench.capacity_words import because
from fairdue.web.workbench.case_forms import OutcomeForm
from fairdue.web.workbench.deadline_words import deadline_view
from fairdue.web.workbench.gate_panel import gate_lines, next_ways
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.money_words import component_word
from fairdue.web.workbench.office_words import STEPS
from fairdue.web.workbench.payment_order import order_words
from fairdue.web.workbench.reasons import reason_text, row_titles
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.timeline import FILTERS, cards_of, days_of, kept
from fairdue.web.workbench.views.call import sheet_of
from fairdue.web.workbench.views.compose import ways
from fairdue.web.workbench.waiting import waiting
from fairdue.web.workbench.words import say

REVEALED_SECONDS = 60


@staff_page("cases.view")
def show(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show one case."""
    return render_case(request, case_id)


def render_case(
    request: DeskRequest,
    case_id: int,
    form: OutcomeForm | None = None,
    status: int = 200,
    given: ActionForm | None = None,
    opened: str = "",
    **more: Any,
) -> HttpResponse:
    """Render the case page, with a form that was refused if there is one: the composer's or an action's.

    `opened` is the code of an action whose form stands open.
    """
    now = clock.now()
    view = load(request, case_id, now)
    context = page_context(request, view, now)
    draft = None if form else drafts.kept(request, f"case:{case_id}:outcome")
    context["form"] = form or outcome_form(view, request.actor, kept_fields=drafts.initial(draft))
    context |= {"draft": draft, "outcome_draft": f"case:{case_id}:outcome"}
    context["presence_doing"] = "calling" if context["call"] else "viewing"
    context |= sheet_of(request, case_id) if view.call else {}
    context["actions"] = panel(view, request.actor, now, given=given, opened=opened)
    context["may_reverse"] = request.actor.may("payments.reverse")
    context |= more
    return render(request, "workbench/case.html", context, status=status)


@staff_page("cases.view")
def action_form(request: DeskRequest, case_id: int, code: str) -> HttpResponse:
    """Give the form of one action when it is opened; without a script, the page with that form open."""
    if request.headers.get("HX-Request") != "true":
        return render_case(request, case_id, opened=code)
    now = clock.now()
    action = action_of(code, basics(request, case_id, now), request.actor, now)
    if action is None:
        raise Http404
    return render(request, "workbench/_case_action.html", {"action": action})


def back_to_case(case_id: int) -> HttpResponse:
    """Lead back to the case after something was done; the top of the page says what."""
    return redirect("workbench:case", case_id=case_id)


def load(request: DeskRequest, case_id: int, now: datetime) -> CaseView:
    """Return the case's facts, or 404 if it lies outside the actor's scope."""
    try:
        return case_view(
            case_id=case_id, actor=request.actor, now=now, before=request.GET.get("before") or None,
            keep=kept(request.GET.get("show", "")),
        )  # fmt: skip
    except (cases.NotInScope, TimelineCursorInvalid) as error:
        raise Http404 from error


def basics(request: DeskRequest, case_id: int, now: datetime) -> CaseBasics:
    """Return what an action's form needs, or 404 if the case lies outside the actor's scope."""
    try:
        return case_basics(case_id=case_id, actor=request.actor, now=now)
    except cases.NotInScope as error:
        raise Http404 from error


def page_context(request: DeskRequest, view: CaseView, now: datetime) -> dict[str, Any]:
    """Return what the template shows, in words."""
    points = {point.contact_point_id: point for point in view.contact_points}
    show = request.GET.get("show", "")
    zone = view.person.home_zone
    call = own_contact(view, request.actor)
    asked = waiting(request).by_account
    return {
        "view": view,
        "assigned_because": because(view.case.assigned_because),
        "zone": zone,
        "prefers": say(words.CHANNELS, view.person.preferred_channel)
        if view.person.preferred_channel
        else "",
        "is_other_zone": zone != clock.HOUSE_ZONE.key,
        "flags": _flags(view),
        "accounts": [_account(entry, asked) for entry in view.accounts],
        "may_see_permits": request.actor.may("permits.view"),
        "may_see_ledger": request.actor.may("ledger.view"),
        "points": [_point(point) for point in view.contact_points],
        "filters": [(code, _(label), code == show) for code, label in FILTERS],
        "days": days_of(cards_of(view.timeline.entries, {key: p.value_masked for key, p in points.items()})),
        "next_before": view.timeline.next_before,
        "case_id": view.case.case_id,
        "words": "",
        "purposes": [(code, say(RECORD_PURPOSES, code)) for code in PURPOSES],
        "gate": gate_lines(
            view.gate,
            points,
            case_id=view.case.case_id,
            zone=zone,
            may_call=request.actor.may("contacts.make"),
        ),
        "ways": ways(view.case.case_id, view.gate),
        "in_call": view.call if view.call and view.call.staff_id != request.actor.id else None,
        "next_way": next_ways(view.gate, now),
        "step": _step(view),
        "call": call,
        "call_point": points.get(call.contact_point_id) if call else None,
        "may_work": request.actor.may("cases.work"),
        "may_plan": request.actor.may("plans.work") and view.case.status == "open",
        "may_see_deadlines": request.actor.may("deadlines.view"),
        "deadlines": [deadline_view(card) for card in view.deadlines],
        "may_explain": request.actor.may("ledger.view"),
        "may_reveal": request.actor.may("parties.reveal"),
        "may_reveal_id": request.actor.may("parties.reveal")
        and request.actor.may("parties.reveal_id_number"),
        "now": now,
        "item_id": view.work_item.work_item_id if view.work_item else request.GET.get("item", ""),
    }


def own_contact(view: CaseView, actor: Actor) -> Any:
    """Return the call or visit that waits for this person's outcome; somebody else's call is not theirs to record."""
    contact = view.open_contact
    if contact is None or (view.call and view.call.staff_id != actor.id):
        return None
    return contact


def outcome_form(
    view: CaseView, actor: Actor, data: Any = None, kept_fields: Mapping[str, str] | None = None
) -> OutcomeForm:
    """Return the composer for this case as it stands, with what was begun to be written."""
    contact = own_contact(view, actor)
    initial = dict(kept_fields or {}) | {
        "contact_id": contact.contact_id if contact else None,
        "work_item_id": view.work_item.work_item_id if view.work_item else None,
    }
    debts = [(entry.account.account_id, _debt(entry.account)) for entry in view.accounts]
    numbers = [
        (point.contact_point_id, point.value_masked)
        for point in view.contact_points
        if point.medium in ("mobile", "landline")
    ]
    return OutcomeForm(
        data,
        codes=view.outcome_codes,
        begun=contact.channel if contact else "",
        debts=debts,
        numbers=numbers,
        currencies={entry.account.account_id: entry.account.currency for entry in view.accounts},
        initial=initial,
        auto_id="id_%s",
    )


def _debt(account: Any) -> str:
    return f"{in_language(account, 'product_name')} {account.ref_masked}"


def _account(entry: Any, asked: Mapping[int, int]) -> dict[str, Any]:
    account, summary = entry.account, entry.summary
    return {
        "card": account,
        "summary": summary,
        "into": f"explanation-{account.account_id}",
        "waiting": asked.get(account.account_id, 0),
        "creditor": in_language(account, "creditor_name"),
        "product": in_language(account, "product_name"),
        "policy": order_words(
            account.allocation_policy, days_past_due=summary.days_past_due, present=summary.by_component
        ),
        "components": [
            (f"component:{code}", component_word(code), amount)
            for code, amount in summary.by_component.items()
            if amount.minor
        ],
    }


def _point(point: Any) -> dict[str, Any]:
    return {
        "card": point,
        "medium": say(words.MEDIUM_WORDS, point.medium),
        "icon": {"mobile": "phone", "landline": "phone", "email": "email", "address": "visit"}.get(
            point.medium, "inapp"
        ),
        "owner": say(words.OWNER_WORDS, point.owner) if point.owner != "debtor" else "",
    }


def _flags(view: CaseView) -> list[dict[str, str]]:
    """Return what must not be overlooked, worst first."""
    flags = []
    if view.person.is_deceased:
        flags.append(
            {
                "tone": "stop",
                "icon": "flag",
                "title": _("Deceased"),
                "text": _("No contact with the debtor; a person reviews the case."),
            }
        )
    flags += [
        {
            "tone": "stop",
            "icon": "hold",
            "title": _("Hold: %(kind)s") % {"kind": say(words.HOLD_KINDS, hold.kind)},
            "text": hold.reason,
        }
        for hold in view.holds
    ]
    flags += [
        {
            "tone": "wait",
            "icon": "complaint",
            "title": f"{in_language(care.terms_of(each.kind).title, 'label')} {each.number}",
            "text": _("answer due by %(date)s") % {"date": day(each.clock.due_date)}
            if each.clock.due_date
            else "",
        }
        for each in view.matters
        if each.closed_at is None and each.answered_at is None
    ]
    flags += [
        {
            "tone": "info",
            "icon": "promise",
            "title": _("Plan %(number)s") % {"number": each.number},
            "text": _("is being kept: no other collection on these debts."),
        }
        for each in view.plans
        if each.state == "running"
    ]
    opted_out = [point.value_masked for point in view.contact_points if point.is_opted_out]
    if opted_out:
        flags.append({"tone": "wait", "icon": "stop", "title": _("Opted out"), "text": "、".join(opted_out)})
    if view.out_of_scope_account_count:
        text = _("%(count)s further debts lie outside your data scope.") % {
            "count": view.out_of_scope_account_count
        }
        flags.append({"tone": "info", "icon": "info", "title": _("More debts"), "text": text})
    return flags


def _step(view: CaseView) -> dict[str, Any]:
    """Return the recommended next step and why."""
    decision, item = view.decision, view.work_item
    titles = row_titles() if item and not decision else {}
    if decision:
        why = in_language(decision, "title") or reason_text(",".join(decision.row_ids), row_titles())
        source = f"{decision.strategy_code} {decision.strategy_version}"
        return {
            "what": say(STEPS, decision.step),
            "icon": words.CHANNEL_ICONS.get(decision.step, "decision"),
            "why": why,
            "source": source,
            "date": decision.cycle_date,
        }
    if item:
        return {
            "what": say(words.WORK_KINDS, item.kind),
            "icon": "queue",
            "why": reason_text(item.reason, titles),
            "source": "",
            "date": item.cycle_date,
        }
    return {}


@staff_page("cases.view", "parties.reveal", methods=("POST",))
def reveal(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show one masked value for a minute to somebody who said why; the log keeps who and why."""
    try:
        card = cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error
    field: Any = request.POST.get("field", "")
    point_id = request.POST.get("contact_point_id", "")
    context = {
        "case_id": case_id,
        "field": field,
        "point_id": point_id,
        "masked": request.POST.get("masked", "")[:120],
        "label": request.POST.get("label", "")[:80],
    }
    try:
        value = parties.reveal(
            person_id=card.person_id, field=field, reason=request.POST.get("reason", "").strip(),
            actor=request.actor, now=clock.now(), contact_point_id=whole(point_id),
        )  # fmt: skip
    except parties.RevealRefused as refusal:
        return render(
            request, "workbench/_reveal.html", context | {"error": refusal_text(refusal)}, status=422
        )
    return render(
        request, "workbench/_revealed.html", context | {"value": value, "seconds": REVEALED_SECONDS}
    )


@staff_page("cases.work", methods=("POST",))
def following(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take and open the case that comes after this one in its queue."""
    item = cases.next_case(
        actor=request.actor, after_work_item_id=whole(request.POST.get("item")), now=clock.now()
    )
    if item is None or item.case_id == case_id:
        messages.add_message(
            request, messages.INFO, _("This was the latest case that can be worked on now."), "info"
        )
        return redirect("workbench:queue")
    return redirect("workbench:case", case_id=item.case_id)
