"""Run a period's contacts again, under the packs in force or a draft: what would break, whose, how much money."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

import polars as pl
from django.db.models import QuerySet

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import Pack
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.storage.bulk import read_columns

from ..models import Contact
from ..past import Judged, RulebookFor, judge_past
from ..replay_contracts import ReplayedContact, ReplayReport
from ..rules import in_force, rulebook_of

LISTED = 1_000
CONTACTS_AT_ONCE = 20_000
EVER = date(2000, 1, 1)
Progress = Callable[[int, int], None]


class PeriodWrong(ValueError):
    """The period ends before it begins."""

    code = "law.replay.period"


@dataclass(slots=True)
class _Tally:
    """Counts while contacts are judged; rows are kept up to the limit."""

    limit: int
    judged: int = 0
    broken: int = 0
    draft_broken: int = 0
    newly_broken: int = 0
    newly_allowed: int = 0
    row_count: int = 0
    persons: set[int] = field(default_factory=set)
    by_rule: Counter[str] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)
    by_maker: Counter[str] = field(default_factory=Counter)
    kept: list[Judged] = field(default_factory=list)

    def add(self, judged: Judged) -> None:
        now, then = judged.verdicts[0], judged.verdicts[-1]
        self.judged += 1
        self.broken += not now.is_allowed
        self.draft_broken += not then.is_allowed
        self.newly_broken += now.is_allowed and not then.is_allowed
        self.newly_allowed += then.is_allowed and not now.is_allowed
        if not then.is_allowed:
            self.persons.add(judged.contact.person_id)
            self.by_rule.update(then.rule_ids)
            self.by_channel[judged.contact.channel] += 1
            self.by_maker[judged.contact.made_by] += 1
        if not then.is_allowed or not now.is_allowed:
            self.row_count += 1
            self.kept.append(judged)

    def cut(self) -> None:
        """Keep the earliest rows, those of which the draft judges otherwise first."""
        is_same = {
            each.contact.pk: each.verdicts[0].is_allowed == each.verdicts[-1].is_allowed for each in self.kept
        }
        self.kept.sort(key=lambda each: (is_same[each.contact.pk], each.contact.occurred_at, each.contact.pk))
        del self.kept[self.limit :]


def replay(
    *,
    since: datetime,
    until: datetime,
    actor: Actor,
    now: datetime,
    drafts: Sequence[Pack] = (),
    as_if: date | None = None,
    limit: int = LISTED,
    progress: Progress | None = None,
) -> ReplayReport:
    """This function will judge every contact of a period again and say what would break; nothing is written.

    1. From `since`, included, to `until`, excluded, of the lender and all agencies, each with the facts of its own
       moment; a contact is judged against what really happened before it.
    2. A draft replaces the pack of its code; a draft of a code that ships nowhere binds everybody. Its rules count as
       if confirmed.
    3. With `as_if` the drafts' rules and values of that day count for the whole period, whatever their own days.
    4. Money behind it: what the persons concerned owe today, on debts in the actor's scope.

    :raises PeriodWrong: if the period is empty
    :raises PermissionRefused: without `permits.view`
    """
    actor.require("permits.view")
    if until <= since:
        raise PeriodWrong("the period ends before it begins")
    rulebooks: list[RulebookFor] = [rulebook_of]
    if drafts:
        rulebooks.append(_with_drafts(tuple(_dated(pack, as_if) for pack in drafts)))
    tally, total, done = _Tally(limit=limit), _scope(since, until, actor).count(), 0
    for part in _contacts(since, until, actor):
        for judged in judge_past(part, rulebooks=rulebooks):
            tally.add(judged)
        tally.cut()
        done += len(part)
        if progress:
            progress(done, total)
    return _report(tally, total, since, until, as_if, drafts, actor, business_date(now))


def _scope(since: datetime, until: datetime, actor: Actor) -> QuerySet[Contact]:
    """Return the period's contacts; an actor with a scope sees those made for its creditors' groups."""
    found = Contact.objects.filter(occurred_at__gte=since, occurred_at__lt=until)
    if actor.creditor_ids is None:
        return found
    groups = sorted({re.escape(card.institution_group) for card in book.creditors(actor)})
    return (
        found.filter(institution_group__regex=f"(^|,)({'|'.join(groups)})(,|$)") if groups else found.none()
    )


def _contacts(since: datetime, until: datetime, actor: Actor) -> Iterator[list[Contact]]:
    """Yield the contacts of whole persons, some at a time, so that a person's history is read once."""
    rows = _scope(since, until, actor).order_by("person_id", "id")
    part: list[Contact] = []
    for contact in rows.iterator(chunk_size=5_000):
        if len(part) >= CONTACTS_AT_ONCE and contact.person_id != part[-1].person_id:
            yield part
            part = []
        part.append(contact)
    if part:
        yield part


def _with_drafts(drafts: tuple[Pack, ...]) -> RulebookFor:
    """Return what binds under some jurisdictions when drafts stand in for the packs of their codes."""
    by_code = {pack.code: pack for pack in drafts}
    known = {
        *in_force()["always"],
        *(code for codes in in_force()["jurisdictions"].values() for code in codes),
    }
    everywhere = tuple(pack for code, pack in by_code.items() if code not in known)

    @lru_cache(maxsize=64)
    def rulebook(bound: frozenset[str]) -> Rulebook:
        packs = rulebook_of(bound).packs
        return Rulebook((*(by_code.get(pack.code, pack) for pack in packs), *everywhere))

    return rulebook


def _dated(pack: Pack, as_if: date | None) -> Pack:
    """Return a pack whose rules of one day are its rules of every day."""
    if as_if is None:
        return pack
    checks = tuple(
        replace(check, effective_from=EVER, effective_to=None)
        for check in pack.checks
        if check.effective_from <= as_if and (check.effective_to is None or as_if <= check.effective_to)
    )
    return replace(pack, checks=checks)


def _report(
    tally: _Tally,
    total: int,
    since: datetime,
    until: datetime,
    as_if: date | None,
    drafts: Sequence[Pack],
    actor: Actor,
    money_date: date,
) -> ReplayReport:
    balance, overdue = _money(tally.persons, actor, money_date)
    return ReplayReport(
        since=since, until=until, as_if=as_if, packs=rulebook_of(frozenset()).versions,
        drafts={pack.code: pack.version for pack in drafts}, contacts=total, judged=tally.judged,
        passed_over=total - tally.judged, broken=tally.broken, draft_broken=tally.draft_broken,
        newly_broken=tally.newly_broken, newly_allowed=tally.newly_allowed, persons=len(tally.persons),
        by_rule=dict(tally.by_rule.most_common()), by_channel=dict(tally.by_channel.most_common()),
        by_maker=dict(tally.by_maker.most_common()), balance=balance, overdue=overdue, money_date=money_date,
        rows=_rows(sorted(tally.kept, key=lambda each: (each.contact.occurred_at, each.contact.pk))),
        row_count=tally.row_count,
    )  # fmt: skip


_MONEY = {"currency": pl.String, "balance_minor": pl.Int64, "overdue_minor": pl.Int64}


def _money(person_ids: set[int], actor: Actor, on: date) -> tuple[tuple[Money, ...], tuple[Money, ...]]:
    """Return what some persons owe, and how much of it is overdue, one sum per currency."""
    if not person_ids:
        return (), ()
    scope = "" if actor.creditor_ids is None else " AND creditor_id = ANY(%s)"
    parameters: list[object] = [sorted(person_ids)]
    if actor.creditor_ids is not None:
        parameters.append(sorted(actor.creditor_ids))
    facts = ledger.state_facts_sql(as_of=on).replace("%", "%%")
    found = read_columns(
        "SELECT currency, sum(balance_minor)::bigint, sum(overdue_minor)::bigint"
        f" FROM ({facts}) state WHERE person_id = ANY(%s){scope} GROUP BY currency ORDER BY currency",
        _MONEY,
        parameters,
    )
    rows = list(found.iter_rows())
    return tuple(Money(row[1], row[0]) for row in rows), tuple(Money(row[2], row[0]) for row in rows)


def _rows(kept: Iterable[Judged]) -> tuple[ReplayedContact, ...]:
    listed = list(kept)
    person_ids = {each.contact.person_id for each in listed}
    persons, points = parties.person_cards(person_ids), parties.contact_points_of(person_ids)
    values = {point.contact_point_id: point.value_masked for cards in points.values() for point in cards}
    return tuple(
        ReplayedContact(
            contact_id=each.contact.pk, person_id=each.contact.person_id,
            name_masked=persons[each.contact.person_id].name_masked,
            value_masked=values.get(each.contact.contact_point_id or 0, ""), made_by=each.contact.made_by,
            channel=each.contact.channel, mode=each.contact.mode, result=each.contact.result,
            occurred_at=each.contact.occurred_at, had_permit=each.contact.permit_id is not None,
            outcome=each.verdicts[0].outcome, draft_outcome=each.verdicts[-1].outcome,
            rule_ids=each.verdicts[-1].rule_ids,
            reasons=tuple(reason.as_json() for reason in each.verdicts[-1].reasons or each.verdicts[0].reasons),
        )
        for each in listed
    )  # fmt: skip
