"""The desk's addresses; no address carries personal data."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import case, contact, gallery, home, preferences, queue, search

app_name = "workbench"
urlpatterns = [
    path("", home.home, name="home"),
    path("preferences", preferences.preferences, name="preferences"),
    path("queue/", queue.queue, name="queue"),
    path("queue/assign", queue.assign, name="assign"),
    path("queue/open", queue.open_next, name="open_queue"),
    path("search", search.search, name="search"),
    path("case/<int:case_id>/", case.show, name="case"),
    path("case/<int:case_id>/reveal", case.reveal, name="reveal"),
    path("case/<int:case_id>/next", case.following, name="next_case"),
    path("case/<int:case_id>/call", contact.start_call, name="start_call"),
    path("case/<int:case_id>/outcome", contact.record_outcome, name="record_outcome"),
    path("gallery", gallery.gallery, name="gallery"),
]
