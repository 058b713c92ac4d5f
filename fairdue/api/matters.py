"""What agencies and the lender's systems call when somebody told them something: open a matter, read how it stands."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from fairdue.api.agencies import signed_by_agency
from fairdue.api.problems import Problem, Refused
from fairdue.contexts.book import facade as book
from fairdue.contexts.care import facade as care
from fairdue.contexts.law.facade import Agency
from fairdue.journeys.care import open_matter
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor

PERMISSIONS = frozenset({"deadlines.record", "care.view"})


class MatterIn(Schema):
    """What a debtor said to an agency, or wrote to one of the lender's systems."""

    creditor: str = Field(min_length=1, max_length=40, description="Code of the lender")
    account_ref: str = Field(
        min_length=1, max_length=64, description="A debt of the person, by the lender's own number"
    )
    is_about_all_debts: bool = Field(False, description="It is about all debts of the person")
    kind: Literal["dispute", "complaint", "hardship", "vulnerability", "wrong_person"]
    cause: str = Field("", max_length=40, description="Of packs/reference/matters.yaml; empty: open")
    words: str = Field(min_length=1, max_length=5_000, description="What was said; kept sealed")
    channel: Literal["call", "letter", "email", "branch", "regulator", "bureau", "other"] = "call"
    received_at: AwareDatetime = Field(description="When it was said; its clock runs from then")
    request_id: str = Field(min_length=1, max_length=40, description="Your own id; again is a replay")


class MatterOut(Schema):
    """How a matter stands; what was said is not repeated."""

    matter_id: int
    number: str
    kind: str
    cause: str
    state: Literal["open", "waiting_approval", "answered", "closed", "withdrawn"]
    received_at: AwareDatetime
    answer_due_date: date | None
    is_late: bool
    are_contacts_stopped: bool
    outcome: str
    answered_at: AwareDatetime | None


matters = Router(tags=["matters"])
PROBLEMS = {400: Problem, 401: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


@matters.post(
    "", auth=signed_by_agency, response={200: MatterOut, **PROBLEMS}, operation_id="open_matter",
    summary="Report what a debtor said: a dispute, a complaint, hardship",
)  # fmt: skip
def open_one(request: HttpRequest, body: MatterIn) -> MatterOut:
    """Open a matter; contacts stop where its kind says so, before this answers. The same id again changes nothing."""
    agency: Agency = request.auth  # type: ignore[attr-defined]
    actor = _actor(agency)
    account = _debt(body, actor)
    try:
        card = open_matter(
            person_id=account.person_id, kind=body.kind, words=body.words, channel=body.channel, details={}, actor=actor,
            account_ids=() if body.is_about_all_debts else (account.account_id,), cause=body.cause, now=clock.now(),
            received_at=body.received_at, reference=f"api:{agency.code}:{body.request_id}"[:64],
        )  # fmt: skip
    except care.CareRefused as refusal:
        raise Refused(422, refusal.code, str(refusal)) from refusal
    return _told(card)


@matters.get(
    "/{int:matter_id}", auth=signed_by_agency, response={200: MatterOut, **PROBLEMS}, operation_id="read_matter",
    summary="Read how a matter stands",
)  # fmt: skip
def read_one(request: HttpRequest, matter_id: int) -> MatterOut:
    """Return a matter about a debt to one of the caller's creditors."""
    agency: Agency = request.auth  # type: ignore[attr-defined]
    try:
        return _told(care.matter(matter_id=matter_id, actor=_actor(agency), now=clock.now()).card)
    except care.MatterUnknown as unknown:
        raise Refused(404, unknown.code, "no such matter") from unknown


def _actor(agency: Agency) -> Actor:
    return Actor(
        kind="agency", label=agency.code, agency_code=agency.code, role="agency", creditor_ids=agency.creditor_ids,
        permissions=PERMISSIONS,
    )  # fmt: skip


def _debt(body: MatterIn, actor: Actor) -> book.AccountCard:
    lender = next((each for each in book.creditors(actor) if each.code == body.creditor), None)
    for card in book.find_accounts(body.account_ref, actor=actor):
        if lender and card.creditor_id == lender.creditor_id:
            return card
    raise Refused(404, "care.matter.account", "there is no such debt among yours")


def _told(card: care.MatterCard) -> MatterOut:
    return MatterOut(
        matter_id=card.matter_id, number=card.number, kind=card.kind, cause=card.cause, state=card.state,
        received_at=card.opened_at, answer_due_date=card.clock.due_date, is_late=card.clock.tone == "late",
        are_contacts_stopped=card.hold_id is not None, outcome=card.outcome, answered_at=card.answered_at,
    )  # fmt: skip
