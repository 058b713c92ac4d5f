"""A published version never changes, is named with its digest, and can be judged by again."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import RulePack
from fairdue.contexts.law.operations.packs import publish
from fairdue.engine.law.packs import Pack, digest, pack_of
from fairdue.engine.law.trying import try_case
from fairdue.kernel.actor import system

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CALLS = [f"2026-05-12T{hour}:00:00+08:00" for hour in ("09", "10")]
CALL = {
    "channel": "call", "mode": "interactive", "is_online": True, "at": "2026-05-12T15:00:00+08:00", "conversations": CALLS,
}  # fmt: skip


def later_version(change) -> Pack:
    """Return the Chinese pack as a next version, changed."""
    content = copy.deepcopy(dict(law.shipped_pack("cn").content))
    content["pack"]["version"] = "2027.1.1"
    change(content)
    return pack_of(content)


def stricter(content) -> None:
    parameter = next(item for item in content["parameters"] if item["id"] == "conversation.per_day")
    parameter["values"][0]["value"] = 2


@pytest.mark.django_db
def test_every_shipped_pack_is_published_once_with_the_digest_of_all_it_says():
    assert law.load_rule_packs(actor=system("test"), now=NOW) == 12
    assert law.load_rule_packs(actor=system("test"), now=NOW) == 0
    for row in RulePack.objects.all():
        assert digest(row.content) == row.sha256
    assert len(RulePack.objects.get(code="cn").content["numbers"]) > 50


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["numbers", "checks", "parameters", "sources", "tests"])
def test_a_changed_text_under_a_published_version_is_refused(kind):
    law.load_rule_packs(actor=system("test"), now=NOW)
    shipped = law.shipped_pack("cn")
    content = copy.deepcopy(dict(shipped.content))
    content[kind][0]["title"] = content[kind][0]["title"] | {"zh": "改"} if kind != "tests" else "改"
    with pytest.raises(law.PackChanged, match="was published with other content"):
        publish(pack_of(content), NOW)
    assert RulePack.objects.get(code="cn").sha256 == shipped.sha256


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_published_version():
    law.load_rule_packs(actor=system("test"), now=NOW)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE law_rulepack SET version = '1'")


@pytest.mark.django_db
def test_old_and_new_versions_judge_side_by_side_each_as_it_said():
    old, new = law.shipped_pack("cn"), later_version(stricter)
    publish(old, NOW)
    publish(new, NOW)
    publish(law.shipped_pack("house"), NOW)
    house = law.shipped_pack("house").identity

    before = try_case(CALL, law.published_rulebook({"cn": old.identity, "house": house}))
    after = try_case(CALL, law.published_rulebook({"cn": "2027.1.1", "house": house}))

    assert (before.outcome, after.outcome) == ("allow", "defer")
    assert (after.reasons[0].rule_id, after.reasons[0].version) == ("CN-FREQ-02", "2027.1.1")
    listed = [(row.version, row.identity) for row in law.published_packs("cn")]
    assert listed == [("2027.1.1", new.identity), (old.version, old.identity)]


@pytest.mark.django_db
def test_a_version_that_was_never_published_or_was_altered_is_refused():
    shipped = law.shipped_pack("hk")
    with pytest.raises(law.PackUnknown):
        law.published_pack("hk", shipped.version)
    publish(shipped, NOW)
    assert law.published_pack("hk", shipped.identity).sha256 == shipped.sha256
    with pytest.raises(law.PackAltered, match="not as 000000000000"):
        law.published_pack("hk", f"{shipped.version}@000000000000")
    RulePack.objects.create(
        code="hk", version="2027.1.1", sha256="0" * 64, content=dict(shipped.content), loaded_at=NOW
    )
    with pytest.raises(law.PackAltered, match="was altered"):
        law.published_pack("hk", "2027.1.1")


def test_decisions_name_version_and_digest():
    assert law.pack_versions() == {code: law.shipped_pack(code).identity for code in ("cn", "house")}
    assert (
        law.pack_versions()["cn"] == f"{law.shipped_pack('cn').version}@{law.shipped_pack('cn').sha256[:12]}"
    )


def test_another_number_is_another_digest():
    def change(content) -> None:
        content["numbers"][0]["citation"] += " art. 1"

    assert later_version(change).sha256 != later_version(lambda content: None).sha256
    assert replace(law.shipped_pack("cn"), coverage=()).sha256 == law.shipped_pack("cn").sha256
