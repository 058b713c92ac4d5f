"""What the database itself refuses: changed events, changed approved texts, a permit for something else."""

from __future__ import annotations

from django.db import migrations

from fairdue.storage.append_only import append_only

TEMPLATE_GUARD = """
CREATE FUNCTION outreach_template_keeps_its_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'outreach_template: a version is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.code, NEW.channel, NEW.locale, NEW.version, NEW.subject, NEW.body, NEW.placeholders, NEW.purpose,
      NEW.due_condition, NEW.sha256, NEW.authored_by)
     IS DISTINCT FROM
     (OLD.code, OLD.channel, OLD.locale, OLD.version, OLD.subject, OLD.body, OLD.placeholders, OLD.purpose,
      OLD.due_condition, OLD.sha256, OLD.authored_by) THEN
    RAISE EXCEPTION 'outreach_template: a version never changes; load a new one'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.approved_at IS NOT NULL
     AND (NEW.approved_at, NEW.approved_by) IS DISTINCT FROM (OLD.approved_at, OLD.approved_by) THEN
    RAISE EXCEPTION 'outreach_template: an approval is never rewritten' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER outreach_template_guard BEFORE UPDATE OR DELETE ON outreach_template
  FOR EACH ROW EXECUTE FUNCTION outreach_template_keeps_its_text();
"""

PERMIT_GUARD = """
CREATE FUNCTION outreach_dispatch_fits_its_permit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM law_permit p JOIN outreach_message m ON m.id = NEW.message_id
    WHERE p.id = NEW.permit_id AND p.person_id = m.person_id AND p.channel = m.channel
      AND p.contact_point_id IS NOT DISTINCT FROM m.contact_point_id
  ) THEN
    RAISE EXCEPTION 'outreach_dispatch: the permit is not for this person, channel and contact point'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER outreach_dispatch_permit BEFORE INSERT OR UPDATE OF permit_id, message_id ON outreach_dispatch
  FOR EACH ROW WHEN (NEW.permit_id IS NOT NULL) EXECUTE FUNCTION outreach_dispatch_fits_its_permit();
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial")]

    operations = [
        append_only("outreach_providerevent"),
        migrations.RunSQL(
            TEMPLATE_GUARD,
            "DROP TRIGGER outreach_template_guard ON outreach_template;"
            " DROP FUNCTION outreach_template_keeps_its_text();",
        ),
        migrations.RunSQL(
            PERMIT_GUARD,
            "DROP TRIGGER outreach_dispatch_permit ON outreach_dispatch;"
            " DROP FUNCTION outreach_dispatch_fits_its_permit();",
        ),
    ]
