"""The record is append-only: the database refuses to change or remove a row."""

from django.db import migrations

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [append_only("audit_event"), append_only("audit_block")]
