"""A creditor whose file came late gets a night of its own after the night of the day."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("decisions", "0004_life_guards")]

    operations = [
        migrations.AddField(model_name="cycle", name="creditor_id", field=models.BigIntegerField(null=True)),
        migrations.AlterField(model_name="cycle", name="cycle_date", field=models.DateField()),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.UniqueConstraint(
                fields=["cycle_date", "creditor_id"], name="decisions_cycle_once", nulls_distinct=False
            ),
        ),
    ]
