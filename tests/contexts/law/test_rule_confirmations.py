"""A rule that nobody has read is policy of the house until a named reviewer has seen its source."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction

from fairdue.contexts.audit.models import Event
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law import rules
from fairdue.contexts.law.models import RuleConfirmation, RulePack
from fairdue.kernel.actor import Actor, PermissionRefused, system

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SOURCE = "中国银行业协会官网 2026-01-30 印发版全文，第12条，PDF 第7页"


def reviewer(role: str = "legal") -> Actor:
    """Return a member of staff of a role."""
    identity.create_staff(
        username=f"the-{role}", password="a-long-Password-7", display_name=f"{role} Chen", role=role, team_code=None,
        actor=system("test"), now=NOW, locale="en",
    )  # fmt: skip
    found = identity.actor_by_username(f"the-{role}")
    assert found is not None
    return found


def basis(rule: str, pack: str = "cn") -> str:
    return law.rule_standings(pack)[pack, rule].basis


@pytest.mark.django_db
def test_a_rule_known_from_reports_is_policy_of_the_house_until_confirmed_and_again_once_withdrawn():
    actor = reviewer()
    assert basis("CN-TIME-01") == "house_ahead"

    card = law.confirm_rule(pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=actor, now=NOW)

    assert (card.decided_by, card.role, card.decided_at, card.source_seen) == (
        "legal Chen",
        "legal",
        NOW,
        SOURCE,
    )
    assert basis("CN-TIME-01") == "law"
    assert basis("CN-TIME-02") == "house_ahead"
    law.withdraw_confirmation(
        pack="cn", rule="CN-TIME-01", reason="Read again: it is a draft.", actor=actor, now=NOW
    )
    assert basis("CN-TIME-01") == "house_ahead"
    assert [card.decision for card in law.confirmations("cn", "CN-TIME-01")] == ["withdrawn", "confirmed"]
    recorded = Event.objects.filter(subject_type="rule").order_by("id").values_list("code", "subject_id")
    assert list(recorded) == [
        ("law.rule.confirmed", "cn:CN-TIME-01"),
        ("law.rule.withdrawn", "cn:CN-TIME-01"),
    ]


@pytest.mark.django_db
def test_computing_rules_are_confirmed_too_and_the_version_read_is_published():
    law.confirm_rule(pack="cn", rule="CN-GRACE-01", source_seen=SOURCE, actor=reviewer("compliance"), now=NOW)
    assert basis("CN-GRACE-01") == "law"
    made = RuleConfirmation.objects.get()
    assert made.evidence == "memory"
    assert RulePack.objects.get(code="cn").sha256 == made.pack_sha256


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "source", "refusal"),
    [
        ("CN-TIME-99", SOURCE, law.RuleUnknown),
        ("CN-WHO-10", SOURCE, law.NothingToConfirm),
        ("CN-TIME-01", "  read  ", law.SourceMissing),
    ],
)
def test_what_cannot_be_confirmed_is_refused_and_nothing_is_kept(rule, source, refusal):
    with pytest.raises(refusal):
        law.confirm_rule(pack="cn", rule=rule, source_seen=source, actor=reviewer(), now=NOW)
    assert RuleConfirmation.objects.count() == 0


@pytest.mark.django_db
def test_only_a_named_person_of_compliance_or_legal_confirms():
    with pytest.raises(law.ReviewerUnfit):
        law.confirm_rule(pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=system("cli"), now=NOW)
    with pytest.raises(PermissionRefused):
        law.confirm_rule(
            pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=reviewer("supervisor"), now=NOW
        )
    with pytest.raises(law.PackUnknown):
        law.confirm_rule(pack="xx", rule="CN-TIME-01", source_seen=SOURCE, actor=reviewer(), now=NOW)
    assert RuleConfirmation.objects.count() == 0


@pytest.mark.django_db
def test_a_second_confirmation_and_an_empty_withdrawal_are_refused():
    actor = reviewer()
    with pytest.raises(law.AlreadyDecided):
        law.withdraw_confirmation(
            pack="cn", rule="CN-TIME-01", reason="never confirmed", actor=actor, now=NOW
        )
    law.confirm_rule(pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=actor, now=NOW)
    with pytest.raises(law.AlreadyDecided):
        law.confirm_rule(pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=actor, now=NOW)
    assert RuleConfirmation.objects.count() == 1


@pytest.mark.django_db
def test_a_rule_that_says_something_else_is_not_confirmed_by_an_earlier_reading():
    RuleConfirmation.objects.create(
        pack="cn", rule="CN-TIME-01", rule_sha256="0" * 64, pack_version="2026.1.1", pack_sha256="1" * 64,
        evidence="secondary", decision="confirmed", source_seen=SOURCE, staff_id=1, decided_by="Chen", role="legal",
        decided_at=NOW,
    )  # fmt: skip
    standing = law.rule_standings("cn")["cn", "CN-TIME-01"]
    assert (standing.basis, standing.confirmation.is_current) == ("house_ahead", False)


@pytest.mark.django_db
def test_a_check_and_its_computing_namesake_are_confirmed_apart():
    law.confirm_rule(pack="hk", rule="HK-02", source_seen=SOURCE, actor=reviewer(), now=NOW)
    assert (basis("HK-02", "hk"), basis("HK-02/computes", "hk")) == ("law", "house_ahead")


@pytest.mark.django_db
def test_the_database_keeps_confirmations_and_refuses_other_reviewers():
    law.confirm_rule(pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=reviewer(), now=NOW)
    made = RuleConfirmation.objects.get()
    for change in ("UPDATE law_ruleconfirmation SET source_seen = ''", "DELETE FROM law_ruleconfirmation"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    made.pk, made.role = None, "collector"
    with pytest.raises(IntegrityError, match="law_confirmation_by_reviewer"), transaction.atomic():
        made.save(force_insert=True)
    assert RuleConfirmation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_confirms():
    actors, outcomes = [reviewer("legal"), reviewer("compliance")], []
    together = threading.Barrier(2)

    def confirm(actor: Actor) -> None:
        together.wait()
        try:
            law.confirm_rule(pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=actor, now=NOW)
            outcomes.append("confirmed")
        except law.AlreadyDecided:
            outcomes.append("repeated")
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=confirm, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["confirmed", "repeated"]
    assert RuleConfirmation.objects.count() == 1


@pytest.mark.django_db
def test_what_the_house_does_not_adopt_binds_nobody_until_it_is_confirmed(monkeypatch):
    from dataclasses import replace

    cn, house = law.shipped_pack("cn"), law.shipped_pack("house")
    alone = replace(house, content={**house.content, "adopted": []})
    bound = rules._enforced((cn, alone))
    ids = {check.id for check in bound[0].checks}
    assert ids == {check.id for check in cn.checks if check.evidence == "primary"}
    law.confirm_rule(pack="cn", rule="CN-TIME-01", source_seen=SOURCE, actor=reviewer(), now=NOW)
    assert {check.id for check in rules._enforced((cn, alone))[0].checks} == ids | {"CN-TIME-01"}
    assert rules._enforced((cn, house)) == (cn, house)
