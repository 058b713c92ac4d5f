"""The gate's word without any effect: for one contact, for all ways of reaching a person, for millions of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from fairdue.contexts.parties.facade import ContactPointCard
from fairdue.engine.law.explaining import explain, used
from fairdue.engine.law.judging import Judgement, judge
from fairdue.engine.law.jurisdictions import parts as parts_of
from fairdue.engine.law.one_row import verdict_of
from fairdue.engine.law.trying import try_case
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor

from ..batch_gate import judge_lines
from ..contracts import ChannelVerdict
from ..facts import Known, PersonFacts, Proposal, gather
from ..rows import candidate_row, candidates
from ..rules import rulebook_of

VISITORS = 2
"""A look ahead supposes that as many go as must."""
CHANNELS_OF = {
    "mobile": ("call", "sms"),
    "landline": ("call",),
    "email": ("email",),
    "app": ("inapp",),
    "address": ("letter", "visit"),
}


def preview(
    *,
    person_id: int,
    channel: str,
    contact_point_id: int | None,
    purpose: str,
    now: datetime,
    actor: Actor,
    mode: str = "interactive",
    account_ids: Sequence[int] = (),
    staff_count: int = 1,
    enters_premises: bool = False,
) -> Verdict:
    """This function will say what the gate would answer now, with fresh facts and no effect.

    :raises ContactPointUnknown: if the contact point is not the person's
    :raises ChannelUnknown: if the channel is not one that rules speak of
    """
    facts = gather(person_id=person_id, now=now, actor=actor, account_ids=account_ids)
    proposal = Proposal(
        channel=channel, contact_point_id=contact_point_id, purpose=purpose, mode=mode, staff_count=staff_count,
        enters_premises=enters_premises,
    )  # fmt: skip
    rulebook = rulebook_of(facts.jurisdictions)
    verdict, _, _ = verdict_of(candidate_row(facts, proposal, rulebook.special), rulebook)
    return verdict


def preview_all(
    *,
    person_id: int,
    now: datetime,
    actor: Actor,
    purpose: str = "collect",
    account_ids: Sequence[int] = (),
    known: Known | None = None,
) -> tuple[ChannelVerdict, ...]:
    """This function will judge every channel of every contact point of a person at once, with six queries.

    With what the caller has `known` there are two.

    1. The in-app inbox needs no contact point. 2. `used` of `cap` is the cap with the least left; 0 of 0 if no
    cap binds the channel.
    """
    facts = gather(person_id=person_id, now=now, actor=actor, account_ids=account_ids, known=known)
    ways = ways_of(facts)
    proposals = [
        Proposal(
            channel=channel,
            contact_point_id=point.contact_point_id if point else None,
            purpose=purpose,
            staff_count=VISITORS,
        )
        for channel, point in ways
    ]
    rulebook = rulebook_of(facts.jurisdictions)
    judgement = judge(candidates(facts, proposals, rulebook.special), rulebook)
    return tuple(_channel_verdict(judgement, row, *way) for row, way in enumerate(ways))


def ways_of(facts: PersonFacts) -> list[tuple[str, ContactPointCard | None]]:
    """Return every channel of every contact point of a person; the in-app inbox needs no contact point."""
    ways: list[tuple[str, ContactPointCard | None]] = [
        (channel, point) for point in facts.points for channel in CHANNELS_OF.get(point.medium, ())
    ]
    if all(channel != "inapp" for channel, _ in ways):
        ways.append(("inapp", None))
    return ways


def _channel_verdict(
    judgement: Judgement, row: int, channel: str, point: ContactPointCard | None
) -> ChannelVerdict:
    count, cap = _tightest_cap(judgement, row)
    return ChannelVerdict(
        channel=channel,
        contact_point_id=point.contact_point_id if point else None,
        value_masked=point.value_masked if point else "",
        owner=point.owner if point else "debtor",
        mode="interactive" if channel == "call" else "",
        verdict=explain(judgement, row),
        used=count,
        cap=cap,
    )


def _tightest_cap(judgement: Judgement, row: int) -> tuple[int, int]:
    """Return used and cap of the day or week cap with the least left."""
    facts = judgement.frame.row(row, named=True)
    caps = [
        (used(facts, check), int(check.parameters["max"]))
        for place, check in enumerate(judgement.checks)
        if check.uses == "count.reached" and "days" in check.parameters and check.yields == "defer"
        and judgement.asked[row, place]
    ]  # fmt: skip
    return min(caps, key=lambda pair: (pair[1] - pair[0], pair[1]), default=(0, 0))


def pregate(frame: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """This function will add outcome, rule_ids and retry_after to candidate rows, keeping their order and columns.

    1. Columns of `CANDIDATE_SCHEMA` are facts, all others are carried along untouched.
    2. Rows without `at` are judged at `now`.
    3. The column `jurisdiction`, if there is one, says whose packs bind a row, several joined by |; none or empty: the
       default ones.

    :raises CandidatesInvalid: if a fact column is missing or of a wrong type
    :raises JurisdictionUnknown: if no packs are listed for a row's jurisdiction
    """
    return judge_lines(frame, rulebook_of, now=now)


def judge_hypothetical(facts: Mapping[str, Any]) -> Verdict:
    """This function will judge a contact that nobody proposes: facts by column name, moments as ISO texts.

    1. The fact `jurisdiction` says which packs bind; without it the default ones do.

    :raises CandidatesInvalid: if a fact is unknown or cannot be read
    :raises JurisdictionUnknown: if no packs are listed for the jurisdiction
    """
    return try_case(facts, rulebook_of(parts_of(str(facts.get("jurisdiction") or ""))))
