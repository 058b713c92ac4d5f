"""A named reviewer confirms that a rule known from memory or reports says what its source says."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.loading.standing import UNREAD, documents_by_key, rule_digest
from fairdue.engine.law.packs import Pack
from fairdue.kernel.actor import Actor

from ..models import RuleConfirmation
from ..pack_contracts import ConfirmationCard
from ..queries.confirmations import card_of, latest_decisions
from ..rules import PackUnknown, shipped_pack
from .packs import publish

REVIEWER_ROLES = ("compliance", "legal")
SHORTEST_SOURCE = 8
"""Signs: less cannot name a text and where it was read."""


class ConfirmationRefused(ValueError):
    """The decision cannot be taken; `code` says why, nothing was changed."""

    code = "law.confirmation.refused"


class ReviewerUnfit(ConfirmationRefused):
    """Only a named member of staff of compliance or legal can confirm a rule."""

    code = "law.confirmation.reviewer"


class RuleUnknown(ConfirmationRefused):
    """The pack has no such rule."""

    code = "law.confirmation.rule_unknown"


class NothingToConfirm(ConfirmationRefused):
    """The rule needs no confirmation: its text was read, or it is the house's own."""

    code = "law.confirmation.not_needed"


class SourceMissing(ConfirmationRefused):
    """It was not said what was read, and where."""

    code = "law.confirmation.source_missing"


class AlreadyDecided(ConfirmationRefused):
    """The rule stands confirmed as it is now, or nothing is there to be withdrawn."""

    code = "law.confirmation.repeated"


def confirm_rule(*, pack: str, rule: str, source_seen: str, actor: Actor, now: datetime) -> ConfirmationCard:
    """This function will record that a reviewer has seen the source of a rule and found the rule in it.

    1. From then on the rule is in force by law, as long as it says the same; a changed rule needs another confirmation.
    2. The version of the pack that was read is published if it was not yet.

    :raises PermissionRefused: without `rules.confirm`
    :raises ConfirmationRefused: one of the kinds above
    :raises PackUnknown: if no such pack ships
    """
    return _decide("confirmed", pack=pack, rule=rule, source_seen=source_seen, actor=actor, now=now)


def withdraw_confirmation(
    *, pack: str, rule: str, reason: str, actor: Actor, now: datetime
) -> ConfirmationCard:
    """This function will take a confirmation back; the rule is policy of the house again, or binds nobody.

    :raises PermissionRefused: without `rules.confirm`
    :raises ConfirmationRefused: one of the kinds above
    :raises PackUnknown: if no such pack ships
    """
    return _decide("withdrawn", pack=pack, rule=rule, source_seen=reason, actor=actor, now=now)


@transaction.atomic
def _decide(
    decision: str, *, pack: str, rule: str, source_seen: str, actor: Actor, now: datetime
) -> ConfirmationCard:
    actor.require("rules.confirm")
    if actor.kind != "staff" or actor.id is None or actor.role not in REVIEWER_ROLES:
        raise ReviewerUnfit("only a named member of staff of compliance or legal can confirm a rule")
    loaded = shipped_pack(pack)
    _lock(pack, rule)
    said = _guarded(loaded, rule, decision, source_seen)
    publish(loaded, now)
    made = RuleConfirmation.objects.create(
        pack=pack, rule=rule, rule_sha256=said, pack_version=loaded.version, pack_sha256=loaded.sha256,
        evidence=documents_by_key(loaded.content)[rule]["evidence"], decision=decision,
        source_seen=source_seen.strip(), staff_id=actor.id, decided_by=actor.label[:120], role=actor.role, decided_at=now,
    )  # fmt: skip
    audit.record(
        code=f"law.rule.{decision}", actor=actor, subject_type="rule", subject_id=f"{pack}:{rule}", now=now,
        after={"version": loaded.identity, "rule_sha256": said, "source_seen": made.source_seen},
    )  # fmt: skip
    return card_of(made, is_current=True)


def _lock(pack: str, rule: str) -> None:
    """Decisions about one rule follow each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"law.rule:{pack}:{rule}"])


def _guarded(loaded: Pack, rule: str, decision: str, source_seen: str) -> str:
    """Return the digest of what the rule says, if the decision can be taken."""
    document = documents_by_key(loaded.content).get(rule)
    if document is None:
        raise RuleUnknown(f"pack {loaded.code} has no rule {rule}")
    if document["evidence"] not in UNREAD:
        raise NothingToConfirm(f"{rule} is graded {document['evidence']}: there is nothing to confirm")
    if len(source_seen.strip()) < SHORTEST_SOURCE:
        raise SourceMissing("say what was read: the text, its edition, where, which article")
    said = rule_digest(loaded.content, document)
    latest = latest_decisions().get((loaded.code, rule, said))
    is_confirmed = latest is not None and latest.decision == "confirmed"
    if is_confirmed is (decision == "confirmed"):
        standing = "stands confirmed" if is_confirmed else "is not confirmed"
        raise AlreadyDecided(f"{rule} {standing} as it is now")
    return said


__all__ = [
    "AlreadyDecided",
    "ConfirmationRefused",
    "NothingToConfirm",
    "PackUnknown",
    "ReviewerUnfit",
    "RuleUnknown",
    "SourceMissing",
    "confirm_rule",
    "withdraw_confirmation",
]
