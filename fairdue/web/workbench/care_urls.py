"""Addresses of matters at the desk."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import care, matter

urlpatterns = [
    path("matters/", care.matters, name="matters"),
    path("matters/figures/", care.figures, name="matter_figures"),
    path("hardship/", care.matters, {"kind": "hardship"}, name="hardship_queue"),
    path("complaints/", care.matters, {"kind": "complaint"}, name="complaint_queue"),
    path("matters/<int:matter_id>/", matter.matter, name="matter"),
    path("matters/<int:matter_id>/take", matter.take, name="take_matter"),
    path("matters/<int:matter_id>/hand-over", matter.hand_over, name="hand_over_matter"),
    path("matters/<int:matter_id>/about", matter.name_staff, name="name_matter_staff"),
    path("matters/<int:matter_id>/answer", matter.answer, name="answer_matter"),
    path("matters/<int:matter_id>/decide", matter.decide_answer, name="decide_matter_answer"),
    path("matters/<int:matter_id>/note", matter.add_note, name="note_matter"),
    path("matters/<int:matter_id>/close", matter.close, name="close_matter"),
    path("matters/<int:matter_id>/document", matter.add_document, name="add_matter_document"),
    path("matters/<int:matter_id>/documents/<int:document_id>", matter.document, name="matter_document"),
]
