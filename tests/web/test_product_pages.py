"""The pages of products: rules with their grounds, and a calculator that says what lateness costs."""

from __future__ import annotations

import pytest

from fairdue.contexts.ledger import facade as ledger

ASKED = {
    "principal": "12000",
    "rate": "10.8",
    "instalments": "12",
    "disbursed_date": "2026-01-10",
    "first_due_date": "2026-02-10",
    "late_number": "1",
    "late_days": "40",
}


@pytest.fixture
def desk(world, staff, signed_in):
    staff("collector", username="the-collector")
    return signed_in("the-collector")


def test_every_product_is_listed_and_opens_with_its_rules(desk):
    listed = desk.get("/desk/products/").content.decode()
    for code, terms in ledger.products().items():
        assert terms.label in listed
        page = desk.get(f"/desk/products/{code}/")
        assert page.status_code == 200, code
        assert terms.interest.citation["en"] in page.content.decode().replace("&amp;", "&").replace(
            "&#x27;", "'"
        )


def test_an_unknown_product_is_not_found(desk):
    assert desk.get("/desk/products/no-such/").status_code == 404


def test_the_calculator_shows_schedule_cost_and_what_lateness_brings(desk):
    page = desk.get("/desk/products/cn-loan-equal-instalment/", ASKED).content.decode()

    assert "1,059.46" in page  # the equal instalment
    assert "713.55" in page  # all interest
    assert "10.80 %" in page  # the internal rate a year
    # 951.46 × 16.2 % × 18/360 and × 22/360 … from 2026-02-10 to 2026-02-28 to 2026-03-22
    assert "7.71" in page
    assert "9.42" in page
    assert "17.13" in page
    assert "40 days past due" in page
    assert page.count('<rect class="series-0"') == 13  # twelve columns and the legend


def test_holidays_move_due_dates_and_no_interest(desk):
    page = desk.get(
        "/desk/products/cn-loan-equal-instalment/",
        ASKED | {"first_due_date": "2026-10-01", "disbursed_date": "2026-09-01", "holidays": "following"},
    ).content.decode()
    assert "moved from" in page
    assert "713.55" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rate": "25"}, "is above the product"),
        ({"first_due_date": "2026-01-10"}, "is not after the disbursement"),
        ({"principal": "0"}, "greater than or equal to 1"),
        ({"rate": "abc"}, "Enter a number"),
    ],
)
def test_what_cannot_be_agreed_is_said_at_its_field(desk, changed, words):
    page = desk.get("/desk/products/cn-loan-equal-instalment/", ASKED | changed).content.decode()
    assert words in page.replace("&#x27;", "'")
    assert "A year, IRR" not in page


def test_a_loan_that_is_never_repaid_is_refused_in_words(desk):
    asked = {key: value for key, value in ASKED.items() if key != "instalments"} | {"instalment": "90"}
    page = desk.get("/desk/products/cn-loan-fixed-amount/", asked).content.decode()
    assert "never repay" in page


def test_a_loan_above_its_cap_is_refused_with_both_rates(desk):
    asked = {key: value for key, value in ASKED.items() if key != "instalments"} | {
        "instalment": "2000",
        "rate": "13",
    }
    page = desk.get("/desk/products/cn-loan-fixed-amount/", asked).content.decode()
    assert "private-lending-4-lpr" in page
    assert "12.00 %" in page
