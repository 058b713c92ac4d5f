"""News of a payment in every state: money is taken once, nothing goes back, refused debits wait and end."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.payments.checkouts import KINDS, LIVE, STATUSES, TOOK_MONEY, step
from fairdue.engine.payments.debits import DebitTermsInvalid, debit_amount, next_try, read_terms

TERMS = {"version": "1", "terms": {"house": {
    "retry_after_days": [3, 7], "notice_days": 3, "longest_days": 14, "failures_to_stop": 2, "failure_fee_minor": 0,
}}}  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), max_size=12))
def test_in_whatever_order_news_comes_money_is_taken_at_most_once_and_given_back_at_most_once(news):
    status, taken, given_back = "created", 0, 0
    for kind, is_as_asked in news:
        after = step(status, kind, is_as_asked=is_as_asked)
        taken += after.effect == "take_money"
        given_back += after.effect == "take_back"
        assert given_back <= taken <= 1
        assert (after.status in (*TOOK_MONEY, "refunded")) == (taken == 1)
        assert after.status == status or after.effect != "none"
        status = after.status


@pytest.mark.parametrize(("status", "kind"), list(product(STATUSES, KINDS)))
def test_each_piece_of_news_has_an_answer_in_each_state(status, kind):
    after = step(status, kind)
    assert after.status in STATUSES
    assert (after.verdict == "too_early") == (kind == "refunded" and status not in (*TOOK_MONEY, "refunded"))
    assert (after.effect == "take_money") == (kind == "paid" and status not in (*TOOK_MONEY, "refunded"))
    if status not in LIVE and kind in ("open", "pending", "failed", "cancelled", "expired"):
        assert (after.status, after.effect) == (status, "none")


def test_a_refused_debit_is_tried_again_after_three_and_seven_days_and_never_after_fourteen():
    terms, due = read_terms(TERMS), date(2026, 3, 1)
    assert next_try(terms, due_date=due, tries=1, tried_date=due) == date(2026, 3, 4)
    assert next_try(terms, due_date=due, tries=2, tried_date=date(2026, 3, 4)) == date(2026, 3, 11)
    assert next_try(terms, due_date=due, tries=2, tried_date=date(2026, 3, 9)) is None
    assert next_try(terms, due_date=due, tries=3, tried_date=date(2026, 3, 11)) is None
    assert (debit_amount(unpaid_minor=500, cap_minor=300), debit_amount(unpaid_minor=-1, cap_minor=300)) == (
        300,
        0,
    )


@pytest.mark.parametrize(
    "change", [{"failure_fee_minor": 100}, {"retry_after_days": [0]}, {"notice_days": "soon"}]
)
def test_terms_under_which_a_failure_costs_something_cannot_be_read(change):
    document = {"version": "1", "terms": {"house": TERMS["terms"]["house"] | change}}
    with pytest.raises(DebitTermsInvalid):
        read_terms(document)


def test_the_terms_in_the_packs_can_be_read_and_cite_what_they_were_chosen_after():
    from django.conf import settings as django_settings

    document = yaml.safe_load(
        (django_settings.PACKS_DIR / "reference" / "direct_debit.yaml").read_text(encoding="utf-8")
    )
    assert read_terms(document).most_tries == 3
    assert all(source["ref"] and source["zh"] and source["en"] for source in document["sources"])
