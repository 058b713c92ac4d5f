"""What each role may do: the whole table, in one place.

1. Least privilege: a role holds what its work needs today, nothing in reserve.
2. Who looks after the machine (administrator) does not see borrowers' data; who decides the strategy
   (strategist, risk) sees figures, not people.
3. Separation of duties: who talks to borrowers does not reverse payments or lift holds; who writes the
   strategy does not approve templates or run the night by hand, and nobody approves a version of a strategy
   that they wrote. Who asks for money to move (a payment by
   hand, a waiver, a refund, a charge-off) is never the one who approves it: the database refuses that too.
4. An agency's collectors work their own team's cases; they neither reveal ID numbers nor touch payments.
5. Data scope (which creditors) is the team's and comes on top of every permission (queries.actor_for).
"""

from __future__ import annotations

from fairdue.contexts.identity.models import Role

_WORK = frozenset(
    {
        "cases.view",
        "cases.work",
        "promises.record",
        "contacts.make",
        "holds.place",
        "parties.search",
        "parties.reveal",
        "deadlines.record",
    }
)
_DEADLINES = frozenset({"deadlines.view", "deadlines.record", "deadlines.meet", "deadlines.approve"})
"""`deadlines.record` takes in what a borrower asks for, `deadlines.meet` says that it was answered or asks for more
time, `deadlines.approve` grants it: never to oneself, and only where the rule names the role."""
_WATCH = frozenset({"cases.view", "parties.search", "gate.try", "permits.view", "templates.view"})
_FIGURES = frozenset({"book.view", "products.view", "cycle.view", "strategy.view", "reporting.view"})
_ID_NUMBERS = frozenset({"parties.reveal_id_number"})
_LEDGER = frozenset({"ledger.view", "payments.view"})
"""`ledger.adjust` asks for an event such as a waiver or a pause, `ledger.approve` lets it happen; `payments.match`
brings money that waits in suspense to its account, `payments.approve` is the second pair of eyes."""
_CARE = frozenset({"care.view", "care.handle"})
"""`care.view` reads matters in scope, `care.handle` takes and answers those that the kind leaves to the role (packs/
reference/matters.yaml), never one about oneself; `care.approve` is the second pair of eyes on an answer. To open a
matter `deadlines.record` is enough."""
_PLANS = frozenset({"plans.view", "plans.work"})
"""`plans.work` offers, proposes and takes oral agreements within one's authority; `plans.approve` is the second pair of
eyes on what goes beyond it, never on one's own proposal, and ends plans."""
_STRATEGY = frozenset({"strategy.edit", "strategy.approve", "strategy.publish"})
"""`strategy.edit` drafts, checks and starts the shadow; `strategy.approve` is the second pair of eyes, never on one's
own work; `strategy.publish` lets an approved version decide, retires one, starts and stops experiments."""

PERMISSIONS_BY_ROLE: dict[str, frozenset[str]] = {
    Role.COLLECTOR: _WORK
    | _PLANS
    | _ID_NUMBERS
    | _CARE
    | {"payments.record", "products.view", "ledger.view", "ledger.adjust", "deadlines.view"},
    Role.FIELD: _WORK | _PLANS,
    Role.AGENCY: _WORK | _PLANS,
    Role.SUPERVISOR: _WORK
    | _PLANS
    | {"plans.approve"}
    | _WATCH
    | _FIGURES
    | _ID_NUMBERS
    | _LEDGER
    | {"cases.assign", "holds.lift", "payments.record", "payments.reverse", "outbox.view"}
    | _DEADLINES
    | {"payments.approve", "ledger.adjust", "ledger.approve", "agencies.manage", "strategy.approve"}
    | _CARE
    | {"care.approve"}
    | {"capacity.view", "capacity.set"},
    Role.COMPLIANCE: _WATCH
    | {"plans.view"}
    | _LEDGER
    | _FIGURES
    | _ID_NUMBERS
    | {"holds.place", "holds.lift", "parties.reveal", "templates.approve", "audit.view", "outbox.view"}
    | _DEADLINES
    | _CARE
    | {"care.approve"}
    | {"rules.confirm", "agencies.manage", "retention.view", "retention.run"},
    Role.LEGAL: _WATCH
    | {"plans.view"}
    | _LEDGER
    | _ID_NUMBERS
    | _DEADLINES
    | _CARE
    | {"care.approve"}
    | {
        "holds.place",
        "holds.lift",
        "parties.reveal",
        "book.view",
        "products.view",
        "rules.confirm",
        "retention.view",
    },
    Role.STRATEGIST: _FIGURES | _STRATEGY | {"gate.try", "templates.view", "capacity.view"},
    Role.RISK: _FIGURES,
    Role.FINANCE: _WATCH
    | _PLANS
    | {"plans.approve"}
    | _LEDGER
    | {
        "payments.record",
        "payments.match",
        "payments.approve",
        "payments.reverse",
        "book.view",
        "products.view",
    }
    | {"ledger.adjust", "ledger.approve"},
    Role.ADMINISTRATOR: frozenset(
        {"staff.manage", "book.import", "book.view", "cycle.run", "cycle.view", "audit.view", "outbox.view"}
        | {
            "templates.view",
            "strategy.view",
            "reporting.view",
            "retention.view",
            "capacity.view",
            "capacity.set",
        }
        | {"products.view", "system.view", "system.manage"}
    ),
}

PERMISSIONS: frozenset[str] = frozenset().union(*PERMISSIONS_BY_ROLE.values())
"""Every permission that any role holds."""


def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do; an unknown role may nothing."""
    return PERMISSIONS_BY_ROLE.get(role, frozenset())
