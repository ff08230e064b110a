"""What stands in the frame of every page: the place, the way to each part, and how much waits there."""

from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from community_portal.prepared import Prepared
from grid.access import RANK, Post, Role, Scope, scope_of
from grid.models import Staff
from petitions.models import Petition
from petitions.querysets import escalated_to, open_by_time, visible_to

WORKBENCH, ESCALATIONS, SUBJECT = "workbench", "escalations", "subject-answer"
ANYBODY, WORKER, CLERK, HEAD = -1, RANK[Role.GRID_WORKER], RANK[Role.COMMUNITY_WORKER], RANK[Role.COMMUNITY_HEAD]
BALLOTS = (
    "ballot-list", "ballot-new", "ballot-detail", "ballot-act", "ballot-roll", "ballot-letters", "ballot-papers",
    "ballot-enter", "ballot-box",
)  # fmt: skip
MONEY = (
    "money-board", "till", "ledger", "levy-new", "levy-detail", "levy-edit", "levy-line", "levy-slips", "levy-spend",
    "levy-move", "bill-detail", "receipt", "spending-back", "fund-board", "fund-new", "fund-item", "fund-item-new",
)  # fmt: skip
# name, title, short title, the pages inside it, and the lowest rank that has anything to do there
PARTS = (
    (WORKBENCH, _("工作台"), _("工作台"), {WORKBENCH}, ANYBODY),
    (
        "wall",
        _("居民墙"),
        _("居民墙"),
        {
            "wall",
            "wall-building",
            "household-panel",
            "household-file",
            "household-act",
            "resident-search",
            "map",
            "map-edit",
            "colours",
        },
        WORKER,
    ),
    (
        "visit-round",
        _("走访"),
        _("走访"),
        {"visit-round", "visit-new", "visit-plan", "checklists", "visit-overview", "sign-round", "household-watch"},
        WORKER,
    ),
    (
        "petition-list",
        _("诉求工单"),
        _("诉求"),
        {
            "petition-list",
            "same-events",
            "same-answer",
            "petition-detail",
            "petition-new",
            "petition-act",
            "petition-bulk",
            "bulk-detail",
        },
        ANYBODY,
    ),
    ("patrol", _("巡查"), _("巡查"), {"patrol", "patrol-find", "patrol-log"}, WORKER),
    (
        "council-list",
        _("议事协商"),
        _("议事"),
        {
            "council-list",
            "council-new",
            "council-detail",
            "council-seats",
            "council-poster",
            "council-letters",
            "representative-end",
            "topic-new",
            "topic-from",
            "topic-detail",
            "topic-act",
            *BALLOTS,
            *MONEY,
            "council-figures",
            "council-joint",
            "council-joint-add",
            "meeting-new",
            "meeting-detail",
            "meeting-act",
            "meeting-seat-add",
            "meeting-paper",
            "resolution-new",
            "resolution-detail",
            "resolution-act",
            "task-act",
            "publication-detail",
            "objection-answer",
        },
        WORKER,
    ),
    ("rota", _("值班交接"), _("值班"), {"rota", "morning", "handover-list", "handover-detail"}, WORKER),
    ("data-quality", _("档案疑点"), _("疑点"), {"data-quality"}, WORKER),
    (ESCALATIONS, _("升级督办"), _("督办"), {ESCALATIONS}, HEAD),
    (
        "figures",
        _("统计"),
        _("统计"),
        {"figures", "figure-orders", "figure-ladder", "hot-topics", "hot-topic", "monthly-topic"},
        CLERK,
    ),
    (
        "petition-import",
        _("导入"),
        _("导入"),
        {
            "petition-import",
            "import-detail",
            "household-import",
            "household-import-detail",
            "household-import-columns",
        },
        CLERK,
    ),
    ("routing", _("分派规则"), _("分派"), {"routing"}, HEAD),
    (SUBJECT, _("个人信息答复"), _("信息答复"), {SUBJECT}, CLERK),
)
HIGHEST = {SUBJECT: RANK[Role.STREET_OFFICER]}
"""Parts that only ranks up to this one have anything to do in."""

THUMBS = 4
MOST = 99


@dataclass(frozen=True)
class Part:
    """One way in the frame; `short` is its word on the phone, `count` how much waits there ("" when nothing does)."""

    address: str
    title: str
    short: str
    current: bool
    count: str

    @property
    def line(self) -> SafeString:
        """The link in the rail, with how much waits there; the frame of every page writes a dozen of them."""
        return _link(self.address, self.title, self.current, self.count)

    @property
    def thumb(self) -> SafeString:
        """The link on the phone."""
        return _link(self.address, self.short, self.current)


@lru_cache(maxsize=1024)
def _link(address: str, words: str, current: bool, count: str = "") -> SafeString:
    here = SafeString(' aria-current="page"' if current else "")
    waiting = format_html(' <span>{}<span class="sr"> 件</span></span>', count) if count else ""
    return format_html('<a href="{}"{}>{}{}</a>', address, here, words, waiting)


@cache
def _ways(prefix: str) -> list[tuple[str, str, str, str, set[str], int]]:
    """PARTS with their addresses under the path that the portal is mounted at, and their words."""
    return [(name, reverse(name), str(title), str(short), names, least) for name, title, short, names, least in PARTS]


class Frame:
    """Works everything out when a page asks for it: a page without the rail costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.portal = settings.PORTAL_NAME
        self.elder = request.COOKIES.get("elder") == "1"

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
            Part(address, title, short, here in names, _few(self._waiting[name]))
            for name, address, title, short, names, least in _ways(get_script_prefix())
            if least <= self._scope.rank <= HIGHEST.get(name, self._scope.rank)
        ]

    @property
    def thumbs(self) -> list[Part]:
        """The first four, at the bottom of a phone; the fifth place there is 更多."""
        return self.parts[:THUMBS]

    @property
    def more(self) -> list[Part]:
        """What does not fit under four thumbs."""
        return self.parts[THUMBS:]

    @property
    def registers(self) -> bool:
        """Whether the person takes in requests: everybody but the members of organisations."""
        return not self._scope.is_member

    @cached_property
    def _scope(self) -> Scope:
        user = self._request.user
        return scope_of(user, timezone.localdate()) if isinstance(user, Staff) else Scope()

    @cached_property
    def _waiting(self) -> Counter[str]:
        user = self._request.user
        return waiting(user, self._scope) if isinstance(user, Staff) and self._scope else Counter()


def waiting(staff: Staff, scope: Scope) -> Counter[str]:
    """How many open petitions wait for a person, and how many were escalated to them; one query, up to 100 of each."""
    if len(scope.posts) == 1:
        post = next(iter(scope.posts))
        return Counter(part for (part,) in _waiting_at(post.role, post.place)(staff=staff.pk, at=post.place_id))
    return Counter(part for (part,) in _waiting(staff.pk, scope))


@cache
def _waiting_at(role: str, place: str) -> Prepared:
    """The query for people with one post, which is nearly everybody."""
    return Prepared(
        lambda staff, at: _waiting(staff, Scope(frozenset({Post(role, place, at)}), staff)), staff=-1, at=-2
    )


def _waiting(staff: int, scope: Scope) -> QuerySet[Petition, tuple[str]]:
    visible = visible_to(scope)
    mine = _marked(open_by_time(visible.filter(handler=staff)), WORKBENCH)
    return mine.union(_marked(escalated_to(visible, scope), ESCALATIONS), all=True)


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor."""
    return {"frame": Frame(request)}


def _marked(petitions: QuerySet[Petition], part: str) -> QuerySet[Petition, tuple[str]]:
    return petitions.annotate(part=Value(part)).values_list("part")[: MOST + 1]


def _few(count: int) -> str:
    if count > MOST:
        return f"{MOST}+"
    return str(count) if count else ""
