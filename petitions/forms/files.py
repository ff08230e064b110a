"""Choosing several files in one field, and what a worker says of them."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.files import ACCEPT, AT_ONCE, FileRefused, Ready, read_upload
from petitions.models import PetitionFile

Stage = PetitionFile.Stage


class ManyFiles(forms.ClearableFileInput):
    """A chooser for several files; phones offer the camera."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__({"accept": ACCEPT, "data-most": str(AT_ONCE)})


class FilesField(forms.FileField):
    """Up to AT_ONCE files, each read by its content; cleans to a list of Ready."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("照片、文件（可不传）"))
        kwargs.setdefault("help_text", gettext_lazy("一次最多 5 个，每个 10 MB 以内；照片里的位置信息会去掉"))
        super().__init__(required=kwargs.pop("required", False), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Ready]:
        """The files, ready to be kept; each that cannot be is named with the reason."""
        sent: list[UploadedFile] = list(data) if isinstance(data, list | tuple) else [data] if data else []
        if not sent and self.required:
            raise forms.ValidationError(_("请选照片或文件"))
        if len(sent) > AT_ONCE:
            raise forms.ValidationError(_("一次最多 %d 个，这里选了 %d 个；其余的可以接着再传") % (AT_ONCE, len(sent)))
        found: list[Ready] = []
        problems: list[str] = []
        for file in sent:
            try:
                found.append(read_upload(file))
            except FileRefused as error:
                problems.append(_("“%(name)s”%(problem)s") % {"name": file.name, "problem": error})
        if problems:
            raise forms.ValidationError(problems)
        return found


class AttachForm(forms.Form):
    """A worker's photos and papers: of when they are, what they show, and whether the petitioner sees them."""

    attached = FilesField(required=True, label=gettext_lazy("照片、文件"))
    stage = forms.ChoiceField(
        label=gettext_lazy("是什么"),
        choices=[(stage, stage.label) for stage in (Stage.BEFORE, Stage.AFTER, Stage.OTHER)],
        initial=Stage.BEFORE,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=gettext_lazy("说明（可不填）"), max_length=500, required=False)
    shown = forms.BooleanField(label=gettext_lazy("诉求人在查进度时也看得到"), required=False)
