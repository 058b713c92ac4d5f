"""What the desk remembers for its people: drafts, offers to undo, who is here, what the search box finds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import Draft, Presence, Staff, UndoOffer
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor, system
from fairdue.web.ui import undo
from tests.web.desk_world import DEBTOR, PHONE, make_staff

DONE: list[dict] = []


@undo.way_back("test.change")
def change_back(*, facts, actor: Actor, now) -> str:
    DONE.append(dict(facts))
    return "Changed back."


@pytest.fixture
def collector(world, client, settings):
    settings.MFA_REQUIRED_ROLES = frozenset()
    make_staff("collector")
    client.force_login(Staff.objects.get(username="collector"))
    return client


def staff_id(username: str = "collector") -> int:
    return Staff.objects.get(username=username).pk


def test_a_draft_is_sealed_kept_for_its_writer_and_gone_when_empty(collector):
    answer = collector.post("/desk/drafts/case:12:note", {"note": f"{DEBTOR} will pay", "amount": " "})
    assert answer.content.decode().startswith("Draft kept ")
    assert DEBTOR.encode() not in bytes(Draft.objects.get().body_sealed)
    kept = identity.draft_of(staff_id=staff_id(), key="case:12:note", now=clock.now())
    assert kept.fields == {"note": f"{DEBTOR} will pay"}
    other = make_staff("supervisor").staff_id
    assert identity.draft_of(staff_id=other, key="case:12:note", now=clock.now()) is None
    collector.post("/desk/drafts/case:12:note", {"note": ""})
    assert Draft.objects.count() == 0


def test_a_draft_that_is_too_long_or_ill_named_is_not_kept(collector):
    assert collector.post("/desk/drafts/case:12:note", {"note": "x" * 20_001}).status_code == 422
    assert collector.post("/desk/drafts/Case%2012", {"note": "x"}).status_code == 404
    assert Draft.objects.count() == 0


def test_an_old_draft_is_shown_no_more_and_goes_with_the_next_one(collector):
    long_ago = clock.now() - timedelta(days=15)
    identity.save_draft(staff_id=staff_id(), key="old", fields={"note": "x"}, now=long_ago)
    assert identity.draft_of(staff_id=staff_id(), key="old", now=clock.now()) is None
    collector.post("/desk/drafts/new", {"note": "y"})
    assert [draft.key for draft in Draft.objects.all()] == ["new"]


def offered(seconds: int = 30) -> str:
    card = identity.offer_undo(
        staff_id=staff_id(), kind="test.change", facts={"case": 7}, seconds=seconds, now=clock.now()
    )
    return card.token


def test_a_change_is_taken_back_once_by_whoever_made_it(collector):
    DONE.clear()
    token = offered()
    first = collector.post("/desk/undo", {"token": token, "next": "/desk/queue/"}, follow=True)
    again = collector.post("/desk/undo", {"token": token, "next": "/desk/queue/"}, follow=True)
    assert "Changed back." in first.content.decode()
    assert "Not taken back. It was taken back already." in again.content.decode()
    assert DONE == [{"case": 7}]


def test_too_late_a_foreign_or_an_invented_offer_changes_nothing(collector):
    DONE.clear()
    late, token = offered(seconds=-1), offered()
    make_staff("supervisor")
    assert "The time to undo is over" in _undo(collector, late)
    assert "not yours" in _undo(collector, "../..")
    collector.force_login(Staff.objects.get(username="supervisor"))
    assert "not yours" in _undo(collector, token)
    assert DONE == []
    assert UndoOffer.objects.filter(taken_at__isnull=False).count() == 0


def _undo(client, token: str) -> str:
    return client.post("/desk/undo", {"token": token}, follow=True).content.decode()


def test_colleagues_on_a_case_are_named_until_they_leave_or_are_silent(collector, world):
    other, now = make_staff("collector", username="second"), clock.now()
    subject, address = f"case:{world.case.pk}", f"/desk/presence/case/{world.case.pk}"
    identity.note_presence(subject=subject, staff_id=other.staff_id, doing="calling", now=now)
    assert "Collector Wang is calling" in collector.post(address).content.decode()
    assert Presence.objects.count() == 2
    identity.leave(subject=subject, staff_id=other.staff_id)
    assert "calling" not in collector.post(address).content.decode().split("?doing=")[1]
    identity.note_presence(subject=subject, staff_id=other.staff_id, now=now - timedelta(seconds=61))
    assert "is here" not in collector.post(address).content.decode()
    assert collector.post(f"{address}?leave=1").status_code == 204
    assert not Presence.objects.filter(staff_id=staff_id()).exists()


def test_nothing_is_told_about_who_is_on_a_foreign_case(collector, world):
    assert collector.post(f"/desk/presence/case/{world.foreign_case.pk}").status_code == 404
    assert collector.post("/desk/presence/secret/1").status_code == 404
    assert Presence.objects.count() == 0


@pytest.mark.parametrize("text", [PHONE, "11010519491231002X", DEBTOR, "6222000011112222"])
def test_the_search_box_finds_a_person_masked_by_what_is_complete(collector, world, text):
    found = collector.post("/desk/find", {"text": text}).content.decode()
    assert f'data-href="/desk/case/{world.case.pk}/"' in found and "李**" in found
    assert DEBTOR not in found and "6222000011112222" not in found


def test_the_search_box_finds_a_case_by_number_in_scope_only(collector, world):
    assert "李**" in collector.post("/desk/find", {"text": f"#{world.case.pk:02}"}).content.decode()
    foreign = collector.post("/desk/find", {"text": f"#{world.foreign_case.pk}"}).content.decode()
    assert "赵" not in foreign and f"/desk/case/{world.foreign_case.pk}/" not in foreign
    assert collector.post("/desk/find", {"text": "9999"}).content.decode().strip() == ""


def test_the_search_box_finds_rules_for_those_who_may_read_them(collector, world):
    make_staff("compliance")
    collector.force_login(Staff.objects.get(username="compliance"))
    assert "/desk/rulebook/" in collector.post("/desk/find", {"text": "22"}).content.decode()


def test_a_way_back_has_one_owner():
    with pytest.raises(ValueError, match="has a way back already"):
        undo.way_back("test.change")(system)
