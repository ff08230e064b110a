"""What a grid worker writes on patrol."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.ui.forms import choice_field, row_field
from petitions.actions.patrols import Found
from petitions.forms.files import FilesField
from petitions.models import Category, Patrol
from petitions.patrols import buildings_of, grids_to_patrol
from residents.geo import EAST, NORTH, SOUTH, WEST
from residents.models import Building


class KeyedForm(forms.Form):
    """Carries a key from its showing: sent twice it counts once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["key"].initial = uuid.uuid4


class StartForm(KeyedForm):
    """Which grid the round goes through."""

    grid = forms.TypedChoiceField(label=gettext_lazy("哪个网格"), coerce=int)

    def __init__(self, *args: Any, scope: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grids = grids_to_patrol(scope)
        choice_field(self, "grid").choices = grids
        self.has_grids = bool(grids)
        if len(grids) == 1:
            self.fields["grid"].widget = forms.HiddenInput()
            self.fields["grid"].initial = grids[0][0]


class FindForm(KeyedForm):
    """One thing found: what, where, pictures, and what was done on the spot."""

    text = forms.CharField(
        label=gettext_lazy("发现什么"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("请写一下发现什么")},
    )
    before = FilesField(label=gettext_lazy("照片（可不拍）"), help_text=gettext_lazy("一次最多 5 张"))
    building = forms.ModelChoiceField(
        Building.objects.none(), label=gettext_lazy("在哪栋楼"), required=False, empty_label=gettext_lazy("不在楼里")
    )
    where = forms.CharField(label=gettext_lazy("具体在哪里（可不填）"), max_length=200, required=False)
    lon = forms.FloatField(min_value=WEST, max_value=EAST, required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(min_value=SOUTH, max_value=NORTH, required=False, widget=forms.HiddenInput)
    category = forms.ModelChoiceField(
        Category.objects.all(), label=gettext_lazy("类别"), required=False, empty_label=gettext_lazy("按内容判断")
    )
    measure = forms.CharField(
        label=gettext_lazy("当场怎么办的（没办就空着）"),
        help_text=gettext_lazy("写了就当场办结归档；空着就按类别派给负责的人"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    after = FilesField(label=gettext_lazy("办好以后的照片（可不拍）"), help_text="")

    def __init__(self, *args: Any, patrol: Patrol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_field(self, "building").queryset = buildings_of(patrol)

    def clean(self) -> dict[str, Any]:
        """A picture of what was put right wants the words to it."""
        values = super().clean() or {}
        if values.get("after") and not values.get("measure", "").strip():
            self.add_error("measure", _("有办好以后的照片，请写一句怎么办的"))
        return values

    def found(self) -> Found:
        """What a valid form says."""
        said = self.cleaned_data
        point = (said["lon"], said["lat"]) if said["lon"] is not None and said["lat"] is not None else None
        names = ("key", "text", "category", "building", "where", "before", "after", "measure")
        return Found(**{name: said[name] for name in names}, point=point)
