"""Areas in templates."""

from django import template

from councils.ballot_words import square_metres

register = template.Library()


@register.filter
def dm2(area: int) -> str:
    """Square decimetres as square metres: 87.53."""
    return f"{square_metres(area):,.2f}"
