"""The access log and the traces of retention, to be read by administrators; nothing can be changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.looking import ReadOnlyAdmin
from community_portal.privacy.models import AccessLog, Tombstone


class TracesAdmin(ReadOnlyAdmin):
    """For superusers, and only to read."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers: the log tells who was looked at."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for each row."""
        return self.has_view_permission(request)


@admin.register(AccessLog)
class AccessLogAdmin(TracesAdmin):
    """Who saw or took out what, when and for what; by person, day, action and object."""

    list_display = ("at", "staff", "action", "subject", "field", "purpose", "detail")
    list_filter = ("action", ("at", admin.DateFieldListFilter))
    list_select_related = ("staff",)
    date_hierarchy = "at"
    search_fields = ("subject__startswith", "staff__name", "staff__username")
    search_help_text = _("工作人员的姓名或账号，或对象的开头，如 petitions.petition:12")
    ordering = ("-id",)


@admin.register(Tombstone)
class TombstoneAdmin(TracesAdmin):
    """What was removed by which retention rule; the removed data are nowhere."""

    list_display = ("at", "model", "row_id", "rule", "act", "fields")
    list_filter = ("rule", "act")
    date_hierarchy = "at"
    search_fields = ("row_id__exact",)
    search_help_text = _("行号")
    ordering = ("-id",)
