"""The rail leads nobody to a closed door."""

from __future__ import annotations

import re

import pytest

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.journeys.load_packs import load_packs
from fairdue.kernel import clock


@pytest.mark.parametrize("role", sorted(PERMISSIONS_BY_ROLE))
def test_every_page_that_the_rail_names_opens(world, staff, signed_in, role):
    load_packs(now=clock.now())
    identity.ensure_team(
        code="head", name="Head office", creditor_ids=[world.lender.pk], sees_all_creditors=role != "agency",
        agency_code="A1" if role == "agency" else "",
    )  # fmt: skip
    staff(role, username=f"the-{role}", team="head")
    client = signed_in(f"the-{role}")

    page = client.get("/desk/").content.decode()
    named = re.findall(r'<a[^>]*href="(/desk/[^"]*)"', page[page.index("<nav") : page.index("</nav>")])

    assert {path: client.get(path).status_code for path in named} == dict.fromkeys(named, 200)
    assert "/desk/" in named
