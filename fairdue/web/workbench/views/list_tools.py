"""What a reader makes of a list: views saved and removed, columns chosen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from fairdue.contexts.identity import facade as identity
from fairdue.kernel import clock
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.views.desk_parts import back


@staff_page(methods=("POST",))
def save_view(request: DeskRequest, key: str) -> HttpResponse:
    """Keep the filters, sorting and columns of a list under a name, and open the view."""
    sent = request.POST
    try:
        card = identity.save_view(
            staff_id=request.user.pk, list_name=key[:40], name=sent.get("name", ""), query=sent.get("query", ""),
            columns=sent.getlist("columns"), is_shared=sent.get("is_shared") == "1", now=clock.now(),
        )  # fmt: skip
    except identity.ViewRefused as refusal:
        text = f"{_('The view was not saved.')} {refusal_text(refusal)}"
        messages.add_message(request, messages.ERROR, text, "stop")
        return redirect(back(request))
    address = back(request).split("?")[0]
    return redirect(f"{address}?{card.query}{'&' if card.query else ''}view={card.view_id}")


@staff_page(methods=("POST",))
def delete_view(request: DeskRequest, view_id: int) -> HttpResponse:
    """Remove one's own view."""
    try:
        card = identity.delete_view(staff_id=request.user.pk, view_id=view_id)
    except identity.ViewRefused as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(
            request, messages.SUCCESS, _("The view “%(name)s” is removed.") % {"name": card.name}, "ok"
        )
    return redirect(back(request))


@staff_page(methods=("POST",))
def choose_columns(request: DeskRequest, key: str) -> HttpResponse:
    """Keep which columns of a list this reader wants to see; the next look shows them."""
    chosen = [] if "reset" in request.POST else request.POST.getlist("columns")
    try:
        identity.set_columns(staff_id=request.user.pk, list_name=key[:40], columns=chosen)
    except identity.PreferenceUnknown:
        messages.add_message(request, messages.ERROR, _("Nothing was changed: these are no columns."), "stop")
    return redirect(back(request))
