"""Permits, their uses and published packs are evidence: the database refuses to change or delete them.

It also refuses a use of a permit for anything but what the permit allows.
"""

from django.db import migrations

from fairdue.storage.append_only import append_only

USE_GUARD = """
CREATE FUNCTION law_permit_use_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  permit law_permit%ROWTYPE;
BEGIN
  SELECT * INTO permit FROM law_permit WHERE id = NEW.permit_id;
  IF permit.channel IS DISTINCT FROM NEW.channel THEN
    RAISE EXCEPTION 'law_permituse: the permit is for another channel' USING ERRCODE = 'restrict_violation';
  ELSIF permit.contact_point_id IS DISTINCT FROM NEW.contact_point_id THEN
    RAISE EXCEPTION 'law_permituse: the permit is for another recipient' USING ERRCODE = 'restrict_violation';
  ELSIF permit.content_sha256 IS DISTINCT FROM NEW.content_sha256 THEN
    RAISE EXCEPTION 'law_permituse: the permit is for another text' USING ERRCODE = 'restrict_violation';
  ELSIF NEW.used_at < permit.issued_at OR NEW.used_at >= permit.expires_at THEN
    RAISE EXCEPTION 'law_permituse: the permit is for another time' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER law_permituse_fits BEFORE INSERT ON law_permituse
  FOR EACH ROW EXECUTE FUNCTION law_permit_use_fits();
"""


class Migration(migrations.Migration):
    dependencies = [("law", "0001_initial")]

    operations = [
        append_only("law_permit"),
        append_only("law_permituse"),
        append_only("law_rulepack"),
        migrations.RunSQL(
            USE_GUARD,
            "DROP TRIGGER law_permituse_fits ON law_permituse; DROP FUNCTION law_permit_use_fits();",
        ),
    ]
