"""Cents in templates."""

from django import template
from django.utils import timezone

from councils import money_words
from councils.money_rights import Deed, deeds_for
from grid.access import scope_of
from grid.models import Staff

register = template.Library()


@register.filter
def yuan(cents: int) -> str:
    """959.75."""
    return money_words.yuan(cents)


@register.filter
def magnitude(cents: int) -> str:
    """The amount without its sign: 959.75."""
    return money_words.yuan(abs(cents))


@register.filter
def balance(cents: int) -> str:
    """What an account holds: 959.75 on the left, 贷 959.75 on the right."""
    return f"贷 {money_words.yuan(-cents)}" if cents < 0 else money_words.yuan(cents)


@register.simple_tag(takes_context=True)
def sees_books(context: template.Context) -> bool:
    """Whether the viewer's roles let them into the books of a council that they see; no query."""
    user = context["request"].user
    return isinstance(user, Staff) and Deed.BOOKS in deeds_for(scope_of(user, timezone.localdate()).roles)
