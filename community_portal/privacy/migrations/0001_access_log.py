import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION privacy_accesslog_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '个人信息访问日志只能追加，不能修改或删除' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON privacy_accesslog
    FOR EACH ROW EXECUTE FUNCTION privacy_accesslog_append_only();
"""
NO_APPEND_ONLY = """
DROP TRIGGER append_only ON privacy_accesslog;
DROP FUNCTION privacy_accesslog_append_only();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("action", models.CharField(max_length=32, verbose_name="动作")),
                ("subject", models.CharField(db_index=True, max_length=120, verbose_name="对象")),
                ("field", models.CharField(blank=True, max_length=64, verbose_name="字段")),
                ("purpose", models.CharField(max_length=500, verbose_name="用途")),
                ("previous_hash", models.CharField(max_length=64, unique=True, verbose_name="前一条指纹")),
                ("hash", models.CharField(max_length=64, unique=True, verbose_name="指纹")),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
            ],
            options={"verbose_name": "个人信息访问日志", "verbose_name_plural": "个人信息访问日志", "ordering": ["id"]},
        ),
        migrations.RunSQL(APPEND_ONLY, NO_APPEND_ONLY),
    ]
