"""The filters of the order list: a plain GET form, the same names for people and bookmarks."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from community_portal.worktime.deadlines import ZONE
from grid.models import GridUnit, Staff
from petitions import workflow
from petitions.catalogue import catalogue
from petitions.models import Petition
from petitions.workflow import State

OPEN, QUEUE, SUSPENDED, ANSWERED, ENDED, ALL = "open", "queue", "suspended", "answered", "ended", "all"
GROUPS = {
    OPEN: (_("在办"), workflow.OPEN),
    QUEUE: (_("待派单"), (State.REGISTERED,)),
    SUSPENDED: (_("已挂起"), (State.SUSPENDED,)),
    ANSWERED: (_("待评价"), (State.RESOLVED,)),
    ENDED: (_("已归档"), workflow.ENDED),
    ALL: (_("全部"), None),
}
TIMED = (OPEN, QUEUE)
TOGGLES = ("mine", "overdue", "escalated")
ANY = _("不限")


def in_group(petitions: QuerySet[Petition], group: str) -> QuerySet[Petition]:
    """Those in the states of one of GROUPS."""
    states = GROUPS[group][1]
    if states is None:
        return petitions
    return petitions.filter(state__in=states) if len(states) > 1 else petitions.filter(state=states[0])


def _categories() -> list[tuple[str, str]]:
    rows = sorted(catalogue().categories.values(), key=lambda row: row.rank)
    return [(row.code, row.name) for row in rows]


def _levels() -> list[tuple[str, str]]:
    rows = sorted(catalogue().levels.values(), key=lambda row: row.rank)
    return [(row.code, row.name) for row in rows]


class _GridField(forms.ModelChoiceField):
    def label_from_instance(self, obj: GridUnit) -> str:
        return f"{obj.division.short_name} {obj.name}"


class GridFilter(django_filters.ModelChoiceFilter):
    """A choice of grids, each with the place that it belongs to."""

    field_class = _GridField


class PetitionFilter(django_filters.FilterSet):
    """Filters by columns; `group` and `order` are read by the view too, since the tabs show them."""

    category = django_filters.ChoiceFilter(method="of_category", choices=_categories, label=_("类别"), empty_label=ANY)
    level = django_filters.ChoiceFilter(method="of_level", choices=_levels, label=_("级别"), empty_label=ANY)
    source = django_filters.ChoiceFilter(choices=Petition.Source.choices, label=_("来源"), empty_label=ANY)
    grid = GridFilter(queryset=GridUnit.objects.none(), label=_("网格"), empty_label=ANY)
    since = django_filters.DateFilter(
        method="received_since", label=_("受理日期从"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        method="received_until", label=_("到"), widget=forms.DateInput(attrs={"type": "date"})
    )
    mine = django_filters.BooleanFilter(method="of_mine", label=_("只看我的"), widget=forms.CheckboxInput)
    overdue = django_filters.BooleanFilter(method="past_due", label=_("已过时限"), widget=forms.CheckboxInput)
    escalated = django_filters.BooleanFilter(method="was_escalated", label=_("已升级"), widget=forms.CheckboxInput)

    class Meta:
        model = Petition
        fields = ["category", "level", "source", "grid", "since", "until", "mine", "overdue", "escalated"]

    def __init__(
        self, data: Any, queryset: QuerySet[Petition], *, staff: Staff, grids: QuerySet[GridUnit], now: datetime
    ) -> None:
        self._staff, self._now = staff, now
        super().__init__(data, queryset)
        self.filters["grid"].queryset = grids

    @property
    def chosen_names(self) -> list[str]:
        """The filters that are set; those that cannot be read are not."""
        self.form.is_valid()
        return [name for name, value in self.form.cleaned_data.items() if value]

    @property
    def behind(self) -> int:
        """How many are set, rightly or not, of those that the page keeps behind 更多筛选."""
        return sum(1 for name in self.form.changed_data if name not in TOGGLES)

    def of_category(self, queryset: QuerySet[Petition], _name: str, value: str) -> QuerySet[Petition]:
        """By category code."""
        return queryset.filter(category=catalogue().categories[value])

    def of_level(self, queryset: QuerySet[Petition], _name: str, value: str) -> QuerySet[Petition]:
        """By level code."""
        return queryset.filter(level=catalogue().levels[value])

    def of_mine(self, queryset: QuerySet[Petition], _name: str, value: bool) -> QuerySet[Petition]:
        """Those that the viewer handles."""
        return queryset.filter(handler=self._staff) if value else queryset

    def past_due(self, queryset: QuerySet[Petition], _name: str, value: bool) -> QuerySet[Petition]:
        """Open ones with a deadline behind them."""
        return queryset.filter(due_at__lte=self._now, state__in=workflow.OPEN) if value else queryset

    def was_escalated(self, queryset: QuerySet[Petition], _name: str, value: bool) -> QuerySet[Petition]:
        """Those whose ladder has left the handler."""
        return queryset.filter(escalated_to__gte=Petition.Step.COMMUNITY) if value else queryset

    def received_since(self, queryset: QuerySet[Petition], _name: str, value: date) -> QuerySet[Petition]:
        """Received on that day or later."""
        return queryset.filter(received_at__gte=datetime.combine(value, time(), ZONE))

    def received_until(self, queryset: QuerySet[Petition], _name: str, value: date) -> QuerySet[Petition]:
        """Received on that day or before."""
        return queryset.filter(received_at__lt=datetime.combine(value + timedelta(days=1), time(), ZONE))
