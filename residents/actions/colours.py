"""Writes about a community's colours: which scheme it uses, and changes to its own copy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import Role, Scope, scope_of
from grid.models import Staff
from residents.models import ColourRule, ColourScheme, Community, CommunityEvent
from residents.querysets import communities_visible_to

MOST = 12
"""More colours than this nobody tells apart."""


@transaction.atomic
def scheme_pick(community_id: int, scheme_id: int, *, by: Staff, at: datetime) -> None:
    """Have a community's wall coloured by a shared scheme or by its own.

    Raises Community.DoesNotExist outside `by`'s scope, PermissionDenied for anybody but the community's head, and
    ColourScheme.DoesNotExist for another community's scheme.
    """
    community = _locked(community_id, by, at)
    scheme = ColourScheme.objects.get(pk=scheme_id)
    if scheme.community_id not in (None, community.pk):
        raise ColourScheme.DoesNotExist
    if scheme.pk == community.scheme_id:
        return
    text = _("配色由“%(old)s”改为“%(new)s”") % {"old": community.scheme.name, "new": scheme.name}
    community.scheme = scheme
    community.save(update_fields=["scheme"])
    _log(community, text, by, at)


@transaction.atomic
def scheme_save(
    community_id: int, rules: Sequence[ColourRule], *, seen: tuple[int, int], by: Staff, at: datetime
) -> ColourScheme:
    """Give a community's wall these colours, the first goes first; a shared scheme stays as it is, the community gets
    its own copy.

    `seen` are the id and version of the scheme that the changes were made on. Raises what `scheme_pick` raises, and
    ValidationError when somebody changed the scheme meanwhile, when there are too many or no colours, or when one
    cannot be read.
    """
    community = _locked(community_id, by, at)
    before = ColourScheme.objects.select_for_update().get(pk=community.scheme_id)
    if (before.pk, before.version) != seen:
        raise ValidationError(_("配色刚被别人改过，您的改动还在下面；核对以后再保存"), code="changed")
    _check(rules)
    old = list(before.rules.order_by("rank"))
    scheme = _own_copy(community, before)
    scheme.rules.all().delete()
    for rank, rule in enumerate(rules, 1):
        rule.pk, rule.scheme, rule.rank = None, scheme, rank
    ColourRule.objects.bulk_create(rules)
    if community.scheme_id != scheme.pk:
        community.scheme = scheme
        community.save(update_fields=["scheme"])
    _log(community, told(old, rules), by, at)
    return scheme


def told(old: Sequence[ColourRule], new: Sequence[ColourRule]) -> str:
    """What changed between two lists of colours, in words."""
    before, after = {rule.label: rule for rule in old}, {rule.label: rule for rule in new}
    words = [_("加 %s") % label for label in after if label not in before]
    words += [_("去掉 %s") % label for label in before if label not in after]
    both = [label for label in after if label in before]
    words += [_("改 %s") % label for label in both if _looks(after[label]) != _looks(before[label])]
    if both != [label for label in before if label in after]:
        words.append(_("次序：%s") % "、".join(after))
    return (_("改配色：%s") % "；".join(words) if words else _("保存配色，没有改动"))[:400]


def _looks(rule: ColourRule) -> tuple[Any, ...]:
    own = (rule.ground, rule.ink, rule.dark_ground, rule.dark_ink) if rule.swatch == ColourRule.Swatch.OWN else ()
    return sorted(rule.statuses), rule.symbol, rule.swatch, own


def _check(rules: Sequence[ColourRule]) -> None:
    if not 1 <= len(rules) <= MOST:
        raise ValidationError(_("颜色应有 1 到 %d 种") % MOST)
    if len({rule.label for rule in rules}) < len(rules):
        raise ValidationError(_("两种颜色的文字一样，墙上分不清"))
    for rule in rules:
        rule.full_clean(exclude=["scheme", "rank", "statuses"], validate_unique=False, validate_constraints=False)


def _own_copy(community: Community, scheme: ColourScheme) -> ColourScheme:
    """The community's own scheme, a version further; made from the one in use when there is none."""
    own = ColourScheme.objects.select_for_update().filter(community=community).first()
    if own is None:
        name = _("%s（本社区）") % scheme.name
        code = f"own-{community.pk}"
        return ColourScheme.objects.create(code=code, name=name[:40], source=scheme.source, community=community)
    own.version += 1
    own.save(update_fields=["version"])
    return own


def _locked(community_id: int, by: Staff, at: datetime) -> Community:
    scope = scope_of(by, localtime(at).date())
    if not communities_visible_to(scope).filter(pk=community_id).exists():
        raise Community.DoesNotExist
    if not may_colour(scope, community_id):
        raise PermissionDenied
    return Community.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=community_id)


def may_colour(scope: Scope, community_id: int) -> bool:
    """Whether a person decides on a community's colours: its head does."""
    return Role.COMMUNITY_HEAD in scope.roles_over(community=community_id)


def _log(community: Community, text: str, by: Staff, at: datetime) -> None:
    subject = CommunityEvent.Subject.COLOURS
    CommunityEvent.objects.create(community=community, subject=subject, at=at, by=by, text=text)
