"""Forms about care: tags, contacts, consents, photos of papers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.ui.forms import choice_field
from grid.access import scope_of
from residents import photos
from residents.actions.care import tag_end, tag_give
from residents.actions.consents import consent_give, consent_withdraw, contact_drop, contact_save
from residents.actions.documents import KEEP_DAYS, document_drop, document_keep
from residents.care import Said
from residents.catalogue import tags
from residents.forms.base import FileForm, choices_of, date_field, day_field, phone_field, relation_field, stays_here
from residents.models import Consent, Document

HOLDS = [("yes", gettext_lazy("有这个标签")), ("no", gettext_lazy("推算得不对，先停用"))]


class TagForm(FileForm):
    """Give a tag, or override a derived one."""

    title, button, done, section = gettext_lazy("登记标签"), gettext_lazy("登记"), gettext_lazy("已登记标签"), "tags"
    code = forms.ChoiceField(label=gettext_lazy("标签"))
    holds = forms.ChoiceField(label=gettext_lazy("怎样登记"), choices=HOLDS, initial="yes", widget=forms.RadioSelect)
    person = forms.TypedChoiceField(label=gettext_lazy("谁"), coerce=int, required=False, empty_value=None)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), required=False, help_text=gettext_lazy("残疾要选。"))
    grade = forms.TypedChoiceField(
        label=gettext_lazy("等级"), coerce=int, required=False, empty_value="",
        choices=[("", "—"), *((n, f"{n} 级") for n in range(1, 5))],
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由或依据"), required=False, max_length=200,
        help_text=gettext_lazy("改动推算的标签（独居、空巢、高龄）必须写。"),
    )  # fmt: skip
    until = date_field(
        gettext_lazy("到哪一天为止"), required=False, hint=gettext_lazy("改动推算的标签必须写，其他可以空着。")
    )

    def prepare(self) -> None:
        """The tags that the reader may see, and the people."""
        known = tags()
        seen = known.seen_by(scope_of(self.staff, self.today)) | (frozenset(known.rows) - known.sealed)
        choose = ("", _("请选择"))
        rows = [row for code, row in known.rows.items() if code in seen]
        self._choose("code", [choose, *((row.code, row.name) for row in rows)])
        self._choose("kind", [("", "—"), *((kind, kind) for row in rows for kind in row.kinds)])
        self._choose("person", [("", _("全户")), *choices_of(stays_here(self.household))])
        if self.who:
            self.initial.setdefault("person", self.who.resident_id)

    def _choose(self, name: str, choices: list[Any]) -> None:
        choice_field(self, name).choices = choices

    def warnings(self) -> list[str]:
        """Health is registered with the person's consent."""
        said, known = self.cleaned_data, tags()
        rule = known.rows[said["code"]]
        if not (rule.kinds or rule.code == "incapacitated") or said["person"] is None:
            return []
        agreed = Consent.objects.filter(
            resident=said["person"], purpose=Consent.Purpose.HEALTH, withdrawn_on__isnull=True
        )
        return [] if agreed.exists() else [_("本人还没有同意登记健康和残疾情况")]

    def act(self) -> None:
        """Give."""
        said = self.cleaned_data
        words = Said(said["code"], said["kind"], int(said["grade"] or 0), said["reason"].strip())
        tag_give(
            self.household.pk, by=self.staff, at=self.now, said=words, resident=said["person"],
            holds=said["holds"] == "yes", until=said["until"],
        )  # fmt: skip


class EndTagForm(FileForm):
    """Take a tag back."""

    title, button, done, section = gettext_lazy("撤销标签"), gettext_lazy("撤销"), gettext_lazy("已撤销"), "tags"
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def act(self) -> None:
        """End."""
        tag_end(self.household.pk, self.row or 0, by=self.staff, at=self.now, reason=self.cleaned_data["reason"])


class ContactForm(FileForm):
    """Somebody to call."""

    title, done = gettext_lazy("登记紧急联系人"), gettext_lazy("已登记联系人")
    name = forms.CharField(label=gettext_lazy("联系人姓名"), max_length=40)
    relation = relation_field()
    phone = phone_field(gettext_lazy("联系人电话"), required=True)

    def prepare(self) -> None:
        """What they are to the person, not to the head."""
        self.fields["relation"].label = _("是本人的什么人")

    def act(self) -> None:
        """Save."""
        assert self.who is not None
        said = self.said("name", "relation", "phone")
        contact_save(self.household.pk, self.who.resident_id, by=self.staff, at=self.now, **said)


class DropContactForm(FileForm):
    """Nobody to call any more."""

    title, button, done = gettext_lazy("删除紧急联系人"), gettext_lazy("删除"), gettext_lazy("已删除联系人")

    def act(self) -> None:
        """Drop."""
        contact_drop(self.household.pk, self.row or 0, by=self.staff, at=self.now)


class ConsentForm(FileForm):
    """What a person agreed to."""

    title, done = gettext_lazy("登记同意"), gettext_lazy("已登记同意")
    purpose = forms.ChoiceField(label=gettext_lazy("同意的事项"), choices=Consent.Purpose.choices)
    how = forms.ChoiceField(label=gettext_lazy("怎样同意的"), choices=Consent.How.choices, widget=forms.RadioSelect)
    day = day_field(gettext_lazy("同意日期"))

    def act(self) -> None:
        """Record."""
        assert self.who is not None
        said = self.said("purpose", "how", "day")
        consent_give(self.household.pk, self.who.resident_id, by=self.staff, at=self.now, **said)


class WithdrawForm(FileForm):
    """They changed their mind."""

    title, button, done = gettext_lazy("撤回同意"), gettext_lazy("撤回"), gettext_lazy("已撤回")
    day = day_field(gettext_lazy("撤回日期"))

    def prepare(self) -> None:
        """What else goes with it."""
        if Consent.objects.filter(pk=self.row or 0, purpose=Consent.Purpose.DOCUMENTS).exists():
            self.fields["day"].help_text = _("证件照片会同时删除。空着就是今天。")

    def act(self) -> None:
        """Withdraw."""
        consent_withdraw(self.household.pk, self.row or 0, by=self.staff, at=self.now, day=self.on_day)


class DocumentForm(FileForm):
    """Keep a photo of a paper."""

    title, button, done = gettext_lazy("留存证件照片"), gettext_lazy("留存"), gettext_lazy("照片已加密留存")
    multipart = True
    kind = forms.ChoiceField(label=gettext_lazy("什么证件"), choices=Document.Kind.choices)
    purpose = forms.ChoiceField(
        label=gettext_lazy("用来做什么"), choices=Document.Purpose.choices, help_text=gettext_lazy("没有用途的不留。")
    )
    keep_until = date_field(gettext_lazy("保留到"), hint=gettext_lazy("到那天自动删除，最长一年。"))
    photo = forms.FileField(
        label=gettext_lazy("照片"), widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("JPG、PNG 或 WebP，10 MB 以内。"),
    )  # fmt: skip

    def prepare(self) -> None:
        """Three months, unless more is asked for."""
        self.initial.setdefault("keep_until", self.today + timedelta(days=KEEP_DAYS))

    def clean_photo(self) -> bytes:
        """The picture alone, drawn anew."""
        sent = self.cleaned_data["photo"]
        try:
            return photos.redraw(sent.file, sent.size)
        except photos.PhotoRefused as error:
            raise forms.ValidationError(str(error)) from error

    def act(self) -> None:
        """Keep."""
        assert self.who is not None
        said = self.said("kind", "purpose", "keep_until")
        document_keep(
            self.household.pk,
            self.who.resident_id,
            by=self.staff,
            at=self.now,
            picture=self.cleaned_data["photo"],
            **said,
        )


class DropDocumentForm(FileForm):
    """Remove a photo."""

    title, button, done = gettext_lazy("删除证件照片"), gettext_lazy("删除"), gettext_lazy("照片已删除")

    def act(self) -> None:
        """Drop."""
        document_drop(self.household.pk, self.row or 0, by=self.staff, at=self.now)
