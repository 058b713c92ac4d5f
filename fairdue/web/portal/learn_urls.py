"""Addresses of articles and help with budgeting."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import learn_pages

urlpatterns = [
    path("learn/", learn_pages.learn, name="learn"),
    path("learn/budget/", learn_pages.budget, name="budget"),
    path("learn/<slug:slug>/", learn_pages.article, name="article"),
]
