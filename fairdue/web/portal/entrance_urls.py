"""Addresses of the way in and out, and of what anybody may read."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import entrance

urlpatterns = [
    path("", entrance.home, name="home"),
    path("help/", entrance.help_page, name="help"),
    path("leave/", entrance.leave_page, name="leave"),
]
