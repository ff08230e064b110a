"""Files that come in, what was said about their rows, and lists that go out."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from residents.models.places import Community


class HouseholdImport(SealedModel):
    """One uploaded file of households and people: the file itself (base64), how far it has gone, what came of it.

    `batch` marks what it changed (FileEvent.batch, CareTag.batch). `columns` is header → field as somebody confirmed
    it; `made` has the ids of buildings that it put up. `done` of `total` counts dwellings of the current stage:
    checking, importing, undoing. `counts` is what became of them (residents.actions.imports.plan.Tally).
    """

    class State(models.TextChoices):
        MATCHING = "matching", _("等待确认列")
        CHECKING = "checking", _("检查中")
        READY = "ready", _("检查完，等待导入")
        RUNNING = "running", _("导入中")
        DONE = "done", _("完成")
        UNDOING = "undoing", _("撤销中")
        UNDONE = "undone", _("已撤销")
        FAILED = "failed", _("不能读取")

    class Conflicts(models.TextChoices):
        KEEP = "keep", _("保留现在的")
        FILE = "file", _("按文件改")

    batch = models.UUIDField(_("批次"), default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )
    community = models.ForeignKey(Community, models.PROTECT, related_name="imports", verbose_name=_("社区"))
    file_name = models.CharField(_("文件名"), max_length=120)
    content = SealedTextField(_("内容"))
    has_file = models.BooleanField(_("文件还在"), default=True)
    sheet = models.CharField(_("工作表"), max_length=120, blank=True)
    columns = models.JSONField(_("列"), default=dict)
    may_build = models.BooleanField(_("补建缺少的楼栋和房屋"), default=False)
    conflicts = models.CharField(_("不一致时"), max_length=4, choices=Conflicts, default=Conflicts.KEEP)
    made = models.JSONField(_("补建"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.MATCHING)
    created_at = models.DateTimeField(_("上传时间"))
    moved_at = models.DateTimeField(_("最近进展"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    total = models.PositiveIntegerField(_("户数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    counts = models.JSONField(_("结果"), default=dict)
    error = models.CharField(_("错误"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("户和居民的导入")

    def __str__(self) -> str:
        return self.file_name


class ImportNote(SealedModel):
    """Something to look at about one row of a file; `of` says of what: the row, the dwelling or the person.

    `said` is sealed JSON: {"who": words, "text": words, "fields": {field: [now, file]}}.
    `choice` is what somebody decided about a conflict; "" follows the import's own `conflicts`.
    """

    class Kind(models.TextChoices):
        ERROR = "error", _("不能导入")
        CONFLICT = "conflict", _("不一致")
        CHANGED = "changed", _("补充")
        NEW = "new", _("新增")
        WARNING = "warning", _("提示")
        HELD = "held", _("不能撤销")

    file = models.ForeignKey(HouseholdImport, models.CASCADE, related_name="notes", db_index=False)
    row = models.PositiveIntegerField(_("行号"))
    of = models.CharField(_("户或人"), max_length=8, default="row")
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    said = SealedTextField(_("内容"))
    choice = models.CharField(_("选择"), max_length=4, blank=True, choices=HouseholdImport.Conflicts)

    class Meta:
        verbose_name = verbose_name_plural = _("导入说明")
        indexes = [models.Index(fields=["file", "kind", "row"], name="importnote_file")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.row} {self.kind}"


class RememberedColumn(models.Model):
    """What a community's people said that a header holds; `field` "" is a column that is left out."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    header = models.CharField(_("表头"), max_length=60)
    field = models.CharField(_("字段"), max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("记住的列")
        constraints = [models.UniqueConstraint(fields=["community", "header"], name="rememberedcolumn_key")]

    def __str__(self) -> str:
        return f"{self.header} → {self.field}"


class Export(SealedModel):
    """A list that goes out: which kind, by which filter, for what; the file itself (base64) once it is written.

    The filter is sealed too: it may be somebody's phone.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        RUNNING = "running", _("写表中")
        DONE = "done", _("写好了")
        FAILED = "failed", _("没写成")
        FORGOTTEN = "forgotten", _("已清除")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("导出人"))
    kind = models.CharField(_("表"), max_length=20)
    form = models.CharField(_("格式"), max_length=4, default="xlsx")
    query = SealedTextField(_("条件"), blank=True)
    purpose = models.CharField(_("用途"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("开始时间"))
    moved_at = models.DateTimeField(_("最近进展"))
    total = models.PositiveIntegerField(_("行数"), default=0)
    done = models.PositiveIntegerField(_("已写"), default=0)
    content = SealedTextField(_("文件"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导出")

    def __str__(self) -> str:
        return f"{self.kind} {self.total}"
