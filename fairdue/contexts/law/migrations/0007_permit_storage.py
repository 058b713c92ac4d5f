"""Permits are written one at a time while the next waits: spare each the compressing of its few kilobytes.

The server compresses rows above two kilobytes, of which a permit has about as many; from four on it still does.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("law", "0006_standing")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE law_permit SET (toast_tuple_target = 4080)",
            "ALTER TABLE law_permit RESET (toast_tuple_target)",
        ),
    ]
