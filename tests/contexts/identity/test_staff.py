"""Staff: who may be created, what each role may do and see, and how a password guesser is stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.test import RequestFactory

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import Staff
from fairdue.kernel.actor import Actor, PermissionRefused, system

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
PASSWORD = "a long enough pass phrase"
pytestmark = pytest.mark.django_db


@pytest.fixture
def teams():
    identity.ensure_team(code="cards", name="Cards", creditor_ids=[3, 4])
    identity.ensure_team(code="north", name="North Agency", creditor_ids=[3], agency_code="north")
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)


def create(username="li.na", role="collector", team_code="cards", **more):
    defaults = {"password": PASSWORD, "display_name": "Li Na", "actor": system("test"), "now": NOW}
    return identity.create_staff(username=username, role=role, team_code=team_code, **{**defaults, **more})


def actor_of(username: str) -> Actor:
    return identity.actor_for(Staff.objects.get(username=username))


def log_in(username: str, password: str, address: str = "10.0.0.1"):
    request = RequestFactory().post("/accounts/login/", REMOTE_ADDR=address)
    return authenticate(request=request, username=username, password=password)


def test_creating_staff_is_recorded_without_the_password(teams):
    card = create()
    (event,) = audit.events(subject_type="identity.staff", subject_id=card.staff_id)
    assert (event.code, event.after) == (
        "identity.staff.created",
        {"username": "li.na", "role": "collector", "team": "cards"},
    )
    assert log_in("li.na", PASSWORD).pk == card.staff_id


def test_an_actor_carries_the_roles_permissions_and_the_teams_creditors(teams):
    create()
    actor = actor_of("li.na")
    assert (actor.kind, actor.label, actor.role) == ("staff", "Li Na", "collector")
    assert actor.creditor_ids == frozenset({3, 4})
    assert actor.permissions == identity.PERMISSIONS_BY_ROLE["collector"]


def test_a_team_may_see_every_creditor_and_somebody_without_a_team_sees_none(teams):
    create("wu.yi", "risk", "head")
    create("he.er", "administrator", None)
    assert actor_of("wu.yi").creditor_ids is None
    assert actor_of("he.er").creditor_ids == frozenset()


def test_an_agencys_collector_sees_only_the_agencys_creditors(teams):
    create("zhao", "agency", "north")
    actor = actor_of("zhao")
    assert (actor.kind, actor.creditor_ids) == ("agency", frozenset({3}))
    refused = {"parties.reveal_id_number", "payments.record", "payments.reverse", "holds.lift", "audit.view"}
    assert not refused & actor.permissions


@pytest.mark.parametrize(
    ("role", "team_code"), [("agency", "cards"), ("agency", None), ("collector", "north")]
)
def test_an_agency_team_and_an_agency_role_go_together(teams, role, team_code):
    with pytest.raises(identity.TeamMismatch):
        create(role=role, team_code=team_code)
    assert Staff.objects.count() == 0


def test_an_agencys_team_cannot_be_given_every_creditor():
    with pytest.raises(identity.TeamMismatch):
        identity.ensure_team(code="x", name="X", creditor_ids=[], agency_code="x", sees_all_creditors=True)
    assert identity.teams() == ()


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"role": "king"}, identity.StaffRefused),
        ({"team_code": "nowhere"}, identity.StaffRefused),
        ({"password": "short"}, identity.PasswordTooWeak),
        ({"password": "password123"}, identity.PasswordTooWeak),
        ({"actor": Actor(kind="staff", label="nobody")}, PermissionRefused),
    ],
)
def test_a_refused_creation_leaves_nothing(teams, more, error):
    with pytest.raises(error):
        create(**more)
    assert (Staff.objects.count(), audit.events()) == (0, ())


def test_a_user_name_belongs_to_one_person(teams):
    create()
    with pytest.raises(identity.UsernameTaken):
        create(display_name="Another")
    assert [card.display_name for card in identity.staff_cards(actor=system("test"))] == ["Li Na"]


def test_ensuring_a_team_twice_changes_it_in_place(teams):
    card = identity.ensure_team(code="cards", name="Cards and loans", creditor_ids=[4, 9])
    assert (card.name, card.creditor_ids) == ("Cards and loans", frozenset({4, 9}))
    assert [team.code for team in identity.teams()] == ["cards", "head", "north"]


def test_a_supervisor_lists_the_own_team_only_and_a_collector_nobody(teams):
    create(), create("zhao", "agency", "north"), create("wang", "supervisor", "cards", display_name="Wang")
    names = [card.username for card in identity.staff_cards(actor=actor_of("wang"))]
    assert names == ["li.na", "wang"]
    with pytest.raises(PermissionRefused):
        identity.staff_cards(actor=actor_of("li.na"))


def test_every_role_has_permissions_and_no_role_has_all():
    assert set(identity.PERMISSIONS_BY_ROLE) == set(identity.Role.values)
    assert all(0 < len(held) < len(identity.PERMISSIONS) for held in identity.PERMISSIONS_BY_ROLE.values())


@pytest.mark.parametrize(
    ("role", "never"),
    [
        ("administrator", {"parties.reveal", "cases.view", "cases.work", "payments.record", "holds.lift"}),
        ("strategist", {"parties.reveal", "cases.view", "templates.approve", "cycle.run"}),
        ("risk", {"parties.reveal", "cases.view", "strategy.publish"}),
        ("collector", {"cases.assign", "holds.lift", "payments.reverse", "audit.view", "staff.manage"}),
        ("field", {"payments.record", "parties.reveal_id_number", "holds.lift"}),
        ("compliance", {"cases.work", "strategy.publish", "staff.manage", "payments.record"}),
        ("supervisor", {"templates.approve", "strategy.publish", "staff.manage", "book.import"}),
        ("legal", {"cases.work", "payments.record", "strategy.publish"}),
    ],
)
def test_duties_are_separated(role, never):
    assert not never & identity.PERMISSIONS_BY_ROLE[role]


def test_somebody_deactivated_may_nothing_and_cannot_log_in(teams):
    card = create()
    boss = system("test")
    assert (
        identity.deactivate_staff(staff_id=card.staff_id, reason="left", actor=boss, now=NOW).is_active
        is False
    )
    assert (actor_of("li.na").permissions, actor_of("li.na").creditor_ids) == (frozenset(), frozenset())
    assert log_in("li.na", PASSWORD) is None
    assert audit.events(code="identity.staff.deactivated")[0].reason == "left"
    identity.reactivate_staff(staff_id=card.staff_id, reason="back", actor=boss, now=NOW)
    assert log_in("li.na", PASSWORD).pk == card.staff_id


def test_nobody_deactivates_themselves(teams):
    create("he.er", "administrator", None)
    actor = actor_of("he.er")
    with pytest.raises(identity.StaffRefused):
        identity.deactivate_staff(staff_id=actor.id, reason="", actor=actor, now=NOW)
    assert Staff.objects.get().is_active


def test_a_password_is_changed_by_its_owner_or_an_administrator_only(teams):
    card, other = create(), create("wang", "supervisor", "cards")
    with pytest.raises(PermissionRefused):
        identity.change_password(
            staff_id=card.staff_id, password="x" * 12 + "yz", actor=actor_of("wang"), now=NOW
        )
    with pytest.raises(identity.PasswordTooWeak):
        identity.change_password(staff_id=card.staff_id, password="li.na", actor=actor_of("li.na"), now=NOW)
    assert log_in("li.na", PASSWORD)
    identity.change_password(
        staff_id=card.staff_id, password="quite another phrase", actor=actor_of("li.na"), now=NOW
    )
    assert log_in("li.na", PASSWORD) is None
    assert log_in("li.na", "quite another phrase").pk == card.staff_id
    assert len(audit.events(code="identity.password.changed")) == 1
    assert other.staff_id in identity.staff_names([card.staff_id, other.staff_id, 0])


def test_forty_wrong_passwords_lock_one_user_for_fifteen_minutes_from_every_address(teams):
    create(), create("wang", "supervisor", "cards")
    with time_machine.travel(NOW, tick=False) as clock:
        for attempt in range(40):
            assert log_in("li.na", f"guess {attempt}", address=f"10.0.0.{attempt}") is None
        assert log_in("li.na", PASSWORD) is None
        assert log_in("li.na", PASSWORD, address="192.0.2.7") is None
        assert log_in("wang", PASSWORD).username == "wang"
        clock.shift(timedelta(minutes=16))
        assert log_in("li.na", PASSWORD).username == "li.na"


def test_four_wrong_passwords_do_not_lock(teams):
    create()
    for attempt in range(4):
        log_in("li.na", f"guess {attempt}")
    assert log_in("li.na", PASSWORD).username == "li.na"
