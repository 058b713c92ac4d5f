"""Addresses of the way in and out, and of what anybody may read."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import entrance, genuine_pages, identify_pages

urlpatterns = [
    path("", entrance.home, name="home"),
    path("help/", entrance.help_page, name="help"),
    path("leave/", entrance.leave_page, name="leave"),
    path("type/", entrance.type_size, name="type_size"),
    path("genuine/", genuine_pages.genuine, name="genuine"),
    path("identify/", identify_pages.ask, name="identify"),
    path("identify/code/", identify_pages.code, name="code"),
    path("confirm/", identify_pages.confirm, name="confirm"),
]
