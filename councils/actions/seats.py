"""Who was entitled to a meeting, who came, and how that is known; proxies; the confirmation of the minutes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from community_portal.privacy.normal import PHONE
from community_portal.privacy.sealing import blind_index
from councils.actions.base import RESIDENT, CouncilRefused, Turn, lock_council, record
from councils.codes import bare, code_from, digest_of
from councils.models import Attendance, Council, HouseholdCode, Meeting, MeetingKind, Party, Representative
from councils.rights import Task
from councils.workflow import MeetingState, Verb
from grid.models import Staff
from residents.models import Household, Resident, Stay

ADULT = 18
EARLY = timedelta(hours=2)
Entitled, State, How = MeetingKind.Entitled, Attendance.State, Attendance.How


def households_of(council: Council) -> QuerySet[Household]:
    """The dwellings on a council's ground."""
    found = Household.objects.filter(community=council.community_id, ended_on__isnull=True, use=Household.Use.DWELLING)
    if council.level == Council.Level.COURTYARD:
        return found.filter(building__in=council.buildings.all())
    return found.filter(building__estate=council.estate_id) if council.estate_id else found


def adults_of(council: Council, on: date) -> QuerySet[Resident]:
    """People of eighteen and more who live on a council's ground on a day (居民委员会组织法: 十八周岁以上)."""
    born = on.replace(year=on.year - ADULT, day=min(on.day, 28) if (on.month, on.day) == (2, 29) else on.day)
    here = Stay.objects.current().filter(household__in=households_of(council)).values("resident")
    return Resident.objects.filter(pk__in=here, birth_date__lte=born, died_on__isnull=True)


def enter_entitled(meeting: Meeting) -> None:
    """Fix who is entitled as of now, and give those known by name a seat. An assembly's come in one by one."""
    council, on = meeting.council, localtime(meeting.starts_at).date()
    match meeting.rule["entitled"]:
        case Entitled.REPRESENTATIVES:
            rows = list(Representative.objects.filter(council=council).on(on).select_related("party"))
            meeting.entitled = len(rows)
        case Entitled.PARTIES:
            rows = _one_of_each(council, on)
            meeting.entitled = Party.objects.filter(council=council, left_on__isnull=True).count()
        case Entitled.ADULTS:
            rows, meeting.entitled = [], adults_of(council, on).count()
        case Entitled.HOUSEHOLDS | Entitled.OWNERS:
            rows, meeting.entitled = [], households_of(council).count()
        case _:
            rows = []
            meeting.entitled = meeting.attendance.filter(role=Attendance.Role.MEMBER).count()
    known = set(meeting.attendance.values_list("representative_id", flat=True))
    Attendance.objects.bulk_create(_seat(meeting, row) for row in rows if row.pk not in known)
    if not meeting.entitled:
        raise CouncilRefused(_("还没有有资格到会的人，请先登记代表或邀请人"))


def _one_of_each(council: Council, on: date) -> list[Representative]:
    """The first representative of each party, its leader before others."""
    found: dict[int, Representative] = {}
    for row in Representative.objects.filter(council=council).on(on).select_related("party").order_by("-leads", "id"):
        found.setdefault(row.party_id, row)
    return list(found.values())


def _seat(meeting: Meeting, row: Representative) -> Attendance:
    return Attendance(meeting=meeting, representative=row, party=row.party, name=row.name, phone=row.phone)


def present_at(meeting: Meeting) -> int:
    """Members who are there, in person or by proxy."""
    return meeting.attendance.filter(role=Attendance.Role.MEMBER, state=State.PRESENT).count()


def _lock_open(meeting_id: int, at: datetime) -> Meeting:
    """A locked meeting that one can sign in to: open, or called and about to begin. Raises CouncilRefused."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related(
        "council__community__division__parent", "kind"
    ).get(pk=meeting_id)  # fmt: skip
    early = meeting.state == MeetingState.CALLED and at >= meeting.starts_at - EARLY
    if meeting.state != MeetingState.OPEN and not early:
        raise CouncilRefused(_("现在不能签到，开会前 2 小时到散会可以签到"))
    return meeting


def _staff_turn(meeting_id: int, *, by: Staff, at: datetime) -> tuple[Turn, Meeting]:
    council_id = Meeting.objects.values_list("council_id", flat=True).get(pk=meeting_id)
    turn = lock_council(council_id, Task.ATTEND, by=by, at=at)
    return turn, _lock_open(meeting_id, at)


@transaction.atomic
def sign_in(meeting_id: int, *, at: datetime, said: str) -> Attendance:
    """Sign in by one's own code, the phone the notice went to, or (assembly) the code of the household's letter.

    Signing in twice is signing in once. Raises CouncilRefused.
    """
    meeting = _lock_open(meeting_id, at)
    seat = find_seat(meeting, said) or _household_seat(meeting, said)
    if seat is None:
        raise CouncilRefused(_("没有找到您的名字，请核对签到码或手机号，或找工作人员登记"))
    if seat.state != State.PRESENT:
        seat.state, seat.how, seat.arrived_at = State.PRESENT, How.CODE, at
        seat.save()
    return seat


def find_seat(meeting: Meeting, said: str) -> Attendance | None:
    """The seat of a code or a phone, locked."""
    seat = known_seat(meeting, said)
    return meeting.attendance.select_for_update().get(pk=seat.pk) if seat else None


def known_seat(meeting: Meeting, said: str) -> Attendance | None:
    """The seat of a code, a phone, or a household's code; seats' codes follow from their keys, so all are tried."""
    code = bare(said)
    if not code:
        index = blind_index(PHONE, said) if said.strip() else None
        return meeting.attendance.filter(phone_index=index).first() if index else None
    keys = meeting.attendance.values_list("pk", "row_key")
    pk = next((pk for pk, key in keys if code_from("attendance", str(key)) == code), None)
    if pk is not None:
        return meeting.attendance.get(pk=pk)
    letter = HouseholdCode.objects.filter(digest=digest_of(code)).first()
    return meeting.attendance.filter(household=letter.household_id).first() if letter else None


def _household_seat(meeting: Meeting, said: str) -> Attendance | None:
    """The seat of a household at an assembly of households, made when it signs in."""
    if meeting.rule["entitled"] not in (Entitled.HOUSEHOLDS, Entitled.OWNERS) or not bare(said):
        return None
    letter = HouseholdCode.objects.filter(digest=digest_of(bare(said))).first()
    home = households_of(meeting.council).filter(pk=letter.household_id).first() if letter else None
    return _seat_of_home(meeting, home) if home else None


def _seat_of_home(meeting: Meeting, home: Household) -> Attendance:
    seat, _new = Attendance.objects.get_or_create(meeting=meeting, household=home, defaults={"name": str(home)})
    return seat


@transaction.atomic
def seat_mark(
    seat_id: int, *, by: Staff, at: datetime, state: str, how: str = How.LIST, proxy: str = "", reason: str = ""
) -> Attendance:
    """A worker marks who came, who is excused, who sent somebody. Raises Attendance.DoesNotExist, CouncilRefused."""
    meeting_id = Attendance.objects.values_list("meeting_id", flat=True).get(pk=seat_id)
    turn, meeting = _staff_turn(meeting_id, by=by, at=at)
    seat = meeting.attendance.select_for_update().get(pk=seat_id)
    if proxy.strip():
        _check_proxy(meeting, seat, proxy.strip())
    seat.state, seat.proxy, seat.reason = state, proxy.strip(), reason.strip()
    seat.how = how if state == State.PRESENT else ""
    seat.arrived_at = (seat.arrived_at or at) if state == State.PRESENT else None
    seat.save()
    if proxy.strip():
        record(turn, Verb.NOTE, _("%(who)s委托%(proxy)s到会") % {
            "who": mask_name(seat.name), "proxy": mask_name(proxy.strip()),
        }, meeting=meeting)  # fmt: skip
    return seat


def _check_proxy(meeting: Meeting, seat: Attendance, proxy: str) -> None:
    allowed = int(meeting.rule.get("proxies", 0))
    if not allowed:
        raise CouncilRefused(_("%s不能委托别人到会") % meeting.kind.name)
    held = meeting.attendance.filter(proxy=proxy).exclude(pk=seat.pk).count()
    if held >= allowed:
        raise CouncilRefused(_("%(who)s已代 %(held)d 人，规则最多代 %(allowed)d 人") % {
            "who": mask_name(proxy), "held": held, "allowed": allowed,
        })  # fmt: skip


@transaction.atomic
def seat_add(
    meeting_id: int, *, by: Staff, at: datetime, name: str, phone: str = "", role: str = Attendance.Role.OBSERVER,
    party: Party | None = None, household: Household | None = None,
) -> Attendance:  # fmt: skip
    """Somebody more: an invited person before the notice, an observer, or a household that comes to an assembly.

    After the notice nobody becomes entitled who was not (except a household of an assembly of households).
    """
    council_id = Meeting.objects.values_list("council_id", flat=True).get(pk=meeting_id)
    turn = lock_council(council_id, Task.ATTEND, by=by, at=at)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    if meeting.state not in (MeetingState.PLANNED, MeetingState.CALLED, MeetingState.OPEN):
        raise CouncilRefused(_("会已经散了，不能再加人"))
    if household is not None:
        return _household_came(turn, meeting, household, at)
    planned = meeting.state == MeetingState.PLANNED
    if role == Attendance.Role.MEMBER and not (planned and meeting.rule["entitled"] == Entitled.INVITED):
        raise CouncilRefused(_("出席的人以通知时的名单为准；旁听的请登记为列席"))
    if not name.strip():
        raise CouncilRefused(_("请填姓名"))
    came = meeting.state == MeetingState.OPEN
    return Attendance.objects.create(
        meeting=meeting, name=name.strip(), phone=phone.strip(), role=role, party=party,
        state=State.PRESENT if came else State.INVITED, how=How.LIST if came else "", arrived_at=at if came else None,
    )  # fmt: skip


def _household_came(turn: Turn, meeting: Meeting, household: Household, at: datetime) -> Attendance:
    if meeting.rule["entitled"] not in (Entitled.HOUSEHOLDS, Entitled.OWNERS):
        raise CouncilRefused(_("这个会不按户到会"))
    if not households_of(turn.council).filter(pk=household.pk).exists():
        raise CouncilRefused(_("这一户不在 %s 的范围内") % turn.council.name)
    seat = _seat_of_home(meeting, household)
    if seat.state != State.PRESENT:
        seat.state, seat.how, seat.arrived_at = State.PRESENT, How.LIST, at
        seat.save()
    return seat


@transaction.atomic
def minutes_confirm(meeting_id: int, *, at: datetime, said: str, objection: str = "") -> Attendance:
    """Somebody who was present confirms the minutes by their code, or says what they see otherwise.

    The last one to answer makes them final. Raises CouncilRefused.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related(
        "council__community__division__parent"
    ).get(pk=meeting_id)  # fmt: skip
    if meeting.state != MeetingState.HELD:
        raise CouncilRefused(_("纪要现在不用确认"))
    seat = find_seat(meeting, said)
    if seat is None or seat.state != State.PRESENT:
        raise CouncilRefused(_("没有找到您的到会记录，请核对签到码或手机号"))
    seat.confirmed = Attendance.Confirmed.OBJECTED if objection.strip() else Attendance.Confirmed.CODE
    seat.confirmed_at, seat.objection = at, objection.strip()[:400]
    seat.save()
    turn = Turn(meeting.council, None, at, RESIDENT)
    if seat.objection:
        turn.tell_staff([meeting.recorder_id, meeting.planned_by_id], _("对纪要有不同意见：%s") % meeting.title,
                        seat.objection)  # fmt: skip
        record(turn, Verb.NOTE, _("对纪要有不同意见：%s") % seat.objection, meeting=meeting)
    finish_when_all(turn, meeting)
    return seat


@transaction.atomic
def minutes_signed(meeting_id: int, *, by: Staff, at: datetime, seats: Sequence[int]) -> Meeting:
    """Those who signed the sheet confirm together; its photograph belongs to the meeting's files."""
    council_id = Meeting.objects.values_list("council_id", flat=True).get(pk=meeting_id)
    turn = lock_council(council_id, Task.PLAN, by=by, at=at)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    if meeting.state != MeetingState.HELD:
        raise CouncilRefused(_("纪要现在不用确认"))
    meeting.council = turn.council
    waiting = meeting.attendance.filter(pk__in=seats, state=State.PRESENT, confirmed=Attendance.Confirmed.NOT_YET)
    count = waiting.update(confirmed=Attendance.Confirmed.SHEET, confirmed_at=at)
    record(turn, Verb.NOTE, _("%d 人在签字表上确认纪要") % count, meeting=meeting)
    finish_when_all(turn, meeting)
    return meeting


def finish_when_all(turn: Turn, meeting: Meeting) -> None:
    """Make the minutes final when every member who was there has answered."""
    there = meeting.attendance.filter(role=Attendance.Role.MEMBER, state=State.PRESENT)
    if not there.exists() or there.filter(Q(confirmed=Attendance.Confirmed.NOT_YET)).exists():
        return
    meeting.state, meeting.confirmed_at = MeetingState.CONFIRMED, turn.at
    meeting.version += 1
    meeting.save()
    record(turn, Verb.CONFIRM, _("到会的人都已确认"), meeting=meeting)
