"""Who sees which personal data, and for what it may be opened: one table for pages, the API and exports; pure.

Roles are the values of grid.models.Appointment.Role as plain strings; with several roles over one object the most open
answer holds. Minimum necessary is 个人信息保护法 第六条; who needs what is each community's to decide, the table is
our default [?].
"""

from collections.abc import Iterable
from enum import IntEnum

from community_portal.privacy import masking
from community_portal.privacy.purposes import EMERGENCY, IDENTITY, PETITION, SUBJECT, VISIT, code_of

MEMBER = "organisation_member"
WORKER, CLERK, HEAD = "grid_worker", "community_worker", "community_head"
STREET, DISTRICT = "street_officer", "district_officer"
ROLES = (MEMBER, WORKER, CLERK, HEAD, STREET, DISTRICT)

NAME, PHONE, ID_NUMBER, BIRTH_DATE, HEALTH, FAMILY = "name", "phone", "id_number", "birth_date", "health", "family"
CONTENT, SECRET = "content", "secret"
GROUPS = {
    NAME: "姓名",
    PHONE: "电话、邮箱",
    ID_NUMBER: "身份证号",
    BIRTH_DATE: "出生日期",
    HEALTH: "健康、残疾、困难等敏感标签",
    FAMILY: "家庭关系、紧急联系人",
    CONTENT: "来件原文",
    SECRET: "系统密钥",
}


class Shown(IntEnum):
    """How much of a value somebody sees without saying why; the larger, the more."""

    HIDDEN = 0
    MASKED = 1
    PLAIN = 2


H, M, P = Shown.HIDDEN, Shown.MASKED, Shown.PLAIN
# fmt: off
TABLE: dict[str, dict[str, Shown]] = {
    #            单位经办人  网格员     社工      书记/主任  街道       区级
    NAME:       {MEMBER: M, WORKER: M, CLERK: M, HEAD: M, STREET: M, DISTRICT: M},
    PHONE:      {MEMBER: M, WORKER: M, CLERK: M, HEAD: M, STREET: M, DISTRICT: H},
    ID_NUMBER:  {MEMBER: H, WORKER: M, CLERK: M, HEAD: M, STREET: H, DISTRICT: H},
    BIRTH_DATE: {MEMBER: H, WORKER: P, CLERK: P, HEAD: P, STREET: M, DISTRICT: H},
    HEALTH:     {MEMBER: H, WORKER: P, CLERK: P, HEAD: P, STREET: H, DISTRICT: H},
    FAMILY:     {MEMBER: H, WORKER: P, CLERK: P, HEAD: P, STREET: H, DISTRICT: H},
    CONTENT:    {MEMBER: H, WORKER: H, CLERK: P, HEAD: P, STREET: H, DISTRICT: H},
    SECRET:     {MEMBER: H, WORKER: H, CLERK: H, HEAD: H, STREET: H, DISTRICT: H},
}
ANY: frozenset[str] | None = None
OPENED: dict[str, dict[str, frozenset[str] | None]] = {
    NAME:       {MEMBER: frozenset({PETITION, EMERGENCY}), WORKER: ANY, CLERK: ANY, HEAD: ANY, STREET: ANY,
                 DISTRICT: frozenset({PETITION, EMERGENCY})},
    PHONE:      {MEMBER: frozenset({PETITION, EMERGENCY}), WORKER: ANY, CLERK: ANY, HEAD: ANY, STREET: ANY,
                 DISTRICT: frozenset({PETITION, EMERGENCY})},
    ID_NUMBER:  {WORKER: frozenset({IDENTITY, VISIT}), CLERK: ANY, HEAD: ANY},
    BIRTH_DATE: {STREET: frozenset({IDENTITY, EMERGENCY})},
    HEALTH:     {STREET: frozenset({EMERGENCY})},
    FAMILY:     {STREET: frozenset({EMERGENCY, SUBJECT})},
}
# fmt: on
"""For which purposes of the list a role may open a group that it sees less of; ANY for all, absent for none."""


def shown(roles: Iterable[str], group: str) -> Shown:
    """How much of a field group these roles see unasked. Raises KeyError for an unknown group."""
    row = TABLE[group]
    return max((row.get(role, Shown.HIDDEN) for role in roles), default=Shown.HIDDEN)


def may_open(roles: Iterable[str], group: str, purpose: str) -> bool:
    """Whether these roles may see the group in plain for a purpose (as purposes.purpose_words says it)."""
    wanted, row = code_of(purpose), OPENED.get(group, {})
    return any(row[role] is ANY or wanted in (row[role] or ()) for role in roles if role in row)


def show(roles: Iterable[str], group: str, text: str) -> str:
    """A value as these roles see it unasked: plain, masked, or nothing at all."""
    how = shown(roles, group)
    if how is Shown.PLAIN:
        return text
    return mask(group, text) if how is Shown.MASKED else ""


def mask(group: str, text: str) -> str:
    """A value of a group with most of it hidden; what has no mask of its own is hidden whole."""
    masks = {
        NAME: masking.mask_name,
        PHONE: masking.mask_phone,
        ID_NUMBER: masking.mask_id,
        BIRTH_DATE: masking.mask_date,
        CONTENT: masking.mask_phones_in,
    }
    hide = masking.HIDDEN if text else ""
    return masks[group](text) if group in masks else hide
