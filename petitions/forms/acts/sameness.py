"""Merging what is one event, taking it out again, and what counts in the rates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import choice_field
from petitions.actions import excluding, same
from petitions.alike import likely_same
from petitions.catalogue import catalogue
from petitions.forms.acts.base import ActForm, text_field
from petitions.models import Ground
from petitions.querysets import visible_at
from petitions.workflow import Verb

OTHER = ""


class MergeForm(ActForm):
    """To which one."""

    verb = Verb.MERGE
    title, button, done = _("和哪一件是同一件事"), _("并成一件"), _("已并成一件；各人的工单号、时限和回访不变")
    action = staticmethod(same.petition_merge)
    consequence = _("由那一件牵头办理。这一件的工单号、时限和回访照旧，办结时可以一起答复；并错了可以再拆出来。")
    into = forms.ChoiceField(label=_("可能是同一件"), widget=forms.RadioSelect, required=False)
    number = forms.CharField(label=_("或者写工单号"), required=False, max_length=20)

    def prepare(self) -> None:
        """The likely ones of the same place."""
        visible = visible_at(self.staff, self.now).exclude(pk=self.petition.pk)
        said = f"{self.petition.title} {self.petition.text}"
        place = {name: getattr(self.petition, name) for name in ("grid", "building", "household")}
        likely = likely_same(visible, said, self.now, **place)
        choices = [(each.petition.number, f"{each.petition.title}（{each.where}）") for each in likely]
        choice_field(self, "into").choices = choices
        if not choices:
            del self.fields["into"]
            self.fields["number"].label = _("那一件的工单号")

    def clean(self) -> dict[str, Any]:
        """The petition that is meant, within the viewer's scope."""
        said = super().clean() or {}
        number = said.get("number", "").strip().upper() or said.get("into", "")
        lead = visible_at(self.staff, self.now).filter(number=number).values_list("pk", flat=True).first()
        if lead is None:
            raise ValidationError({"number": _("请选一件，或写您范围内的工单号")})
        return {**said, "lead": lead}

    def values(self) -> dict[str, Any]:
        """The id of the other one."""
        return {"into": self.cleaned_data["lead"]}


class SplitForm(ActForm):
    """Out again."""

    verb = Verb.SPLIT
    title, button, done = _("从同一件事里拆出来"), _("拆出来"), _("已拆出来，单独办理")
    action = staticmethod(same.petition_split)
    consequence = _("这件工单回到单独办理，时限一直没有变过。它若是牵头的，由最早并进来的接着牵头。")
    text = text_field(_("为什么不是同一件"), _("可以不写。"), required=False)


class ExcludeForm(ActForm):
    """Out of the rates."""

    verb = Verb.EXCLUDE
    title, button, done = _("从考核中剔除"), _("剔除"), _("已剔除，统计一分钟后更新")
    action = staticmethod(excluding.petition_exclude)
    consequence = _("不再计入三率；照常办理，时限不变。理由写进经过，办理人会收到。")
    ground = forms.ChoiceField(
        label=_("属于哪种情形"),
        choices=lambda: catalogue().choices(Ground.Use.EXCLUDE),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择剔除的情形")},
    )
    text = text_field(_("理由"))


class IncludeForm(ActForm):
    """Back into the rates."""

    verb = Verb.INCLUDE
    title, button, done = _("恢复计入考核"), _("恢复计入"), _("已恢复计入，统计一分钟后更新")
    action = staticmethod(excluding.petition_include)
    text = text_field(_("理由"))


SAMENESS: tuple[type[ActForm], ...] = (MergeForm, SplitForm, ExcludeForm, IncludeForm)
