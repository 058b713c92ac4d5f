"""Take a bank file: check it, book what is new, keep the verdict on every row."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.cards import statement_card_of
from fairdue.contexts.payments.contracts import FileTaken, Incoming
from fairdue.contexts.payments.errors import StatementRefused
from fairdue.contexts.payments.models import BankStatement, PaymentKey, StatementRow
from fairdue.contexts.payments.operations.locking import hold
from fairdue.contexts.payments.operations.receive import receive_all
from fairdue.contexts.payments.operations.returns import take_back
from fairdue.contexts.payments.operations.verdicts import Judge, Verdict, return_keys
from fairdue.contexts.payments.reference import csv_mapping
from fairdue.engine.intake.bank import contents
from fairdue.engine.intake.bank.reading import read_bank_file
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MINOR_DIGITS, Money


def take_statement_file(
    *,
    creditor_id: int,
    content: bytes,
    file_name: str,
    format: str = "",
    mapping: str = "",
    actor: Actor,
    now: datetime,
) -> FileTaken:
    """This function will take a bank file whole or refuse it whole, and book its new credits to suspense.

    1. Opening balance + entries = closing balance, or the file is refused; a difference that rejected rows may
       explain is kept and shown.
    2. The same bytes again change nothing, unless a row that was rejected is no longer: then all rows are judged
       again, and what was booked is repeated. A row that another file told before is repeated, not booked again.
    3. Every row gets a verdict: booked, repeated, returned, set aside (not ours to book) or rejected, with its
       reason; their sum is the number of rows.
    4. A return undoes the match of the payment that it takes back.

    :raises PermissionRefused: without `payments.match`
    :raises StatementRefused: if the file cannot be read or does not add up; nothing is booked
    """
    actor.require("payments.match")
    if actor.creditor_ids is not None and creditor_id not in actor.creditor_ids:
        raise StatementRefused("payments.statement.creditor", "this creditor is not in your scope")
    statements = _read(content, format, mapping)
    with transaction.atomic():
        hold(f"payments.statements\0{creditor_id}")
        digest = hashlib.sha256(content).hexdigest()
        earlier = _latest_take(creditor_id, digest)
        if earlier and not _is_cause_gone(earlier, statements, business_date(now)):
            return FileTaken(
                statements=tuple(map(statement_card_of, earlier)), payment_ids=(), is_repeated=True
            )
        intake = _Intake(creditor_id, file_name, digest, actor, now)
        intake.take_number = earlier[0].take_number + 1 if earlier else 1
        for number, statement in enumerate(statements, start=1):
            intake.take(statement, number)
        return FileTaken(
            statements=tuple(map(statement_card_of, intake.taken)),
            payment_ids=tuple(intake.payment_ids),
            undone_person_ids=tuple(sorted(intake.undone_person_ids)),
        )


def _read(content: bytes, format: str, mapping: str) -> tuple[contents.BankStatement, ...]:
    try:
        chosen = csv_mapping(mapping) if mapping else None
        statements = read_bank_file(content, format=format, mapping=chosen)
    except contents.BankFileRefused as refusal:
        raise StatementRefused(
            refusal.code, refusal.message, where=refusal.where, advice=refusal.advice
        ) from None
    for number, statement in enumerate(statements, start=1):
        if statement.currency and statement.currency not in MINOR_DIGITS:
            raise StatementRefused(
                "bank.statement.currency",
                f"{statement.currency!r} is no currency in which books are kept here",
                where=f"statement {number}",
            )
    return statements


def _latest_take(creditor_id: int, digest: str) -> list[BankStatement]:
    """Return the statements of these bytes as they were taken the last time, in the file's order."""
    rows = list(
        BankStatement.objects.filter(creditor_id=creditor_id, file_sha256=digest).order_by(
            "take_number", "id"
        )
    )
    return [row for row in rows if row.take_number == rows[-1].take_number]


def _is_cause_gone(
    earlier: Sequence[BankStatement], statements: Sequence[contents.BankStatement], today: date
) -> bool:
    """Tell whether fewer rows would be rejected now: their day has come, or their form is understood by now."""
    before = sum(row.rejected_count for row in earlier)
    if not before:
        return False
    judge = Judge(earlier[0].creditor_id, today)
    now = [verdict for statement in statements for verdict in judge.rows(statement)]
    return sum(verdict.verdict == "rejected" for verdict in now) < before


class _Intake:
    """The intake of one file inside its transaction."""

    def __init__(self, creditor_id: int, file_name: str, digest: str, actor: Actor, now: datetime) -> None:
        self.creditor_id, self.file_name, self.digest = creditor_id, file_name[:200], digest
        self.actor, self.now = actor, now
        self.judge = Judge(creditor_id, business_date(now))
        self.take_number = 1
        self.taken: list[BankStatement] = []
        self.payment_ids: list[int] = []
        self.undone_person_ids: set[int] = set()

    def take(self, statement: contents.BankStatement, number: int) -> None:
        """Keep one statement, book its new money, take back what the bank took back, keep the verdicts."""
        verdicts = self.judge.rows(statement)
        kept = self._keep(statement, number, verdicts)
        self.taken.append(kept)
        self._book(kept, verdicts)
        for verdict in verdicts:
            if verdict.verdict == "returned":
                self._take_back(verdict)
        StatementRow.objects.bulk_create([_row(kept, verdict) for verdict in verdicts], batch_size=1000)
        audit.record(
            code="payments.statement.taken",
            actor=self.actor,
            subject_type="payments.statement",
            subject_id=kept.pk,
            now=self.now,
            after={"format": kept.format, "rows": kept.row_count, "booked": kept.booked_count},
        )

    def _keep(
        self, statement: contents.BankStatement, number: int, verdicts: Sequence[Verdict]
    ) -> BankStatement:
        counts = Counter(verdict.verdict for verdict in verdicts)
        booked = sum(each.entry.minor for each in verdicts if each.verdict == "booked" and each.entry)
        return BankStatement.objects.create(
            creditor_id=self.creditor_id,
            format=statement.format[:40],
            file_name=self.file_name,
            file_sha256=self.digest,
            take_number=self.take_number,
            number_in_file=number,
            statement_ref=statement.statement_ref[:70],
            account_sealed=sealing.seal(statement.account or "-", sealing.STATEMENT_ACCOUNT_PURPOSE),
            account_masked=sealing.mask_account(statement.account),
            account_hash=sealing.account_hash(statement.account or "-"),
            currency=statement.currency or "CNY",
            from_date=statement.from_date,
            to_date=statement.to_date,
            opening_minor=statement.opening_minor,
            closing_minor=statement.closing_minor,
            difference_minor=statement.difference_minor,
            row_count=len(verdicts),
            **{
                f"{name}_count": counts[name]
                for name in ("booked", "repeated", "returned", "set_aside", "rejected")
            },
            booked_minor=booked,
            taken_by=self.actor.label,
            recorded_at=self.now,
        )

    def _book(self, kept: BankStatement, verdicts: Sequence[Verdict]) -> None:
        booked = [(each, each.entry) for each in verdicts if each.verdict == "booked" and each.entry]
        incomings = [
            Incoming(
                creditor_id=self.creditor_id,
                source=f"bank:{kept.pk}",
                source_ref=verdict.keys[0].hex(),
                amount=Money(entry.minor, entry.currency),
                value_date=entry.value_date,
                payer_name=entry.payer_name,
                payer_account=entry.payer_account,
                remittance=entry.remittance,
                structured_ref=entry.structured_ref,
                end_to_end_ref=entry.end_to_end_ref,
                resembles_id=verdict.resembles_id,
            )
            for verdict, entry in booked
        ]
        names: list[tuple[bytes, int]] = []
        payment_ids = receive_all(incomings=incomings, actor=self.actor, now=self.now)
        for (verdict, entry), payment_id in zip(booked, payment_ids, strict=True):
            verdict.payment_id = payment_id
            self.payment_ids.append(payment_id)
            names += [(key, payment_id) for key in (*verdict.keys, *return_keys(entry))]
        self._remember(names)

    def _take_back(self, verdict: Verdict) -> None:
        entry = verdict.entry
        if verdict.original is not None:
            verdict.payment_id = verdict.original.payment_id
        if entry is None or verdict.payment_id is None:
            return
        answer = take_back(
            payment_id=verdict.payment_id,
            effective_date=entry.value_date,
            reason=verdict.reason or "the bank took the payment back",
            actor=self.actor,
            now=self.now,
        )
        self.undone_person_ids.update(answer.person_ids)
        self._remember([(key, verdict.payment_id) for key in verdict.keys])

    def _remember(self, names: Sequence[tuple[bytes, int]]) -> None:
        rows = [PaymentKey(creditor_id=self.creditor_id, key=key, payment_id=owner) for key, owner in names]
        PaymentKey.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def _row(kept: BankStatement, verdict: Verdict) -> StatementRow:
    entry = verdict.entry
    return StatementRow(
        statement=kept,
        position=verdict.position[:60],
        amount_minor=entry.minor if entry else None,
        value_date=entry.value_date if entry else None,
        verdict=verdict.verdict,
        reason=verdict.reason[:60],
        payment_id=verdict.payment_id,
        payer_name_masked=sealing.mask_payer(entry.payer_name) if entry else "",
    )
