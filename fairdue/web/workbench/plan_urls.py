"""Addresses of negotiations, proposals and plans."""

from __future__ import annotations

from django.urls import path

from fairdue.web.workbench.views import negotiation, plan_lists, plans, treatment

urlpatterns = [
    path("case/<int:case_id>/plan", negotiation.ask, name="plan_ask"),
    path("case/<int:case_id>/plan/<int:assessment_id>", negotiation.offers, name="plan_offers"),
    path("proposals/", plan_lists.waiting, name="proposals"),
    path("proposals/<int:proposal_id>/", negotiation.proposal, name="proposal"),
    path("proposals/<int:proposal_id>/decide", negotiation.decide, name="decide_proposal"),
    path("plans/", plan_lists.plans, name="plans"),
    path("plans/calendar", plan_lists.calendar, name="plan_calendar"),
    path("plans/broken", plan_lists.broken, name="plans_broken"),
    path("plans/<int:plan_id>/", plans.plan, name="plan"),
    path("plans/<int:plan_id>/replan", plans.replan, name="replan"),
    path("plans/<int:plan_id>/end", plans.end, name="end_plan"),
    path("offers/treatment", treatment.treatment, name="treatment"),
    path("agreements/<int:agreement_id>.pdf", plans.agreement_file, name="agreement_file"),
]
