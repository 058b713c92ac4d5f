"""What agencies ask and tell: the answers that they got are evidence."""

import django.db.models.deletion
from django.db import migrations, models

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("law", "0003_rule_confirmation"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyPace",
            fields=[
                ("agency", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("minute_at", models.DateTimeField()),
                ("calls", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="AgencyCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=10)),
                ("request_id", models.CharField(max_length=80)),
                ("body_sha256", models.CharField(max_length=64)),
                ("answer", models.JSONField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "kind", "request_id"), name="law_agency_call_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency", models.CharField(max_length=40)),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("row_count", models.IntegerField(default=0)),
                ("accepted_count", models.IntegerField(default=0)),
                ("repeated_count", models.IntegerField(default=0)),
                ("rejected_count", models.IntegerField(default=0)),
                ("breach_count", models.IntegerField(default=0)),
                ("rejections", models.JSONField(default=dict)),
                ("status", models.CharField(db_default="running", default="running", max_length=10)),
                ("uploaded_by", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "sha256"), name="law_agency_upload_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency", models.CharField(max_length=40)),
                ("contact_ref", models.CharField(max_length=80)),
                ("account_id", models.BigIntegerField()),
                ("is_number_known", models.BooleanField(db_default=True, default=True)),
                ("verdict", models.JSONField(null=True)),
                ("outcome", models.CharField(db_default="", default="", max_length=10)),
                ("judged_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="law.contact"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="law.agencyupload",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome__in", ["", "allow"]), _negated=True),
                        fields=["agency", "-id"],
                        name="law_agency_breach",
                    ),
                    models.Index(
                        condition=models.Q(("judged_at__isnull", True)),
                        fields=["upload", "id"],
                        name="law_agency_unjudged",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "contact_ref"), name="law_agency_contact_once")
                ],
            },
        ),
        append_only("law_agencycall"),
    ]
