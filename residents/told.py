"""A file's events in words: names and numbers masked, sealed tags only for those who may see them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.masking import mask_id, mask_name, mask_phone
from grid.access import Scope
from residents.catalogue import tags
from residents.history import Changes, changes_of
from residents.models import FileEvent, Household, Resident, Stay
from residents.timeline import Line

MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name,
    "id_number": mask_id,
    "phone": mask_phone,
    "other_phone": mask_phone,
    "owner_name": mask_name,
    "owner_phone": mask_phone,
    "landlord_name": mask_name,
    "landlord_phone": mask_phone,
}
UNSAID = frozenset({"spouse", "contact", "ended_on", "died_on"})
GIVEN = {"given": gettext_lazy("登记"), "off": gettext_lazy("停用"), "ended": gettext_lazy("撤销")}
NOTHING = gettext_lazy("空")


def lines_of(events: Iterable[FileEvent], scope: Scope) -> list[Line]:
    """Events as lines, in the order given, those that say nothing to this reader left out; `by`, `resident` loaded."""
    return [line for event in events if (line := _line(event, scope))]


def _line(event: FileEvent, scope: Scope) -> Line | None:
    said = changes_in_words(changes_of(event), scope)
    if event.verb == FileEvent.Verb.TAG and not said:
        return None
    who = mask_name(event.resident.name) if event.resident else ""
    text = "，".join(part for part in (who, event.text, "；".join(said)) if part)
    return Line(event.at, event.get_verb_display(), text, event.by.name if event.by else "")


def changes_in_words(changes: Changes, scope: Scope) -> list[str]:
    """居住状况：自住 → 出租, and so on; what the reader may not see is left out."""
    seen = tags().seen_by(scope) | (frozenset(tags().rows) - tags().sealed)
    found = []
    for name, (before, after) in changes.items():
        if name == "tags":
            found += _tags(before.split(), after.split(), seen)
        elif name in GIVEN:
            code = before or after
            found += [f"{GIVEN[name]}“{tags().rows[code].name}”"] if code in seen and code in tags().rows else []
        elif name not in UNSAID and (label := _label(name)):
            found.append(f"{label}：{_value(name, before)} → {_value(name, after)}")
    return found


def _tags(before: list[str], after: list[str], seen: frozenset[str]) -> list[str]:
    known = tags().rows
    new = [str(known[code].name) for code in after if code not in before and code in seen and code in known]
    gone = [str(known[code].name) for code in before if code not in after and code in seen and code in known]
    return [_("有了 %s") % "、".join(new)] * bool(new) + [_("不再是 %s") % "、".join(gone)] * bool(gone)


def _field(name: str) -> Any:
    for model in (Household, Resident, Stay):
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def _label(name: str) -> str:
    field = _field(name)
    return str(field.verbose_name) if field is not None else ""


def _value(name: str, value: Any) -> str:
    """A stored value in words: choices by their label, lists joined, yes and no, what is personal masked."""
    if value in (None, "", []):
        return str(NOTHING)
    if name in MASKS:
        return MASKS[name](value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    field = _field(name)
    base = getattr(field, "base_field", field)
    labels = dict(base.flatchoices or ())
    return "、".join(str(labels.get(each, each)) for each in (value if isinstance(value, list) else [value]))
