"""What the residents' files hold of people: field groups, and the answer to "what do you hold about me".

Registered with privacy when the app starts.
"""

import json
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy import holdings, inventory, retention
from community_portal.privacy.disclosure import CONTENT, FAMILY, HEALTH
from community_portal.privacy.holdings import Section, Subject
from community_portal.privacy.masking import mask_name, mask_people_in
from community_portal.privacy.sealing import BlindIndex
from grid.access import Scope
from residents.catalogue import tags
from residents.models import (
    CareTag,
    Document,
    EmergencyContact,
    Export,
    FileEvent,
    Household,
    HouseholdImport,
    ImportNote,
    Resident,
    Stay,
    Visit,
    VisitPhoto,
    Watcher,
)
from residents.querysets import files_visible_to, known_to
from residents.retention import GONE, RULES, VISIT_NOTES

MOST, MOST_VISITS = 10, 50
Facts = list[tuple[str, str]]


def register() -> None:
    """Tell privacy what is held here; columns with a blind index are known without that."""
    inventory.declare(EmergencyContact, name=FAMILY)
    inventory.declare(Household, care=HEALTH)
    inventory.declare(CareTag, said=HEALTH)
    inventory.declare(FileEvent, changes=CONTENT)
    inventory.declare(Visit, note=CONTENT)
    inventory.declare(Watcher, name=FAMILY)
    inventory.declare(VisitPhoto, key=CONTENT)
    inventory.declare(Document, key=CONTENT)
    inventory.declare(ImportNote, said=CONTENT)
    inventory.declare(HouseholdImport, content=CONTENT)
    inventory.declare(Export, content=CONTENT, query=CONTENT)
    for rule in RULES:
        retention.register_rule(rule)
    for source in (on_file, visited, called, owned):
        holdings.register_holdings(source)


def on_file(subject: Subject, scope: Scope) -> Section | None:
    """The files of people with this phone or ID number who live or lived inside a scope; tags as it may see them."""
    inside = files_visible_to(scope)
    related = (
        Prefetch("stays", Stay.objects.filter(household__in=inside).select_related("household__building")),
        Prefetch("tags", CareTag.objects.filter(household__in=inside)),
        "contacts",
        "consents",
        Prefetch("documents", Document.objects.filter(household__in=inside, removed_at__isnull=True)),
    )
    rows = list(_people(subject, scope).prefetch_related(*related).order_by("id")[: MOST + 1])
    if not rows:
        return None
    papers = [f"residents.Document:{paper.pk}" for row in rows[:MOST] for paper in row.documents.all()]
    return Section(
        title=_("居民档案"),
        rows=[_facts(row, scope) for row in rows[:MOST]],
        origin=_("您或家人登记，或走访时记下，用于联系、走访和服务。"),
        kept=_("最后一次迁出满 %d 天，姓名、证件号、电话等会清除") % GONE.kept_days,
        subjects=[*(f"residents.Resident:{row.pk}" for row in rows[:MOST]), *papers],
        more=max(0, len(rows) - MOST),
    )


def visited(subject: Subject, scope: Scope) -> Section | None:
    """The visits inside a scope to where this person lived at the time, newest first; numbers of others are hidden."""
    stays = Stay.objects.filter(resident__in=_people(subject, scope), household__in=files_visible_to(scope))
    then = stays.filter(
        Q(moved_in__isnull=True) | Q(moved_in__lte=OuterRef("at__date")),
        Q(moved_out__isnull=True) | Q(moved_out__gte=OuterRef("at__date")),
        household=OuterRef("household"),
    )
    # Their homes are named too: otherwise every visit there ever was would be held against the stays.
    found = Visit.objects.filter(Exists(then), household__in=stays.values("household"))
    rows = list(found.select_related("household__building", "by").order_by("-at", "-id")[: MOST_VISITS + 1])
    if not rows:
        return None
    return Section(
        title=_("上门走访的记录"),
        rows=[_visit(row) for row in rows[:MOST_VISITS]],
        origin=_("工作人员走访您家时记下，用于照护和服务。"),
        kept=_("满 %d 天，走访时写的文字会清除") % VISIT_NOTES.kept_days,
        more=max(0, len(rows) - MOST_VISITS),
    )


def called(subject: Subject, scope: Scope) -> Section | None:
    """Where this phone is somebody's emergency contact inside a scope."""
    if subject.phone_index is None:
        return None
    found = EmergencyContact.objects.filter(
        phone_index=subject.phone_index, resident__in=known_to(scope)
    ).select_related("resident")
    rows = list(found.order_by("id")[: MOST + 1])
    if not rows:
        return None
    return Section(
        title=_("您是别人的紧急联系人"),
        rows=[
            [
                (_("姓名"), row.name),
                (_("电话"), row.phone),
                (_("您是谁的什么人"), f"{mask_name(row.resident.name)} {row.relation}"),
            ]
            for row in rows[:MOST]
        ],
        origin=_("您的亲友留下，用于紧急时找到您。"),
        kept=_("随那位居民的档案"),
        subjects=[f"residents.Resident:{row.resident_id}" for row in rows[:MOST]],
        more=max(0, len(rows) - MOST),
    )


def owned(subject: Subject, scope: Scope) -> Section | None:
    """The homes inside a scope whose owner or landlord has this phone, wherever they live themselves."""
    index = subject.phone_index
    if index is None:
        return None
    found = files_visible_to(scope).filter(Q(owner_phone_index=index) | Q(landlord_phone_index=index))
    rows = list(found.select_related("building__estate").order_by("id")[: MOST + 1])
    if not rows:
        return None
    return Section(
        title=_("您是产权人或出租人的房屋"),
        rows=[_home(row, index) for row in rows[:MOST]],
        origin=_("您或住户登记，或随社区台账导入，用于联系房屋的事和分摊费用。"),
        kept=_("随那一户的档案，换了产权人或出租人就改掉"),
        subjects=[f"residents.Household:{row.pk}" for row in rows[:MOST]],
        more=max(0, len(rows) - MOST),
    )


def _people(subject: Subject, scope: Scope) -> QuerySet[Resident]:
    """Who has this phone or ID number, of those who live or lived inside the scope."""
    wanted = Q(pk__in=[])
    if subject.id_index is not None:
        wanted |= Q(id_number_index=subject.id_index)
    if subject.phone_index is not None:
        wanted |= Q(phone_index=subject.phone_index) | Q(other_phone_index=subject.phone_index)
    return known_to(scope).filter(wanted)


def _home(row: Household, index: BlindIndex) -> Facts:
    """What a file says of this one person: of an owner and a landlord, only whoever has the number."""
    held = (index, *index.older)
    owner, landlord = row.owner_phone_index in held, row.landlord_phone_index in held
    said = [
        (_("哪一户"), f"{row.building.estate} {row}"),
        (_("产权人"), row.owner_name if owner else ""),
        (_("产权人电话"), row.owner_phone if owner else ""),
        (_("出租人"), row.landlord_name if landlord else ""),
        (_("出租人电话"), row.landlord_phone if landlord else ""),
        (_("租期到"), str(row.lease_ends_on or "") if landlord else ""),
    ]
    return [(name, text) for name, text in said if text]


def _visit(row: Visit) -> Facts:
    said = [
        (_("时间"), f"{localtime(row.at):%Y-%m-%d %H:%M}"),
        (_("哪一户"), str(row.household)),
        (_("谁来的"), mask_name(row.by.name)),
        (_("结果"), str(row.get_result_display())),
        (_("记录"), mask_people_in(row.note)),
    ]
    return [(name, text) for name, text in said if text]


def _facts(row: Resident, scope: Scope) -> Facts:
    said = [
        (_("姓名"), row.name),
        (_("性别"), str(row.get_sex_display())),
        (_("出生日期"), str(row.birth_date)),
        (_("身份证号"), row.id_number),
        (_("手机"), row.phone),
        (_("其他电话"), row.other_phone),
        (_("户籍地"), row.registered_at),
        (_("住处"), "\n".join(_stays(row))),
        (_("紧急联系人"), "、".join(f"{each.relation} {mask_name(each.name)}" for each in row.contacts.all())),
        (_("照护标签"), "、".join(_tags(row, scope))),
        (_("同意事项"), "\n".join(_consents(row))),
        (_("证件照片"), "\n".join(_papers(row))),
    ]
    return [(name, text) for name, text in said if text]


def _stays(row: Resident) -> Iterable[str]:
    for stay in row.stays.all():
        came, left = stay.moved_in or _("以前"), stay.moved_out or _("现在")
        yield _("%(place)s（%(relation)s，%(came)s 至 %(left)s）") % {
            "place": stay.household,
            "relation": stay.relation,
            "came": came,
            "left": left,
        }


def _tags(row: Resident, scope: Scope) -> Iterable[str]:
    """Tags given to the person that are in force; a sealed one only to roles that see it anyway."""
    known = tags()
    hidden = known.sealed - known.seen_by(scope)
    for tag in row.tags.all():
        code = json.loads(tag.said)["code"] if tag.said else ""
        if tag.holds and tag.ended_at is None and code in known.rows and code not in hidden:
            yield _("%(name)s（%(day)s 登记）") % {
                "name": known.rows[code].name,
                "day": localtime(tag.given_at).date(),
            }


def _consents(row: Resident) -> Iterable[str]:
    for each in row.consents.all():
        ended = _("，%s 撤回") % each.withdrawn_on if each.withdrawn_on else ""
        yield f"{each.get_purpose_display()}（{each.get_how_display()}，{each.given_on}{ended}）"


def _papers(row: Resident) -> Iterable[str]:
    for each in row.documents.all():
        yield _("%(kind)s（%(purpose)s，保留到 %(until)s）") % {
            "kind": each.get_kind_display(),
            "purpose": each.get_purpose_display(),
            "until": each.keep_until,
        }
