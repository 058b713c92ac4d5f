"""What the database itself forbids: altering a strategy version, rewriting a decision."""

from __future__ import annotations

from django.db import migrations

from fairdue.storage.append_only import append_only

STRATEGY = """
CREATE FUNCTION decisions_strategy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.status = 'draft' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.status = 'draft' OR (
       (NEW.id, NEW.code, NEW.version, NEW.sha256, NEW.content, NEW.loaded_at)
       IS NOT DISTINCT FROM (OLD.id, OLD.code, OLD.version, OLD.sha256, OLD.content, OLD.loaded_at)
       AND NEW.status <> 'draft')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'strategy %@% is published: % refused', OLD.code, OLD.version, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER decisions_strategyversion_guard BEFORE UPDATE OR DELETE ON decisions_strategyversion
  FOR EACH ROW EXECUTE FUNCTION decisions_strategy_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            STRATEGY,
            "DROP TRIGGER decisions_strategyversion_guard ON decisions_strategyversion;"
            " DROP FUNCTION decisions_strategy_guard();",
        ),
        append_only("decisions_decision"),
    ]
