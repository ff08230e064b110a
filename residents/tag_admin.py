"""Care tags in the configuration: conditions as fields, checked, and every file worked out anew after a change."""

import logging
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError

from grid.models import Appointment
from residents.catalogue import forget_tags
from residents.models import Household, TagRule
from residents.rules import LIVING, NUMBERS, OLDEST, condition_of
from residents.tasks import recompute_tags

logger = logging.getLogger(__name__)
LABELS = {
    "people_from": gettext_lazy("至少几人"),
    "people_to": gettext_lazy("至多几人"),
    "all_age_from": gettext_lazy("所有人至少几岁"),
    "any_age_from": gettext_lazy("有人至少几岁"),
    "any_age_below": gettext_lazy("有人不满几岁"),
}


class TagRuleForm(forms.ModelForm):
    """The condition as numbers and boxes; all of them empty is a tag given by hand."""

    living = forms.MultipleChoiceField(
        label=gettext_lazy("居住状况"), choices=Household.Living.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("都不选就不看居住状况。"),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("谁能看见"), choices=Appointment.Role.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("都不选，辖区里的人都能看见；选了就加密保存。"),
    )  # fmt: skip

    class Meta:
        model = TagRule
        fields = (
            "code",
            "name",
            "rank",
            "active",
            "source",
            "certainty",
            "kinds",
            "grades",
            "below_age",
            "roles",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.condition or {}
        for name, label in LABELS.items():
            self.fields[name] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=OLDEST, initial=stored.get(name)
            )
        self.fields[LIVING].initial = stored.get(LIVING, [])

    def clean(self) -> dict[str, Any]:
        """The condition as one; a sentence at the form when it cannot be."""
        said: dict[str, Any] = super().clean() or {}
        condition = {name: said[name] for name in NUMBERS if said.get(name) is not None}
        if said.get(LIVING):
            condition[LIVING] = said[LIVING]
        if condition:
            self._check(condition)
        self.instance.condition = condition
        return said

    def _check(self, condition: dict[str, Any]) -> None:
        try:
            checked = condition_of(condition)
        except ValidationError as error:
            self.add_error(None, error)
            return
        if checked.people_to is not None and (checked.people_from or 0) > checked.people_to:
            self.add_error("people_to", _("至多的人数不能少于至少的人数"))


@admin.register(TagRule)
class TagRuleAdmin(admin.ModelAdmin):
    """The care tags; a change is worked into every file in the background."""

    form = TagRuleForm
    list_display = ("name", "code", "rank", "active", "source", "sure")
    list_filter = ("active", "certainty")
    search_fields = ("name", "code")
    fieldsets = (
        (None, {"fields": ("code", "name", "rank", "active", "source", "certainty")}),
        (_("由系统推算的条件（都空着就是人工登记的标签）"), {"fields": (*NUMBERS, LIVING)}),
        (_("人工登记"), {"fields": ("kinds", "grades", "below_age")}),
        (_("谁能看见"), {"fields": ("roles",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """As declared: the fields of the condition are the form's own."""
        return self.fieldsets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Without asking the model for the condition's fields, which it has not."""
        return super().get_form(request, obj, change, **{**kwargs, "fields": None})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tags that were given name their rule; one that is not wanted is switched off."""
        return False

    def save_model(self, request: HttpRequest, obj: TagRule, form: Any, change: bool) -> None:
        """Save, and have every file worked out anew."""
        super().save_model(request, obj, form, change)
        forget_tags()
        transaction.on_commit(lambda: _queue(request))

    @admin.display(description=gettext_lazy("可信程度"))
    def sure(self, rule: TagRule) -> str:
        """Marked while nobody has checked it."""
        return f"⚠ {rule.get_certainty_display()}" if rule.certainty == "?" else rule.get_certainty_display()


def _queue(request: HttpRequest) -> None:
    try:
        recompute_tags.delay()
    except OperationalError:
        logger.exception("recompute_tags could not be queued")
        messages.warning(request, _("后台任务暂时不通，今晚会按新规则重算。"))
    else:
        messages.info(request, _("正在按新规则重算全部档案，几分钟后居民墙上就看得到。"))
