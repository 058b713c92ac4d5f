"""The supervisor's morning: the board, moving cases and taking it back, rests, targets, everything that waits."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case, CollectorProfile, CoolDown, Outcome, PromiseToPay
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import Staff
from fairdue.contexts.outreach.models import Template
from fairdue.contexts.reporting.models import TeamTarget
from fairdue.kernel import clock
from tests.web.desk_world import DEBTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(world, staff, signed_in, at_half_past_ten):
    for name in ("wang", "zhao"):
        staff("collector", username=name)
    staff("supervisor")
    client = signed_in("supervisor")
    for card in Staff.objects.filter(username__in=["wang", "zhao"]):
        CollectorProfile.objects.create(staff=card, changed_at=clock.now(), first_hour=0, end_hour=24)
    client.wang, client.zhao = (Staff.objects.get(username=name) for name in ("wang", "zhao"))
    return client


def test_the_board_counts_each_collectors_day_and_names_what_falls_due(team, world):
    Case.objects.filter(pk=world.case.pk).update(assigned_to=team.wang)
    now = clock.now()
    for code in ("no_answer", "promise", "third_party"):
        Outcome.objects.create(
            case=world.case,
            channel="call",
            code=code,
            recorded_by=team.wang,
            occurred_at=now,
            recorded_at=now,
        )
    PromiseToPay.objects.create(
        case=world.case, person_id=world.person.pk, amount_minor=200_000, currency="CNY", received_minor=50_000,
        promised_date=clock.business_date(now), recorded_by=team.wang, recorded_at=now,
    )  # fmt: skip
    board = cases.board(actor=identity.actor_by_username("supervisor"), now=now)
    (wang,) = [line for line in board.collectors if line.staff_id == team.wang.pk]
    assert (
        wang.open_cases,
        wang.calls.dialled,
        wang.calls.answered,
        wang.calls.reached,
        wang.calls.promises,
    ) == (1, 3, 2, 1, 1)
    assert board.calls.connect_rate == pytest.approx(2 / 3) and board.calls.rpc_rate == pytest.approx(1 / 3)
    assert wang.state == "at_work" and board.collectors[0].staff_id
    later = cases.board(actor=identity.actor_by_username("supervisor"), now=now + timedelta(minutes=45))
    assert {line.staff_id: line.state for line in later.collectors}[team.wang.pk] == "idle"
    text = team.get("/desk/board/").content.decode()
    for said in ("66.7 %", "2 / 3", "Answered / dialled", "1,500.00", "李**", 'data-live="/desk/board/live"'):
        assert said in text, said
    assert DEBTOR not in text
    assert "<html" not in team.get("/desk/board/live").content.decode()


def test_cases_move_as_previewed_and_come_back_as_a_whole(team, world):
    Case.objects.filter(pk__in=[world.case.pk, world.second_case.pk]).update(assigned_to=team.wang)
    asked = {"from_id": team.wang.pk, "to": [team.zhao.pk], "limit": 5, "queue": ""}
    page = team.post("/desk/reassign/", asked).content.decode()
    assert "2 cases would move" in page and Case.objects.filter(assigned_to=team.wang).count() == 2
    moves = re.search(r'name="moves" value="([^"]+)"', page)[1]
    done = team.post("/desk/reassign/", {"moves": moves}, follow=True).content.decode()
    assert "2 cases were given on" in done and Case.objects.filter(assigned_to=team.zhao).count() == 2
    token = re.search(r'value="([0-9a-f-]{36})"', done)[1]
    Case.objects.filter(pk=world.second_case.pk).update(assigned_to=None)
    back = team.post("/desk/undo", {"token": token}, follow=True)
    assert back.status_code == 200 and Case.objects.get(pk=world.case.pk).assigned_to_id == team.wang.pk
    assert Case.objects.get(pk=world.second_case.pk).assigned_to_id is None  # somebody changed it since
    foreign = team.post("/desk/reassign/", {"moves": f"{world.foreign_case.pk}:{team.zhao.pk},x:y"})
    assert foreign.status_code in (404, 422)
    assert Case.objects.get(pk=world.foreign_case.pk).assigned_to_id is None
    assert team.post("/desk/reassign/", {"from_id": team.wang.pk, "limit": 5}).status_code == 422


def test_a_rest_after_a_hard_call_hands_out_no_new_call_and_only_who_rests_ends_it(team, world, client):
    given = team.post("/desk/rest/", {"staff": team.wang.pk, "reason": "abuse"}, follow=True).content.decode()
    assert "No new call until 10:45" in given and "Resting" in given
    wang = identity.actor_by_username("wang")
    with pytest.raises(cases.Resting):
        cases.next_case(actor=wang, now=clock.now())
    assert cases.next_case(actor=wang, now=clock.now() + timedelta(minutes=16)) is not None
    refused = team.post("/desk/rest/", {"staff": team.wang.pk, "verb": "end"}, follow=True).content.decode()
    assert "ends the own" in refused and CoolDown.objects.get().ended_at is None
    assert (
        "Choose why"
        in team.post("/desk/rest/", {"staff": team.wang.pk, "reason": "x"}, follow=True).content.decode()
    )
    assert cases.end_cool_down(staff_id=team.wang.pk, actor=wang, now=clock.now()) == 1
    assert [event.code for event in audit.events(subject_type="staff", subject_id=team.wang.pk)] == [
        "cases.cool_down.ended",
        "cases.cool_down.started",
    ]


def test_cash_is_no_target_alone(team, world):
    mine = identity.actor_by_username("supervisor").team_id
    sent = {"team": mine, "valid_from": clock.business_date(clock.now()).isoformat(), "m_cash": "100000"}
    refused = team.post("/desk/targets/", sent)
    assert refused.status_code == 422 and "Cash is no target alone" in refused.content.decode()
    assert TeamTarget.objects.count() == 0
    done = team.post("/desk/targets/", sent | {"m_kept_rate": "60", "m_complaints": "2"}, follow=True)
    assert "60.00 %" in done.content.decode() and TeamTarget.objects.count() == 3
    assert audit.events(code="reporting.targets.set")[0].after == {
        "kept_rate": "60",
        "complaints": "2",
        "cash": "100000",
    }
    past = team.post("/desk/targets/", sent | {"m_cash": "", "valid_from": "2020-01-01"})
    assert past.status_code == 422


def test_one_list_holds_everything_that_waits_for_a_yes(team, world):
    page = team.get("/desk/inbox/")
    assert page.status_code == 200 and "Waiting for a yes" in page.content.decode()
    assert team.get("/desk/inbox/?source=money").status_code == 200
    text = Template.objects.create(
        code="reminder.due", channel="sms", locale="en", version="9", body="Please pay.", purpose="collect",
        sha256="0" * 64, authored_by="somebody",
    )  # fmt: skip
    row = team.get("/desk/inbox/?source=texts").content.decode()
    assert f"/desk/templates/{text.pk}/" in row and "Others decide" in row and "somebody" in row
    preview = team.get(f"/desk/templates/{text.pk}/").content.decode()
    assert "11 of 160 places, parts: 1" in preview and "Approve" not in preview.partition("<main")[2]
