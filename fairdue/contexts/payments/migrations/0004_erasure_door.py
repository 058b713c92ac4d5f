"""What is frozen lets pass what a deletion run erases by its batch, and nothing else."""

from __future__ import annotations

from django.db import migrations

FROZEN = {
    "payments_bankstatement": ("account_sealed",),
    "payments_incomingpayment": (
        *("matched_minor", "returned_minor", "taken_back_at", "why_waiting"),
        *("payer_name_sealed", "payer_account_sealed", "remittance_sealed"),
    ),
    "payments_paymentmatch": ("undone_at", "undone_by", "undone_reason", "reversal_id"),
    "payments_repaymentcode": ("retired_at",),
    "payments_request": (
        *("status", "decided_by_id", "decided_by", "decided_at", "decision_reason"),
        *("transaction_id", "result_payment_id", "payee_sealed"),
    ),
    "payments_paymentorder": (
        *("status", "export_ref", "sent_at", "confirmed_at", "failed_at", "failure_reason", "payee_sealed"),
    ),
}
"""The columns of each table that may change, as 0002 says them."""


def frozen(table: str, door: str) -> str:
    """Return the trigger function of a table."""
    names = ", ".join(f"'{name}'" for name in FROZEN[table])
    return f"""
    CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      {door}
      IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '{table} keeps what came: DELETE refused' USING ERRCODE = 'restrict_violation';
      END IF;
      IF (to_jsonb(OLD) - ARRAY[{names}]) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY[{names}]) THEN
        RAISE EXCEPTION '{table} keeps what came: UPDATE refused' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    """


DOOR = """IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - ARRAY[:names]) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY[:names])
         AND fairdue_may_erase(TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;"""


def door_of(table: str) -> str:
    """Return the question at the door: asked only when more changes than may."""
    return DOOR.replace(":names", ", ".join(f"'{name}'" for name in FROZEN[table]))


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_taken_again"), ("audit", "0004_erasure_door")]

    operations = [migrations.RunSQL(frozen(table, door_of(table)), frozen(table, "")) for table in FROZEN]
