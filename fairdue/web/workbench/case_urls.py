"""Addresses of a collector's work on a case: composer, call, changes, timeline, letters and visits."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import (
    call,
    case_changes,
    case_record,
    compose,
    errands,
    intake,
    promise_check,
)

urlpatterns = [
    path("case/<int:case_id>/write/<slug:channel>", compose.write, name="write"),
    path("case/<int:case_id>/write/<slug:channel>/check", compose.check, name="check_text"),
    path("case/<int:case_id>/write/<slug:channel>/phrases", compose.phrases, name="phrases"),
    path("case/<int:case_id>/call/state", call.call_state, name="call_state"),
    path("case/<int:case_id>/call/confirm", call.confirm, name="confirm_party"),
    path("case/<int:case_id>/call/hang-up", call.hang_up, name="hang_up"),
    path("case/<int:case_id>/recordings/<int:call_id>", call.recording, name="recording"),
    path("case/<int:case_id>/recordings/<int:call_id>/kept", call.recording_kept, name="recording_kept"),
    path("case/<int:case_id>/promise-check", promise_check.check, name="promise_check"),
    path("case/<int:case_id>/matter", intake.take_matter_in, name="matter_intake"),
    path("case/<int:case_id>/hand-over", case_changes.hand_over, name="hand_over_case"),
    path("case/<int:case_id>/escalate", case_changes.escalate, name="escalate"),
    path("case/<int:case_id>/callback", case_changes.callback, name="callback"),
    path("case/<int:case_id>/timeline", case_record.search, name="search_timeline"),
    path("case/<int:case_id>/record", case_record.export, name="case_record"),
    path("letters-and-visits/", errands.errands, name="errands"),
    path("letters-and-visits/<int:errand_id>/make", errands.make, name="make_errand"),
    path("letters-and-visits/<int:errand_id>/letter", errands.letter, name="errand_letter"),
    path("letters-and-visits/<int:errand_id>/withdraw", errands.withdraw, name="withdraw_errand"),
]
