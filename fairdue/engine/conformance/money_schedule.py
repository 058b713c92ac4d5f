"""Answers to ledger cases that ask for schedules only: terms in, rows out, no events."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from fairdue.engine.conformance.money_calculations import answer_calculation
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.finance.schedule import Row, Terms, schedule

_ANSWERED = {"schedule", "schedule_rows", "totals"}
ZERO = Fraction(0)


def answer_schedule_or_calculation(question: dict[str, Any]) -> Answer:
    """Return the schedule that a case without events asks for, or the values of its calculation."""
    given = question["given"]
    if "loans" not in given:
        return answer_calculation(question)
    if question.get("events"):
        raise Unsupported("events on a schedule")
    loans = {loan["id"]: loan for loan in given["loans"]}
    items = []
    for moment in question["questions"]:
        if unknown := set(moment["asks"]) - _ANSWERED:
            raise Unsupported(f"{', '.join(sorted(unknown))} of a loan")
        loan = loans[moment.get("loan", next(iter(loans)))]
        items.append(_state(_rows(loan, given.get("minor_digits", 2))))
    return {"items": items}


def _rows(loan: dict[str, Any], digits: int) -> list[Row]:
    if "schedule" in loan:
        return [
            Row(
                date.fromisoformat(row["due"]),
                Fraction(row.get("principal", 0)),
                Fraction(row.get("interest", 0)),
            )
            for row in loan["schedule"]
        ]
    terms, minor = loan["terms"], Fraction(1, 10**digits)
    amount = terms.get("instalment_amount")
    return schedule(
        Terms(
            principal=Fraction(terms["principal"]),
            rate=Fraction(terms.get("rate", 0)) / 100,
            interest=terms["interest"],
            disbursed_date=date.fromisoformat(loan["disbursed_on"]),
            first_due_date=date.fromisoformat(terms["first_due"]),
            instalments=terms.get("instalments"),
            instalment_amount=None if amount is None else Fraction(amount),
            is_equal_principal=terms.get("amortisation") == "equal_principal",
            day_count=terms.get("day_count", "30/360"),
            every=terms.get("every", 1),
            unit=terms.get("unit", "months"),
            due_day=terms.get("due_day"),
            principal_grace=terms.get("principal_grace", 0),
            rounding=loan.get("rounding", "half_even"),
            minor_unit=minor,
            multiple=Fraction(loan["instalment_multiple"]) if "instalment_multiple" in loan else minor,
        )
    )


def _state(rows: list[Row]) -> dict[str, Any]:
    balance = sum((row.principal for row in rows), ZERO)
    shown = []
    for number, row in enumerate(rows, start=1):
        balance -= row.principal
        total = row.principal + row.interest
        shown.append(
            {
                "nr": number,
                "due": row.due_date.isoformat(),
                "principal": row.principal,
                "interest": row.interest,
            }
            | {"fee": ZERO, "penalty": ZERO, "total": total, "paid": ZERO, "waived": ZERO}
            | {"outstanding": total, "balance": balance}
        )
    principal = sum((row.principal for row in rows), ZERO)
    interest = sum((row.interest for row in rows), ZERO)
    nothing = dict.fromkeys(
        ("paid", "waived", "overpaid", "fee", "penalty", "written_off", "recovered"), ZERO
    )
    owed = {"due": principal + interest, "outstanding": principal + interest}
    totals = nothing | owed | {"principal": principal, "interest": interest, "rows": len(rows)}
    return {"schedule": shown, "totals": totals}
