"""How long household files, papers and sheets are kept: rules that privacy applies.

The days are our defaults where no text names any [?]: 个人信息保护法第十九条 asks for the shortest time that a purpose
needs. Papers go on the day that was agreed with their owner, sheets and imported files as soon as nobody needs them.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncYear
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.retention import Act, Rule
from residents import photos
from residents.models import (
    CareTag,
    Document,
    EmergencyContact,
    Export,
    FileEvent,
    HouseholdImport,
    ImportNote,
    Resident,
    Stay,
    Visit,
    VisitPhoto,
)

YEAR = 365
LAW = "个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间"


def _papers(before: datetime) -> QuerySet[Document]:
    return Document.objects.filter(removed_at__isnull=True, keep_until__lt=localtime(before).date())


def _drop_pictures(keys: Sequence[int], at: datetime) -> None:
    """The key goes with this transaction and the file right after it; the file's history says so."""
    rows = list(Document.objects.filter(pk__in=keys).select_related("resident"))
    Document.objects.filter(pk__in=keys).update(removed_at=at)
    FileEvent.objects.bulk_create(
        FileEvent(
            household_id=row.household_id,
            resident=row.resident,
            verb=FileEvent.Verb.DOCUMENT,
            at=at,
            day=localtime(at).date(),
            text=_("保留期满，删除照片：%s") % row.get_kind_display(),
        )
        for row in rows
    )
    for row in rows:
        transaction.on_commit(partial(photos.drop, row.name))


def _gone(before: datetime) -> QuerySet[Resident]:
    """People whose last stay ended before that day; somebody who never had one was never here."""
    stays = Stay.objects.filter(resident=OuterRef("pk"))
    lately = stays.filter(Q(moved_out__isnull=True) | Q(moved_out__gte=localtime(before).date()))
    return Resident.objects.filter(Exists(stays), ~Exists(lately))


def _forget_person(keys: Sequence[int], _at: datetime) -> None:
    """What hangs on a person: whom to call, tags, what changed when; of the date of birth the year stays."""
    EmergencyContact.objects.filter(resident__in=keys).delete()
    CareTag.objects.filter(resident__in=keys).delete()
    FileEvent.objects.filter(resident__in=keys).update(changes="")
    Resident.objects.filter(pk__in=keys).update(birth_date=TruncYear("birth_date"))


def _ended_tags(before: datetime) -> QuerySet[CareTag]:
    return CareTag.objects.filter(Q(ended_at__lt=before) | Q(until__lt=localtime(before).date()))


def _visits(before: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(at__lt=before)


def _photos(before: datetime) -> QuerySet[VisitPhoto]:
    return VisitPhoto.objects.filter(kept_at__lt=before, removed_at__isnull=True)


def _drop_photos(keys: Sequence[int], at: datetime) -> None:
    rows = VisitPhoto.objects.filter(pk__in=keys)
    names = list(rows.values_list("name", flat=True))
    rows.update(removed_at=at)
    for name in names:
        transaction.on_commit(partial(photos.drop, name))


def _history(before: datetime) -> QuerySet[FileEvent]:
    return FileEvent.objects.filter(at__lt=before)


def _imports(before: datetime) -> QuerySet[HouseholdImport]:
    moving = (HouseholdImport.State.CHECKING, HouseholdImport.State.RUNNING, HouseholdImport.State.UNDOING)
    return HouseholdImport.objects.filter(moved_at__lt=before, has_file=True).exclude(state__in=moving).defer("content")


def _drop_notes(keys: Sequence[int], _at: datetime) -> None:
    ImportNote.objects.filter(file__in=keys).delete()
    HouseholdImport.objects.filter(pk__in=keys).update(has_file=False)


def _exports(before: datetime) -> QuerySet[Export]:
    return Export.objects.filter(moved_at__lt=before, state=Export.State.DONE).defer("content")


def _forget_sheets(keys: Sequence[int], _at: datetime) -> None:
    Export.objects.filter(pk__in=keys).update(state=Export.State.FORGOTTEN)


PAPERS = Rule(
    code="residents.paper",
    label="证件照片，自约定的保留日期起",
    model=Document,
    rows=_papers,
    days=0,
    act=Act.CLEAR,
    source="个人信息保护法第十九条、第四十七条：保存期限届满应当主动删除；日期留存时与本人约定",
    certainty="V",
    clear=("key",),
    beside=_drop_pictures,
)
IMPORT_FILE = Rule(
    code="residents.import-file",
    label="导入户和居民的原文件和逐行说明，自最后一步起",
    model=HouseholdImport,
    rows=_imports,
    days=30,
    act=Act.CLEAR,
    source=f"{LAW}；好的行已在档案里，文件只为取回没导入的行而留",
    certainty="?",
    clear=("content",),
    beside=_drop_notes,
)
SHEETS = Rule(
    code="residents.export",
    label="导出的表，自写好起",
    model=Export,
    rows=_exports,
    days=1,
    act=Act.CLEAR,
    source=f"{LAW}；取走以后不在这里另存",
    certainty="?",
    clear=("content", "query"),
    beside=_forget_sheets,
)
GONE = Rule(
    code="residents.gone",
    label="迁出或去世居民的姓名、证件号、电话、户籍地、联系人和标签，自最后一次迁出起",
    model=Resident,
    rows=_gone,
    days=5 * YEAR,
    act=Act.CLEAR,
    source=f"{LAW}；五年为本门户的缺省",
    certainty="?",
    clear=("name", "name_key", "id_number", "phone", "other_phone", "registered_at"),
    beside=_forget_person,
)
TAGS = Rule(
    code="residents.tag",
    label="撤销或到期的照护标签，自失效起",
    model=CareTag,
    rows=_ended_tags,
    days=3 * YEAR,
    act=Act.DELETE,
    source=f"{LAW}；健康、困难情况属第二十八条的敏感个人信息，三年为本门户的缺省",
    certainty="?",
)
VISIT_NOTES = Rule(
    code="residents.visit-note",
    label="走访记录的文字，自走访起",
    model=Visit,
    rows=_visits,
    days=3 * YEAR,
    act=Act.CLEAR,
    source=f"{LAW}；三年为本门户的缺省，走访的日期和结果留着",
    certainty="?",
    clear=("note",),
)
VISIT_PHOTOS = Rule(
    code="residents.visit-photo",
    label="走访照片，自走访登记起",
    model=VisitPhoto,
    rows=_photos,
    days=YEAR,
    act=Act.CLEAR,
    source=f"{LAW}；一年为本门户的缺省",
    certainty="?",
    clear=("key",),
    beside=_drop_photos,
)
HISTORY = Rule(
    code="residents.history",
    label="档案经过里改动前后的内容，自改动起",
    model=FileEvent,
    rows=_history,
    days=10 * YEAR,
    act=Act.CLEAR,
    source=f"{LAW}；十年为本门户的缺省，再早的某一天的档案不再能看",
    certainty="?",
    clear=("changes",),
)
RULES = (PAPERS, IMPORT_FILE, SHEETS, GONE, TAGS, VISIT_NOTES, VISIT_PHOTOS, HISTORY)
