import uuid

from django.db import migrations, models
from django.utils import timezone

import community_portal.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    operations = [
        migrations.AddField(
            "importbatch",
            "row_key",
            models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            "importbatch",
            "system",
            models.CharField(default="", max_length=40, verbose_name="来单系统"),
            preserve_default=False,
        ),
        migrations.AddField(
            "importbatch",
            "moved_at",
            models.DateTimeField(default=timezone.now, verbose_name="最近进展"),
            preserve_default=False,
        ),
        migrations.AlterField(
            "importbatch",
            "content",
            community_portal.privacy.fields.SealedTextField(verbose_name="内容"),
        ),
    ]
