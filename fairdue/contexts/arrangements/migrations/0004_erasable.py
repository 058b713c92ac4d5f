"""What was said of a household, and what a file says, may be erased by a deletion run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("arrangements", "0003_situation_drafts")]

    operations = [
        migrations.AlterField("assessment", "situation_sealed", models.BinaryField(null=True)),
        migrations.AlterField("agreementdocument", "data_sealed", models.BinaryField(null=True)),
    ]
