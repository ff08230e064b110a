import uuid

from django.conf import settings
from django.db import migrations, models

import community_portal.privacy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_access_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessLogHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("entries", models.BigIntegerField(verbose_name="条数")),
                ("hash", models.CharField(max_length=64, verbose_name="末条指纹")),
                ("seal", models.CharField(max_length=64, verbose_name="封印")),
                ("chain_key", community_portal.privacy.fields.SealedTextField(verbose_name="链密钥")),
            ],
            options={
                "verbose_name": "访问日志末端",
                "verbose_name_plural": "访问日志末端",
            },
        ),
        migrations.CreateModel(
            name="KeyRotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=100, verbose_name="表")),
                ("target", models.CharField(max_length=100, verbose_name="目标")),
                ("last_pk", models.BigIntegerField(verbose_name="已到")),
                ("moved_at", models.DateTimeField(auto_now=True, verbose_name="最近进展")),
            ],
            options={
                "verbose_name": "密钥轮换进度",
                "verbose_name_plural": "密钥轮换进度",
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=100, verbose_name="表")),
                ("row_id", models.BigIntegerField(verbose_name="行")),
                ("row_key", models.UUIDField(null=True, verbose_name="行标识")),
                ("rule", models.CharField(max_length=60, verbose_name="规则")),
                ("act", models.CharField(max_length=20, verbose_name="处理")),
                ("fields", models.CharField(blank=True, max_length=200, verbose_name="字段")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "删除留痕",
                "verbose_name_plural": "删除留痕",
            },
        ),
        migrations.AddField(
            model_name="accesslog",
            name="detail",
            field=models.CharField(
                blank=True, help_text="导出的条件、行数；处理的行数", max_length=500, verbose_name="范围"
            ),
        ),
        migrations.AlterField(
            model_name="accesslog",
            name="action",
            field=models.CharField(
                choices=[
                    ("reveal", "查看原文"),
                    ("export", "导出"),
                    ("print", "打印"),
                    ("disclose", "答复本人"),
                    ("retain", "到期处理"),
                    ("rotate", "轮换密钥"),
                ],
                max_length=32,
                verbose_name="动作",
            ),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["staff", "at"], name="accesslog_staff_at"),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["at"], name="accesslog_at"),
        ),
        migrations.AddConstraint(
            model_name="keyrotation",
            constraint=models.UniqueConstraint(fields=("model", "target"), name="keyrotation_once"),
        ),
        migrations.AddConstraint(
            model_name="tombstone",
            constraint=models.UniqueConstraint(fields=("model", "row_id", "rule"), name="tombstone_once"),
        ),
    ]
