"""The page and the command of equal treatment, over what was really shown and agreed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.models import OfferSet
from fairdue.contexts.book import facade as book
from fairdue.engine.negotiation.case import Situation
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from tests.web.desk_world import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(world):
    """Offers of today for the debtor's debt, as the borrower saw them."""
    now = clock.now()
    me = Actor(kind="borrower", label="borrower", id=world.person.pk, role="borrower", creditor_ids=None)
    account_id = book.account_cards(world.person.pk)[0].account_id
    arrangements.offers_for(
        person_id=world.person.pk, account_ids=[account_id], situation=Situation(reason="job"),
        as_of=business_date(now), now=now, actor=me,
    )  # fmt: skip
    return OfferSet.objects.get()


def test_a_planted_difference_is_seen_on_the_page_and_by_the_command(world, shown, staff, signed_in):
    command = ["offers", "treatment", "--json"]
    calm = CliRunner().invoke(build(), command)
    assert (calm.exit_code, json.loads(calm.stdout)["sets"]) == (0, 1), calm.output
    stranger, _ = make_person("王芳", "+8613900000001", "110101199001011234")
    OfferSet.objects.create(
        person=stranger, creditor_id=shown.creditor_id, account_ids=[1], as_of=shown.as_of, digest="f" * 64,
        terms_code=shown.terms_code, terms_version=shown.terms_version, features=shown.features, kinds=[],
        offers={"offers": [], "not_offered": []}, shown_at=shown.shown_at, shown_by="somebody",
    )  # fmt: skip
    found = CliRunner().invoke(build(), command)
    report = json.loads(found.stdout)
    assert (found.exit_code, report["unexplained"], len(report["unlike_pairs"])) == (1, 1, 1)
    staff("compliance")
    page = signed_in("compliance").get("/desk/offers/treatment").content.decode()
    assert "Nothing that was known" in page and "offered to one only" in page
    assert "王" not in page and "李" not in page.split("<main")[1], "numbers, no names"
