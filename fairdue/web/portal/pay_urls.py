"""Addresses of paying; a payment is named by a reference that says nothing."""

from __future__ import annotations

from django.urls import path

from fairdue.web.portal import pay_debits, pay_pages, pay_results

urlpatterns = [
    path("pay/", pay_pages.pay, name="pay"),
    path("pay/start/", pay_pages.start, name="pay_start"),
    path("pay/list/", pay_results.listing, name="pay_list"),
    path("pay/go/<slug:ref>/", pay_results.go, name="pay_go"),
    path("pay/done/<slug:ref>/", pay_results.done, name="pay_done"),
    path("pay/done/<slug:ref>/receipt.pdf", pay_results.receipt, name="pay_receipt"),
    path("pay/debit/", pay_debits.mandates, name="mandates"),
    path("pay/debit/<int:account_id>/give/", pay_debits.give, name="mandate_give"),
    path("pay/debit/<int:mandate_id>/code/", pay_debits.code, name="mandate_code"),
    path("pay/debit/<int:mandate_id>/stop/", pay_debits.stop, name="mandate_stop"),
    path("pay/<slug:flow>/amount/", pay_pages.amount, name="pay_amount"),
    path("pay/<slug:flow>/way/", pay_pages.way, name="pay_way"),
    path("pay/<slug:flow>/transfer/", pay_pages.transfer, name="pay_transfer"),
    path("pay/<slug:flow>/check/", pay_pages.check, name="pay_check"),
]
