"""What petitions hold of people: field groups, how long they are kept, and the answer to "what do you hold about me".

Registered with privacy when the app starts.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy import holdings, inventory, retention
from community_portal.privacy.disclosure import CONTENT, NAME, PHONE, SECRET
from community_portal.privacy.holdings import Section, Subject
from community_portal.privacy.retention import Act, Rule
from grid.access import Scope
from petitions.models import HotlineClient, ImportBatch, Original, Petition, PetitionEvent, PetitionFile
from petitions.querysets import visible_to
from petitions.trail import answers_of
from petitions.workflow import ENDED, Verb
from residents import photos

MOST = 100
CALLER, IMPORT_FILE, FILES = "petitions.caller", "petitions.import-file", "petitions.files"


def register() -> None:
    """Tell privacy what is held here."""
    inventory.declare(Petition, caller_name=NAME, caller_phone=PHONE)
    inventory.declare(ImportBatch, content=CONTENT)
    inventory.declare(Original, text=CONTENT)
    inventory.declare(HotlineClient, secret=SECRET)
    inventory.declare(PetitionFile, key=SECRET, label=CONTENT)
    for rule in RULES:
        retention.register_rule(rule)
    holdings.register_holdings(asked_by)


def asked_by(subject: Subject, scope: Scope) -> Section | None:
    """The petitions of a phone inside a scope, newest first, in the petitioner's own words; not the anonymous ones."""
    if subject.phone_index is None:
        return None
    found = visible_to(scope).filter(caller_phone_index=subject.phone_index, anonymous=False)
    rows = list(found.defer("search").order_by("-id")[: MOST + 1])
    if not rows:
        return None
    return Section(
        title=_("您提出的诉求"),
        rows=[_facts(row) for row in rows[:MOST]],
        origin=_("您或替您反映的人在提出诉求时留下，用于办理和答复。"),
        kept=_("归档满 %d 天，姓名、电话和正文里的号码会清除") % _caller_days(),
        subjects=[f"petitions.petition:{row.pk}" for row in rows[:MOST]],
        more=max(0, len(rows) - MOST),
    )


def _caller_days() -> int:
    return next(rule.kept_days for rule in retention.rules() if rule.code == CALLER)


def _facts(row: Petition) -> list[tuple[str, str]]:
    rated = answers_of({"contacted": row.asked_contacted, "solved": row.asked_solved, "satisfied": row.asked_satisfied})
    said = [
        (_("工单号"), row.number),
        (_("提出时间"), f"{localtime(row.received_at):%Y-%m-%d %H:%M}"),
        (_("来源"), str(row.get_source_display())),
        (_("姓名"), row.caller_name),
        (_("电话"), row.caller_phone),
        (_("地址"), row.address),
        (_("内容"), row.text),
        (_("现在的状态"), str(row.get_state_display())),
        (_("答复"), row.answer),
        (_("评价"), rated),
    ]
    return [(name, text) for name, text in said if text]


def _ended_before(before: datetime) -> QuerySet[Petition]:
    return Petition.objects.filter(Q(state__in=ENDED), closed_at__lt=before).defer("search")


def _scrub_events(keys: Sequence[int], _at: datetime) -> None:
    """The numbers in what was said along the way; columns of an imported file that no field of ours took go whole."""
    events = PetitionEvent.objects.filter(petition__in=keys)
    retention.scrub(PetitionEvent, list(events), ("text",))
    changed: list[Any] = list(events.filter(verb=Verb.REGISTER, data__has_key="columns"))
    for event in changed:
        del event.data["columns"]
    PetitionEvent.objects.bulk_update(changed, ["data"], batch_size=retention.BATCH)


def _imported_before(before: datetime) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(finished_at__lt=before).defer("content")


def _files_before(before: datetime) -> QuerySet[PetitionFile]:
    return PetitionFile.objects.filter(
        removed_at__isnull=True, petition__state__in=ENDED, petition__closed_at__lt=before
    )


def _drop_files(keys: Sequence[int], at: datetime) -> None:
    """Without its key nobody can open a file; the file itself goes too."""
    rows = PetitionFile.objects.filter(pk__in=keys)
    rows.update(removed_at=at)
    for name in rows.values_list("name", flat=True):
        transaction.on_commit(partial(photos.drop, name))


RULES = (
    Rule(
        code=CALLER,
        label="已归档诉求的诉求人姓名、电话和正文里的号码，自归档起",
        model=Petition,
        rows=_ended_before,
        days=3 * 365,
        act=Act.PSEUDONYMISE,
        source="个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间；三年为本门户的缺省",
        certainty="?",
        clear=("caller_name", "caller_phone"),
        scrub=("title", "text", "answer", "address"),
        beside=_scrub_events,
    ),
    Rule(
        code=IMPORT_FILE,
        label="导入工单的原文件和逐行问题，自导入完成起",
        model=ImportBatch,
        rows=_imported_before,
        days=30,
        act=Act.CLEAR,
        source="同上；好的行已在工单里，文件只为取回没导入的行而留",
        certainty="?",
        clear=("content", "problems"),
    ),
    Rule(
        code=FILES,
        label="已归档诉求的照片、文件和录音，自归档起",
        model=PetitionFile,
        rows=_files_before,
        days=3 * 365,
        act=Act.CLEAR,
        source="同诉求人姓名、电话：照片里常有人，一起清除",
        certainty="?",
        clear=("key", "label"),
        beside=_drop_files,
    ),
)
