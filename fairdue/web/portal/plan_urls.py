"""Addresses of “I cannot pay now”: questions, offers, agreement; nothing about a person stands in them but numbers."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import plan_offer_pages, plan_pages

urlpatterns = [
    path("plan/", plan_pages.start, name="plan"),
    path("plan/questions/<slug:step>/", plan_pages.question, name="plan_step"),
    path("plan/check/", plan_pages.check, name="plan_check"),
    path("plan/forget/", plan_pages.forget, name="plan_forget"),
    path("plan/again/<int:plan_id>/", plan_pages.again, name="plan_again"),
    path("plan/offers/", plan_offer_pages.offers, name="plan_offers"),
    path("plan/offers/<slug:key>/", plan_offer_pages.offer, name="plan_offer"),
    path("plan/proposal/", plan_offer_pages.counter, name="plan_counter"),
    path("plan/agree/<int:proposal_id>/", plan_offer_pages.agree, name="plan_agree"),
    path("plan/agreement/<int:agreement_id>/", plan_offer_pages.agreed, name="plan_agreed"),
    path("plan/agreement/<int:agreement_id>/file/", plan_offer_pages.agreement_file, name="plan_file"),
]
