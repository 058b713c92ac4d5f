"""A mail may carry a file; nothing else does."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0005_one_errand_waits")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="attachment",
            field=models.CharField(db_default="", default="", max_length=40),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("attachment", ""), ("channel", "email"), _connector="OR"),
                name="outreach_files_by_mail_only",
            ),
        ),
    ]
