"""The page "Allowed time": when a person may be contacted, by what, and which rule stands against the rest."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import DEBTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(world, staff, signed_in, at_half_past_ten):
    staff("collector")
    client = signed_in("collector")

    def open_page(**asked):
        return client.get(f"/desk/case/{world.case.pk}/when", asked)

    return open_page


def texted(world, count):
    for hours in range(count):
        law.record_contact(
            person_id=world.person.pk, channel="sms", result="delivered", occurred_at=clock.now() - timedelta(minutes=hours + 1),
            made_by="lender", actor=system("t"), now=clock.now(), contact_point_id=world.point.pk,
        )  # fmt: skip


def test_a_week_shows_open_hours_reasons_and_caps_masked(page):
    text = page().content.decode()
    assert DEBTOR not in text and "李**" in text
    assert "08:00–22:00" in text and "CN-TIME-01" in text
    assert "3 of 3 left" in text and "CN-FREQ-02" in text
    assert text.count(" cal-next") == 1


def test_the_case_leads_to_it(world, staff, signed_in, at_half_past_ten):
    staff("collector")
    text = signed_in("collector").get(f"/desk/case/{world.case.pk}/").content.decode()
    assert f'href="/desk/case/{world.case.pk}/when"' in text


def test_a_used_cap_is_told_with_when_it_frees(page, world):
    texted(world, 2)
    text = page(way=f"sms-{world.point.pk}").content.decode()
    assert "none of 2 left" in text and "one more from" in text and "HOUSE-MSG-01" in text


def test_a_hold_closes_everything_and_says_so(page, world):
    law.place_hold(
        person_id=world.person.pk, kind="cease", reason="asked", actor=system("t"), now=clock.now()
    )
    text = page().content.decode()
    assert "Open holds" in text and "Cease contact" in text
    assert "waiting does not help" in text and "cal-next" not in text


def test_a_month_shows_each_day_and_odd_addresses_show_today(page):
    text = page(view="month").content.decode()
    assert text.count('class="cal-strip"') >= 28 and "08:00–22:00" in text
    for odd in (
        {"from": "9999-99-99"},
        {"view": "x"},
        {"way": "x"},
        {"purpose": "x"},
        {"from": "1970-01-01"},
    ):
        assert page(**odd).status_code == 200


def test_the_past_is_not_judged_and_nothing_is_written(page):
    day = clock.business_date(clock.now()) - timedelta(days=30)
    text = page(**{"from": day.isoformat()}).content.decode()
    assert "These days have passed." in text
    assert (Contact.objects.count(), Permit.objects.count()) == (0, 0)


def test_outside_the_scope_there_is_no_page(world, staff, signed_in):
    staff("collector")
    assert signed_in("collector").get(f"/desk/case/{world.foreign_case.pk}/when").status_code == 404


def test_it_is_said_in_chinese(world, staff, signed_in, at_half_past_ten):
    staff("collector", username="zh", locale="zh-hans")
    text = signed_in("zh").get(f"/desk/case/{world.case.pk}/when").content.decode()
    assert "可联系时间" in text and "星期" in text and "What stands" not in text and "剩 3 次" in text


def test_the_command_says_the_same_as_data_and_as_text(world):
    asked = [
        "gate",
        "calendar",
        str(world.person.pk),
        "--week",
        "2026-11-25",
        "--at",
        "2026-11-24T10:30:00+08:00",
    ]
    answer = CliRunner().invoke(build(), [*asked, "--json"])
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert document["days"][0] == "2026-11-23" and len(document["days"]) == 7
    call = next(way for way in document["ways"] if way["channel"] == "call")
    wednesday = [span for span in call["spans"] if span["day"] == "2026-11-25"]
    assert [(s["from"], s["to"], s["outcome"]) for s in wednesday] == [
        ("00:00", "08:00", "defer"), ("08:00", "22:00", "allow"), ("22:00", "24:00", "defer"),
    ]  # fmt: skip
    assert document["whys"][wednesday[0]["why"]]["reasons"][0]["rule_id"] == "CN-TIME-01"
    assert "08:00-22:00 allow" in CliRunner().invoke(build(), asked).output
    assert CliRunner().invoke(build(), ["gate", "calendar", "999999"]).exit_code != 0
    assert CliRunner().invoke(build(), [*asked[:3], "--week", "soon"]).exit_code != 0
