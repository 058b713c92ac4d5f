"""Addresses of what is owed, of messages, and of how one is reached."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import owe_pages, own_point_pages

urlpatterns = [
    path("debts/", owe_pages.debts, name="debts"),
    path("debts/<int:account_id>/why/", owe_pages.why, name="why"),
    path("details/", own_point_pages.details, name="details"),
    path("details/add/", own_point_pages.add, name="details_add"),
    path("details/<int:contact_point_id>/code/", own_point_pages.code, name="details_code"),
    path("contacts/", owe_pages.contacts, name="contacts"),
    path("messages/", owe_pages.messages_page, name="messages"),
    path("messages/<int:message_id>/", owe_pages.message_page, name="message"),
]
