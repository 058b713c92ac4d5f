"""The naive checker of the storm finds what is broken: each violation is forged by SQL and must be seen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from benchmarks import storm_abroad, storm_checker, storm_rules
from benchmarks.storm_book import fill_world, start_log, stop_log

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
"""Twelve in Shanghai."""
DIGEST = "a" * 64

FORGED_SQL = """
WITH budget AS (INSERT INTO law_contactbudget VALUES (%(person)s) ON CONFLICT (person_id) DO NOTHING)
INSERT INTO law_permit (chain, position, person_id, contact_point_id, channel, purpose, content_sha256, issued_at, expires_at,
  issued_to, verdict, inputs_sha256, previous_hash, hash, key_id, signature)
SELECT 99, coalesce(max(position), 0) + 1, %(person)s, %(point)s, %(channel)s, %(purpose)s, %(digest)s, %(at)s,
  %(at)s + interval '15 minutes', 'forged', '{}', '', '', '', 0, '' FROM law_permit WHERE chain = 99 RETURNING id
"""
COUNTED_SQL = """
INSERT INTO law_contact (person_id, contact_point_id, institution_group, made_by, channel, mode, direction, purpose, result,
  occurred_at, recorded_at, permit_id)
VALUES (%(person)s, %(point)s, 'north', %(maker)s, %(channel)s, %(mode)s, 'outbound', %(purpose)s, %(result)s, %(at)s, %(at)s,
  %(permit)s)
"""
USED_SQL = "INSERT INTO law_permituse VALUES (%(permit)s, %(channel)s, %(point)s, %(digest)s, %(used_at)s)"


class Forge:
    """A connection on which permits are forged; nothing of it stays."""

    def __init__(self, raw: psycopg.Connection, person: dict) -> None:
        self.raw, self.person = raw, person["id"]
        own = [
            point["id"]
            for point in person["points"]
            if point["owner"] == "debtor" and point["medium"] == "mobile"
        ]
        others = [point["id"] for point in person["points"] if point["owner"] == "third_party"]
        self.mobile, self.other = own[0], others[0]
        self.spoke = {}
        """Who of an agency, or of our own, each permit was asked for."""

    def permit(self, at=NOON, *, channel="call", mode="interactive", used_after=0, staff=None, **values):
        """Forge a permit with its contact and its use."""
        row = {
            "person": self.person, "point": self.mobile, "channel": channel, "purpose": "collect", "digest": DIGEST, "at": at,
            "mode": mode if channel == "call" else "", "maker": "lender", "result": "no_answer" if channel == "call" else "sent",
        } | values  # fmt: skip
        row["permit"] = self.raw.execute(FORGED_SQL, row).fetchone()[0]
        row["used_at"] = at + timedelta(minutes=used_after)
        self.raw.execute(COUNTED_SQL, row)
        self.raw.execute(USED_SQL, row)
        if staff is not None:
            self.spoke[row["permit"]] = staff
        return row["permit"]

    def say(self, kind, at, *, channel="", detail="{}"):
        """Forge a statement of the person."""
        self.raw.execute(
            "INSERT INTO parties_consent (person_id, channel, kind, detail, source, occurred_at, recorded_at)"
            " VALUES (%s, %s, %s, %s, 't', %s, %s)", [self.person, channel, kind, detail, at, at],
        )  # fmt: skip

    def hold(self, kind, at):
        """Forge a hold on the person."""
        self.raw.execute(
            "INSERT INTO law_hold (person_id, kind, reason, permitted_purposes, started_at, placed_by)"
            " VALUES (%s, %s, 't', '[]', %s, 't')", [self.person, kind, at],
        )  # fmt: skip

    def found(self, handed=()):
        """Return what the checker finds."""
        return storm_checker.check(self.raw, handed=handed, spoke=self.spoke)


@pytest.fixture
def forge():
    start_log(connection)
    people = fill_world(persons=24, seed=4)["persons"]
    fit = [
        person for person in people
        if any(point["owner"] == "third_party" for point in person["points"]) and not person["law"]
        and [debt["lender"] for debt in person["debts"]] == ["north"] and not _is_special(person["id"])
    ]  # fmt: skip
    options = settings.DATABASES["default"] | {"NAME": connection.settings_dict["NAME"]}
    raw = psycopg.connect(
        host=options["HOST"], port=options["PORT"] or None, user=options["USER"], dbname=options["NAME"]
    )
    yield Forge(raw, fit[0])
    raw.rollback()
    raw.close()
    stop_log(connection)


def _is_special(person_id):
    """Tell whether somebody is dead, a minor or elsewhere than in China."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM parties_person p LEFT JOIN parties_contactpoint c ON c.person_id = p.id"
            " WHERE p.id = %s AND (is_deceased OR residence <> '' OR birth_date > '2000-01-01' OR home_zone <> 'Asia/Shanghai'"
            " OR c.zone NOT IN ('', 'Asia/Shanghai'))", [person_id],
        )  # fmt: skip
        return cursor.fetchone() is not None


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def several(count, step, *, since=NOON, **values):
    """Return what forges some permits, a step apart."""
    return lambda forge: [forge.permit(since + number * step, **values) for number in range(count)]


def after(prepare, **values):
    """Return what forges a permit after something else."""
    return lambda forge: (prepare(forge), forge.permit(**values))


def invalid(forge):
    forge.raw.execute("UPDATE parties_contactpoint SET status = 'invalid' WHERE id = %s", [forge.mobile])


def off_the_list(forge):
    forge.raw.execute("UPDATE law_agencylisting SET listed_until = '2026-03-08' WHERE agency = 'swift'")


LAPSED = datetime(2026, 10, 27, 4, 0, tzinfo=UTC)
"""A year and days after the evaluation of one agency and the exam of each one's second collector."""


def own_collector(forge):
    ((staff_id,),) = forge.raw.execute("SELECT id FROM identity_staff WHERE username = 'north'").fetchall()
    forge.permit(LAPSED, staff=str(staff_id))


HOURS = '{"from": "20:00", "to": "21:00"}'
CASES = {
    "night": (several(1, MINUTE, since=NOON + 10 * HOUR), "CN-TIME"),
    "used after the hours": (several(1, MINUTE, since=NOON + 10 * HOUR - MINUTE, used_after=5), "CN-TIME: call at Tue 22:04"),
    "conversations": (several(4, MINUTE, result="conversation"), "CN-FREQ-02: conversation 4"),
    "announcements": (
        several(4, MINUTE, mode="announcement", result="announcement_connected"), "CN-FREQ-01: announcement 4",
    ),
    "attempts": (several(7, MINUTE), "CN-FREQ-03: attempt 7"),
    "messages a day": (several(3, 2 * HOUR, since=NOON - HOUR, channel="sms"), "HOUSE-MSG-01: message 3"),
    "messages a week": (
        lambda forge: [forge.permit(NOON + (24 * day + 3 * half) * HOUR, channel="sms") for day in range(4) for half in (0, 1)],
        "HOUSE-MSG-02",
    ),
    "gap": (several(2, 119 * MINUTE, channel="sms"), "HOUSE-MSG-03"),
    "hold": (after(lambda forge: forge.hold("dispute", NOON - HOUR)), "HOLD: dispute"),
    "stop": (after(lambda forge: forge.say("opt_out", NOON - HOUR, channel="call")), "CN-CHAN-02"),
    "agreed hours": (after(lambda forge: forge.say("agreed_hours", NOON - HOUR, detail=HOURS)), "CN-TIME"),
    "wrong number": (after(invalid), "HOUSE-POINT-01"),
    "third person": (lambda forge: forge.permit(point=forge.other, purpose="pass_message"), "CN-WHO-03"),
}  # fmt: skip


def under(law, zone, act):
    """Return what forges under another law, with the debtor at home there."""

    def prepared(forge):
        forge.raw.execute(
            "UPDATE book_account SET jurisdiction = %s WHERE person_id = %s", [law, forge.person]
        )
        forge.raw.execute("UPDATE parties_person SET home_zone = %s WHERE id = %s", [zone, forge.person])
        act(forge)

    return prepared


DAY = 24 * HOUR
EAST, LATE = "America/New_York", datetime(2026, 10, 6, 16, 0, tzinfo=UTC)
ABROAD = {
    "agency's night": (under("us", EAST, several(1, HOUR, since=NOON - 2.5 * HOUR, maker="swift")), "US-TIME: call at Mon 21:3"),
    "eighth call": (under("us", EAST, several(8, HOUR, since=LATE - HOUR, maker="swift")), "US-FREQ-01: call 8"),
    "after a conversation": (
        under("us", EAST, several(2, 6 * DAY, since=LATE, maker="swift", result="conversation")), "US-FREQ-02",
    ),
    "fourth in New York": (under("us-ny-nyc", EAST, several(4, DAY, since=LATE)), "US-NYC-01: contact 4"),
    "third in Massachusetts": (under("us-ma", EAST, several(3, DAY, since=LATE)), "US-MA-01: call or text 3"),
    "evening in India": (under("in", "Asia/Kolkata", several(1, HOUR, since=LATE - 2 * HOUR)), "IN-TIME-01: call at Tue 19:30"),
    "Good Friday in Australia": (
        under("au", "Australia/Sydney", several(1, HOUR, since=datetime(2026, 4, 3, 1, tzinfo=UTC))), "AU-TIME-01: call at Fri 03",
    ),
    "fourth of the week": (
        under("au", "Australia/Sydney", several(4, DAY, since=NOON, result="conversation")), "AU-FREQ-01: a contact after 3",
    ),
    "fourth of the month": (
        under("ie", "Europe/Dublin", several(4, DAY, since=LATE, result="conversation")), "IE-FREQ-01: unsolicited contact 4",
    ),
    "a friend in Hong Kong": (
        under("hk", "Asia/Hong_Kong", lambda forge: forge.permit(point=forge.other)), "HK-01|HOUSE-WHO-01",
    ),
    "dispute in Singapore": (
        under("sg", "Asia/Singapore", after(lambda forge: forge.hold("dispute", NOON - HOUR), purpose="dispute_reply")),
        "HOLD: dispute",
    ),
    "an agency that nobody listed": (several(1, HOUR, maker="grey"), "CN-OUT-03: grey|CN-OUT-02: grey|CN-ID-02: nobody told the debtor of grey"),
    "an agency that left the list": (after(off_the_list, maker="swift"), "CN-OUT-03: swift"),
    "an evaluation that lapsed": (several(1, HOUR, since=LAPSED, maker="swift"), "CN-OUT-02: swift"),
    "an exam that lapsed": (several(1, HOUR, since=LAPSED, maker="calm", staff="S2"), "CN-OUT-04: no exam of calm's S2"),
    "a collector without an exam": (several(1, HOUR, maker="calm", staff="S9"), "CN-OUT-04: no exam of calm's S9"),
    "our own collector's certificate that ended": (own_collector, "CN-OUT-04: no exam of lender"),
}  # fmt: skip


@pytest.mark.parametrize("module", [storm_checker, storm_rules, storm_abroad])
def test_the_checker_shares_no_code_with_what_it_checks(module):
    names = re.findall(r"^\s*(?:from|import)\s+(\S+)", Path(module.__file__).read_text(), re.MULTILINE)
    assert [name for name in names if name.startswith(("fairdue", "django"))] == []


def test_every_forged_violation_is_seen_and_only_that(forge):
    for case, (act, wanted) in (CASES | ABROAD).items():
        with forge.raw.transaction(force_rollback=True):
            act(forge)
            faults = forge.found()["faults"]
        every = wanted.split("|")
        assert all(any(each in fault for fault in faults) for each in every), (case, faults)
        rules = [each.split(":")[0] for each in every]
        assert all(any(rule in fault for rule in rules) for fault in faults), (case, faults)


def test_what_is_within_the_rules_is_no_violation(forge):
    hour = timedelta(hours=1)
    for number in range(3):
        forge.permit(NOON + number * hour, result="conversation")
        forge.permit(NOON + number * hour, result="conversation", point=forge.mobile, mode="announcement")
    forge.permit(NOON, channel="sms")
    forge.permit(NOON + 2 * hour, channel="sms")
    forge.say("opt_out", NOON + 3 * hour, channel="call")
    forge.say("agreed_hours", NOON + 4 * hour, detail='{"from": "20:00", "to": "23:30"}')
    forge.permit(NOON + 11 * hour, channel="visit", point=None)
    found = forge.found()
    assert (found["faults"], found["permits_checked"]) == ([], 9)


def test_what_left_without_a_permit_and_what_left_twice_are_seen(forge):
    once = forge.permit()
    assert forge.found(handed=[once])["permits_used_twice"] == 0
    assert forge.found(handed=[once, once])["permits_used_twice"] == 1
    forge.raw.execute(
        "INSERT INTO storm_carried (key, channel, recipient, subject, text) VALUES ('nobody', 'sms', '', '', 'x')"
    )
    assert forge.found()["sends_without_permit"] == 1
    forge.raw.execute(COUNTED_SQL, {
        "person": forge.person, "point": forge.mobile, "channel": "call", "purpose": "collect", "mode": "interactive",
        "result": "no_answer", "at": NOON, "permit": None, "maker": "lender",
    })  # fmt: skip
    assert forge.found()["sends_without_permit"] == 2
