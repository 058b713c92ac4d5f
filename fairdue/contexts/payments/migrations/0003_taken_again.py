"""The same bytes may be taken again once the cause for which rows were rejected has gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="bankstatement", name="take_number", field=models.IntegerField(db_default=1, default=1)
        ),
        migrations.RemoveConstraint(model_name="bankstatement", name="payments_statement_once"),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(
                fields=("creditor", "file_sha256", "take_number", "number_in_file"),
                name="payments_statement_once",
            ),
        ),
    ]
