"""`fairdue audit` and `fairdue staff`: what they print, and what their exit status says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.audit import facade as audit
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import system

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)


def fairdue(*arguments: str, **more):
    return CliRunner().invoke(build(), arguments, **more)


def note() -> int:
    return audit.record(
        code="cases.note.added", actor=system("test"), subject_type="cases.case", subject_id=1, now=NOW
    )


def test_an_intact_record_ends_with_zero_and_one_json_object():
    note()
    sealed = json.loads(fairdue("audit", "seal", "--json").stdout)
    assert (sealed["sealed"], sealed["block"]["number"], sealed["block"]["event_count"]) == (True, 1, 1)
    result = fairdue("audit", "verify", "--json", "--head", sealed["block"]["hash"])
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["is_intact"], report["events"], report["unsealed"]) == (True, 2, 0)
    assert (report["findings"], report["head"]) == ([], sealed["block"]["hash"])


def test_an_altered_record_ends_with_one_and_names_the_row():
    event_id = note()
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_event disable trigger audit_event_append_only")
        cursor.execute("update audit_event set reason = 'x' where id = %s", [event_id])
        cursor.execute("alter table audit_event enable trigger audit_event_append_only")
    result = fairdue("audit", "verify")
    assert result.exit_code == 1
    assert f"event {event_id}: its content does not give its digest" in result.stderr
    found = json.loads(fairdue("audit", "verify", "--json").stdout)
    assert (found["is_intact"], found["finding_count"]) == (False, 1)


def test_sealing_twice_says_that_there_was_nothing():
    note()
    assert fairdue("audit", "seal").exit_code == 0
    assert json.loads(fairdue("audit", "seal", "--json").stdout) == {"sealed": False, "block": None}


def test_staff_are_created_and_listed():
    identity.ensure_team(code="cards", name="Cards", creditor_ids=[3])
    result = fairdue(
        "staff", "create", "li.na", "--role", "collector", "--name", "Li Na", "--team", "cards", "--json",
        env={"FAIRDUE_PASSWORD": "a long enough pass phrase"},
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "pass phrase" not in result.output
    (card,) = json.loads(fairdue("staff", "list", "--json").stdout)["staff"]
    assert (card["username"], card["role"], card["team_code"]) == ("li.na", "collector", "cards")


def test_a_refused_creation_ends_with_two_and_says_why():
    result = fairdue(
        "staff", "create", "li.na", "--role", "king", "--name", "x", env={"FAIRDUE_PASSWORD": "pass phrase 1"}
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert json.loads(fairdue("staff", "list", "--json").stdout) == {"staff": []}
