import json
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Replace
from django.utils import timezone

import community_portal.privacy.fields
import residents.names

GIVEN = ("aid", "disabled", "focus")
BATCH = 2000


def carry_over(apps, schema_editor):
    """Each resident's household becomes their first stay; names get their keys; tags given so far become rows."""
    residents, stays, households, tags = (
        apps.get_model("residents", name) for name in ("Resident", "Stay", "Household", "CareTag")
    )
    rows = residents.objects.values_list("household_id", "pk", "relation", "registered_here")
    stays.objects.bulk_create(
        (
            stays(household_id=household, resident_id=pk, relation=relation, registered_here=here)
            for household, pk, relation, here in rows.iterator(BATCH)
        ),
        BATCH,
    )
    name_key = residents._meta.get_field("name_key")
    named = residents.objects.only("pk", "name").order_by("pk")
    last = 0
    while batch := list(named.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            name_key.pre_save(row, add=False)
        residents.objects.bulk_update(batch, ["name_key"])
        last = batch[-1].pk
    now = timezone.now()
    tagged = households.objects.filter(statuses__overlap=GIVEN).values_list("pk", "statuses")
    for pk, statuses in tagged.iterator(BATCH):
        for code in sorted(set(statuses) & set(GIVEN)):
            tags.objects.create(
                household_id=pk,
                said=json.dumps({"code": code}),
                since=timezone.localdate(now),
                given_at=now,
            )
    # The tables change right after: their checks must not be pending then.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("grid", "0001_initial"),
        ("residents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CareTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("said", community_portal.privacy.fields.SealedTextField(verbose_name="内容")),
                ("holds", models.BooleanField(default=True, verbose_name="有这个标签")),
                ("since", models.DateField(verbose_name="起")),
                ("until", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                ("given_at", models.DateTimeField(verbose_name="登记时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
            ],
            options={
                "verbose_name": "户的标签",
                "verbose_name_plural": "户的标签",
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("health", "登记健康和残疾情况"),
                            ("documents", "留存证件照片"),
                            ("watch", "早看窗帘晚看灯"),
                            ("neighbour", "请邻居或志愿者照看"),
                            ("messages", "接收短信通知"),
                        ],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("paper", "书面"), ("spoken", "口头，两人见证"), ("online", "网上")],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="同意日期")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="撤回日期")),
            ],
            options={
                "verbose_name": "同意",
                "verbose_name_plural": "同意",
            },
        ),
        migrations.CreateModel(
            name="EmergencyContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("relation", models.CharField(max_length=20, verbose_name="关系")),
                ("phone", community_portal.privacy.fields.SealedTextField(verbose_name="电话")),
                ("phone_index", community_portal.privacy.fields.BlindIndexField(kind="phone", source="phone")),
                ("rank", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "紧急联系人",
                "verbose_name_plural": "紧急联系人",
                "ordering": ["rank", "id"],
            },
        ),
        migrations.CreateModel(
            name="FileEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("create", "建档"),
                            ("edit", "修改"),
                            ("move_in", "迁入"),
                            ("move_out", "迁出"),
                            ("birth", "出生"),
                            ("death", "去世"),
                            ("marriage", "婚姻"),
                            ("split", "分户"),
                            ("merge", "并户"),
                            ("tag", "标签"),
                            ("consent", "同意"),
                            ("contact", "联系人"),
                            ("document", "证件照片"),
                            ("undo", "撤销"),
                        ],
                        max_length=10,
                        verbose_name="动作",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("day", models.DateField(verbose_name="发生日期")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("changes", community_portal.privacy.fields.SealedTextField(blank=True, verbose_name="改动")),
                ("batch", models.UUIDField(blank=True, editable=False, null=True, verbose_name="批次")),
            ],
            options={
                "verbose_name": "档案记录",
                "verbose_name_plural": "档案记录",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation", models.CharField(default="户主", max_length=20, verbose_name="与户主关系")),
                ("registered_here", models.BooleanField(default=True, verbose_name="户籍在本户")),
                ("moved_in", models.DateField(blank=True, null=True, verbose_name="入住日期")),
                ("moved_out", models.DateField(blank=True, null=True, verbose_name="迁出日期")),
                (
                    "came_by",
                    models.CharField(
                        choices=[
                            ("first", "建档"),
                            ("move", "搬家"),
                            ("birth", "出生"),
                            ("death", "去世"),
                            ("marriage", "婚姻"),
                            ("split", "分户"),
                            ("merge", "并户"),
                            ("mistake", "登记有误"),
                        ],
                        default="first",
                        max_length=10,
                        verbose_name="入住原因",
                    ),
                ),
                (
                    "left_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("first", "建档"),
                            ("move", "搬家"),
                            ("birth", "出生"),
                            ("death", "去世"),
                            ("marriage", "婚姻"),
                            ("split", "分户"),
                            ("merge", "并户"),
                            ("mistake", "登记有误"),
                        ],
                        max_length=10,
                        verbose_name="迁出原因",
                    ),
                ),
            ],
            options={
                "verbose_name": "居住",
                "verbose_name_plural": "居住",
            },
        ),
        migrations.CreateModel(
            name="TagRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("rank", models.PositiveSmallIntegerField(default=100, verbose_name="排序")),
                ("condition", models.JSONField(blank=True, default=dict, verbose_name="条件")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="种类",
                    ),
                ),
                (
                    "grades",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="0 为不分级；残疾分 1 到 4 级", verbose_name="等级数"
                    ),
                ),
                ("below_age", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="到几岁为止")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="谁能看见",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="使用")),
                ("source", models.CharField(blank=True, max_length=120, verbose_name="依据")),
                (
                    "certainty",
                    models.CharField(
                        choices=[("V", "原文可查"), ("S", "二手来源"), ("P", "各地做法"), ("?", "未核实")],
                        default="?",
                        max_length=1,
                        verbose_name="可信程度",
                    ),
                ),
            ],
            options={
                "verbose_name": "照护标签",
                "verbose_name_plural": "照护标签",
                "ordering": ["rank", "code"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="household",
            name="household_key",
        ),
        migrations.RemoveConstraint(
            model_name="household",
            name="household_place",
        ),
        migrations.RemoveConstraint(
            model_name="resident",
            name="household_one_head",
        ),
        migrations.AddField(
            model_name="household",
            name="beds",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="可住人数"),
        ),
        migrations.AddField(
            model_name="household",
            name="care",
            field=community_portal.privacy.fields.SealedTextField(blank=True, verbose_name="敏感标签"),
        ),
        migrations.AddField(
            model_name="household",
            name="ended_on",
            field=models.DateField(blank=True, null=True, verbose_name="并入他户的日期"),
        ),
        migrations.AddField(
            model_name="household",
            name="landlord_name",
            field=models.CharField(blank=True, max_length=40, verbose_name="出租人"),
        ),
        migrations.AddField(
            model_name="household",
            name="landlord_phone",
            field=community_portal.privacy.fields.SealedTextField(blank=True, verbose_name="出租人电话"),
        ),
        migrations.AddField(
            model_name="household",
            name="lease_ends_on",
            field=models.DateField(blank=True, null=True, verbose_name="租期到"),
        ),
        migrations.AddField(
            model_name="household",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="residents.household",
                verbose_name="并入",
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="owner_name",
            field=models.CharField(blank=True, max_length=40, verbose_name="产权人"),
        ),
        migrations.AddField(
            model_name="household",
            name="owner_phone",
            field=community_portal.privacy.fields.SealedTextField(blank=True, verbose_name="产权人电话"),
        ),
        migrations.AddField(
            model_name="household",
            name="pets",
            field=models.CharField(blank=True, max_length=60, verbose_name="宠物"),
        ),
        migrations.AddField(
            model_name="household",
            name="row_key",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.RunSQL("UPDATE residents_household SET row_key = gen_random_uuid()", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="household",
            name="storeys",
            field=models.PositiveSmallIntegerField(
                default=1,
                help_text="复式从本层往上",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="占几层",
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="use",
            field=models.CharField(
                choices=[("dwelling", "住宅"), ("shop", "商铺"), ("basement", "地下室"), ("public", "公用房")],
                default="dwelling",
                max_length=10,
                verbose_name="用途",
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="utilities_off",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("water", "停水"), ("power", "停电"), ("gas", "停气"), ("heat", "停暖")], max_length=6
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="停用",
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="vehicles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), blank=True, default=list, size=None, verbose_name="车牌"
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="resident",
            name="died_on",
            field=models.DateField(blank=True, null=True, verbose_name="去世日期"),
        ),
        migrations.AddField(
            model_name="resident",
            name="name_key",
            field=residents.names.NameKeyField(default="", source="name", verbose_name="拼音"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="resident",
            name="other_phone",
            field=community_portal.privacy.fields.SealedTextField(blank=True, verbose_name="其他电话"),
        ),
        migrations.AddField(
            model_name="resident",
            name="other_phone_index",
            field=community_portal.privacy.fields.BlindIndexField(kind="phone", source="other_phone"),
        ),
        migrations.AddField(
            model_name="resident",
            name="registered_at",
            field=models.CharField(blank=True, help_text="户籍不在本户时写", max_length=120, verbose_name="户籍地"),
        ),
        migrations.AddField(
            model_name="resident",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AlterField(
            model_name="household",
            name="unit",
            field=models.PositiveSmallIntegerField(help_text="没有单元的写 0", verbose_name="单元"),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("name"), name="text_pattern_ops"), name="resident_name"
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    Replace("name_key", models.Value(" "), models.Value("")), name="text_pattern_ops"
                ),
                name="resident_letters",
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(fields=["name_key", "id"], name="resident_name_key"),
        ),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("building", "unit", "room"),
                name="household_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("building", "unit", "floor", "column"),
                name="household_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.CheckConstraint(condition=models.Q(("storeys__gte", 1)), name="household_storeys"),
        ),
        migrations.AddField(
            model_name="caretag",
            name="given_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="caretag",
            name="household",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tags",
                to="residents.household",
                verbose_name="户",
            ),
        ),
        migrations.AddField(
            model_name="caretag",
            name="resident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tags",
                to="residents.resident",
                verbose_name="居民",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="resident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="consents",
                to="residents.resident",
                verbose_name="居民",
            ),
        ),
        migrations.AddField(
            model_name="emergencycontact",
            name="resident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contacts",
                to="residents.resident",
                verbose_name="居民",
            ),
        ),
        migrations.AddField(
            model_name="fileevent",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="操作人",
            ),
        ),
        migrations.AddField(
            model_name="fileevent",
            name="household",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="file_events",
                to="residents.household",
                verbose_name="户",
            ),
        ),
        migrations.AddField(
            model_name="fileevent",
            name="resident",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="file_events",
                to="residents.resident",
                verbose_name="居民",
            ),
        ),
        migrations.AddField(
            model_name="stay",
            name="household",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stays",
                to="residents.household",
                verbose_name="户",
            ),
        ),
        migrations.AddField(
            model_name="stay",
            name="resident",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stays",
                to="residents.resident",
                verbose_name="居民",
            ),
        ),
        migrations.AddIndex(
            model_name="caretag",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["until"], name="caretag_running_out"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_on__isnull", True)),
                fields=("resident", "purpose"),
                name="consent_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_on__isnull", True), ("withdrawn_on__gte", models.F("given_on")), _connector="OR"
                ),
                name="consent_withdrawn_after_given",
                violation_error_message="撤回日期不能早于同意日期",
            ),
        ),
        migrations.AddIndex(
            model_name="fileevent",
            index=models.Index(fields=["household", "-id"], name="fileevent_household"),
        ),
        migrations.AddIndex(
            model_name="fileevent",
            index=models.Index(fields=["resident", "-id"], name="fileevent_resident"),
        ),
        migrations.AddIndex(
            model_name="fileevent",
            index=models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch"], name="fileevent_batch"),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(fields=["household", "moved_out"], name="stay_household"),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(fields=["resident", "moved_out"], name="stay_resident"),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("moved_out__isnull", True)), fields=("household", "resident"), name="stay_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("moved_in__isnull", True),
                    ("moved_out__isnull", True),
                    ("moved_out__gte", models.F("moved_in")),
                    _connector="OR",
                ),
                name="stay_ends_after_start",
                violation_error_message="迁出日期不能早于入住日期",
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="resident",
            name="household",
        ),
        migrations.RemoveField(
            model_name="resident",
            name="registered_here",
        ),
        migrations.RemoveField(
            model_name="resident",
            name="relation",
        ),
    ]
