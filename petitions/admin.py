"""Configuration of response levels, categories and hotlines. A change counts for new petitions only."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.looking import ReadOnlyAdmin
from petitions.actions.levels import level_remember
from petitions.catalogue import forget_catalogue
from petitions.models import (
    Category,
    ClockRule,
    Ground,
    HotlineClient,
    LevelVersion,
    Open311Key,
    PatrolNorm,
    PetitionClock,
    ReplyTemplate,
    ResponseLevel,
    RoutingRule,
)

MOST = 1000


class CatalogueAdmin(admin.ModelAdmin):
    """Whatever is changed here, this process reads anew at once, the others within a minute."""

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        forget_catalogue()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        forget_catalogue()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        forget_catalogue()


class ClockRuleInline(admin.StackedInline):
    """The three clocks of a level."""

    model = ClockRule
    extra = 0


@admin.register(ResponseLevel)
class ResponseLevelAdmin(CatalogueAdmin):
    """Response levels with their clocks and ladders, and where each number comes from."""

    list_display = ("name", "code", "rank", "source", "sure")
    list_filter = ("certainty",)
    search_fields = ("name", "code")
    inlines = (ClockRuleInline,)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Keep what the level was and what it is now; clocks that run go on with the rules they started with."""
        level_remember(form.instance, by=None, at=timezone.now())
        super().save_related(request, form, formsets, change)
        level_remember(form.instance, by=request.user, at=timezone.now())
        running = PetitionClock.objects.filter(petition__level=form.instance, closed_at__isnull=True)[:MOST]
        if change and running:
            words = _("%s 个在走的时限照原来的规则走完；要改个别工单，请在工单上“调整级别”")
            messages.info(request, words % (len(running) if len(running) < MOST else f"{MOST - 1}+"))

    @admin.display(description=_("可信程度"), ordering="certainty")
    def sure(self, level: ResponseLevel) -> str:
        """How sure the source is, with a mark when nobody has checked it."""
        label = level.get_certainty_display()
        return f"⚠ {label}" if level.certainty == ResponseLevel.Certainty.UNVERIFIED else label


@admin.register(Category)
class CategoryAdmin(CatalogueAdmin):
    """What petitions are about."""

    list_display = ("name", "code", "rank", "level", "jurisdiction", "helper", "is_public")
    list_filter = ("level", "jurisdiction", "helper", "is_public")
    list_select_related = ("level",)
    search_fields = ("name", "code")


@admin.register(Ground)
class GroundAdmin(CatalogueAdmin):
    """On what grounds a petition is refused, or left out of the rates."""

    list_display = ("words", "use", "code", "rank", "is_active", "source", "certainty")
    list_filter = ("use", "is_active")
    search_fields = ("words", "code")


@admin.register(LevelVersion)
class LevelVersionAdmin(ReadOnlyAdmin):
    """The levels as they were; to be read only."""

    list_display = ("level", "at", "by")
    list_filter = ("level",)
    list_select_related = ("level", "by")


@admin.register(RoutingRule)
class RoutingRuleAdmin(CatalogueAdmin):
    """Where petitions go; the page 分派规则 of the portal tries them on a text."""

    list_display = ("rank", "name", "is_active", "target", "organisation", "jurisdiction", "division")
    list_display_links = ("name",)
    list_filter = ("is_active", "target")
    list_select_related = ("organisation", "division")
    search_fields = ("name",)
    autocomplete_fields = ("division", "organisation", "categories")


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(admin.ModelAdmin):
    """Words that people keep at hand."""

    list_display = ("name", "verb", "category", "state", "is_active")
    list_filter = ("verb", "is_active", "category")
    list_select_related = ("category",)
    search_fields = ("name", "text")


class ClientAdmin(admin.ModelAdmin):
    """Other systems that bring petitions in. A command makes each and shows its key, once."""

    list_filter = ("is_active",)
    list_select_related = ("division",)
    autocomplete_fields = ("division",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: what is made here could not be handed to anybody."""
        return False


@admin.register(HotlineClient)
class HotlineClientAdmin(ClientAdmin):
    """Hotlines that may send orders (`create_hotline_client`)."""

    list_display = ("name", "key", "division", "is_active", "created_at")
    search_fields = ("name", "key")
    fields = ("name", "key", "division", "is_active", "created_at")
    readonly_fields = ("key", "created_at")


@admin.register(Open311Key)
class Open311KeyAdmin(ClientAdmin):
    """Who may report through Open311 (`create_open311_key`)."""

    list_display = ("name", "division", "is_active", "created_at")
    search_fields = ("name",)
    fields = ("name", "division", "is_active", "created_at")
    readonly_fields = ("created_at",)


@admin.register(PatrolNorm)
class PatrolNormAdmin(admin.ModelAdmin):
    """How much the grid workers of a division patrol on a working day; without a row, two rounds and four hours."""

    list_display = ("division", "rounds", "minutes")
    list_select_related = ("division",)
    autocomplete_fields = ("division",)
