"""Who may do what, as a table for people: made from petitions.workflow, the one source."""

from django.utils.translation import gettext as _

from grid.access import RANK, Role
from petitions.workflow import DECISIONS, PARTS, ROLES, TRANSITIONS, State, Verb

YES, NO = "●", ""


def markdown() -> str:
    """The whole document docs/roles.md."""
    roles = sorted(Role, key=lambda role: RANK[role])
    heads = [_("动作"), *(str(role.label) for role in roles), _("在哪些状态"), _("之后")]
    rows = [[_named(verb), *(_mark(verb, role) for role in roles), *_states(verb)] for verb in ROLES]
    lines = [heads, ["---"] * len(heads), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{HEAD}\n{table}\n\n{FOOT}\n"


def _named(verb: Verb) -> str:
    return f"{verb.label}{'＊' if verb in PARTS else '※' if verb in DECISIONS else ''}"


def _mark(verb: Verb, role: str) -> str:
    return YES if role in ROLES[verb] else NO


def _states(verb: Verb) -> tuple[str, str]:
    pairs = [(State(old), new) for (each, old), new in TRANSITIONS.items() if each == verb]
    froms = _("（新件）") if verb == Verb.REGISTER else "、".join(str(old.label) for old, _new in pairs)
    targets = {new for _old, new in pairs}
    if all(old == new for old, new in pairs):
        return froms, _("不变") if pairs else str(State.DISPATCHED.label)
    return froms, "、".join(str(state.label) for state in State if state in targets)


HEAD = """# 谁能做什么

由 `manage.py roles_table` 从 `petitions/workflow.py` 生成，不要手改；测试核对这张表和代码一致。
“能做”只在任职范围之内：范围之外的工单不存在。系统（预警、到期催办、升级、重算时限）和居民（补充、评价、催促、复查申请）的动作不在表里。
"""
FOOT = """＊ 某一个联办单位的事：单位的经办人，或替没有账号的单位代记的人，在那个单位的一栏里做。
※ 对申请的决定：在申请的审批页里做，自己的申请自己不能批；复核只由区级决定。"""
