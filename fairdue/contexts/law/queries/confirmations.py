"""Which rules were confirmed, by whom, and by what each rule is in force."""

from __future__ import annotations

from datetime import datetime

from fairdue.engine.law.loading.standing import adopted_keys, basis_of, documents_by_key, rule_digest
from fairdue.engine.law.packs import Pack

from ..models import RuleConfirmation
from ..pack_contracts import ConfirmationCard, RuleStanding
from ..rules import shipped_packs

Key = tuple[str, str, str]
"""Pack, key of the rule, digest of what it says."""


def latest_decisions(known_at: datetime | None = None) -> dict[Key, RuleConfirmation]:
    """This function will return the latest decision about each rule as it was said, as known at a moment."""
    found = RuleConfirmation.objects.order_by("id")
    if known_at is not None:
        found = found.filter(decided_at__lte=known_at)
    return {(made.pack, made.rule, made.rule_sha256): made for made in found}


def confirmed_keys(known_at: datetime | None = None) -> frozenset[Key]:
    """This function will return every rule that stands confirmed, with the digest of what it said."""
    return frozenset(key for key, made in latest_decisions(known_at).items() if made.decision == "confirmed")


def confirmations(pack: str, rule: str) -> tuple[ConfirmationCard, ...]:
    """This function will return every decision about a rule, newest first."""
    now_said = _digests(shipped_packs()).get((pack, rule))
    made = RuleConfirmation.objects.filter(pack=pack, rule=rule).order_by("-id")
    return tuple(card_of(one, is_current=one.rule_sha256 == now_said) for one in made)


def rule_standings(pack: str = "") -> dict[tuple[str, str], RuleStanding]:
    """This function will say of every rule of the shipped packs, or of one of them, by what it is in force."""
    packs = shipped_packs()
    adopted, decisions = adopted_keys(packs), latest_decisions()
    confirmed = {key for key, made in decisions.items() if made.decision == "confirmed"}
    latest = {(made.pack, made.rule): made for made in sorted(decisions.values(), key=lambda made: made.pk)}
    standings = {}
    for loaded in packs:
        for rule, document in documents_by_key(loaded.content).items() if pack in ("", loaded.code) else ():
            made = latest.get((loaded.code, rule))
            said = rule_digest(loaded.content, document) if made else ""
            standings[loaded.code, rule] = RuleStanding(
                pack=loaded.code, rule=rule, evidence=document["evidence"],
                basis=basis_of(loaded, rule, document, adopted=adopted, confirmed=confirmed),
                confirmation=card_of(made, is_current=made.rule_sha256 == said) if made else None,
            )  # fmt: skip
    return standings


def _digests(packs: tuple[Pack, ...]) -> dict[tuple[str, str], str]:
    return {
        (pack.code, rule): rule_digest(pack.content, document)
        for pack in packs
        for rule, document in documents_by_key(pack.content).items()
    }


def card_of(made: RuleConfirmation, *, is_current: bool) -> ConfirmationCard:
    """Return a decision as a card."""
    return ConfirmationCard(
        pack=made.pack, rule=made.rule, rule_sha256=made.rule_sha256, pack_version=made.pack_version,
        evidence=made.evidence, decision=made.decision, source_seen=made.source_seen, decided_by=made.decided_by,
        role=made.role, decided_at=made.decided_at, is_current=is_current,
    )  # fmt: skip
