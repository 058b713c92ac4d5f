"""Addresses of the office: dashboards, the live board, approvals of every kind, administration."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import dashboards

urlpatterns = [
    path("dashboards/", dashboards.dashboards, name="dashboards"),
    path("dashboards/list/<slug:card>/", dashboards.dashboard_list, name="dashboard_list"),
    path("dashboards/subscribe", dashboards.subscribe, name="subscribe_figures"),
]
