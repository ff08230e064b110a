"""Configuration of councils: the rules they vote by, and what their funds may go to."""

from django.contrib import admin
from django.http import HttpRequest

from councils.models import FundUse, VoteRule


@admin.register(VoteRule)
class VoteRuleAdmin(admin.ModelAdmin):
    """Vote rules; an announced ballot keeps its own copy, so an edited rule counts for those announced later."""

    list_display = ("name", "code", "version", "valid_from", "valid_until", "active", "certainty")
    list_filter = ("active", "certainty")
    search_fields = ("name", "code", "source")

    def has_delete_permission(self, request: HttpRequest, obj: VoteRule | None = None) -> bool:
        """Ballots point at their rule: it is switched off, not removed."""
        return False


@admin.register(FundUse)
class FundUseAdmin(admin.ModelAdmin):
    """Uses of the funds, allowed and forbidden, with the rule that a refusal names."""

    list_display = ("name", "kind", "allowed", "rule", "certainty")
    list_filter = ("kind", "allowed", "certainty")
    search_fields = ("name", "rule")

    def has_delete_permission(self, request: HttpRequest, obj: FundUse | None = None) -> bool:
        """Items point at their use."""
        return False
