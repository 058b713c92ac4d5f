"""Permits and published packs are evidence: the database refuses to change or delete them."""

from django.db import migrations

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("law", "0001_initial")]

    operations = [append_only("law_permit"), append_only("law_rulepack")]
