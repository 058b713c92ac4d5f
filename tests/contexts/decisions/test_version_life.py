"""A version goes through its life step by step, with a second person in it, and is never altered on the way."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import DatabaseError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.kernel.actor import Actor, PermissionRefused, system

NOW = datetime(2025, 10, 9, 18, 0, tzinfo=UTC)
PACK = Path(__file__).parents[3] / "packs/strategies/reminders-cn/strategy.yaml"
CODE = "small"

pytestmark = pytest.mark.django_db


def person(number: int, role: str) -> Actor:
    return Actor(
        kind="staff", id=number, label=f"{role}-{number}", role=role, permissions=PERMISSIONS_BY_ROLE[role]
    )


ANN, BOB = person(1, "strategist"), person(2, "strategist")
SUE = person(3, "supervisor")


def document(version: str = "2026.1", rank: int = 5, **more: Any) -> dict[str, Any]:
    return {
        "code": CODE,
        "version": version,
        "title": {"zh": "小", "en": "small"},
        "inputs": [{"name": "days_past_due", "type": "integer"}],
        "decisions": [
            {
                "id": "next_step",
                "title": {"zh": "下一步", "en": "next step"},
                "hit_policy": "FIRST",
                "inputs": [{"name": "days_past_due", "type": "integer"}],
                "outputs": [
                    {"name": "step", "type": "text", "allowed": ["call", "none"]},
                    {"name": "rank", "type": "integer", "default": 0},
                ],
                "rows": [
                    {
                        "id": "late-call",
                        "title": {"zh": "致电", "en": "call"},
                        "when": {"days_past_due": ">= 5"},
                        "then": {"step": "call", "rank": rank},
                    },
                    {
                        "id": "wait",
                        "title": {"zh": "等待", "en": "wait"},
                        "when": {},
                        "then": {"step": "none"},
                    },
                ],
            }
        ],
        "result": "next_step",
    } | more


def broken() -> dict[str, Any]:
    found = document()
    found["decisions"][0]["rows"][0]["when"] = {"days_past_due": ">= soon"}
    return found


@pytest.fixture(autouse=True)
def no_findings(monkeypatch: pytest.MonkeyPatch) -> list[decisions.FindingCard]:
    """What the checks find beyond faults is theirs to test; here it is what each test says."""
    from fairdue.contexts.decisions import findings

    found: list[decisions.FindingCard] = []
    monkeypatch.setattr(findings, "checked", lambda strategy: tuple(found))
    return found


def draft(actor: Actor = ANN, **more: Any) -> decisions.StrategyCard:
    return decisions.save_draft(code=CODE, document=document(**more), actor=actor, now=NOW)


def step(name: str, strategy_id: int, actor: Actor) -> Any:
    return getattr(decisions, name)(strategy_id=strategy_id, actor=actor, now=NOW)


STEPS = (
    ("check_version", ANN),
    ("start_shadow", ANN),
    ("approve_version", SUE),
    ("publish_version", ANN),
    ("retire_version", ANN),
)
STATUSES = ("draft", "checked", "shadow", "approved", "published", "retired")


def version_at(status: str, version: str = "2026.1", actor: Actor = ANN) -> decisions.StrategyCard:
    card = draft(actor, version=version)
    for name, who in STEPS[: STATUSES.index(status)]:
        step(name, card.strategy_id, who)
    return decisions.strategy_by_id(card.strategy_id)


def test_a_version_lives_from_draft_to_retired_and_every_step_is_audited() -> None:
    card = draft()
    seen = [card.status]
    for name, who in STEPS:
        step(name, card.strategy_id, who)
        seen.append(decisions.strategy_by_id(card.strategy_id).status)
    assert seen == list(STATUSES)
    codes = [event.code.rsplit(".", 1)[1] for event in reversed(audit.events(subject_type="strategy"))]
    assert codes == ["draft_saved", "checked", "shadowed", "approved", "published", "retired"]
    done = decisions.strategy_by_id(card.strategy_id)
    assert (done.author, done.approved_by, done.origin) == ("strategist-1", "supervisor-3", "desk")
    assert done.content == document() and done.author_ids == {1}


ALLOWED = {
    ("draft", "check_version"),
    ("checked", "start_shadow"),
    ("shadow", "approve_version"),
    ("approved", "publish_version"),
    *((status, "retire_version") for status in ("checked", "shadow", "approved", "published")),
}
REPEATED = {("shadow", "start_shadow"), ("published", "publish_version"), ("retired", "retire_version")} | {
    (status, "check_version") for status in STATUSES[1:]
}
FORBIDDEN = [
    (status, name) for status in STATUSES for name, _ in STEPS if (status, name) not in ALLOWED | REPEATED
]


@pytest.mark.parametrize(("status", "name"), FORBIDDEN)
def test_a_step_out_of_order_is_refused_and_nothing_changes(status: str, name: str) -> None:
    card = version_at(status)
    before = len(audit.events(subject_type="strategy"))
    with pytest.raises(decisions.StrategyStepRefused, match=f"is {status}"), transaction.atomic():
        step(name, card.strategy_id, SUE if name == "approve_version" else ANN)
    assert decisions.strategy_by_id(card.strategy_id) == card
    assert len(audit.events(subject_type="strategy")) == before


@pytest.mark.parametrize(("status", "name"), sorted(REPEATED))
def test_a_step_that_was_made_before_is_made_once(status: str, name: str) -> None:
    card = version_at(status)
    before = len(audit.events(subject_type="strategy"))
    step(name, card.strategy_id, ANN)
    assert decisions.strategy_by_id(card.strategy_id) == card
    assert len(audit.events(subject_type="strategy")) == before


def test_nobody_approves_what_they_wrote_in_whatever_role() -> None:
    card = version_at("shadow")
    promoted = person(1, "supervisor")
    for same in (ANN, promoted):
        with pytest.raises(decisions.ApproverIsAuthor), transaction.atomic():
            step("approve_version", card.strategy_id, same)
    assert decisions.strategy_by_id(card.strategy_id).status == "shadow"
    assert step("approve_version", card.strategy_id, BOB).status == "approved"


def test_whoever_saved_a_draft_once_is_an_author_of_it() -> None:
    card = draft(ANN)
    second = decisions.save_draft(
        code=CODE,
        document=document(rank=6),
        draft_id=card.strategy_id,
        expected_sha256=card.sha256,
        actor=BOB,
        now=NOW,
    )
    assert second.author_ids == {1, 2}
    step("check_version", card.strategy_id, ANN)
    step("start_shadow", card.strategy_id, ANN)
    with pytest.raises(decisions.ApproverIsAuthor), transaction.atomic():
        step("approve_version", card.strategy_id, BOB)


def test_a_copy_of_what_nobody_approved_keeps_its_authors() -> None:
    unseen, seen = version_at("checked", "2026.1"), version_at("approved", "2026.5")
    copies = [
        decisions.save_draft(
            code=CODE, document=card.content, base_version_id=card.strategy_id, actor=BOB, now=NOW
        )
        for card in (unseen, seen)
    ]
    assert [card.author_ids for card in copies] == [{1, 2}, {2}]
    assert [card.version for card in copies] == ["2026.2", "2026.6"]


def test_a_program_is_no_second_person() -> None:
    card = version_at("shadow")
    with pytest.raises(decisions.ApproverIsNobody), transaction.atomic():
        step("approve_version", card.strategy_id, system("cron"))
    assert decisions.strategy_by_id(card.strategy_id).status == "shadow"


@pytest.mark.parametrize("change", [{"approved_by_id": 1}, {"approved_by_id": None}])
def test_the_database_itself_refuses_an_approval_by_the_author_or_by_nobody(change: dict[str, Any]) -> None:
    card = version_at("shadow")
    with pytest.raises(DatabaseError), transaction.atomic():
        StrategyVersion.objects.filter(pk=card.strategy_id).update(status="approved", **change)
    assert decisions.strategy_by_id(card.strategy_id).status == "shadow"


@pytest.mark.parametrize("status", STATUSES[1:])
@pytest.mark.parametrize(
    "change", [{"content": {}}, {"version": "x"}, {"sha256": "0"}, {"author_ids": []}, {"status": "draft"}]
)
def test_the_database_refuses_to_alter_a_version_from_its_check_on(
    status: str, change: dict[str, Any]
) -> None:
    card = version_at(status)
    with pytest.raises(DatabaseError, match=f"is {status}: UPDATE refused"), transaction.atomic():
        StrategyVersion.objects.filter(pk=card.strategy_id).update(**change)
    with pytest.raises(DatabaseError, match=f"is {status}: DELETE refused"), transaction.atomic():
        StrategyVersion.objects.filter(pk=card.strategy_id).delete()
    assert decisions.strategy_by_id(card.strategy_id) == card


def test_the_database_refuses_to_skip_a_step() -> None:
    for version, (status, wanted) in enumerate(
        (("draft", "shadow"), ("checked", "approved"), ("shadow", "published"))
    ):
        card = version_at(status, f"2026.{version + 1}")
        with pytest.raises(DatabaseError, match="UPDATE refused"), transaction.atomic():
            StrategyVersion.objects.filter(pk=card.strategy_id).update(status=wanted, approved_by_id=3)


def test_a_published_version_retires_the_one_before() -> None:
    first, second = version_at("published", "2026.1"), version_at("published", "2026.2")
    assert [(card.version, card.status) for card in decisions.strategy_versions(CODE)] == [
        ("2026.2", "published"),
        ("2026.1", "retired"),
    ]
    assert decisions.published_strategy(CODE).strategy_id == second.strategy_id != first.strategy_id


def test_a_draft_that_was_saved_meanwhile_is_not_overwritten() -> None:
    card = draft()
    save = {"code": CODE, "draft_id": card.strategy_id, "now": NOW}
    decisions.save_draft(document=document(rank=6), expected_sha256=card.sha256, actor=BOB, **save)
    for expected in (card.sha256, None):
        with pytest.raises(decisions.StrategyChangedMeanwhile, match="strategist-2"), transaction.atomic():
            decisions.save_draft(document=document(rank=7), expected_sha256=expected, actor=ANN, **save)
    stored = decisions.strategy_by_id(card.strategy_id)
    assert stored.content["decisions"][0]["rows"][0]["then"]["rank"] == 6 and stored.author == "strategist-2"


def test_the_same_content_again_changes_nothing() -> None:
    card = draft()
    again = decisions.save_draft(
        code=CODE,
        document=document(),
        draft_id=card.strategy_id,
        expected_sha256=card.sha256,
        actor=BOB,
        now=NOW,
    )
    assert again == card and len(audit.events(code="decisions.strategy.draft_saved")) == 1


@pytest.mark.parametrize("status", STATUSES[1:])
def test_what_is_no_draft_is_neither_saved_over_nor_deleted(status: str) -> None:
    card = version_at(status)
    with pytest.raises(decisions.StrategyNotWritable), transaction.atomic():
        decisions.save_draft(
            code=CODE,
            document=document(rank=9),
            draft_id=card.strategy_id,
            expected_sha256=card.sha256,
            actor=ANN,
            now=NOW,
        )
    with pytest.raises(decisions.StrategyNotWritable), transaction.atomic():
        decisions.delete_draft(draft_id=card.strategy_id, actor=ANN, now=NOW)
    assert decisions.strategy_by_id(card.strategy_id) == card


def test_a_draft_is_deleted_and_the_audit_keeps_that() -> None:
    card = draft()
    decisions.delete_draft(draft_id=card.strategy_id, actor=ANN, now=NOW)
    with pytest.raises(decisions.StrategyUnknown):
        decisions.strategy_by_id(card.strategy_id)
    assert len(audit.events(code="decisions.strategy.draft_deleted")) == 1


def test_a_version_that_exists_is_not_given_twice() -> None:
    draft()
    with pytest.raises(decisions.StrategyVersionTaken), transaction.atomic():
        draft(BOB)
    assert len(decisions.strategy_versions(CODE)) == 1


@pytest.mark.parametrize("unusable", [[], "text", {"code": "other"}])
def test_what_is_no_document_of_the_strategy_is_refused(unusable: Any) -> None:
    with pytest.raises(decisions.StrategyDocumentUnusable), transaction.atomic():
        decisions.save_draft(code=CODE, document=unusable, actor=ANN, now=NOW)
    assert decisions.strategies() == ()


def test_errors_keep_a_version_a_draft_and_say_where_they_are() -> None:
    card = decisions.save_draft(code=CODE, document=broken(), actor=ANN, now=NOW)
    checked = step("check_version", card.strategy_id, ANN)
    assert not checked.is_publishable and checked.strategy.status == "draft"
    assert [(found.severity, found.row_ids) for found in checked.findings] == [("error", ("late-call",))]
    assert decisions.version_findings(card.strategy_id) == checked.findings


def test_warnings_wait_until_somebody_acknowledges_them(no_findings: list[decisions.FindingCard]) -> None:
    no_findings.append(
        decisions.FindingCard(
            kind="gap",
            severity="warning",
            decision="next_step",
            row_ids=(),
            message_zh="缺口",
            message_en="a gap",
            example={"days_past_due": 3},
        )
    )
    card = draft()
    assert not step("check_version", card.strategy_id, ANN).is_publishable
    assert decisions.strategy_by_id(card.strategy_id).status == "draft"
    checked = decisions.check_version(strategy_id=card.strategy_id, acknowledge=True, actor=ANN, now=NOW)
    assert checked.is_publishable and checked.strategy.status == "checked"
    assert StrategyVersion.objects.get(pk=card.strategy_id).acknowledged_by_id == 1
    assert decisions.version_findings(card.strategy_id) == tuple(no_findings)


def test_a_check_closes_only_what_was_read() -> None:
    card = draft()
    with pytest.raises(decisions.StrategyChangedMeanwhile):
        decisions.check_version(strategy_id=card.strategy_id, expected_sha256="0", actor=ANN, now=NOW)
    assert decisions.strategy_by_id(card.strategy_id).status == "draft"


@pytest.mark.parametrize("name", [name for name, _ in STEPS])
def test_who_may_not_does_not(name: str) -> None:
    card = draft()
    for role in ("collector", "risk", "compliance", "administrator", "finance"):
        with pytest.raises(PermissionRefused), transaction.atomic():
            step(name, card.strategy_id, person(9, role))
    assert decisions.strategy_by_id(card.strategy_id) == card


def test_a_supervisor_approves_but_neither_writes_nor_publishes() -> None:
    card = version_at("approved")
    refused: list[Callable[[], Any]] = [
        lambda: draft(SUE, version="2026.9"),
        lambda: step("start_shadow", card.strategy_id, SUE),
        lambda: step("publish_version", card.strategy_id, SUE),
        lambda: step("retire_version", card.strategy_id, SUE),
    ]
    for attempt in refused:
        with pytest.raises(PermissionRefused), transaction.atomic():
            attempt()
    assert decisions.strategy_by_id(card.strategy_id).status == "approved"


def test_no_member_of_staff_loads_a_strategy_past_its_second_person() -> None:
    shipped = copy.deepcopy(yaml.safe_load(PACK.read_text("utf-8")))
    with pytest.raises(PermissionRefused), transaction.atomic():
        decisions.load_strategy(document=shipped, actor=ANN, now=NOW)
    assert decisions.strategies() == ()
