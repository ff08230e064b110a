"""Configuration of who is visited how often."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from community_portal.worktime import ladder
from residents.catalogue import forget_tags
from residents.models import CareClass, Visit


class CareClassForm(ModelForm):
    """Results that no visit has, and ladders that do not climb, are refused."""

    class Meta:
        model = CareClass
        fields = (
            "code", "name", "rank", "statuses", "every_days", "within_hours", "window_days", "on_holidays", "counts",
            "asks", "ladder", "active", "source", "certainty",
        )  # fmt: skip

    def clean_counts(self) -> list[str]:
        """Only results of visits."""
        counts: list[str] = self.cleaned_data["counts"]
        unknown = sorted(set(counts) - set(Visit.Result.values))
        if unknown:
            raise ValidationError(
                _("没有 %(wrong)s 这样的结果，可用：%(known)s")
                % {"wrong": "、".join(unknown), "known": "、".join(Visit.Result.values)}
            )
        return counts

    def clean_ladder(self) -> list[dict[str, Any]]:
        """Rungs that follow one another in time."""
        steps: list[dict[str, Any]] = self.cleaned_data["ladder"]
        try:
            ladder.validate({"ladder": steps})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValidationError(_("阶梯写得不对：每级要有 action、to、amount、unit，按时间先后排")) from error
        return steps


@admin.register(CareClass)
class CareClassAdmin(admin.ModelAdmin):
    """Care classes; an edited one counts for the visits set from then on, running ones keep their rule."""

    form = CareClassForm
    list_display = ("name", "rank", "every_days", "within_hours", "on_holidays", "active", "certainty")
    list_filter = ("active",)
    search_fields = ("name", "code")

    def save_model(self, request: HttpRequest, obj: CareClass, form: forms.ModelForm, change: bool) -> None:
        """The schedule reads the classes anew."""
        super().save_model(request, obj, form, change)
        forget_tags()

    def has_delete_permission(self, request: HttpRequest, obj: CareClass | None = None) -> bool:
        """Visits point at their class: it is switched off, not removed."""
        return False
