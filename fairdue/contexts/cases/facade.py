"""The only module of cases that others import: the collector's work, one case a person over all debts.

Order of work: a smaller `rank` is worked first (rank 1 before rank 2), then the older work item.
Scope: each function with an `actor` sees cases of the actor's creditors only; agency and field
collectors see only cases of their own team. Anything else raises `NotInScope`, which reads like
"not found".
"""

from __future__ import annotations

from fairdue.contexts.cases.capacity_contracts import AbsenceCard, CapacityCard, CapacityOn, CollectorCard
from fairdue.contexts.cases.contracts import (
    Assessment,
    CaseCard,
    CaseClosed,
    CaseFile,
    ChangeCard,
    CollectorLoad,
    DayItem,
    OutcomeCard,
    OutcomeCode,
    PromiseCard,
    PromiseRules,
    QueueCard,
    QueuePage,
    QueueRow,
    WorkItemCard,
    Workload,
)
from fairdue.contexts.cases.errors import CaseRefused, NotInScope
from fairdue.contexts.cases.operations.assess import (
    assess_open_promises,
    assess_promises,
    assess_promises_of,
)
from fairdue.contexts.cases.operations.assign import AssigneeRefused, assign
from fairdue.contexts.cases.operations.assign_by_night import assignment_facts, land_assignments
from fairdue.contexts.cases.operations.capacity import CapacityRefused, set_capacities, set_capacity
from fairdue.contexts.cases.operations.changes import (
    ChangeRefused,
    escalate,
    hand_over,
    plan_callback,
    undo_escalation,
    undo_hand_over,
    withdraw_note,
)
from fairdue.contexts.cases.operations.claim import next_case
from fairdue.contexts.cases.operations.close import CloseRefused, close_case
from fairdue.contexts.cases.operations.collectors import (
    CollectorRefused,
    cancel_absence,
    record_absence,
    set_collector,
)
from fairdue.contexts.cases.operations.cool_down import (
    CoolDownCard,
    CoolDownRefused,
    Resting,
    check_rested,
    cool_down_rules,
    end_cool_down,
    resting,
    start_cool_down,
)
from fairdue.contexts.cases.operations.land import LandingRefused, land_work_items, retire_work_items
from fairdue.contexts.cases.operations.open_case import ensure_case
from fairdue.contexts.cases.operations.outcome import (
    OutcomeRefused,
    add_note,
    close_work,
    close_work_of,
    persons_with_work,
    record_outcome,
)
from fairdue.contexts.cases.operations.promise import PromiseRefused, cancel_promise, record_promise
from fairdue.contexts.cases.operations.reassign import (
    LoadLine,
    Reassignment,
    preview_reassign,
    reassign,
    take_back_assignments,
)
from fairdue.contexts.cases.operations.waiting import land_waiting, waiting_before
from fairdue.contexts.cases.queries.activity import LATEST_OUTCOME_SQL
from fairdue.contexts.cases.queries.board import Board, CallCounts, CollectorLine, DuePromise, board
from fairdue.contexts.cases.queries.capacity import capacities, capacity_on
from fairdue.contexts.cases.queries.cards import (
    case_card,
    case_of_person,
    open_promise,
    open_promises_over,
    open_work_items,
    outcomes_of,
    person_ids_assigned,
    person_of_case,
    promises_of,
    scoped_case_ids,
)
from fairdue.contexts.cases.queries.case_file import case_file
from fairdue.contexts.cases.queries.collectors import (
    absences,
    agencies_by_team,
    collectors,
    collectors_on,
    without_profile,
)
from fairdue.contexts.cases.queries.day import callbacks, lines_at, new_cases, promises_due
from fairdue.contexts.cases.queries.facts import (
    CASE_FACTS_SQL,
    PROMISE_FACTS_SQL,
    PROMISES_MADE_SQL,
    promise_history_sql,
)
from fairdue.contexts.cases.queries.figure_facts import CASE_TEAMS_SQL, promise_facts_sql
from fairdue.contexts.cases.queries.queue import BucketUnknown, QueueCursorInvalid, queue, queues
from fairdue.contexts.cases.queries.workload import workload
from fairdue.contexts.cases.reference import OutcomeCodeUnknown, outcome_code, outcome_codes, promise_rules

__all__ = [
    "CASE_FACTS_SQL",
    "CASE_TEAMS_SQL",
    "LATEST_OUTCOME_SQL",
    "PROMISES_MADE_SQL",
    "PROMISE_FACTS_SQL",
    "AbsenceCard",
    "Assessment",
    "AssigneeRefused",
    "Board",
    "BucketUnknown",
    "CallCounts",
    "CapacityCard",
    "CapacityOn",
    "CapacityRefused",
    "CaseCard",
    "CaseClosed",
    "CaseFile",
    "CaseRefused",
    "ChangeCard",
    "ChangeRefused",
    "CloseRefused",
    "CollectorCard",
    "CollectorLine",
    "CollectorLoad",
    "CollectorRefused",
    "CoolDownCard",
    "CoolDownRefused",
    "DayItem",
    "DuePromise",
    "LandingRefused",
    "LoadLine",
    "NotInScope",
    "OutcomeCard",
    "OutcomeCode",
    "OutcomeCodeUnknown",
    "OutcomeRefused",
    "PromiseCard",
    "PromiseRefused",
    "PromiseRules",
    "QueueCard",
    "QueueCursorInvalid",
    "QueuePage",
    "QueueRow",
    "Reassignment",
    "Resting",
    "WorkItemCard",
    "Workload",
    "absences",
    "add_note",
    "agencies_by_team",
    "assess_open_promises",
    "assess_promises",
    "assess_promises_of",
    "assign",
    "assignment_facts",
    "board",
    "callbacks",
    "cancel_absence",
    "cancel_promise",
    "capacities",
    "capacity_on",
    "case_card",
    "case_file",
    "case_of_person",
    "check_rested",
    "close_case",
    "close_work",
    "close_work_of",
    "collectors",
    "collectors_on",
    "cool_down_rules",
    "end_cool_down",
    "ensure_case",
    "escalate",
    "hand_over",
    "land_assignments",
    "land_waiting",
    "land_work_items",
    "lines_at",
    "new_cases",
    "next_case",
    "open_promise",
    "open_promises_over",
    "open_work_items",
    "outcome_code",
    "outcome_codes",
    "outcomes_of",
    "person_ids_assigned",
    "person_of_case",
    "persons_with_work",
    "plan_callback",
    "preview_reassign",
    "promise_facts_sql",
    "promise_history_sql",
    "promise_rules",
    "promises_due",
    "promises_of",
    "queue",
    "queues",
    "reassign",
    "record_absence",
    "record_outcome",
    "record_promise",
    "resting",
    "retire_work_items",
    "scoped_case_ids",
    "set_capacities",
    "set_capacity",
    "set_collector",
    "start_cool_down",
    "take_back_assignments",
    "undo_escalation",
    "undo_hand_over",
    "waiting_before",
    "withdraw_note",
    "without_profile",
    "workload",
]
