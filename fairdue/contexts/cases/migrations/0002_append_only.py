"""What was recorded about a contact stays as it was recorded."""

from django.db import migrations

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [append_only("cases_outcome")]
