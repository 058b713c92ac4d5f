"""The borrower's address plan; a one-time link is the only address that is not a word."""

from __future__ import annotations

from django.urls import path, re_path

from fairdue.web.portal import entrance, pages

app_name = "portal"
urlpatterns = [
    path("", entrance.home, name="home"),
    path("help/", entrance.help_page, name="help"),
    path("leave/", entrance.leave_page, name="leave"),
    path("debts/", pages.debts, name="debts"),
    path("messages/", pages.messages_page, name="messages"),
    path("messages/<int:message_id>/", pages.message_page, name="message"),
    path("pay/", pages.pay, name="pay"),
    path("contact/", pages.contact, name="contact"),
    re_path(r"^(?P<token>[A-Za-z0-9_-]{20,200})/?$", entrance.link, name="link"),
]
