"""Statements, rows, keys and answers to providers are facts (a sealed value may be sealed anew); of payments,
matches and requests only the progress may be written on besides, never what was received, matched or asked for."""

from django.db import migrations

from fairdue.storage.append_only import append_only


def frozen_except(table: str, *progress: str) -> migrations.RunSQL:
    """Return the operation that lets only the named columns of a table change, and forbids deletion."""
    names = ", ".join(f"'{name}'" for name in progress)
    return migrations.RunSQL(
        sql=f"""
        CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION '{table} keeps what came: DELETE refused' USING ERRCODE = 'restrict_violation';
          END IF;
          IF (to_jsonb(OLD) - ARRAY[{names}]) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY[{names}]) THEN
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


MATCHED_AS_COUNTED = """
CREATE FUNCTION payments_matched_as_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
  SELECT p.id INTO wrong FROM payments_incomingpayment p
   WHERE p.id = NEW.payment_id AND p.matched_minor <> (
     SELECT coalesce(sum(m.amount_minor), 0) FROM payments_paymentmatch m
      WHERE m.payment_id = p.id AND m.undone_at IS NULL);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'payment % counts another sum than its matches', wrong USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_matched_as_counted AFTER INSERT OR UPDATE ON payments_paymentmatch
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_matched_as_counted();
"""
"""At commit a payment's matched amount equals the sum of its live matches."""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [
        frozen_except("payments_bankstatement", "account_sealed"),
        append_only("payments_statementrow"),
        append_only("payments_paymentkey"),
        append_only("payments_webhookevent"),
        frozen_except(
            "payments_incomingpayment",
            *("matched_minor", "returned_minor", "taken_back_at", "why_waiting"),
            *("payer_name_sealed", "payer_account_sealed", "remittance_sealed"),
        ),
        frozen_except(
            "payments_paymentmatch", "undone_at", "undone_by", "undone_reason", "reversal_id"
        ),
        frozen_except("payments_repaymentcode", "retired_at"),
        frozen_except(
            "payments_request",
            *("status", "decided_by_id", "decided_by", "decided_at", "decision_reason"),
            *("transaction_id", "result_payment_id", "payee_sealed"),
        ),
        frozen_except(
            "payments_paymentorder",
            *("status", "export_ref", "sent_at", "confirmed_at", "failed_at", "failure_reason", "payee_sealed"),
        ),
        migrations.RunSQL(
            MATCHED_AS_COUNTED,
            "DROP TRIGGER payments_matched_as_counted ON payments_paymentmatch;"
            " DROP FUNCTION payments_matched_as_counted();",
        ),
    ]
