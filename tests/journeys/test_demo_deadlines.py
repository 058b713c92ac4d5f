"""The demonstration's deadlines: one near, one extended, one that waits, one missed; once."""

from __future__ import annotations

from collections import Counter

import pytest

from fairdue.contexts.cases.models import Case, WorkItem
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.journeys.seed_deadlines import SAID, seed_deadlines
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_case, make_person, make_staff, make_world

pytestmark = pytest.mark.django_db


def test_borrowers_ask_once_and_leave_one_deadline_of_each_kind_to_look_at() -> None:
    world, actor, now = make_world(), system("demo"), clock.now()
    assert seed_deadlines(actor=actor, now=now) == 0  # nobody is there who could take it in
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    for role in ("collector", "supervisor", "compliance"):
        make_staff(role, team="head")
    for number in range(len(SAID)):
        person, _ = make_person(f"人{number}", f"+86138111100{number:02d}", f"1101051949123100{number:02d}")
        make_case(person, world.lender.pk, rank=number, overdue_minor=1_000, days_past_due=3)
    assert WorkItem.objects.count() == Case.objects.count() == len(SAID) + 3
    assert [seed_deadlines(actor=actor, now=now) for _ in range(2)] == [len(SAID), 0]
    cards = law.deadlines(actor=actor, now=now, state="all").rows
    assert Counter(card.status for card in cards) == {"running": 5, "met": 1, "missed": 1}
    assert [card.kind for card in cards if card.urgency == "missed"] == ["hardship_reply"]
    assert [card.days_left for card in cards if card.is_extended] == [20]
    assert sum(card.has_open_extension for card in cards) == 1
    assert min(card.days_left for card in cards if card.status == "running") == 2
