"""What brings a topic in, and the neighbours who want it too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_people_in
from community_portal.worktime.deadlines import ZONE
from councils.actions.base import (
    RESIDENT,
    CouncilRefused,
    Turn,
    clerks_of,
    lock_council,
    record,
    topic_path,
)
from councils.actions.clocks import start_clock
from councils.codes import bare, digest_of, new_code
from councils.models import ClockKind, Council, HouseholdCode, ResidentsGroup, Topic, TopicSupport
from councils.rights import Task
from councils.workflow import OPEN_TOPICS, TopicState, Verb
from grid.access import scope_of
from grid.models import Staff
from petitions.actions.handling import petition_deliberate
from petitions.models import Petition
from petitions.numbers import new_query_code
from petitions.querysets import visible_to
from petitions.titles import title_of
from residents.models import Building, Household
from residents.querysets import households_visible_to

TITLE_LENGTH, SERIAL, MOST_PETITIONS = 80, 1_000_000, 50
Source = Topic.Source
BACKABLE = tuple(state for state in OPEN_TOPICS if state != TopicState.PROPOSED)
"""States in which neighbours can join: sorted, and not ended."""


@dataclass(frozen=True)
class Proposal:
    """What somebody brings up; `form_no` keeps one showing of a form from becoming two topics."""

    source: str
    text: str
    title: str = ""
    building: Building | None = None
    household: Household | None = None
    group: ResidentsGroup | None = None
    name: str = ""
    phone: str = ""
    form_no: str = ""


@transaction.atomic
def topic_propose(council_id: int, proposal: Proposal, *, by: Staff | None, at: datetime) -> Topic:
    """Take a topic in: number, code, the clock of its sorting, and word to the clerks. The same form again is the same.

    `by` is None for a resident's own form. Raises Council.DoesNotExist, CouncilRefused.
    """
    if not proposal.text.strip():
        raise CouncilRefused(_("请写明什么事"))
    if proposal.form_no and (known := Topic.objects.filter(form_no=proposal.form_no).first()):
        return known
    if by is None:
        council = Council.objects.select_related("community__division__parent").get(pk=council_id)
        turn = Turn(council, None, at, RESIDENT)
    else:
        turn = lock_council(council_id, Task.PROPOSE, by=by, at=at)
    if turn.council.ended_on or turn.council.kind != Council.Kind.COUNCIL:
        raise CouncilRefused(_("这个组织现在不收议题"))
    topic = _new(turn, proposal)
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError:
        return Topic.objects.get(form_no=proposal.form_no)
    start_clock(ClockKind.TRIAGE, at=at, topic=topic)
    topic.save(update_fields=["due_at"])
    turn.tell_staff(clerks_of(turn.council, at), _("新议题：%s") % topic.title, _("请分类"), topic_path(topic))
    record(turn, Verb.PROPOSE, topic.get_source_display(), topic=topic)
    return topic


def _new(turn: Turn, said: Proposal) -> Topic:
    serial, text = _serial(), said.text.strip()
    building = said.household.building if said.household else said.building
    return Topic(
        pk=serial,
        number=f"YT{turn.at.astimezone(ZONE):%Y%m%d}-{serial % SERIAL:06d}",
        query_code=new_query_code(),
        council=turn.council,
        source=said.source,
        form_no=said.form_no,
        title=mask_people_in(said.title.strip() or title_of(text))[:TITLE_LENGTH],
        text=text,
        group=said.group,
        building=building,
        household=said.household,
        proposer_name=said.name.strip(),
        proposer_phone=said.phone.strip(),
        proposed_by=turn.by,
        proposed_at=turn.at,
    )


def _serial() -> int:
    """The next topic id, taken before the insert because the number is made of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('councils_topic', 'id'))")
        serial: int = cursor.fetchone()[0]
    return serial


@transaction.atomic
def topic_from_petitions(
    council_id: int, numbers: Sequence[str], *, by: Staff, at: datetime, title: str, text: str
) -> Topic:
    """Several petitions of one matter become a topic; each petitioner is told, and each petition says so.

    Raises CouncilRefused for numbers out of sight, from another community, or a petition that is a topic already.
    """
    wanted = sorted(set(numbers))
    if not wanted or len(wanted) > MOST_PETITIONS:
        raise CouncilRefused(_("请选 1 到 %d 件诉求") % MOST_PETITIONS)
    visible = visible_to(scope_of(by, localtime(at).date()))
    petitions = list(visible.filter(number__in=wanted).order_by("pk"))
    if len(petitions) < len(wanted):
        raise CouncilRefused(_("有的诉求不在您的范围内，请重新选"))
    if already := Topic.objects.filter(petitions__in=petitions).first():
        raise CouncilRefused(_("其中有的诉求已列入议题 %s") % already.number)
    said = Proposal(Source.PETITIONS, text, title, building=_shared_building(petitions))
    topic = topic_propose(council_id, said, by=by, at=at)
    if any(each.community_id != topic.council.community_id for each in petitions):
        raise CouncilRefused(_("只能把本社区的诉求列为议题"))
    topic.petitions.set(petitions)
    words = _("%(council)s将讨论“%(title)s”，进展凭议题号 %(number)s 在社区公示栏和议事页面查看") % {
        "council": topic.council.name,
        "title": topic.title,
        "number": topic.number,
    }
    for petition in petitions:
        petition_deliberate(petition.pk, by=by, at=at, text=words)
    return topic


def _shared_building(petitions: Sequence[Petition]) -> Building | None:
    buildings = {each.building_id for each in petitions}
    return petitions[0].building if len(buildings) == 1 else None


@transaction.atomic
def topic_support(number: str, *, at: datetime, code: str) -> TopicSupport:
    """A neighbour joins by the code of the household's letter. Joining twice is joining once.

    Raises CouncilRefused for an unknown code, a household outside the council's ground, or a topic that has ended.
    """
    letter = HouseholdCode.objects.filter(digest=digest_of(bare(code))).select_related("household").first()
    if letter is None:
        raise CouncilRefused(_("住户码不对，请对照信上的 8 位字母和数字再输一次"))
    topic = Topic.objects.select_for_update(of=("self",)).select_related("council").get(number=number)
    return _back(topic, letter.household, TopicSupport.How.CODE, None, at)


@transaction.atomic
def topic_support_enter(number: str, household_id: int, *, by: Staff, at: datetime) -> TopicSupport:
    """A worker writes down that a household joins. Raises Household.DoesNotExist, CouncilRefused."""
    topic = Topic.objects.select_for_update(of=("self",)).select_related("council").get(number=number)
    lock_council(topic.council_id, Task.PROPOSE, by=by, at=at)
    household = households_visible_to(scope_of(by, localtime(at).date())).get(pk=household_id)
    return _back(topic, household, TopicSupport.How.STAFF, by, at)


def _back(topic: Topic, household: Household, how: str, by: Staff | None, at: datetime) -> TopicSupport:
    """Join a locked topic, once; the count goes with it."""
    if topic.state not in BACKABLE:
        raise CouncilRefused(_("这个议题现在是“%s”，不能附议") % topic.get_state_display())
    if not on_ground(topic.council, household):
        raise CouncilRefused(_("这一户不在 %s 的范围内") % topic.council.name)
    support, is_new = TopicSupport.objects.get_or_create(
        topic=topic, household=household, defaults={"how": how, "by": by, "at": at}
    )
    if is_new:
        topic.backers += 1
        topic.save(update_fields=["backers"])
    return support


def on_ground(council: Council, household: Household) -> bool:
    """Whether a household lives where a council decides."""
    if household.ended_on or household.community_id != council.community_id:
        return False
    if council.level == Council.Level.ESTATE:
        return household.building.estate_id == council.estate_id
    if council.level == Council.Level.COURTYARD:
        return council.buildings.filter(pk=household.building_id).exists()
    return True


@transaction.atomic
def household_codes_issue(
    council_id: int, household_ids: Sequence[int], *, by: Staff, at: datetime, anew: bool = False
) -> list[HouseholdCode]:
    """The codes of these households, in the order of their places: those that exist, and new ones for the others.

    With `anew` the existing ones become void (the family moved, a letter was lost). Raises CouncilRefused.
    """
    turn = lock_council(council_id, Task.CODES, by=by, at=at)
    homes = households_visible_to(scope_of(by, localtime(at).date())).filter(
        pk__in=household_ids, community_id=turn.council.community_id
    )
    rows = list(homes.select_related("building").select_for_update(of=("self",)).order_by("building__position", "pk"))
    known = {row.household_id: row for row in HouseholdCode.objects.filter(household__in=rows)}
    if anew:
        HouseholdCode.objects.filter(household__in=rows).delete()
        known = {}
    made = []
    for household in rows:
        if household.pk not in known:
            code = new_code()
            known[household.pk] = HouseholdCode(
                household=household, code=code, digest=digest_of(code), issued_at=at, issued_by=by
            )
            made.append(known[household.pk])
        known[household.pk].household = household
    HouseholdCode.objects.bulk_create(made)
    if made:
        record(turn, Verb.NOTE, _("发放住户码 %d 户") % len(made))
    return [known[household.pk] for household in rows]
