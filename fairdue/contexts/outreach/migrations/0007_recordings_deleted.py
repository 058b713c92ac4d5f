"""When a recording was deleted at the exchange."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0006_mail_files")]

    operations = [
        migrations.AddField("phonecall", "recording_deleted_at", models.DateTimeField(null=True)),
        migrations.AddField("localcall", "recording_deleted_at", models.DateTimeField(null=True)),
    ]
