"""Two clicks at once make one agreement; money that comes in at the same moment is neither lost nor doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.models import Agreement, Plan, PlanAccount, Proposal
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Transaction
from fairdue.engine.negotiation.offers import Wish
from fairdue.journeys.agree_plan import agree_plan
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money
from tests.case_world import NOW, TODAY, World

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = arrangements.OralProof("REC-1")


@pytest.fixture
def scene():
    world = World.build()
    person, collector = world.person(), world.staff("collector")
    account = world.account(person)
    made = arrangements.propose(
        person_id=person.pk, account_ids=[account.pk], wish=Wish(months=6), actor=collector, now=NOW
    )
    return account, collector, made.proposal_id


def at_once(*works):
    """Run some works at the same moment, each on its own connection; return results or errors."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_clicks_at_once_make_one_agreement(scene):
    account, collector, proposal_id = scene

    def click():
        return agree_plan(proposal_id=proposal_id, proof=PROOF, actor=collector, now=NOW).agreement

    done = at_once(click, click, click)
    assert len({each.agreement_id for each in done}) == 1
    assert sorted(each.is_repeated for each in done) == [False, True, True]
    assert (Agreement.objects.count(), Plan.objects.count(), PlanAccount.objects.count()) == (1, 1, 1)
    assert Transaction.objects.filter(account_id=account.pk, kind="plan").count() == 1
    assert len({arrangements.agreement_pdf(done[0].agreement_id) for _ in range(2)}) == 1


def test_a_payment_in_the_same_moment_is_booked_once_whatever_becomes_of_the_agreement(scene):
    account, collector, proposal_id = scene

    def pay():
        return ledger.record_payment(
            account_id=account.pk, amount=Money(7_000, "CNY"), effective_date=TODAY, external_ref="at once",
            source="test", actor=system("bank"), now=NOW,
        )  # fmt: skip

    def click():
        return agree_plan(proposal_id=proposal_id, proof=PROOF, actor=collector, now=NOW)

    answer, paid = at_once(click, pay)
    assert paid.amount.minor == 7_000
    summary = ledger.account_summary(account.pk, TODAY)
    assert summary.balance.minor == 93_000
    assert ledger.prove([account.pk]).is_proved
    if isinstance(answer, arrangements.ProposalExpired):
        assert not Agreement.objects.exists()
        assert Proposal.objects.get().state == "ready"
    else:
        assert answer.agreement.plan_id == Plan.objects.get().pk
