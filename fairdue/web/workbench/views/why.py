"""Why was this allowed or blocked: one box for the number of a permit, message, contact, case or decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.journeys.find_reason import KINDS, FoundReason, find_reason
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.office_words import STEPS
from fairdue.web.workbench.words import CHANNELS, CONTACT_RESULTS, GATE_TONES, GATE_WORDS, say

KIND_WORDS = {
    "permit": word("Permit"), "message": word("Message"), "contact": word("Contact"), "case": word("Case"),
    "decision": word("Decision"),
}  # fmt: skip
STATES = {"used": word("Used"), "unused": word("Not used")}


@staff_page("permits.view")
def why(request: DeskRequest) -> HttpResponse:
    """Show what the gate said about everything of that number, with the rule, its citation and the way to the proof."""
    number, kind = whole(request.GET.get("number")), request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = find_reason(number=number, kind=kind, actor=request.actor) if number else ()
    context = {
        "number": number, "kind": kind, "kinds": [(code, _(label)) for code, label in KIND_WORDS.items()],
        "found": [_shown(each) for each in found],
    }  # fmt: skip
    return render(request, "workbench/why.html", context)


def _shown(each: FoundReason) -> dict[str, Any]:
    state = {**CONTACT_RESULTS, **STEPS, **STATES}
    return {
        "each": each, "kind": say(KIND_WORDS, each.kind), "outcome": say(GATE_WORDS, each.outcome) if each.outcome else "",
        "tone": GATE_TONES.get(each.outcome, ""), "channel": say(CHANNELS, each.channel) if each.channel else "",
        "state": say(state, each.state) if each.state else "",
        "reasons": [
            {
                "text": in_language(reason, "message"), "citation": reason.get("citation", ""),
                "rule_id": reason.get("rule_id", ""), "pack": f"{reason.get('pack', '')}@{reason.get('version', '')}",
            }
            for reason in each.reasons
        ],
    }  # fmt: skip
