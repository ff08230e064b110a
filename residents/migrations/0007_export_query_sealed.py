from django.db import migrations

import community_portal.privacy.fields


class Migration(migrations.Migration):
    """A filter may hold somebody's phone. Filters that are there are dropped: their sheets live for a day."""

    dependencies = [("residents", "0006_visits")]

    operations = [
        migrations.RemoveField("export", "query"),
        migrations.AddField(
            "export",
            "query",
            community_portal.privacy.fields.SealedTextField(blank=True, default="", verbose_name="条件"),
            preserve_default=False,
        ),
    ]
