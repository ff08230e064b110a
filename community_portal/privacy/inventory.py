"""Which personal data the portal holds: every sealed column with its field group, as the apps declare it at start.

Privacy lies under all apps and may not import them; an app tells its columns here in `AppConfig.ready`. Columns with a
blind index are known without that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import models

from community_portal.privacy.disclosure import GROUPS, ID_NUMBER, PHONE, SECRET
from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.normal import CODE as CODE_KIND
from community_portal.privacy.normal import ID_NUMBER as ID_KIND
from community_portal.privacy.normal import PHONE as PHONE_KIND

GROUP_OF_KIND = {PHONE_KIND: PHONE, ID_KIND: ID_NUMBER, CODE_KIND: SECRET}
_declared: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Held:
    """One column with personal data; `group` is "" while nobody has declared it."""

    model: type[models.Model]
    field: "models.Field[Any, Any]"
    group: str


def declare(model: type[models.Model], **groups: str) -> None:
    """Say of columns (sealed or plain) which field group of disclosure.GROUPS they hold. Twice counts once.

    Raises ValueError for an unknown group, FieldDoesNotExist for an unknown column.
    """
    for name, group in groups.items():
        if group not in GROUPS:
            raise ValueError(f"unknown field group: {group!r}")
        model._meta.get_field(name)
        _declared[model._meta.label_lower, name] = group


def group_of(model: type[models.Model], name: str) -> str:
    """The field group of a column, "" when nobody has declared it."""
    declared = _declared.get((model._meta.label_lower, name))
    return declared or _by_index(model).get(name, "")


def _by_index(model: type[models.Model]) -> Mapping[str, str]:
    indexes = [field for field in model._meta.local_concrete_fields if isinstance(field, BlindIndexField)]
    return {index.source: GROUP_OF_KIND[index.kind] for index in indexes}


def held() -> Iterator[Held]:
    """Every sealed or declared column, table by table."""
    for model in sorted(apps.get_models(), key=lambda each: each._meta.label_lower):
        for field in model._meta.local_concrete_fields:
            group = group_of(model, field.attname)
            if group or isinstance(field, SealedTextField):
                yield Held(model, field, group)


def check_declared(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A system check: a sealed column of no group has no masking, no retention and no place in an answer."""
    hint = "Call privacy.inventory.declare in the app's AppConfig.ready."
    return [
        checks.Warning(f"{each.field} belongs to no field group.", hint=hint, obj=each.field, id="privacy.W001")
        for each in held()
        if not each.group
    ]
