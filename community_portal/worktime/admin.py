"""Configuration of the working calendar."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import forget_calendar


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    """Days that are worked or not. A change counts for deadlines computed from then on."""

    list_display = ("date", "is_workday", "kind", "name")
    list_filter = ("kind", "is_workday")
    search_fields = ("name",)
    date_hierarchy = "date"
    ordering = ("-date",)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """This process reads the calendar anew at once, the others within a minute."""
        super().save_related(request, form, formsets, change)
        forget_calendar()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """As after saving."""
        super().delete_model(request, obj)
        forget_calendar()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """As after saving."""
        super().delete_queryset(request, queryset)
        forget_calendar()
