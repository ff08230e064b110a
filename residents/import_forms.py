"""What is asked about a file: which file and where it belongs, then what its columns hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grid.access import place_name
from residents.importing.fields import DWELLING, FIELDS, TAG, TagWord
from residents.models import Community

MEGABYTE = 1024 * 1024


class CommunityChoice(forms.ModelChoiceField):
    """One of the communities that somebody imports for."""

    def label_from_instance(self, obj: Community) -> str:
        """As people call it."""
        return place_name(obj.division)


class UploadForm(forms.Form):
    """A file of households and people."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "Excel（.xlsx、.xls）或 CSV，最多 20 万行。用社区现有的表，不必改表头；有标题行、合并单元格也可以"
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={"required": gettext_lazy("请选择文件"), "empty": gettext_lazy("文件是空的")},
    )
    community = CommunityChoice(Community.objects.none(), label=gettext_lazy("社区"), empty_label=None)

    def __init__(self, *args: Any, communities: QuerySet[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        assert isinstance(field, CommunityChoice)
        field.queryset = communities
        first = communities.first()
        field.initial = first.pk if first else None
        if communities.count() < 2:
            field.widget = forms.HiddenInput()

    def clean_file(self) -> UploadedFile:
        """Not too large to be taken in at once."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            most = settings.IMPORT_MAX_BYTES // MEGABYTE
            raise forms.ValidationError(_("文件超过 %d MB，请分成几个文件上传") % most)
        return file


class ColumnsForm(forms.Form):
    """A choice for each column: what it holds, or nothing of ours."""

    def __init__(
        self,
        *args: Any,
        headers: Sequence[str],
        columns: Mapping[str, str],
        samples: Mapping[str, Sequence[str]],
        tags: Sequence[TagWord],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._headers = headers
        choices = _choices(tags)
        for place, header in enumerate(headers):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=header,
                choices=choices,
                required=False,
                initial=columns.get(header, ""),
                help_text="、".join(text[:20] for text in samples.get(header, ())),
            )

    def clean(self) -> dict[str, Any]:
        """No two columns hold one thing."""
        said: dict[str, Any] = super().clean() or {}
        seen: dict[str, str] = {}
        for name, field in list(said.items()):
            if field and field in seen:
                other = self.fields[seen[field]].label
                self.add_error(name, _("“%s”一列已经选了这一项，请只留一列") % other)
            elif field:
                seen[field] = name
        return said

    @property
    def columns(self) -> dict[str, str]:
        """Header → field, "" for a column that is left out."""
        return {header: self.cleaned_data.get(f"column-{place}", "") for place, header in enumerate(self._headers)}


def _choices(tags: Sequence[TagWord]) -> list[tuple[Any, Any]]:
    dwelling = [(name, field.label) for name, field in FIELDS.items() if field.of == DWELLING]
    person = [(name, field.label) for name, field in FIELDS.items() if field.of != DWELLING]
    return [
        ("", _("不导入这一列")),
        (_("房屋"), dwelling),
        (_("人"), person),
        (_("照护标签"), [(TAG + tag.code, tag.name) for tag in tags]),
    ]
