"""The narrow door through which what is append-only may be erased: a batch of an open run, in its own transaction.

1. `fairdue_append_only` (and the triggers that freeze columns) ask `fairdue_may_erase`. It says yes only to a row that a
   batch of this very transaction names, and only to what the batch says: the whole row, or these columns and no other.
2. Proof is never erased, whatever a batch says.
3. A batch is bound to the transaction that writes it, and must have done what it says when that commits. A finished run
   never changes.
"""

from __future__ import annotations

from django.db import migrations

from fairdue.storage.append_only import FUNCTION, append_only

DOOR = """
CREATE FUNCTION fairdue_may_erase(asked text, op text, old_row jsonb, new_row jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT asked !~ '^(audit|ledger)_'
     AND asked NOT IN ('law_permit', 'law_permituse', 'law_permitchain', 'law_rulepack', 'law_ruleconfirmation',
                       'outreach_template', 'decisions_strategyversion')
     AND EXISTS (
       SELECT FROM audit_deletionbatch b JOIN audit_deletionrun r ON r.id = b.run_id
        WHERE b.cluster = (SELECT system_identifier FROM pg_control_system())
          AND b.xid = pg_current_xact_id()::text::bigint
          AND r.kind = 'run' AND r.finished_at IS NULL
          AND b.table_name = asked AND old_row ->> b.key_column = ANY (b.record_ids)
          AND CASE op WHEN 'DELETE' THEN b.action = 'row'
                      WHEN 'UPDATE' THEN b.action = 'fields'
                           AND old_row - b.columns::text[] = new_row - b.columns::text[]
                      ELSE false END)
$$;
"""

BATCH_GUARD = """
CREATE FUNCTION audit_batch_is_of_its_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.xid <> pg_current_xact_id()::text::bigint
     OR NEW.cluster <> (SELECT system_identifier FROM pg_control_system()) THEN
    RAISE EXCEPTION 'a batch is written by the transaction that erases' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM audit_deletionrun r WHERE r.id = NEW.run_id AND r.kind = 'run' AND r.finished_at IS NULL) THEN
    RAISE EXCEPTION 'a batch belongs to an open run' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.record_count <> cardinality(NEW.record_ids) THEN
    RAISE EXCEPTION 'a batch counts what it names' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_deletionbatch_bound BEFORE INSERT ON audit_deletionbatch
  FOR EACH ROW EXECUTE FUNCTION audit_batch_is_of_its_transaction();

CREATE FUNCTION audit_batch_did_what_it_says() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE left_over bigint;
BEGIN
  IF NEW.action = 'row' THEN
    EXECUTE format('SELECT count(*) FROM %I t WHERE t.%I::text = ANY ($1)', NEW.table_name, NEW.key_column)
      INTO left_over USING NEW.record_ids;
    IF left_over > 0 THEN
      RAISE EXCEPTION 'batch %: % rows are still there', NEW.number, left_over USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_deletionbatch_done AFTER INSERT ON audit_deletionbatch
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_batch_did_what_it_says();
"""

RUN_GUARD = """
CREATE FUNCTION audit_deletionrun_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.finished_at IS NOT NULL OR
     (NEW.id, NEW.kind, NEW.as_of, NEW.started_by, NEW.started_at) IS DISTINCT FROM
     (OLD.id, OLD.kind, OLD.as_of, OLD.started_by, OLD.started_at) THEN
    RAISE EXCEPTION 'audit_deletionrun is a record: % refused', TG_OP USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_deletionrun_frozen BEFORE UPDATE OR DELETE ON audit_deletionrun
  FOR EACH ROW EXECUTE FUNCTION audit_deletionrun_frozen();
CREATE TRIGGER audit_deletionrun_no_truncate BEFORE TRUNCATE ON audit_deletionrun
  FOR EACH STATEMENT EXECUTE FUNCTION fairdue_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_deletions")]

    operations = [
        migrations.RunSQL(DOOR, "DROP FUNCTION fairdue_may_erase(text, text, jsonb, jsonb);"),
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),
        append_only("audit_deletionbatch"),
        migrations.RunSQL(
            BATCH_GUARD,
            "DROP TRIGGER audit_deletionbatch_bound ON audit_deletionbatch;"
            " DROP TRIGGER audit_deletionbatch_done ON audit_deletionbatch;"
            " DROP FUNCTION audit_batch_is_of_its_transaction(); DROP FUNCTION audit_batch_did_what_it_says();",
        ),
        migrations.RunSQL(
            RUN_GUARD,
            "DROP TRIGGER audit_deletionrun_frozen ON audit_deletionrun;"
            " DROP TRIGGER audit_deletionrun_no_truncate ON audit_deletionrun;"
            " DROP FUNCTION audit_deletionrun_frozen();",
        ),
    ]
