"""Count tries of every kind in the table that counted links which did not open."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.RenameModel("FailedRedemptions", "Attempts"),
        migrations.RenameField("attempts", "address_hash", "key_hash"),
    ]
