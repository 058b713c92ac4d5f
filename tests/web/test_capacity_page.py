"""The capacity page: empty says unlimited, a form sets, hours become lines, collectors and absences, who may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Capacity, CollectorAbsence
from fairdue.contexts.identity import facade as identity
from fairdue.kernel import clock

pytestmark = pytest.mark.django_db
URL = "/desk/capacity/"


def today():
    return clock.business_date(clock.now())


@pytest.fixture
def supervisor(world, staff, signed_in):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    staff("supervisor", username="the-supervisor", team="head")
    return signed_in("the-supervisor")


@pytest.fixture
def collector_id(world, staff):
    return staff("collector", username="the-collector").staff_id


def set_line(client, **said):
    line = {"kind": "calls", "name": "m1", "amount": "40", "week": "12345", "valid_from": today().isoformat()}
    return client.post(URL, {**line, **said})


def test_an_empty_page_says_that_nothing_is_limited(supervisor):
    page = supervisor.get(URL).content.decode()
    assert "Nothing is limited" in page and "Nobody is away" in page and "Set capacity" in page


def test_a_line_is_set_and_shown_and_hours_become_a_line_each(supervisor):
    assert set_line(supervisor, hours="9-12").status_code == 302
    assert sorted(Capacity.objects.values_list("hour", "amount")) == [(9, 40), (10, 40), (11, 40)]
    page = supervisor.get(URL).content.decode()
    assert "09:00–12:00" in page and "40 an hour" in page and "Monday to Friday" in page
    assert set_line(supervisor, amount="", is_unlimited="on").status_code == 302
    assert Capacity.objects.get(hour=None).amount is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"amount": ""}, "Say how many, or that there is no limit."),
        ({"hours": "nine"}, "Write hours as 9-18."),
        ({"kind": "messages", "name": "pigeon"}, "Messages go by sms, email or inapp"),
        ({"kind": "messages", "name": "sms", "hours": "9-10"}, "Only calls are counted by the hour"),
        ({"valid_from": "2020-01-01"}, "What there was in the past is not changed any more"),
    ],
)
def test_what_cannot_be_is_refused_in_place_and_nothing_is_set(supervisor, said, words):
    answer = set_line(supervisor, **said)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Capacity.objects.count() == 0


def test_a_profile_and_an_absence_are_recorded_and_the_absence_cancelled(supervisor, collector_id):
    said = {
        "staff": collector_id,
        "queues": "m1，m2",
        "languages": "ZH",
        "max_cases": "80",
        "hours": "9-18",
        "week": "12345",
        "takes_cases": "on",
    }
    assert supervisor.post(URL, said).status_code == 302
    (card,) = cases.collectors_on(today())
    assert (card.queues, card.languages, card.max_cases, card.weekdays) == (
        ("m1", "m2"),
        ("zh",),
        80,
        (1, 2, 3, 4, 5),
    )
    day = (today() + timedelta(days=1)).isoformat()
    assert (
        supervisor.post(URL, {"absent": collector_id, "first_date": day, "final_date": day}).status_code
        == 302
    )
    absence = CollectorAbsence.objects.get()
    assert "Cancel the absence of" in supervisor.get(URL).content.decode()
    assert supervisor.post(f"{URL}absences/{absence.pk}/cancel").status_code == 302
    assert "Nobody is away" in supervisor.get(URL).content.decode()


def test_who_may_only_look_sees_no_form_and_cannot_set(world, staff, signed_in):
    staff("strategist", username="the-strategist")
    client = signed_in("the-strategist")
    page = client.get(URL).content.decode()
    assert "Nothing is limited" in page and "Set capacity" not in page
    assert set_line(client).status_code == 403
    assert Capacity.objects.count() == 0


def test_a_collector_does_not_see_the_page(world, staff, signed_in):
    staff("collector", username="a-collector")
    assert signed_in("a-collector").get(URL).status_code == 403
