"""What stands in the frame of every page: the place, the way to each part, and how much waits there."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from grid.access import scope_of

PARTS = (
    ("workbench", _("工作台"), _("工作台"), {"workbench"}),
    ("wall", _("居民墙"), _("居民墙"), {"wall", "wall-building", "household-panel"}),
    ("petition-list", _("诉求工单"), _("诉求"), {"petition-list", "petition-detail", "petition-new", "petition-act"}),
    ("escalations", _("升级督办"), _("督办"), {"escalations"}),
    ("petition-import", _("导入"), _("导入"), {"petition-import", "import-detail"}),
)
THUMBS = 4


@dataclass(frozen=True)
class Part:
    """One way in the frame; `short` is its word on the phone, `count` what waits there (None: nothing to say)."""

    address: str
    title: str
    short: str
    current: bool
    count: int | None = None


class Frame:
    """Read only by the pages that show it: a page without the rail costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.portal = settings.PORTAL_NAME
        self.elder = request.COOKIES.get("elder") == "1"

    @cached_property
    def _scope(self) -> object:
        return scope_of(self._request.user, timezone.localdate())  # type: ignore[arg-type]

    @property
    def place(self) -> str:
        """The community, street or district the person works for."""
        return self._scope.name or self.portal

    @property
    def detail(self) -> str:
        """The scope in a few words: the grid, and the role."""
        return self._scope.detail

    @cached_property
    def parts(self) -> list[Part]:
        """The ways to each part of the portal."""
        match = self._request.resolver_match
        here = match.view_name if match else ""
        return [
            Part(address, str(title), str(short), here in names)
            for name, title, short, names in PARTS
            if (address := _address(name))
        ]

    @property
    def thumbs(self) -> list[Part]:
        """The first four, at the bottom of a phone; the fifth place there is 更多."""
        return self.parts[:THUMBS]

    @property
    def more(self) -> list[Part]:
        """What does not fit under four thumbs."""
        return self.parts[THUMBS:]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor."""
    return {"frame": Frame(request)}
