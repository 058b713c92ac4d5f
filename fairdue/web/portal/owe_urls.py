"""Addresses of what is owed and of messages."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import owe_pages

urlpatterns = [
    path("debts/", owe_pages.debts, name="debts"),
    path("debts/<int:account_id>/why/", owe_pages.why, name="why"),
    path("details/", owe_pages.details, name="details"),
    path("contacts/", owe_pages.contacts, name="contacts"),
    path("messages/", owe_pages.messages_page, name="messages"),
    path("messages/<int:message_id>/", owe_pages.message_page, name="message"),
]
