"""What the database itself forbids in a version's life and between experiments."""

from __future__ import annotations

from django.db import migrations

LIFE = """
CREATE OR REPLACE FUNCTION decisions_strategy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status = 'draft' THEN
      RETURN OLD;
    END IF;
  ELSIF OLD.status = 'draft' THEN
    IF NEW.status IN ('draft', 'checked') AND (NEW.id, NEW.code, NEW.origin) = (OLD.id, OLD.code, OLD.origin) THEN
      RETURN NEW;
    END IF;
  ELSIF (NEW.id, NEW.code, NEW.version, NEW.sha256, NEW.content, NEW.loaded_at, NEW.changed_at, NEW.origin,
         NEW.author_ids, NEW.findings, NEW.acknowledged_by_id, NEW.checked_at)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.code, OLD.version, OLD.sha256, OLD.content, OLD.loaded_at, OLD.changed_at, OLD.origin,
         OLD.author_ids, OLD.findings, OLD.acknowledged_by_id, OLD.checked_at)
        AND (NEW.status = OLD.status
             OR (OLD.status, NEW.status) IN (('checked', 'shadow'), ('shadow', 'approved'),
                                             ('approved', 'published'))
             OR (OLD.status <> 'retired' AND NEW.status = 'retired'))
        AND (OLD.status IN ('checked', 'shadow')
             OR NEW.approved_by_id IS NOT DISTINCT FROM OLD.approved_by_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'strategy %@% is %: % refused', OLD.code, OLD.version, OLD.status, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
ALTER TABLE decisions_strategyversion ADD CONSTRAINT decisions_strategy_second_person
  CHECK (approved_by_id IS NULL OR NOT (approved_by_id = ANY (author_ids)));
ALTER TABLE decisions_experiment ADD CONSTRAINT decisions_experiments_never_overlap
  EXCLUDE USING gist (int8range(layer_id, layer_id, '[]') WITH &&, int4range(first_bucket, end_bucket) WITH &&)
  WHERE (status = 'running');
"""

EXPERIMENT = """
CREATE FUNCTION decisions_experiment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status = 'running' AND
     (NEW.id, NEW.code, NEW.strategy_code, NEW.layer_id, NEW.salt, NEW.first_bucket, NEW.end_bucket, NEW.started_at)
     IS NOT DISTINCT FROM
     (OLD.id, OLD.code, OLD.strategy_code, OLD.layer_id, OLD.salt, OLD.first_bucket, OLD.end_bucket, OLD.started_at)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'experiment % was dealt out: % refused', OLD.code, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER decisions_experiment_guard BEFORE UPDATE OR DELETE ON decisions_experiment
  FOR EACH ROW EXECUTE FUNCTION decisions_experiment_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("decisions", "0003_strategy_life")]

    operations = [
        migrations.RunSQL(
            LIFE,
            "ALTER TABLE decisions_experiment DROP CONSTRAINT decisions_experiments_never_overlap;"
            " ALTER TABLE decisions_strategyversion DROP CONSTRAINT decisions_strategy_second_person;",
        ),
        migrations.RunSQL(
            EXPERIMENT,
            "DROP TRIGGER decisions_experiment_guard ON decisions_experiment;"
            " DROP FUNCTION decisions_experiment_guard();",
        ),
    ]
