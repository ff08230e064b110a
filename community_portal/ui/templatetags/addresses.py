"""{% static %} and {% url %} as Django has them, but an address without variables is worked out once.

A builtin of every template, and what {% load static %} loads (settings.TEMPLATES). The frame of a page has some thirty
such addresses, each of which costs a look into the manifest or a walk through the URL patterns.
"""

from typing import Any

from django import template
from django.template import defaulttags
from django.template.base import FilterExpression, Node, Parser, Token, Variable
from django.templatetags.static import StaticNode
from django.templatetags.static import register as static_library
from django.urls import get_script_prefix

register = template.Library()
register.tags.update(static_library.tags)


class Kept(Node):
    """What another node rendered, for each path that the portal is mounted at (in practice one)."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._known: dict[str, str] = {}

    def render(self, context: template.Context) -> Any:
        """The address."""
        prefix = get_script_prefix()
        if prefix not in self._known:
            self._known[prefix] = self._node.render(context)
        return self._known[prefix]


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """{% static "css/wall.css" %}"""
    node = StaticNode.handle_token(parser, token)
    return Kept(node) if _is_plain(node.path) and node.varname is None else node


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """{% url "workbench" %}, {% url "petition-detail" number %}"""
    node = defaulttags.url(parser, token)
    plain = _is_plain(node.view_name) and not (node.args or node.kwargs or node.asvar)
    return Kept(node) if plain else node


def _is_plain(said: FilterExpression) -> bool:
    return not isinstance(said.var, Variable) and not said.filters
