"""Addresses in templates: those without variables are worked out once."""

import pytest
from django.template import Context, engines
from django.urls import get_script_prefix, reverse, set_script_prefix


def render(text: str, **values: object) -> str:
    """What a template with this text gives."""
    return engines["django"].engine.from_string(text).render(Context(values))


def test_a_fixed_address_is_what_django_makes_of_it() -> None:
    assert render("{% load static %}{% static 'css/wall.css' %}") == "/static/css/wall.css"
    assert render("{% static 'css/wall.css' %} {% url 'workbench' %}") == f"/static/css/wall.css {reverse('workbench')}"


def test_an_address_with_variables_follows_them() -> None:
    line = "{% for number in numbers %}{% url 'petition-detail' number %} {% endfor %}"
    assert render(line, numbers=["SQ1", "SQ2"]) == "/petitions/SQ1/ /petitions/SQ2/ "
    assert render("{% static name %}", name="css/order.css") == "/static/css/order.css"
    assert render("{% url name %}", name="wall") == reverse("wall")


def test_an_address_can_be_kept_under_a_name() -> None:
    assert render("{% url 'wall' as there %}[{{ there }}]") == f"[{reverse('wall')}]"
    assert render("{% static 'css/wall.css' as there %}[{{ there }}]") == "[/static/css/wall.css]"


def test_the_rest_of_djangos_library_is_there() -> None:
    assert render("{% load static %}{% get_static_prefix %}") == "/static/"


@pytest.fixture
def mounted() -> object:
    """The portal under a path of its own, later."""
    before = get_script_prefix()
    yield lambda: set_script_prefix("/portal/")
    set_script_prefix(before)


def test_a_portal_mounted_elsewhere_has_its_own(mounted: object) -> None:
    template = engines["django"].engine.from_string("{% url 'wall' %}")
    assert template.render(Context()) == "/wall/"
    mounted()
    assert template.render(Context()) == "/portal/wall/"
