"""What a batch named is looked for by the key's index, so that a commit does not read the whole table."""

from __future__ import annotations

from django.db import migrations

BY_KEY = """
CREATE OR REPLACE FUNCTION audit_batch_did_what_it_says() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE left_over bigint; key_type text;
BEGIN
  IF NEW.action = 'row' THEN
    SELECT format_type(a.atttypid, NULL) INTO key_type FROM pg_attribute a
     WHERE a.attrelid = NEW.table_name::regclass AND a.attname = NEW.key_column;
    EXECUTE format('SELECT count(*) FROM %I t WHERE t.%I = ANY ($1::%s[])', NEW.table_name, NEW.key_column, key_type)
      INTO left_over USING NEW.record_ids;
    IF left_over > 0 THEN
      RAISE EXCEPTION 'batch %: % rows are still there', NEW.number, left_over USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_erasure_door")]

    operations = [migrations.RunSQL(BY_KEY, migrations.RunSQL.noop)]
