"""What was said, shown and agreed stays as it was; of plans and instalments only the progress is written on."""

from __future__ import annotations

from django.db import migrations

from fairdue.storage.append_only import append_only

FROZEN = {
    "arrangements_assessment": ("situation_sealed",),
    "arrangements_proposal": (
        *("state", "approved_by_id", "decided_by", "decided_at", "decision_reason"),
    ),
    "arrangements_agreementdocument": ("data_sealed", "pdf_sealed", "sha256", "signed_at", "stamped_at"),
    "arrangements_plan": ("state", "ended_at", "end_reason", "replans_left", "checked_date"),
    "arrangements_planaccount": ("is_running", "transaction_ids"),
    "arrangements_instalment": ("paid_minor", "state", "settled_date", "missed_date"),
}
"""The columns of each table that may change: sealed ones may be sealed anew, or emptied by a deletion run."""


def frozen(table: str, progress: tuple[str, ...]) -> migrations.RunSQL:
    """Return the operation that lets only the named columns of a table change, and forbids deletion."""
    names = ", ".join(f"'{name}'" for name in progress)
    return migrations.RunSQL(
        sql=f"""
        CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            IF fairdue_may_erase(TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN OLD; END IF;
            RAISE EXCEPTION '{table} keeps what was agreed: DELETE refused' USING ERRCODE = 'restrict_violation';
          END IF;
          IF (to_jsonb(OLD) - ARRAY[{names}]) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY[{names}]) THEN
            IF fairdue_may_erase(TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{table} keeps what was agreed: UPDATE refused' USING ERRCODE = 'restrict_violation';
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
    dependencies = [("arrangements", "0001_initial"), ("audit", "0004_erasure_door")]

    operations = [
        append_only("arrangements_offerset"),
        append_only("arrangements_agreement"),
        *(frozen(table, progress) for table, progress in FROZEN.items()),
    ]
