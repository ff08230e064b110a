"""What the residents' files hold of people: field groups, and the answer to "what do you hold about me".

Registered with privacy when the app starts.
"""

import json
from collections.abc import Iterable

from django.db.models import Prefetch, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy import holdings, inventory
from community_portal.privacy.disclosure import CONTENT, FAMILY, HEALTH, PHONE
from community_portal.privacy.holdings import Section, Subject
from community_portal.privacy.masking import mask_name
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
)
from residents.querysets import households_visible_to, residents_visible_to

MOST = 10
Facts = list[tuple[str, str]]


def register() -> None:
    """Tell privacy what is held here; columns with a blind index are known without that."""
    inventory.declare(EmergencyContact, name=FAMILY)
    inventory.declare(Household, owner_phone=PHONE, landlord_phone=PHONE, care=HEALTH)
    inventory.declare(CareTag, said=HEALTH)
    inventory.declare(FileEvent, changes=CONTENT)
    inventory.declare(Visit, note=CONTENT)
    inventory.declare(Document, key=CONTENT)
    inventory.declare(ImportNote, said=CONTENT)
    inventory.declare(HouseholdImport, content=CONTENT)
    inventory.declare(Export, content=CONTENT, query=CONTENT)
    holdings.register_holdings(on_file)


def on_file(subject: Subject, scope: Scope) -> Section | None:
    """The files of the people with this phone or ID number who live inside a scope, with the tags that it may see."""
    wanted = Q(pk__in=[])
    if subject.id_index is not None:
        wanted |= Q(id_number_index=subject.id_index)
    if subject.phone_index is not None:
        wanted |= Q(phone_index=subject.phone_index) | Q(other_phone_index=subject.phone_index)
    inside = households_visible_to(scope)
    related = (
        Prefetch("stays", Stay.objects.filter(household__in=inside).select_related("household__building")),
        Prefetch("tags", CareTag.objects.filter(household__in=inside)),
        "contacts",
        "consents",
        Prefetch("documents", Document.objects.filter(household__in=inside, removed_at__isnull=True)),
    )
    rows = list(residents_visible_to(scope).filter(wanted).prefetch_related(*related).order_by("id")[: MOST + 1])
    if not rows:
        return None
    return Section(
        title=_("居民档案"),
        rows=[_facts(row, scope) for row in rows[:MOST]],
        origin=_("您或家人登记，或走访时记下，用于联系、走访和服务。"),
        subjects=[f"residents.Resident:{row.pk}" for row in rows[:MOST]],
        more=max(0, len(rows) - MOST),
    )


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
