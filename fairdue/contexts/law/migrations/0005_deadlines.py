"""Requests, deadlines, extensions: clocks of the packs run."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("law", "0004_agencies"),
        ("parties", "0003_places"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("nature", models.CharField(max_length=10)),
                ("subject_type", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("account_id", models.BigIntegerField(null=True)),
                (
                    "creditor_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("step", models.CharField(db_default="", default="", max_length=20)),
                ("facts", models.JSONField(default=dict)),
                ("pack", models.CharField(max_length=40)),
                ("pack_version", models.CharField(max_length=20)),
                ("pack_sha256", models.CharField(max_length=64)),
                ("rule_id", models.CharField(max_length=80)),
                ("citation", models.TextField()),
                ("evidence", models.CharField(max_length=12)),
                ("words", models.JSONField()),
                ("started_at", models.DateTimeField()),
                ("start_date", models.DateField()),
                ("due_date", models.DateField()),
                ("due_at", models.DateTimeField()),
                ("first_due_date", models.DateField()),
                ("status", models.CharField(db_default="running", default="running", max_length=10)),
                ("met_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(db_default="", default="", max_length=120)),
                ("closed_at", models.DateTimeField(null=True)),
                ("note", models.TextField(db_default="", default="")),
                ("started_by_id", models.BigIntegerField(null=True)),
                ("started_by", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeadlineExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=20)),
                ("rule_id", models.CharField(max_length=80)),
                ("citation", models.TextField()),
                ("from_date", models.DateField()),
                ("asked_date", models.DateField()),
                ("max_date", models.DateField()),
                ("words", models.JSONField()),
                ("reason", models.TextField()),
                ("reference", models.CharField(db_default="", default="", max_length=200)),
                ("notice", models.CharField(db_default="", default="", max_length=200)),
                ("status", models.CharField(db_default="open", default="open", max_length=10)),
                ("requested_by_id", models.BigIntegerField()),
                ("requested_by", models.CharField(max_length=120)),
                ("requested_at", models.DateTimeField()),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_by", models.CharField(db_default="", default="", max_length=120)),
                ("decided_role", models.CharField(db_default="", default="", max_length=20)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.TextField(db_default="", default="")),
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="law.deadline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceivedRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=30)),
                ("channel", models.CharField(max_length=20)),
                ("summary", models.TextField()),
                ("facts", models.JSONField(default=dict)),
                ("received_at", models.DateTimeField()),
                ("hold_id", models.BigIntegerField(null=True)),
                ("recorded_by_id", models.BigIntegerField(null=True)),
                ("recorded_by", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.person",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("status", "running")),
                fields=["due_at", "id"],
                name="law_deadline_running",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("status__in", ["running", "missed"])),
                fields=["due_at", "id"],
                name="law_deadline_unanswered",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["creditor_ids"], name="law_deadline_creditors"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(
                fields=("subject_type", "subject_id", "kind", "pack"), name="law_deadline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["running", "met", "missed", "met_late", "passed", "cancelled"])
                ),
                name="law_deadline_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["met", "met_late"]), _negated=True),
                    ("met_at__isnull", False),
                    _connector="OR",
                ),
                name="law_deadline_met_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["missed", "met_late"]), _negated=True),
                    ("missed_at__isnull", False),
                    _connector="OR",
                ),
                name="law_deadline_missed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_date__gte", models.F("first_due_date"))),
                name="law_deadline_never_shortened",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")), fields=("deadline",), name="law_extension_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "approved", "refused", "withdrawn", "lapsed"])),
                name="law_extension_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked_date__gt", models.F("from_date")), ("asked_date__lte", models.F("max_date"))
                ),
                name="law_extension_within_maximum",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["approved", "refused"]), _negated=True),
                    models.Q(
                        ("decided_by_id__isnull", False),
                        models.Q(("decided_by_id", models.F("requested_by_id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="law_extension_four_eyes",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedrequest",
            index=models.Index(
                condition=models.Q(("hold_id__isnull", False)), fields=["hold_id"], name="law_request_hold"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedrequest",
            constraint=models.UniqueConstraint(
                fields=("person", "kind", "account_id", "received_at"),
                name="law_request_once",
                nulls_distinct=False,
            ),
        ),
    ]
