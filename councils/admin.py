"""Configuration of councils: the rules they vote by."""

from django.contrib import admin
from django.http import HttpRequest

from councils.models import VoteRule


@admin.register(VoteRule)
class VoteRuleAdmin(admin.ModelAdmin):
    """Vote rules; an announced ballot keeps its own copy, so an edited rule counts for those announced later."""

    list_display = ("name", "code", "version", "valid_from", "valid_until", "active", "certainty")
    list_filter = ("active", "certainty")
    search_fields = ("name", "code", "source")

    def has_delete_permission(self, request: HttpRequest, obj: VoteRule | None = None) -> bool:
        """Ballots point at their rule: it is switched off, not removed."""
        return False
