"""Addresses of the office: dashboards, the live board, approvals of every kind, administration."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import board, dashboards, inbox, reassign, rest, targets

urlpatterns = [
    path("dashboards/", dashboards.dashboards, name="dashboards"),
    path("dashboards/list/<slug:card>/", dashboards.dashboard_list, name="dashboard_list"),
    path("dashboards/subscribe", dashboards.subscribe, name="subscribe_figures"),
    path("board/", board.board, name="board"),
    path("board/live", board.live, name="board_live"),
    path("reassign/", reassign.reassign, name="reassign"),
    path("rest/", rest.rest, name="rest"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("targets/", targets.targets, name="targets"),
]
