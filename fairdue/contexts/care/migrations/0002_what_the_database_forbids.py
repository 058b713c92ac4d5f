"""Nobody handles a complaint about themselves; what happened to a matter is not rewritten, only its words may go."""

from django.db import migrations

ENTRY_TRIGGER = """
CREATE FUNCTION care_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'words_sealed') = (to_jsonb(OLD) - 'words_sealed') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'care_entry is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER care_entry_kept BEFORE UPDATE OR DELETE ON care_entry
  FOR EACH ROW EXECUTE FUNCTION care_entry_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("care", "0001_matters")]

    operations = [
        migrations.RunSQL(
            sql="ALTER TABLE care_matter ADD CONSTRAINT care_matter_independent"
            " CHECK (handler_id IS NULL OR NOT handler_id = ANY (about_staff_ids))",
            reverse_sql="ALTER TABLE care_matter DROP CONSTRAINT care_matter_independent",
        ),
        migrations.RunSQL(
            sql=ENTRY_TRIGGER,
            reverse_sql="DROP TRIGGER care_entry_kept ON care_entry; DROP FUNCTION care_entry_kept;",
        ),
    ]
