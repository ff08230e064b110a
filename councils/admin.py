"""Configuration of councils: the rules they meet and vote by, their clocks, and what their funds may go to."""

from django.contrib import admin
from django.http import HttpRequest

from councils.models import FundUse, MeetingKind, TimeRule, VoteRule


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


class SnapshotAdmin(admin.ModelAdmin):
    """Rules that what was begun under them keeps a copy of; they are switched off or edited, never removed."""

    list_filter = ("certainty",)

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Meetings and clocks ask for their kind."""
        return False


@admin.register(MeetingKind)
class MeetingKindAdmin(SnapshotAdmin):
    """Kinds of meetings: who holds and who is entitled, days of notice, quorum, proxies, and where that comes from."""

    list_display = ("name", "code", "entitled", "notice_days", "active", "source", "certainty")


@admin.register(TimeRule)
class TimeRuleAdmin(SnapshotAdmin):
    """How long each kind of clock runs, and its ladder."""

    list_display = ("kind", "amount", "unit", "source", "certainty")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Every kind has its rule already."""
        return False
