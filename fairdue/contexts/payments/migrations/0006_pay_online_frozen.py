"""Of checkouts, mandates and debits only the progress is written on; what the provider said is never changed."""

from __future__ import annotations

from django.db import migrations

from fairdue.storage.append_only import append_only

FROZEN = {
    "payments_checkout": (
        *("status", "failure", "provider_ref", "pay_url", "settled_at", "asked_at", "asked_count", "told_at"),
        "payment_id",
    ),
    "payments_mandate": (
        *("status", "accepted_at", "acceptance", "provider_ref", "ended_at", "ended_by", "end_reason"),
        "payer_sealed",
    ),
    "payments_debit": ("status", "tries", "next_try_date", "told_at", "failure"),
}
"""The columns of each table that may change."""


def frozen(table: str) -> migrations.RunSQL:
    """Return the operation that lets only the progress of a table change, or what a deletion run names."""
    names = ", ".join(f"'{name}'" for name in FROZEN[table])
    return migrations.RunSQL(
        sql=f"""
        CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION '{table} keeps what came: DELETE refused' USING ERRCODE = 'restrict_violation';
          END IF;
          IF (to_jsonb(OLD) - ARRAY[{names}]) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY[{names}])
             AND NOT fairdue_may_erase(TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW)) THEN
            RAISE EXCEPTION '{table} keeps what came: UPDATE refused' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION {table}_frozen();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION fairdue_append_only();""",
        reverse_sql=f"DROP TRIGGER {table}_frozen ON {table}; DROP TRIGGER {table}_no_truncate ON {table};"
        f" DROP FUNCTION {table}_frozen();",
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_pay_online"), ("audit", "0004_erasure_door")]

    operations = [*(frozen(table) for table in FROZEN), append_only("payments_checkoutnotice")]
