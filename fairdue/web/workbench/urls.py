"""The desk's addresses; no address carries personal data."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import (
    book,
    case,
    contact,
    control,
    debtor,
    gallery,
    holds,
    home,
    imports,
    law,
    money,
    nights,
    preferences,
    queue,
    search,
    strategies,
    texts,
)

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
    path("case/<int:case_id>/payment", money.take_payment, name="payment"),
    path("case/<int:case_id>/reverse", money.reverse_payment, name="reverse"),
    path("case/<int:case_id>/hold", holds.place_hold, name="hold"),
    path("case/<int:case_id>/lift", holds.lift_hold, name="lift"),
    path("case/<int:case_id>/statement", debtor.statement, name="statement"),
    path("case/<int:case_id>/link", debtor.link, name="link"),
    path("case/<int:case_id>/close", debtor.close, name="close"),
    path("gallery", gallery.gallery, name="gallery"),
    path("book/", book.book, name="book"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:batch_id>/", imports.import_batch, name="import"),
    path("imports/<int:batch_id>/rejects.csv", imports.rejects, name="rejects"),
    path("cycles/", nights.cycles, name="cycles"),
    path("cycles/<str:day>/", nights.cycle, name="cycle"),
    path("strategies/", strategies.strategies, name="strategies"),
    path("gate/", law.gate, name="gate"),
    path("rulebook/", law.rulebook, name="rulebook"),
    path("templates/", texts.templates, name="templates"),
    path("outbox/", texts.outbox, name="outbox"),
    path("audit/", control.audit_log, name="audit"),
    path("audit/verify", control.verify, name="audit_verify"),
    path("staff/", control.staff, name="staff"),
]
