"""Configuration of the communities served and the colours of the wall."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from residents.models import ColourRule, ColourScheme, Community
from residents.places import forget_names
from residents.tag_admin import TagRuleAdmin
from residents.visit_admin import CareClassAdmin

__all__ = ["CareClassAdmin", "ColourSchemeAdmin", "CommunityAdmin", "TagRuleAdmin"]


@admin.register(Community)
class CommunityAdmin(admin.ModelAdmin):
    """Communities that the portal serves."""

    list_display = ("division", "scheme", "phone", "address")
    list_filter = ("scheme",)
    list_select_related = ("division", "scheme")
    search_fields = ("division__name", "division__code__startswith")
    autocomplete_fields = ("division",)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Addresses are recognised by the new names at once."""
        super().save_related(request, form, formsets, change)
        forget_names()


class ColourRuleInline(admin.TabularInline):
    """The colours of a scheme, the first that fits wins."""

    model = ColourRule
    extra = 0


@admin.register(ColourScheme)
class ColourSchemeAdmin(admin.ModelAdmin):
    """Colour schemes of the wall."""

    list_display = ("name", "code", "community", "source")
    list_select_related = ("community__division",)
    search_fields = ("name", "code")
    autocomplete_fields = ("community",)
    inlines = (ColourRuleInline,)

    def save_model(self, request: HttpRequest, obj: ColourScheme, form: ModelForm, change: bool) -> None:
        """With a new version, so that browsers ask for its stylesheet anew."""
        obj.version += change
        super().save_model(request, obj, form, change)
