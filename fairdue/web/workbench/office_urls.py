"""Addresses of the office: dashboards, the live board, approvals of every kind, administration."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import (
    access_log,
    board,
    dashboards,
    inbox,
    inbox_decide,
    office_set_up,
    reassign,
    rest,
    staff_admin,
    system,
    targets,
    template_preview,
    why,
)

urlpatterns = [
    path("dashboards/", dashboards.dashboards, name="dashboards"),
    path("dashboards/list/<slug:card>/", dashboards.dashboard_list, name="dashboard_list"),
    path("dashboards/subscribe", dashboards.subscribe, name="subscribe_figures"),
    path("board/", board.board, name="board"),
    path("board/live", board.live, name="board_live"),
    path("reassign/", reassign.reassign, name="reassign"),
    path("rest/", rest.rest, name="rest"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/decide", inbox_decide.decide_inbox, name="decide_inbox"),
    path("targets/", targets.targets, name="targets"),
    path("why/", why.why, name="why"),
    path("access/", access_log.access_log, name="access_log"),
    path("templates/<int:template_id>/", template_preview.preview, name="template_preview"),
    path("staff/<int:staff_id>/", staff_admin.member, name="member"),
    path("staff/changes/", staff_admin.staff_changes, name="staff_changes"),
    path("teams/", office_set_up.teams, name="teams"),
    path("creditors/", office_set_up.creditors, name="creditors"),
    path("closed-days/", office_set_up.closures, name="closures"),
    path("health/", system.health, name="health"),
    path("jobs/", system.jobs, name="jobs"),
    path("keys/", system.keys, name="keys"),
]
