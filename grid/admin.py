"""Configuration of divisions, grids, organisations, people and appointments."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.looking import ReadOnlyAdmin
from community_portal.privacy.masking import mask_phone
from grid.models import Appointment, Division, GridUnit, Organisation, Staff
from grid.querysets import forget_workers

admin.site.unregister(Group)


@admin.register(Division)
class DivisionAdmin(ReadOnlyAdmin):
    """Divisions come from `load_divisions`; here they can only be looked up."""

    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code__startswith", "name", "short_name")
    search_help_text = _("区划代码的开头，或名称")
    ordering = ("code", "level")


@admin.register(GridUnit)
class GridUnitAdmin(admin.ModelAdmin):
    """Grids of communities and streets."""

    list_display = ("code", "name", "kind", "division")
    list_filter = ("kind",)
    list_select_related = ("division",)
    search_fields = ("code__startswith", "name", "division__name")
    autocomplete_fields = ("division",)


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """Who else can handle work."""

    list_display = ("name", "kind", "division", "phone")
    list_filter = ("kind",)
    list_select_related = ("division",)
    search_fields = ("name",)
    autocomplete_fields = ("division",)


class AppointmentInline(admin.TabularInline):
    """The appointments of one person."""

    model = Appointment
    extra = 0
    autocomplete_fields = ("grid", "division", "organisation")


class StaffForm(UserChangeForm):
    """An account. The phone is not shown again; what is typed here replaces it."""

    new_phone = forms.CharField(label=_("新手机号"), required=False, max_length=20, help_text=_("不改就留空"))

    class Meta:
        model = Staff
        fields = ("username", "name", "password", "is_active", "is_staff", "is_superuser")

    def save(self, commit: bool = True) -> Any:
        """Put the new phone, when there is one, into the account."""
        if phone := self.cleaned_data.get("new_phone"):
            self.instance.phone = phone
        return super().save(commit)


class NewStaffForm(AdminUserCreationForm):
    """A new account with its first password."""

    class Meta:
        model = Staff
        fields = ("username", "name")


@admin.register(Staff)
class StaffAdmin(UserAdmin):
    """Accounts with their appointments. Nobody is deleted, since histories name them; switch the account off."""

    form, add_form = StaffForm, NewStaffForm
    fieldsets = (
        (None, {"fields": ("username", "name", "password", "masked_phone", "new_phone")}),
        (_("权限"), {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "usable_password", "password1", "password2")}),)
    readonly_fields = ("masked_phone",)
    inlines = (AppointmentInline,)
    list_display = ("username", "name", "is_active", "is_staff", "is_demo")
    list_filter = ("is_active", "is_staff", "is_demo", "appointments__role")
    search_fields = ("username", "name")
    ordering = ("username",)
    filter_horizontal = ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the appointments too, and let this process route to the grid's new worker at once."""
        super().save_related(request, form, formsets, change)
        forget_workers()

    @admin.display(description=_("手机"))
    def masked_phone(self, staff: Staff) -> str:
        """The phone with its middle hidden."""
        return mask_phone(staff.phone)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):
    """Who holds which role where, and from when to when."""

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        """Save, and let this process route to the grid's new worker at once."""
        super().save_model(request, obj, form, change)
        forget_workers()

    list_display = ("staff", "role", "grid", "division", "organisation", "starts_on", "ends_on")
    list_filter = ("role",)
    list_select_related = ("staff", "grid", "division", "organisation")
    search_fields = ("staff__name", "staff__username", "grid__name", "division__name", "organisation__name")
    autocomplete_fields = ("staff", "grid", "division", "organisation")
    date_hierarchy = "starts_on"
