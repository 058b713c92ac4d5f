"""Who confirmed which rule: evidence, so the database refuses to change or delete it."""

from django.db import migrations, models

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("law", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="RuleConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pack", models.CharField(max_length=40)),
                ("rule", models.CharField(max_length=80)),
                ("rule_sha256", models.CharField(max_length=64)),
                ("pack_version", models.CharField(max_length=20)),
                ("pack_sha256", models.CharField(max_length=64)),
                ("evidence", models.CharField(max_length=12)),
                ("decision", models.CharField(max_length=10)),
                ("source_seen", models.TextField()),
                ("staff_id", models.BigIntegerField()),
                ("decided_by", models.CharField(max_length=120)),
                ("role", models.CharField(max_length=20)),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["pack", "rule", "id"], name="law_confirmation_rule")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["confirmed", "withdrawn"])),
                        name="law_confirmation_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["compliance", "legal"])),
                        name="law_confirmation_by_reviewer",
                    ),
                ],
            },
        ),
        append_only("law_ruleconfirmation"),
    ]
