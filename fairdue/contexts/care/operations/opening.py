"""Open a matter: the law's request and hold follow at once, its clock runs from the moment it came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import Actor, system

from ..contracts import CareRefused, KindTerms, MatterCard
from ..lexicon import suggested
from ..models import LIVE, Matter
from ..queries.cards import card_of, number_of
from ..queries.clocks import clocks_of
from ..reference import terms_of
from ..sealing import WORDS, seal
from .noting import note

LONGEST = 5_000
"""Characters of what a person says at once."""
MOST_LIVE = 20
"""Open matters of one person: more are noise or a machine."""
LAW_STEPS = ("deadlines.record", "deadlines.view", "holds.place")


def open_matter(
    *,
    person_id: int,
    kind: str,
    account_ids: Sequence[int],
    words: str,
    channel: str,
    details: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    cause: str = "",
    reference: str = "",
    received_at: datetime | None = None,
    about_staff_ids: Sequence[int] = (),
    facts: Mapping[str, str] | None = None,
) -> MatterCard:
    """This function will take in what a person tells us, stop contacts where the kind asks for it, and start its clock.

    1. The clock runs from `received_at`, by the packs of the debts concerned; the days stand there.
    2. One debt, or all of them (none named); a debt of somebody else is refused.
    3. The same `reference` of the same person is one matter, however often it is sent.
    4. A complaint is also about whoever has the person's case: they do not handle it.
    5. Who opens it cannot be refused for want of a permission of the law: a borrower's word holds contacts.

    :raises PermissionRefused: for staff without `deadlines.record`
    :raises CareRefused: if kind, cause, debt, channel or words do not do
    """
    _require_opener(actor, person_id)
    terms = terms_of(kind)
    account_ids, accounts = _accounts(person_id, account_ids, actor)
    cause = cause or _cause_of(terms, actor)
    _check(terms, cause, words, channel, received_at, now)
    with transaction.atomic():
        law.lock_budget(person_id)
        if reference and (earlier := Matter.objects.filter(person_id=person_id, reference=reference).first()):
            return card_of(earlier, clocks_of([earlier], now)[earlier.pk], is_repeated=True)
        if Matter.objects.filter(person_id=person_id, state__in=LIVE).count() >= MOST_LIVE:
            raise CareRefused("care.matter.too_many", f"{MOST_LIVE} matters of this person are open already")
        row = Matter.objects.create(
            person_id=person_id, kind=kind, cause=cause, account_ids=list(account_ids), channel=channel,
            creditor_ids=sorted({card.creditor_id for card in accounts}), words_sealed=seal(words.strip(), WORDS),
            details=dict(details), suggestions=list(suggested(words)), reference=reference[:64],
            opened_at=received_at or now, opened_by_kind=actor.kind, opened_by_id=actor.id, opened_by=actor.label,
            about_staff_ids=sorted({*about_staff_ids, *_whose_case(person_id, kind)}),
        )  # fmt: skip
        start_clock(row, terms, actor=actor, now=now, received_at=row.opened_at, facts=facts)
        row.save(update_fields=["request_id", "hold_id", "deadline_id"])
        note(row, "opened", actor=actor, now=now, is_shared=True, facts={"cause": cause, "channel": channel})
    return card_of(row, clocks_of([row], now)[row.pk])


def start_clock(
    row: Matter,
    terms: KindTerms,
    *,
    actor: Actor,
    now: datetime,
    received_at: datetime,
    facts: Mapping[str, str] | None = None,
) -> None:
    """This function will let the law record the request on a locked matter: its clocks, and the hold of the kind."""
    by_law = actor.empowered(*LAW_STEPS)
    account_id = row.account_ids[0] if len(row.account_ids) == 1 else None
    wanted = _request_kind(row, terms.requests.get(row.cause, terms.code)) or _request_kind(row, terms.code)
    if wanted is None:
        if terms.is_held:
            row.hold_id = law.place_hold(
                person_id=row.person_id, kind=_HOLD_WITHOUT_CLOCK.get(terms.code, "internal"), reason=_summary(row),
                actor=by_law, now=now, account_id=account_id,
            )  # fmt: skip
        return
    taken = law.record_request(
        person_id=row.person_id, kind=wanted.code, channel=row.channel, summary=_summary(row), received_at=received_at,
        actor=by_law, now=now, account_id=account_id, facts=facts, is_held=terms.is_held,
    )  # fmt: skip
    row.request_id, row.hold_id = taken.request.request_id, taken.request.hold_id or row.hold_id
    duties = [
        card for card in taken.deadlines if card.nature == "duty" and card.status in ("running", "missed")
    ]
    duties.sort(key=lambda card: (card.kind.endswith("annotation"), card.due_at))
    row.deadline_id = duties[0].deadline_id if duties else None


_HOLD_WITHOUT_CLOCK = {kind: kind for kind in ("dispute", "complaint", "hardship", "vulnerability")}


def _request_kind(row: Matter, wanted: str) -> law.RequestKind | None:
    cards = book.account_cards(row.person_id)
    chosen = tuple(card for card in cards if not row.account_ids or card.account_id in row.account_ids)
    return next((each for each in law.request_kinds(chosen) if each.code == wanted), None)


def _summary(row: Matter) -> str:
    """What the law's record says: where the words stand, never the words."""
    return number_of(row.pk)


def _whose_case(person_id: int, kind: str) -> tuple[int, ...]:
    if kind != "complaint":
        return ()
    try:
        case = cases.case_of_person(person_id=person_id, actor=system("care"))
    except cases.NotInScope:
        return ()
    return (case.assigned_to_id,) if case.assigned_to_id else ()


def _require_opener(actor: Actor, person_id: int) -> None:
    if actor.kind != "borrower":
        actor.require("deadlines.record")
    elif actor.id != person_id:
        raise CareRefused("care.matter.person", "somebody else's matter")


def _cause_of(terms: KindTerms, actor: Actor) -> str:
    """Staff may leave the cause open: what was said stands in the words."""
    is_open = actor.kind != "borrower" and any(each.code == "other" for each in terms.causes)
    return "other" if is_open else ""


def _accounts(
    person_id: int, account_ids: Sequence[int], actor: Actor
) -> tuple[Sequence[int], tuple[book.AccountCard, ...]]:
    """Return the debts that are named, none for all of them, and their cards."""
    cards = book.account_cards(person_id, actor=None if actor.kind == "borrower" else actor)
    if len(account_ids) > 1 and set(account_ids) == {card.account_id for card in cards}:
        account_ids = ()
    if len(account_ids) > 1:
        raise CareRefused("care.matter.accounts", "it is about one debt or about all of them")
    if any(each not in {card.account_id for card in cards} for each in account_ids):
        raise CareRefused("care.matter.account", "the debt is not one of this person")
    if not cards and actor.kind != "borrower":
        raise CareRefused("care.matter.account", "the person has no debt in scope")
    return account_ids, tuple(card for card in cards if not account_ids or card.account_id in account_ids)


def _check(
    terms: KindTerms, cause: str, words: str, channel: str, received_at: datetime | None, now: datetime
) -> None:
    if terms.causes and cause not in {each.code for each in terms.causes}:
        raise CareRefused("care.matter.cause", f"{cause!r} is no cause of a {terms.code}")
    if not words.strip() and terms.code not in ("callback", "contact_limits"):
        raise CareRefused("care.matter.words_missing", "say in a sentence what it is about")
    if len(words) > LONGEST:
        raise CareRefused("care.matter.words_too_long", f"at most {LONGEST} characters")
    if channel not in {each.code for each in law.request_channels()}:
        raise CareRefused("care.matter.channel", f"{channel!r} is no way by which a matter comes in")
    if received_at is not None and received_at > now:
        raise CareRefused("care.matter.in_the_future", f"{received_at} lies after {now}")
